"""May a bell ring at this desk? And when does somebody work: exact by the clock of their place."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.clock import DAY, MINUTE
from contract.errors import Refused
from contract.hours import Hours
from contract.names import Ms
from routing.hours import checked, ended_since, next_begin, next_start, read_hours, works
from routing.presence import Sitting, absent, overtime_until, wakes_at

OFFICE = {"zone": "Europe/Berlin", "week": {day: [["09:00", "12:00"], ["13:00", "17:30"]] for day in "12345"}}


def ms(text: str) -> Ms:
    """A moment of UTC, such as 2026-03-29 00:30."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


def kept(hours: dict[str, Any]) -> str:
    return checked(msgspec.convert(hours, Hours))


def desk(**changes: Any) -> Sitting:
    """Anna, online without hours and rested, at 1000."""
    online = Sitting(status="online", lease_until=2000, status_at=0, hours=None, rest_until=0)
    return online._replace(**changes)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, ""),
        ({"status": "offline"}, "offline"),
        ({"lease_until": 1000}, "offline"),
        ({"status": "away", "lease_until": 999}, "offline"),
        ({"status": "away"}, "away"),
        ({"rest_until": 1001}, "breathing"),
        ({"rest_until": 1000}, ""),
        ({"hours": kept({"zone": "UTC", "week": {}})}, ""),
    ],
)
def test_a_bell_rings_where_somebody_is_and_is_rested(changes: dict[str, Any], expected: str) -> None:
    """The first reason why not, by the lease, by their word, by the clock."""
    assert absent(desk(**changes), 1000) == expected


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        ("2026-11-23 09:00", "2026-11-23 10:00", ""),  # Monday, 11:00 in Berlin
        ("2026-11-23 09:00", "2026-11-23 11:00", "hours"),  # 12:00: the morning is over
        ("2026-11-23 09:00", "2026-11-23 12:00", ""),  # 13:00: the afternoon begins by itself
        ("2026-11-23 11:15", "2026-11-23 11:30", ""),  # said so at lunch: holds through the afternoon
        ("2026-11-23 11:15", "2026-11-23 16:30", "hours"),
        ("2026-11-23 19:00", "2026-11-24 02:00", ""),  # overtime: holds until the next end
        ("2026-11-23 19:00", "2026-11-24 11:00", "hours"),
        ("2026-11-28 09:00", "2026-11-29 09:00", ""),  # a weekend by choice
        ("2026-11-28 09:00", "2026-12-05 09:00", "hours"),
    ],
)
def test_outside_the_hours_a_word_holds_until_the_next_end_of_a_span(said: str, now: str, expected: str) -> None:
    """Berlin is one hour ahead of UTC in November."""
    sat = desk(lease_until=10**15, status_at=ms(said), hours=kept(OFFICE))
    assert absent(sat, ms(now)) == expected


@pytest.mark.parametrize(
    ("said", "now", "expected"),
    [
        ("2026-11-23 09:00", "2026-11-23 10:00", None),  # within the hours
        ("2026-11-23 19:00", "2026-11-23 20:00", "2026-11-24 11:00"),  # the evening: until the next morning is over
        ("2026-11-28 09:00", "2026-11-28 10:00", "2026-11-30 11:00"),  # Saturday: until Monday noon
        ("2026-11-23 09:00", "2026-11-23 19:00", None),  # the day ended, and nobody said anything
    ],
)
def test_overtime_is_said_with_its_end(said: str, now: str, expected: str | None) -> None:
    """Where it ends is where the word stops to hold."""
    sat = desk(lease_until=10**15, status_at=ms(said), hours=kept(OFFICE))
    until = overtime_until(sat, ms(now))
    assert until == (None if expected is None else ms(expected))
    if until is not None:
        assert (absent(sat, until - 1), absent(sat, until)) == ("", "hours")


