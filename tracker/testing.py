"""Test mode of a site: what comes is kept as it comes, taken or not, so that whoever builds the site sees it arrive.

Kept in the same commit as the events themselves, and only while the site's test mode is on; off, this costs one look
at each body's site. Two lists have bounds that a flood cannot break: `trim` holds them (`service.timers`).
"""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, and_, delete, exists, insert, select

from access.tables import site
from contract.clock import DAY
from contract.facts import SiteFacts
from contract.ids import new_id
from contract.names import EventOutcome, Ms
from tracker.collect import Prepared, Row
from tracker.record import Recorded
from tracker.tables import rejected_event, test_event
from tracker.tree import place

#: The newest of each site that stay.
TESTED, REJECTED = 1_000, 10_000
#: How long refused events stay (design 8).
REJECTED_FOR: Ms = 14 * DAY
#: What the end of a test leaves behind goes after this long.
TESTED_FOR: Ms = 2 * DAY


def keep(conn: Connection, items: Sequence[Prepared], recorded: Sequence[Recorded]) -> None:
    """Call after `record`, in its transaction, with what it was given and what it answered."""
    if not any(item.site.test_mode for item in items):
        return
    rows = [row for item, one in zip(items, recorded, strict=True) if item.site.test_mode for row in _rows(item, one)]
    if rows:
        conn.execute(insert(test_event), rows)


def _rows(item: Prepared, one: Recorded) -> Iterator[dict[str, Any]]:
    reasons = {refusal.id: refusal.reason for refusal in one.rejected}
    new = {event.id for event in one.new}

    def row(outcome: EventOutcome, event: dict[str, Any], **more: Any) -> dict[str, Any]:
        return {
            "id": new_id(), "site_id": item.site.id, "at": item.received_at, "outcome": outcome, "reason": None,
            "event": event, "placed": None, "visitor_id": one.visitor, "visit_id": None, **more,
        }  # fmt: skip

    for refusal in item.refused:
        yield row("rejected", {"id": refusal.id, **refusal.event}, reason=refusal.reason)
    for event in item.rows:
        if event.id in reasons:
            yield row("rejected", _said(event, item.received_at), reason=reasons[event.id])
        else:
            taken: EventOutcome = "accepted" if event.id in new else "duplicate"
            new.discard(event.id)  # said twice in one body: known the second time
            visit = one.visit.id if one.visit is not None and taken == "accepted" else None
            yield row(taken, _said(event, item.received_at), placed=_placed(item.site, event), visit_id=visit)


def _said(event: Row, received_at: Ms) -> dict[str, Any]:
    """The event as it was taken: without what its type does not have."""
    said: dict[str, Any] = {"id": event.id, "type": event.type, "age": max(0, received_at - event.at)}
    for name in ("url", "title", "referrer", "page", "dwell", "scroll", "name", "props"):
        value = getattr(event, name)
        if value not in (None, "", {}):
            said[name] = value
    return said


def _placed(site: SiteFacts, event: Row) -> dict[str, Any] | None:
    """Where a page view stands, who said so, and why (`contract.names.TreeReason`)."""
    if event.type != "page.viewed":
        return None
    by_us = event.source in ("tree", "sitemap", "canonical", "url")
    reason = place(site.rules, site.tree, event.url, None, None)[2] if by_us else "given"
    return {"path": list(event.path), "source": event.source, "reason": reason}


class Cut(msgspec.Struct, frozen=True):
    """What goes: the rows of one site whose `by` is smaller than `before`."""

    by: Column[Any]
    site: str
    before: Any

    @property
    def rows(self) -> ColumnElement[bool]:
        return and_(self.by.table.c.site_id == self.site, self.by < self.before)


def surplus(conn: Connection, now: Ms) -> list[Cut]:
    """What is too old, and what is more than a site may keep. Reads only: mostly there is nothing.

    What came in the same moment as the last that may stay, stays with it.
    """
    refused, tested = rejected_event.c.at, test_event.c.id
    cuts = []
    for site_id in conn.execute(select(site.c.id)).scalars().all():
        cuts += [
            Cut(refused, site_id, now - REJECTED_FOR),
            Cut(refused, site_id, _last_that_stays(conn, refused, site_id, REJECTED)),
            Cut(test_event.c.at, site_id, now - TESTED_FOR),
            Cut(tested, site_id, _last_that_stays(conn, tested, site_id, TESTED)),
        ]
    return [cut for cut in cuts if cut.before is not None and conn.execute(select(exists().where(cut.rows))).scalar()]


def trim(conn: Connection, cuts: Sequence[Cut]) -> None:
    """Forget what `surplus` found."""
    for cut in cuts:
        conn.execute(delete(cut.by.table).where(cut.rows))


def _last_that_stays(conn: Connection, by: Column[Any], site_id: str, most: int) -> Any:
    newest = select(by).where(by.table.c.site_id == site_id).order_by(by.desc())
    return conn.execute(newest.offset(most - 1).limit(1)).scalar()
