"""What a simulated day is made of: how many come and when, who sits where, and what one of them is in the middle of."""

import msgspec

from bench.simulate_watch import Desk
from contract.clock import DAY, MINUTE
from contract.names import Ms
from service.callers import ExpertCaller
from service.sockets.registry import Connection as Line

#: A Tuesday in winter, midnight UTC.
MIDNIGHT: Ms = 1_773_100_800_000
#: How many come in each hour, as parts of the whole.
CURVE = (
    1.0, 0.6, 0.4, 0.3, 0.3, 0.6, 1.5, 3.0, 5.0, 7.0, 8.0, 8.0,
    7.0, 6.5, 6.5, 6.5, 6.0, 6.0, 6.5, 7.5, 8.0, 6.0, 3.0, 1.5,
)  # fmt: skip
#: Two shifts, in hours of the day.
SHIFTS = ((6, 15), (13, 22))
DEEP, WRITE, CUSTOMER, APPEARS = 0.25, 0.03, 0.06, 0.8
ACCEPTS, DECLINES = 0.82, 0.06
BREATH = 15


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """A day. `length`: how long it lasts, with everything in it in proportion, but for bells and conversations."""

    visits: int = 100_000
    topics: int = 20
    equals: int = 10
    capacity: int = 2
    length: Ms = DAY
    deaths: int = 10
    downs: int = 5

    def hour(self, of_day: float) -> Ms:
        """When it is that hour, in this day; to the minute, as working hours are."""
        return MIDNIGHT + round(of_day / 24 * self.length / MINUTE) * MINUTE


class Person(msgspec.Struct):
    """Somebody at a desk, with what they are doing. `since`: they have this status since then; `talks`: conversation ->
    its visit, and since when."""

    caller: ExpertCaller
    desk: Desk
    line: Line
    alive: bool = False
    status: str = "offline"
    since: Ms = 0
    talks: dict[str, tuple["Visit", Ms]] = msgspec.field(default_factory=dict)


class Visit(msgspec.Struct):
    """`pages`: page view -> when it began. `leaves`: when they mean to go; `talk`: their conversation."""

    key: str
    kind: str
    topic: int
    pages: dict[str, Ms] = msgspec.field(default_factory=dict)
    visitor: str = ""
    leaves: Ms = 0
    talk: str = ""
    gone: bool = False
