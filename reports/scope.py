"""Which page views a question is about: one site, a span of time, people or also programs."""

from typing import Any

from sqlalchemy import ColumnElement, FromClause, func

from contract.names import Ms
from tracker.tables import page_view, visit

#: A page view belongs to the visit that its own visit was merged into, if it was.
VISIT = func.coalesce(visit.c.merged_into, visit.c.id)


def seen() -> FromClause:
    """Page views with their visits."""
    return page_view.join(visit, visit.c.id == page_view.c.visit_id)


def within(site_id: str, from_ms: Ms | None, to_ms: Ms | None, *, bots: bool) -> list[ColumnElement[Any]]:
    """Conditions on `seen()`: from included, to excluded; None is open. What a bot did only with `bots`."""
    where: list[ColumnElement[Any]] = [page_view.c.site_id == site_id]
    if from_ms is not None:
        where.append(page_view.c.at >= from_ms)
    if to_ms is not None:
        where.append(page_view.c.at < to_ms)
    if not bots:
        where.append(visit.c.bot.is_(False))
    return where
