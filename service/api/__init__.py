"""`/api/...`: one small file per resource; `operation` says what all of them have in common."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contract.errors import Refused
from service.api import (
    articles,
    blocks,
    board,
    callbacks,
    canned,
    conversations,
    customers,
    decisions,
    desk,
    events,
    experts,
    files,
    health,
    merges,
    offers,
    orders,
    products,
    push,
    queue,
    reports,
    segments,
    session,
    setup,
    site_events,
    sites,
    tokens,
    topics,
    tree,
    triggers,
    visitors,
    visits,
    webhooks,
)
from service.api.operation import Operation
from service.api.operation import routes as routes_of
from service.openapi import documented

_RESOURCES = (
    session, setup, sites, site_events, tree, experts, topics, triggers, segments, products, offers, orders, customers,
    merges, visits, visitors, conversations, blocks, files, articles, canned, decisions, desk, board, queue, reports,
    webhooks, tokens, push, callbacks, events, health,
)  # fmt: skip
#: Every operation there is, in the order of the document.
OPERATIONS: list[Operation] = [each for resource in _RESOURCES for each in resource.OPERATIONS]


def routes() -> list[Route]:
    """All of them, the document that describes them, and an answer of ours for what does not exist."""
    return [*routes_of(documented(OPERATIONS)), Route("/api/{rest:path}", _nothing)]


async def _nothing(request: Request) -> Response:
    """Whoever asks the API speaks JSON: no page of a shop that may stand behind it."""
    raise Refused("not_found")
