"""Of a visitor's page: invitation, cards, orders, callbacks. It is told on connect and when it changes."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection as Base
from sqlalchemy import RowMapping

import chat.cards
import chat.queries
import sales.queries
import voice.queries
from contract import events
from contract.clock import MINUTE, now_ms
from service import present
from service.callers import VisitorCaller
from service.sockets.noted import apart
from service.sockets.registry import Connection, Saying


def page(conn: Base, connections: list[Connection]) -> list[Saying]:
    """Of one visitor, for these connections of theirs."""
    caller = connections[0].caller
    assert isinstance(caller, VisitorCaller)
    now = now_ms()
    cards = chat.cards.cards_of_visitor(conn, caller.visitor, now)
    orders = sales.queries.recent_orders_of_visitor(conn, caller.visitor, now - 30 * MINUTE)
    said: list[Saying] = []
    for connection in connections:
        said += apart(_invitation, conn, connection) + _cards(conn, connection, cards)
        for order in orders:
            said += apart(_order, conn, connection, order)
    return said + promises(conn, connections)


def promises(conn: Base, connections: list[Connection]) -> list[Saying]:
    """The callbacks of one visitor, as they stand; told to each connection when one has changed."""
    caller = connections[0].caller
    assert isinstance(caller, VisitorCaller)
    rows = voice.queries.of_visitor(conn, caller.visitor, now_ms() - 30 * MINUTE)
    return [saying for row in rows for saying in apart(_promise, conn, connections, row)]


# --- one thing each: what cannot be shown leaves the others where they are ----------------------------------------


def _invitation(conn: Base, connection: Connection) -> list[Saying]:
    caller = _visitor(connection)
    row = chat.queries.open_for(conn, caller.visitor, caller.frame_hash)
    if row is None or not row["expert_id"]:
        return []
    invited = present.chat_invited(conn, row)
    if not connection.news(f"invited:{row['id']}", (row["expert_id"], row["accepted_at"])):
        return []
    said: list[Saying] = [(connection, "chat.invited", invited)]
    if invited.expert is not None and row["visitor_at"] is not None:
        joined = events.ExpertJoined(conversation=row["id"], name=invited.expert.name)
        said.append((connection, "expert.joined", joined))
    return said


def _cards(conn: Base, connection: Connection, cards: Sequence[RowMapping]) -> list[Saying]:
    """Those that are new there, and those that are gone."""
    mine = [card for card in cards if _may_see(conn, card, _visitor(connection))]
    shown = {card["id"] for card in mine}
    said = [saying for card in mine for saying in apart(_card, conn, connection, card)]
    for key in [k for k in connection.shown if k.startswith("card:") and k[5:] not in shown]:
        connection.forget(key)
        said.append((connection, "card.gone", events.CardGone(card=key[5:])))
    return said


def _card(conn: Base, connection: Connection, card: RowMapping) -> list[Saying]:
    news = connection.news(f"card:{card['id']}", True)
    return [(connection, *present.card_event(conn, card))] if news else []


def _order(conn: Base, connection: Connection, order: RowMapping) -> list[Saying]:
    seen = _may_see(conn, order, _visitor(connection))
    if not seen or not connection.news(f"order:{order['id']}", order["status"]):
        return []
    return [(connection, "order.updated", present.order_updated(conn, order))]


def _promise(conn: Base, connections: list[Connection], row: RowMapping) -> list[Saying]:
    shape = present.callback_shown(conn, row)
    state = msgspec.json.encode(shape)
    return [
        (connection, "callback.updated", shape)
        for connection in connections
        if _may_see(conn, row, _visitor(connection)) and connection.news(f"callback:{row['id']}", state)
    ]


def _visitor(connection: Connection) -> VisitorCaller:
    assert isinstance(connection.caller, VisitorCaller)
    return connection.caller


def _may_see(conn: Base, row: RowMapping, caller: VisitorCaller) -> bool:
    """A card, an order, a callback: what was done in a frame is told to that frame alone, with a conversation or
    without."""
    return row["frame_hash"] in (None, caller.frame_hash) and _of_its_talk(conn, row["conversation_id"], caller)


def _of_its_talk(conn: Base, conversation_id: str | None, caller: VisitorCaller) -> bool:
    """Cards, orders and callbacks of a bound conversation are for its frame alone, as its words are."""
    if conversation_id is None:
        return True
    row = chat.queries.row(conn, conversation_id)
    return row is not None and row["frame_hash"] in (None, caller.frame_hash)