def test_a_desk_wakes_when_its_breath_is_over_or_its_day_begins() -> None:
    """Whichever is first; nothing wakes a desk that is always there."""
    now = ms("2026-11-23 07:00")
    assert wakes_at(desk(), now) is None
    assert wakes_at(desk(hours=kept(OFFICE)), now) == ms("2026-11-23 08:00")
    assert wakes_at(desk(hours=kept(OFFICE), rest_until=now + MINUTE), now) == now + MINUTE
    assert wakes_at(desk(rest_until=now), now) is None


@pytest.mark.parametrize(
    ("week", "now", "expected"),
    [
        # Clocks go from 02:00 to 03:00 on 2026-03-29 (01:00 UTC) and from 03:00 to 02:00 on 2026-10-25 (01:00 UTC).
        ({"7": [["02:30", "04:00"]]}, "2026-03-29 00:59", False),
        ({"7": [["02:30", "04:00"]]}, "2026-03-29 01:00", True),
        ({"7": [["02:30", "04:00"]]}, "2026-03-29 01:59", True),
        ({"7": [["02:30", "04:00"]]}, "2026-03-29 02:00", False),
        ({"7": [["01:00", "02:30"]]}, "2026-03-29 00:59", True),
        ({"7": [["01:00", "02:30"]]}, "2026-03-29 01:00", False),
        ({"6": [["22:00", "06:00"]]}, "2026-03-29 03:59", True),
        ({"6": [["22:00", "06:00"]]}, "2026-03-29 04:00", False),
        ({"7": [["02:30", "04:00"]]}, "2026-10-25 00:29", False),
        ({"7": [["02:30", "04:00"]]}, "2026-10-25 00:30", True),
        ({"7": [["02:30", "04:00"]]}, "2026-10-25 01:10", True),
        ({"7": [["02:30", "04:00"]]}, "2026-10-25 03:00", False),
        ({"6": [["22:00", "06:00"]]}, "2026-10-24 19:59", False),
        ({"6": [["22:00", "06:00"]]}, "2026-10-25 04:59", True),
        ({"6": [["22:00", "06:00"]]}, "2026-10-25 05:00", False),
        ({"7": [["22:00", "06:00"]]}, "2026-11-23 04:00", True),  # Monday, but of Sunday's span
        ({"7": [["00:00", "24:00"]]}, "2026-11-22 22:59", True),
        ({"7": [["00:00", "24:00"]]}, "2026-11-22 23:00", False),
    ],
)
def test_hours_are_exact_where_the_clock_is_changed_and_over_midnight(week: Any, now: str, expected: bool) -> None:
    """A span lasts from the first moment that shows its begin, or later, to the first that shows its end, or later."""
    assert works(kept({"zone": "Europe/Berlin", "week": week}), ms(now)) is expected


def test_a_day_off_takes_the_span_that_begins_on_it() -> None:
    """A night shift of the eve still ends in the morning of the day off; that day's own does not begin."""
    hours = kept({"zone": "UTC", "week": {"3": [["22:00", "06:00"]], "4": [["22:00", "06:00"]]}, "off": ["2026-12-24"]})
    assert works(hours, ms("2026-12-24 05:00"))  # Wednesday's
    assert not works(hours, ms("2026-12-24 23:00"))
    assert not works(hours, ms("2026-12-25 05:00"))


def test_the_next_start_is_now_for_somebody_who_works_and_none_for_somebody_who_never_does() -> None:
    """Anna writes at 9:00; a year of Mondays off is looked over."""
    noon = ms("2026-11-23 11:15")
    assert next_start(kept(OFFICE), noon) == ms("2026-11-23 12:00")
    assert next_start(kept(OFFICE), ms("2026-11-23 09:00")) == ms("2026-11-23 09:00")
    assert next_start(kept(OFFICE), ms("2026-11-27 20:00")) == ms("2026-11-30 08:00")
    assert next_start(None, noon) == noon
    assert next_start(kept({"zone": "UTC", "week": {}}), noon) is None
    mondays = [(datetime(2026, 11, 23) + timedelta(weeks=n)).date().isoformat() for n in range(60)]
    lazy = kept({"zone": "UTC", "week": {"1": [["09:00", "10:00"]]}, "off": mondays})
    assert next_start(lazy, noon) == ms("2028-01-17 09:00")


