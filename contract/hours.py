"""When somebody works: spans of the week on the clock of their own place, and days off.

`{"zone": "Europe/Berlin", "week": {"1": [["09:00", "12:30"], ["13:15", "17:30"]]}, "off": ["2026-12-24"]}`: "1" is
Monday, "7" Sunday. A span belongs to the day on which it begins and may end on the next one (`["22:00", "06:00"]`); a
day ends at "24:00". No hours at all (null) is always. The rules: `routing.hours`.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.text import END

Weekday = Literal["1", "2", "3", "4", "5", "6", "7"]
ClockTime = Annotated[str, Meta(pattern="^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)" + END)]
DayOff = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}" + END)]
MOST_SPANS, MOST_OFF = 8, 400


class Hours(msgspec.Struct, kw_only=True, frozen=True):
    """Spans are [begin, end]; a day that is not named is free."""

    zone: Annotated[str, Meta(min_length=1, max_length=64)]
    week: dict[Weekday, Annotated[list[tuple[ClockTime, ClockTime]], Meta(max_length=MOST_SPANS)]]
    off: Annotated[list[DayOff], Meta(max_length=MOST_OFF)] = []
