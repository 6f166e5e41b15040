"""What `tracker.retold` tells again: the events of some visitors, with what their page views said when they came."""

from collections.abc import Collection

import msgspec
from sqlalchemy import Connection, Text, bindparam, select, type_coerce

from contract.facts import Doing
from contract.names import Ms
from store.prepared import Prepared, among
from tracker.device import kind
from tracker.queries import whole
from tracker.retold import LATEST, Body, Happened, Retold, Stands, bodies
from tracker.tables import event, page_view, visit
from tracker.visit import View

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
        event.c.dwell, event.c.scroll, event.c.name, event.c.props,
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


def past(conn: Connection, site_id: str, visitors: Collection[str], since: Ms) -> list[Past]:
    """The visitors as they were, from those visits on that something may still have come to since then.

    Earlier visits are counted, and taken as they stand.
    """
    stands: dict[str, list[Stands]] = {}
    before: dict[str, tuple[int, Ms]] = {}
    for visitor, id_, started_at, last_at, pages, agent, language, bot in _VISITS.rows(conn, visitors=visitors):
        if last_at < since - LATEST - LATEST // 7:
            if pages:
                before[visitor] = (before.get(visitor, (0, 0))[0] + 1, last_at)
        else:
            stands.setdefault(visitor, []).append(
                Stands(
                    id=id_, started_at=started_at, last_at=last_at, device=kind(agent, bot=bot), language=language,
                    bot=bot,
                )
            )  # fmt: skip
    if not stands:
        return []
    views = {
        id_: View(id_, at, position, _path(path), url, title, referrer, 0, 0, at, None)
        for id_, at, position, path, url, title, referrer in _VIEWS.rows(
            conn, visits=[one.id for found in stands.values() for one in found]
        )
    }
    begins = {visitor: found[0].started_at for visitor, found in stands.items()}
    events: dict[str, list[Happened]] = {}
    for visitor, id_, type_, at, received_at, position, page, dwell, scroll, name, props in _EVENTS.rows(
        conn, visitors=list(stands), since=min(begins.values())
    ):
        if at >= begins[visitor]:
            doing = Doing(name=name, at=at, value=whole(props)) if type_ == "custom" else None
            view = views.get(id_) if type_ == "page.viewed" else None
            events.setdefault(visitor, []).append(
                Happened(
                    id=id_, type=type_, at=at, received_at=received_at, position=position, page=page,
                    dwell=dwell or 0, scroll=scroll or 0, doing=doing, view=view,
                )
            )  # fmt: skip
    return [
        Past(visitor, Retold(site_id, visitor, stands[visitor], *before.get(visitor, (0, None))), bodies(found))
        for visitor, found in events.items()
    ]
