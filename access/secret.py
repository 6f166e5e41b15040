"""The secret that a site shares with us: with it the site signs who is signed in (docs/identity.md).

It stands in a table of its own, so that nothing that reads a site carries it along. A new one takes over at once; the
one before stays good for as long as a token may live, so that nobody who is just signing in is turned away.
"""

import secrets

from sqlalchemy import Connection, delete, insert, or_, select, update

from access.tables import site_secret
from contract.clock import MINUTE
from contract.errors import Refused
from contract.names import Ms
from store.lock import lock

OLD_STAYS_GOOD: Ms = 10 * MINUTE


def make_secret(conn: Connection, site_id: str, now: Ms) -> str:
    """32 random bytes as text; this text, as it stands, is the key of the signature."""
    made = secrets.token_urlsafe(32)
    conn.execute(insert(site_secret).values(site_id=site_id, secret=made, made_at=now, good_until=None))
    return made


def rotate_secret(conn: Connection, site_id: str, now: Ms, *, at_once: bool = False) -> str:
    """A new secret. `at_once`: the old one is known to somebody and is worth nothing from now on.

    Refused("not_found") for a site that does not exist.
    """
    lock(conn, f"secret:{site_id}")
    if not secrets_of(conn, site_id, now):
        raise Refused("not_found")
    if at_once:
        conn.execute(delete(site_secret).where(site_secret.c.site_id == site_id))
    else:
        conn.execute(delete(site_secret).where(site_secret.c.site_id == site_id, site_secret.c.good_until <= now))
        current = (site_secret.c.site_id == site_id, site_secret.c.good_until.is_(None))
        conn.execute(update(site_secret).where(*current).values(good_until=now + OLD_STAYS_GOOD))
    return make_secret(conn, site_id, now)


def secrets_of(conn: Connection, site_id: str, now: Ms) -> list[str]:
    """Those that are good now, the newest first."""
    good = or_(site_secret.c.good_until.is_(None), site_secret.c.good_until > now)
    rows = conn.execute(
        select(site_secret.c.secret)
        .where(site_secret.c.site_id == site_id, good)
        .order_by(site_secret.c.good_until.is_not(None), site_secret.c.made_at.desc())
    )
    return list(rows.scalars())
