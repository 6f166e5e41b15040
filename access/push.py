"""Devices on which somebody is called while no desk of theirs is open: their push subscriptions, and the key of ours
with which push services know us (RFC 8292).

A subscription belongs to the session in which it was made: whoever signs out, anywhere, is called there no longer. The
key is made on first use and stands in the base, so that every process signs with the same one; without it no
subscription is worth anything.
"""

from collections.abc import Collection
from typing import NamedTuple

from sqlalchemy import Connection, RowMapping, and_, delete, or_, select, update

from access.tables import account, push_key, push_subscription, session
from contract.clock import DAY
from contract.ids import new_id
from contract.names import Language, Ms
from store.lock import lock
from store.sql import insert_new

#: Devices of one person: the newest are kept.
MOST = 10
#: Nothing has arrived at it for so long, although it was tried: it is forgotten.
FAILED_FOR: Ms = 14 * DAY
_KEY = "vapid"


class Device(NamedTuple):
    """A subscription that may be used now, with what decides about it. `away`: also for bells that found them offline;
    `details`: with the words of visitors; `line_at`: when another process last had a line to its person."""

    id: str
    account_id: str
    role: str
    away: bool
    details: bool
    language: Language
    line_at: Ms = 0


def kept_key(conn: Connection) -> bytes | None:
    """The private key (PKCS 8, DER); None until it was needed."""
    found = conn.execute(select(push_key.c.private).where(push_key.c.id == _KEY)).scalar_one_or_none()
    return None if found is None else bytes(found)


def keep_key(conn: Connection, private: bytes, now: Ms) -> bytes:
    """Keep a new one; the one that is kept, should somebody have been quicker."""
    insert_new(conn, push_key, [{"id": _KEY, "private": private, "made_at": now}])
    kept = kept_key(conn)
    assert kept is not None, "it was just kept"
    return kept


def subscribe(
    conn: Connection,
    account_id: str,
    session_hash: str,
    now: Ms,
    *,
    endpoint: str,
    p256dh: str,
    auth: str,
    away: bool,
    details: bool,
    language: Language,
) -> RowMapping:
    """A device as its browser says it is now. One endpoint is one browser: it belongs to whoever sits there."""
    lock(conn, f"push:{account_id}")
    table = push_subscription
    values = {
        "account_id": account_id, "session": session_hash, "p256dh": p256dh, "auth": auth, "away": away,
        "details": details, "language": language,
    }  # fmt: skip
    known = conn.execute(select(table).where(table.c.endpoint == endpoint)).mappings().one_or_none()
    if known is not None and known["account_id"] == account_id:
        changed = update(table).where(table.c.id == known["id"]).values(**values)
        return conn.execute(changed.returning(table)).mappings().one()
    conn.execute(delete(table).where(table.c.endpoint == endpoint))
    fresh = {"id": new_id(), "endpoint": endpoint, "made_at": now, "last_ok_at": None, "failed": 0, "error": ""}
    conn.execute(table.insert().values(**fresh, **values))
    newest = select(table.c.id).where(table.c.account_id == account_id).order_by(table.c.made_at.desc())
    if surplus := list(conn.execute(newest.limit(1_000).offset(MOST)).scalars()):
        conn.execute(delete(table).where(table.c.id.in_(surplus)))
    return conn.execute(select(table).where(table.c.id == fresh["id"])).mappings().one()


def mine(conn: Connection, account_id: str) -> list[RowMapping]:
    """The devices of this person, oldest first."""
    table = push_subscription
    rows = select(table).where(table.c.account_id == account_id).order_by(table.c.made_at, table.c.id)
    return list(conn.execute(rows).mappings())


def find(conn: Connection, id_: str) -> RowMapping | None:
    return conn.execute(select(push_subscription).where(push_subscription.c.id == id_)).mappings().one_or_none()


def remove(conn: Connection, id_: str) -> None:
    conn.execute(delete(push_subscription).where(push_subscription.c.id == id_))


def devices(conn: Connection, now: Ms) -> list[Device]:
    """All that may be used now: their people are signed in there, and work here."""
    table = push_subscription
    rows = conn.execute(
        select(*(account.c.role if name == "role" else table.c[name] for name in Device._fields))
        .join(account, and_(account.c.id == table.c.account_id, account.c.active))
        .join(session, and_(session.c.token_hash == table.c.session, session.c.expires_at > now))
        .order_by(table.c.id)
    )
    return [Device(*row) for row in rows]


def has_line(conn: Connection, account_ids: Collection[str], now: Ms) -> None:
    """Desks of these people hear, at this process."""
    table = push_subscription
    conn.execute(update(table).where(table.c.account_id.in_(account_ids)).values(line_at=now))


def went_well(conn: Connection, id_: str, now: Ms) -> None:
    """Its push service has taken something."""
    table = push_subscription
    conn.execute(update(table).where(table.c.id == id_).values(last_ok_at=now, failed=0, error=""))


def went_wrong(conn: Connection, id_: str, error: str, now: Ms) -> None:
    """It did not. What has failed for long, and never once went well since, is forgotten."""
    table = push_subscription
    conn.execute(update(table).where(table.c.id == id_).values(failed=table.c.failed + 1, error=error))
    since = now - FAILED_FOR
    silent = and_(table.c.made_at < since, or_(table.c.last_ok_at.is_(None), table.c.last_ok_at < since))
    conn.execute(delete(table).where(table.c.id == id_, silent))
