"""What a supervisor looks at: who talks with whom, who waits, what was missed. Read across the rooms, each question
bounded, however much goes on."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, and_, bindparam, exists, func, literal, not_, or_, select

from access.tables import account, account_site
from chat.queries import UNTOUCHED
from chat.tables import conversation, message
from chat.transfers import REASON as PASSED_ON
from contract.names import Ms
from routing.queries import TURN
from routing.tables import ASKED, RINGING, alert, expert, ring
from store.prepared import Prepared, among

DESKS = 300
TALKS = 500
WAITING = 200
MISSED = 100

#: What became of a ring that its desk left unanswered: nobody took it there in time, or nobody sat there any more, or
#: the visitor did not wait.
UNANSWERED = ("silent", "expired", "gone", "away", "offline")
_ENDS = ("expired", "gone", "declined")

_SEATS = Prepared(
    select(expert, account.c.name)
    .join(account, account.c.id == expert.c.id)
    .where(
        account.c.active,
        account.c.role == "expert",
        expert.c.id.in_(select(account_site.c.account_id).where(account_site.c.site_id == bindparam("site_id"))),
    )
    .order_by(account.c.name, account.c.id)
    .limit(DESKS)
)
#: The expert's last word there, found from the end.
_answered = (
    select(message.c.seq)
    .where(message.c.conversation_id == conversation.c.id, message.c.author_kind == "expert", message.c.kind != "event")
    .order_by(message.c.seq.desc())
    .limit(1)
    .correlate(conversation)
    .scalar_subquery()
)
_waits_since = (
    select(message.c.at)
    .where(
        message.c.conversation_id == conversation.c.id,
        message.c.author_kind == "visitor",
        message.c.seq > func.coalesce(_answered, literal(0)),
    )
    .order_by(message.c.seq)
    .limit(1)
    .correlate(conversation)
    .scalar_subquery()
    .label("waits_since")
)
_TALKS = Prepared(
    select(conversation, _waits_since)
    .where(
        among(conversation.c.expert_id, "experts"),
        conversation.c.state == "open",
        conversation.c.site_id == bindparam("site_id"),
    )
    .order_by(conversation.c.opened_at, conversation.c.id)
    .limit(TALKS)
)
_BELLS = Prepared(
    select(alert)
    .where(alert.c.site_id == bindparam("site_id"), RINGING)
    .order_by(TURN, alert.c.id)
    .limit(bindparam("most"))
)
_RING_NOW = Prepared(
    select(ring.c.alert_id, ring.c.expert_id).where(among(ring.c.alert_id, "alerts"), ring.c.outcome.is_(None))
)
_NOBODYS = Prepared(
    select(conversation, _waits_since)
    .where(
        conversation.c.expert_id.is_(None),
        conversation.c.state == "open",
        conversation.c.last_seq > 0,
        conversation.c.site_id == bindparam("site_id"),
        _waits_since.element.is_not(None),
    )
    .order_by(conversation.c.opened_at, conversation.c.id)
    .limit(bindparam("most"))
)
#: Somebody has talked with them since, which is more than an invitation that a trigger sent and nobody answered.
_TALKED_SINCE = exists().where(
    conversation.c.visitor_id == alert.c.visitor_id,
    conversation.c.site_id == alert.c.site_id,
    conversation.c.accepted_at >= alert.c.raised_at,
    not_(UNTOUCHED),
)
#: A colleague who does not take what is passed on leaves nobody alone: the sender has it still.
_ENDED = and_(
    alert.c.site_id == bindparam("site_id"),
    alert.c.raised_at >= bindparam("since"),
    among(alert.c.outcome, "ends"),
    alert.c.reason != PASSED_ON,
    not_(_TALKED_SINCE),
)
_MISSED = Prepared(select(alert).where(_ENDED).order_by(alert.c.raised_at.desc(), alert.c.id.desc()).limit(MISSED))
_HOW_MANY = Prepared(select(func.count()).select_from(alert).where(_ENDED))
_MISSED_BY = Prepared(
    select(alert, ring.c.rung.label("my_rung"), ring.c.at.label("rang_at"), ring.c.until.label("rang_until"))
    .join(ring, ring.c.alert_id == alert.c.id)
    .where(
        among(alert.c.site_id, "sites"),
        alert.c.raised_at >= bindparam("since"),
        ring.c.expert_id == bindparam("expert_id"),
        among(ring.c.outcome, "outcomes"),
        or_(and_(alert.c.expert_id.is_(None), not_(_TALKED_SINCE)), alert.c.expert_id != bindparam("expert_id")),
        # Not what rings there again on a later rung.
        alert.c.id.not_in(
            select(ring.c.alert_id).where(ring.c.expert_id == bindparam("expert_id"), ring.c.outcome.is_(None))
        ),
    )
    .order_by(alert.c.raised_at.desc(), alert.c.id, ring.c.at.desc())
    .limit(2 * MISSED)
)


def seats(conn: Connection, site_id: str) -> list[dict[str, Any]]:
    """The desks of those who answer at this site, with their names."""
    return _SEATS.dicts(conn, site_id=site_id)


def talks(conn: Connection, site_id: str, expert_ids: Collection[str]) -> list[dict[str, Any]]:
    """Their open conversations at this site, with `waits_since`: since when the visitor's words have no answer."""
    return _TALKS.dicts(conn, site_id=site_id, experts=expert_ids) if expert_ids else []


def bells(conn: Connection, site_id: str) -> list[dict[str, Any]]:
    """The alerts that ring at this site, whose turn it is first."""
    return _BELLS.dicts(conn, site_id=site_id, most=WAITING)


def ring_now(conn: Connection, alert_ids: Collection[str]) -> dict[str, list[str]]:
    """Alert -> the experts at whose desks it rings."""
    found: dict[str, list[str]] = {}
    for alert_id, expert_id in _RING_NOW.rows(conn, alerts=alert_ids) if alert_ids else ():
        found.setdefault(alert_id, []).append(expert_id)
    return found


def nobodys(conn: Connection, site_id: str, but: Collection[str]) -> list[dict[str, Any]]:
    """The open conversations that nobody has, with words that nobody has answered, without those named, longest first.
    `waits_since`: as of `talks`."""
    rows = _NOBODYS.dicts(conn, site_id=site_id, most=WAITING + len(but))
    return [row for row in rows if row["id"] not in but][:WAITING]


def missed(conn: Connection, site_id: str, since: Ms) -> tuple[list[dict[str, Any]], int]:
    """The newest bells since then that ended without anybody, and how many there were. Not of whom somebody has taken
    since."""
    which = {"site_id": site_id, "since": since, "ends": _ENDS}
    return _MISSED.dicts(conn, **which), int(_HOW_MANY.scalar(conn, **which))


def missed_by(conn: Connection, expert_id: str, site_ids: Collection[str], since: Ms) -> list[dict[str, Any]]:
    """Bells raised since then that rang at this desk and were not answered there, the newest first, each once.

    Not those that they declined, that a colleague took while they rang here too, or that they took after all; nor those
    that nobody took, where somebody has taken the visitor since.
    """
    found: dict[str, dict[str, Any]] = {}
    which = {"expert_id": expert_id, "sites": site_ids, "since": since, "outcomes": UNANSWERED}
    for row in _MISSED_BY.dicts(conn, **which):
        found.setdefault(row["id"], row)
    return list(found.values())[:MISSED]


def asked(row: Any) -> bool:
    """Whether this bell is about somebody's words."""
    return bool(row["reason"] == ASKED)
