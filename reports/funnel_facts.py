"""What a funnel is made of: six kinds of facts, gathered from all rooms, in the order in which they happened.

`viewed` a page was viewed; `deep` a page three or more levels down was viewed; `alert` a bell was raised; `chat` an
expert took a conversation or the visitor wrote (what a trigger sends by itself is no chat until the visitor appears in
it); `offer` an offer or an order form was shown; `order` an order was placed. One page view three levels down is two
facts, that a page was viewed and that the visitor is deep: who lands there from a search engine has done both.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, literal, not_, select, union_all

from chat.queries import UNTOUCHED
from chat.tables import conversation, message
from contract.names import FunnelStep, Ms
from reports.funnel import Fact
from routing.tables import alert
from sales.tables import offer, order, order_form
from tracker.tables import page_view, visit

DEEP = 3
#: Facts of one moment stand in this order: it is the order in which they can have caused one another.
STORY: tuple[FunnelStep, ...] = ("viewed", "deep", "alert", "chat", "offer", "order")
_AT_A_TIME = 10_000

Part = Select[Any]


def facts(
    conn: Connection, site_id: str, from_ms: Ms | None, to_ms: Ms | None, steps: Iterable[FunnelStep]
) -> Iterator[Fact]:
    """The facts of these kinds in [from_ms, to_ms), as `reports.funnel` wants them. What bots did is left out."""
    parts: list[Part] = []
    for step in STORY:
        if step in set(steps):
            parts += (_within(part, at, from_ms, to_ms) for part, at in _PARTS[step](site_id))
    every = union_all(*parts).subquery()
    rows = conn.execute(
        select(every.c.visitor, every.c.story, every.c.at, every.c.id)
        .order_by(every.c.visitor, every.c.at, every.c.story, every.c.id)
        .execution_options(yield_per=_AT_A_TIME)
    )
    for visitor, story, at, id_ in rows:
        yield visitor, STORY[story], at, id_


def _part(step: FunnelStep, visitor: Any, at: Any, id_: Any) -> Part:
    return select(visitor.label("visitor"), literal(STORY.index(step)).label("story"), at.label("at"), id_.label("id"))


def _within(part: Part, at: Any, from_ms: Ms | None, to_ms: Ms | None) -> Part:
    where: list[ColumnElement[bool]] = []
    if from_ms is not None:
        where.append(at >= from_ms)
    if to_ms is not None:
        where.append(at < to_ms)
    return part.where(*where)


def _views(step: FunnelStep, site_id: str, *where: ColumnElement[bool]) -> list[tuple[Part, Any]]:
    part = (
        _part(step, page_view.c.visitor_id, page_view.c.at, page_view.c.id)
        .select_from(page_view.join(visit, visit.c.id == page_view.c.visit_id))
        .where(page_view.c.site_id == site_id, visit.c.bot.is_(False), *where)
    )
    return [(part, page_view.c.at)]


def _viewed(site_id: str) -> list[tuple[Part, Any]]:
    return _views("viewed", site_id)


def _deep(site_id: str) -> list[tuple[Part, Any]]:
    return _views("deep", site_id, page_view.c.depth >= DEEP)


def _alert(site_id: str) -> list[tuple[Part, Any]]:
    part = _part("alert", alert.c.visitor_id, alert.c.raised_at, alert.c.id)
    return [(part.where(alert.c.site_id == site_id), alert.c.raised_at)]


def _chat(site_id: str) -> list[tuple[Part, Any]]:
    taken = _part("chat", conversation.c.visitor_id, conversation.c.accepted_at, conversation.c.id).where(
        conversation.c.site_id == site_id, conversation.c.accepted_at.is_not(None), not_(UNTOUCHED)
    )
    # Every word of a visitor: a conversation is taken up again after weeks, and that is chatting again.
    wrote = (
        _part("chat", conversation.c.visitor_id, message.c.at, message.c.conversation_id)
        .select_from(message.join(conversation, conversation.c.id == message.c.conversation_id))
        .where(conversation.c.site_id == site_id, message.c.author_kind == "visitor")
    )
    return [(taken, conversation.c.accepted_at), (wrote, message.c.at)]


def _offer(site_id: str) -> list[tuple[Part, Any]]:
    return [
        (_part("offer", table.c.visitor_id, table.c.at, table.c.id).where(table.c.site_id == site_id), table.c.at)
        for table in (offer, order_form)
    ]


def _order(site_id: str) -> list[tuple[Part, Any]]:
    part = _part("order", order.c.visitor_id, order.c.at, order.c.id)
    return [(part.where(order.c.site_id == site_id), order.c.at)]


_PARTS = {"viewed": _viewed, "deep": _deep, "alert": _alert, "chat": _chat, "offer": _offer, "order": _order}
