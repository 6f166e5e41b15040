"""`/api/...`: one small file per resource; `operation` says what all of them have in common."""

from starlette.routing import Route

from service.api import (
    conversations,
    customers,
    decisions,
    desk,
    events,
    experts,
    health,
    offers,
    orders,
    products,
    reports,
    session,
    sites,
    topics,
    triggers,
    visits,
)
from service.api.operation import Operation
from service.api.operation import routes as routes_of
from service.openapi import documented

_RESOURCES = (
    session, sites, experts, topics, triggers, products, offers, orders, customers, visits, conversations, decisions,
    desk, reports, events, health,
)  # fmt: skip
#: Every operation there is, in the order of the document.
OPERATIONS: list[Operation] = [each for resource in _RESOURCES for each in resource.OPERATIONS]


def routes() -> list[Route]:
    """All of them, and the document that describes them."""
    return routes_of(documented(OPERATIONS))
