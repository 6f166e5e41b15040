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
from tracker.bots import FEW, behaves_like_a_program, marked
from tracker.bulk import as_json
from tracker.collect import Prepared, Row, full
from tracker.device import is_bot
from tracker.memory import Memory, Visit, Visitor
from tracker.queries import visit_facts
from tracker.recognise import Key, new_stamp, recognise, remember
from tracker.room import VIEWS, Held, surplus
from tracker.rows import event_row, facts_of, said_row, view_row, visit_row
from tracker.tables import rejected_event
from tracker.visit import SILENCE, Span, Summary, View, apply_mark, join, later_from_outside, summarise

_REFUSED = UUID("0f6c1d6e-6a0c-4a52-9a5e-0b7a1f1f3f5d")
#: (page, who says something of it)
Mark = tuple[str, str]
_path = msgspec.json.Decoder(tuple[str, ...]).decode


class Recorded(msgspec.Struct, kw_only=True):
    """What became of one body. `visit`: the newest visit that its new events touched, None if nothing was new.

    `visitor` is None when a browser that was never seen sent nothing that could be taken. `fresh`: something was new.
    `new`: the events that were new, as many as `stored`.
    """

    site: str
    visitor: str | None
    visit: VisitFacts | None
    stored: int
    new: list[Row]
    duplicates: int
    rejected: list[Rejected]
    fresh: bool
    trusted: bool


def record(conn: Connection, items: list[Prepared], memory: Memory | None = None) -> list[Recorded]:
    """Store the events of `items` and all that follows from them; one answer per item, in order.

    `memory`: what this process remembers from group to group; it saves most of the reading.
    """
    return _Group(conn, items, Memory() if memory is None else memory).record()


