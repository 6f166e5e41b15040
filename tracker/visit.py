"""Pure: what a visit is, and what it says: from its page views alone, so that the order of arrival never matters.

A visit is a row of signs of life (any events of one visitor) with at most 30 minutes of silence between two of them;
midnight and the full hour mean nothing. Exactly 30 minutes is still the same visit.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence

import msgspec

from contract.clock import MINUTE, SECOND
from contract.facts import Branch, Place
from contract.names import Ms
from tracker.address import host
from tracker.source import DIRECT, Source, source
from tracker.tree import Path

SILENCE = 30 * MINUTE
#: Somebody who comes in from outside within this time of a sign of life never went away.
AWAY = 2 * SECOND
#: Branches that a visit remembers: those with most dwell.
BRANCHES = 50
#: What a look at a page is worth before anything is known of its dwell.
GLANCE = 1 * SECOND


class View(msgspec.Struct):
    """One page view and what is known of it by now. Times in ms; `stayed_at`, `left_at`: the newest of their kind."""

    id: str
    at: Ms
    position: int
    path: Path
    url: str
    title: str
    referrer: str
    dwell: int
    scroll: int
    stayed_at: Ms
    left_at: Ms | None

    @property
    def order(self) -> tuple[Ms, int, str]:
        return (self.at, self.position, self.id)


class Span(msgspec.Struct):
    """A stretch of life: `ids` are the stored visits in it, none if it is new."""

    start: Ms
    end: Ms
    ids: tuple[str, ...] = ()
    fresh: bool = True


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """The columns of a visit that follow from its page views."""

    heard_at: Ms
    pages: int
    dwell: int
    path: Path
    depth: int
    deepest: int
    topic: Path
    topic_share: int
    branches: tuple[Branch, ...]
    places: tuple[Place, ...]
    url: str
    title: str
    source: Source
    arrival: str | None
    came_back: bool
    left_at: Ms | None


def join(stored: Iterable[Span], points: Iterable[Ms]) -> list[Span]:
    """Stored visits and new signs of life, joined where no more than 30 minutes lie between; in order of time.

    A span that is not `fresh` is a stored visit that nothing new touched.
    """
    spans = [Span(span.start, span.end, span.ids, False) for span in stored]
    spans += [Span(at, at) for at in points]
    spans.sort(key=lambda span: (span.start, span.end))
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if last is None or span.start - last.end > SILENCE:
            joined.append(span)
            continue
        last.end = max(last.end, span.end)
        last.ids += span.ids
        last.fresh |= span.fresh
    return joined


def apply_mark(view: View, kind: str, dwell: int, scroll: int, at: Ms) -> None:
    """A staying or leaving."""
    view.dwell, view.scroll = max(view.dwell, dwell), max(view.scroll, scroll)
    if kind == "page.stayed":
        view.stayed_at = max(view.stayed_at, at)
    else:
        view.left_at = max(view.left_at or at, at)


def summarise(views: Sequence[View], last_at: Ms, signs: Sequence[Ms]) -> Summary:
    """What the page views of one visit say. `last_at`: its newest sign of life.

    `signs`: the times of all signs of life, ascending; the last before each of the views that `later_from_outside`
    gives are enough.
    """
    if not views:
        return _nothing(last_at)
    views = sorted(views, key=lambda view: view.order)
    first, newest = views[0], views[-1]
    came_in = arrival(views, signs)
    about, share = topic(views)
    return Summary(
        heard_at=max(last_at, *(max(view.stayed_at, view.left_at or 0) for view in views)),
        pages=len(views),
        dwell=sum(view.dwell for view in views),
        path=newest.path,
        depth=len(newest.path),
        deepest=max(len(view.path) for view in views),
        topic=about,
        topic_share=share,
        branches=branches(views),
        places=places((view.path, view.dwell, 1) for view in views),
        url=newest.url,
        title=newest.title,
        source=source(first.url, first.referrer),
        arrival=came_in.id,
        came_back=came_in is not first,
        left_at=left_at(views),
    )


def from_outside(view: View) -> bool:
    """True if no page of the site led here: no referrer, or one of another host."""
    return host(view.referrer) != host(view.url)


def later_from_outside(views: Sequence[View]) -> list[Ms]:
    """When the visitor may have come in again: what came before, view or not, decides (`arrival`)."""
    first = min(views, key=lambda view: view.order, default=None)
    return [view.at for view in views if view is not first and from_outside(view)]


def arrival(views: Sequence[View], signs: Sequence[Ms]) -> View:
    """The newest view with which the visitor came in; `views` in order, at least one."""
    for view in reversed(views[1:]):
        if from_outside(view):
            before = bisect_left(signs, view.at)
            if before and view.at - signs[before - 1] >= AWAY:
                return view
    return views[0]


def left_at(views: Sequence[View]) -> Ms | None:
    """When the visitor left the last page, or None while somebody is there: whatever happened last decides."""
    left = max((view.left_at for view in views if view.left_at is not None), default=None)
    if left is None or left < max(max(view.at, view.stayed_at) for view in views):
        return None
    return left


def branches(views: Sequence[View]) -> tuple[Branch, ...]:
    """Per child of the home page: dwell, deepest level, page views. Most dwell first, then by name; the first 50."""
    found: dict[str, list[int]] = {}
    for view in views:
        if view.path:
            branch = found.setdefault(view.path[0], [0, 0, 0])
            branch[0] += view.dwell
            branch[1] = max(branch[1], len(view.path))
            branch[2] += 1
    made = [Branch(name=name, dwell=dwell, deepest=deepest, pages=pages)
            for name, (dwell, deepest, pages) in found.items()]  # fmt: skip
    return tuple(sorted(made, key=lambda branch: (-branch.dwell, branch.name))[:BRANCHES])


def places(seen: Iterable[tuple[Path, int, int]]) -> tuple[Place, ...]:
    """Per node: dwell and page views, out of (path, dwell, page views). Most dwell first, then by path."""
    found: dict[Path, list[int]] = {}
    for path, dwell, pages in seen:
        node = found.setdefault(path, [0, 0])
        node[0] += dwell
        node[1] += pages
    made = [Place(path=path, dwell=dwell, pages=pages) for path, (dwell, pages) in found.items()]
    made.sort(key=lambda place: (-place.dwell, place.path))
    return tuple(made)


def topic(views: Sequence[View]) -> tuple[Path, int]:
    """The deepest node below which more than half of the interest lies (dwell, weighted with depth), and the percent of
    all interest that lies there. No node, no percent: they looked here and there."""
    if len(views) == 1:
        return views[0].path, 100 if views[0].path else 0
    inside = [((view.dwell + GLANCE) * len(view.path), view.path) for view in views]
    whole = sum(weight for weight, _ in inside)
    half, share = whole / 2, 0
    at: Path = ()
    while True:
        depth, below = len(at), dict[str, int]()
        for weight, path in inside:
            if len(path) > depth:
                below[path[depth]] = below.get(path[depth], 0) + weight
        best = max(below, key=below.__getitem__, default=None)
        if best is None or below[best] <= half:
            return at, share
        at, share = (*at, best), below[best] * 100 // whole
        inside = [(weight, path) for weight, path in inside if len(path) > depth and path[depth] == best]


def _nothing(last_at: Ms) -> Summary:
    return Summary(
        heard_at=last_at, pages=0, dwell=0, path=(), depth=0, deepest=0, topic=(), topic_share=0, branches=(),
        places=(), url="", title="", source=DIRECT, arrival=None, came_back=False, left_at=None,
    )  # fmt: skip
