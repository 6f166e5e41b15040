"""What changes conversations and messages. Every function runs inside one unit of work of `store.write`.

Locks are taken in the order visitor (by name), then conversation (by its row), so that nobody waits in a circle.
"""

from collections.abc import Sequence
from typing import Any, cast, get_args

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    Select,
    bindparam,
    case,
    insert,
    literal,
    not_,
    null,
    or_,
    select,
    update,
)

from chat.message import SYSTEM, Who
from chat.queries import RESERVED as IS_RESERVED
from chat.queries import open_for, open_of_visitor
from chat.tables import conversation, message
from contract.clock import MINUTE
from contract.errors import Refused
from contract.ids import new_id
from contract.names import AuthorKind, MessageKind, Ms
from store.lock import lock
from store.metadata import Time
from store.prepared import Prepared
from store.sql import locked

ABSENT_AFTER = 5 * MINUTE
#: An expert's place is kept for so long where a trigger invited by itself, and so long again after the visitor has
#: opened the chat.
RESERVED: Ms = MINUTE
PRESENT_WITHIN = 30 * MINUTE
#: That somebody is there is noted anew after so long, while nobody has their conversation.
NOTED: Ms = 10 * MINUTE
#: Whoever promised an answer has so long from its time on before others are asked.
EXPECTED: Ms = 15 * MINUTE


def _next_seq(kind: AuthorKind, *, even_closed: bool) -> Prepared:
    """The next number of a conversation, and what a word of this kind of author changes there."""
    now = bindparam("now", type_=Time)
    there: dict[str, Any] = {} if kind == "system" else {"spoken_at": now, "ends_at": None}
    if kind == "visitor":
        there |= {"visitor_at": now, "due_at": None}
    this = [conversation.c.id == bindparam("conversation")]
    if not even_closed:
        this.append(conversation.c.state == "open")
    changed = update(conversation).where(*this).values(last_seq=conversation.c.last_seq + 1, **there)
    return Prepared(changed.returning(conversation.c.last_seq))


_NEXT_SEQ = {
    (kind, even_closed): _next_seq(kind, even_closed=even_closed)
    for kind in get_args(AuthorKind)
    for even_closed in (False, True)
}
_SAY = Prepared(insert(message))


class Taken(Exception):
    """Whom an expert wants to take somebody has: `by` and since when; `by` is None where what they asked is closed."""

    def __init__(self, by: str | None, since: Ms) -> None:
        super().__init__(by, since)
        self.by, self.since = by, since


def stands_open(found: RowMapping | None, frame_hash: str | None, visit_id: str | None, now: Ms) -> bool:
    """Whether `open_for_visitor` would change nothing of the conversation that this connection may see: nobody has it,
    and that its visitor was there is known already. A crowd that comes back writes nothing."""
    return (
        found is not None
        and found["expert_id"] is None
        and found["due_at"] is None
        and found["visit_id"] == (visit_id or found["visit_id"])
        and found["frame_hash"] == (found["frame_hash"] or frame_hash)
        and _seen_since(found, now - NOTED)
    )


def open_for_visitor(
    conn: Connection, site_id: str, visitor_id: str, frame_hash: str | None, visit_id: str | None, now: Ms
) -> RowMapping:
    """The one open conversation that this connection may see, else a new one; the visitor has appeared in it.

    That keeps the place of whoever took it, but not one where a trigger invited by itself: to open costs nothing, and
    many keys would hold all places. There the first look begins the reservation's time once more; what holds the place
    is a word.

    A connection with a frame secret binds an unbound conversation to it: from then on the visitor key alone gets
    the answer for a missing id.
    """
    lock(conn, f"visitor:{visitor_id}")
    found = open_for(conn, visitor_id, frame_hash)
    if found is None:
        return _create(conn, site_id, visitor_id, visit_id, now, frame_hash=frame_hash, visitor_at=now)
    return (
        conn.execute(
            update(conversation)
            .where(conversation.c.id == found["id"])
            .values(
                frame_hash=found["frame_hash"] or frame_hash,
                visit_id=visit_id or found["visit_id"],
                visitor_at=now,
                due_at=_still_awaited(now),
            )
            .returning(conversation)
        )
        .mappings()
        .one()
    )


