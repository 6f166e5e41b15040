"""From an order form to an order: form -> price -> customer -> order -> message, one unit of work."""

import msgspec
from sqlalchemy import Connection, RowMapping

import chat.cards
import chat.do
import chat.queries
import crm.do
import crm.queries
import sales.do
import sales.queries
from chat.message import Who
from contract.answers import Ordered
from contract.commands import OrderSubmit
from contract.names import Ms
from crm.contact import check_contact
from sales.price import price
from service import present
from service.bell import Bell
from service.callers import VisitorCaller
from service.commands import Command, plain
from service.flows import announce
from service.flows.once import once
from service.limits import Limits
from store.lock import lock
from store.sql import db_now


async def submit(bell: Bell, caller: VisitorCaller, data: OrderSubmit) -> Ordered:
    """The price is ours. The same `client_id` again gives the same answer; another one, on a used form, form_used.

    Refused: not_found, form_used, form_replaced, no_lines, unknown_product, bad_quantity, over_offer, offer_over,
    bad_contact, rate_limited.
    """

    def work(conn: Connection) -> tuple[Ordered, RowMapping | None]:
        now = db_now(conn)

        def order() -> Ordered:
            placed = _place(conn, bell.limits, caller, data, now)
            return Ordered(order=placed["id"], number=str(placed["number"]), total=present.money(placed))

        ordered, _ = once(conn, caller, "order.submit", data.client_id, now, Ordered, order)
        return ordered, sales.queries.order_row(conn, ordered.order)

    ordered, placed = await bell.store.write(work)
    if placed is not None:
        bell.bus.ring("visitor", caller.visitor)
        if placed["expert_id"] is not None:
            bell.bus.ring("expert", placed["expert_id"])
        if placed["conversation_id"] is not None:
            bell.bus.ring("conversation", placed["conversation_id"])
        if placed["visit_id"] is not None:
            bell.bus.ring("visit", placed["visit_id"])
    return ordered


def _place(conn: Connection, limits: Limits, caller: VisitorCaller, data: OrderSubmit, now: Ms) -> RowMapping:
    lock(conn, f"visitor:{caller.visitor}")
    form = sales.do.lock_form(conn, data.form, caller.visitor, caller.frame_hash)
    if form["conversation_id"] is not None:
        chat.queries.conversation_for_visitor(conn, form["conversation_id"], caller.visitor, caller.frame_hash)
    sales.do.check_unused(form)
    priced = price(sales.queries.form_lines(form), [(line.product, line.quantity) for line in data.lines])
    given = data.contact
    contact = check_contact(
        given.name,
        given.email,
        given.phone,
        given.address,
        caller.site.language,
        caller.site.zone,
        caller.site.talk.countries,
    )
    limits.order(caller)  # the last of the checks: a slip of the pen, or the same order once more, costs nothing
    customer_id = crm.do.know(conn, form["site_id"], caller.visitor, contact, now)
    owner = _owner(conn, customer_id, form["expert_id"])
    placed = sales.do.place_order(
        conn,
        form,
        priced,
        customer_id,
        msgspec.to_builtins(contact),
        now,
        owner=owner,
        frame_hash=caller.frame_hash,
    )
    for ref in (form["id"], *(line.offer for line in priced.lines if line.offer is not None)):
        chat.cards.card_over(conn, caller.visitor, ref, now)
    if placed["conversation_id"] is not None:
        said = chat.do.add(
            conn,
            placed["conversation_id"],
            Who(kind="visitor", id=caller.visitor),
            "order",
            str(placed["number"]),
            plain(present.order_updated(conn, placed)),
            None,
            now,
            even_closed=True,
        )
        announce.message_added(conn, placed["site_id"], said)
    announce.order_placed(conn, placed, now)
    return placed


def _owner(conn: Connection, customer_id: str, served_by: str | None) -> str | None:
    """For whom the order counts where a trigger showed the form. Whoever handed it out makes the customer their own."""
    if served_by is not None:
        crm.do.give_owner(conn, customer_id, served_by)
        return served_by
    known = crm.queries.people(conn, [customer_id]).get(customer_id)
    return known.owner if known else None


VISITOR: dict[str, Command] = {"order.submit": Command(OrderSubmit, submit)}
EXPERT: dict[str, Command] = {}