class _Group:
    """The bodies that share one transaction. `record` names the steps; each does its part for all bodies at once."""

    def __init__(self, conn: Connection, items: list[Prepared], memory: Memory) -> None:
        self.conn, self.items, self.memory = conn, items, memory
        self.stamp = new_stamp()
        self.visitors: dict[Key, Visitor] = {}
        self.visitor_of: list[Visitor | None] = []  # per item
        self.new: list[list[Row]] = []  # per item: its events that were not known
        self.points: dict[str, list[Row]] = {}  # visitor -> its new events
        self.full: set[tuple[str, str]] = set()  # (site, event) that was not known and found no room in its visit
        self.visits: dict[str, Visit] = {}  # those that this group touches
        self.visit_of: dict[tuple[str, str], Visit] = {}  # (site, event) -> its visit, for new events
        self.absorbed: dict[str, str] = {}  # visit -> the visit that it became part of
        self.regrouped: set[str] = set()  # known visitors that have other visits than before
        self.marked: dict[tuple[str, str], Visit] = {}  # (site, stored page view) that something new is said of
        self.new_views: dict[tuple[str, str], tuple[Visit, View, Row]] = {}  # (site, page view)

    def record(self) -> list[Recorded]:
        self.visitors = recognise(self.conn, self.items, self.memory, self.stamp)
        self.visitor_of = [self.visitors.get((item.site.id, item.key_hash)) for item in self.items]
        self.store_events()
        self.group_into_visits()
        self.find_marked_views()
        self.load_views()
        self.put_new_views()
        self.apply_marks()
        described = self.describe()
        self.store_refusals()
        self.keep_in_mind()
        return [
            self.answer(item, visitor, new, described)
            for item, visitor, new in zip(self.items, self.visitor_of, self.new, strict=True)
        ]

    # --- steps --------------------------------------------------------------------------------------------------------

    def store_events(self) -> None:
        """The events themselves; `self.new` is what the base did not know."""
        rows: dict[str, dict[str, tuple[Any, ...]]] = {}
        for item, visitor in zip(self.items, self.visitor_of, strict=True):
            known = rows.setdefault(item.site.id, {})
            for row in item.rows:
                if row.id not in known:
                    assert visitor is not None
                    known[row.id] = event_row(item, visitor, row)
        stored = {site: sql.NEW_EVENTS.insert_new(self.conn, list(found.values())) for site, found in rows.items()}
        for item in self.items:
            unknown, new = stored[item.site.id], []
            for row in item.rows:
                if row.id in unknown:
                    unknown.discard(row.id)
                    new.append(row)
            self.new.append(new)

    def group_into_visits(self) -> None:
        """Each new event into the visit that it continues, begins, or joins with its neighbour, if that has room."""
        visitors: dict[str, Visitor] = {}
        for visitor, new in zip(self.visitor_of, self.new, strict=True):
            if new:
                assert visitor is not None
                visitors[visitor.id] = visitor
                self.points.setdefault(visitor.id, []).extend(new)
        stored = self.visits_near(visitors)
        for id_, visitor in visitors.items():
            self.points[id_] = self.with_room(visitor, self.points[id_], stored.get(id_, []))
        self.forget_full()
        for id_, visitor in visitors.items():
            if self.points[id_]:
                self.group_visitor(visitor, self.points[id_], stored.get(id_, []))

    def visits_near(self, visitors: dict[str, Visitor]) -> dict[str, list[Visit]]:
        """Per visitor the stored visits that its new events may touch."""
        near: dict[str, list[Visit]] = {}
        asked, times = [], []
        for id_, visitor in visitors.items():
            if visitor.new:
                continue
            at = [row.at for row in self.points[id_]]
            if visitor.newest is not None and min(at) >= visitor.newest.started_at:
                near[id_] = [visitor.newest]  # what is older ended more than the silence before this one began
            else:
                asked.append(id_)
                times += at
        if asked:
            since, until = min(times) - SILENCE, max(times) + SILENCE
            for row in sql.VISITS_NEAR.rows(self.conn, visitors=asked, since=since, until=until):
                found = self.known(row, visitors[row[2]])
                near.setdefault(found.visitor_id, []).append(found)
        return near

    def with_room(self, visitor: Visitor, points: list[Row], stored: list[Visit]) -> list[Row]:
        if sum(found.pages for found in stored) + len(points) <= VIEWS:
            return points
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
            sql.FORGET_EVENTS.change(self.conn, site=site, events=ids)
        self.new = [
            [row for row in new if (item.site.id, row.id) not in self.full]
            for item, new in zip(self.items, self.new, strict=True)
        ]

    def group_visitor(self, visitor: Visitor, points: list[Row], stored: list[Visit]) -> None:
        by_id = {found.id: found for found in stored}
        spans = join((Span(v.started_at, v.last_at, (v.id,)) for v in stored), [row.at for row in points])
        begun: list[Visit] = []
        starts: list[Ms] = []
        ends = {found.id: found.last_at for found in stored}
        for span in spans:
            if not span.fresh:
                continue
            kept = self.keep(visitor, span, by_id)
            kept.same = len(span.ids) == 1 and not kept.whole
            self.visits[kept.id] = kept
            begun.append(kept)
            starts.append(span.start)
        for row in points:
            kept = begun[bisect_right(starts, row.at) - 1]
            self.visit_of[visitor.site_id, row.id] = kept
            # an event between views may tell that the visitor never went away
            kept.same = kept.same and row.type != "page.viewed" and row.at >= ends[kept.id]
            if row.user_agent:
                kept.user_agent = max(kept.user_agent, row.user_agent)
                kept.language = max(kept.language, row.language)
            kept.bot = marked(kept.bot or is_bot(row.user_agent), visitor.bot_said)

    def keep(self, visitor: Visitor, span: Span, stored: dict[str, Visit]) -> Visit:
        """The visit that stands for `span`: the oldest that has pages; the others become part of it."""
        if not span.ids:
            if not visitor.new:
                self.regrouped.add(visitor.id)
            return Visit(
                id=new_id(), site_id=visitor.site_id, visitor_id=visitor.id,
                started_at=span.start, last_at=span.end, whole=True,
            )  # fmt: skip
        if len(span.ids) == 1:
            kept = stored[span.ids[0]]
        else:
            kept = min((stored[id_] for id_ in span.ids), key=lambda found: (found.pages == 0, found.id))
        kept.started_at, kept.last_at = span.start, span.end
        for id_ in span.ids:
            if id_ != kept.id:
                self.absorbed[id_] = kept.id
                self.regrouped.add(visitor.id)
                kept.whole = False
                kept.user_agent = max(kept.user_agent, stored[id_].user_agent)
                kept.language = max(kept.language, stored[id_].language)
                kept.bot = kept.bot or stored[id_].bot
        return kept

    def find_marked_views(self) -> None:
        """The stored views that new events of this group say more of; their visits are touched, whenever they were."""
        unknown: dict[str, dict[Mark, list[Row]]] = {}
        for item, visitor, new in zip(self.items, self.visitor_of, self.new, strict=True):
            for row in new:
                if row.page is None or visitor is None:
                    continue
                newest = visitor.newest
                if newest is not None and row.page in newest.views:
                    self.mark(row.page, self.visits.setdefault(self.absorbed.get(newest.id, newest.id), newest))
                else:
                    unknown.setdefault(item.site.id, {}).setdefault((row.page, visitor.id), []).append(row)
        if unknown:
            self.look_for_marked_views(unknown)

    def look_for_marked_views(self, unknown: dict[str, dict[Mark, list[Row]]]) -> None:
        """Those that are not in memory, nor come with this group. What is nowhere yet was said early."""
        coming = {
            (item.site.id, row.id)
            for item, new in zip(self.items, self.new, strict=True)
            for row in new
            if row.type == "page.viewed"
        }
        by_id = {visitor.id: visitor for visitor in self.visitors.values()}
        marked: dict[str, list[Mark]] = defaultdict(list)  # visit -> what is said of its views
        early: list[tuple[Any, ...]] = []
        for site, every in unknown.items():
            marks = {mark: rows for mark, rows in every.items() if (site, mark[0]) not in coming}
            pages = list({page for page, _ in marks})
            for page, visit_id, visitor_id in sql.VIEWS_BY_ID.rows(self.conn, site=site, pages=pages) if pages else ():
                if marks.pop((page, visitor_id), None) is not None:
                    marked[str(self.absorbed.get(visit_id, visit_id))].append((page, visitor_id))
            for (page, visitor_id), rows in marks.items():
                by_id[visitor_id].early = True
                early += [(site, page, row.id, visitor_id, row.type, row.dwell, row.scroll, row.at) for row in rows]
        sql.NEW_MARKS.insert(self.conn, early)
        elsewhere = [id_ for id_ in marked if id_ not in self.visits]
        for row in sql.VISITS.rows(self.conn, visits=elsewhere) if elsewhere else ():
            self.visits[row[0]] = self.known(row, by_id[row[2]])
        for id_, marks_of in marked.items():
            for page, _ in marks_of:
                self.mark(page, self.visits[id_])

    def mark(self, page: str, owner: Visit) -> None:
        owner.same = False
        self.marked[owner.site_id, page] = owner

    def load_views(self) -> None:
        """What was seen before in the visits of which something changes."""
        ids = [found.id for found in self.visits.values() if found.stored and not found.same and not found.whole]
        ids += self.absorbed
        if not ids:
            return
        for visit_id, id_, path, at, position, *rest in sql.VIEWS.rows(self.conn, visits=ids):
            owner = self.visits[str(self.absorbed.get(visit_id, visit_id))]
            owner.views[id_] = View(id_, at, position, _path(path), *rest)
        for id_ in ids:
            self.visits[self.absorbed.get(id_, id_)].whole = True

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
                    self.new_views[item.site.id, row.id] = (owner, view, row)

    def apply_marks(self) -> None:
        """Staying and leaving, whether it came before its view or after: the largest of all that was ever said."""
        early = {visitor.id for visitor in self.visitors.values() if visitor.early}
        pages: dict[str, dict[str, Visit]] = defaultdict(dict)
        for (site, page), (owner, _, _) in self.new_views.items() if early else ():
            if owner.visitor_id in early:
                pages[site][page] = owner
        for site, owners in pages.items():
            for page, visitor_id, kind, dwell, scroll, at in sql.MARKS.rows(self.conn, site=site, pages=list(owners)):
                if visitor_id == owners[page].visitor_id:
                    apply_mark(owners[page].views[page], kind, dwell, scroll, at)
        for item, visitor, new in zip(self.items, self.visitor_of, self.new, strict=True):
            for row in new:
                if row.page is None:
                    continue
                new_view = self.new_views.get((item.site.id, row.page))
                marked = new_view[0] if new_view is not None else self.marked.get((item.site.id, row.page))
                if marked is not None and visitor is not None and marked.visitor_id == visitor.id:
                    apply_mark(marked.views[row.page], row.type, row.dwell or 0, row.scroll or 0, row.at)

    def describe(self) -> dict[str, VisitFacts]:
        """Say anew what each touched visit says, write everything down; the facts of those that have pages."""
        signs = self.signs()
        said = {
            id_: summarise(list(found.views.values()), found.last_at, sorted(signs.get(id_, ())))
            for id_, found in self.visits.items()
            if not found.same
        }
        self.watch_behaviour(said)
        others = self.number_visits(said)
        self.write_visits(said, others)
        self.write_views()
        facts = {id_: facts_of(self.visits[id_], summary) for id_, summary in said.items() if summary.pages}
        same = [id_ for id_, found in self.visits.items() if found.same and found.pages]
        return facts | (visit_facts(self.conn, same) if same else {})

    def watch_behaviour(self, said: dict[str, Summary]) -> None:
        """Who turns pages as no person does is a program, and stays one. A trusted server tells no dwell."""
        if all(summary.pages < FEW for summary in said.values()):
            return
        told = {visitor.id for item, visitor in zip(self.items, self.visitor_of, strict=True)
                if visitor is not None and item.trusted}  # fmt: skip
        by_id = {visitor.id: visitor for visitor in self.visitors.values()}
        for id_, summary in said.items():
            found = self.visits[id_]
            if summary.pages >= FEW and found.visitor_id not in told:
                views = found.views.values()
                signs = sum(view.left_at is not None or view.stayed_at > view.at for view in views)
                like = behaves_like_a_program(sorted(view.at for view in views), summary.dwell, signs)
                found.bot = marked(found.bot or like, by_id[found.visitor_id].bot_said)

    def signs(self) -> dict[str, set[Ms]]:
        """Per visit the last event before each view with which the visitor may have come in again."""
        asked = [
            (found.id, found.visitor_id, found.started_at, at)
            for found in self.visits.values()
            if len(found.views) > 1
            for at in later_from_outside(list(found.views.values()))
        ]
        signs: dict[str, set[Ms]] = defaultdict(set)
        if asked:
            for visit_id, at in sql.SIGNS[self.conn.dialect.name].rows(self.conn, asked=as_json(asked)):
                if at is not None:
                    signs[visit_id].add(at)
        return signs

    def number_visits(self, said: dict[str, Summary]) -> list[tuple[int, str]]:
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
            for id_, visitor_id, started_at, number in sql.NUMBERS.rows(self.conn, visitors=list(self.regrouped)):
                if id_ not in said and id_ not in self.absorbed:
                    begun[visitor_id].append((started_at, id_, number))
        others = []
        for visits in begun.values():
            for number, (_, id_, before) in enumerate(sorted(visits), 1):
                if id_ in said:
                    self.visits[id_].number = number
                elif number != before:
                    others.append((number, id_))
        return others

    # --- writing ------------------------------------------------------------------------------------------------------

    def write_visits(self, said: dict[str, Summary], others: list[tuple[int, str]]) -> None:
        remember(
            self.conn,
            [(one, points) for one in self.visitors.values() if (points := self.points.get(one.id))],
            self.stamp,
        )
        found = [(self.visits[id_], summary) for id_, summary in said.items()]
        sql.NEW_VISITS.insert(self.conn, [visit_row(one, summary) for one, summary in found if not one.stored])
        sql.SET_VISIT.apply(self.conn, [
            (one.started_at, one.last_at, *said_row(one, summary), one.id) for one, summary in found if one.stored
        ])  # fmt: skip
        sql.SET_END.apply(self.conn, [
            (one.last_at, max(one.heard_at, one.last_at), id_) for id_, one in self.visits.items() if one.same
        ])  # fmt: skip
        sql.SET_NUMBER.apply(self.conn, others)
        if self.absorbed:
            moves = [
                {"gone": id_, "into": into, "visitor": self.visits[into].visitor_id}
                for id_, into in self.absorbed.items()
            ]
            for statement in sql.MERGE:
                statement.change_all(self.conn, moves)

    def write_views(self) -> None:
        sql.SET_VIEW.apply(self.conn, [
            (view.dwell, view.scroll, view.stayed_at, view.left_at, owner.site_id, page)
            for (_, page), owner in self.marked.items()
            for view in (owner.views[page],)
        ])  # fmt: skip
        if not self.new_views:
            return
        nodes.ensure(self.conn, {(owner.site_id, view.path) for owner, view, _ in self.new_views.values()})
        try:
            sql.NEW_VIEWS.insert(self.conn, [view_row(*new) for new in self.new_views.values()])
        except IntegrityError:
            nodes.forget(self.conn)
            raise

    def store_refusals(self) -> None:
        """Once per event and reason: a body that is sent again does not fill the list."""
        if not self.full and not any(item.refused for item in self.items):
            return
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

    def keep_in_mind(self) -> None:
        """The newest visit of each visitor of this group, where this group knows it whole."""
        touched: dict[str, Visit] = {}
        for found in self.visits.values():
            before = touched.get(found.visitor_id)
            if before is None or found.started_at > before.started_at:
                touched[found.visitor_id] = found
        for visitor in self.visitors.values():
            newest = touched.get(visitor.id, visitor.newest)
            visitor.new, visitor.newest = False, None
            if newest is not None and newest.whole and newest.last_at == visitor.last_at:  # else an older one
                newest.stored = True
                visitor.newest = newest
                self.memory.keep(visitor)

    # --- small things -------------------------------------------------------------------------------------------------

    def known(self, row: tuple[Any, ...], visitor: Visitor) -> Visit:
        """From a row of `sql.VISITS`: as it is remembered, or with its views not loaded yet."""
        if visitor.newest is not None and visitor.newest.id == row[0]:
            return visitor.newest
        found = Visit(*row)
        found.stored = True
        return found

    def without_room(self, item: Prepared) -> list[Row]:
        return [row for row in item.rows if (item.site.id, row.id) in self.full] if self.full else []

    def answer(
        self, item: Prepared, visitor: Visitor | None, new: list[Row], described: dict[str, VisitFacts]
    ) -> Recorded:
        refused = [full(row, item.received_at) for row in self.without_room(item)] if self.full else []
        newest: VisitFacts | None = None
        for row in new:
            ids = [self.visit_of[item.site.id, row.id].id]
            marked = self.marked.get((item.site.id, row.page)) if row.page is not None else None
            if marked is not None and visitor is not None and marked.visitor_id == visitor.id:
                ids.append(marked.id)
            for id_ in ids:
                found = described.get(id_)
                if found is not None and (newest is None or found.started_at > newest.started_at):
                    newest = found
        return Recorded(
            site=item.site.id,
            visitor=visitor.id if visitor else None,
            visit=newest,
            stored=len(new),
            new=new,
            duplicates=len(item.rows) - len(new) - len(refused),
            rejected=item.rejected + [Rejected(id=refusal.id, reason=refusal.reason) for refusal in refused],
            fresh=bool(new),
            trusted=item.trusted,
        )
