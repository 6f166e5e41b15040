"""Pure: a visit as the rules see it, from its row."""

from collections.abc import Mapping
from typing import Any

import msgspec

from contract.facts import Branch, Place, VisitFacts
from tracker.device import kind


def facts(row: Mapping[str, Any], *, came_back: bool, places: tuple[Place, ...]) -> VisitFacts:
    """`came_back`: its arrival is not the first page view of this visitor. `places`: of its page views."""
    source = row["source"]
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
        places=places,
        topic_share=row["topic_share"],
        channel=source["channel"],
        source=source["name"],
        campaign=source["campaign"],
        device=kind(row["user_agent"], bot=row["bot"]),
        language=row["language"],
    )
