"""Pure: a moment as the clock on the wall of a site shows it, the same in every language: `2026-11-22 14:05`."""

from datetime import UTC, datetime, timedelta

from contract.clock import from_rfc3339, zone_named
from contract.names import Ms

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def there(at: Ms, zone: str) -> datetime:
    """The moment in the zone; in UTC where this machine does not know it."""
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(zone_named(zone))


def day(at: Ms, zone: str) -> str:
    """`2026-11-22, UTC+01:00`: with the offset that holds then, for a night with two o'clock twice."""
    moment = there(at, zone)
    offset = moment.strftime("%z")
    return f"{moment:%Y-%m-%d}, UTC{offset[:3]}:{offset[3:5]}"


def hour(at: Ms, zone: str) -> str:
    """`14:05`."""
    return f"{there(at, zone):%H:%M}"


def written(at: Ms | str, zone: str) -> str:
    """`2026-11-22 14:05`, of milliseconds or of RFC 3339; "" for what is no time."""
    try:
        return f"{there(from_rfc3339(at) if isinstance(at, str) else at, zone):%Y-%m-%d %H:%M}"
    except (ValueError, OverflowError):
        return ""
