"""A conversation by mail, to an address that somebody has just typed."""

import asyncio
from collections.abc import Callable
from typing import cast

from sqlalchemy import Connection, RowMapping

import chat.history
import chat.mailings
import chat.queries
from chat.transcript import Talk, as_html, as_text
from chat.wording import fill
from chat.words import TRANSCRIPT
from contract.errors import Refused
from contract.files import TranscriptAsk, TranscriptMail, TranscriptMailed
from contract.names import Language, TranscriptFormat
from crm.contact import check_email
from service import outbox
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.flows.once import before, once
from service.present.transcript import transcript
from store.sql import db_now

COMMAND = "transcript.mail"


async def visitor_mails(bell: Bell, caller: VisitorCaller, ask: TranscriptAsk) -> TranscriptMailed:
    """Once an expert has answered there: until then it holds nothing but the visitor's own words."""

    def place(conn: Connection) -> RowMapping:
        row = chat.queries.conversation_for_visitor(conn, ask.conversation, caller.visitor, caller.frame_hash)
        if not chat.history.answered(conn, row["id"]):
            raise Refused("forbidden", "email")
        return row

    mail = TranscriptMail(email=ask.email, client_id=ask.client_id, format=ask.format)
    return await _mail(bell, caller, caller.network, mail, place)


async def expert_mails(bell: Bell, caller: ExpertCaller, conversation: str, mail: TranscriptMail) -> TranscriptMailed:
    """As the visitor would get it: notes stay in the house."""

    def place(conn: Connection) -> RowMapping:
        return chat.queries.conversation_for_expert(conn, conversation, caller.account)

    return await _mail(bell, caller, caller.account.id, mail, place)


async def _mail(
    bell: Bell,
    caller: VisitorCaller | ExpertCaller,
    sender: str,
    mail: TranscriptMail,
    place: Callable[[Connection], RowMapping],
) -> TranscriptMailed:
    """Refused: no_mail, bad_contact, invalid (no client id), rate_limited."""
    if not bell.settings.mail:
        raise Refused("no_mail")
    email, language = check_email(mail.email), cast(Language, caller.language)
    if not mail.client_id:
        raise Refused("invalid", "client_id")

    def read(conn: Connection) -> tuple[TranscriptMailed | None, Talk]:
        row = place(conn)
        known = before(conn, caller, COMMAND, mail.client_id, TranscriptMailed)
        return known, transcript(conn, row, language, for_visitor=True)

    known, talk = await bell.store.read(read)
    if known is not None:
        return known
    bell.limits.mail(sender, email)
    letter = await asyncio.to_thread(_letter, talk, email, mail.format, language)

    def work(conn: Connection) -> tuple[TranscriptMailed, bool]:
        now = db_now(conn)

        def send() -> TranscriptMailed:
            left = chat.mailings.add(conn, place(conn)["id"], now)
            outbox.put(conn, letter, now)
            return TranscriptMailed(email=email, left=left)

        return once(conn, caller, COMMAND, mail.client_id, now, TranscriptMailed, send)

    return (await bell.store.write(work))[0]


def _letter(talk: Talk, email: str, format: TranscriptFormat, language: Language) -> outbox.Mail:
    words = TRANSCRIPT[language]
    return outbox.Mail(
        to=email,
        subject=fill(words["subject"], {"site": " ".join(talk.site.split())}),
        text=as_text(talk, words),
        html=as_html(talk, words, language) if format == "html" else "",
    )
