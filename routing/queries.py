"""What is read of routing."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    RowMapping,
    and_,
    bindparam,
    case,
    exists,
    func,
    literal_column,
    or_,
    select,
    tuple_,
)

from access.tables import account, account_site
from contract.names import Ms, Status
from routing.importance import KNOWN
from routing.ladder import Asked
from routing.tables import ASKED, IDLE, RINGING, alert, expert, expertise, ring
from routing.turn import HISTORY, POINT
from store.prepared import Prepared, among

#: A row by the names of its columns.
Row = Mapping[Any, Any]

#: `routing.turn.turn` as the database reckons it: smaller goes first.
TURN: ColumnElement[Ms] = (
    alert.c.raised_at
    - alert.c.importance * literal_column(str(POINT))
    - case((alert.c.importance >= literal_column(str(KNOWN)), literal_column(str(HISTORY))), else_=literal_column("0"))
)


class Desk(NamedTuple):
    """A desk as a choice sees it; `ringing`: how many bells ring there."""

    id: str
    capacity: int
    assigned_at: Ms
    status: Status
    lease_until: Ms
    status_at: Ms
    hours: str | None
    rest_until: Ms
    busy: int
    ringing: int


_HAD = Prepared(select(alert.c.occasion).where(among(alert.c.occasion, "occasions")))
_RINGING_AT = (
    select(func.count())
    .where(ring.c.expert_id == expert.c.id, ring.c.outcome.is_(None))
    .correlate(expert)
    .scalar_subquery()
    .label("ringing")
)
_DESK_COLUMNS = [*(expert.c[name] for name in Desk._fields[:-1]), _RINGING_AT]
_CANDIDATES = Prepared(select(*_DESK_COLUMNS).where(among(expert.c.id, "ids")))
_IDLE = Prepared(
    select(*_DESK_COLUMNS)
    .where(
        IDLE,
        expert.c.lease_until > bindparam("now"),
        tuple_(expert.c.assigned_at, expert.c.id) > tuple_(bindparam("idle_since"), bindparam("id")),
        exists().where(account_site.c.account_id == expert.c.id, account_site.c.site_id == bindparam("site_id")),
    )
    .order_by(expert.c.assigned_at, expert.c.id)
    .limit(bindparam("most"))
)
_ONLINE = Prepared(
    select(func.count()).select_from(
        select(expert.c.id)
        .where(
            expert.c.status == "online",
            expert.c.lease_until > bindparam("now"),
            exists().where(account_site.c.account_id == expert.c.id, account_site.c.site_id == bindparam("site_id")),
        )
        .limit(bindparam("most"))
        .subquery()
    )
)
_DEAF = Prepared(
    select(
        ring.c.expert_id,
        expert.c.status,
        expert.c.lease_until,
        and_(account.c.active, account.c.role == "expert").label("works"),
    )
    .outerjoin(expert, expert.c.id == ring.c.expert_id)
    .outerjoin(account, account.c.id == ring.c.expert_id)
    .where(
        ring.c.outcome.is_(None),
        or_(
            expert.c.id.is_(None),
            account.c.active.is_(False),
            account.c.role != "expert",
            expert.c.status != "online",
            # A desk that was not there when it began to ring (after our downtime) has this rung's time to come back.
            and_(expert.c.lease_until <= bindparam("now"), expert.c.lease_until > ring.c.at),
            expert.c.busy == 1,
        ),
    )
    .distinct()
    .order_by(ring.c.expert_id)
    .limit(bindparam("most"))
)
_DESK = Prepared(select(expert).where(expert.c.id == bindparam("id")))
_ALERT = Prepared(select(alert).where(alert.c.id == bindparam("id")))
_RINGS = Prepared(select(ring).where(ring.c.alert_id == bindparam("alert_id")).order_by(ring.c.at))
_RINGING_FOR = Prepared(
    select(alert, ring.c.rung.label("my_rung"), ring.c.until.label("until"))
    .join(ring, and_(ring.c.alert_id == alert.c.id, ring.c.rung == alert.c.rung))
    .where(ring.c.expert_id == bindparam("expert_id"), ring.c.outcome.is_(None), RINGING)
    .order_by(TURN, alert.c.id)
)
_RINGING_THERE = Prepared(
    select(alert, ring.c.expert_id.label("rings_at"), ring.c.until.label("until"))
    .join(ring, and_(ring.c.alert_id == alert.c.id, ring.c.rung == alert.c.rung))
    .where(among(ring.c.expert_id, "experts"), ring.c.outcome.is_(None), RINGING)
    .limit(bindparam("most"))
)
_NEWLY_RINGING = Prepared(
    select(alert)
    .where(among(alert.c.site_id, "sites"), RINGING, alert.c.raised_at > bindparam("since"))
    .order_by(alert.c.raised_at.desc())
    .limit(bindparam("most"))
)
_OPEN = Prepared(
    select(alert.c.visit_id, alert.c.id).where(among(alert.c.visit_id, "visits"), RINGING).order_by(alert.c.raised_at)
)
_RINGING_OF = Prepared(
    select(alert)
    .where(alert.c.site_id == bindparam("site"), among(alert.c.visitor_id, "visitors"), RINGING)
    .order_by(alert.c.raised_at.desc(), alert.c.id.desc())
)
_DOUBLED = Prepared(
    select(alert.c.site_id, alert.c.visitor_id)
    .where(RINGING, alert.c.reason != bindparam("but"))
    .group_by(alert.c.site_id, alert.c.visitor_id)
    .having(and_(func.count() > 1, func.sum(case((alert.c.reason == ASKED, 0), else_=1)) > 0))
    .limit(100)
)
_FIRM = Prepared(
    select(ring.c.expert_id, func.count())
    .join(alert, alert.c.id == ring.c.alert_id)
    .where(
        among(ring.c.expert_id, "experts"),
        ring.c.outcome.is_(None),
        or_(alert.c.customer_id.is_not(None), alert.c.reason == bindparam("reason")),
    )
    .group_by(ring.c.expert_id)
)
_STRANGERS = Prepared(
    select(func.count()).where(alert.c.site_id == bindparam("site_id"), RINGING, alert.c.customer_id.is_(None))
)
_UNANNOUNCED = Prepared(
    select(alert.c.id, alert.c.version)
    .where(
        alert.c.announced < alert.c.version,
        or_(among(alert.c.id, "ids"), alert.c.raised_at < bindparam("before")),
    )
    .limit(200)
)
_UNHEARD = Prepared(
    select(alert)
    .where(
        RINGING,
        among(alert.c.site_id, "sites"),
        alert.c.id.not_in(select(ring.c.alert_id).where(ring.c.outcome.is_(None))),
    )
    .order_by(alert.c.gone_at.is_not(None), TURN, alert.c.id)
)
_SITES_WAITING = Prepared(
    select(alert.c.site_id)
    .where(
        RINGING,
        alert.c.id.not_in(select(ring.c.alert_id).where(ring.c.outcome.is_(None))),
    )
    .distinct()
)
_TURNS = Prepared(
    select(alert.c.trigger_id, TURN.label("turn"))
    .where(among(alert.c.visit_id, "visits"), alert.c.reason == bindparam("reason"))
    .order_by(alert.c.raised_at, alert.c.id)
)
_PASSED = Prepared(
    select(ring.c.alert_id, ring.c.expert_id)
    .join(alert, alert.c.id == ring.c.alert_id)
    .where(
        among(ring.c.alert_id, "alerts"),
        or_(ring.c.outcome == "declined", and_(ring.c.outcome == "silent", ring.c.rung == alert.c.rung)),
    )
)
_AT_WORK = Prepared(
    select(expert)
    .join(account, account.c.id == expert.c.id)
    .join(account_site, account_site.c.account_id == expert.c.id)
    .where(
        account_site.c.site_id == bindparam("site_id"),
        account.c.active,
        account.c.role == "expert",
        expert.c.status == "online",
        expert.c.lease_until > bindparam("now"),
    )
    .order_by(expert.c.id)
    .limit(bindparam("most"))
)
_DUE = Prepared(
    select(alert.c.id)
    .where(RINGING, or_(alert.c.due_at <= bindparam("now"), alert.c.gone_at <= bindparam("now")))
    .limit(1)
)


_LOST = Prepared(select(expert.c.id).where(expert.c.status != "offline", expert.c.lease_until <= bindparam("before")))
_WAKES = Prepared(select(expert.c.id).where(expert.c.wake_at <= bindparam("now")).order_by(expert.c.wake_at).limit(100))


def reason_now(row: Mapping[Any, Any], now: Ms) -> str:
    """The reason of that status; whose line is lost has none."""
    return str(row["status_reason"]) if status_now(row, now) == row["status"] else ""


def status_now(row: Mapping[Any, Any], now: Ms) -> Status:
    """What others see: a lapsed lease is offline, whatever the person chose."""
    chosen: Status = row["status"]
    return chosen if chosen == "offline" or row["lease_until"] > now else "offline"


def candidates(conn: Connection, expert_ids: Collection[str]) -> list[Desk]:
    """These desks, in no order."""
    return [Desk(*row) for row in _CANDIDATES.rows(conn, ids=expert_ids)]


def idle(conn: Connection, site_id: str, now: Ms, after: tuple[Ms, str] = (-1, ""), limit: int = 64) -> list[Desk]:
    """Those who are there and had a place when it was last counted, longest idle first; `after`: when the
    one before was assigned, and who that is."""
    rows = _IDLE.rows(conn, site_id=site_id, now=now, idle_since=after[0], id=after[1], most=limit)
    return [Desk(*row) for row in rows]


def online_at(conn: Connection, site_id: str, now: Ms, most: int) -> int:
    """How many experts of the site are online; `most` and more are all the same."""
    return int(_ONLINE.scalar(conn, site_id=site_id, now=now, most=most))


def deaf(conn: Connection, now: Ms, limit: int = 100) -> list[tuple[str, str]]:
    """(expert, reason) of those at whose desks a bell rings though nobody can take it there: gone, offline, away, and
    full as far as is known."""
    found = []
    for id_, status, lease_until, works in _DEAF.rows(conn, now=now, most=limit):
        if status is None or not works:
            found.append((id_, "gone"))
        elif status == "offline" or lease_until <= now:
            found.append((id_, "offline"))
        else:
            found.append((id_, "full" if status == "online" else "away"))
    return found


def knowledge(conn: Connection, expert_ids: Iterable[str]) -> dict[str, list[tuple[list[str], int]]]:
    """expert id -> [(path, level)], ordered by path."""
    found: dict[str, list[tuple[list[str], int]]] = {}
    rows = conn.execute(
        select(expertise.c.expert_id, expertise.c.path, expertise.c.level).where(
            expertise.c.expert_id.in_(list(expert_ids))
        )
    )
    for expert_id, path, level in rows:
        found.setdefault(expert_id, []).append((path, level))
    return {id_: sorted(topics) for id_, topics in found.items()}


def desks(conn: Connection, account_ids: Iterable[str] | None = None) -> dict[str, RowMapping]:
    """account id -> row of `expert`."""
    query = select(expert)
    if account_ids is not None:
        query = query.where(expert.c.id.in_(list(account_ids)))
    return {row["id"]: row for row in conn.execute(query).mappings()}


def desk_row(conn: Connection, account_id: str) -> dict[str, Any] | None:
    """The desk of this account, if it has one."""
    return _DESK.first(conn, id=account_id)


def statuses(conn: Connection, now: Ms) -> dict[str, tuple[Status, str]]:
    """account id -> what others see of that desk, and the reason."""
    return {id_: (status_now(row, now), reason_now(row, now)) for id_, row in desks(conn).items()}


def lost_lines(conn: Connection, before: Ms) -> list[str]:
    """Those who never said that they are going, and whose lease has lapsed before that time."""
    return _LOST.scalars(conn, before=before)


def to_wake(conn: Connection, now: Ms) -> list[str]:
    """Desks at which waiting alerts may ring again: somebody has drawn breath, a working span has begun."""
    return _WAKES.scalars(conn, now=now)


def alert_row(conn: Connection, alert_id: str) -> dict[str, Any] | None:
    return _ALERT.first(conn, id=alert_id)


def rings_of(conn: Connection, alert_id: str) -> list[dict[str, Any]]:
    return _RINGS.dicts(conn, alert_id=alert_id)


def asked(conn: Connection, alert_id: str) -> tuple[Asked, ...]:
    return tuple(Asked(row["expert_id"], row["rung"], row["outcome"]) for row in rings_of(conn, alert_id))


def ringing_for(conn: Connection, expert_id: str) -> list[dict[str, Any]]:
    """The alerts that ring at this desk now, whose turn it is first; each with `rung` and `until` of that desk."""
    return _RINGING_FOR.dicts(conn, expert_id=expert_id)


def open_alerts(conn: Connection, visit_ids: Iterable[str]) -> dict[str, str]:
    """visit id -> id of its newest alert that still rings."""
    return dict(_OPEN.rows(conn, visits=visit_ids))


def ringing_of(conn: Connection, site_id: str, visitor_ids: Collection[str]) -> list[dict[str, Any]]:
    """The alerts of these visitors that ring, in whichever visit, the newest first."""
    return _RINGING_OF.dicts(conn, site=site_id, visitors=visitor_ids)


def doubled(conn: Connection, but: str) -> list[tuple[str, str]]:
    """(site, visitor) for whom several bells ring and not all are questions; those with the reason `but` aside."""
    return [(site_id, visitor_id) for site_id, visitor_id in _DOUBLED.rows(conn, but=but)]


def firm_rings(conn: Connection, expert_ids: Collection[str], reason: str) -> dict[str, int]:
    """How many bells ring at these desks for customers, or for this reason, where any do."""
    return dict(_FIRM.rows(conn, experts=expert_ids, reason=reason))


def ringing_strangers(conn: Connection, site_id: str) -> int:
    """How many bells ring at this site for people whom nobody knows."""
    return int(_STRANGERS.scalar(conn, site_id=site_id))


def unannounced(conn: Connection, alert_ids: Collection[str], before: Ms) -> dict[str, int]:
    """Alert -> version, for those whose newest version was not yet noted as announced: of `alert_ids`, and of all that
    were raised before `before` (their process may have died between its commit and its bell)."""
    return dict(_UNANNOUNCED.rows(conn, ids=alert_ids, before=before))


def waiting_without_ring(conn: Connection, site_ids: Iterable[str]) -> list[dict[str, Any]]:
    """Alerts on the last rung that nobody could hear: somebody who comes free is rung at once. Whose turn it is
    first, and last of all who has left."""
    return _UNHEARD.dicts(conn, sites=site_ids)


def sites_waiting(conn: Connection) -> list[str]:
    """The sites at which an alert rings that nobody hears."""
    return _SITES_WAITING.scalars(conn)


def turns(conn: Connection, visit_ids: Collection[str], reason: str) -> dict[str, Ms]:
    """What the newest alert of this reason is about (its `trigger_id`) -> its turn, for the alerts of these visits."""
    return dict(_TURNS.rows(conn, visits=visit_ids, reason=reason))


def passed(conn: Connection, alert_ids: Collection[str]) -> set[tuple[str, str]]:
    """(alert, expert) of those who have declined it, or were silent on the rung on which it is now."""
    return set(_PASSED.rows(conn, alerts=alert_ids))


def online(conn: Connection, site_id: str, now: Ms, limit: int) -> list[dict[str, Any]]:
    """The desks of the site whose experts say that they are there, at most so many."""
    return _AT_WORK.dicts(conn, site_id=site_id, now=now, most=limit)


def had_alerts(conn: Connection, occasions: Collection[str]) -> set[str]:
    """Those of these occasions that have had their bell."""
    return set(_HAD.scalars(conn, occasions=occasions)) if occasions else set()


def anything_due(conn: Connection, now: Ms) -> bool:
    """Whether a rung or a visitor has run out, or a bell rings where nobody hears it."""
    return bool(_DUE.rows(conn, now=now)) or bool(deaf(conn, now, 1))


def ringing_at(conn: Connection, expert_ids: Collection[str], limit: int) -> list[dict[str, Any]]:
    """The alerts that ring at any of these desks now, with `rings_at` (whose) and `until`."""
    return _RINGING_THERE.dicts(conn, experts=expert_ids, most=limit) if expert_ids else []


def newly_ringing(conn: Connection, site_ids: Collection[str], since: Ms, limit: int) -> list[dict[str, Any]]:
    """The alerts of these sites that ring anywhere, raised since then, newest first."""
    return _NEWLY_RINGING.dicts(conn, sites=site_ids, since=since, most=limit) if site_ids else []
