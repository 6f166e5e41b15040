"""Of a visitor's page: invitation, cards, orders, callbacks. It is told on connect and when it changes."""

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection as Base
from sqlalchemy import RowMapping

import chat.cards
import chat.queries
import sales.queries
import voice.queries
from contract import events
from contract.clock import MINUTE, now_ms
from contract.names import Ms
from service import present
from service.callers import VisitorCaller
from service.sockets.noted import apart
from service.sockets.registry import Connection, Saying

#: What is over stays so long on a page that comes anew.
SHOWN: Ms = 30 * MINUTE


def page(conn: Base, connections: list[Connection]) -> list[Saying]:
    """Of these connections' visitors, however many: what stands open for all of them is read at once."""
    now, visitors = now_ms(), {_visitor(connection).visitor for connection in connections}
    cards = chat.cards.cards_of_visitors(conn, visitors, now)
    orders = sales.queries.recent_orders_of_visitors(conn, visitors, now - SHOWN)
    talks = chat.queries.open_of_each(conn, visitors)
    bound = _Bound(conn, [*cards.values(), *orders.values()])
    said: list[Saying] = []
    for connection in connections:
        visitor = _visitor(connection).visitor
        said += apart(_invitation, conn, connection, talks.get(visitor, []))
        said += _cards(conn, connection, bound, cards.get(visitor, []))
        for order in orders.get(visitor, []):
            said += apart(_order, conn, connection, bound, order)
    return said + promises(conn, connections)


def promises(conn: Base, connections: list[Connection]) -> list[Saying]:
    """The callbacks of these connections' visitors, as they stand; told to each connection when one has changed."""
    visitors = {_visitor(connection).visitor for connection in connections}
    rows = voice.queries.of_visitors(conn, visitors, now_ms() - SHOWN)
    bound = _Bound(conn, rows.values())
    return [
        saying
        for connection in connections
        for row in rows.get(_visitor(connection).visitor, [])
        for saying in apart(_promise, conn, connection, bound, row)
    ]


class _Bound:
    """Who may see what was done in a conversation or in a frame: that frame alone (contract 4)."""

    def __init__(self, conn: Base, found: Iterable[list[RowMapping]]) -> None:
        ids = {row["conversation_id"] for rows in found for row in rows if row["conversation_id"] is not None}
        self._frames = {row["id"]: row["frame_hash"] for row in chat.queries.rows(conn, ids)}

    def sees(self, caller: VisitorCaller, row: RowMapping) -> bool:
        """Whether this card, order or callback is for the caller: as its words are, if it is of a conversation."""
        if row["frame_hash"] not in (None, caller.frame_hash):
            return False
        talk = row["conversation_id"]
        return talk is None or (talk in self._frames and self._frames[talk] in (None, caller.frame_hash))


# --- one thing each: what cannot be shown leaves the others where they are ----------------------------------------


def _invitation(conn: Base, connection: Connection, talks: list[RowMapping]) -> list[Saying]:
    row = chat.queries.open_among(talks, _visitor(connection).frame_hash)
    if row is None or not row["expert_id"]:
        return []
    if not connection.news(f"invited:{row['id']}", (row["expert_id"], row["accepted_at"])):
        return []
    invited = present.chat_invited(conn, row)
    said: list[Saying] = [(connection, "chat.invited", invited)]
    if invited.expert is not None and row["visitor_at"] is not None:
        joined = events.ExpertJoined(conversation=row["id"], name=invited.expert.name)
        said.append((connection, "expert.joined", joined))
    return said


def _cards(conn: Base, connection: Connection, bound: _Bound, cards: list[RowMapping]) -> list[Saying]:
    """Those that are new there, and those that are gone."""
    mine = [card for card in cards if bound.sees(_visitor(connection), card)]
    shown = {card["id"] for card in mine}
    said = [saying for card in mine for saying in apart(_card, conn, connection, card)]
    for key in [k for k in connection.shown if k.startswith("card:") and k[5:] not in shown]:
        connection.forget(key)
        said.append((connection, "card.gone", events.CardGone(card=key[5:])))
    return said


def _card(conn: Base, connection: Connection, card: RowMapping) -> list[Saying]:
    news = connection.news(f"card:{card['id']}", True)
    return [(connection, *present.card_event(conn, card))] if news else []


def _order(conn: Base, connection: Connection, bound: _Bound, order: RowMapping) -> list[Saying]:
    seen = bound.sees(_visitor(connection), order)
    if not seen or not connection.news(f"order:{order['id']}", order["status"]):
        return []
    return [(connection, "order.updated", present.order_updated(conn, order))]


def _promise(conn: Base, connection: Connection, bound: _Bound, row: RowMapping) -> list[Saying]:
    if not bound.sees(_visitor(connection), row):
        return []
    shape = present.callback_shown(conn, row)
    news = connection.news(f"callback:{row['id']}", msgspec.json.encode(shape))
    return [(connection, "callback.updated", shape)] if news else []


def _visitor(connection: Connection) -> VisitorCaller:
    assert isinstance(connection.caller, VisitorCaller)
    return connection.caller
