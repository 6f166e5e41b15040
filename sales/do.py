"""What changes the catalogue, offers, order forms and orders. Amounts come from our own rows only."""

from collections.abc import Sequence
from typing import Any, Literal

import msgspec
from sqlalchemy import Connection, RowMapping, insert, select, update

from contract.clock import MINUTE
from contract.errors import Refused
from contract.ids import UUID, new_id
from contract.names import Ms
from contract.text import has_forbidden
from sales.price import OFFERED, FormLine, Priced, check_amount, check_quantity
from sales.queries import offer_state, product_rows
from sales.tables import offer, order, order_form, order_line, product
from store.lock import lock
from store.sql import locked, next_number

FIRST_NUMBER = 1001


def create_product(
    conn: Connection,
    *,
    site_id: str,
    sku: str,
    name: str,
    path: Sequence[str],
    amount: int,
    currency: str,
    now: Ms,
    active: bool = True,
) -> RowMapping:
    """A new catalogue entry. Raises Refused("exists") when the site has this SKU."""
    _check_words(sku, name, *path)
    lock(conn, f"products:{site_id}")
    if conn.execute(select(product.c.id).where(product.c.site_id == site_id, product.c.sku == sku)).first():
        raise Refused("exists", "sku")
    return (
        conn.execute(
            insert(product)
            .values(
                id=new_id(),
                site_id=site_id,
                sku=sku,
                name=name,
                path=list(path),
                amount=check_amount(amount),
                currency=currency,
                active=active,
                created_at=now,
            )
            .returning(product)
        )
        .mappings()
        .one()
    )


def update_product(conn: Connection, product_id: str, **changes: Any) -> RowMapping:
    """Set name, path, amount or active; what is None stays. Open order forms and offers keep their prices."""
    values = {key: value for key, value in changes.items() if value is not None}
    _check_words(*(text for text in (values.get("name"), *(values.get("path") or ())) if text))
    if "amount" in values:
        check_amount(values["amount"])
    if not values:
        return conn.execute(select(product).where(product.c.id == product_id)).mappings().one()
    return (
        conn.execute(update(product).where(product.c.id == product_id).values(**values).returning(product))
        .mappings()
        .one()
    )


def sellable(conn: Connection, site_id: str, product_ids: Sequence[str]) -> list[RowMapping]:
    """These products, each once, in this order. Refused("unknown_product") for any that the site does not sell."""
    rows = product_rows(conn, product_ids)
    found = [rows.get(one) for one in dict.fromkeys(product_ids)]
    sold = [row for row in found if row is not None and row["site_id"] == site_id and row["active"]]
    if len(sold) != len(found):
        raise Refused("unknown_product")
    if len({row["currency"] for row in sold}) > 1:
        raise Refused("invalid", "currency")
    return sold


def propose_offer(
    conn: Connection,
    *,
    site_id: str,
    product_id: str,
    amount: int | None,
    minutes: int,
    text: str,
    visitor_id: str,
    visit_id: str | None,
    conversation_id: str | None,
    expert_id: str | None,
    now: Ms,
    quantity: int = OFFERED,
) -> RowMapping:
    """A product at a personal price (the catalogue's when `amount` is None), for up to `quantity` pieces, good for
    `minutes`."""
    (sold,) = sellable(conn, site_id, [product_id])
    return (
        conn.execute(
            insert(offer)
            .values(
                id=new_id(),
                site_id=site_id,
                product_id=sold["id"],
                visitor_id=visitor_id,
                visit_id=visit_id,
                conversation_id=conversation_id,
                expert_id=expert_id,
                amount=sold["amount"] if amount is None else check_amount(amount),
                currency=sold["currency"],
                quantity=check_quantity(quantity),
                text=text,
                state="open",
                at=now,
                expires_at=now + minutes * MINUTE,
            )
            .returning(offer)
        )
        .mappings()
        .one()
    )


def answer_offer(
    conn: Connection, offer_id: str, visitor_id: str, answer: Literal["accepted", "declined"], now: Ms
) -> tuple[RowMapping, bool]:
    """(the offer with its answer, whether it was given now). The same answer once more changes nothing.

    Raises Refused: not_found unless it was made to this visitor, offer_over when expired or answered otherwise.
    """
    row = _locked_row(conn, offer, offer_id)
    if row is None or row["visitor_id"] != visitor_id:
        raise Refused("not_found")
    if row["state"] == answer:
        return row, False
    if offer_state(row, now) != "open":
        raise Refused("offer_over")
    answered = update(offer).where(offer.c.id == offer_id).values(state=answer).returning(offer)
    return conn.execute(answered).mappings().one(), True