@pytest.mark.parametrize(
    ("hours", "hint"),
    [
        ({"zone": "Europe/Nowhere", "week": {}}, "hours.zone"),
        ({"zone": "../../etc/passwd", "week": {}}, "hours.zone"),
        ({"zone": "UTC", "week": {}, "off": ["2026-02-30"]}, "hours.off"),
        ({"zone": "UTC", "week": {"1": [["09:00", "09:00"]]}}, "hours.week.1: 09:00-09:00"),
        ({"zone": "UTC", "week": {"1": [["24:00", "09:00"]]}}, "hours.week.1: 24:00-09:00"),
        ({"zone": "UTC", "week": {"1": [["09:00", "12:00"], ["11:59", "13:00"]]}}, "hours.week.1: overlap"),
        ({"zone": "UTC", "week": {"1": [["09:00", "17:00"], ["10:00", "11:00"]]}}, "hours.week.1: overlap"),
        ({"zone": "UTC", "week": {"1": [["22:00", "06:00"]], "2": [["05:00", "08:00"]]}}, "hours.week.1: overlap"),
        ({"zone": "UTC", "week": {"7": [["22:00", "06:00"]], "1": [["05:00", "08:00"]]}}, "hours.week.7: overlap"),
    ],
)
def test_hours_that_nobody_can_keep_are_refused_with_the_place(hours: dict[str, Any], hint: str) -> None:
    """One field each."""
    with pytest.raises(Refused) as refused:
        kept(hours)
    assert (refused.value.code, refused.value.hint) == ("invalid", hint)


