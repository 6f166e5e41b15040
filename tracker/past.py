"""What `tracker.retold` tells again: the events of some visitors, with what their page views said when they came."""

from collections.abc import Collection, Iterator
from typing import Any

import msgspec
from sqlalchemy import Connection, Text, bindparam, select, type_coerce

from contract.clock import DAY
from contract.facts import Doing
from contract.names import EventType, Ms
from store.prepared import Prepared, among
from tracker.device import kind
from tracker.retold import LATEST, Body, Happened, Retold, Stands, bodies
from tracker.tables import event, page_view, visit
from tracker.visit import View

Row = tuple[Any, ...]
_path = msgspec.json.Decoder(tuple[str, ...]).decode
_VISITS = Prepared(
    select(
        visit.c.visitor_id, visit.c.id, visit.c.started_at, visit.c.last_at, visit.c.pages, visit.c.user_agent,
        visit.c.language, visit.c.bot,
    )
    .where(among(visit.c.visitor_id, "visitors"), visit.c.merged_into.is_(None))
    .order_by(visit.c.started_at)
)  # fmt: skip
_EVENTS = Prepared(
    select(
        event.c.visitor_id, event.c.id, event.c.type, event.c.at, event.c.received_at, event.c.position, event.c.page,
        event.c.dwell, event.c.scroll, event.c.name, event.c.value,
    ).where(among(event.c.visitor_id, "visitors"), event.c.at >= bindparam("since"))
)  # fmt: skip
_VIEWS = Prepared(
    select(
        page_view.c.id, page_view.c.at, page_view.c.position, type_coerce(page_view.c.path, Text).label("path"),
        page_view.c.url, page_view.c.title, page_view.c.referrer,
    ).where(among(page_view.c.visit_id, "visits"))
)  # fmt: skip


class Past(msgspec.Struct, frozen=True):
    """One visitor: how what was known of them grows, and the bodies that make it grow."""

    visitor: str
    retold: Retold
    bodies: list[Body]


def past(conn: Connection, site_id: str, visitors: Collection[str], since: Ms) -> "Pasts":
    """The visitors as they were, from those visits on that something may still have come to since then.

    Earlier visits are counted, and taken as they stand.
    """
    stands: dict[str, list[Row]] = {}
    before: dict[str, tuple[int, Ms]] = {}
    for row in _VISITS.rows(conn, visitors=visitors):
        visitor, _, _, last_at, pages, *_ = row
        if last_at >= since - LATEST - DAY:
            stands.setdefault(visitor, []).append(row)
        elif pages:
            before[visitor] = (before.get(visitor, (0, 0))[0] + 1, last_at)
    if not stands:
        return Pasts(site_id, {}, {}, {}, {})
    begins = min(rows[0][2] for rows in stands.values())
    views = _VIEWS.rows(conn, visits=[row[1] for rows in stands.values() for row in rows])
    events: dict[str, list[Row]] = {}
    for row in _EVENTS.rows(conn, visitors=list(stands), since=begins):
        events.setdefault(row[0], []).append(row)
    return Pasts(site_id, stands, before, {row[0]: row for row in views}, events)


class Pasts:
    """What was read of some visitors. Each is put together when it is asked for: it takes a third of a millisecond."""

    def __init__(
        self,
        site_id: str,
        stands: dict[str, list[Row]],
        before: dict[str, tuple[int, Ms]],
        views: dict[str, Row],
        events: dict[str, list[Row]],
    ) -> None:
        self._site, self._stands, self._before, self._views, self._events = site_id, stands, before, views, events

    def __iter__(self) -> Iterator[Past]:
        for visitor, rows in self._events.items():
            stands = [_stands(*row) for row in self._stands[visitor]]
            begins = stands[0].started_at
            told = [self._happened(*row) for row in rows if row[3] >= begins]
            retold = Retold(self._site, visitor, stands, *self._before.get(visitor, (0, None)))
            if told:
                yield Past(visitor, retold, bodies(told))

    def _happened(
        self, visitor: str, id_: str, type_: EventType, at: Ms, received_at: Ms, position: int, page: str | None,
        dwell: int | None, scroll: int | None, name: str | None, value: int | None,
    ) -> Happened:  # fmt: skip
        return Happened(
            id=id_, type=type_, at=at, received_at=received_at, position=position, page=page, dwell=dwell or 0,
            scroll=scroll or 0, view=self._view(id_) if type_ == "page.viewed" else None,
            doing=Doing(name=name or "", at=at, value=value) if type_ == "custom" else None,
        )  # fmt: skip

    def _view(self, id_: str) -> View | None:
        row = self._views.get(id_)
        if row is None:
            return None
        _, at, position, path, url, title, referrer = row
        return View(id_, at, position, _path(path), url, title, referrer, 0, 0, at, None)


def _stands(
    visitor: str, id_: str, started_at: Ms, last_at: Ms, pages: int, agent: str, language: str, bot: bool
) -> Stands:
    return Stands(
        id=id_, started_at=started_at, last_at=last_at, device=kind(agent, bot=bot), language=language, bot=bot
    )
