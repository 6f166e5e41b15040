"""API tokens: sessions of kind `token`, seen from outside. A token itself is shown once; here only its traces are."""

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, and_, delete, or_, select, update

from access.sessions import token_hash
from access.tables import account, session
from contract.clock import MINUTE
from contract.errors import Refused
from contract.names import Ms
from store.sql import counted

#: With a name, of one account.
MOST = 100
#: When it was last used is known to the minute: reading must not become writing.
USED_EVERY: Ms = MINUTE


def tokens(now: Ms) -> Select[tuple[object, ...]]:
    """All that are good, each with the id and name of its account."""
    return (
        select(session, account.c.name.label("account_name"))
        .join(account, account.c.id == session.c.account_id)
        .where(_good(now), account.c.active)
    )


def check_room(conn: Connection, account_id: str, now: Ms) -> None:
    """Refused("too_many") where an account has as many tokens with a name as it may have."""
    named = (session.c.account_id == account_id, session.c.name != "", _good(now))
    if counted(conn, session, *named) >= MOST:
        raise Refused("too_many", str(MOST))


def token_row(conn: Connection, token: str) -> RowMapping:
    """Of a token that was just made."""
    return conn.execute(select(session).where(session.c.token_hash == token_hash(token))).mappings().one()


def revoke(conn: Connection, id_: str) -> str:
    """It is worth nothing from now on; the account whose it was. Refused("not_found")."""
    gone = delete(session).where(session.c.id == id_, session.c.kind == "token").returning(session.c.account_id)
    account_id = conn.execute(gone).scalar_one_or_none()
    if account_id is None:
        raise Refused("not_found")
    return str(account_id)


def used(conn: Connection, hashed: str, now: Ms) -> None:
    """It was used now."""
    late = or_(session.c.used_at.is_(None), session.c.used_at < now)
    conn.execute(
        update(session).where(session.c.token_hash == hashed, session.c.kind == "token", late).values(used_at=now)
    )


def _good(now: Ms) -> ColumnElement[bool]:
    return and_(session.c.kind == "token", session.c.expires_at > now)
