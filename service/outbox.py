"""What leaves the house by itself: webhooks, mail and push. Each is a row, stored in the transaction of its cause.

`put` is for whoever causes it; everything below it is for whoever sends it (`service.outgoing`). A row is claimed by
moving its `due_at` to the end of a lease: nobody else takes it before, and if its sender dies it is due again by
itself. So everything arrives at least once; `tries` says whose word about a row counts, when a slow sender and the next
one both have something to say.
"""

from collections.abc import Collection, Mapping
from typing import Any, cast
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import ColumnElement, Connection, RowMapping, and_, bindparam, delete, exists, or_, select, update

from contract.clock import DAY, SECOND, rfc3339
from contract.ids import new_id
from contract.names import Ms, OutboxKind, PushKind, WebhookEvent
from store.prepared import InsertNew, Prepared
from store.sql import counted
from store.tables import WAITING, outbox

#: Much longer than any try may take (`service.outgoing`): only what its sender left behind is taken by another.
LEASE: Ms = 60 * SECOND
#: What was sent stays in the list so long, without what was in it; what could not be sent, with it.
SENT_KEPT: Ms = 7 * DAY
DEAD_KEPT: Ms = 30 * DAY
#: Rows that one write forgets.
FORGOTTEN_AT_ONCE = 1_000
#: Rows looked at for one claim: enough to find those of other receivers behind a crowd of one.
_LOOKED_AT = 64


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """One letter to one address. `text` is what every reader sees; `html` the same for those that show it."""

    to: str
    subject: str
    text: str
    html: str = ""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """One happening for one webhook. `site`: its key; `data`: ids and public fields, never a secret or a hash."""

    webhook: str
    event: WebhookEvent
    site: str
    data: dict[str, Any]


class Push(msgspec.Struct, frozen=True, kw_only=True):
    """One call for one device, made and sent at most once for its `occasion`. After `until` it is worth nothing.

    `tag`: a later one with the same replaces it on the screen. `ref`: what it is about, for `kind` bell and missed an
    alert, else a conversation or callback; `seq`: of the message. `to`: where a click leads, behind `#/desk/`.
    """

    device: str
    occasion: str
    kind: PushKind
    ref: str
    seq: int = 0
    title: str
    body: str
    tag: str
    to: str
    until: Ms


class Claimed(msgspec.Struct, frozen=True, kw_only=True):
    """A row that its sender holds until the lease ends. `tries`: this one included."""

    id: str
    kind: OutboxKind
    target: str
    event: str
    payload: str
    tries: int


_INSERT = InsertNew(outbox)
_PUSHES = UUID("0192f3c0-7a51-7c1e-9b1f-5b1a6f0c2d4e")
_DUE = Prepared(select(outbox.c.id).where(WAITING, outbox.c.due_at <= bindparam("now")).limit(1))


def put(conn: Connection, what: Mail | Notice | Push, now: Ms) -> str:
    """It leaves within about a second after the commit; returns the id under which the receiver gets it, "" where this
    call was put before.

    Mail goes out where `Settings.mail` says so; elsewhere it waits: ask that before you promise a letter.
    """
    id_, kind, target, event = new_id(), "mail", "", "mail"
    if isinstance(what, Mail):
        payload = msgspec.json.encode(what)
    elif isinstance(what, Push):
        id_, kind, target, event = push_id(what), "push", what.device, what.kind
        payload = msgspec.json.encode(what)
    else:
        kind, target, event, payload = "webhook", what.webhook, what.event, body(id_, what, now)
    row = {
        "id": id_, "kind": kind, "target": target, "event": event, "payload": payload.decode(), "state": "waiting",
        "due_at": now, "tries": 0, "error": "", "put_at": now, "done_at": None,
    }  # fmt: skip
    return id_ if _INSERT.one(conn, row) else ""


def push_id(push: Push) -> str:
    """The same for the same device and occasion: however many processes see the same, it is one row."""
    return str(uuid5(_PUSHES, f"{push.device}:{push.occasion}"))


def body(id_: str, notice: Notice, now: Ms) -> bytes:
    """What a webhook receives, with the same bytes on every try."""
    told = {"id": id_, "event": notice.event, "site": notice.site, "at": rfc3339(now), "data": notice.data}
    return msgspec.json.encode(told)


def test_body(id_: str, site: str, now: Ms) -> bytes:
    """What is sent to try a webhook out."""
    return msgspec.json.encode({"id": id_, "event": "test", "site": site, "at": rfc3339(now), "data": {}})


# --- for the sender ---------------------------------------------------------------------------------------------------


def anything_due(conn: Connection, now: Ms) -> bool:
    """The one look of an idle second."""
    return bool(_DUE.rows(conn, now=now))


