"""The simulated day in short, on both bases: every bell ends, nobody is rung in vain; the day would show it if not."""

from collections.abc import Callable

import pytest

import routing.ladder
import service.flows.people
from bench.simulate import live
from bench.simulate_plan import Plan
from contract.clock import MINUTE

SHORT = Plan(visits=1_200, topics=5, length=45 * MINUTE, deaths=2, downs=2)
TINY = Plan(visits=250, topics=1, length=20 * MINUTE, deaths=1, downs=1)


@pytest.mark.timeout(240)
async def test_on_a_day_with_silence_and_crashes_every_bell_ends_and_no_promise_is_broken(fresh_database_url: str):
    """Shifts, breaks, laptops that die, a server that is away; each bell looked at after each commit."""
    day = await live(fresh_database_url, SHORT, 1)
    assert day.wrong == {}, day.first
    assert {"accepted", "expired", "gone"} <= set(day.ends) <= {"accepted", "declined", "expired", "gone"}
    assert sum(day.ends.values()) == day.bells > 400
    happened = ("times down", "laptops that died", "declines", "talks in which nobody appeared", "talks left", "wrote")
    assert min(day.counts[what] for what in happened) > 0
    assert min(day.reached["owner"], day.reached["last"], day.checked["turns"], day.left["taken by a colleague"]) > 0
    assert day.first_told.number > 0


async def test_the_same_seed_is_the_same_day(new_database: Callable[[str], str]):
    """And another seed is another one."""
    days = [await live(new_database("sqlite"), TINY, seed) for seed in (3, 3, 4)]
    assert days[0].told_apart == days[1].told_apart != days[2].told_apart


async def test_the_day_shows_when_somebody_is_rung_who_is_not_there(
    new_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
):
    """Whoever is away is taken for present."""
    monkeypatch.setattr(service.flows.people, "absent", lambda desk, now: "")
    day = await live(new_database("sqlite"), TINY, 1)
    assert any(promise.startswith("rang at somebody") for promise in day.wrong)


async def test_the_day_shows_when_a_rung_rings_at_two(
    new_database: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
):
    """The ladder that rings everybody at once, on whatever rung."""

    def everybody(rung: str, person: str | None, free: dict[str, object], *_: object) -> tuple[str, ...]:
        return tuple(free)

    monkeypatch.setattr(routing.ladder, "_ringing_on", everybody)
    day = await live(new_database("sqlite"), TINY, 1)
    assert day.wrong["rings two at once on one rung"] > 0
