"""Time at the edges: inside the program a time is milliseconds since 1970 UTC; outside it is RFC 3339."""

import time
from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from contract.names import Ms

SECOND: Ms = 1_000
MINUTE: Ms = 60 * SECOND
HOUR: Ms = 60 * MINUTE
DAY: Ms = 24 * HOUR
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def now_ms() -> Ms:
    """The wall clock of this process. Leases and timers use `store.clock.db_now` instead."""
    return time.time_ns() // 1_000_000


def rfc3339(at: Ms) -> str:
    """`1764000000123` -> `2025-11-24T16:00:00.123Z`."""
    return (_EPOCH + timedelta(milliseconds=at)).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def from_rfc3339(text: str) -> Ms:
    """The reverse; a time without a zone is refused with ValueError, as is anything that is no time.

    OverflowError where it lies outside the years 1 to 9999 in UTC: nobody could write it down again.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time needs a zone")
    return (moment.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)


def day_began(zone: str, at: Ms) -> Ms:
    """Midnight of the day that it is at `at` in this zone; in UTC where the zone is unknown to this machine."""
    there = (_EPOCH + timedelta(milliseconds=at)).astimezone(zone_named(zone))
    midnight = there.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return (midnight.astimezone(UTC) - _EPOCH) // timedelta(milliseconds=1)


def is_zone(name: str) -> bool:
    """Whether the table of zones has this place, or UTC in one of its spellings. Places begin with a capital; what does
    not (posixrules, localtime, right/...) is another thing that lies beside them, and Factory is a clock never set."""
    if not "A" <= name[:1] <= "Z" or name == "Factory":
        return False
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


@lru_cache(maxsize=1_000)
def zone_named(name: str) -> tzinfo:
    """UTC where this machine does not know it: a site goes on working with an old table of zones."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return UTC