def open_for_expert(
    conn: Connection,
    site_id: str,
    visitor_id: str,
    visit_id: str,
    expert_id: str,
    alert_id: str | None,
    name: str,
    now: Ms,
    *,
    trigger_id: str | None = None,
    asked: str | None = None,
) -> RowMapping:
    """The visitor's conversation, taken by this expert (called `name`): the newest open one, or a new one.

    `asked`: the one in which they wrote what is answered now; while nobody has it, it is that one.
    Raises Taken, and changes nothing, where a colleague talks with them or has what they asked, or that is closed: a
    conversation changes hands only if the one who has it passes it on.
    One that is bound to a frame where the visitor was not seen for half an hour is not reopened but closed: that frame
    may be gone for good, and an invitation in it would reach nobody. Until the visitor appears, five minutes run; one
    where a trigger invited by itself (`trigger_id`), whatever the visitor did before.
    """
    lock(conn, f"visitor:{visitor_id}")
    question = None if asked is None else hold(conn, asked)
    if question is not None:
        if question["state"] == "closed":
            raise Taken(None, now)
        if question["expert_id"] not in (None, expert_id):
            raise Taken(question["expert_id"], now)
        if question["kept_until"] is not None and _is_nobodys(question):
            return take(
                conn, question, expert_id, name, now, visit_id=visit_id, alert_id=alert_id, trigger_id=trigger_id
            )
    found = _held_of_visitor(conn, visitor_id)
    if found is not None and found["expert_id"] not in (None, expert_id) and _in_hands(found, now):
        raise Taken(found["expert_id"], found["accepted_at"])
    if found is not None and found["frame_hash"] is not None and not _seen_since(found, now - PRESENT_WITHIN):
        close(conn, found["id"], now)
        found = None
    if found is None:
        found = _create(conn, site_id, visitor_id, visit_id, now)
    return take(conn, found, expert_id, name, now, visit_id=visit_id, alert_id=alert_id, trigger_id=trigger_id)


def take(
    conn: Connection,
    row: RowMapping,
    expert_id: str,
    name: str,
    now: Ms,
    *,
    visit_id: str | None = None,
    alert_id: str | None = None,
    trigger_id: str | None = None,
) -> RowMapping:
    """This expert has the conversation now; both sides read it once, as a message of kind event."""
    new_here = row["expert_id"] != expert_id
    taken = (
        conn.execute(
            update(conversation)
            .where(conversation.c.id == row["id"])
            .values(
                expert_id=expert_id,
                accepted_at=now,
                visit_id=visit_id or row["visit_id"],
                alert_id=alert_id or row["alert_id"],
                trigger_id=trigger_id,
                due_at=_awaited_until(row, trigger_id, now),
                kept_for=None,
                kept_until=None,
                spoken_at=now,
                ends_at=None,
            )
            .returning(conversation)
        )
        .mappings()
        .one()
    )
    if not new_here:
        return taken
    joined = add(
        conn, row["id"], SYSTEM, "event", f"{name} joined.", {"name": "expert.joined", "expert": name}, None, now
    )
    return _with(conn, joined["conversation_id"])


def keep_for(conn: Connection, conversation_id: str, expert_id: str | None, at: Ms) -> None:
    """Nobody is there for it now: it belongs to this expert, who is expected to have answered by a while after `at`;
    then, and where it is nobody's from the start, to whoever is there. It is never closed for the visitor's absence."""
    until = at + EXPECTED if expert_id is not None else at
    conn.execute(
        update(conversation).where(conversation.c.id == conversation_id).values(kept_for=expert_id, kept_until=until)
    )


