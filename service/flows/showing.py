"""What is shown to a visitor: information, an offer, an order form. In a conversation, or as a quiet card without any.

By an expert, or by a trigger in the site's name. Parts of a unit of work: whoever commits it rings the doorbells.
"""

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping

import chat.cards
import chat.do
import chat.queries
import sales.do
import sales.queries
from chat.message import SYSTEM, Who, check_optional, check_title
from contract.clock import HOUR, MINUTE, rfc3339
from contract.errors import Refused
from contract.names import CardKind, MessageKind, Ms
from contract.text import is_web_address
from contract.triggers import Content
from sales.price import OFFERED, FormLine, at_offers
from service.flows import announce
from service.flows.places import Place
from service.present.goods import lines_of_form, money, product_ref

LONGEST_ADDRESS = 2_000
#: What it gives: what was shown (card, offer or order form), and the message that says so in the conversation.
Shown = tuple[str, int | None]


def show_information(
    conn: Connection, where: Place, who: Who, title: str, url: str, text: str, now: Ms, *, until: Ms | None = None
) -> Shown:
    """A title with an address, with some words, or with both. Refused: empty_message, bad_text, bad_address, ..."""
    kept = {"title": check_title(title), "url": _address(url), "text": check_optional(text)}
    if not kept["url"] and not kept["text"]:
        raise Refused("empty_message")
    card = _lay(conn, where, who, "info", None, kept, now, until)
    return card["id"], say(conn, where, who, "info", kept["text"] or kept["title"], kept, now)


def propose(
    conn: Connection,
    where: Place,
    who: Who,
    product_id: str,
    amount: int | None,
    minutes: int,
    text: str,
    now: Ms,
    quantity: int = OFFERED,
) -> RowMapping:
    """A new offer; `show_offer` lays it before the visitor. Refused: unknown_product, invalid (amount), bad_text."""
    return sales.do.propose_offer(
        conn,
        site_id=where.site,
        product_id=product_id,
        amount=amount,
        quantity=quantity,
        minutes=minutes,
        text=check_optional(text),
        visitor_id=where.visitor,
        visit_id=where.visit,
        conversation_id=where.conversation,
        expert_id=who.id,
        now=now,
    )


def show_offer(conn: Connection, where: Place, who: Who, offer: RowMapping, now: Ms) -> Shown:
    """An offer that is open."""
    product = sales.queries.product_row(conn, offer["product_id"])
    assert product is not None, "an offer's product stays"
    kept = {
        "offer": offer["id"],
        "product": msgspec.to_builtins(product_ref(product)),
        "price": msgspec.to_builtins(money(offer)),
        "quantity": offer["quantity"],
        "expires_at": rfc3339(offer["expires_at"]),
        "text": offer["text"],
        "state": "open",
    }
    _lay(conn, where, who, "offer", offer["id"], {}, now, offer["expires_at"])
    return offer["id"], say(conn, where, who, "offer", offer["text"] or product["name"], kept, now)


def lines_of(
    conn: Connection, where: Place, product_ids: Sequence[str], now: Ms, *, by_itself: bool = False
) -> list[FormLine]:
    """At the catalogue's prices of this moment, or at what was offered to this visitor and is still good. Refused:
    unknown_product, invalid (currency).

    `by_itself`: nobody of the house has looked. Whoever has the visitor key alone can have a trigger fire, so that what
    was offered in a frame's conversation stays there: they would learn the price, and use the offer up.
    """
    lines = [
        FormLine(product=row["id"], name=row["name"], amount=row["amount"], currency=row["currency"])
        for row in sales.do.sellable(conn, where.site, product_ids)
    ]
    offered = sales.queries.offered_to(conn, where.site, where.visitor, product_ids, now)
    if by_itself:
        talks = {one.conversation for one in offered if one.conversation is not None}
        framed = {row["id"] for row in chat.queries.rows(conn, talks) if row["frame_hash"] is not None}
        offered = [one for one in offered if one.conversation not in framed]
    return at_offers(lines, offered)


