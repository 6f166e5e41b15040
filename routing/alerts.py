"""The bell: raised, rung up the ladder, ended with a reason. What desks answer: `routing.answers`.

Every function is one part of a transaction of the caller. What it needs of other rooms comes as values (`People`). Each
change counts `version` up; whoever commits it rings the doorbell and sets `announced`, and a sweep finds what was
forgotten.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Connection

from contract.clock import SECOND
from contract.errors import Refused
from contract.facts import CustomerFacts, VisitFacts
from contract.ids import new_id
from contract.ladder import Ladder
from contract.names import AlertEnd, Ms, Rung
from routing import statements as sql
from routing.answers import NOT_AGAIN
from routing.decisions import decide
from routing.firings import became
from routing.importance import Reason, again_reason, free_reason, importance, rung_reason
from routing.ladder import Asked, Step
from routing.match import tongue
from routing.queries import Row, alert_row, rings_of
from routing.queries import asked as asked_of
from routing.tables import ASKED
from routing.triggers import Firing

#: An alert outlives its visitor by this, shown as left (contract 4).
OUTLIVES: Ms = 60 * SECOND
#: A rung whose end was noticed later than this was not heard by anybody: the server was down. It rings once afresh.
LATE: Ms = 5 * SECOND


class People(Protocol):
    """Who could answer: the ladder of the site, and its experts as far as a choice needs to look."""

    ladder: Ladder

    def online(self, most: int) -> int:
        """How many of the site's experts are online; `most` and more are all the same."""

    def step(
        self, *, after: Rung | None, topic: tuple[str, ...], language: str, asked: tuple[Asked, ...], seed: str
    ) -> Step | None:
        """`routing.ladder.next_step` over the candidates. Equals are told apart by `seed`: the alert."""

    def queued(self) -> Step:
        """The last rung, ringing nobody: who stands there is offered in turn."""

    def newcomer(self, expert_id: str, rung: Rung, topic: tuple[str, ...], language: str) -> Step | None:
        """This one alone, who has a place again; None for whoever is no expert of the site any more."""


def raise_alert(
    conn: Connection,
    firing: Firing,
    visit: VisitFacts,
    customer: CustomerFacts | None,
    people: People,
    now: Ms,
    *,
    intent: float | None = None,
    today: int = 1,
    topic: tuple[str, ...] | None = None,
    queued: bool = False,
    passed: Sequence[Reason] | None = None,
) -> str | None:
    """Store the alert of a firing and ring its first rung; None if this occasion has had its alert.

    `intent`, `today`: of `routing.importance`. `topic`: what it is about, if not what the visit has read most.
    `queued`: it rings nobody yet, and waits for its turn. `passed`: a colleague passes on a visitor with whom they
    talk, which matters as much as one who wrote: the reasons, instead of that.
    """
    id_ = new_id()
    reason = firing.name if firing.rule is None or firing.name != ASKED else ASKED.capitalize()  # a trigger called so
    asked = reason == ASKED or passed is not None
    weight = importance(visit, customer, now, asked=asked, intent=intent, today=today)
    topic, language = visit.topic if topic is None else topic, tongue(visit.language)
    step = people.queued() if queued else people.step(after=None, topic=topic, language=language, asked=(), seed=id_)
    assert step is not None, "the ladder has a first rung"
    until = _until(step, reason, people, now, now)
    row = {
        "id": id_,
        "site_id": visit.site,
        "visit_id": visit.id,
        "visitor_id": visit.visitor,
        "customer_id": customer.id if customer else None,
        "trigger_id": firing.trigger,
        "occasion": firing.occasion,
        "reason": reason,
        "importance": weight.value,
        "why": _why_at_first(weight.parts, step, passed),
        "topic": topic,
        "language": language,
        "state": "ringing",
        "outcome": None,
        "rung": step.rung,
        "expert_id": None,
        "raised_at": now,
        "due_at": until,
        "gone_at": gone_at(visit.left_at),
        "ended_at": None,
        "version": 1,
        "announced": 0,
    }
    if not sql.RAISE.one(conn, row):
        return None
    _ring(conn, id_, step.experts, step.rung, now, until)
    decide(conn, row, step, step.experts, now, alert_id=id_)
    return id_


