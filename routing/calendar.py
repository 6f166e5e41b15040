"""Pure: times of the day and weekdays in a site's zone."""

from datetime import date, datetime
from functools import lru_cache

from contract.clock import MINUTE, zone_named
from contract.names import Ms


def during(now: Ms, zone: str, start: str, end: str, days: tuple[int, ...] = ()) -> bool:
    """Whether it is from `start` until before `end` ("HH:MM") there, on one of `days` (1 is Monday; none: any).

    `end` not later than `start`: over midnight; such a night belongs to the day on which it begins. By the clock on
    the wall: when that is put back, the hour that comes twice counts twice.
    """
    clock, weekday, _ = _local(now // MINUTE, zone)
    if start < end:
        inside, day = start <= clock < end, weekday
    else:
        inside, day = clock >= start or clock < end, weekday if clock >= start else (weekday - 2) % 7 + 1
    return inside and (not days or day in days)


def day_of(now: Ms, zone: str) -> date:
    """The date there."""
    return _local(now // MINUTE, zone)[2]


@lru_cache(maxsize=1024)
def _local(minute: int, zone: str) -> tuple[str, int, date]:
    there = datetime.fromtimestamp(minute * 60, zone_named(zone))
    return there.strftime("%H:%M"), there.isoweekday(), there.date()
