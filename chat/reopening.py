"""A closed conversation goes on: the visitor's newest one for a day, an expert's own whenever no newer one is open.

Nothing is copied: the same messages, the next number. Locks as everywhere: the visitor, then the conversation.
"""

from collections.abc import Collection
from typing import Any, cast

from sqlalchemy import Connection, RowMapping, bindparam, not_, or_, select, update

from chat.do import ABSENT_AFTER, add, hold
from chat.message import SYSTEM, Who
from chat.queries import UNTOUCHED
from chat.tables import conversation
from contract.clock import DAY
from contract.errors import Refused
from contract.names import Ms
from store.metadata import Time
from store.prepared import Prepared, among

#: A visitor may take it up again for so long.
WITHIN: Ms = DAY
_CLOSED_OF = Prepared(
    select(conversation.c.visitor_id)
    .where(
        among(conversation.c.visitor_id, "visitors"),
        conversation.c.state == "closed",
        conversation.c.last_seq > 0,
        conversation.c.closed_at > bindparam("since", type_=Time),
    )
    .distinct()
)
_NEWEST_CLOSED = Prepared(
    select(conversation)
    .where(
        conversation.c.visitor_id == bindparam("visitor"),
        conversation.c.state == "closed",
        conversation.c.last_seq > 0,
        not_(UNTOUCHED),
        # As `queries.seen_by`: without a frame secret nothing is equal to it.
        or_(conversation.c.frame_hash.is_(None), conversation.c.frame_hash == bindparam("frame")),
    )
    .order_by(conversation.c.closed_at.desc(), conversation.c.id.desc())
    .limit(1)
)


def newest_closed(conn: Connection, visitor_id: str, frame_hash: str | None, now: Ms) -> RowMapping | None:
    """What this connection of the visitor may reopen: the newest conversation that was closed, within a day; not an
    invitation that nobody answered, nor one in which nothing was said."""
    row = cast(RowMapping | None, _NEWEST_CLOSED.first(conn, visitor=visitor_id, frame=frame_hash))
    return row if row is not None and row["closed_at"] > now - WITHIN else None


def who_may(conn: Connection, visitor_ids: Collection[str], now: Ms) -> set[str]:
    """Of these visitors those who may have one: `newest_closed` says which, if any, for the frame that asks."""
    return set(_CLOSED_OF.scalars(conn, visitors=visitor_ids, since=now - WITHIN))


def make_way(conn: Connection, row: RowMapping, now: Ms) -> None:
    """`row` is about to go on. Of its visitor's other open conversations those in which nothing was said, and which
    nobody has, end without a word. Refused("exists") if one is left: there is one conversation at a time. The visitor's
    lock is held.

    Where `row` is bound to a frame, an unbound one that nobody has stays beside it and is no hindrance: whoever has the
    visitor key alone could open that and say a word (as in `queries.open_for`).
    """
    others = conn.execute(
        select(conversation).where(
            conversation.c.visitor_id == row["visitor_id"],
            conversation.c.state == "open",
            conversation.c.id != row["id"],
        )
    ).mappings()
    for other in others.all():
        held = hold(conn, other["id"])
        if held["state"] == "open" and (held["last_seq"] or held["expert_id"]):
            if row["frame_hash"] and not held["frame_hash"] and not held["expert_id"]:
                continue
            raise Refused("exists", "conversation")
        over = update(conversation).where(conversation.c.id == held["id"])
        conn.execute(over.values(state="closed", closed_at=now, due_at=None))


def reopen(
    conn: Connection, row: RowMapping, who: Who, expert_id: str | None, now: Ms, *, visit_id: str | None = None
) -> None:
    """It goes on with this expert, or with nobody yet. `row` is held and closed; `who` took it up again.

    Where an expert did, the visitor is awaited as with any conversation that is taken.
    """
    seen = row["visitor_at"] is not None and row["visitor_at"] >= now - ABSENT_AFTER
    values: dict[str, Any] = {
        "state": "open",
        "closed_at": None,
        # Where it began with a trigger, and no person ever took it, the visitor's coming back makes nobody's of it.
        "trigger_id": row["trigger_id"] if who.kind == "visitor" else None,
        "spoken_at": now,
        "ends_at": None,
        "transfer_id": None,
        "expert_id": expert_id,
        "accepted_at": now if expert_id is not None else row["accepted_at"],
        "visit_id": visit_id or row["visit_id"],
        "left_id": row["left_id"] if expert_id is not None else row["expert_id"] or row["left_id"],
    }
    if who.kind == "visitor":
        values |= {"visitor_at": now, "due_at": None}
    else:
        values |= {"due_at": None if seen else now + ABSENT_AFTER}
    conn.execute(update(conversation).where(conversation.c.id == row["id"]).values(**values))
    by = {"by": who.kind, "expert": who.name if who.kind == "expert" else ""}
    said = "Conversation reopened." if who.kind == "visitor" else f"{who.name} reopened the conversation."
    add(conn, row["id"], SYSTEM, "event", said, {"name": "conversation.reopened", **by}, None, now)
