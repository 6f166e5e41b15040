"""Why you, and why not Boris: the stored record of every choice that was made about a visit, and what came of it."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, RowMapping, select

import access.queries
import reports.decisions
import routing.queries
import tracker.queries
from access.tables import account, account_site
from contract.clock import rfc3339
from contract.errors import Refused
from contract.ids import UUID
from contract.rest_routing import Candidate, CandidateParts, Decision, DecisionOrder, Why
from contract.shapes import Person
from routing.match import Knows
from routing.tables import decision as table
from routing.why_not import Asked, sentence, why_not
from service.api.lists import Listed, asked, page
from service.api.operation import Call, operation


@operation("GET", "/api/decisions", gives=Listed[Decision], query=("visit", "limit", "cursor"))
async def decisions(call: Call) -> Listed[Decision]:
    """Candidates, who was chosen and who was left out and why, newest first; `?visit=` is needed."""
    ask, visit = asked(call, (int, str)), call.text("visit")
    if visit is None or not UUID.fullmatch(visit):
        raise Refused("invalid", "visit")
    sites = await call.site_ids()
    query = select(table).where(table.c.visit_id == visit, table.c.site_id.in_(sites))

    def read(conn: Connection) -> Listed[Decision]:
        rows, more = page(conn, query, (table.c.at, table.c.id), ask, newest=True)
        return Listed(items=_shown(conn, rows), next=more)

    return await call.bell.store.read(read)


@operation("GET", "/api/decisions/{id}/why", gives=Why, query=("expert",))
async def why(call: Call) -> Why:
    """Why this expert was rung, or was not: one sentence, in your language; also for who was no candidate."""
    decision_id, expert, sites = call.path_id(), call.text("expert"), await call.site_ids()

    def read(conn: Connection) -> Why:
        query = select(table).where(table.c.id == decision_id, table.c.site_id.in_(sites))
        row = conn.execute(query).mappings().one_or_none()
        if row is None:
            raise Refused("not_found")
        if expert is None:
            raise Refused("invalid", "expert")
        whom = _asked(conn, expert, row["site_id"])
        if whom is None or not (call.account.role == "admin" or whom.sees or _stands_in(row, expert)):
            raise Refused("not_found")
        code, values = why_not(row, _topic(conn, row), whom)
        return Why(text=sentence(code, values, call.tongue))

    return await call.bell.store.read(read)


def _topic(conn: Connection, row: RowMapping) -> tuple[str, ...]:
    """What it was about: of the alert; of the visit, for an invitation that came by itself."""
    alert = routing.queries.alert_row(conn, row["alert_id"]) if row["alert_id"] is not None else None
    if alert is not None:
        return tuple(alert["topic"])
    visit = tracker.queries.visit_facts(conn, [row["visit_id"]]).get(row["visit_id"])
    return visit.topic if visit is not None else ()


def _shown(conn: Connection, rows: Iterable[RowMapping]) -> list[Decision]:
    rows = list(rows)
    names = access.queries.names(conn, {id_ for row in rows for id_ in row["chosen"]})
    came_of = reports.decisions.came_of(conn, {id_ for row in rows if (id_ := row["alert_id"]) is not None})
    came_of |= reports.decisions.came_of_invitations(
        conn, {id_ for row in rows if (id_ := row["firing_id"]) is not None}
    )
    visits = tracker.queries.visit_facts(conn, {row["visit_id"] for row in rows})
    about: dict[str | None, tuple[str, ...]] = {}  # the rungs of one bell share its topic
    shown = []
    for row in rows:
        if row["alert_id"] not in about:
            about[row["alert_id"]] = _topic(conn, row)
        visit = visits.get(row["visit_id"])
        came = came_of[row["alert_id"] or row["firing_id"]]
        shown.append(
            Decision(
                id=row["id"],
                alert=row["alert_id"],
                firing=row["firing_id"],
                visit=row["visit_id"],
                topic=list(about[row["alert_id"]]),
                language=visit.language if visit is not None else "",
                rung=row["rung"],
                at=rfc3339(row["at"]),
                chosen=[Person(id=id_, name=names.get(id_, "")) for id_ in row["chosen"]],
                candidates=[_candidate(one) for one in row["candidates"]],
                others=row["others"],
                outcome=row["outcome"],
                answered_at=None if came.answered_at is None else rfc3339(came.answered_at),
                solved=came.solved,
                rated=came.rated,
                ordered=None if came.order is None else DecisionOrder(id=came.order[0], number=came.order[1]),
            )
        )
    return shown


def _candidate(one: dict[str, Any]) -> Candidate:
    return Candidate(**{**one, "parts": CandidateParts(**one["parts"])})


def _stands_in(row: RowMapping, expert_id: str) -> bool:
    return expert_id in row["chosen"] or any(one["expert"] == expert_id for one in row["candidates"])


def _asked(conn: Connection, expert_id: str, site_id: str) -> Asked | None:
    """Whoever this is; None if nobody ever was."""
    row = conn.execute(select(account).where(account.c.id == expert_id)).mappings().one_or_none()
    if row is None:
        return None
    sees = select(account_site).where(account_site.c.account_id == expert_id, account_site.c.site_id == site_id)
    desk = routing.queries.desk_row(conn, expert_id)
    known = routing.queries.knowledge(conn, [expert_id]).get(expert_id, [])
    return Asked(
        id=expert_id,
        name=row["name"],
        active=row["active"],
        desk=desk is not None and row["role"] == "expert",
        sees=conn.execute(sees).first() is not None,
        capacity=desk["capacity"] if desk else 0,
        knows=tuple(Knows(tuple(path), level) for path, level in known),
    )


OPERATIONS = [decisions, why]