def make_form(
    conn: Connection,
    *,
    site_id: str,
    lines: Sequence[FormLine],
    visitor_id: str,
    visit_id: str | None,
    conversation_id: str | None,
    expert_id: str | None,
    now: Ms,
    offer_id: str | None = None,
    frame_hash: str | None = None,
) -> RowMapping:
    """An order form; the prices of its lines hold from now on, whatever the catalogue does. `frame_hash`: for that
    frame alone. Whoever hands one out in a conversation holds its row: of two forms the newer one is open."""
    return (
        conn.execute(
            insert(order_form)
            .values(
                id=new_id(),
                site_id=site_id,
                visitor_id=visitor_id,
                visit_id=visit_id,
                conversation_id=conversation_id,
                expert_id=expert_id,
                offer_id=offer_id,
                lines=msgspec.to_builtins(list(lines)),
                frame_hash=frame_hash,
                state="open",
                at=now,
            )
            .returning(order_form)
        )
        .mappings()
        .one()
    )


def lock_form(conn: Connection, form_id: str, visitor_id: str, frame_hash: str | None = None) -> RowMapping:
    """The order form, held until this unit of work ends. Raises Refused("not_found") unless it is this visitor's, and
    this frame's or for any."""
    row: RowMapping | None = _locked_row(conn, order_form, form_id)
    if row is None or row["visitor_id"] != visitor_id or row["frame_hash"] not in (None, frame_hash):
        raise Refused("not_found")
    return row


def replace_forms(conn: Connection, conversation_id: str, visitor_id: str) -> list[str]:
    """A newer form takes the place of those of this conversation that nobody has ordered from; their ids."""
    open_ones = (
        order_form.c.visitor_id == visitor_id,
        order_form.c.conversation_id == conversation_id,
        order_form.c.state == "open",
    )
    replaced = update(order_form).where(*open_ones).values(state="replaced").returning(order_form.c.id)
    return list(conn.execute(replaced).scalars())


def check_unused(form: RowMapping) -> None:
    """Raises Refused: form_used, form_replaced."""
    if form["state"] == "replaced":
        raise Refused("form_replaced")
    if form["state"] != "open":
        raise Refused("form_used")


def use_offers(conn: Connection, offer_ids: Sequence[str], order_id: str) -> None:
    """An order was placed at the price of these offers: they are taken, and good for no other. Raises
    Refused("offer_over") where one was used before."""
    for offer_id in sorted(offer_ids):
        used = update(offer).where(offer.c.id == offer_id, offer.c.order_id.is_(None))
        if conn.execute(used.values(state="accepted", order_id=order_id)).rowcount != 1:
            raise Refused("offer_over")


def confirm_order(conn: Connection, order_id: str, now: Ms) -> None:
    """Its contact is right. The first word counts."""
    conn.execute(update(order).where(order.c.id == order_id, order.c.confirmed_at.is_(None)).values(confirmed_at=now))


def place_order(
    conn: Connection,
    form: RowMapping,
    priced: Priced,
    customer_id: str,
    contact: dict[str, str],
    now: Ms,
    *,
    owner: str | None = None,
    frame_hash: str | None = None,
) -> RowMapping:
    """Order from a form that `lock_form` holds. Raises Refused: form_used when that was done before, offer_over when
    the offer of a line was used up by another form.

    It counts for whoever handed out the form; what a trigger showed, for the customer's owner, or for nobody.
    `frame_hash`: where it was placed; nobody else is told of it.
    """
    used = update(order_form).where(order_form.c.id == form["id"], order_form.c.state == "open").values(state="ordered")
    if conn.execute(used).rowcount != 1:
        raise Refused("form_used")
    lock(conn, f"orders:{form['site_id']}")
    number = max(next_number(conn, order.c.number, order.c.site_id == form["site_id"]), FIRST_NUMBER)
    placed = (
        conn.execute(
            insert(order)
            .values(
                id=new_id(),
                site_id=form["site_id"],
                number=number,
                form_id=form["id"],
                visitor_id=form["visitor_id"],
                visit_id=form["visit_id"],
                customer_id=customer_id,
                conversation_id=form["conversation_id"],
                expert_id=form["expert_id"] or owner,
                amount=priced.amount,
                currency=priced.currency,
                contact=contact,
                frame_hash=frame_hash,
                status="placed",
                at=now,
            )
            .returning(order)
        )
        .mappings()
        .one()
    )
    conn.execute(
        insert(order_line),
        [
            {
                "order_id": placed["id"],
                "position": position,
                "product_id": line.product,
                "name": line.name,
                "quantity": line.quantity,
                "amount": line.amount,
                "total": line.total,
            }
            for position, line in enumerate(priced.lines, 1)
        ],
    )
    use_offers(conn, [line.offer for line in priced.lines if line.offer is not None], placed["id"])
    return placed


def _locked_row(conn: Connection, table: Any, row_id: str) -> Any:
    if not UUID.fullmatch(row_id):
        return None
    return conn.execute(locked(conn, select(table).where(table.c.id == row_id))).mappings().one_or_none()


def _check_words(*words: str) -> None:
    if any(has_forbidden(word) for word in words):
        raise Refused("bad_text")
