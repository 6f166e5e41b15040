"""Of a visitor's page: invitation, cards, orders, callbacks. It is told on connect and when it changes."""

import msgspec
from sqlalchemy import Connection as Base

import chat.queries
import sales.queries
import voice.queries
from contract import frames
from contract.clock import MINUTE, now_ms
from service import present
from service.callers import VisitorCaller
from service.sockets.registry import Connection, Saying


def page(conn: Base, connections: list[Connection]) -> list[Saying]:
    """Of one visitor, for these connections of theirs."""
    caller = connections[0].caller
    assert isinstance(caller, VisitorCaller)
    now = now_ms()
    cards = chat.queries.cards_of_visitor(conn, caller.visitor, now)
    orders = sales.queries.recent_orders_of_visitor(conn, caller.visitor, now - 30 * MINUTE)
    said: list[Saying] = []
    for connection in connections:
        assert isinstance(connection.caller, VisitorCaller)
        row = chat.queries.open_for(conn, caller.visitor, connection.caller.frame_hash)
        if row is not None and row["expert_id"]:
            invited = present.chat_invited(conn, row)
            if connection.news(f"invited:{row['id']}", (row["expert_id"], row["accepted_at"])):
                said.append((connection, "chat.invited", invited))
                if invited.expert is not None and row["visitor_at"] is not None:
                    joined = frames.ExpertJoined(conversation=row["id"], name=invited.expert.name)
                    said.append((connection, "expert.joined", joined))
        mine = [card for card in cards if _may_see(conn, card["conversation_id"], connection.caller)]
        shown = {card["id"] for card in mine}
        for card in mine:
            if connection.news(f"card:{card['id']}", True):
                said.append((connection, *present.card_event(conn, card)))
        for key in [k for k in connection.shown if k.startswith("card:") and k[5:] not in shown]:
            del connection.shown[key]
            said.append((connection, "card.gone", frames.CardGone(card=key[5:])))
        for order in orders:
            if _may_see(conn, order["conversation_id"], connection.caller) and connection.news(
                f"order:{order['id']}", order["status"]
            ):
                said.append((connection, "order.updated", present.order_updated(conn, order)))
    return said + promises(conn, connections)


def promises(conn: Base, connections: list[Connection]) -> list[Saying]:
    """The callbacks of one visitor, as they stand; told to each connection when one has changed."""
    said: list[Saying] = []
    caller = connections[0].caller
    assert isinstance(caller, VisitorCaller)
    for row in voice.queries.of_visitor(conn, caller.visitor, now_ms() - 30 * MINUTE):
        shape = present.callback_shown(conn, row)
        for connection in connections:
            assert isinstance(connection.caller, VisitorCaller)
            news = _may_see(conn, row["conversation_id"], connection.caller)
            if news and connection.news(f"callback:{row['id']}", msgspec.json.encode(shape)):
                said.append((connection, "callback.updated", shape))
    return said


def _may_see(conn: Base, conversation_id: str | None, caller: VisitorCaller) -> bool:
    """Cards, orders and callbacks of a bound conversation are for its frame alone, as its words are."""
    if conversation_id is None:
        return True
    row = chat.queries.row(conn, conversation_id)
    return row is not None and row["frame_hash"] in (None, caller.frame_hash)
