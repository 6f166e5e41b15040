"""One group of bodies becomes rows, in one transaction and with few statements for the whole group.

What is stored first stays: a known event changes nothing. Everything that is not an event follows from the events, so
the order in which they arrive leaves no trace: see `tracker.visit`.
"""

from bisect import bisect_right
from collections import defaultdict
from typing import Any
from uuid import UUID, uuid5

import msgspec
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from contract.beacons import Rejected
from contract.facts import VisitFacts
from contract.ids import new_id
from contract.names import Ms
from store.sql import insert_new
from tracker import nodes
from tracker import statements as sql
from tracker.bots import marked
from tracker.bulk import as_json
from tracker.collect import Prepared, Row, full
from tracker.device import is_bot
from tracker.queries import visit_facts
from tracker.recognise import Visitor, recognise, remember
from tracker.room import Held, surplus
from tracker.tables import rejected_event
from tracker.visit import SILENCE, Span, Summary, View, join, later_from_outside, summarise

_REFUSED = UUID("0f6c1d6e-6a0c-4a52-9a5e-0b7a1f1f3f5d")
_path = msgspec.json.Decoder(tuple[str, ...]).decode


class Recorded(msgspec.Struct, kw_only=True):
    """What became of one body. `visit`: the newest visit that its new events touched, None if nothing was new.

    `visitor` is None when a browser that was never seen sent nothing that could be taken. `fresh`: something was new.
    """

    site: str
    visitor: str | None
    visit: VisitFacts | None
    stored: int
    duplicates: int
    rejected: list[Rejected]
    fresh: bool
    trusted: bool


class Visit(msgspec.Struct):
    """A visit while its group is written, its fields in the order of `sql.VISITS`.

    `number` 0: no page of it was seen yet. `stored`: it has a row. `same`: nothing of this group changes what follows
    from its views; only its end moved.
    """

    id: str
    site_id: str
    visitor_id: str
    started_at: Ms
    last_at: Ms
    number: int = 0
    pages: int = 0
    user_agent: str = ""
    bot: bool = False
    heard_at: Ms = 0
    stored: bool = False
    same: bool = False
    views: dict[str, View] = {}


def record(conn: Connection, items: list[Prepared]) -> list[Recorded]:
    """Store the events of `items` and all that follows from them; one answer per item, in order."""
    return _Group(conn, items).record()


