"""When somebody can be called back, and by whom: tables for the rules, properties for the promises."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import DAY, HOUR, MINUTE, from_rfc3339
from contract.hours import Hours
from contract.names import Ms
from routing.hours import checked, works, works_through
from routing.slots import HORIZON, LEAD, MOST, SLOT, Bookable, Share, first_worked, free_slots, quarter, who, working

MONDAY = "2026-11-23"
OFFICE = {"1": [("09:00", "12:30"), ("13:15", "17:30")], "2": [("09:00", "17:00")]}


def at(text: str) -> Ms:
    return from_rfc3339(text)


def hours(week: dict, zone: str = "Europe/Berlin", off: list[str] | None = None) -> str:
    return checked(Hours(zone=zone, week=week, off=off or []))


def expert(name: str, kept: str | None = None) -> Bookable:
    return Bookable(id=name.lower(), name=name, hours=kept)


ANNA, BORIS = expert("Anna", hours(OFFICE)), expert("Boris", hours({"1": [("10:00", "11:00")]}))


def offered(now: str, people: list[Bookable], taken: set | None = None, most: int = MOST) -> list[str]:
    """ "23 09:15 Anna" for each slot, by the clock of Berlin."""
    zone = ZoneInfo("Europe/Berlin")
    found = free_slots(at(now), people, taken or set(), most)
    return [f"{datetime.fromtimestamp(one.at / 1000, zone):%d %H:%M} {one.expert.name}" for one in found]


@pytest.mark.parametrize(
    ("now", "people", "expected"),
    [
        ("2026-11-23T02:00:00+01:00", [ANNA], ["23 09:00 Anna", "23 09:15 Anna", "23 09:30 Anna"]),
        ("2026-11-23T09:00:00+01:00", [ANNA], ["23 09:15 Anna", "23 09:30 Anna", "23 09:45 Anna"]),
        ("2026-11-23T09:10:00+01:00", [ANNA], ["23 09:15 Anna", "23 09:30 Anna", "23 09:45 Anna"]),
        ("2026-11-23T09:10:01+01:00", [ANNA], ["23 09:30 Anna", "23 09:45 Anna", "23 10:00 Anna"]),
        ("2026-11-23T12:00:00+01:00", [ANNA], ["23 12:15 Anna", "23 13:15 Anna", "23 13:30 Anna"]),
        ("2026-11-23T17:05:00+01:00", [ANNA], ["23 17:15 Anna", "24 09:00 Anna", "24 09:15 Anna"]),
        ("2026-11-23T09:40:00+01:00", [BORIS, ANNA], ["23 09:45 Anna", "23 10:00 Boris", "23 10:15 Boris"]),
        ("2026-11-25T09:00:00+01:00", [ANNA], ["30 09:00 Anna", "30 09:15 Anna", "30 09:30 Anna"]),
        ("2026-11-23T03:00:00+01:00", [expert("Clara")], ["23 03:15 Clara", "23 03:30 Clara", "23 03:45 Clara"]),
        ("2026-11-23T03:00:00+01:00", [], []),
        ("2026-11-23T03:00:00+01:00", [expert("Dora", hours({}))], []),
    ],
    ids=["night", "the first minute", "five minutes ahead", "not less", "lunch", "evening", "who is first", "days off",
         "always", "nobody", "never"],
)  # fmt: skip
def test_the_next_slots_are_those_in_which_somebody_works(now: str, people: list[Bookable], expected: list[str]):
    assert offered(now, people, most=3) == expected


def test_a_promised_slot_goes_to_the_next_of_the_ladder_or_is_not_offered():
    taken = {("anna", at("2026-11-23T09:00:00+01:00")), ("anna", at("2026-11-23T10:00:00+01:00"))}
    assert offered("2026-11-23T08:00:00+01:00", [ANNA, BORIS], taken, 4) == [
        "23 09:15 Anna", "23 09:30 Anna", "23 09:45 Anna", "23 10:00 Boris",
    ]  # fmt: skip


def test_nobody_is_promised_the_last_minutes_of_a_day():
    """A span that ends at twenty past takes no slot that begins at a quarter past."""
    dora = expert("Dora", hours({"1": [("09:05", "09:35"), ("09:40", "10:00")]}))
    assert offered("2026-11-23T08:00:00+01:00", [dora], most=2) == ["23 09:15 Dora", "23 09:45 Dora"]


def test_spans_that_adjoin_are_one_working_time():
    kept = hours({"1": [("09:00", "09:20"), ("09:20", "10:00")]})
    assert works_through(kept, at("2026-11-23T09:15:00+01:00"), at("2026-11-23T09:30:00+01:00"))
    assert not works_through(kept, at("2026-11-23T09:50:00+01:00"), at("2026-11-23T10:05:00+01:00"))


def test_nothing_is_offered_later_than_a_fortnight():
    """Whose only day lies further away is offered at no time."""
    days = [(date(2026, 11, 23) + timedelta(days=n)).isoformat() for n in range(15)]
    dora = expert("Dora", hours({str(day): [("09:00", "10:00")] for day in range(1, 8)}, off=days))
    assert offered("2026-11-23T08:00:00+01:00", [dora]) == []
    assert first_worked(at("2026-11-23T08:00:00+01:00"), [dora]) is None


@pytest.mark.parametrize(
    ("zone", "day"),
    [("Europe/Berlin", "2026-03-29"), ("Europe/Berlin", "2026-10-25"), ("Australia/Lord_Howe", "2026-04-05"),
     ("America/New_York", "2026-03-08"), ("Asia/Kathmandu", "2026-03-29")],
)  # fmt: skip
def test_a_day_on_which_the_clock_is_put_offers_each_quarter_once(zone: str, day: str):
    """23, 25 or 24 and a half hours: as many slots as there are quarters, none twice, none in a missing hour."""
    week = {str(n): [("00:00", "24:00")] for n in range(1, 8)}
    there = ZoneInfo(zone)
    begin = datetime.combine(date.fromisoformat(day), datetime.min.time(), there)
    end = datetime.combine(date.fromisoformat(day) + timedelta(days=1), datetime.min.time(), there)
    first, last = (int(one.astimezone(UTC).timestamp() * 1000) for one in (begin, end))
    found = [one.at for one in free_slots(first - LEAD, [expert("Anna", hours(week, zone))], set(), 110)]
    assert [one for one in found if one < last] == list(range(first, last, SLOT))


@pytest.mark.parametrize(
    ("now", "held", "expected"),
    [
        ("2026-11-23T02:00:00+01:00", 0, ["23 10:00", "23 10:15"]),
        ("2026-11-23T02:00:00+01:00", 1, ["23 10:15", "23 10:30"]),
        ("2026-11-23T02:00:00+01:00", 2, ["30 10:00", "30 10:15"]),
        ("2026-11-23T10:20:00+01:00", 0, ["23 10:30", "23 10:45"]),
        ("2026-11-23T10:35:00+01:00", 0, ["30 10:00", "30 10:15"]),
    ],
    ids=["four quarters", "one is held", "half is held", "what is over counts no more", "the last one is ours"],
)
def test_strangers_have_half_of_what_is_left_of_a_day(now: str, held: int, expected: list[str]):
    """Boris works four quarters on Mondays; what strangers hold of them goes off what they may have."""
    slots = [("boris", at("2026-11-23T10:00:00+01:00") + n * SLOT) for n in range(held)]
    found = free_slots(at(now), [BORIS], set(slots), 2, Share(at(now), slots))
    zone = ZoneInfo("Europe/Berlin")
    assert [f"{datetime.fromtimestamp(one.at / 1000, zone):%d %H:%M}" for one in found] == expected


def test_a_busy_week_hides_no_free_quarter():
    """All of it was promised but one quarter on its last day; and nobody waits for who has not begun yet."""
    always = expert("Clara")
    now = at("2026-11-23T08:00:00+01:00")
    all_of_it = {("clara", one) for one in range(quarter(now), now + 7 * DAY, SLOT)}
    free = max(at_ for _, at_ in all_of_it)
    found = free_slots(now, [always], all_of_it - {("clara", free)}, 1)
    assert [one.at for one in found] == [free]


EARLY, LATE = expert("Early"), expert("Late", hours({"2": [("15:00", "16:00")]}))
OFFERS = [
    ("theirs is later than all others", LATE, set(), 3, ["23 09:15 Early", "23 09:30 Early", "24 15:00 Late"]),
    ("theirs is among them", EARLY, set(), 3, ["23 09:15 Early", "23 09:30 Early", "23 09:45 Early"]),
    ("theirs has no time left", LATE, {15, 30, 45, 0}, 3, ["23 09:15 Early", "23 09:30 Early", "23 09:45 Early"]),
    ("one is asked for: the next", LATE, set(), 1, ["23 09:15 Early"]),
    ("they know nobody", None, set(), 3, ["23 09:15 Early", "23 09:30 Early", "23 09:45 Early"]),
]


@pytest.mark.parametrize(
    ("own", "taken", "most", "expected"), [one[1:] for one in OFFERS], ids=[one[0] for one in OFFERS]
)
def test_whom_they_know_is_offered_however_late_they_begin(
    own: Bookable | None, taken: set[int], most: int, expected: list[str]
):
    people = [own, *(one for one in (EARLY, LATE) if one != own)] if own else [EARLY, LATE]
    weeks = [at("2026-11-24T15:00:00+01:00") + week * 7 * DAY for week in range(3)]
    promised = {("late", begin + minute * MINUTE) for minute in taken for begin in weeks}
    found = free_slots(at("2026-11-23T09:00:00+01:00"), people, promised, most, own=own)
    there = ZoneInfo("Europe/Berlin")
    assert [f"{datetime.fromtimestamp(one.at / 1000, there):%d %H:%M} {one.expert.name}" for one in found] == expected


# --- properties -------------------------------------------------------------------------------------------------------

ZONES = ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Chatham"]
CLOCKS = st.integers(0, 24 * 12 - 1).map(lambda n: f"{n // 12:02d}:{n % 12 * 5:02d}")


@st.composite
def people(draw: st.DrawFn) -> list[Bookable]:
    found = []
    for number in range(draw(st.integers(1, 4))):
        kept = None
        if draw(st.integers(0, 4)):
            week = {}
            for day in draw(st.sets(st.integers(1, 7), max_size=4)):
                first, last = draw(CLOCKS), draw(CLOCKS)
                if first < last:
                    week[str(day)] = [(first, last)]
            off = [f"2026-{month:02d}-{day:02d}" for month, day in draw(st.sets(DAYS, max_size=3))]
            kept = hours(week, draw(st.sampled_from(ZONES)), off)
        found.append(expert(f"Expert{number}", kept))
    return found


DAYS = st.tuples(st.sampled_from([3, 10, 11]), st.integers(1, 28))
#: Around the days on which clocks are put forward and back, and elsewhere.
NOWS = st.one_of(
    st.integers(at("2026-03-20T00:00:00Z"), at("2026-04-10T00:00:00Z")),
    st.integers(at("2026-10-20T00:00:00Z"), at("2026-11-10T00:00:00Z")),
)


@given(NOWS, people(), st.data())
def test_a_slot_lies_in_working_hours_is_nobody_elses_and_is_not_over(
    now: Ms, crew: list[Bookable], data: st.DataObject
):
    """Whatever the hours, the zones, the days off and what was promised before."""
    open_slots = [one.at for one in free_slots(now, crew, set(), 30)]
    promises = st.tuples(st.sampled_from([one.id for one in crew]), st.sampled_from(open_slots or [0]))
    taken = data.draw(st.sets(promises, max_size=20))
    found = free_slots(now, crew, taken)
    times = [one.at for one in found]
    assert len(found) <= MOST
    assert times == sorted(set(times))
    for one in found:
        assert now + LEAD <= one.at <= now + HORIZON
        assert (one.expert.id, one.at) not in taken
        minutes = range(one.at, one.at + SLOT, MINUTE)
        assert all(works(one.expert.hours, minute) for minute in minutes)
        for zone in ZONES:
            assert datetime.fromtimestamp(one.at / 1000, ZoneInfo(zone)).minute % 15 == 0
        better = crew[: crew.index(one.expert)]
        assert who(one.at, better, taken) is None


@given(NOWS, people(), st.data())
def test_by_days_the_same_is_found_as_quarter_by_quarter(now: Ms, crew: list[Bookable], data: st.DataObject):
    """With what was promised, and with what strangers may have."""
    first = quarter(now + LEAD)
    quarters = list(range(first, first + 3 * DAY, SLOT))
    promises = st.tuples(st.sampled_from([one.id for one in crew]), st.sampled_from(quarters))
    taken = data.draw(st.sets(promises, max_size=40))
    share = data.draw(st.sampled_from([None, Share(now, taken)]))
    one_by_one = [(one, expert) for one in quarters if (expert := who(one, crew, taken, share)) is not None]
    found = free_slots(now, crew, taken, len(one_by_one), share) if one_by_one else []
    assert [(one.at, one.expert) for one in found] == one_by_one


@given(NOWS, people())
def test_no_quarter_between_two_slots_could_have_been_had(now: Ms, crew: list[Bookable]):
    """They are the next ones: nothing is passed over."""
    found = [one.at for one in free_slots(now, crew, set())]
    last = found[-1] if found else now + 3 * DAY
    could = [one for one in range(quarter(now + LEAD), min(last, now + 3 * DAY) + 1, SLOT) if working(one, crew)]
    assert could == [one for one in found if one <= now + 3 * DAY]


@given(NOWS, people())
def test_taking_slot_after_slot_promises_nothing_twice(now: Ms, crew: list[Bookable]):
    """As visitors do, one after the other: each gets the first that is free."""
    taken: set[tuple[str, Ms]] = set()
    for _ in range(12):
        found = free_slots(now, crew, taken, 1)
        if not found:
            break
        promise = (found[0].expert.id, found[0].at)
        assert promise not in taken
        taken.add(promise)


@given(st.integers(0, 2**42))
def test_a_quarter_is_the_first_at_or_after_a_moment(moment: Ms):
    assert 0 <= quarter(moment) - moment < SLOT
    assert quarter(moment) % (HOUR // 4) == 0
