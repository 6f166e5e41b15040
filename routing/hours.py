"""Pure: does somebody work now, and when do they begin again?

A span lasts from the first moment at which the clock of its place shows its begin, or later, to the first at which it
shows its end, or later: where the clock is put forward, a span that begins in the missing hour begins when that hour is
over; where it is put back, the first of the two equal hours counts. What is asked for with every bell is kept by day.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import msgspec

from contract.clock import DAY, SECOND, is_zone
from contract.errors import Refused
from contract.hours import MOST_OFF, Hours
from contract.names import Ms

_DAY_MINUTES = 24 * 60
_WEEK_MINUTES = 7 * _DAY_MINUTES
#: Days to look ahead or back for a span: all days off may fall on the one day of the week on which somebody works.
_HORIZON = 7 * (MOST_OFF + 2)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def checked(hours: Hours) -> str:
    """The hours as they are kept. Refused("invalid"): unknown zone, no such day, end = begin, spans that overlap."""
    if not is_zone(hours.zone):
        raise Refused("invalid", "hours.zone")
    try:
        off = sorted({date.fromisoformat(day).isoformat() for day in hours.off})
    except ValueError as error:
        raise Refused("invalid", "hours.off") from error
    walls: list[tuple[int, int]] = []
    for weekday in sorted(hours.week):
        for begin, end in hours.week[weekday]:
            first, length = _span(begin, end)
            if begin == "24:00" or not 0 < length <= _DAY_MINUTES or first == _minutes(end):
                raise Refused("invalid", f"hours.week.{weekday}: {begin}-{end}")
            walls.append(((int(weekday) - 1) * _DAY_MINUTES + first, length))
    walls.sort()
    later = [begin for begin, _ in walls[1:]] + [begin + _WEEK_MINUTES for begin, _ in walls[:1]]
    for (at, length), next_one in zip(walls, later, strict=True):
        if at + length > next_one:
            raise Refused("invalid", f"hours.week.{at // _DAY_MINUTES + 1}: overlap")
    week = {each: sorted(hours.week[each]) for each in sorted(hours.week) if hours.week[each]}
    return msgspec.json.encode(Hours(zone=hours.zone, week=week, off=off)).decode()


def read_hours(kept: str | None) -> Hours | None:
    """The reverse of `checked`."""
    return None if kept is None else msgspec.json.decode(kept, type=Hours)


def works(kept: str | None, now: Ms) -> bool:
    """Whether `now` lies in a span of these hours."""
    return kept is None or any(begin <= now < end for begin, end in _around(kept, now // DAY))


def works_through(kept: str | None, begin: Ms, end: Ms) -> bool:
    """Whether all of `begin` until `end` (not longer than a day) lies in spans of these hours; they may adjoin."""
    if kept is None:
        return True
    at = begin
    for first, last in sorted(_around(kept, begin // DAY)):
        if first <= at < last:
            at = last
    return at >= end


def spans(kept: str, utc_day: int) -> list[tuple[Ms, Ms]]:
    """(begin, end) of the working times that touch this day of UTC, in order; those that adjoin are one."""
    joined: list[tuple[Ms, Ms]] = []
    for begin, end in sorted(_around(kept, utc_day)):
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        elif begin < end:
            joined.append((begin, end))
    return joined


def ended_since(kept: str, since: Ms, now: Ms) -> bool:
    """Whether a span ended after `since`, up to `now`."""
    if not _days(kept).week:
        return False
    for days in range(now // DAY, since // DAY - 3, -1):
        if any(since < end <= now for _, end in _around(kept, days)):
            return True
        if now // DAY - days > _HORIZON:
            break
    return False


def next_start(kept: str | None, now: Ms) -> Ms | None:
    """When they work next: `now` if they do, None if they never do again as far as anybody looks."""
    return now if works(kept, now) else next_begin(kept, now)


def next_begin(kept: str | None, now: Ms) -> Ms | None:
    """When the next span begins, after `now`; None if none does."""
    if kept is None or not _days(kept).week:
        return None
    for days in range(now // DAY, now // DAY + _HORIZON):
        found = [begin for begin, end in _around(kept, days) if now < begin < end]
        if found:
            return min(found)
    return None


def next_end(kept: str, now: Ms) -> Ms | None:
    """When the next span ends, after `now`; None if none does."""
    if not _days(kept).week:
        return None
    for days in range(now // DAY, now // DAY + _HORIZON):
        found = [end for begin, end in _around(kept, days) if begin < end and now < end]
        if found:
            return min(found)
    return None


class _Days(msgspec.Struct, frozen=True):
    zone: ZoneInfo
    week: dict[int, tuple[tuple[int, int], ...]]
    off: frozenset[date]


@lru_cache(maxsize=16_384)
def _days(kept: str) -> _Days:
    hours = msgspec.json.decode(kept, type=Hours)
    return _Days(
        ZoneInfo(hours.zone),
        {int(day): tuple(_span(*span) for span in spans) for day, spans in hours.week.items() if spans},
        frozenset(date.fromisoformat(day) for day in hours.off),
    )


@lru_cache(maxsize=65_536)
def _around(kept: str, utc_day: int) -> tuple[tuple[Ms, Ms], ...]:
    """The spans that touch this day of UTC: those that begin from two days before it to one day after it."""
    days = _days(kept)
    middle = (_EPOCH + timedelta(days=utc_day)).date()
    return tuple(_spans_of(days, (middle + timedelta(days=more) for more in (-2, -1, 0, 1))))


def _spans_of(days: _Days, dates: Iterator[date]) -> Iterator[tuple[Ms, Ms]]:
    for day in dates:
        if day in days.off:
            continue
        midnight = datetime.combine(day, time())
        for first, length in days.week.get(day.isoweekday(), ()):
            begin = midnight + timedelta(minutes=first)
            yield _first(begin, days.zone), _first(begin + timedelta(minutes=length), days.zone)


def _first(wall: datetime, zone: ZoneInfo) -> Ms:
    """The first moment at which the clock of `zone` shows `wall`, or later."""
    early = wall.replace(tzinfo=zone, fold=0)
    late = wall.replace(tzinfo=zone, fold=1)
    high, low = _seconds(early), _seconds(late)
    if high <= low:  # there is such a moment; of two, the first
        return high * SECOND
    while high - low > 1:  # the clock jumps over it: when it jumps
        middle = (low + high) // 2
        shown = (_EPOCH + timedelta(seconds=middle)).astimezone(zone).replace(tzinfo=None)
        low, high = (low, middle) if shown >= wall else (middle, high)
    return high * SECOND


def _seconds(moment: datetime) -> int:
    return (moment.astimezone(UTC) - _EPOCH) // timedelta(seconds=1)


def _span(begin: str, end: str) -> tuple[int, int]:
    """(first minute of the day, length in minutes): an end that is not later lies on the next day."""
    first, last = _minutes(begin), _minutes(end)
    return first, last - first if last > first else last + _DAY_MINUTES - first


def _minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])
