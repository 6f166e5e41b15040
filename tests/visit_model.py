"""What visitors, visits, page views and events must be: made anew from all that was ever told, looking at nothing else.

Simple and slow on purpose, written from the rules alone: it shares nothing with `tracker.record` or `tracker.visit`.
Rows are found by natural keys, because the server makes the ids: a visitor by (site, key), a visit by its visitor and
its first moment. `tests/wired/test_model.py` compares them with the base, column by column.
"""

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import msgspec

from contract.beacons import Custom, Event, PageLeft, PageStayed, PageViewed
from tracker.device import is_bot
from tracker.source import source

MINUTE = 60_000
#: `Accept-Language` headers, and the language that each asks for first.
READS = {"": "", "en-US,en;q=0.9": "en", " RU-ru": "ru", "*": ""}
Row = dict[str, Any]
Rows = dict[Any, Row]


class Told(NamedTuple):
    """One event as it was first stored. `position`: its place in its body, oldest first."""

    site: str
    visitor: str
    at: int
    received_at: int
    position: int
    event: Event
    agent: str

    @property
    def order(self) -> tuple[int, int, str]:
        return (self.at, self.position, self.event.id)


def accept(agent: str) -> str:
    """The header that this browser sends beside its agent."""
    return list(READS)[len(agent) % len(READS)]


class Tables(NamedTuple):
    """Rows by natural key, with the names of the columns; ids of visitors and visits are their natural keys."""

    visitor: Rows
    visit: Rows
    page_view: Rows
    event: Rows


def tables(told: Iterable[Told]) -> Tables:
    """All rows that follow from these events, in whatever order they are given."""
    everything = sorted(told, key=lambda one: one.order)
    made = Tables({}, {}, {}, {})
    for one in everything:
        made.event[one.site, one.event.id] = _event(one)
    for who in {(one.site, one.visitor) for one in everything}:
        mine = [one for one in everything if (one.site, one.visitor) == who]
        made.visitor[who] = {
            "site_id": who[0], "first_at": mine[0].at, "last_at": mine[-1].at,
            "bot": any(is_bot(agent) for agent in _agents(mine)),
        }  # fmt: skip
        number = 0
        for sitting in _sittings(mine):
            views = _views(who, sitting, mine)
            number += bool(views)
            made.visit[who, sitting[0].at] = _visit(who, sitting, views) | {"number": number if views else 0}
            made.page_view.update({(who[0], view["id"]): view for view in views})
    return made


def came_back(made: Tables, visit: Any) -> bool:
    """True if the visitor of this visit came in with another page view than the very first one."""
    row = made.visit[visit]
    views = [view for view in made.page_view.values() if view["visit_id"] == visit]
    first = min(views, key=lambda view: (view["at"], view["position"], view["id"]))
    return bool(row["number"] > 1 or row["arrival"] != first["id"])


def _sittings(mine: Sequence[Told]) -> list[list[Told]]:
    """Cut where more than thirty minutes lie between two signs of life."""
    found: list[list[Told]] = []
    for one in mine:
        if found and one.at - found[-1][-1].at <= 30 * MINUTE:
            found[-1].append(one)
        else:
            found.append([one])
    return found


def _views(who: tuple[str, str], sitting: Sequence[Told], mine: Sequence[Told]) -> list[Row]:
    rows = []
    for one in sitting:
        if not isinstance(page := one.event, PageViewed):
            continue
        stays = [mark for mark in mine if isinstance(mark.event, PageStayed) and mark.event.page == page.id]
        leaves = [mark for mark in mine if isinstance(mark.event, PageLeft) and mark.event.page == page.id]
        marks: list[Any] = [mark.event for mark in stays + leaves]
        path = _path(page)
        rows.append({
            "site_id": who[0], "id": page.id, "visitor_id": who, "visit_id": (who, sitting[0].at), "at": one.at,
            "position": one.position, "path": path, "depth": len(path), "node_id": path, "url": page.url,
            "title": page.title, "referrer": page.referrer, "source": page.source or "url",
            "dwell": max((mark.dwell for mark in marks), default=0),
            "scroll": max((min(mark.scroll, 100) for mark in marks), default=0),
            "stayed_at": max([one.at, *(mark.at for mark in stays)]),
            "left_at": max((mark.at for mark in leaves), default=None),
        })  # fmt: skip
    return rows


