"""Stored visits as they were at a moment during the visit, with how they ended: what intent is learned from.

A model is asked about visits that are under way, so it learns from visits that are under way: of each, only what the
tracker knew at one moment before it ended well, put together by the tracker's own code. Nothing that came later counts:
no page, no second of dwell, no order, and nobody becomes a customer before they were known as one.
"""

import hashlib
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection, and_, or_, select

from chat.tables import conversation, message
from contract.clock import DAY
from contract.facts import SiteFacts, VisitFacts
from contract.names import Ms
from routing.intent import features, rule
from routing.learn.intent import Example
from sales.tables import order
from service.learning.people import People, people_of
from store.base import Store
from tracker import memory
from tracker.queries import counted
from tracker.rows import facts_of
from tracker.tables import event, page_view, visit
from tracker.visit import View, apply_mark, summarise

#: Told while it works.
Say = Callable[[str], None]
#: Visits that are older say little of today's; raw events are kept for as long.
SINCE: Ms = 400 * DAY
#: The newest visits of a site that are learned from.
MOST = 200_000
#: An order or a chat counts for every visit that was under way or over for less than this. A visit younger than that
#: has not had its chance yet, and is left out.
AFTER: Ms = DAY
#: Visits that are read in one go.
BATCH = 500
Row = Mapping[str, Any]


class Good(msgspec.Struct, frozen=True):
    """An order, or a message of the visitor. `opened_at`: when its chat was opened, which gives it away."""

    at: Ms
    opened_at: Ms

    def ends(self, started_at: Ms) -> Ms:
        """From when on a visit that began then says how it ends; a chat of an earlier visit had said nothing."""
        return self.opened_at if self.opened_at >= started_at else self.at


async def examples(store: Store, site: SiteFacts, now: Ms) -> AsyncIterator[list[Example]]:
    """The visits of this site, newest first, in batches; each batch is one short look into the base."""
    people = await store.read(lambda conn: people_of(conn, site.id))
    before: tuple[Ms, str] = (now - AFTER, "")
    left = MOST
    while left > 0:
        most, until = min(BATCH, left), before
        rows = await store.read(lambda conn: _visits(conn, site.id, now - SINCE, until, most))  # noqa: B023  awaited here
        if not rows:
            return
        over = [row for row in rows if row["last_at"] <= now - AFTER]
        yield await store.read(lambda conn: _examples(conn, site, over, people)) if over else []  # noqa: B023
        before, left = (rows[-1]["started_at"], rows[-1]["id"]), left - len(rows)


