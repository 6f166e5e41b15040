"""Pure: a visit as the rules see it, from its row."""

from collections.abc import Mapping
from typing import Any

import msgspec

from contract.facts import Branch, VisitFacts


def facts(row: Mapping[str, Any], *, came_back: bool) -> VisitFacts:
    """`came_back`: its arrival is not the first page view of this visitor."""
    return VisitFacts(
        id=row["id"],
        site=row["site_id"],
        visitor=row["visitor_id"],
        started_at=row["started_at"],
        last_at=row["last_at"],
        heard_at=row["heard_at"],
        number=row["number"],
        pages=row["pages"],
        dwell=row["dwell"],
        path=tuple(row["path"]),
        depth=row["depth"],
        deepest=row["deepest"],
        topic=tuple(row["topic"]),
        branches=msgspec.convert(row["branches"], tuple[Branch, ...]),
        url=row["url"],
        title=row["title"],
        arrival=row["arrival"],
        came_back=came_back,
        left_at=row["left_at"],
        bot=row["bot"],
    )
