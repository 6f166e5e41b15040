"""The crews of sites, kept in memory until the base says that one has changed.

Each change of a site's people, of their hours, or of what they know, gives the site another `crew_version` in the same
transaction (`access.do.crew_changed`); it is asked for with every choice, in the transaction that chooses. Who is
there, and how much they carry, is never kept.
"""

from sqlalchemy import Connection, bindparam, select

from access.tables import account, account_site, site
from routing.match import Knows, tongues
from routing.roster import Member, Roster
from routing.tables import expert, expertise
from store.prepared import Prepared

MOST_KEPT = 1_000

_VERSION = Prepared(select(site.c.crew_version).where(site.c.id == bindparam("site_id")))
_MEMBERS = Prepared(
    select(expert.c.id, account.c.name, account.c.languages, expert.c.hours)
    .join(account, account.c.id == expert.c.id)
    .join(account_site, account_site.c.account_id == expert.c.id)
    .where(account_site.c.site_id == bindparam("site_id"), account.c.active, account.c.role == "expert")
)
_EXPERTISE = Prepared(
    select(expertise.c.expert_id, expertise.c.path, expertise.c.level)
    .join(account_site, account_site.c.account_id == expertise.c.expert_id)
    .where(account_site.c.site_id == bindparam("site_id"))
)
_kept: dict[str, tuple[str, Roster]] = {}


def roster_at(conn: Connection, site_id: str) -> Roster:
    """The active experts of the site as this transaction sees them; nobody for a site that does not exist."""
    version = _VERSION.scalar(conn, site_id=site_id)
    kept = _kept.get(site_id)
    if kept is not None and kept[0] == version:
        return kept[1]
    roster = _read(conn, site_id)
    if version is not None:
        if len(_kept) >= MOST_KEPT:
            _kept.clear()
        _kept[site_id] = (version, roster)
    return roster


def _read(conn: Connection, site_id: str) -> Roster:
    knows: dict[str, list[Knows]] = {}
    for expert_id, path, level in _EXPERTISE.rows(conn, site_id=site_id):
        knows.setdefault(expert_id, []).append(Knows(tuple(path), level))
    return Roster(
        Member(
            id=id_,
            name=name,
            speaks=tongues(languages),
            knows=tuple(sorted(knows.get(id_, ()), key=lambda one: one.path)),
            hours=hours,
        )
        for id_, name, languages, hours in _MEMBERS.rows(conn, site_id=site_id)
    )
