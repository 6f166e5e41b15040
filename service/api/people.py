"""Accounts with their desks, as the API shows them."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

import routing.queries
from contract.facts import AccountFacts
from contract.names import Ms
from contract.rest_experts import Expert, Me, TopicLevel

_NO_DESK: Mapping[str, Any] = {"status": "offline", "lease_until": 0, "capacity": 0}


def experts(conn: Connection, accounts: Iterable[AccountFacts], now: Ms) -> list[Expert]:
    """In the order given; presence as others see it (a lapsed lease is offline)."""
    people = list(accounts)
    ids = [person.id for person in people]
    desks = routing.queries.desks(conn, ids)
    known = routing.queries.knowledge(conn, ids)
    return [
        Expert(
            id=person.id,
            email=person.email,
            name=person.name,
            role=person.role,
            languages=list(person.languages),
            topics=[TopicLevel(path=path, level=level) for path, level in known.get(person.id, ())],
            status=routing.queries.status_now(dict(desks.get(person.id, _NO_DESK)), now),
            capacity=desks.get(person.id, _NO_DESK)["capacity"],
        )
        for person in people
    ]


def me(conn: Connection, account: AccountFacts, now: Ms) -> Me:
    """The signed-in person themselves."""
    shown = experts(conn, [account], now)[0]
    return Me(
        id=shown.id,
        email=shown.email,
        name=shown.name,
        role=shown.role,
        languages=shown.languages,
        sites=sorted(account.sites),
        topics=shown.topics,
        status=shown.status,
        capacity=shown.capacity,
    )
