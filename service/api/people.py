"""Accounts with their desks, as the API shows them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

import routing.queries
from contract.clock import rfc3339
from contract.facts import AccountFacts
from contract.names import Ms
from contract.rest_experts import Expert, Me, TopicLevel
from routing.hours import read_hours
from routing.presence import overtime_until, sitting
from service.flows.load import loads

_NO_DESK: Mapping[str, Any] = {
    "status": "offline",
    "status_at": 0,
    "status_reason": "",
    "lease_until": 0,
    "capacity": 0,
    "hours": None,
    "breath_seconds": 0,
    "rest_until": 0,
    "handed_on": 0,
}


def experts(conn: Connection, accounts: Iterable[AccountFacts], reader: AccountFacts, now: Ms) -> list[Expert]:
    """In the order given, as `reader` may see them; presence as others see it (a lapsed lease is offline)."""
    people = list(accounts)
    ids = [person.id for person in people]
    desks = routing.queries.desks(conn, ids)
    known = routing.queries.knowledge(conn, ids)
    taken = loads(conn, ids)
    return [
        _expert(person, desks.get(person.id, _NO_DESK), known.get(person.id, ()), taken.get(person.id, 0), reader, now)
        for person in people
    ]


def _expert(
    person: AccountFacts,
    desk: Mapping[Any, Any],
    known: Iterable[tuple[list[str], int]],
    load: int,
    reader: AccountFacts,
    now: Ms,
) -> Expert:
    online = routing.queries.status_now(desk, now) == "online"
    overtime = overtime_until(sitting(desk), now) if online else None
    topics = [TopicLevel(path=path, level=level) for path, level in known]
    return Expert(
        id=person.id,
        email=person.email,
        name=person.name,
        role=person.role,
        languages=list(person.languages),
        topics=topics,
        sites=sorted(site for site in person.sites if reader.may_see(site)),
        status=routing.queries.status_now(desk, now),
        status_reason=routing.queries.reason_now(desk, now),
        status_at=rfc3339(desk["status_at"]) if desk["status_at"] else None,
        capacity=desk["capacity"],
        load=load,
        hours=read_hours(desk["hours"]),
        breath_seconds=desk["breath_seconds"],
        rest_until=rfc3339(desk["rest_until"]) if online and desk["rest_until"] > now else None,
        overtime_until=None if overtime is None else rfc3339(overtime),
        active=person.active,
        warnings=["no_topics"] if person.role == "expert" and not topics else [],
    )


def me(conn: Connection, account: AccountFacts, now: Ms) -> Me:
    """The signed-in person themselves."""
    shown = experts(conn, [account], account, now)[0]
    desk = routing.queries.desk_row(conn, account.id) or _NO_DESK
    return Me(
        id=shown.id,
        email=shown.email,
        name=shown.name,
        role=shown.role,
        languages=shown.languages,
        sites=sorted(account.sites),
        topics=shown.topics,
        status=shown.status,
        status_reason=shown.status_reason,
        capacity=shown.capacity,
        hours=shown.hours,
        handed_on=desk["handed_on"],
    )
