"""Pure: how much one visit may hold, and which new events find no room in it.

What a visit says is made anew from all its page views whenever one of them changes, in the one writer that everybody
shares. So their number has a bound; people stay far below it.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from contract.names import Ms
from tracker.visit import Span, join

#: Page views per visit. The tree grows by at most this many pages per visit, with at most 20 levels each.
VIEWS = 1_000


class Held(msgspec.Struct, frozen=True):
    """A stored visit: from its first to its newest sign of life, and how many page views it has."""

    start: Ms
    end: Ms
    pages: int


def surplus(visits: Mapping[str, Held], points: Sequence[tuple[Ms, bool]]) -> set[int]:
    """The places in `points` (time, is it a page view; in order of arrival) that must be refused.

    A visit takes the views that come first. Visits that together would hold too many are never joined: whatever lies
    outside both of them is refused, of any type.
    """
    if sum(held.pages for held in visits.values()) + sum(is_view for _, is_view in points) <= VIEWS:
        return set()
    spans = join((Span(held.start, held.end, (id_,)) for id_, held in visits.items()), [at for at, _ in points])
    starts = [span.start for span in spans]
    members: dict[int, list[int]] = defaultdict(list)
    for place, (at, _) in enumerate(points):
        members[bisect_right(starts, at) - 1].append(place)
    refused: set[int] = set()
    for number, places in members.items():
        refused |= _without_room(spans[number], [visits[id_] for id_ in spans[number].ids], places, points)
    return refused


def _without_room(span: Span, held: list[Held], places: list[int], points: Sequence[tuple[Ms, bool]]) -> set[int]:
    """`held`: the stored visits in `span`, in order of time; `places`: the points in it."""
    pages = sum(one.pages for one in held)
    apart = held if len(held) > 1 and pages > VIEWS else [Held(span.start, span.end, pages)]
    starts = [one.start for one in apart]
    room = [VIEWS - one.pages for one in apart]
    refused = set()
    for place in places:
        at, is_view = points[place]
        into = bisect_right(starts, at) - 1
        if into < 0 or at > apart[into].end or (is_view and room[into] <= 0):
            refused.add(place)
        elif is_view:
            room[into] -= 1
    return refused