@pytest.mark.parametrize(
    "hours",
    [
        {"week": {}},
        {"zone": "UTC", "week": {"8": []}},
        {"zone": "UTC", "week": {"1": [["9:00", "10:00"]]}},
        {"zone": "UTC", "week": {"1": [["09:00", "25:00"]]}},
        {"zone": "UTC", "week": {"1": [["09:00"]]}},
        {"zone": "UTC", "week": {"1": [["09:00", "10:00"]] * 9}},
        {"zone": "UTC", "week": {}, "off": ["tomorrow"]},
    ],
)
def test_what_has_not_the_shape_of_hours_is_none(hours: dict[str, Any]) -> None:
    """The shape refuses it before any rule."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(hours, Hours)


def test_spans_that_touch_are_no_overlap_and_hours_are_kept_in_one_spelling() -> None:
    """Two ways to say the same are kept alike, and read back."""
    one = kept({"zone": "UTC", "week": {"2": [["06:00", "09:00"]], "1": [["22:00", "06:00"]]}, "off": ["2026-12-25"]})
    other = kept(
        {
            "zone": "UTC",
            "week": {"1": [["22:00", "06:00"]], "2": [["06:00", "09:00"]], "3": []},
            "off": ["2026-12-25"] * 2,
        }
    )
    assert one == other
    assert read_hours(one) == msgspec.json.decode(one, type=Hours)
    assert read_hours(None) is None


# --- against a slow model ------------------------------------------------------------------------------------------

#: Weeks around changes of the clock: an hour, half an hour, a whole day, none.
PLACES = [
    ("Europe/Berlin", "2026-03-29"),
    ("Europe/Berlin", "2026-10-25"),
    ("America/New_York", "2026-03-08"),
    ("Australia/Lord_Howe", "2026-04-05"),
    ("Australia/Lord_Howe", "2026-10-04"),
    ("Pacific/Apia", "2011-12-30"),
    ("Asia/Kathmandu", "2026-05-05"),
    ("UTC", "2026-01-01"),
]


@st.composite
def weeks(draw: st.DrawFn) -> dict[str, list[list[str]]]:
    """A week of quarter hours without overlap: cut points on the circle of the week."""
    cuts = sorted(draw(st.sets(st.integers(0, 7 * 96 - 1), min_size=2, max_size=12)))
    week: dict[str, list[list[str]]] = {}
    for begin, end in zip(cuts[::2], cuts[1::2], strict=False):
        end = min(end, begin + 96)
        day, first, last = begin // 96, begin % 96, end % 96
        text = [f"{first // 4:02}:{first % 4 * 15:02}", f"{last // 4:02}:{last % 4 * 15:02}"]
        if text[0] == text[1]:
            text[1] = "24:00" if first == 0 else f"{(last - 1) // 4:02}:{(last - 1) % 4 * 15:02}"
        week.setdefault(str(day + 1), []).append(text)
    return week


class Slowly:
    """The same by looking at the clock on the wall, minute by minute: when did it first show this, or later?"""

    def __init__(self, hours: dict[str, Any], begin: Ms, end: Ms) -> None:
        zone = ZoneInfo(hours["zone"])
        first, last = begin - 3 * DAY, end + 3 * DAY
        moments = range(first, last, MINUTE)
        shown = [datetime.fromtimestamp(at / 1000, zone).replace(tzinfo=None) for at in moments]
        top = shown[0]
        self.spans: list[tuple[Ms, Ms]] = []
        wanted: dict[datetime, Ms] = {}
        walls: list[tuple[datetime, datetime]] = []
        day = top.date()
        while day <= shown[-1].date():
            if day.isoformat() not in hours["off"]:
                for from_, to in hours["week"].get(str(day.isoweekday()), ()):
                    midnight = datetime(day.year, day.month, day.day)
                    a = midnight + timedelta(hours=int(from_[:2]), minutes=int(from_[3:]))
                    b = midnight + timedelta(hours=int(to[:2]), minutes=int(to[3:]))
                    walls.append((a, b if b > a else b + timedelta(days=1)))
            day += timedelta(days=1)
        asked = sorted({wall for pair in walls for wall in pair})
        place = 0
        for at, wall in zip(moments, shown, strict=True):
            while place < len(asked) and asked[place] <= wall:
                wanted[asked[place]] = at
                place += 1
        self.spans = [(wanted[a], wanted[b]) for a, b in walls if a > top and b in wanted]

    def works(self, at: Ms) -> bool:
        return any(begin <= at < end for begin, end in self.spans)

    def next_begin(self, at: Ms) -> Ms | None:
        return min((begin for begin, end in self.spans if at < begin < end), default=None)

    def ended(self, since: Ms, now: Ms) -> bool:
        return any(since < end <= now for _, end in self.spans)


@settings(max_examples=60, deadline=None)
@given(
    week=weeks(),
    place=st.sampled_from(PLACES),
    offsets=st.lists(st.integers(0, 5 * 1440 - 1), min_size=20, max_size=20),
    off=st.sets(st.integers(0, 4), max_size=2),
)
def test_hours_agree_with_a_clock_that_is_read_minute_by_minute(
    week: dict[str, Any], place: tuple[str, str], offsets: list[int], off: set[int]
) -> None:
    """Around every kind of change of the clock, with days off and spans over midnight."""
    zone, day = place
    begin = ms(day) - 2 * DAY
    free = [(datetime.fromisoformat(day) + timedelta(days=n - 2)).date().isoformat() for n in sorted(off)]
    hours = {"zone": zone, "week": week, "off": free}
    text, slow = kept(hours), Slowly(hours, begin, begin + 5 * DAY)
    moments = [begin + offset * MINUTE for offset in offsets]
    for at in moments:
        assert works(text, at) == slow.works(at)
        expected = slow.next_begin(at)
        if expected is not None and expected < at + DAY:
            assert next_begin(text, at) == expected
    for since, now in zip(sorted(moments), sorted(moments)[1:], strict=False):
        assert ended_since(text, since, now) == slow.ended(since, now)
