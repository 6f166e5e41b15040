"""A conversation is passed on: offered to one colleague, or by the ladder to whoever knows a topic.

It stays with the one who has it until somebody takes it, so nothing can be lost on the way: the offer is a row, its
bell has a time, and a bell that is over in whatever way (a no, silence, the visitor left, the server died) is found by
`passed_on.settle`, and the conversation simply goes on where it is.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping

import access.queries
import chat.do
import chat.notes
import chat.queries
import chat.transfers
import routing.alerts
import routing.queries
import tracker.queries
from chat.message import check_optional
from contract.answers import Transferring
from contract.commands import ConversationTransfer
from contract.errors import Refused
from contract.facts import AccountFacts, SiteFacts
from contract.ids import new_id
from contract.names import Ms
from contract.shapes import Person
from contract.text import has_forbidden
from routing.importance import Reason
from routing.triggers import Firing
from service.bell import Bell
from service.callers import ExpertCaller
from service.commands import Command
from service.flows.facts import customer_facts
from service.flows.notes import NOTED
from service.flows.passing import Passing
from service.flows.people import Crew
from service.flows.places import speaker
from store.sql import db_now


async def transfer(bell: Bell, caller: ExpertCaller, data: ConversationTransfer) -> Transferring:
    """Offer it; the visitor reads who is asked. The same again gives the same answer, another one takes its place.

    Refused: not_found (also an expert who is none of the site), forbidden (a colleague's), conversation_closed, invalid
    (neither or both are named, oneself, no page of the visitor was ever seen), not_free (nobody can hear it now).
    """
    note = check_optional(data.note)
    if (data.expert is None) == (not data.topic) or any(has_forbidden(part) for part in data.topic or ()):
        raise Refused("invalid", "expert, topic")
    if data.expert == caller.account.id:
        raise Refused("invalid", "expert")

    def work(conn: Connection) -> tuple[Transferring, list[str]]:
        now, me = db_now(conn), caller.account
        row = chat.queries.conversation_for_expert(conn, data.conversation, me)
        _check_mine(row, me)
        older = chat.transfers.waiting(conn, row["id"])
        touched: list[str] = []
        if older is not None:
            if (older["to_id"], older["topic"], older["note"]) == (data.expert, data.topic or [], note):
                return _rings_at(conn, older["alert_id"]), [older["alert_id"]]
            routing.alerts.end(conn, older["alert_id"], "gone", now)
            touched.append(older["alert_id"])
        transfer_id = new_id()
        alert_id = _ring(conn, row, me, data.expert, tuple(data.topic or ()), transfer_id, now)
        ringing = _rings_at(conn, alert_id)
        if not ringing.experts:
            raise Refused("not_free")
        held = chat.do.hold(conn, row["id"])
        _check_mine(held, me)
        if older is not None:
            chat.transfers.over(conn, older, "gone", now)
        chat.transfers.offer(
            conn,
            held,
            alert_id,
            transfer_id=transfer_id,
            by=me.id,
            by_name=me.name,
            to=data.expert,
            to_name=ringing.experts[0].name if data.expert is not None else "",
            topic=data.topic or (),
            note=note,
            now=now,
        )
        if note:
            chat.notes.add(conn, chat.do.hold(conn, row["id"]), speaker(me), note, None, now)
        return ringing, [*touched, alert_id]

    offered, alerts = await bell.store.write(work)
    bell.timers.announce(alerts)
    bell.bus.ring("conversation", data.conversation)
    if note:
        bell.bus.ring("conversation", f"{NOTED}{data.conversation}")
    return offered


def _check_mine(row: RowMapping, account: AccountFacts) -> None:
    if row["expert_id"] != account.id:
        raise Refused("forbidden")
    if row["state"] == "closed":
        raise Refused("conversation_closed")


def _rings_at(conn: Connection, alert_id: str) -> Transferring:
    ids = [one["expert_id"] for one in routing.queries.rings_of(conn, alert_id) if one["outcome"] is None]
    names = access.queries.names(conn, ids)
    return Transferring(alert=alert_id, experts=[Person(id=id_, name=names.get(id_, "")) for id_ in ids])


def _ring(
    conn: Connection,
    row: RowMapping,
    by: AccountFacts,
    to: str | None,
    topic: tuple[str, ...],
    transfer_id: str,
    now: Ms,
) -> str:
    site = _site(conn, row["site_id"])
    visit = tracker.queries.newest_visit(conn, row["visitor_id"])
    if visit is None:
        raise Refused("invalid", "visit")
    crew = Crew(conn, now)
    if to is not None and not crew.look(crew.roster(site.id), [to]):
        raise Refused("not_found")
    alert_id = routing.alerts.raise_alert(
        conn,
        Firing(trigger=row["id"], name=chat.transfers.REASON, occasion=transfer_id),
        visit,
        customer_facts(conn, site.id, [row["visitor_id"]]).get(row["visitor_id"]),
        Passing(crew, site, by.id, to),
        now,
        topic=topic or None,
        passed=_reasons(by.name, to),
    )
    assert alert_id is not None, "a new offer has a new bell"
    return alert_id


def _reasons(by: str, to: str | None) -> Sequence[Reason]:
    return [("passed_on" if to is None else "rung_passed", {"name": by})]


def _site(conn: Connection, site_id: str) -> SiteFacts:
    site = access.queries.site_facts(conn, site_id)
    assert site is not None, "a conversation belongs to a site"
    return site


EXPERT: dict[str, Command] = {"conversation.transfer": Command(ConversationTransfer, transfer)}
