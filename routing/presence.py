"""Pure: may a bell ring at this desk now, and if not, why not?"""

from typing import Any, NamedTuple, Protocol

from contract.names import Ms, Status
from routing.hours import ended_since, next_begin, next_end, works


class AtDesk(Protocol):
    """What is known of a desk. `status_at`: when its person last said where they are."""

    @property
    def status(self) -> Status: ...
    @property
    def lease_until(self) -> Ms: ...
    @property
    def status_at(self) -> Ms: ...
    @property
    def hours(self) -> str | None: ...
    @property
    def rest_until(self) -> Ms: ...


class Sitting(NamedTuple):
    """The same, out of a row."""

    status: Status
    lease_until: Ms
    status_at: Ms
    hours: str | None
    rest_until: Ms


def sitting(row: Any) -> Sitting:
    """From a row of `expert`."""
    return Sitting(*(row[name] for name in Sitting._fields))


def absent(desk: AtDesk, now: Ms) -> str:
    """ "" if a bell may ring there, else why not: offline, away, hours, breathing. `now` is the database's time.

    Whoever says outside their hours that they are there, is there until the next end of a working span: an early hour
    joins the day it comes before, and an evening of overtime does not last for ever.
    """
    if desk.status == "offline" or desk.lease_until <= now:
        return "offline"
    if desk.status == "away":
        return "away"
    hours = desk.hours
    if hours is not None and not works(hours, now) and ended_since(hours, desk.status_at, now):
        return "hours"
    return "breathing" if desk.rest_until > now else ""


def overtime_until(desk: AtDesk, now: Ms) -> Ms | None:
    """Until when somebody is there by their own word outside their hours; None if they are not, or if no span ends."""
    hours = desk.hours
    if hours is None or works(hours, now) or absent(desk, now) not in ("", "breathing"):
        return None
    return next_end(hours, now)


def wakes_at(desk: AtDesk, now: Ms) -> Ms | None:
    """When a bell may ring there again by itself: the breath is over, or a working span begins."""
    times = [at for at in (desk.rest_until, next_begin(desk.hours, now)) if at is not None and at > now]
    return min(times, default=None)
