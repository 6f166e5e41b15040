"""Products, offers, order forms and orders as they are shown, on cards and in lists."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping

import access.queries
import sales.queries
from contract import rest_goods
from contract.clock import rfc3339
from contract.errors import Refused
from contract.events import InfoShown, OfferShown, OrderFormShown, OrderPlaced, OrderUpdated
from contract.names import Ms
from contract.shapes import FormLine, Money, Named, OrderLine, Out, ProductRef
from sales.queries import form_lines, offer_state
from service.present.people import customer_brief, customer_briefs, persons


def money(row: RowMapping) -> Money:
    """Of any row with `amount` and `currency`."""
    return Money(amount=row["amount"], currency=row["currency"])


def product(row: RowMapping) -> rest_goods.Product:
    """A catalogue entry."""
    return rest_goods.Product(
        id=row["id"], sku=row["sku"], name=row["name"], path=row["path"], price=money(row), active=row["active"]
    )


def product_ref(row: RowMapping) -> ProductRef:
    """A product inside an offer, at the catalogue's price."""
    return ProductRef(id=row["id"], name=row["name"], price=money(row))


def lines_of_form(row: RowMapping) -> list[FormLine]:
    """What can be chosen on an order form, at the prices that hold for it."""
    return [
        FormLine(
            product=line.product,
            name=line.name,
            price=Money(amount=line.amount, currency=line.currency),
            offer=line.offer,
            most=line.most,
        )
        for line in form_lines(row)
    ]


def card_event(conn: Connection, card: RowMapping) -> tuple[str, Out]:
    """(name of the event, its shape) that puts this card on the visitor's page."""
    expert = _from_whom(conn, card)
    if card["kind"] == "info":
        said = card["data"]
        return "info.shown", InfoShown(
            card=card["id"],
            conversation=card["conversation_id"],
            expert=expert,
            title=said["title"],
            url=said["url"],
            text=said["text"],
        )
    if card["kind"] == "offer":
        offer = sales.queries.offer_of(conn, card["ref"])
        sold = sales.queries.product_row(conn, offer["product_id"]) if offer is not None else None
        if offer is None or sold is None:
            raise Refused("not_found")
        return "offer.shown", OfferShown(
            card=card["id"],
            conversation=card["conversation_id"],
            offer=offer["id"],
            product=product_ref(sold),
            price=money(offer),
            quantity=offer["quantity"],
            expires_at=rfc3339(offer["expires_at"]),
            text=offer["text"],
            expert=expert,
        )
    form = sales.queries.form_of(conn, card["ref"])
    if form is None:
        raise Refused("not_found")
    return "order_form.shown", OrderFormShown(
        card=card["id"],
        conversation=card["conversation_id"],
        visit=card["visit_id"],
        form=form["id"],
        lines=lines_of_form(form),
        expert=expert,
    )


def _from_whom(conn: Connection, card: RowMapping) -> Named:
    """The expert who shows it; the site, where a trigger does."""
    if card["expert_id"] is None:
        site = access.queries.site_facts(conn, card["site_id"])
        return Named(name=site.name if site else "")
    person = persons(conn, [card["expert_id"]]).get(card["expert_id"])
    return Named(name=person.name if person else "")


def offers(conn: Connection, rows: Sequence[RowMapping], now: Ms) -> list[rest_goods.Offer]:
    """Offers with the state they are in now."""
    products = sales.queries.product_rows(conn, {row["product_id"] for row in rows})
    return [
        rest_goods.Offer(
            id=row["id"],
            product=row["product_id"],
            name=products[row["product_id"]]["name"],
            price=money(row),
            quantity=row["quantity"],
            order=row["order_id"],
            expires_at=rfc3339(row["expires_at"]),
            state=offer_state(row, now),
            at=rfc3339(row["at"]),
        )
        for row in rows
    ]


def order_lines(conn: Connection, rows: Sequence[RowMapping]) -> dict[str, list[OrderLine]]:
    """The lines of each order. `rows` are of `order`."""
    kept = sales.queries.lines_of(conn, [row["id"] for row in rows])
    return {
        row["id"]: [
            OrderLine(
                product=line["product_id"],
                name=line["name"],
                quantity=line["quantity"],
                price=Money(amount=line["amount"], currency=row["currency"]),
                total=Money(amount=line["total"], currency=row["currency"]),
            )
            for line in kept[row["id"]]
        ]
        for row in rows
    }


def order_updated(conn: Connection, row: RowMapping) -> OrderUpdated:
    """An order as its visitor is told of it."""
    return OrderUpdated(
        order=row["id"],
        number=str(row["number"]),
        status=row["status"],
        total=money(row),
        lines=order_lines(conn, [row])[row["id"]],
    )


def order_placed(conn: Connection, row: RowMapping) -> OrderPlaced:
    """An order as the expert who served is told of it."""
    return OrderPlaced(
        order=row["id"],
        number=str(row["number"]),
        conversation=row["conversation_id"],
        visit=row["visit_id"],
        total=money(row),
        lines=order_lines(conn, [row])[row["id"]],
        customer=customer_brief(conn, row["customer_id"]),
    )


def orders(conn: Connection, rows: Sequence[RowMapping]) -> list[rest_goods.Order]:
    """Orders as `GET /api/orders` gives them, in their order."""
    lines = order_lines(conn, rows)
    customers = customer_briefs(conn, {row["customer_id"] for row in rows})
    experts = persons(conn, [row["expert_id"] for row in rows])
    return [
        rest_goods.Order(
            id=row["id"],
            number=str(row["number"]),
            status=row["status"],
            total=money(row),
            lines=lines[row["id"]],
            customer=customers.get(row["customer_id"]),
            contact=row["contact"],
            expert=experts.get(row["expert_id"]),
            conversation=row["conversation_id"],
            visit=row["visit_id"],
            at=rfc3339(row["at"]),
            confirmed_at=None if row["confirmed_at"] is None else rfc3339(row["confirmed_at"]),
        )
        for row in rows
    ]