def becomes_question(
    conn: Connection,
    alert_id: str,
    firing: Firing,
    visit: VisitFacts,
    customer: CustomerFacts | None,
    people: People,
    now: Ms,
    *,
    intent: float | None = None,
    today: int = 1,
    topic: tuple[str, ...] | None = None,
) -> bool:
    """Whom this alert is about has written: from now on it is about that, on its rung and at whom it rings by now.

    It is of the visit in which they write. Who writes waits from now on; who wrote before, elsewhere, keeps their turn.
    False if it is over, or somebody holds it: whoever asks may hold a conversation, which comes after alerts.
    """
    held = sql.LOCKED_IF_FREE.first(conn, alert=alert_id)
    if held is None or held["state"] != "ringing":
        return False
    weight = importance(visit, customer, now, asked=True, intent=intent, today=today)
    raised_at = held["raised_at"] if held["reason"] == ASKED else now
    heard = any(one["outcome"] is None for one in rings_of(conn, alert_id))
    sql.BECOMES.change(
        conn,
        alert=alert_id,
        seen_in=visit.id,
        left=gone_at(visit.left_at),
        by=firing.trigger,
        of=firing.occasion,
        known_as=customer.id if customer else held["customer_id"],
        weight=weight.value,
        reasons=[*weight.parts, *(reason for reason in held["why"] if reason[0].startswith("rung_"))],
        about=visit.topic if topic is None else topic,
        since=raised_at,
        until=held["due_at"] if heard else max(held["due_at"], _rest(ASKED, people, raised_at)),
    )
    return True


def follows(conn: Connection, alert_id: str, visit: VisitFacts) -> None:
    """Whom it is about is in this visit now: it ends with their leaving that one. Nothing while somebody holds it."""
    held = sql.LOCKED_IF_FREE.first(conn, alert=alert_id)
    if held is not None and held["state"] == "ringing":
        sql.FOLLOWS.change(conn, alert=alert_id, seen_in=visit.id, left=gone_at(visit.left_at))


def supersede(conn: Connection, alert_id: str, by: str, now: Ms) -> bool:
    """Another bell (`by`) rings for the same person and says more: this one is over, and nobody has missed it. What a
    trigger did by it is found under the question that it became. False if either is over, or somebody holds it."""
    row, other = (sql.LOCKED_IF_FREE.first(conn, alert=one) for one in (alert_id, by))
    if row is None or other is None or (row["state"], other["state"]) != ("ringing", "ringing"):
        return False
    end(conn, alert_id, "superseded", now)
    if other["reason"] == ASKED:
        became(conn, row["visitor_id"], alert_id, by)
    return True


def asked_since(conn: Connection, alert_id: str, at: Ms) -> None:
    """Whoever this was just raised for has waited since then: their turn is that of who came then."""
    sql.SINCE.change(conn, alert=alert_id, since=at)


def hasten(conn: Connection, alert_id: str, until: Ms) -> bool:
    """Its rung is over at that time already. False if it is over by then anyway, or somebody moves it just now."""
    held = sql.LOCKED_IF_FREE.first(conn, alert=alert_id)
    if held is None or held["state"] != "ringing" or held["due_at"] <= until:
        return False
    sql.RUNG.change(conn, alert=alert_id, to=held["rung"], until=until)
    return True


def climb(conn: Connection, alert_id: str, people: People, now: Ms, *, stay_until: Ms | None = None) -> bool:
    """Leave the current rung and ring the next. False: it was the last one, and the alert has ended as expired.

    Whoever wrote waits there as long as the site says, others until `stay_until` if it is given: somebody may come
    free.
    """
    row = _open(conn, alert_id)
    sql.STOP_RINGING.change(conn, alert=alert_id, came_of_it="silent")
    topic, before = tuple(row["topic"]), asked_of(conn, alert_id)
    step = people.step(after=row["rung"], topic=topic, language=row["language"], asked=before, seed=alert_id)
    if step is None:
        if (rest := _rest(row["reason"], people, row["raised_at"])) > now:
            stay_until = rest
        if stay_until is None:
            end(conn, alert_id, "declined" if _all_declined(before) else "expired", now)
            return False
        sql.RUNG.change(conn, alert=alert_id, to=row["rung"], until=stay_until)
        return True
    until = _until(step, row["reason"], people, row["raised_at"], now)
    reasons = _why(row, _rung_reason(step, topic, before))
    sql.CLIMB.change(conn, alert=alert_id, to=step.rung, until=until, reasons=reasons)
    _ring(conn, alert_id, step.experts, step.rung, now, until)
    decide(conn, row, step, step.experts, now, alert_id=alert_id)
    return True


def ring_newcomer(conn: Connection, row: Row, expert_id: str, people: People, now: Ms) -> bool:
    """Somebody came free while nobody could hear this alert: ring them, with a full rung's time. It is a choice, and
    kept as one.

    Not when another process has just rung somebody else. It never waits for a lock, for it may hold one of a desk.
    """
    held = sql.LOCKED_IF_FREE.first(conn, alert=row["id"])
    if held is None or held["state"] != "ringing":
        return False
    rings = rings_of(conn, row["id"])
    mine = [one for one in rings if one["expert_id"] == expert_id]
    if any(one["outcome"] is None for one in rings) or any(one["outcome"] == "declined" for one in mine):
        return False
    rung: Rung = held["rung"] or "anyone"
    step = people.newcomer(expert_id, rung, tuple(held["topic"]), held["language"])
    if step is None:
        return False
    until = now + people.ladder.seconds(rung) * SECOND
    if any(one["rung"] == rung for one in mine):  # they heard it on this rung, left, and are back
        sql.RING_AGAIN.change(conn, alert=row["id"], expert=expert_id, on=rung, now=now, to=until)
    else:
        _ring(conn, row["id"], (expert_id,), rung, now, until)
    reasons = _why(held, free_reason(step.known, step.level))
    sql.CLIMB.change(conn, alert=row["id"], to=rung, until=until, reasons=reasons)
    decide(conn, held, step, step.experts, now, alert_id=row["id"])
    return True


