"""What became of a simulated day: ends, loads, waits, and the conversations of whoever left, out of base and watch."""

import statistics
from collections import Counter, defaultdict
from collections.abc import Iterable
from typing import Any, get_args

import msgspec
from sqlalchemy import Connection, func, select

from bench.simulate_day import World
from bench.simulate_watch import Bell, Desk
from chat.tables import conversation, message
from contract.clock import HOUR, MINUTE, SECOND
from contract.names import AlertEnd, Ms
from routing.tables import ASKED, alert

#: The longest that a bell may ring: who wrote waits five minutes, rings once more where somebody came free, and may
#: have lost a minute and a half, and a rung rung afresh, to each time the server was away.
LONGEST: Ms = 300 * SECOND + 2 * 20 * SECOND + 2 * (90 + 25) * SECOND
#: Bells (and conversations) that each of a group had at least, before its loads are compared.
ENOUGH = 20


class Spread(msgspec.Struct):
    """How evenly something went among equals: deviations from the mean of their group, as shares of it. `chance`: what
    the standard deviation would be if each had been sent to one of them by lot."""

    number: int
    deviation: float
    within: float
    worst: float
    chance: float


class Waits(msgspec.Struct):
    """Told against waited, in s. `number`: told and then offered to somebody; `unknown`: told, and gone before that.

    `bias`: told less waited, mean. `twice`: the share that was told no more than twice or less than half of it, to the
    half minute that whole minutes cost.
    """

    number: int
    unknown: int
    mean: float
    error: float
    median: float
    bias: float
    twice: float


class Day(msgspec.Struct):
    """All of it."""

    visits: int
    bells: int
    ends: dict[str, int]
    wrong: dict[str, int]
    first: list[str]
    counts: dict[str, int]
    reached: dict[str, int]
    checked: dict[str, int]
    left: dict[str, int]
    longest: float
    overtaken: float
    by_bells: Spread
    by_talks: Spread
    by_busy: Spread
    first_told: Waits
    all_told: Waits
    strangers: dict[str, float]
    wall: float = 0.0

    @property
    def told_apart(self) -> dict[str, Any]:
        """What has to be the same when the day is lived again."""
        return {name: value for name, value in msgspec.to_builtins(self).items() if name != "wall"}


def read(conn: Connection, world: World) -> Day:
    """After the day."""
    watch = world.watch
    ends: Counter[str] = Counter()
    longest = 0
    for state, outcome, number, most in conn.execute(
        select(alert.c.state, alert.c.outcome, func.count(), func.max(alert.c.ended_at - alert.c.raised_at)).group_by(
            alert.c.state, alert.c.outcome
        )
    ):
        ends[str(outcome or state)] += number
        longest = max(longest, most or 0)
        if state == "ringing" or outcome not in get_args(AlertEnd):
            watch.wrong["has no end"] += number
    if sum(ends.values()) != len(watch.bells):
        watch.broken("a bell that nobody was told of", f"{sum(ends.values())} and {len(watch.bells)}")
    if longest > LONGEST:
        watch.broken("rang for longer than it may", f"{longest} ms")
    events = _events(conn)
    left = _left(conn, events, watch.bells.values())
    if left["nobody and nothing"]:
        watch.wrong["a visitor was left alone"] += left["nobody and nothing"]
    told = [
        (data["alert"], data["minutes"], at)
        for some in events.values()
        for data, at in some
        if data.get("name") == "queue.waiting" and data["minutes"] is not None
    ]
    firsts: dict[str, tuple[str, int, Ms]] = {}
    for one in sorted(told, key=lambda one: one[2]):
        firsts.setdefault(one[0], one)
    desks = list(watch.desks.values())
    return Day(
        visits=world.plan.visits,
        bells=len(watch.bells),
        ends=dict(sorted(ends.items())),
        wrong=dict(watch.wrong),
        first=watch.first,
        counts=dict(sorted(world.counts.items())),
        reached=dict(watch.reached),
        checked=dict(watch.checked),
        left=dict(left),
        longest=longest / SECOND,
        overtaken=watch.overtaken / SECOND,
        by_bells=spread([(one, one.bells) for one in desks]),
        by_talks=spread([(one, one.talks) for one in desks]),
        by_busy=spread([(one, one.busy / MINUTE) for one in desks]),
        first_told=waits(firsts.values(), watch.bells),
        all_told=waits(told, watch.bells),
        strangers=_strangers(watch.bells.values()),
    )


