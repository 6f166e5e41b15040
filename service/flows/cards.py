"""What an expert shows: information, an offer, an order form. In a conversation, or as a quiet card without any."""

from typing import Any, Literal

from sqlalchemy import Connection, RowMapping

import chat.cards
import chat.do
import chat.queries
import sales.do
import sales.queries
from chat.message import SYSTEM, Who, check_optional, check_title
from contract.clock import rfc3339
from contract.errors import Refused
from contract.frames import (
    CardDismiss,
    Done,
    InfoPush,
    OfferAnswer,
    OfferAnswered,
    OfferPush,
    OrderFormPush,
    ProposedOffer,
    Pushed,
)
from contract.names import CardKind, MessageKind, Ms
from contract.text import is_web_address
from sales.price import FormLine
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.commands import Command, plain
from service.flows.places import Place, named, place, speaker
from service.present.goods import lines_of_form, money, product_ref
from store.sql import db_now

LONGEST_ADDRESS = 2_000


async def info_push(bell: Bell, caller: ExpertCaller, data: InfoPush) -> Pushed:
    """A title with an address, with some words, or with both."""

    def work(conn: Connection) -> tuple[Pushed, Place]:
        now = db_now(conn)
        where = place(conn, caller.account, data.conversation, data.visit, now)
        kept = {"title": check_title(data.title), "url": _address(data.url), "text": check_optional(data.text)}
        if not kept["url"] and not kept["text"]:
            raise Refused("empty_message")
        card = _show(conn, where, caller.account.id, "info", None, kept, now)
        seq = _say(conn, where, speaker(caller.account), "info", kept["text"] or kept["title"], kept, now)
        return Pushed(shown=card["id"], seq=seq), where

    return _rung(bell, await bell.store.write(work))


async def offer_push(bell: Bell, caller: ExpertCaller, data: OfferPush) -> Pushed:
    """A new proposal, or one made to this visitor before. Refused: unknown_product, offer_over, invalid (amount)."""

    def work(conn: Connection) -> tuple[Pushed, Place]:
        now = db_now(conn)
        where = place(conn, caller.account, data.conversation, data.visit, now)
        if isinstance(data.offer, ProposedOffer):
            offer = sales.do.propose_offer(
                conn,
                site_id=where.site,
                product_id=data.offer.product,
                amount=data.offer.amount,
                minutes=data.offer.minutes,
                text=check_optional(data.offer.text),
                visitor_id=where.visitor,
                visit_id=where.visit,
                conversation_id=where.conversation,
                expert_id=caller.account.id,
                now=now,
            )
        else:
            offer = _made_before(conn, where, data.offer, now)
        product = sales.queries.product_row(conn, offer["product_id"])
        assert product is not None, "an offer's product stays"
        kept = {
            "offer": offer["id"],
            "product": plain(product_ref(product)),
            "price": plain(money(offer)),
            "expires_at": rfc3339(offer["expires_at"]),
            "text": offer["text"],
            "state": "open",
        }
        _show(conn, where, caller.account.id, "offer", offer["id"], {"expires_at": offer["expires_at"]}, now)
        seq = _say(conn, where, speaker(caller.account), "offer", offer["text"] or product["name"], kept, now)
        return Pushed(shown=offer["id"], seq=seq), where

    return _rung(bell, await bell.store.write(work))


async def order_form_push(bell: Bell, caller: ExpertCaller, data: OrderFormPush) -> Pushed:
    """A form of products at the catalogue's prices of this moment. Refused: unknown_product."""

    def work(conn: Connection) -> tuple[Pushed, Place]:
        now = db_now(conn)
        where = place(conn, caller.account, data.conversation, data.visit, now)
        lines = [
            FormLine(product=row["id"], name=row["name"], amount=row["amount"], currency=row["currency"])
            for row in sales.do.sellable(conn, where.site, data.products)
        ]
        form, seq = _hand_form(conn, where, speaker(caller.account), lines, now)
        return Pushed(shown=form["id"], seq=seq), where

    return _rung(bell, await bell.store.write(work))


async def dismiss(bell: Bell, caller: VisitorCaller, data: CardDismiss) -> Done:
    def work(conn: Connection) -> None:
        chat.cards.dismiss_card(conn, data.card, caller.visitor, caller.frame_hash, db_now(conn))

    await bell.store.write(work)
    bell.bus.ring("visitor", caller.visitor)
    return Done()


