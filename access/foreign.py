"""Origins whose pages tried to send and are not on the site's list: mostly the site itself, under an address that
nobody thought of (www, http, 127.0.0.1). Its owner is shown them. Whoever likes can make origins up, so few are kept.
"""

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection, delete, select

from access.tables import foreign_origin
from contract.clock import DAY
from contract.names import Ms
from store.lock import lock
from store.sql import upsert

#: Of one site.
MOST = 20
KEPT_FOR: Ms = 14 * DAY


class Foreign(msgspec.Struct, kw_only=True):
    """How often pages of this origin tried to send, and when first and last. Counted by the minute, so about."""

    origin: str
    first_at: Ms
    last_at: Ms
    count: int


def foreign_origins(conn: Connection, site_id: str) -> list[Foreign]:
    """Of one site, the newest first."""
    rows = conn.execute(
        select(foreign_origin)
        .where(foreign_origin.c.site_id == site_id)
        .order_by(foreign_origin.c.last_at.desc(), foreign_origin.c.origin)
    ).mappings()
    return [
        Foreign(origin=row["origin"], first_at=row["first_at"], last_at=row["last_at"], count=row["count"])
        for row in rows
    ]


def note(conn: Connection, site_id: str, tried: Mapping[str, int], now: Ms) -> None:
    """Pages of these origins (as `access.origin` spells them) tried so many times since they were noted last."""
    lock(conn, f"foreign_origin:{site_id}")
    known = {one.origin: one for one in foreign_origins(conn, site_id)}
    for origin, times in tried.items():
        one = known.setdefault(origin, Foreign(origin=origin, first_at=now, last_at=now, count=0))
        one.last_at, one.count = now, one.count + times
    stay = kept(list(known.values()), now)
    gone = set(known) - {one.origin for one in stay}
    if gone:
        where = (foreign_origin.c.site_id == site_id, foreign_origin.c.origin.in_(sorted(gone)))
        conn.execute(delete(foreign_origin).where(*where))
    for one in stay:
        if one.origin in tried:
            row = {"site_id": site_id, **msgspec.structs.asdict(one)}
            upsert(conn, foreign_origin, row, ("last_at", "count"))


def kept(known: list[Foreign], now: Ms) -> list[Foreign]:
    """The most frequent half and the newest half: neither a flood of new names nor an old crowd drives out a page that
    keeps trying."""
    young = [one for one in known if one.last_at > now - KEPT_FOR]
    frequent = sorted(young, key=lambda one: (-one.count, -one.last_at, one.origin))[: MOST // 2]
    others = [one for one in young if one not in frequent]
    return frequent + sorted(others, key=lambda one: (-one.last_at, -one.count, one.origin))[: MOST - len(frequent)]
