"""What was written while nobody was there stands at the top of somebody's morning.

A conversation is kept for whoever would have been first to answer (`chat.do.keep_for`). When they come online it rings
at their desk before anything else that waits: as a question, asked when it was written; and it stays theirs, on top of
their desk, when that bell has run out. Who has not come a while after
the time at which they were expected is waited for no longer: then the bell climbs the ladder like that of any question.
Parts of a unit of work, as `offering`.
"""

from msgspec.structs import replace
from sqlalchemy import Connection

import access.queries
import chat.desks
import chat.do
import chat.history
import routing.alerts
import routing.queries
import tracker.queries
from contract.clock import HOUR
from contract.names import Ms
from routing.presence import absent, sitting
from routing.queries import Row
from routing.tables import ASKED
from routing.triggers import Firing
from service.flows.folding import rings_for
from service.flows.judging import raise_and_ring
from service.flows.load import load
from service.learning.learned import NOTHING, Learned

#: So many are looked at, at a time.
MOST = 50
#: So many desks of a site are looked at for somebody who is there.
DESKS = 300
#: What rang at whoever was there, and nobody took, rings again after so long: another morning.
AGAIN: Ms = 20 * HOUR


def somebody_there(conn: Connection, site_id: str, now: Ms) -> bool:
    """Whether any expert of the site is at work: online, and within their hours or there by their own word."""
    rows = routing.queries.online(conn, site_id, now, DESKS)
    return any(absent(sitting(row), now) in ("", "breathing") for row in rows)


def raise_kept(conn: Connection, expert_id: str, sites: list[str], now: Ms) -> list[str]:
    """Bells for what is kept for this expert, as many as they have places, each once. They ring nobody yet:
    `ring_who_came_free` comes next, and rings what has waited longest first."""
    rows = chat.desks.kept_for(conn, sites, expert_id, MOST)
    found = routing.queries.candidates(conn, [expert_id]) if rows else []
    if not found or absent(found[0], now):
        return []
    places = found[0].capacity - load(conn, expert_id)
    raised: list[str] = []
    rang = routing.queries.had_alerts(conn, [_occasion(row) for row in rows])
    for row in rows:
        if len(raised) >= places:
            break
        if _occasion(row) in rang:
            continue
        if alert_id := _raise(conn, row, now, NOTHING, queued=True):
            raised.append(alert_id)
    return raised


def anything_kept(conn: Connection, now: Ms) -> bool:
    """Whether something is kept for somebody who has not come in time."""
    return bool(chat.desks.kept_too_long(conn, now, 1))


def ring_kept(conn: Connection, now: Ms, learned: Learned = NOTHING) -> list[str]:
    """What was kept for somebody who has not come in time rings at whoever is there; once more tomorrow, and so on,
    until somebody takes it."""
    there: dict[str, bool] = {}
    raised: list[str] = []
    for row in chat.desks.kept_too_long(conn, now, MOST):
        site_id = row["site_id"]
        if site_id not in there:
            there[site_id] = somebody_there(conn, site_id, now)
        if there[site_id]:
            chat.do.keep_longer(conn, row["id"], now + AGAIN)
            if alert_id := _raise(conn, {**row, "kept_for": None}, now, learned, queued=False):
                raised.append(alert_id)
    return raised


def _occasion(row: Row) -> str:
    """Two processes look: one rings."""
    return f"{row['id']}:{row['kept_for'] or 'kept'}:{row['kept_until']}"


def _raise(conn: Connection, row: Row, now: Ms, learned: Learned, *, queued: bool) -> str | None:
    """A question's bell. Its visitor is not waited for, and does not end it by being away."""
    site = access.queries.site_facts(conn, row["site_id"])
    visit = tracker.queries.newest_visit(conn, row["visitor_id"])
    asked_at = chat.history.asked_at(conn, row["id"])
    if site is None or visit is None or asked_at is None:
        return None
    ringing = rings_for(conn, site.id, row["visitor_id"])
    if any((one["reason"], one["trigger_id"]) == (ASKED, row["id"]) for one in ringing):
        return None
    firing = Firing(trigger=row["id"], name=ASKED, occasion=_occasion(row))
    text = "\n".join(chat.history.asked(conn, row["id"]))
    raised = raise_and_ring(conn, site, firing, replace(visit, left_at=None), learned, text, queued=queued)
    if raised is not None and queued:
        routing.alerts.asked_since(conn, raised, asked_at)
    return raised