def _events(conn: Connection) -> dict[str, list[tuple[dict[str, Any], Ms]]]:
    found: dict[str, list[tuple[dict[str, Any], Ms]]] = defaultdict(list)
    rows = conn.execute(
        select(message.c.conversation_id, message.c.data, message.c.at)
        .where(message.c.author_kind == "system", message.c.kind == "event")
        .order_by(message.c.conversation_id, message.c.seq)
    )
    for conversation_id, data, at in rows:
        found[conversation_id].append((data, at))
    return found


def _left(conn: Connection, events: dict[str, list[tuple[dict[str, Any], Ms]]], bells: Iterable[Bell]) -> Counter[str]:
    """What became of conversations whose expert left: taken by a colleague, told that nobody is free, or closed; or the
    visitor had gone."""
    about: dict[str, list[str]] = defaultdict(list)
    by_visit: dict[str, list[str]] = defaultdict(list)
    for bell in bells:
        about[bell.row["trigger_id"]].append(str(bell.row["outcome"]))
        by_visit[bell.row["visit_id"]].append(str(bell.row["outcome"]))
    visits = dict(conn.execute(select(conversation.c.id, conversation.c.visit_id)).all())
    found: Counter[str] = Counter()
    for talk, some in events.items():
        names = [data["name"] for data, _ in some]
        for place, name in enumerate(names):
            if name != "expert.left":
                continue
            later = set(names[place + 1 :])
            if "expert.joined" in later:
                found["taken by a colleague"] += 1
            elif later & {"nobody.free", "nobody.callback"}:
                found["told that nobody is free"] += 1
            elif "conversation.closed" in later:
                found["closed"] += 1
            elif "gone" in about[talk] or "gone" in by_visit[visits[talk] or ""]:
                found["the visitor had gone"] += 1
            else:
                found["nobody and nothing"] += 1
    return found


def spread(loads: list[tuple[Desk, float]]) -> Spread:
    """Per hour in which a bell could ring there, so that breaks and accidents do not count."""
    groups: dict[str, list[tuple[Desk, float]]] = defaultdict(list)
    for desk, number in loads:
        if desk.available > 0:
            groups[desk.group].append((desk, number))
    off: list[float] = []
    chance: list[float] = []
    for group in groups.values():
        hours = sum(desk.available for desk, _ in group) / HOUR
        mean = sum(number for _, number in group) / hours
        expected = [mean * desk.available / HOUR for desk, _ in group]
        if not expected or min(expected) < ENOUGH:
            continue
        off += [number / wanted - 1 for (_, number), wanted in zip(group, expected, strict=True)]
        chance += [wanted**-0.5 for wanted in expected]
    if not off:
        return Spread(0, 0.0, 1.0, 0.0, 0.0)
    return Spread(
        number=len(off),
        deviation=round(statistics.fmean(one**2 for one in off) ** 0.5, 4),
        within=round(sum(abs(one) <= 0.1 for one in off) / len(off), 4),
        worst=round(max(max(off), -min(off)), 4),
        chance=round(statistics.fmean(chance), 4),
    )


def waits(told: Iterable[tuple[str, int, Ms]], bells: dict[str, Bell]) -> Waits:
    """Told minutes against the time until somebody with a free place heard the bell."""
    pairs: list[tuple[float, float]] = []
    unknown = 0
    for alert_id, minutes, at in told:
        offered = [when for when, _, _ in bells[alert_id].offers if when >= at]
        if offered:
            pairs.append((minutes * MINUTE / SECOND, (offered[0] - at) / SECOND))
        else:
            unknown += 1
    if not pairs:
        return Waits(0, unknown, 0.0, 0.0, 0.0, 0.0, 1.0)
    off = [said - waited for said, waited in pairs]
    good = sum(waited / 2 - 60 <= said <= 2 * waited + 60 for said, waited in pairs)
    return Waits(
        number=len(pairs),
        unknown=unknown,
        mean=round(statistics.fmean(waited for _, waited in pairs), 1),
        error=round(statistics.fmean(abs(one) for one in off), 1),
        median=round(statistics.median(abs(one) for one in off), 1),
        bias=round(statistics.fmean(off), 1),
        twice=round(good / len(pairs), 3),
    )


def _strangers(bells: Iterable[Bell]) -> dict[str, float]:
    """How long strangers who wrote waited for an answer, in s."""
    found = sorted(
        (bell.row["ended_at"] - bell.row["raised_at"]) / SECOND
        for bell in bells
        if bell.row["customer_id"] is None and bell.row["reason"] == ASKED and bell.row["outcome"] == "accepted"
    )
    if not found:
        return {}
    return {"number": len(found), "median": found[len(found) // 2], "longest": found[-1]}
