"""The bell: raised, rung up the ladder, taken by one, or ended with a reason.

Every function is one part of a transaction of the caller. What it needs of other rooms comes as values (`People`). Each
change counts `version` up; whoever commits it rings the doorbell and sets `announced`, and a sweep finds what was
forgotten.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from sqlalchemy import Connection, and_, bindparam, insert, or_, select, update

from access.tables import account, account_site
from contract.clock import SECOND
from contract.errors import Refused
from contract.facts import CustomerFacts, VisitFacts
from contract.ids import new_id
from contract.ladder import Ladder
from contract.names import AlertEnd, Ms, Rung
from routing.do import acted
from routing.importance import Reason, again_reason, free_reason, importance, rung_reason
from routing.ladder import Asked, Step
from routing.match import tongue
from routing.queries import Row, alert_row, asked, rings_of
from routing.tables import RINGING, alert, decision, expert, ring
from routing.triggers import Firing
from store.prepared import InsertNew, Prepared

#: An alert outlives its visitor by this, shown as left (contract 4).
OUTLIVES: Ms = 60 * SECOND
#: A rung whose end was noticed later than this was not heard by anybody: the server was down. It rings once afresh.
LATE: Ms = 5 * SECOND
#: A decision keeps so many candidates by name, those who were chosen first; the others it counts.
SHOWN = 64
#: The reason of an alert that no trigger raised: the visitor wrote, and nobody has this conversation.
ASKED = "asked"
#: The rung of a ring that never rang: it keeps somebody from being asked.
NOT_AGAIN = "left"

_SAME = alert.c.id == bindparam("alert")
_NEWER = alert.c.version + 1
_OPEN_RINGS = and_(ring.c.alert_id == bindparam("alert"), ring.c.outcome.is_(None))

_RAISE = InsertNew(alert)
_RING = Prepared(insert(ring))
_RING_NEW = InsertNew(ring)
_DECIDE = Prepared(insert(decision))
_DECIDED = Prepared(
    update(decision)
    .where(decision.c.alert_id == bindparam("alert"), decision.c.outcome == "ringing")
    .values(outcome=bindparam("came_of_it"))
)
_LOCKED = Prepared(select(alert).where(_SAME).with_for_update())
_LOCKED_IF_FREE = Prepared(select(alert).where(_SAME).with_for_update(skip_locked=True))
#: Whoever changes a person holds their account, then their desk. The sites are looked at once it is held.
_HELD_ACCOUNT = Prepared(
    select(account.c.id)
    .where(account.c.id == bindparam("expert"), account.c.active, account.c.role == "expert")
    .with_for_update(read=True)
)
_AT_SITE = Prepared(
    select(account_site.c.site_id).where(
        account_site.c.account_id == bindparam("expert"), account_site.c.site_id == bindparam("site")
    )
)
_LOCKED_DESK = Prepared(select(expert).where(expert.c.id == bindparam("expert")).with_for_update())
_CLAIM_DUE = Prepared(
    select(alert)
    .where(RINGING, or_(alert.c.due_at <= bindparam("now"), alert.c.gone_at <= bindparam("now")))
    .order_by(alert.c.due_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
#: Never waits: it comes after other locks. An alert that somebody holds is being moved by them.
_RINGING_AT = Prepared(
    select(alert)
    .where(
        RINGING,
        alert.c.id.in_(
            select(ring.c.alert_id).where(ring.c.expert_id == bindparam("expert"), ring.c.outcome.is_(None))
        ),
    )
    .order_by(alert.c.id)
    .with_for_update(skip_locked=True)
)
_LEFT = Prepared(
    update(ring).where(_OPEN_RINGS, ring.c.expert_id == bindparam("expert")).values(outcome=bindparam("came_of_it"))
)
_RING_AGAIN = Prepared(
    update(ring)
    .where(
        ring.c.alert_id == bindparam("alert"),
        ring.c.expert_id == bindparam("expert"),
        ring.c.rung == bindparam("on"),
    )
    .values(outcome=None, at=bindparam("now"), until=bindparam("to"))
)
_BUSY = Prepared(update(expert).where(expert.c.id == bindparam("expert")).values(busy=bindparam("full")))
_STOP_RINGING = Prepared(update(ring).where(_OPEN_RINGS).values(outcome=bindparam("came_of_it")))
_RING_LONGER = Prepared(update(ring).where(_OPEN_RINGS).values(at=bindparam("now"), until=bindparam("to")))
_ANSWERED = Prepared(
    update(ring)
    .where(ring.c.alert_id == bindparam("alert"), ring.c.expert_id == bindparam("expert"))
    .values(outcome=bindparam("came_of_it"))
)
_ACCEPTED_HERE = Prepared(
    update(ring)
    .where(
        ring.c.alert_id == bindparam("alert"),
        ring.c.expert_id == bindparam("expert"),
        ring.c.rung == bindparam("on"),
    )
    .values(outcome="accepted")
)
_CLIMB = Prepared(
    update(alert)
    .where(_SAME)
    .values(rung=bindparam("to"), due_at=bindparam("until"), why=bindparam("reasons"), version=_NEWER)
)
_RUNG = Prepared(update(alert).where(_SAME).values(rung=bindparam("to"), due_at=bindparam("until"), version=_NEWER))
_BECOMES = Prepared(
    update(alert)
    .where(_SAME)
    .values(
        reason=ASKED,
        trigger_id=bindparam("by"),
        occasion=bindparam("of"),
        customer_id=bindparam("known_as"),
        importance=bindparam("weight"),
        why=bindparam("reasons"),
        topic=bindparam("about"),
        raised_at=bindparam("since"),
        due_at=bindparam("until"),
        version=_NEWER,
    )
)
_CHANGED = Prepared(update(alert).where(_SAME).values(version=_NEWER))
_ACCEPT = Prepared(
    update(alert)
    .where(_SAME)
    .values(
        state="accepted",
        outcome="accepted",
        expert_id=bindparam("expert"),
        ended_at=bindparam("now"),
        version=_NEWER,
    )
)
_ASSIGNED = Prepared(
    update(expert)
    .where(expert.c.id == bindparam("expert"))
    .values(assigned_at=bindparam("now"), busy=bindparam("full"), missed=0)
)
_END = Prepared(
    update(alert)
    .where(_SAME, RINGING)
    .values(state="ended", outcome=bindparam("came_of_it"), ended_at=bindparam("now"), version=_NEWER)
)
_LEAVES = Prepared(
    update(alert)
    .where(alert.c.visit_id == bindparam("visit"), RINGING, alert.c.gone_at.is_distinct_from(bindparam("at")))
    .values(gone_at=bindparam("at"), version=_NEWER)
    .returning(alert.c.id)
)
_ANNOUNCED = Prepared(
    update(alert).where(_SAME, alert.c.announced < bindparam("told")).values(announced=bindparam("told"))
)


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
) -> str | None:
    """Store the alert of a firing and ring its first rung; None if this occasion has had its alert.

    `intent`, `today`: of `routing.importance`. `topic`: what it is about, if not what the visit has read most.
    `queued`: it rings nobody yet, and waits for its turn.
    """
    id_ = new_id()
    reason = firing.name if firing.rule is None or firing.name != ASKED else ASKED.capitalize()  # a trigger called so
    weight = importance(visit, customer, now, asked=reason == ASKED, intent=intent, today=today)
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
        "why": [*weight.parts, rung_reason(step.rung, step.known, step.level)],
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
    if not _RAISE.one(conn, row):
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

    Who writes waits from now on; who wrote before, elsewhere, keeps their turn. False if it is over, or somebody holds
    it: whoever asks may hold a conversation, which comes after alerts.
    """
    held = _LOCKED_IF_FREE.first(conn, alert=alert_id)
    if held is None or held["state"] != "ringing":
        return False
    weight = importance(visit, customer, now, asked=True, intent=intent, today=today)
    raised_at = held["raised_at"] if held["reason"] == ASKED else now
    heard = any(one["outcome"] is None for one in rings_of(conn, alert_id))
    _BECOMES.change(
        conn,
        alert=alert_id,
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


def hasten(conn: Connection, alert_id: str, until: Ms) -> bool:
    """Its rung is over at that time already. False if it is over by then anyway, or somebody moves it just now."""
    held = _LOCKED_IF_FREE.first(conn, alert=alert_id)
    if held is None or held["state"] != "ringing" or held["due_at"] <= until:
        return False
    _RUNG.change(conn, alert=alert_id, to=held["rung"], until=until)
    return True


def climb(conn: Connection, alert_id: str, people: People, now: Ms, *, stay_until: Ms | None = None) -> bool:
    """Leave the current rung and ring the next. False: it was the last one, and the alert has ended as expired.

    Whoever wrote waits there as long as the site says, others until `stay_until` if it is given: somebody may come
    free.
    """
    row = _open(conn, alert_id)
    _STOP_RINGING.change(conn, alert=alert_id, came_of_it="silent")
    topic, before = tuple(row["topic"]), asked(conn, alert_id)
    step = people.step(after=row["rung"], topic=topic, language=row["language"], asked=before, seed=alert_id)
    if step is None:
        if (rest := _rest(row["reason"], people, row["raised_at"])) > now:
            stay_until = rest
        if stay_until is None:
            end(conn, alert_id, "expired", now)
            return False
        _RUNG.change(conn, alert=alert_id, to=row["rung"], until=stay_until)
        return True
    until = _until(step, row["reason"], people, row["raised_at"], now)
    reasons = _why(row, _rung_reason(step, topic, before))
    _CLIMB.change(conn, alert=alert_id, to=step.rung, until=until, reasons=reasons)
    _ring(conn, alert_id, step.experts, step.rung, now, until)
    decide(conn, row, step, step.experts, now, alert_id=alert_id)
    return True


def ring_newcomer(conn: Connection, row: Row, expert_id: str, people: People, now: Ms) -> bool:
    """Somebody came free while nobody could hear this alert: ring them, with a full rung's time. It is a choice, and
    kept as one.

    Not when another process has just rung somebody else. It never waits for a lock, for it may hold one of a desk.
    """
    held = _LOCKED_IF_FREE.first(conn, alert=row["id"])
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
        _RING_AGAIN.change(conn, alert=row["id"], expert=expert_id, on=rung, now=now, to=until)
    else:
        _ring(conn, row["id"], (expert_id,), rung, now, until)
    reasons = _why(held, free_reason(step.known, step.level))
    _CLIMB.change(conn, alert=row["id"], to=rung, until=until, reasons=reasons)
    decide(conn, held, step, step.experts, now, alert_id=row["id"])
    return True


def _why(row: Row, rung: Reason) -> list[Reason]:
    """The reasons of an alert, whose last one is now why it rings where it does."""
    return [*(reason for reason in row["why"] if not reason[0].startswith("rung_")), rung]


def _rung_reason(step: Step, topic: tuple[str, ...], before: tuple[Asked, ...]) -> Reason:
    """Whoever has heard this bell before, and hears it again with everybody who is free, is not told that they are
    nobody's choice."""
    if step.rung == "anyone" and {one.expert for one in before} & set(step.experts):
        return again_reason(topic, [one.parts.level for one in step.candidates if one.expert in step.experts])
    return rung_reason(step.rung, step.known, step.level)


def leave(conn: Connection, expert_id: str, reason: str) -> list[tuple[Row, bool]]:
    """Nobody at this desk can take a bell any more: it falls silent there. Returns each alert that rang, and whether
    nobody else hears it now. What somebody is just answering elsewhere is left to them (and to the next look)."""
    left: list[tuple[Row, bool]] = []
    for row in _RINGING_AT.dicts(conn, expert=expert_id):
        _LEFT.change(conn, alert=row["id"], expert=expert_id, came_of_it=reason)
        _CHANGED.change(conn, alert=row["id"])
        left.append((row, all(one["outcome"] is not None for one in rings_of(conn, row["id"]))))
    return left


def count_places(conn: Connection, expert_id: str, *, busy: bool) -> None:
    """Remember whether all places of this desk are taken."""
    _BUSY.change(conn, expert=expert_id, full=int(busy))


def accept(conn: Connection, alert_id: str, expert_id: str, load: Callable[[], int], now: Ms) -> Row:
    """Exactly one expert takes the alert. Locks alert, then expert, always in that order.

    `load()` counts what the expert has now; it is asked once the expert's row is held, so two accepts cannot both find
    the last place free. A bell that was silent here on an earlier rung may still be taken. Refused: not_found (never
    rang here, or is no business of theirs any more), alert_over, not_online, desk_full.
    """
    row, _ = _held_for(conn, alert_id, expert_id)
    desk = _LOCKED_DESK.first(conn, expert=expert_id)
    assert desk is not None, "who was rung has a desk"
    if desk["status"] == "offline":
        raise Refused("not_online")
    held = load()
    if held >= desk["capacity"]:
        raise Refused("desk_full")
    _ACCEPTED_HERE.change(conn, alert=alert_id, expert=expert_id, on=row["rung"])
    _STOP_RINGING.change(conn, alert=alert_id, came_of_it="taken")
    _ASSIGNED.change(conn, expert=expert_id, now=now, full=int(held + 1 >= desk["capacity"]))
    _DECIDED.change(conn, alert=alert_id, came_of_it=f"accepted:{expert_id}")
    _ACCEPT.change(conn, alert=alert_id, expert=expert_id, now=now)
    return row


def decline(conn: Connection, alert_id: str, expert_id: str) -> bool:
    """This expert will not; they are not asked again for this alert. True if nobody else hears this rung now.

    Refused: not_found, alert_over, as `accept`.
    """
    _, rings = _held_for(conn, alert_id, expert_id)
    _ANSWERED.change(conn, alert=alert_id, expert=expert_id, came_of_it="declined")
    acted(conn, expert_id)
    _CHANGED.change(conn, alert=alert_id)
    return all(one["expert_id"] == expert_id or one["outcome"] is not None for one in rings)


def _held_for(conn: Connection, alert_id: str, expert_id: str) -> tuple[Row, list[dict[str, Any]]]:
    """A ringing alert that has rung at this desk, held, and its rings. Refused: not_found, alert_over."""
    row = _LOCKED.first(conn, alert=alert_id)
    rings = rings_of(conn, alert_id)
    if row is None or not any(one["expert_id"] == expert_id and one["rung"] != NOT_AGAIN for one in rings):
        raise Refused("not_found")
    if not _HELD_ACCOUNT.rows(conn, expert=expert_id) or not _AT_SITE.rows(conn, expert=expert_id, site=row["site_id"]):
        raise Refused("not_found")
    if row["state"] != "ringing":
        raise Refused("alert_over")
    return row, rings


def not_again(conn: Connection, alert_id: str, expert_id: str, now: Ms) -> None:
    """This expert is not asked for this alert, whenever they come free: it is about whom they just left."""
    row = {"alert_id": alert_id, "expert_id": expert_id, "rung": NOT_AGAIN, "at": now, "until": now}
    _RING_NEW.one(conn, {**row, "outcome": "declined"})


def end(conn: Connection, alert_id: str, reason: AlertEnd, now: Ms) -> None:
    """The bell always ends: with a reason."""
    _STOP_RINGING.change(conn, alert=alert_id, came_of_it=reason)
    _DECIDED.change(conn, alert=alert_id, came_of_it=reason)
    _END.change(conn, alert=alert_id, came_of_it=reason, now=now)


def gone_at(left_at: Ms | None) -> Ms | None:
    """When the bell of a visitor who left at that time ends; None while they are here."""
    return None if left_at is None else left_at + OUTLIVES


def visitor_left(conn: Connection, visit_id: str, left_at: Ms | None) -> list[str]:
    """The visitor left, or is back (None). Returns the alerts that this touched."""
    return _LEAVES.scalars(conn, visit=visit_id, at=gone_at(left_at))


def claim_due(conn: Connection, now: Ms, limit: int = 100) -> list[dict[str, Any]]:
    """The alerts whose rung or visitor has run out, locked for this transaction; two processes never get the same."""
    return _CLAIM_DUE.dicts(conn, now=now, most=limit)


def ring_afresh(conn: Connection, row: Row, people: People, now: Ms) -> None:
    """The server was down while this rung ran out: the same desks ring once more, for a full time."""
    until = now + people.ladder.seconds(row["rung"]) * SECOND
    _RING_LONGER.change(conn, alert=row["id"], now=now, to=until)
    _RUNG.change(conn, alert=row["id"], to=row["rung"], until=until)


def announced(conn: Connection, versions: Mapping[str, int]) -> None:
    """The doorbell of these alerts has been rung after they had these versions; a newer one is still to be told."""
    _ANNOUNCED.change_all(conn, [{"alert": id_, "told": version} for id_, version in sorted(versions.items())])


def _ring(conn: Connection, alert_id: str, experts: tuple[str, ...], rung: str, now: Ms, until: Ms) -> None:
    rows = [
        {"alert_id": alert_id, "expert_id": one, "rung": rung, "at": now, "until": until, "outcome": None}
        for one in experts
    ]
    if len(rows) == 1:
        _RING.change(conn, **rows[0])
    else:
        _RING.change_all(conn, rows)


def _until(step: Step, reason: str, people: People, raised_at: Ms, now: Ms) -> Ms:
    """When the rung is over. Whom nobody can hear, and who wrote, waits as long as the site says."""
    rung = now + people.ladder.seconds(step.rung) * SECOND
    return rung if step.experts else max(rung, _rest(reason, people, raised_at))


def _rest(reason: str, people: People, raised_at: Ms) -> Ms:
    """Until when somebody waits for a place: who wrote, and while anybody is at work. Others wait for nothing (0)."""
    return raised_at + people.ladder.wait_seconds * SECOND if reason == ASKED and people.online(1) else 0


def decide(
    conn: Connection,
    of: Row,
    step: Step,
    chosen: tuple[str, ...],
    now: Ms,
    *,
    alert_id: str | None = None,
    firing_id: str | None = None,
    outcome: str = "",
) -> None:
    """Keep a choice: for an alert, or for a firing that rings nobody. `of`: its site_id and visit_id."""
    shown = sorted(step.candidates, key=lambda one: one.expert not in chosen)[:SHOWN]
    _DECIDE.change(
        conn,
        id=new_id(),
        site_id=of["site_id"],
        alert_id=alert_id,
        firing_id=firing_id,
        visit_id=of["visit_id"],
        rung=step.rung,
        at=now,
        chosen=chosen,
        candidates=shown,
        others=dict(Counter(one.excluded or "behind" for one in step.candidates[SHOWN:])) | step.others,
        outcome=outcome or ("ringing" if chosen else "nobody"),
    )


def _open(conn: Connection, alert_id: str) -> dict[str, Any]:
    row = alert_row(conn, alert_id)
    if row is None or row["state"] != "ringing":
        raise Refused("alert_over")
    return row