class _Group:
    """The bodies that share one transaction. `record` names the steps; each does its part for all bodies at once."""

    def __init__(self, conn: Connection, items: list[Prepared]) -> None:
        self.conn, self.items = conn, items
        self.visitors: dict[tuple[str, str], Visitor] = {}
        self.new: list[list[Row]] = []  # per item: its events that were not known
        self.full: set[tuple[str, str]] = set()  # (site, event) that was not known and found no room in its visit
        self.visits: dict[str, Visit] = {}  # those that this group touches
        self.visit_of: dict[tuple[str, str], Visit] = {}  # (site, event) -> its visit, for new events
        self.absorbed: dict[str, str] = {}  # visit -> the visit that it became part of
        self.regrouped: set[str] = set()  # known visitors that have other visits than before
        self.marked: dict[str, Visit] = {}  # page view -> its visit, for new signs of staying or leaving
        self.new_views: list[tuple[Visit, View, Row]] = []

    def record(self) -> list[Recorded]:
        self.visitors = recognise(self.conn, self.items)
        self.store_events()
        self.group_into_visits()
        self.find_marked_views()
        self.load_views()
        self.put_new_views()
        self.apply_marks()
        described = self.describe()
        self.store_refusals()
        return [self.answer(item, new, described) for item, new in zip(self.items, self.new, strict=True)]

    # --- steps --------------------------------------------------------------------------------------------------------

    def store_events(self) -> None:
        """The events themselves; `self.new` is what the base did not know."""
        rows: dict[str, dict[str, dict[str, Any]]] = defaultdict(dict)
        for item in self.items:
            known = rows[item.site.id]
            for row in item.rows:
                if row.id not in known:
                    known[row.id] = {
                        "site_id": item.site.id, "id": row.id, "visitor_id": self.visitor(item).id, "type": row.type,
                        "at": row.at, "received_at": item.received_at, "position": row.position, "page": row.page,
                        "dwell": row.dwell, "scroll": row.scroll, "name": row.name,
                        "props": None if row.props is None else as_json(row.props),
                    }  # fmt: skip
        stored = {site: sql.NEW_EVENTS.insert(self.conn, list(found.values())) for site, found in rows.items()}
        for item in self.items:
            unknown, new = stored.get(item.site.id, set()), []
            for row in item.rows:
                if row.id in unknown:
                    unknown.discard(row.id)
                    new.append(row)
            self.new.append(new)

    def group_into_visits(self) -> None:
        """Each new event into the visit that it continues, begins, or joins with its neighbour, if that has room."""
        points: dict[str, list[Row]] = defaultdict(list)
        visitors: dict[str, Visitor] = {}
        for item, new in zip(self.items, self.new, strict=True):
            if new:
                visitor = self.visitor(item)
                visitors[visitor.id] = visitor
                points[visitor.id].extend(new)
        stored: dict[str, list[Visit]] = defaultdict(list)
        for found in self.visits_near(visitors, points):
            stored[found.visitor_id].append(found)
        for id_, visitor in visitors.items():
            points[id_] = self.with_room(visitor, points[id_], stored[id_])
        self.forget_full()
        remember(self.conn, [(visitor, points[id_]) for id_, visitor in visitors.items() if points[id_]])
        for id_, visitor in visitors.items():
            self.group_visitor(visitor, points[id_], stored[id_])

    def visits_near(self, visitors: dict[str, Visitor], points: dict[str, list[Row]]) -> list[Visit]:
        known = [id_ for id_, visitor in visitors.items() if not visitor.new]
        if not known:
            return []
        times = [row.at for id_ in known for row in points[id_]]
        near = {"visitors": known, "since": min(times) - SILENCE, "until": max(times) + SILENCE}
        return [_stored(row) for row in self.conn.execute(sql.VISITS_NEAR, near)]

    def with_room(self, visitor: Visitor, points: list[Row], stored: list[Visit]) -> list[Row]:
        held = {found.id: Held(found.started_at, found.last_at, found.pages) for found in stored}
        refused = surplus(held, [(row.at, row.type == "page.viewed") for row in points])
        if not refused:
            return points
        self.full |= {(visitor.site_id, points[place].id) for place in refused}
        return [row for place, row in enumerate(points) if place not in refused]

    def forget_full(self) -> None:
        """What found no room was never stored."""
        if not self.full:
            return
        by_site: dict[str, list[str]] = defaultdict(list)
        for site, id_ in self.full:
            by_site[site].append(id_)
        for site, ids in by_site.items():
            self.conn.execute(sql.FORGET_EVENTS, {"site": site, "events": ids})
        self.new = [
            [row for row in new if (item.site.id, row.id) not in self.full]
            for item, new in zip(self.items, self.new, strict=True)
        ]

    def group_visitor(self, visitor: Visitor, points: list[Row], stored: list[Visit]) -> None:
        by_id = {found.id: found for found in stored}
        spans = join((Span(v.started_at, v.last_at, (v.id,)) for v in stored), [row.at for row in points])
        fresh = [span for span in spans if span.fresh]
        begun: list[tuple[Ms, Visit]] = []
        ends = {found.id: found.last_at for found in stored}
        for span in fresh:
            kept = self.keep(visitor, span, by_id)
            kept.same = len(span.ids) == 1
            self.visits[kept.id] = kept
            begun.append((span.start, kept))
        starts = [start for start, _ in begun]
        for row in points:
            kept = begun[bisect_right(starts, row.at) - 1][1]
            self.visit_of[visitor.site_id, row.id] = kept
            # an event between views may tell that the visitor never went away
            kept.same = kept.same and row.type != "page.viewed" and row.at >= ends[kept.id]
            kept.user_agent = max(kept.user_agent, row.user_agent)
            kept.bot = marked(kept.bot or is_bot(row.user_agent), visitor.bot_said)

    def keep(self, visitor: Visitor, span: Span, stored: dict[str, Visit]) -> Visit:
        """The visit that stands for `span`: the oldest that has pages; the others become part of it."""
        if not span.ids:
            if not visitor.new:
                self.regrouped.add(visitor.id)
            return Visit(
                id=new_id(), site_id=visitor.site_id, visitor_id=visitor.id,
                started_at=span.start, last_at=span.end,
            )  # fmt: skip
        kept = min((stored[id_] for id_ in span.ids), key=lambda found: (found.pages == 0, found.id))
        kept.started_at, kept.last_at = span.start, span.end
        for id_ in span.ids:
            if id_ != kept.id:
                self.absorbed[id_] = kept.id
                self.regrouped.add(visitor.id)
                kept.user_agent = max(kept.user_agent, stored[id_].user_agent)
                kept.bot = kept.bot or stored[id_].bot
        return kept

    def find_marked_views(self) -> None:
        """The stored views that new events of this group say more of; their visits are touched, whenever they were."""
        said: dict[str, set[tuple[str, str]]] = defaultdict(set)  # per site: (page, who says something of it)
        for item, new in zip(self.items, self.new, strict=True):
            for row in new:
                if row.page is not None:
                    said[item.site.id].add((row.page, self.visitor(item).id))
        missing: dict[str, list[str]] = defaultdict(list)
        for site, marks in said.items():
            for view in self.conn.execute(sql.VIEWS_BY_ID, {"site": site, "pages": list({page for page, _ in marks})}):
                if (view.id, view.visitor_id) in marks:
                    missing[self.absorbed.get(view.visit_id, view.visit_id)].append(view.id)
        elsewhere = [id_ for id_ in missing if id_ not in self.visits]
        if elsewhere:
            for found in self.conn.execute(sql.VISITS, {"visits": elsewhere}):
                self.visits[found.id] = _stored(found)
        for visit_id, views in missing.items():
            self.visits[visit_id].same = False
            self.marked |= dict.fromkeys(views, self.visits[visit_id])

    def load_views(self) -> None:
        """What was seen before in the visits of which something changes."""
        ids = [found.id for found in self.visits.values() if found.stored and not found.same] + list(self.absorbed)
        if not ids:
            return
        for visit_id, id_, path, at, position, *rest in self.conn.execute(sql.VIEWS, {"visits": ids}):
            owner = self.visits[self.absorbed.get(visit_id, visit_id)]
            owner.views[id_] = View(id_, at, position, _path(path), *rest)

    def put_new_views(self) -> None:
        for item, new in zip(self.items, self.new, strict=True):
            for row in new:
                if row.type == "page.viewed":
                    owner = self.visit_of[item.site.id, row.id]
                    view = View(
                        id=row.id, at=row.at, position=row.position, path=row.path, url=row.url, title=row.title,
                        referrer=row.referrer, dwell=0, scroll=0, stayed_at=row.at, left_at=None,
                    )  # fmt: skip
                    owner.views[row.id] = view
                    self.new_views.append((owner, view, row))

    def apply_marks(self) -> None:
        """Staying and leaving, whether it came before its view or after: the largest of all that was ever said."""
        pages: dict[str, dict[str, Visit]] = defaultdict(dict)
        for owner, view, _ in self.new_views:
            pages[owner.site_id][view.id] = owner
        for site, owners in pages.items():
            for mark in self.conn.execute(sql.MARKS, {"site": site, "pages": list(owners)}):
                if mark.visitor_id == owners[mark.page].visitor_id:
                    _apply(mark, owners[mark.page].views[mark.page])
        for item, new in zip(self.items, self.new, strict=True):
            for row in new:  # a stored view knows what was said of it before
                marked = self.marked.get(row.page) if row.page is not None else None
                if marked is not None and marked.visitor_id == self.visitor(item).id:
                    _apply(row, marked.views[str(row.page)])

    def describe(self) -> dict[str, VisitFacts]:
        """Say anew what each touched visit says, write everything down; the facts of those that have pages."""
        signs = self.signs()
        said = {
            id_: summarise(list(found.views.values()), found.last_at, sorted(signs.get(id_, ())))
            for id_, found in self.visits.items()
            if not found.same
        }
        others = self.number_visits(said)
        self.write_visits(said, others)
        self.write_views()
        facts = {id_: _facts(self.visits[id_], summary) for id_, summary in said.items() if summary.pages}
        same = [id_ for id_, found in self.visits.items() if found.same and found.pages]
        return facts | (visit_facts(self.conn, same) if same else {})

    def signs(self) -> dict[str, set[Ms]]:
        """Per visit the last event before each view with which the visitor may have come in again."""
        asked = [
            (found.id, found.visitor_id, found.started_at, at)
            for found in self.visits.values()
            for at in later_from_outside(list(found.views.values()))
        ]
        signs: dict[str, set[Ms]] = defaultdict(set)
        if asked:
            for visit_id, at in self.conn.execute(sql.SIGNS[self.conn.dialect.name], {"asked": as_json(asked)}):
                if at is not None:
                    signs[visit_id].add(at)
        return signs

    def number_visits(self, said: dict[str, Summary]) -> list[dict[str, Any]]:
        """Number the visits that have pages 1, 2, 3 ... per visitor; returns what changes outside this group."""
        begun: dict[str, list[tuple[Ms, str, int]]] = defaultdict(list)
        new = {visitor.id for visitor in self.visitors.values() if visitor.new}
        for id_, found in self.visits.items():
            if found.visitor_id not in new and id_ in said and bool(found.pages) != bool(said[id_].pages):
                self.regrouped.add(found.visitor_id)
        for id_, summary in said.items():
            found = self.visits[id_]
            if summary.pages and (found.visitor_id in new or found.visitor_id in self.regrouped):
                begun[found.visitor_id].append((found.started_at, id_, found.number))
        if self.regrouped:
            for row in self.conn.execute(sql.NUMBERS, {"visitors": list(self.regrouped)}):
                if row.id not in said and row.id not in self.absorbed:
                    begun[row.visitor_id].append((row.started_at, row.id, row.number))
        others = []
        for visits in begun.values():
            for number, (_, id_, before) in enumerate(sorted(visits), 1):
                if id_ in said:
                    self.visits[id_].number = number
                elif number != before:
                    others.append({"id": id_, "number": number})
        return others

    # --- writing ------------------------------------------------------------------------------------------------------

    def write_visits(self, said: dict[str, Summary], others: list[dict[str, Any]]) -> None:
        rows = [(self.visits[id_].stored, _visit_row(self.visits[id_], summary)) for id_, summary in said.items()]
        sql.NEW_VISITS.insert(self.conn, [row for stored, row in rows if not stored])
        sql.SET_VISIT.apply(self.conn, [row for stored, row in rows if stored])
        sql.SET_END.apply(self.conn, [
            {"id": id_, "last_at": found.last_at, "heard_at": max(found.heard_at, found.last_at)}
            for id_, found in self.visits.items() if found.same
        ])  # fmt: skip
        sql.SET_NUMBER.apply(self.conn, others)
        if self.absorbed:
            moves = [
                {"gone": id_, "into": into, "visitor": self.visits[into].visitor_id}
                for id_, into in self.absorbed.items()
            ]
            for statement in sql.MERGE:
                self.conn.execute(statement, moves)

    def write_views(self) -> None:
        changed = [(owner, owner.views[page]) for page, owner in self.marked.items()]
        sql.SET_VIEW.apply(self.conn, [
            {"site_id": owner.site_id, "id": view.id, "dwell": view.dwell, "scroll": view.scroll,
             "stayed_at": view.stayed_at, "left_at": view.left_at}
            for owner, view in changed
        ])  # fmt: skip
        if not self.new_views:
            return
        nodes.ensure(self.conn, {(owner.site_id, view.path) for owner, view, _ in self.new_views})
        try:
            sql.NEW_VIEWS.insert(self.conn, [_view_row(*new) for new in self.new_views])
        except IntegrityError:
            nodes.forget(self.conn)
            raise

    def store_refusals(self) -> None:
        """Once per event and reason: a body that is sent again does not fill the list."""
        rows = {}
        for item in self.items:
            for refusal in item.refused + [full(row, item.received_at) for row in self.without_room(item)]:
                id_ = str(uuid5(_REFUSED, f"{item.site.id} {item.key_hash} {refusal.id} {refusal.reason}"))
                rows[id_] = {
                    "id": id_, "site_id": item.site.id, "at": item.received_at, "reason": refusal.reason,
                    "event": refusal.event | {"id": refusal.id},
                }  # fmt: skip
        if rows:
            insert_new(self.conn, rejected_event, list(rows.values()))

    # --- small things -------------------------------------------------------------------------------------------------

    def visitor(self, item: Prepared) -> Visitor:
        return self.visitors[item.site.id, item.key_hash]

    def without_room(self, item: Prepared) -> list[Row]:
        return [row for row in item.rows if (item.site.id, row.id) in self.full] if self.full else []

    def answer(self, item: Prepared, new: list[Row], described: dict[str, VisitFacts]) -> Recorded:
        visitor = self.visitors.get((item.site.id, item.key_hash))
        touched: dict[str, VisitFacts] = {}
        refused = [full(row, item.received_at) for row in self.without_room(item)]
        for row in new:
            assert visitor is not None
            ids = [self.visit_of[item.site.id, row.id].id]
            marked = self.marked.get(row.page) if row.page is not None else None
            if marked is not None and marked.visitor_id == visitor.id:
                ids.append(marked.id)
            touched |= {id_: described[id_] for id_ in ids if id_ in described}
        return Recorded(
            site=item.site.id,
            visitor=visitor.id if visitor else None,
            visit=max(touched.values(), key=lambda found: found.started_at, default=None),
            stored=len(new),
            duplicates=len(item.rows) - len(new) - len(refused),
            rejected=item.rejected + [Rejected(id=refusal.id, reason=refusal.reason) for refusal in refused],
            fresh=bool(new),
            trusted=item.trusted,
        )