def _all_declined(asked: Sequence[Asked]) -> bool:
    """Whether everybody at whose desk it rang has said no. (Who was only kept from being asked, heard nothing.)"""
    heard = [one for one in asked if one.rung != NOT_AGAIN]
    return bool(heard) and all(one.outcome == "declined" for one in heard)


def _why_at_first(parts: Sequence[Reason], step: Step, passed: Sequence[Reason] | None) -> list[Reason]:
    """The reasons of a new alert; where a colleague passes somebody on to one person, that is why it rings there."""
    own = rung_reason(step.rung, step.known, step.level)
    if passed is None:
        return [*parts, own]
    rest = [part for part in parts if part[0] != ASKED]
    return [*passed, *rest] if any(code.startswith("rung_") for code, _ in passed) else [*passed, *rest, own]


def _why(row: Row, rung: Reason) -> list[Reason]:
    """The reasons of an alert, whose last one is now why it rings where it does."""
    return [*(reason for reason in row["why"] if not reason[0].startswith("rung_")), rung]


def _rung_reason(step: Step, topic: tuple[str, ...], before: tuple[Asked, ...]) -> Reason:
    """Whoever has heard this bell before, and hears it again with everybody who is free, is not told that they are
    nobody's choice."""
    if step.rung == "anyone" and {one.expert for one in before} & set(step.experts):
        return again_reason(topic, [one.parts.level for one in step.candidates if one.expert in step.experts])
    return rung_reason(step.rung, step.known, step.level)


def end(conn: Connection, alert_id: str, reason: AlertEnd, now: Ms) -> None:
    """The bell always ends: with a reason."""
    sql.STOP_RINGING.change(conn, alert=alert_id, came_of_it=reason)
    sql.DECIDED.change(conn, alert=alert_id, came_of_it=reason)
    sql.END.change(conn, alert=alert_id, came_of_it=reason, now=now)


def gone_at(left_at: Ms | None) -> Ms | None:
    """When the bell of a visitor who left at that time ends; None while they are here."""
    return None if left_at is None else left_at + OUTLIVES


def visitor_left(conn: Connection, visit_id: str, left_at: Ms | None) -> list[str]:
    """The visitor left, or is back (None). Returns the alerts that this touched."""
    return sql.LEAVES.scalars(conn, visit=visit_id, at=gone_at(left_at))


def claim_due(conn: Connection, now: Ms, limit: int = 100) -> list[dict[str, Any]]:
    """The alerts whose rung or visitor has run out, locked for this transaction; two processes never get the same."""
    return sql.CLAIM_DUE.dicts(conn, now=now, most=limit)


def ring_afresh(conn: Connection, row: Row, people: People, now: Ms) -> None:
    """The server was down while this rung ran out: the same desks ring once more, for a full time."""
    until = now + people.ladder.seconds(row["rung"]) * SECOND
    sql.RING_LONGER.change(conn, alert=row["id"], now=now, to=until)
    sql.RUNG.change(conn, alert=row["id"], to=row["rung"], until=until)


def announced(conn: Connection, versions: Mapping[str, int]) -> None:
    """The doorbell of these alerts has been rung after they had these versions; a newer one is still to be told."""
    sql.ANNOUNCED.change_all(conn, [{"alert": id_, "told": version} for id_, version in sorted(versions.items())])


def _ring(conn: Connection, alert_id: str, experts: tuple[str, ...], rung: str, now: Ms, until: Ms) -> None:
    rows = [
        {"alert_id": alert_id, "expert_id": one, "rung": rung, "at": now, "until": until, "outcome": None}
        for one in experts
    ]
    if len(rows) == 1:
        sql.RING.change(conn, **rows[0])
    else:
        sql.RING.change_all(conn, rows)


def _until(step: Step, reason: str, people: People, raised_at: Ms, now: Ms) -> Ms:
    """When the rung is over. Whom nobody can hear, and who wrote, waits as long as the site says."""
    rung = now + people.ladder.seconds(step.rung) * SECOND
    return rung if step.experts else max(rung, _rest(reason, people, raised_at))


def _rest(reason: str, people: People, raised_at: Ms) -> Ms:
    """Until when somebody waits for a place: who wrote, and while anybody is at work. Others wait for nothing (0)."""
    return raised_at + people.ladder.wait_seconds * SECOND if reason == ASKED and people.online(1) else 0


def _open(conn: Connection, alert_id: str) -> dict[str, Any]:
    row = alert_row(conn, alert_id)
    if row is None or row["state"] != "ringing":
        raise Refused("alert_over")
    return row