def show_form(
    conn: Connection,
    where: Place,
    who: Who,
    lines: list[FormLine],
    now: Ms,
    *,
    offer_id: str | None = None,
    until: Ms | None = None,
) -> Shown:
    """An order form of these lines. In a conversation it takes the place of those before it."""
    if where.conversation is not None:
        chat.do.hold(conn, where.conversation)
        for replaced in sales.do.replace_forms(conn, where.conversation, where.visitor):
            chat.cards.card_over(conn, where.visitor, replaced, now)
    form = sales.do.make_form(
        conn,
        site_id=where.site,
        lines=lines,
        visitor_id=where.visitor,
        visit_id=where.visit,
        conversation_id=where.conversation,
        expert_id=who.id,
        offer_id=offer_id,
        frame_hash=where.frame,
        now=now,
    )
    kept = {"form": form["id"], "lines": msgspec.to_builtins(lines_of_form(form)), "state": "open"}
    _lay(conn, where, who, "order_form", form["id"], {}, now, until)
    return form["id"], say(conn, where, who, "order_form", ", ".join(line.name for line in lines), kept, now)


def show_form_of(conn: Connection, where: Place, who: Who, offer: RowMapping, now: Ms) -> Shown:
    """The order form of an accepted offer, at the offered price."""
    product = sales.queries.product_row(conn, offer["product_id"])
    assert product is not None, "an offer's product stays"
    line = FormLine(
        product=product["id"],
        name=product["name"],
        amount=offer["amount"],
        currency=offer["currency"],
        offer=offer["id"],
        most=offer["quantity"],
    )
    return show_form(conn, where, who, [line], now, offer_id=offer["id"])


def show_content(conn: Connection, where: Place, kind: CardKind, content: Content, now: Ms) -> str:
    """What a trigger shows in the site's name, good for the hours it says; the id of what was shown.

    Refused as above: a product is gone, nothing is said.
    """
    until = now + content.hours * HOUR
    if kind == "info":
        return show_information(conn, where, SYSTEM, content.title, content.url, content.text, now, until=until)[0]
    if not content.products:
        raise Refused("unknown_product")
    if kind == "order_form":
        lines = lines_of(conn, where, content.products, now, by_itself=True)
        return show_form(conn, where, SYSTEM, lines, now, until=until)[0]
    minutes = (until - now) // MINUTE
    offer = propose(conn, where, SYSTEM, content.products[0], content.price, minutes, content.text, now)
    return show_offer(conn, where, SYSTEM, offer, now)[0]


def say(
    conn: Connection, where: Place, who: Who, kind: MessageKind, text: str, data: dict[str, Any], now: Ms
) -> int | None:
    """In the conversation, where there is one; the answer to an offer is kept even in a closed one."""
    if where.conversation is None:
        return None
    row = chat.do.add(conn, where.conversation, who, kind, text, data, None, now, even_closed=True)
    announce.message_added(conn, where.site, row)
    seq: int = row["seq"]
    return seq


def _lay(
    conn: Connection,
    where: Place,
    who: Who,
    kind: CardKind,
    ref: str | None,
    data: dict[str, Any],
    now: Ms,
    until: Ms | None,
) -> RowMapping:
    return chat.cards.show_card(
        conn,
        site_id=where.site,
        visitor_id=where.visitor,
        visit_id=where.visit,
        conversation_id=where.conversation,
        expert_id=who.id,
        kind=kind,
        ref=ref,
        frame_hash=where.frame,
        data=data if until is None else {**data, "expires_at": until},
        now=now,
    )


def _address(url: str) -> str:
    """The address as it may become a link, or "". Refused("bad_address")."""
    url = url.strip()
    if url and (len(url) > LONGEST_ADDRESS or not is_web_address(url)):
        raise Refused("bad_address")
    return url
