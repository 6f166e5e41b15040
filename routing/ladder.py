"""Pure: whom does the bell ring next?

owner -> the expert who last served them -> the expert who knows the topic best -> anyone free, in the site's order. A
rung whose person is away, full, has declined or was silent is passed over. On the rung of anyone everybody who is free
rings, also who was silent before: nobody is forgotten because one missed it.
"""

from functools import lru_cache

import msgspec

from contract.names import RUNGS, Rung
from routing.match import Knows, Match, match

#: So many desks ring at once at most.
DESKS = 20


class Expert(msgspec.Struct, frozen=True, kw_only=True):
    """A candidate, as the choice sees them.

    `absent`: why they cannot hear a bell now (`routing.presence.absent`), or "". `load`: conversations they have;
    `ringing`: bells that ring at their desk. `idle_since` orders equals: who waited longest goes first. `speaks`:
    languages without their countries.
    """

    id: str
    name: str
    absent: str
    load: int
    capacity: int
    idle_since: int
    knows: tuple[Knows, ...]
    speaks: frozenset[str] = frozenset()
    ringing: int = 0


class Asked(msgspec.Struct, frozen=True):
    """Somebody this alert has rung already. `outcome`: declined, silent, why they left, or None while it rings."""

    expert: str
    rung: str
    outcome: str | None


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What a score is made of. `level` 1-5 and `nearness` 0-1 add up to it; `language`: whether they speak the
    visitor's (null: it is not known); `load`: the share of their places that is taken or rings."""

    level: int
    nearness: float
    language: bool | None
    load: float


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a decision. `excluded` is a reason or "", `score` the match with the topic."""

    expert: str
    name: str
    score: float
    excluded: str
    parts: Parts


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """Ring `experts` on `rung`. No experts: nobody can hear it, the alert waits on the last rung. `others`: reason ->
    how many more there are, who were no candidates."""

    rung: Rung
    experts: tuple[str, ...]
    candidates: tuple[Candidate, ...]
    known: tuple[str, ...] | None = None
    level: int | None = None
    others: dict[str, int] = {}


def climbable(order: tuple[Rung, ...], *, known: bool) -> tuple[Rung, ...]:
    """The rungs of an alert. A customer always rings somebody: where the site left "anyone" out, it comes last."""
    return (*order, "anyone") if known and "anyone" not in order else order


def rungs_after(rungs: tuple[Rung, ...], after: Rung | None) -> tuple[Rung, ...]:
    """What is still above. A rung that the site has taken out meanwhile counts where it usually stands."""
    if after is None:
        return rungs
    if after in rungs:
        return rungs[rungs.index(after) + 1 :]
    return tuple(rung for rung in rungs if RUNGS.index(rung) > RUNGS.index(after))


def next_step(
    *,
    after: Rung | None,
    owner: str | None,
    last: str | None,
    topic: tuple[str, ...],
    experts: tuple[Expert, ...],
    asked: tuple[Asked, ...],
    rungs: tuple[Rung, ...] = RUNGS,
    language: str = "",
) -> Step | None:
    """The next rung that has somebody to ring, else the last rung with nobody; None after the last rung."""
    coming = rungs_after(rungs, after)
    if not coming:
        return None
    declined = {one.expert for one in asked if one.outcome == "declined"}
    silent = {one.expert for one in asked if one.outcome in (None, "silent")}
    found = {expert.id: match(topic, expert.knows) for expert in experts}
    free = {expert.id: expert for expert in experts if not _excluded(expert, declined)}
    fresh = {id_: expert for id_, expert in free.items() if id_ not in silent}
    rung = coming[-1]
    chosen: tuple[str, ...] = ()
    for rung in coming:
        person = owner if rung == "owner" else last
        chosen = _ringing_on(rung, person, free if rung == "anyone" else fresh, found, language)
        if chosen:
            break
    passed = silent if rung != "anyone" else set()
    known = found[chosen[0]] if rung == "topic" and chosen else None
    return Step(
        rung=rung,
        experts=chosen,
        candidates=tuple(
            _candidate(expert, found[expert.id], topic, language, _excluded(expert, declined, passed))
            for expert in experts
        ),
        known=known.path if known else None,
        level=known.level if known else None,
    )


def newcomer_step(rung: Rung, expert: Expert, topic: tuple[str, ...], language: str) -> Step:
    """Somebody who has a place again is rung alone, on the rung on which the alert waits."""
    known = match(topic, expert.knows)
    return Step(
        rung=rung,
        experts=(expert.id,),
        candidates=(_candidate(expert, known, topic, language, ""),),
        known=known.path if known else None,
        level=known.level if known else None,
    )


def _ringing_on(
    rung: Rung, person: str | None, free: dict[str, Expert], found: dict[str, Match | None], language: str
) -> tuple[str, ...]:
    """Who rings on this rung, best first. `person`: the one of the rungs that belong to one."""
    if rung in ("owner", "last"):
        return (person,) if person is not None and person in free else ()
    if rung == "anyone":
        idle = sorted(free.values(), key=lambda e: (not _speaks(e, language), e.idle_since, _share(e), e.id))
        return tuple(expert.id for expert in idle[:DESKS])
    best: Expert | None = None
    least: tuple[bool, float, float, int, str] | None = None
    for expert in free.values():
        known = found[expert.id]
        if known is None:
            continue
        key = (not _speaks(expert, language), -known.score, _share(expert), expert.idle_since, expert.id)
        if least is None or key < least:
            best, least = expert, key
    return (best.id,) if best else ()


def _speaks(expert: Expert, language: str) -> bool:
    """Nobody is put behind because we do not know what the visitor speaks."""
    return not language or language in expert.speaks


def _share(expert: Expert) -> float:
    return (expert.load + expert.ringing) / expert.capacity


@lru_cache(maxsize=1_000)
def _share_of(part: int, whole: int) -> float:
    """As it is stored and shown."""
    return round(part / whole, 3)


def _candidate(expert: Expert, known: Match | None, topic: tuple[str, ...], language: str, excluded: str) -> Candidate:
    return Candidate(
        expert=expert.id,
        name=expert.name,
        score=known.level + _share_of(len(known.path), len(topic)) if known else 0.0,
        excluded=excluded,
        parts=Parts(
            level=known.level if known else 0,
            nearness=_share_of(len(known.path), len(topic)) if known else 0.0,
            language=language in expert.speaks if language else None,
            load=_share_of(expert.load + expert.ringing, expert.capacity),
        ),
    )


def _excluded(expert: Expert, declined: set[str], silent: set[str] | frozenset[str] = frozenset()) -> str:
    if expert.absent:
        return expert.absent
    if expert.load >= expert.capacity:
        return "full"
    if expert.id in declined:
        return "declined"
    return "silent" if expert.id in silent else ""
