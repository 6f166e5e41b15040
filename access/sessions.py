"""Sessions: a random token in the caller's hand, its hash in the base. They outlive a restart of the server.

Kinds: `browser` (a cookie, 30 days, renewed while it is used), `token` (an API client, 30 days unless told otherwise),
`ticket` (one socket handshake, 60 seconds).
"""

import hashlib
import secrets
from collections.abc import Iterable
from typing import Literal

from sqlalchemy import Connection, delete, select, true, update

from access.queries import account_facts
from access.tables import account, session
from contract.clock import DAY, SECOND
from contract.facts import AccountFacts
from contract.names import Ms

Kind = Literal["browser", "token", "ticket"]
LASTS: dict[Kind, Ms] = {"browser": 30 * DAY, "token": 30 * DAY, "ticket": 60 * SECOND}
#: A browser session is renewed at most once a day: reading must not become writing.
RENEW_AFTER = DAY


def token_hash(token: str) -> str:
    """What is stored of a token. It holds 256 random bits, so a plain hash cannot be turned back."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def session_of(token: str) -> str:
    """The hash of the session that `token` stands for: a ticket's is the one that it was drawn from.

    A ticket carries it behind its random part. Nobody can write another one there: it is the whole that is hashed.
    """
    return token.partition(".")[2] or token_hash(token)


def open_session(
    conn: Connection,
    account_id: str,
    kind: Kind,
    now: Ms,
    *,
    lasts: Ms | None = None,
    within: str | None = None,
    name: str = "",
) -> str:
    """A new token for `account_id`, good for `lasts` ms (by default as its kind says), called `name`.

    `within`: the token of the session that a ticket belongs to; what comes in by the ticket ends with that session.
    """
    token = secrets.token_urlsafe(32) + ("" if within is None else f".{session_of(within)}")
    conn.execute(
        session.insert().values(
            token_hash=token_hash(token),
            account_id=account_id,
            kind=kind,
            name=name,
            created_at=now,
            expires_at=now + (LASTS[kind] if lasts is None else lasts),
        )
    )
    return token


def authenticate(conn: Connection, token: str | None, now: Ms, *, tickets: bool = False) -> AccountFacts | None:
    """Who holds this token, or None: unknown, expired, or an account that is no longer active.

    The one function for HTTP and sockets. `tickets`: a ticket is good too; it opens a socket and nothing else.
    """
    if not token:
        return None
    row = (
        conn.execute(
            select(account)
            .join(session, session.c.account_id == account.c.id)
            .where(
                session.c.token_hash == token_hash(token),
                session.c.expires_at > now,
                account.c.active,
                true() if tickets else session.c.kind != "ticket",
            )
        )
        .mappings()
        .one_or_none()
    )
    return None if row is None else account_facts(conn, [row])[0]


def alive(conn: Connection, hashes: Iterable[str], now: Ms) -> set[str]:
    """Those of the sessions (`session_of`) that still open something."""
    return set(
        conn.execute(
            select(session.c.token_hash)
            .join(account, session.c.account_id == account.c.id)
            .where(session.c.token_hash.in_(list(hashes)), session.c.expires_at > now, account.c.active)
        ).scalars()
    )


def expiry(conn: Connection, token: str) -> tuple[str, Ms] | None:
    """(kind, expires_at) of a stored session."""
    row = conn.execute(
        select(session.c.kind, session.c.expires_at).where(session.c.token_hash == token_hash(token))
    ).one_or_none()
    return None if row is None else (row.kind, row.expires_at)


def needs_renewal(kind: str, expires_at: Ms, now: Ms) -> bool:
    """True for a browser's session that has lost a day or more of its 30. Pure."""
    return kind == "browser" and expires_at - now < LASTS["browser"] - RENEW_AFTER


def renew(conn: Connection, token: str, now: Ms) -> None:
    """30 days from now again, if it is a browser's session that has not expired."""
    conn.execute(
        update(session)
        .where(session.c.token_hash == token_hash(token), session.c.kind == "browser", session.c.expires_at > now)
        .values(expires_at=now + LASTS["browser"])
    )


def end_session(conn: Connection, token: str) -> None:
    """Sign out: the token is worth nothing from now on, nor are the account's open socket tickets."""
    owner = select(session.c.account_id).where(session.c.token_hash == token_hash(token)).scalar_subquery()
    conn.execute(delete(session).where(session.c.kind == "ticket", session.c.account_id == owner))
    conn.execute(delete(session).where(session.c.token_hash == token_hash(token)))


def end_sessions(conn: Connection, account_id: str) -> None:
    """Sign out everywhere."""
    conn.execute(delete(session).where(session.c.account_id == account_id))


def forget_expired(conn: Connection, now: Ms) -> None:
    """Drop what nobody can use any more."""
    conn.execute(delete(session).where(session.c.expires_at <= now))