def keep_longer(conn: Connection, conversation_id: str, until: Ms) -> None:
    """It rings for anybody now; whose it was, has it on their desk all the same, and after `until` it rings again."""
    conn.execute(update(conversation).where(conversation.c.id == conversation_id).values(kept_until=until))


def release(conn: Connection, conversation_id: str, expert_id: str, name: str, now: Ms) -> int | None:
    """The expert (called `name`) had to leave: the conversation is nobody's again, and the visitor reads so.

    The number of that message; None if it was not theirs any more. Whom the visitor never met there is not waited for
    any longer than before.
    """
    row = hold(conn, conversation_id)
    if row["expert_id"] != expert_id or row["state"] != "open":
        return None
    words = f"{name} had to leave. We are looking for a colleague."
    said = add(conn, conversation_id, SYSTEM, "event", words, {"name": "expert.left", "expert": name}, None, now)
    nobodys = update(conversation).where(conversation.c.id == conversation_id)
    conn.execute(nobodys.values(expert_id=None, left_id=expert_id, ends_at=None))
    seq: int = said["seq"]
    return seq


def hold(conn: Connection, conversation_id: str) -> RowMapping:
    """The conversation's row, held until this unit of work ends."""
    statement = select(conversation).where(conversation.c.id == conversation_id)
    return conn.execute(locked(conn, statement)).mappings().one()


def is_talking(row: RowMapping, now: Ms) -> bool:
    """True while an expert has it and the visitor was seen there within half an hour, or is still awaited."""
    return row["expert_id"] is not None and (row["due_at"] is not None or _seen_since(row, now - PRESENT_WITHIN))


def add(
    conn: Connection,
    conversation_id: str,
    author: Who,
    kind: MessageKind,
    text: str,
    data: dict[str, Any] | None,
    client_id: str | None,
    now: Ms,
    *,
    even_closed: bool = False,
) -> RowMapping:
    """Say it. `seq` comes out of the conversation's own row, so numbers have no gap and no two are alike.

    Raises Refused("conversation_closed"); with `even_closed` (an order was placed) it is written down all the same.
    """
    seq = _NEXT_SEQ[author.kind, even_closed].scalar(conn, conversation=conversation_id, now=now)
    if seq is None:
        raise Refused("conversation_closed")
    said = {
        "conversation_id": conversation_id,
        "seq": seq,
        "client_id": client_id,
        "author_kind": author.kind,
        "author_id": author.id,
        "author_name": author.name,
        "kind": kind,
        "text": text,
        "data": data,
        "at": now,
    }
    _SAY.change(conn, **said)
    return cast(RowMapping, said)


def appeared(conn: Connection, conversation_id: str, now: Ms) -> None:
    """The visitor was seen in this conversation: as when they open it."""
    seen = {"visitor_at": now, "due_at": _still_awaited(now)}
    conn.execute(update(conversation).where(conversation.c.id == conversation_id).values(**seen))


def mark_read(conn: Connection, row: RowMapping, by: AuthorKind, seq: int) -> bool:
    """`by` has read up to `seq`, at most up to what was said. It never goes back. True if that is news."""
    column = conversation.c.visitor_read_seq if by == "visitor" else conversation.c.expert_read_seq
    value = min(seq, row["last_seq"])
    return (
        conn.execute(
            update(conversation).where(conversation.c.id == row["id"], column < value).values({column: value})
        ).rowcount
        > 0
    )


def close(conn: Connection, conversation_id: str, now: Ms, by: str = "") -> bool:
    """End it; `by` is the name of the person who did. False if it was closed before."""
    row = hold(conn, conversation_id)
    if row["state"] == "closed":
        return False
    data = {"name": "conversation.closed", "expert": by}
    add(conn, conversation_id, SYSTEM, "event", "Conversation closed.", data, None, now)
    over: dict[str, Any] = {"state": "closed", "closed_at": now, "due_at": None, "ends_at": None}
    if row["trigger_id"] is not None and row["due_at"] is not None:
        over["visitor_at"] = None  # not a word: as if they had never been there
    conn.execute(update(conversation).where(conversation.c.id == conversation_id).values(**over))
    return True