async def answer_offer(bell: Bell, caller: VisitorCaller, data: OfferAnswer) -> OfferAnswered:
    """`accept` hands out an order form at the offered price; the same answer again gives the same form.

    Refused: invalid (another word), not_found, offer_over.
    """
    if data.answer not in ("accept", "decline"):
        raise Refused("invalid", "answer")

    def work(conn: Connection) -> tuple[OfferAnswered, RowMapping]:
        now = db_now(conn)
        asked = sales.queries.offer_of(conn, data.offer)
        if asked is None or asked["visitor_id"] != caller.visitor:
            raise Refused("not_found")
        if asked["conversation_id"] is not None:
            chat.queries.conversation_for_visitor(conn, asked["conversation_id"], caller.visitor, caller.frame_hash)
        state: Literal["accepted", "declined"] = "accepted" if data.answer == "accept" else "declined"
        offer, fresh = sales.do.answer_offer(conn, data.offer, caller.visitor, state, now)
        if fresh:
            chat.cards.card_over(conn, caller.visitor, offer["id"], now)
            where = _place_of(offer)
            told = {"name": f"offer.{state}", "offer": offer["id"]}
            _say(conn, where, SYSTEM, "event", f"Offer {state}.", told, now)
            if state == "accepted":
                _form_for(conn, where, offer, now)
        form = sales.queries.form_of_offer(conn, offer["id"])
        return OfferAnswered(state=state, form=form["id"] if form else None), offer

    answered, offer = await bell.store.write(work)
    bell.bus.ring("visitor", caller.visitor)
    if offer["conversation_id"] is not None:
        bell.bus.ring("conversation", offer["conversation_id"])
    return answered


def _made_before(conn: Connection, where: Place, offer_id: str, now: Ms) -> RowMapping:
    """An offer is personal: it can be shown again to its own visitor only."""
    offer = sales.queries.offer_of(conn, offer_id)
    if offer is None or offer["visitor_id"] != where.visitor or offer["site_id"] != where.site:
        raise Refused("not_found")
    if sales.queries.offer_state(offer, now) != "open":
        raise Refused("offer_over")
    return offer


def _form_for(conn: Connection, where: Place, offer: RowMapping, now: Ms) -> None:
    product = sales.queries.product_row(conn, offer["product_id"])
    assert product is not None, "an offer's product stays"
    line = FormLine(product=product["id"], name=product["name"], amount=offer["amount"], currency=offer["currency"])
    _hand_form(conn, where, named(conn, offer["expert_id"]), [line], now, offer_id=offer["id"])


def _hand_form(
    conn: Connection, where: Place, expert: Who, lines: list[FormLine], now: Ms, offer_id: str | None = None
) -> tuple[RowMapping, int | None]:
    assert expert.id is not None, "an order form comes from somebody"
    form = sales.do.make_form(
        conn,
        site_id=where.site,
        lines=lines,
        visitor_id=where.visitor,
        visit_id=where.visit,
        conversation_id=where.conversation,
        expert_id=expert.id,
        offer_id=offer_id,
        now=now,
    )
    kept = {"form": form["id"], "lines": [plain(line) for line in lines_of_form(form)], "state": "open"}
    _show(conn, where, expert.id, "order_form", form["id"], {}, now)
    return form, _say(conn, where, expert, "order_form", ", ".join(line.name for line in lines), kept, now)


def _show(
    conn: Connection, where: Place, expert_id: str, kind: CardKind, ref: str | None, data: dict[str, Any], now: Ms
) -> RowMapping:
    return chat.cards.show_card(
        conn,
        site_id=where.site,
        visitor_id=where.visitor,
        visit_id=where.visit,
        conversation_id=where.conversation,
        expert_id=expert_id,
        kind=kind,
        ref=ref,
        data=data,
        now=now,
    )


def _say(
    conn: Connection, where: Place, who: Who, kind: MessageKind, text: str, data: dict[str, Any], now: Ms
) -> int | None:
    """In the conversation, where there is one; the answer to an offer is kept even in a closed one."""
    if where.conversation is None:
        return None
    row = chat.do.add(conn, where.conversation, who, kind, text, data, None, now, even_closed=True)
    seq: int = row["seq"]
    return seq


def _place_of(row: RowMapping) -> Place:
    return Place(
        site=row["site_id"], visitor=row["visitor_id"], visit=row["visit_id"], conversation=row["conversation_id"]
    )


def _address(url: str) -> str:
    """The address as it may become a link, or "". Refused("bad_address")."""
    url = url.strip()
    if url and (len(url) > LONGEST_ADDRESS or not is_web_address(url)):
        raise Refused("bad_address")
    return url


def _rung(bell: Bell, done: tuple[Pushed, Place]) -> Pushed:
    pushed, where = done
    bell.bus.ring("visitor", where.visitor)
    if where.conversation is not None:
        bell.bus.ring("conversation", where.conversation)
    return pushed


VISITOR: dict[str, Command] = {
    "card.dismiss": Command(CardDismiss, dismiss),
    "offer.answer": Command(OfferAnswer, answer_offer),
}
EXPERT: dict[str, Command] = {
    "info.push": Command(InfoPush, info_push),
    "offer.push": Command(OfferPush, offer_push),
    "order_form.push": Command(OrderFormPush, order_form_push),
}
