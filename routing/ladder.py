"""Pure: whom does the bell ring next?

owner -> the expert who last served them -> the expert who knows the topic best -> anyone free. A rung whose person is
away, full, has declined or was silent is passed over. On the last rung everybody who is free rings, also who was
silent before: nobody is forgotten because one missed it.
"""

import msgspec

from contract.names import RUNGS, Rung
from routing.match import Knows, match


class Expert(msgspec.Struct, frozen=True, kw_only=True):
    """An expert of the site, as the choice sees them. `idle_since` orders equals: who waited longest goes first."""

    id: str
    name: str
    online: bool
    load: int
    capacity: int
    idle_since: int
    knows: tuple[Knows, ...]


class Asked(msgspec.Struct, frozen=True):
    """Somebody this alert has rung already. `outcome`: declined, silent, or None while it rings."""

    expert: str
    rung: str
    outcome: str | None


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a decision. `excluded` is a reason or "", `score` the match with the topic."""

    expert: str
    name: str
    score: float
    excluded: str


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Ring `experts` on `rung`. No experts: nobody can hear it, the alert waits on the last rung."""

    rung: Rung
    experts: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    known: tuple[str, ...] | None = None
    level: int | None = None


def next_step(
    *,
    after: Rung | None,
    owner: str | None,
    last: str | None,
    topic: tuple[str, ...],
    experts: tuple[Expert, ...],
    asked: tuple[Asked, ...],
) -> Step | None:
    """The next rung that has somebody to ring, else the last rung with nobody; None after the last rung."""
    if after == RUNGS[-1]:
        return None
    silent = {one.expert for one in asked if one.outcome != "declined"}
    declined = {one.expert for one in asked if one.outcome == "declined"}
    free = {expert.id: expert for expert in experts if not _excluded(expert, declined)}
    found = {expert.id: match(topic, expert.knows) for expert in experts}
    candidates = tuple(
        Candidate(
            expert=expert.id,
            name=expert.name,
            score=round(known.score, 3) if (known := found[expert.id]) else 0.0,
            excluded=_excluded(expert, declined),
        )
        for expert in experts
    )
    for rung in RUNGS[RUNGS.index(after) + 1 if after else 0 :]:
        if rung == "anyone":
            return Step(rung=rung, experts=tuple(sorted(free)), candidates=candidates)
        if rung == "topic":
            known_free = [e for e in free.values() if found[e.id] and e.id not in silent]
            if not known_free:
                continue
            best = min(known_free, key=lambda e: (-found[e.id].score, e.load, e.idle_since, e.id))  # type: ignore[union-attr]
            knows = found[best.id]
            return Step(
                rung=rung,
                experts=(best.id,),
                candidates=candidates,
                known=knows.path if knows else None,
                level=knows.level if knows else None,
            )
        person = owner if rung == "owner" else last
        if person in free and person not in silent:
            return Step(rung=rung, experts=(person,), candidates=candidates)
    raise AssertionError("the last rung always answers")


def _excluded(expert: Expert, declined: set[str]) -> str:
    if not expert.online:
        return "offline"
    if expert.load >= expert.capacity:
        return "full"
    return "declined" if expert.id in declined else ""
