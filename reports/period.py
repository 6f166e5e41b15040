"""Dates of a question into moments: days of the site's own zone, both ends included."""

from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contract.errors import Refused
from contract.names import Ms

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def bounds(zone: str, first: str | None, last: str | None) -> tuple[Ms | None, Ms | None]:
    """From the first moment of `first` to the last of `last`, as a half-open [from, to) in ms.

    A day of 23 or 25 hours is as long as it was. Refused("invalid") for what is no date or ends before it begins.
    """
    start = _midnight(zone, _day(first, "from")) if first else None
    end = _midnight(zone, _day(last, "to") + timedelta(days=1)) if last else None
    if start is not None and end is not None and end <= start:
        raise Refused("invalid", "to")
    return start, end


def _day(text: str, field: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Refused("invalid", field) from None
    if len(text) != 10 or not 1970 <= day.year <= 9000:
        raise Refused("invalid", field)
    return day


def _midnight(zone: str, day: date) -> Ms:
    return (datetime.combine(day, time(), _zone(zone)) - _EPOCH) // timedelta(milliseconds=1)


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # no such zone, or this machine has no list of zones
        return UTC
