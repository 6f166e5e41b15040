"""Everything that ever happened between us and one person, every channel, newest first."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

import crm.queries
from access.tables import account
from chat.tables import conversation, message
from contract.clock import now_ms, rfc3339
from contract.names import Ms
from contract.rest_visits import TimelineItem
from routing.tables import alert
from sales.queries import offer_state
from sales.tables import offer, order, order_line, product
from tracker.tables import visit
from voice.tables import callback

Item = tuple[Ms, TimelineItem]
Data = dict[str, Any]


def of_customer(conn: Connection, customer_id: str, limit: int = 100, before: Ms | None = None) -> list[TimelineItem]:
    """What happened with a customer in any of their browsers, whichever customer of a merged person is asked for.

    Newest first, at most `limit`, all earlier than `before`. Items of one millisecond are never torn apart: then a
    few more than `limit` come, so that the time of the last one is a safe place to go on from.
    """
    known = crm.queries.people(conn, [customer_id]).get(customer_id)
    if known is None:
        return []
    return _timeline(conn, crm.queries.visitors_of(conn, known.id), known.members, limit, before)


def of_visit(conn: Connection, visit_id: str, limit: int = 100, before: Ms | None = None) -> list[TimelineItem]:
    """What happened with the visitor of this visit: with the customer, where that visitor is one. Unknown: []."""
    row = conn.execute(select(visit.c.site_id, visit.c.visitor_id).where(visit.c.id == visit_id)).one_or_none()
    if row is None:
        return []
    customer = crm.queries.customers_of(conn, row.site_id, [row.visitor_id]).get(row.visitor_id)
    if customer is not None:
        return of_customer(conn, customer, limit, before)
    return _timeline(conn, [row.visitor_id], (), limit, before)


def _timeline(
    conn: Connection, visitors: list[str], customers: Collection[str], limit: int, before: Ms | None
) -> list[TimelineItem]:
    ask = _Ask(conn, visitors, limit, before)
    items = [
        *_visits(ask),
        *_conversations(ask),
        *_offers(ask, now_ms()),
        *_orders(ask, customers),
        *_alerts(ask),
        *_callbacks(ask),
    ]
    items.sort(key=lambda item: (item[0], item[1].id), reverse=True)
    if len(items) > limit:
        items = [item for item in items if item[0] >= items[limit - 1][0]]
    return [item for _, item in items]


class _Ask:
    """One question: whose, how many, and before when."""

    def __init__(self, conn: Connection, visitors: list[str], limit: int, before: Ms | None) -> None:
        self.conn, self.visitors, self.limit, self.before = conn, visitors, limit, before

    def newest(self, table: Table, at: str, *extra: ColumnElement[bool], or_: ColumnElement[bool] | None = None) -> Any:
        """The newest rows of these visitors, those that share the last row's moment included."""
        own = table.c.visitor_id.in_(self.visitors)
        where = [own if or_ is None else own | or_, *extra]
        if self.before is not None:
            where.append(table.c[at] < self.before)
        last = self.conn.execute(
            select(table.c[at]).where(*where).order_by(table.c[at].desc()).limit(1).offset(self.limit - 1)
        ).scalar_one_or_none()
        if last is not None:
            where.append(table.c[at] >= last)
        return self.conn.execute(select(table).where(*where)).all()

    def people(self, ids: set[str | None]) -> dict[str | None, Data]:
        """Experts as {id, name}."""
        rows = self.conn.execute(select(account.c.id, account.c.name).where(account.c.id.in_(ids - {None})))
        return {id_: {"id": id_, "name": name} for id_, name in rows}


def _item(id_: str, kind: str, at: Ms, data: Data) -> Item:
    return at, TimelineItem(id=id_, kind=kind, at=rfc3339(at), data=data)


def _money(amount: int, currency: str) -> Data:
    return {"amount": amount, "currency": currency}


def _visits(ask: _Ask) -> list[Item]:
    return [
        _item(
            row.id,
            "visit",
            row.started_at,
            {
                "path": row.path,
                "topic": row.topic,
                "depth": row.depth,
                "deepest": row.deepest,
                "pages": row.pages,
                "dwell": row.dwell,
                "url": row.url,
                "title": row.title,
                "source": row.source,
                "number": row.number,
                "last_at": rfc3339(row.last_at),
            },
        )
        for row in ask.newest(visit, "started_at", visit.c.merged_into.is_(None), visit.c.pages > 0)
    ]


