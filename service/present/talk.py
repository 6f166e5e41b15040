"""Conversations and messages as both sides read them."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, RowMapping

import chat.history
import chat.transfers
import crm.queries
import routing.firings
import routing.queries
import sales.queries
from contract.answers import Opened
from contract.clock import now_ms, rfc3339
from contract.events import ChatInvited, ConversationBrief, Rating
from contract.names import Ms
from contract.rest_talk import Note
from contract.shapes import Author, Message, Named, Person
from routing.tables import ASKED
from service.present.people import customer_briefs, persons, visitor_name
from service.present.transfers import transfers
from service.present.visits import live_visitors


def message(row: RowMapping, data: dict[str, Any] | None = None) -> Message:
    """One message as it was said; `data` replaces what was kept with it."""
    name = row["author_name"] or (visitor_name(row["author_id"]) if row["author_kind"] == "visitor" else "")
    return Message(
        conversation=row["conversation_id"],
        seq=row["seq"],
        client_id=row["client_id"],
        author=Author(kind=row["author_kind"], name=name),
        kind=row["kind"],
        text=row["text"],
        data=row["data"] if data is None else data,
        at=rfc3339(row["at"]),
    )


def messages(conn: Connection, rows: Sequence[RowMapping], now: Ms) -> list[Message]:
    """Messages in their order; offers, order forms and orders among them with the state they are in now."""
    offer_ids, form_ids, order_ids = (_refs(rows, kind) for kind in ("offer", "order_form", "order"))
    offers = sales.queries.offer_rows(conn, offer_ids) if offer_ids else {}
    forms = sales.queries.form_rows(conn, form_ids) if form_ids else {}
    orders = sales.queries.order_rows(conn, order_ids) if order_ids else {}
    said = []
    for row in rows:
        data = row["data"]
        if row["kind"] == "offer" and (offer := offers.get(data["offer"])):
            data = {**data, "state": sales.queries.offer_state(offer, now)}
        elif row["kind"] == "order_form" and (form := forms.get(data["form"])):
            data = {**data, "state": form["state"]}
        elif row["kind"] == "order" and (order := orders.get(data["order"])):
            at = order["confirmed_at"]
            data = {**data, "status": order["status"], "confirmed_at": None if at is None else rfc3339(at)}
        said.append(message(row, data))
    return said


def opened(conn: Connection, conversation_id: str) -> Opened:
    """The conversation, which is there, and its newest messages, at most 100."""
    rows = chat.history.newest(conn, conversation_id)
    # On PostgreSQL a message may come between two looks: the number is that of what is given, never one more or less.
    seq = rows[-1]["seq"] if rows else 0
    return Opened(conversation=conversation_id, seq=seq, messages=messages(conn, rows, now_ms()))


def chat_invited(conn: Connection, row: RowMapping) -> ChatInvited:
    """A conversation that an expert has taken, as its visitor's bubble shows it.

    What was said or seen before it was taken this time is old: whoever comes back is invited anew.
    """
    taken = row["accepted_at"] or 0
    words = chat.history.invitation(conn, row["id"])
    expert = persons(conn, [row["expert_id"]]).get(row["expert_id"])
    return ChatInvited(
        conversation=row["id"],
        seq=row["last_seq"],
        text=words["text"] if words and words["at"] >= taken else "",
        expert=Named(name=expert.name) if expert else None,
        opened=row["visitor_at"] is not None and row["visitor_at"] >= taken,
    )


def conversation_briefs(
    conn: Connection, rows: Sequence[RowMapping], now: Ms, last: Mapping[str, RowMapping] | None = None
) -> list[ConversationBrief]:
    """Lines of a desk, in the order of the rows. `last`: their newest messages, where somebody has read them."""
    if not rows:
        return []
    ids = [row["id"] for row in rows]
    known = crm.queries.customers_by_visitor(conn, [(row["site_id"], row["visitor_id"]) for row in rows])
    customers = customer_briefs(conn, set(known.values()))
    experts = persons(conn, [row["expert_id"] for row in rows])
    unread = chat.history.unread_of(conn, ids)
    last = chat.history.last_messages(conn, ids) if last is None else last
    last = {**last, **chat.history.last_words(conn, _unanswered(rows, last))}
    turns = _turns(conn, rows)
    live = live_visitors(conn, {row["visitor_id"] for row in rows}, now)
    offered = transfers(conn, chat.transfers.of_conversations(conn, rows, now))
    triggers = routing.firings.names(conn, {row["trigger_id"] for row in rows if _untouched(row)})
    briefs = []
    for row in rows:
        customer = customers.get(known.get(row["visitor_id"], ""))
        briefs.append(
            ConversationBrief(
                id=row["id"],
                state=row["state"],
                turn=rfc3339(turns[row["id"]]) if row["id"] in turns else None,
                visitor=row["visitor_id"],
                visit=row["visit_id"],
                site=row["site_id"],
                name=customer.name if customer else visitor_name(row["visitor_id"]),
                live=row["visitor_id"] in live,
                customer=customer,
                expert=experts.get(row["expert_id"]),
                last_seq=row["last_seq"],
                read_seq=row["expert_read_seq"],
                visitor_read_seq=row["visitor_read_seq"],
                unread=unread.get(row["id"], 0),
                opened_at=rfc3339(row["opened_at"]),
                last=message(last[row["id"]]) if row["id"] in last else None,
                trigger=triggers.get(row["trigger_id"], "") if _untouched(row) else None,
                closed_at=None if row["closed_at"] is None else rfc3339(row["closed_at"]),
                ends_at=None if row["ends_at"] is None else rfc3339(row["ends_at"]),
                rating=_rating(row),
                transfer=offered.get(row["id"]),
                kept_for=row["kept_for"] if row["state"] == "open" and row["expert_id"] is None else None,
            )
        )
    return briefs


def _unanswered(rows: Sequence[RowMapping], last: Mapping[str, RowMapping]) -> list[str]:
    """What nobody has, and where the newest word is the server's own: a desk wants to read the question."""
    nobodys = [row["id"] for row in rows if row["expert_id"] is None and row["state"] == "open"]
    return [id_ for id_ in nobodys if id_ in last and last[id_]["author_kind"] == "system"]