def take_back(conn: Connection, row: RowMapping, now: Ms) -> bool:
    """An invitation that a trigger sent by itself and nobody answered is over, and its place is free. `row` is held.

    False where there is nothing to take back: whom a person invited may still hear from that person.
    """
    if row["trigger_id"] is None or row["due_at"] is None or row["state"] != "open":
        return False
    return close(conn, row["id"], now)


def any_unvisited(conn: Connection, now: Ms) -> bool:
    """True if a taken conversation waits for a visitor whose time ran out."""
    return conn.execute(_unvisited(now).limit(1)).first() is not None


def unvisited(conn: Connection, now: Ms) -> Sequence[RowMapping]:
    """What was taken and where the visitor has not appeared in time: 100 at most. Nothing is held."""
    return conn.execute(_unvisited(now).order_by(conversation.c.id).limit(100)).mappings().all()


def _unvisited(now: Ms) -> Select[Any]:
    return select(conversation).where(conversation.c.due_at <= now, conversation.c.state == "open")


def _create(
    conn: Connection,
    site_id: str,
    visitor_id: str,
    visit_id: str | None,
    now: Ms,
    *,
    frame_hash: str | None = None,
    visitor_at: Ms | None = None,
) -> RowMapping:
    return (
        conn.execute(
            insert(conversation)
            .values(
                id=new_id(),
                site_id=site_id,
                visitor_id=visitor_id,
                visit_id=visit_id,
                frame_hash=frame_hash,
                state="open",
                last_seq=0,
                visitor_read_seq=0,
                expert_read_seq=0,
                opened_at=now,
                visitor_at=visitor_at,
            )
            .returning(conversation)
        )
        .mappings()
        .one()
    )


def _with(conn: Connection, conversation_id: str) -> RowMapping:
    return conn.execute(select(conversation).where(conversation.c.id == conversation_id)).mappings().one()


def _awaited_until(row: RowMapping, trigger_id: str | None, now: Ms) -> Ms | None:
    if trigger_id is not None:
        return now + RESERVED
    if row["kept_until"] is not None:
        return None  # they are answered while they are away, and read it when they are back
    return None if _seen_since(row, now - ABSENT_AFTER) else now + ABSENT_AFTER


def _still_awaited(now: Ms) -> ColumnElement[Ms | None]:
    """`due_at` once the visitor was seen: null, but for a reservation. The first look gives that its time anew."""
    first = or_(conversation.c.visitor_at.is_(None), conversation.c.visitor_at < conversation.c.accepted_at)
    return case(
        (not_(IS_RESERVED), null()),
        (first, literal(now + RESERVED, Time)),
        else_=conversation.c.due_at,
    )


def _held_of_visitor(conn: Connection, visitor_id: str) -> RowMapping | None:
    """Their open conversation, held: whoever writes into it does not ask for the visitor's lock."""
    while (found := open_of_visitor(conn, visitor_id)) is not None:
        held = hold(conn, found["id"])
        if held["state"] == "open":
            return held
    return None


def _in_hands(row: RowMapping, now: Ms) -> bool:
    """Whether a person talks there: an invitation that a trigger sent in their name, and nobody answered, is none."""
    return is_talking(row, now) and not (row["trigger_id"] is not None and row["due_at"] is not None)


def _is_nobodys(row: RowMapping) -> bool:
    return row["state"] == "open" and row["expert_id"] is None


def _seen_since(row: RowMapping, at: Ms) -> bool:
    return row["visitor_at"] is not None and row["visitor_at"] >= at