def _conversations(ask: _Ask) -> list[Item]:
    rows = ask.newest(conversation, "opened_at")
    people = ask.people({row.expert_id for row in rows})
    said = ask.conn.execute(
        select(
            message.c.conversation_id,
            message.c.text,
            message.c.at,
            message.c.author_kind,
            message.c.kind,
            message.c.data,
        )
        .join(conversation, conversation.c.id == message.c.conversation_id)
        .where(conversation.c.id.in_([row.id for row in rows]), message.c.seq == conversation.c.last_seq)
    )
    last = {
        id_: {"text": text, "at": rfc3339(at), "author": author, "kind": kind, "data": data}
        for id_, text, at, author, kind, data in said
    }
    return [
        _item(
            row.id,
            "conversation",
            row.opened_at,
            {
                "state": row.state,
                "expert": people.get(row.expert_id),
                "messages": row.last_seq,
                "last": last.get(row.id),
                "visit": row.visit_id,
            },
        )
        for row in rows
    ]


def _offers(ask: _Ask, now: Ms) -> list[Item]:
    rows = ask.newest(offer, "at")
    people = ask.people({row.expert_id for row in rows})
    named = ask.conn.execute(
        select(product.c.id, product.c.name).where(product.c.id.in_({row.product_id for row in rows}))
    )
    products = {id_: {"id": id_, "name": name} for id_, name in named}
    return [
        _item(
            row.id,
            "offer",
            row.at,
            {
                "product": products.get(row.product_id),
                "price": _money(row.amount, row.currency),
                "state": offer_state(row._mapping, now),
                "expires_at": rfc3339(row.expires_at),
                "expert": people.get(row.expert_id),
                "conversation": row.conversation_id,
            },
        )
        for row in rows
    ]


def _orders(ask: _Ask, customers: Collection[str]) -> list[Item]:
    rows = ask.newest(order, "at", or_=order.c.customer_id.in_(customers) if customers else None)
    people = ask.people({row.expert_id for row in rows})
    lines: dict[str, list[Data]] = {}
    bought = ask.conn.execute(
        select(order_line)
        .where(order_line.c.order_id.in_([row.id for row in rows]))
        .order_by(order_line.c.order_id, order_line.c.position)
    )
    currency = {row.id: row.currency for row in rows}
    for line in bought:
        lines.setdefault(line.order_id, []).append(
            {
                "product": line.product_id,
                "name": line.name,
                "quantity": line.quantity,
                "price": _money(line.amount, currency[line.order_id]),
                "total": _money(line.total, currency[line.order_id]),
            }
        )
    return [
        _item(
            row.id,
            "order",
            row.at,
            {
                "number": str(row.number),
                "status": row.status,
                "total": _money(row.amount, row.currency),
                "lines": lines.get(row.id, []),
                "expert": people.get(row.expert_id),
                "conversation": row.conversation_id,
                "visit": row.visit_id,
                "confirmed_at": None if row.confirmed_at is None else rfc3339(row.confirmed_at),
            },
        )
        for row in rows
    ]


def _alerts(ask: _Ask) -> list[Item]:
    rows = ask.newest(alert, "raised_at")
    people = ask.people({row.expert_id for row in rows})
    return [
        _item(
            row.id,
            "alert",
            row.raised_at,
            {
                "reason": row.reason,
                "why": row.why,
                "importance": row.importance,
                "path": row.topic,
                "state": row.state,
                "end": row.outcome,
                "rung": row.rung,
                "expert": people.get(row.expert_id),
                "visit": row.visit_id,
            },
        )
        for row in rows
    ]


def _callbacks(ask: _Ask) -> list[Item]:
    rows = ask.newest(callback, "created_at")
    people = ask.people({row.owner_id for row in rows})
    return [
        _item(
            row.id,
            "callback",
            row.created_at,
            {
                "channel": row.channel,
                "phone": row.phone,
                "for": rfc3339(row.at),
                "path": row.topic,
                "words": row.words,
                "state": row.state,
                "note": row.note,
                "expert": people.get(row.owner_id),
                "conversation": row.conversation_id,
                "done_at": None if row.done_at is None else rfc3339(row.done_at),
            },
        )
        for row in rows
    ]