def _visit(who: tuple[str, str], sitting: Sequence[Told], views: Sequence[Row]) -> Row:
    first, newest = (views[0], views[-1]) if views else (None, None)
    said = [view["stayed_at"] for view in views] + [view["left_at"] for view in views if view["left_at"] is not None]
    return {
        "site_id": who[0], "visitor_id": who, "started_at": sitting[0].at, "last_at": sitting[-1].at,
        "heard_at": max([sitting[-1].at, *said]),
        "pages": len(views),
        "dwell": sum(view["dwell"] for view in views),
        "path": newest["path"] if newest else [],
        "depth": newest["depth"] if newest else 0,
        "deepest": max((view["depth"] for view in views), default=0),
        "topic": _topic(views),
        "topic_share": _share(views),
        "branches": _branches(views),
        "url": newest["url"] if newest else "",
        "title": newest["title"] if newest else "",
        "source": msgspec.to_builtins(source(first["url"], first["referrer"]) if first else source("", "")),
        "arrival": _arrival(sitting, views),
        "left_at": _left_at(views),
        "user_agent": max(_agents(sitting), default=""),
        "language": max((READS[accept(agent)] for agent in _agents(sitting)), default=""),
        "bot": any(is_bot(agent) for agent in _agents(sitting)),
        "merged_into": None,
    }  # fmt: skip


def _arrival(sitting: Sequence[Told], views: Sequence[Row]) -> str | None:
    """The first view, or the newest that no page of the site led to, after two seconds without any sign of life."""
    arrived = None
    for number, view in enumerate(views):
        before = [one.at for one in sitting if one.at < view["at"]]
        outside = _host(view["referrer"]) != _host(view["url"])
        if number == 0 or (outside and before and view["at"] - max(before) >= 2_000):
            arrived = view["id"]
    return arrived


def _host(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _left_at(views: Sequence[Row]) -> int | None:
    """The newest leaving, unless somebody came or stayed after it."""
    left = max((view["left_at"] for view in views if view["left_at"] is not None), default=None)
    return left if left is not None and left >= max(view["stayed_at"] for view in views) else None


def _topic(views: Sequence[Row]) -> list[str]:
    """The deepest node below which more than half of the weight lies: (dwell + 1 s) times depth."""
    weights = [((view["dwell"] + 1_000) * view["depth"], view["path"]) for view in views]
    total = sum(weight for weight, _ in weights)
    nodes: list[list[str]] = [path[:depth] for _, path in weights for depth in range(1, len(path) + 1)]
    heavy = [node for node in nodes if 2 * sum(w for w, path in weights if path[: len(node)] == node) > total]
    return max(heavy, key=len, default=[])


def _share(views: Sequence[Row]) -> int:
    """The percent of all weight that lies at the topic or below it; none where there is no topic."""
    topic = _topic(views)
    weights = [((view["dwell"] + 1_000) * view["depth"], view["path"]) for view in views]
    total = sum(weight for weight, _ in weights)
    return sum(weight for weight, path in weights if path[: len(topic)] == topic) * 100 // total if topic else 0


def _branches(views: Sequence[Row]) -> list[Row]:
    names = {view["path"][0] for view in views if view["path"]}
    rows = []
    for name in names:
        below = [view for view in views if view["path"][:1] == [name]]
        rows.append({
            "name": name, "dwell": sum(view["dwell"] for view in below),
            "deepest": max(view["depth"] for view in below), "pages": len(below),
        })  # fmt: skip
    return sorted(rows, key=lambda row: (-row["dwell"], row["name"]))[:50]


def _agents(told: Iterable[Told]) -> list[str]:
    return [one.agent for one in told if isinstance(one.event, PageViewed)]


def _path(page: PageViewed) -> list[str]:
    if page.path is not None:
        return list(page.path)
    return [part for part in urlsplit(page.url).path.split("/") if part]


_TYPES = {PageViewed: "page.viewed", PageStayed: "page.stayed", PageLeft: "page.left", Custom: "custom"}


def _event(one: Told) -> Row:
    mark = one.event if isinstance(one.event, PageStayed | PageLeft) else None
    fact = one.event if isinstance(one.event, Custom) else None
    return {
        "site_id": one.site, "id": one.event.id, "visitor_id": (one.site, one.visitor), "type": _TYPES[type(one.event)],
        "at": one.at, "received_at": one.received_at, "position": one.position,
        "page": mark.page if mark else None, "dwell": mark.dwell if mark else None,
        "scroll": min(mark.scroll, 100) if mark else None,
        "name": fact.name if fact else None, "props": fact.props if fact else None,
        "value": fact.props.get("value") if fact else None,
    }  # fmt: skip
