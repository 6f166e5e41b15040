"""Visitors, their visits, and what happened to them in order."""

from typing import Any

import msgspec

from contract.names import Direction
from contract.shapes import In, Out, Time, VisitBrief


class VisitorPatch(In):
    """Whether this visitor is a program, by a person's word: it counts more than what was seen, now and later."""

    bot: bool


class Visitor(Out):
    """One browser. `said`: what a person of the house said of `bot`, null for nobody."""

    id: str
    site: str
    first_at: Time
    last_at: Time
    bot: bool
    said: bool | None


class PageSeen(Out):
    """`direction`: of the step from the page before; null for the first, and where it was the same place."""

    path: list[str]
    title: str
    url: str
    at: Time
    dwell: int
    scroll: int
    direction: Direction | None


class Directions(Out):
    """How many steps led to a place below, to one above, and elsewhere."""

    in_: int = msgspec.field(name="in")
    out: int
    across: int


class Visit(Out):
    """`deepest_path`: the place furthest from home, of several the one seen first; [] if it was home."""

    visit: VisitBrief
    views: list[PageSeen]
    direction: Directions
    deepest_path: list[str]


class TimelineItem(Out):
    """`data` depends on `kind`: visit, conversation, order, offer, alert, callback."""

    id: str
    kind: str
    at: Time
    data: dict[str, Any]
