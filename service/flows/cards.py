"""What an expert shows: information, an offer, an order form. In a conversation, or as a quiet card without any."""

from typing import Literal

from sqlalchemy import Connection, RowMapping

import chat.cards
import chat.do
import chat.queries
import sales.do
import sales.queries
from chat.message import SYSTEM
from contract.answers import Done, OfferAnswered, Pushed
from contract.commands import CardDismiss, InfoPush, OfferAnswer, OfferPush, OrderFormPush, ProposedOffer
from contract.errors import Refused
from contract.names import Ms
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.commands import Command
from service.flows.places import Place, named, place, speaker
from service.flows.showing import (
    lines_of,
    propose,
    say,
    show_form,
    show_form_of,
    show_information,
    show_offer,
)
from store.sql import db_now


async def info_push(bell: Bell, caller: ExpertCaller, data: InfoPush) -> Pushed:
    """A title with an address, with some words, or with both."""

    def work(conn: Connection) -> tuple[Pushed, Place]:
        now = db_now(conn)
        where = place(conn, caller.account, data.conversation, data.visit, now)
        who = speaker(caller.account)
        shown, seq = show_information(conn, where, who, data.title, data.url, data.text, now)
        return Pushed(shown=shown, seq=seq), where

    return _rung(bell, await bell.store.write(work))


async def offer_push(bell: Bell, caller: ExpertCaller, data: OfferPush) -> Pushed:
    """A new proposal, or one made to this visitor before. Refused: unknown_product, offer_over, invalid (amount)."""

    def work(conn: Connection) -> tuple[Pushed, Place]:
        now = db_now(conn)
        where = place(conn, caller.account, data.conversation, data.visit, now)
        who, asked = speaker(caller.account), data.offer
        if isinstance(asked, ProposedOffer):
            offer = propose(
                conn, where, who, asked.product, asked.amount, asked.minutes, asked.text, now, asked.quantity
            )
        else:
            offer = _made_before(conn, where, asked, now)
        shown, seq = show_offer(conn, where, who, offer, now)
        return Pushed(shown=shown, seq=seq), where

    return _rung(bell, await bell.store.write(work))


async def order_form_push(bell: Bell, caller: ExpertCaller, data: OrderFormPush) -> Pushed:
    """A form of products at the catalogue's prices of this moment, or at those of offers. Refused: unknown_product."""

    def work(conn: Connection) -> tuple[Pushed, Place]:
        now = db_now(conn)
        where = place(conn, caller.account, data.conversation, data.visit, now)
        lines = lines_of(conn, where, data.products, now)
        shown, seq = show_form(conn, where, speaker(caller.account), lines, now)
        return Pushed(shown=shown, seq=seq), where

    return _rung(bell, await bell.store.write(work))


async def dismiss(bell: Bell, caller: VisitorCaller, data: CardDismiss) -> Done:
    def work(conn: Connection) -> None:
        chat.cards.dismiss_card(conn, data.card, caller.visitor, caller.frame_hash, db_now(conn))

    await bell.store.write(work)
    bell.bus.ring("visitor", caller.visitor)
    return Done()


async def answer_offer(bell: Bell, caller: VisitorCaller, data: OfferAnswer) -> OfferAnswered:
    """`accept` hands out an order form at the offered price, for this frame; the same answer again gives the same form.

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
            where = _place_of(offer, caller.frame_hash)
            told = {"name": f"offer.{state}", "offer": offer["id"]}
            say(conn, where, SYSTEM, "event", f"Offer {state}.", told, now)
            if state == "accepted":
                show_form_of(conn, where, named(conn, offer["expert_id"]), offer, now)
        form = sales.queries.form_of_offer(conn, offer["id"])
        mine = form is not None and form["frame_hash"] in (None, caller.frame_hash)
        return OfferAnswered(state=state, form=form["id"] if form is not None and mine else None), offer

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


def _place_of(row: RowMapping, frame: str | None) -> Place:
    return Place(
        site=row["site_id"],
        visitor=row["visitor_id"],
        visit=row["visit_id"],
        conversation=row["conversation_id"],
        frame=frame,
    )


def _rung(bell: Bell, done: tuple[Pushed, Place]) -> Pushed:
    pushed, where = done
    bell.bus.ring("visitor", where.visitor)
    bell.timers.announce(list(where.ended))
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