def notes(rows: Sequence[RowMapping]) -> list[Note]:
    """Notes in their order, for colleagues."""
    return [
        Note(
            id=row["id"],
            conversation=row["conversation_id"],
            after_seq=row["after_seq"],
            client_id=row["client_id"],
            author=Person(id=row["author_id"], name=row["author_name"]),
            text=row["text"],
            at=rfc3339(row["at"]),
        )
        for row in rows
    ]


def _rating(row: RowMapping) -> Rating | None:
    if row["score"] is None:
        return None
    return Rating(score=row["score"], comment=row["comment"] or "", at=rfc3339(row["rated_at"]))


def _untouched(row: RowMapping) -> bool:
    """A trigger invited by itself, and the visitor has not said a word since."""
    if row["trigger_id"] is None:
        return False
    return row["due_at"] is not None or row["visitor_at"] is None or row["visitor_at"] < row["accepted_at"]


def _turns(conn: Connection, rows: Sequence[RowMapping]) -> dict[str, Ms]:
    """Whose turn it is among those whom nobody has: as their bell says, else by when they came."""
    waiting = [row for row in rows if row["expert_id"] is None and row["state"] == "open"]
    visits = {row["visit_id"] for row in waiting} - {None}
    asked = routing.queries.turns(conn, visits, ASKED) if visits else {}
    return {row["id"]: asked.get(row["id"], row["opened_at"]) for row in waiting}


def _refs(rows: Sequence[RowMapping], kind: str) -> list[str]:
    key = {"offer": "offer", "order_form": "form", "order": "order"}[kind]
    return [row["data"][key] for row in rows if row["kind"] == kind]
