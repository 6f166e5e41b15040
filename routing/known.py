"""What the experts of a site know, asked for with every bell: a small picture, at most two seconds old.

Topics change when an administrator says so. A change made elsewhere shows after two seconds, one made here at once.
Who is there, and how much they carry, is never kept: that is read in the transaction that rings.
"""

import time
from collections.abc import Mapping

from sqlalchemy import Connection, bindparam, select

from access.tables import account_site
from routing.match import Knows
from routing.tables import expertise
from store.prepared import Prepared

FRESH_SECONDS = 2.0
Known = Mapping[str, tuple[Knows, ...]]

_OF_SITE = Prepared(
    select(expertise.c.expert_id, expertise.c.path, expertise.c.level)
    .join(account_site, account_site.c.account_id == expertise.c.expert_id)
    .where(account_site.c.site_id == bindparam("site_id"))
)
_kept: dict[str, tuple[float, Known]] = {}


def known_at(conn: Connection, site_id: str) -> Known:
    """expert id -> what they know, ordered by path; without those who know nothing."""
    until, known = _kept.get(site_id, (0.0, {}))
    if time.monotonic() < until:
        return known
    found: dict[str, list[Knows]] = {}
    for expert_id, path, level in _OF_SITE.rows(conn, site_id=site_id):
        found.setdefault(expert_id, []).append(Knows(tuple(path), level))
    known = {id_: tuple(sorted(topics, key=lambda one: one.path)) for id_, topics in found.items()}
    if len(_kept) > 1_000:
        _kept.clear()
    _kept[site_id] = (time.monotonic() + FRESH_SECONDS, known)
    return known


def forget() -> None:
    """Somebody's topics, or sites, were just changed in this process."""
    _kept.clear()