def _apply(mark: Any, view: View) -> None:
    """`mark`: type, time, dwell and scroll of a staying or leaving."""
    view.dwell, view.scroll = max(view.dwell, mark.dwell), max(view.scroll, mark.scroll)
    if mark.type == "page.stayed":
        view.stayed_at = max(view.stayed_at, mark.at)
    else:
        view.left_at = max(view.left_at or mark.at, mark.at)


def _stored(row: Any) -> Visit:
    """From a row of `sql.VISITS`; its views are not loaded yet."""
    found = Visit(*row)
    found.stored = True
    return found


def _visit_row(found: Visit, said: Summary) -> dict[str, Any]:
    return {
        "id": found.id, "site_id": found.site_id, "visitor_id": found.visitor_id, "started_at": found.started_at,
        "last_at": found.last_at, "heard_at": said.heard_at, "number": found.number if said.pages else 0,
        "pages": said.pages, "dwell": said.dwell, "path": as_json(said.path), "depth": said.depth,
        "deepest": said.deepest, "topic": as_json(said.topic), "branches": as_json(said.branches), "url": said.url,
        "title": said.title, "source": as_json(said.source), "arrival": said.arrival, "left_at": said.left_at,
        "user_agent": found.user_agent, "bot": found.bot, "merged_into": None,
    }  # fmt: skip


def _facts(found: Visit, said: Summary) -> VisitFacts:
    return VisitFacts(
        id=found.id, site=found.site_id, visitor=found.visitor_id, started_at=found.started_at, last_at=found.last_at,
        heard_at=said.heard_at, number=found.number, pages=said.pages, dwell=said.dwell, path=said.path,
        depth=said.depth, deepest=said.deepest, topic=said.topic, branches=said.branches, url=said.url,
        title=said.title, arrival=said.arrival, came_back=said.came_back or found.number > 1,
        left_at=said.left_at, bot=found.bot,
    )  # fmt: skip


def _view_row(owner: Visit, view: View, row: Row) -> dict[str, Any]:
    return {
        "site_id": owner.site_id, "id": view.id, "visit_id": owner.id, "visitor_id": owner.visitor_id,
        "node_id": nodes.id_of(owner.site_id, view.path), "at": view.at, "position": view.position,
        "depth": len(view.path), "dwell": view.dwell, "scroll": view.scroll, "stayed_at": view.stayed_at,
        "left_at": view.left_at, "path": as_json(view.path), "source": row.source, "url": view.url,
        "title": view.title, "referrer": view.referrer,
    }  # fmt: skip
