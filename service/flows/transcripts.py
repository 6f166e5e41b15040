"""A conversation to take home, as a file."""

import asyncio
from typing import cast

import msgspec
from sqlalchemy import Connection

import chat.queries
from chat.moments import there
from chat.transcript import Talk, as_html, as_text
from chat.words import TRANSCRIPT
from contract.clock import now_ms
from contract.files import TranscriptAsk
from contract.names import Language, TranscriptFormat
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.present.transcript import transcript


class Paper(msgspec.Struct, frozen=True, kw_only=True):
    """A transcript as a file."""

    name: str
    media_type: str
    body: str


async def visitor_takes(bell: Bell, caller: VisitorCaller, ask: TranscriptAsk) -> Paper:
    """Without what colleagues told each other."""
    language = cast(Language, caller.language)

    def read(conn: Connection) -> Talk:
        row = chat.queries.conversation_for_visitor(conn, ask.conversation, caller.visitor, caller.frame_hash)
        return transcript(conn, row, language, for_visitor=True)

    return await asyncio.to_thread(paper, await bell.store.read(read), ask.format, language)


async def expert_takes(bell: Bell, caller: ExpertCaller, conversation: str, format: TranscriptFormat) -> Paper:
    """Any conversation of one's sites, with the notes for whoever works with visitors."""
    language = cast(Language, caller.language)

    def read(conn: Connection) -> Talk:
        row = chat.queries.conversation_for_expert(conn, conversation, caller.account)
        return transcript(conn, row, language, for_visitor=False, notes=caller.account.role != "marketer")

    return await asyncio.to_thread(paper, await bell.store.read(read), format, language)


def paper(talk: Talk, format: TranscriptFormat, language: Language) -> Paper:
    """The file, named by the day of its last word."""
    words = TRANSCRIPT[language]
    day = f"{there(talk.lines[-1].at if talk.lines else now_ms(), talk.zone):%Y-%m-%d}"
    name = f"{words['file_name']}-{day}"
    if format == "html":
        return Paper(name=f"{name}.html", media_type="text/html; charset=utf-8", body=as_html(talk, words, language))
    return Paper(name=f"{name}.txt", media_type="text/plain; charset=utf-8", body=as_text(talk, words))
