"""Quiet cards on a visitor's page: shown until used or dismissed, given again on every connect."""

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, bindparam, insert, select, update

from chat.queries import conversation_for_visitor
from chat.tables import card
from contract.errors import Refused
from contract.ids import UUID, new_id
from contract.names import CardKind, Ms
from store.prepared import Prepared, among

#: So many of one page, the newest.
CARDS = 20
_OF_VISITORS = Prepared(
    select(card)
    .where(among(card.c.visitor_id, "visitors"), card.c.over_at.is_(None))
    .order_by(card.c.at.desc(), card.c.id.desc())
)
_BY_ITSELF = Prepared(
    select(card.c.data).where(
        card.c.visitor_id == bindparam("visitor"), card.c.over_at.is_(None), card.c.expert_id.is_(None)
    )
)


def show_card(
    conn: Connection,
    *,
    site_id: str,
    visitor_id: str,
    visit_id: str | None,
    conversation_id: str | None,
    expert_id: str | None,
    kind: CardKind,
    ref: str | None,
    data: dict[str, Any],
    now: Ms,
    frame_hash: str | None = None,
) -> RowMapping:
    """Put a card on the visitor's page. `ref`: the offer or order form it stands for; one that stands there for the
    same already makes way. Without an expert it comes from the site. `frame_hash`: for that frame
    alone."""
    if ref is not None:
        card_over(conn, visitor_id, ref, now)
    return (
        conn.execute(
            insert(card)
            .values(
                id=new_id(),
                site_id=site_id,
                visitor_id=visitor_id,
                visit_id=visit_id,
                conversation_id=conversation_id,
                expert_id=expert_id,
                kind=kind,
                ref=ref,
                frame_hash=frame_hash,
                data=data,
                at=now,
            )
            .returning(card)
        )
        .mappings()
        .one()
    )


def dismiss_card(conn: Connection, card_id: str, visitor_id: str, frame_hash: str | None, now: Ms) -> RowMapping:
    """The visitor does not want it. Twice is as good as once. Raises Refused("not_found") unless it is theirs."""
    row = card_row(conn, card_id)
    if row is None or row["visitor_id"] != visitor_id or row["frame_hash"] not in (None, frame_hash):
        raise Refused("not_found")
    if row["conversation_id"] is not None:
        conversation_for_visitor(conn, row["conversation_id"], visitor_id, frame_hash)
    conn.execute(update(card).where(card.c.id == card_id, card.c.over_at.is_(None)).values(over_at=now))
    return row


def card_over(conn: Connection, visitor_id: str, ref: str, now: Ms) -> None:
    """What the card stood for was used, answered or shown anew."""
    conn.execute(
        update(card)
        .where(card.c.visitor_id == visitor_id, card.c.ref == ref, card.c.over_at.is_(None))
        .values(over_at=now)
    )


def cards_of_visitor(conn: Connection, visitor_id: str, now: Ms) -> list[RowMapping]:
    """What stands on this visitor's page now, oldest first; an offer only until it expires.

    The frame rule is the caller's: a card of a bound conversation is for its frame alone.
    """
    return cards_of_visitors(conn, [visitor_id], now).get(visitor_id, [])


def cards_of_visitors(conn: Connection, visitor_ids: Collection[str], now: Ms) -> dict[str, list[RowMapping]]:
    """The same of several, for those who have any."""
    found: dict[str, list[RowMapping]] = {}
    for row in cast(list[RowMapping], _OF_VISITORS.dicts(conn, visitors=visitor_ids)):
        found.setdefault(row["visitor_id"], []).append(row)
    return {id_: [row for row in rows[:CARDS] if _stands(row["data"], now)][::-1] for id_, rows in found.items()}


def stands_by_itself(conn: Connection, visitor_id: str, now: Ms) -> bool:
    """Whether a card that no expert showed stands on this visitor's page."""
    return any(_stands(data, now) for data in _BY_ITSELF.scalars(conn, visitor=visitor_id))


def _stands(data: dict[str, Any], now: Ms) -> bool:
    until: Ms | None = data.get("expires_at")
    return until is None or now < until


def card_row(conn: Connection, card_id: str) -> RowMapping | None:
    """One card, by its id."""
    if not UUID.fullmatch(card_id):
        return None
    return conn.execute(select(card).where(card.c.id == card_id)).mappings().one_or_none()
