"""What is written of an event, a visit, a page view: rows in the order of their tables, as the driver takes them."""

from typing import Any

from contract.facts import VisitFacts
from tracker import nodes
from tracker.bulk import as_json
from tracker.collect import Prepared, Row
from tracker.device import kind
from tracker.memory import Visit, Visitor
from tracker.visit import Summary, View


def event_row(item: Prepared, visitor: Visitor, row: Row) -> tuple[Any, ...]:
    """In the order of the table."""
    return (
        item.site.id, row.id, visitor.id, row.type, row.at, item.received_at, row.position, row.page, row.dwell,
        row.scroll, row.name, None if row.props is None else as_json(row.props), row.value,
    )  # fmt: skip


def visit_row(found: Visit, said: Summary) -> tuple[Any, ...]:
    """In the order of the table."""
    return (found.id, found.site_id, found.visitor_id, found.started_at, found.last_at, *said_row(found, said), None)


def said_row(found: Visit, said: Summary) -> tuple[Any, ...]:
    """The columns of a visit between its end and what it was merged into; the visit remembers what it was given."""
    found.number = found.number if said.pages else 0
    found.pages, found.heard_at = said.pages, said.heard_at
    return (
        said.heard_at, found.number, said.pages, said.dwell, as_json(said.path), said.depth, said.deepest,
        as_json(said.topic), said.topic_share, as_json(said.branches), said.url, said.title, as_json(said.source),
        said.arrival, said.left_at, found.user_agent, found.language, found.bot,
    )  # fmt: skip


def facts_of(found: Visit, said: Summary) -> VisitFacts:
    return VisitFacts(
        id=found.id, site=found.site_id, visitor=found.visitor_id, started_at=found.started_at, last_at=found.last_at,
        heard_at=said.heard_at, number=found.number, pages=said.pages, dwell=said.dwell, path=said.path,
        depth=said.depth, deepest=said.deepest, topic=said.topic, branches=said.branches, url=said.url,
        title=said.title, arrival=said.arrival, came_back=said.came_back or found.number > 1,
        left_at=said.left_at, bot=found.bot, places=said.places, topic_share=said.topic_share,
        channel=said.source.channel, source=said.source.name, campaign=said.source.campaign,
        device=kind(found.user_agent, bot=found.bot), language=found.language,
    )  # fmt: skip


def view_row(owner: Visit, view: View, row: Row) -> tuple[Any, ...]:
    """In the order of the table."""
    return (
        owner.site_id, view.id, owner.id, owner.visitor_id, nodes.id_of(owner.site_id, view.path), view.at,
        view.position, len(view.path), view.dwell, view.scroll, view.stayed_at, view.left_at, as_json(view.path),
        row.source, view.url, view.title, view.referrer,
    )  # fmt: skip
