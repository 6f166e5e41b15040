"""What is read of the catalogue, offers, order forms and orders."""

from collections.abc import Collection, Mapping, Sequence
from typing import cast

import msgspec
from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
)

from contract.clock import DAY, now_ms
from contract.ids import UUID
from contract.names import Ms, OfferState
from sales.price import FormLine, Offered
from sales.tables import offer, order, order_form, order_line, product
from store.prepared import Prepared, among

LIMIT = 100
_OURS = and_(among(order.c.customer_id, "customers"), order.c.status == "placed")
#: A twelfth of a year, counted back from now: no zone, and no month is shorter than another.
MONTH: Ms = 365 * DAY // 12
MONTHS = 12
_NOW: BindParameter[Ms] = bindparam("now", type_=BigInteger)
_AGO = case(
    (order.c.at > _NOW - MONTHS * MONTH, (_NOW - order.c.at) // literal_column(str(MONTH), BigInteger)),
    else_=literal_column(str(MONTHS), BigInteger),
)
_RECENT_OF = Prepared(
    select(order)
    .where(among(order.c.visitor_id, "visitors"), order.c.at >= bindparam("since"))
    .order_by(order.c.at, order.c.id)
)
#: At most thirteen rows of a customer and currency, however much they bought.
_SUMS = Prepared(
    select(
        order.c.customer_id,
        order.c.currency,
        _AGO.label("ago"),
        func.count(),
        func.sum(order.c.amount),
        func.min(order.c.at),
    )
    .where(_OURS)
    .group_by(order.c.customer_id, order.c.currency, literal_column("ago"))
)
_PLACED = (
    select(
        order.c.customer_id,
        order.c.at,
        order.c.expert_id,
        func.row_number().over(partition_by=order.c.customer_id, order_by=(order.c.at.desc(), order.c.id)).label("nth"),
    )
    .where(_OURS)
    .subquery()
)
_NEWEST = Prepared(
    select(_PLACED.c.customer_id, _PLACED.c.at, _PLACED.c.expert_id).where(_PLACED.c.nth == 1).order_by(_PLACED.c.at)
)


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """All placed orders of one customer: how many, how much (minor units, in the currency they spent most in), when.

    `months`: in how many of the last twelve months (of 30.4 days) they ordered.
    """

    orders: int
    spent: int
    currency: str
    months: int
    first_at: Ms
    last_at: Ms
    last_expert: str | None


def product_row(conn: Connection, product_id: str) -> RowMapping | None:
    """One product, of whichever site."""
    if not UUID.fullmatch(product_id):
        return None
    return conn.execute(select(product).where(product.c.id == product_id)).mappings().one_or_none()


def product_rows(conn: Connection, product_ids: Collection[str]) -> dict[str, RowMapping]:
    """Those of the products that exist, by id."""
    ids = [one for one in product_ids if UUID.fullmatch(one)]
    return {row["id"]: row for row in conn.execute(select(product).where(product.c.id.in_(ids))).mappings()}


def products(
    conn: Connection,
    site_ids: Collection[str],
    limit: int = LIMIT,
    after: tuple[Ms, str] | None = None,
    *,
    active: bool | None = None,
) -> Sequence[RowMapping]:
    """The catalogue of these sites in the order it was made; `after` = (created_at, id) of the last one given."""
    asked = select(product).where(product.c.site_id.in_(site_ids))
    if active is not None:
        asked = asked.where(product.c.active == active)
    if after is not None:
        asked = asked.where(tuple_(product.c.created_at, product.c.id) > after)
    return conn.execute(asked.order_by(product.c.created_at, product.c.id).limit(limit)).mappings().all()


def offer_of(conn: Connection, offer_id: str) -> RowMapping | None:
    """One offer."""
    if not UUID.fullmatch(offer_id):
        return None
    return conn.execute(select(offer).where(offer.c.id == offer_id)).mappings().one_or_none()


def offer_rows(conn: Connection, offer_ids: Collection[str]) -> dict[str, RowMapping]:
    """Those of the offers that exist, by id."""
    ids = [one for one in offer_ids if UUID.fullmatch(one)]
    return {row["id"]: row for row in conn.execute(select(offer).where(offer.c.id.in_(ids))).mappings()}


def offer_state(row: RowMapping, now: Ms) -> OfferState:
    """What the offer is worth now: an open one whose time ran out has expired."""
    state: OfferState = row["state"]
    return "expired" if state == "open" and row["expires_at"] <= now else state


def offered_to(conn: Connection, site_id: str, visitor_id: str, product_ids: Collection[str], now: Ms) -> list[Offered]:
    """What this visitor may have these products for now: offers that are open or accepted, not used, the newest
    first."""
    good = (
        offer.c.visitor_id == visitor_id,
        offer.c.site_id == site_id,
        offer.c.product_id.in_(product_ids),
        offer.c.state.in_(("open", "accepted")),
        offer.c.expires_at > now,
        offer.c.order_id.is_(None),
    )
    rows = conn.execute(select(offer).where(*good).order_by(offer.c.at.desc(), offer.c.id.desc())).mappings()
    return [_offered(row) for row in rows]


def _offered(row: RowMapping) -> Offered:
    """The price that an offer promises."""
    return Offered(
        offer=row["id"],
        product=row["product_id"],
        amount=row["amount"],
        currency=row["currency"],
        quantity=row["quantity"],
        conversation=row["conversation_id"],
    )


def form_of(conn: Connection, form_id: str) -> RowMapping | None:
    """One order form."""
    if not UUID.fullmatch(form_id):
        return None
    return conn.execute(select(order_form).where(order_form.c.id == form_id)).mappings().one_or_none()


def form_rows(conn: Connection, form_ids: Collection[str]) -> dict[str, RowMapping]:
    """Those of the order forms that exist, by id."""
    ids = [one for one in form_ids if UUID.fullmatch(one)]
    return {row["id"]: row for row in conn.execute(select(order_form).where(order_form.c.id.in_(ids))).mappings()}


def form_of_offer(conn: Connection, offer_id: str) -> RowMapping | None:
    """The order form that came of an accepted offer."""
    return (
        conn.execute(select(order_form).where(order_form.c.offer_id == offer_id).order_by(order_form.c.at).limit(1))
        .mappings()
        .one_or_none()
    )


def form_lines(row: RowMapping) -> list[FormLine]:
    """The products of an order form with the prices that hold for it."""
    return msgspec.convert(row["lines"], list[FormLine])


def order_row(conn: Connection, order_id: str) -> RowMapping | None:
    """One order, of whichever site."""
    if not UUID.fullmatch(order_id):
        return None
    return conn.execute(select(order).where(order.c.id == order_id)).mappings().one_or_none()


def order_rows(conn: Connection, order_ids: Collection[str]) -> dict[str, RowMapping]:
    """Those of the orders that exist, by id."""
    ids = [one for one in order_ids if UUID.fullmatch(one)]
    return {row["id"]: row for row in conn.execute(select(order).where(order.c.id.in_(ids))).mappings()}


def recent_orders_of_visitors(conn: Connection, visitor_ids: Collection[str], since: Ms) -> dict[str, list[RowMapping]]:
    """What was ordered from these browsers since then, oldest first; for those from which anything was."""
    found: dict[str, list[RowMapping]] = {}
    for row in cast(list[RowMapping], _RECENT_OF.dicts(conn, visitors=visitor_ids, since=since)):
        found.setdefault(row["visitor_id"], []).append(row)
    return {id_: rows[:LIMIT] for id_, rows in found.items()}


def frames_of_orders(conn: Connection, visitor_id: str) -> set[str]:
    """The frames in which this visitor has ordered."""
    mine = select(order.c.frame_hash).where(order.c.visitor_id == visitor_id, order.c.frame_hash.is_not(None))
    return set(conn.execute(mine.distinct().limit(LIMIT)).scalars())


def recent_orders_of_expert(conn: Connection, expert_id: str, since: Ms) -> Sequence[RowMapping]:
    """What was ordered since then from forms of this expert, oldest first."""
    return _orders_since(conn, since, order.c.expert_id == expert_id)


def _orders_since(conn: Connection, since: Ms, *where: ColumnElement[bool]) -> Sequence[RowMapping]:
    statement = select(order).where(order.c.at >= since, *where).order_by(order.c.at, order.c.id).limit(LIMIT)
    return conn.execute(statement).mappings().all()


def lines_of(conn: Connection, order_ids: Collection[str]) -> dict[str, list[RowMapping]]:
    """The lines of each order, in their order."""
    found: dict[str, list[RowMapping]] = {one: [] for one in order_ids}
    for row in conn.execute(
        select(order_line).where(order_line.c.order_id.in_(order_ids)).order_by(order_line.c.position)
    ).mappings():
        found[row["order_id"]].append(row)
    return found


def totals_of(conn: Connection, customers: Mapping[str, str]) -> dict[str, Total]:
    """What each person ordered in all, for those who ordered anything that was not cancelled.

    `customers`: customer -> the person whose record it is; orders keep the customer under whom they were placed.
    """
    counted: dict[tuple[str, str], tuple[int, int]] = {}
    months: dict[str, set[int]] = {}
    first: dict[str, Ms] = {}
    for customer_id, currency, ago, number, amount, at in _SUMS.rows(conn, customers=customers, now=now_ms()):
        person = customers[customer_id]
        orders, spent = counted.get((person, currency), (0, 0))
        counted[person, currency] = (orders + int(number), spent + int(amount))
        months.setdefault(person, set()).add(int(ago))
        first[person] = min(first.get(person, at), at)
    if not counted:
        return {}
    newest = {
        customers[customer_id]: (at, expert_id)
        for customer_id, at, expert_id in _NEWEST.rows(conn, customers=customers)
    }
    found: dict[str, Total] = {}
    for (person, currency), (orders, spent) in sorted(counted.items(), key=lambda one: one[1][1]):
        last_at, last_expert = newest[person]
        before = found.get(person)
        found[person] = Total(
            orders=orders + (before.orders if before else 0),
            spent=spent,
            currency=currency,
            months=len(months[person] - {MONTHS}),
            first_at=first[person],
            last_at=last_at,
            last_expert=last_expert,
        )
    return found