def moment(visit_id: str, views: Sequence[View], marks: Sequence[Row], end: Ms | None) -> Ms | None:
    """The moment of this visit at which it is looked at: always the same one, any sign of life before `end` may be it.

    First one of its page views is chosen, then one of the signs until the next. None where nothing came before `end`.
    """
    views = sorted((view for view in views if end is None or view.at < end), key=lambda view: view.order)
    if not views:
        return None
    dice = int.from_bytes(hashlib.blake2b(visit_id.encode(), digest_size=8).digest())
    chosen = dice % len(views)
    until = min([view.at for view in views[chosen + 1 : chosen + 2]] + ([] if end is None else [end]), default=None)
    signs = sorted(
        {mark["at"] for mark in marks if mark["at"] > views[chosen].at and (until is None or mark["at"] < until)}
    )
    moments: list[Ms] = [views[chosen].at, *signs]
    return moments[dice // len(views) % len(moments)]


def as_of(row: Row, views: Iterable[View], marks: Sequence[Row], at: Ms) -> VisitFacts:
    """The visit as the tracker saw it then. `views`: nothing but what their page views said; `marks`: its events."""
    seen = {view.id: msgspec.structs.replace(view) for view in views if view.at <= at}
    for mark in marks:
        if mark["at"] <= at and mark["page"] in seen:
            apply_mark(seen[mark["page"]], mark["type"], mark["dwell"] or 0, mark["scroll"] or 0, mark["at"])
    signs = sorted(mark["at"] for mark in marks if mark["at"] <= at)
    found = memory.Visit(
        id=row["id"],
        site_id=row["site_id"],
        visitor_id=row["visitor_id"],
        started_at=row["started_at"],
        last_at=at,
        number=row["number"],
        user_agent=row["user_agent"],
        language=row["language"],
    )
    return facts_of(found, summarise(list(seen.values()), at, signs))


def _visits(conn: Connection, site_id: str, since: Ms, before: tuple[Ms, str], most: int) -> Sequence[Row]:
    wanted = (visit.c.id, visit.c.site_id, visit.c.visitor_id, visit.c.started_at, visit.c.last_at, visit.c.number,
              visit.c.user_agent, visit.c.language)  # fmt: skip
    where = and_(
        visit.c.site_id == site_id,
        visit.c.started_at >= since,
        visit.c.started_at <= before[0],
        or_(visit.c.started_at < before[0], visit.c.id < before[1]),
        visit.c.bot.is_(False),
        counted,
    )
    newest = select(*wanted).where(where).order_by(visit.c.started_at.desc(), visit.c.id.desc()).limit(most)
    return [dict(row) for row in conn.execute(newest).mappings()]


def _examples(conn: Connection, site: SiteFacts, rows: Sequence[Row], people: People) -> list[Example]:
    """What is learned from these visits; without those of which nothing is known before they ended well."""
    views = defaultdict[str, list[View]](list)
    of_these = page_view.c.visit_id.in_([row["id"] for row in rows])
    for seen in conn.execute(select(page_view).where(of_these)).mappings():
        views[seen["visit_id"]].append(_unmarked(seen))
    visitors = {row["visitor_id"] for row in rows}
    first, last = min(row["started_at"] for row in rows), max(row["last_at"] for row in rows)
    marks = _events(conn, visitors, first, last)
    ends = _good(conn, visitors, first, last + AFTER)
    made = []
    for row in rows:
        good = [one for one in ends[row["visitor_id"]] if row["started_at"] <= one.at <= row["last_at"] + AFTER]
        own = [mark for mark in marks[row["visitor_id"]] if row["started_at"] <= mark["at"] <= row["last_at"]]
        end = min((one.ends(row["started_at"]) for one in good), default=None)
        at = moment(row["id"], views[row["id"]], own, end)
        if at is None:
            continue
        facts = as_of(row, views[row["id"]], own, at)
        who = people.at(row["visitor_id"], at)
        made.append(Example(row["visitor_id"], features(facts, who, site.zone), rule(facts, who), bool(good)))
    return made


def _unmarked(row: Mapping[Any, Any]) -> View:
    """A page view as it was when it came: nothing is known yet of staying on it and leaving it."""
    return View(
        id=row["id"], at=row["at"], position=row["position"], path=tuple(row["path"]), url=row["url"],
        title=row["title"], referrer=row["referrer"], dwell=0, scroll=0, stayed_at=row["at"], left_at=None,
    )  # fmt: skip


def _events(conn: Connection, visitors: Iterable[str], first: Ms, last: Ms) -> dict[str, list[Row]]:
    """Visitor -> their signs of life, oldest first."""
    wanted = (event.c.visitor_id, event.c.type, event.c.at, event.c.page, event.c.dwell, event.c.scroll)
    where = and_(event.c.visitor_id.in_(list(visitors)), event.c.at >= first, event.c.at <= last)
    found = defaultdict[str, list[Row]](list)
    for row in conn.execute(select(*wanted).where(where).order_by(event.c.at, event.c.position)).mappings():
        found[row["visitor_id"]].append(dict(row))
    return found


def _good(conn: Connection, visitors: Iterable[str], first: Ms, last: Ms) -> dict[str, list[Good]]:
    """Visitor -> their orders and messages of that time."""
    found = defaultdict[str, list[Good]](list)
    ours = list(visitors)
    said = (
        select(conversation.c.visitor_id, conversation.c.opened_at, message.c.at)
        .join(message, message.c.conversation_id == conversation.c.id)
        .where(
            conversation.c.visitor_id.in_(ours),
            message.c.author_kind == "visitor",
            message.c.at >= first,
            message.c.at <= last,
        )
    )
    for visitor_id, opened_at, at in conn.execute(said):
        found[visitor_id].append(Good(at, opened_at))
    ordered = select(order.c.visitor_id, order.c.at).where(
        order.c.visitor_id.in_(ours), order.c.at >= first, order.c.at <= last
    )
    for visitor_id, at in conn.execute(ordered):
        found[visitor_id].append(Good(at, at))
    return found