def claim(
    conn: Connection, now: Ms, most: int, *, kinds: Collection[OutboxKind], lane: int, free: Mapping[str, int]
) -> list[Claimed]:
    """At most `most` rows of these kinds that are due, the longest due first, ours until `LEASE` from now.

    `lane`: how many of one target may be under way; `free`: target -> how many more, for those where it is another
    number. Who has no lane free is passed over: a crowd before one door keeps nobody else waiting.
    """
    full = [target for target, places in free.items() if places <= 0]
    waiting = (
        select(outbox)
        .where(WAITING, outbox.c.due_at <= now, outbox.c.kind.in_(kinds), outbox.c.target.not_in(full))
        .order_by(outbox.c.due_at, outbox.c.id)
        .limit(max(_LOOKED_AT, most))
    )
    if conn.dialect.name == "postgresql":
        waiting = waiting.with_for_update(skip_locked=True)  # another process takes those
    left, taken = dict(free), list[Claimed]()
    for row in conn.execute(waiting).mappings():
        if len(taken) == most:
            break
        places = left.get(row["target"], lane)
        if places > 0:
            left[row["target"]] = places - 1
            taken.append(_claimed(row))
    for one in taken:
        held = {"due_at": now + LEASE, "tries": one.tries, "error": ""}
        conn.execute(update(outbox).where(outbox.c.id == one.id).values(**held))
    return taken


def sent(conn: Connection, one: Claimed, now: Ms) -> bool:
    """It arrived; what was in it is forgotten. False if somebody else has spoken of the row since."""
    done = {"state": "sent", "payload": None, "error": "", "done_at": now}
    return conn.execute(update(outbox).where(_held(one)).values(**done)).rowcount == 1


def failed(conn: Connection, one: Claimed, error: str, again_at: Ms | None, now: Ms) -> bool:
    """It did not arrive: the next try is at `again_at`; None gives it up. False as with `sent`."""
    values: dict[str, Any] = {"error": error}
    values |= {"state": "dead", "done_at": now} if again_at is None else {"due_at": again_at}
    return conn.execute(update(outbox).where(_held(one)).values(**values)).rowcount == 1


def retry(conn: Connection, id_: str, now: Ms) -> bool:
    """Anew from the first try: a dead one rises, one that waits for its next try is due now. False for all others."""
    anew = {"state": "waiting", "due_at": now, "tries": 0, "error": "", "done_at": None}
    # While somebody sends it there is no error: what is held is not taken from its holder.
    free = or_(outbox.c.state == "dead", and_(outbox.c.state == "waiting", outbox.c.error != ""))
    return conn.execute(update(outbox).where(outbox.c.id == id_, free).values(**anew)).rowcount == 1


def retry_all(conn: Connection, target: str, now: Ms) -> int:
    """The same for all that is dead; how many that were."""
    anew = {"state": "waiting", "due_at": now, "tries": 0, "error": "", "done_at": None}
    return conn.execute(
        update(outbox).where(outbox.c.target == target, outbox.c.state == "dead").values(**anew)
    ).rowcount


def give_up(conn: Connection, target: str, error: str, now: Ms) -> int:
    """All that waits for this target is dead; how many that were."""
    waiting = update(outbox).where(outbox.c.target == target, outbox.c.state == "waiting")
    return conn.execute(waiting.values(state="dead", error=error, done_at=now)).rowcount


def forget_target(conn: Connection, target: str) -> None:
    """Nothing of it is left: the webhook was removed."""
    conn.execute(delete(outbox).where(outbox.c.target == target))


def forget(conn: Connection, now: Ms) -> int:
    """Drop what was kept long enough, some of it; how many rows."""
    old = or_(
        and_(outbox.c.state == "sent", outbox.c.done_at < now - SENT_KEPT),
        and_(outbox.c.state == "dead", outbox.c.done_at < now - DEAD_KEPT),
    )
    some = select(outbox.c.id).where(outbox.c.done_at < now - SENT_KEPT, old).limit(FORGOTTEN_AT_ONCE)
    return conn.execute(delete(outbox).where(outbox.c.id.in_(some))).rowcount


# --- for whoever looks ------------------------------------------------------------------------------------------------


def counts(conn: Connection, target: str) -> tuple[int, int]:
    """(waiting, dead) of a target."""
    return (
        counted(conn, outbox, outbox.c.target == target, outbox.c.state == "waiting"),
        counted(conn, outbox, outbox.c.target == target, outbox.c.state == "dead"),
    )


def row(conn: Connection, id_: str, target: str) -> RowMapping | None:
    """One row of a target."""
    found = select(outbox).where(outbox.c.id == id_, outbox.c.target == target)
    return conn.execute(found).mappings().one_or_none()


def any_dead(conn: Connection) -> bool:
    """Whether anything was given up and not looked after. A call that came too late is nobody's to look after."""
    return bool(conn.execute(select(exists().where(outbox.c.state == "dead", outbox.c.kind != "push"))).scalar_one())


def _held(one: Claimed) -> ColumnElement[bool]:
    return and_(outbox.c.id == one.id, outbox.c.tries == one.tries, outbox.c.state == "waiting")


def _claimed(row: RowMapping) -> Claimed:
    return Claimed(
        id=row["id"],
        kind=cast(OutboxKind, row["kind"]),
        target=row["target"],
        event=row["event"],
        payload=row["payload"],
        tries=row["tries"] + 1,
    )
