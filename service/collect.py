"""`POST /collect` and `/visitor/...`: the addresses that every page of a customer's site may call.

A raw ASGI function in front of Starlette: this is the hot path (docs/performance.md). Checked in the order of
contract 3: size, content type, JSON and shape, site and origin, rate, room; then the single events.
"""

import asyncio
import contextlib

import msgspec
import structlog
from prometheus_client import Counter
from starlette.types import ASGIApp, Receive, Scope, Send

from contract.beacons import AGENT_LIMIT, MAX_BODY, Beacon, Identify, Shown, Waiting
from contract.clock import now_ms
from contract.errors import Refused
from contract.facts import SiteFacts
from service import first_party
from service.address import client_address
from service.bell import Bell
from service.identify import identify
from service.journey import answer
from service.web import failure, language, parse, problem

_encode = msgspec.json.Encoder().encode
TYPES = (b"text/plain", b"application/json")
BODY_SECONDS = 10.0
log = structlog.get_logger()
collected = Counter("shopbell_events_total", "Events that came to /collect, by what became of them", ["outcome"])
_stored, _duplicate, _rejected = (collected.labels(outcome) for outcome in ("stored", "duplicate", "rejected"))

Headers = list[tuple[bytes, bytes]]
#: Status, body, and headers besides those that every answer has.
Answer = tuple[int, bytes, Headers]
_NOTHING_MORE: Headers = []


def in_front(app: ASGIApp) -> ASGIApp:
    """`app`, with the visitor's addresses answered before it."""

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        handler = _HANDLERS.get(scope["path"]) if scope["type"] == "http" else None
        if handler is None:
            await app(scope, receive, send)
            return
        origin = _header(scope, b"origin")
        cors = _cors(origin)
        try:
            if scope["method"] == "OPTIONS":
                await _answer(send, 204, b"", [*cors, *_PREFLIGHT])
                return
            if scope["method"] != "POST":
                raise Refused("method_not_allowed")
            status, body, more = await handler(scope["state"]["bell"], scope, receive, origin)
            await _answer(send, status, body, [*cors, *more])
        except Refused as refused:
            if handler is _collect and await first_party.may_read(scope["state"]["bell"], origin):
                cors.append(first_party.CREDENTIALS)
            response = problem(refused, _tongue(scope))
            for name, value in cors:
                response.headers[name.decode()] = value.decode("latin-1")
            await response(scope, receive, send)
        except (_Gone, asyncio.CancelledError):
            raise
        except Exception:
            error_id, response = failure(_tongue(scope))
            log.exception("collect.failed", id=error_id)
            await response(scope, receive, send)

    async def never_gone(scope: Scope, receive: Receive, send: Send) -> None:
        with contextlib.suppress(_Gone):
            await dispatch(scope, receive, send)

    return never_gone


class _Gone(Exception):
    """The client went away: there is nobody to answer."""


async def _collect(bell: Bell, scope: Scope, receive: Receive, origin: bytes | None) -> Answer:
    beacon = parse(await _body(scope, receive), Beacon, as_it_is=True)
    site = await _site(bell, beacon.site, origin)
    bell.limits.collect(site.id, client_address(scope, bell.settings.trusted_proxies))
    kept = None
    if beacon.first_party and origin is not None:
        kept = await first_party.recognised(bell, site, beacon, scope, origin)
    agent = (_header(scope, b"user-agent") or b"")[:AGENT_LIMIT].decode("latin-1")
    told = await bell.journey.collect(site, beacon, received_at=now_ms(), user_agent=agent)
    _stored.inc(told.stored)
    _duplicate.inc(told.duplicates)
    _rejected.inc(len(told.rejected))
    said = answer(told) if kept is None else kept.said(answer(told))
    return _said(said, _NOTHING_MORE if kept is None else kept.headers(told.visit))


async def _wait(bell: Bell, scope: Scope, receive: Receive, origin: bytes | None) -> Answer:
    asked = parse(await _body(scope, receive), Waiting, as_it_is=True)
    site = await _site(bell, asked.site, origin)
    bell.limits.collect(site.id, client_address(scope, bell.settings.trusted_proxies))
    shown = await bell.waiting.something(bell.store, site, asked.visitor, _disconnected(receive))
    return _said(Shown(show=True) if shown else None)


async def _identify(bell: Bell, scope: Scope, receive: Receive, origin: bytes | None) -> Answer:
    asked = parse(await _body(scope, receive), Identify, as_it_is=True)
    site = await _site(bell, asked.site, origin)
    bell.limits.collect(site.id, client_address(scope, bell.settings.trusted_proxies))
    return _said(await identify(bell, site, asked))


async def _forget(bell: Bell, scope: Scope, receive: Receive, origin: bytes | None) -> Answer:
    asked = parse(await _body(scope, receive), Waiting, as_it_is=True)
    site = await _site(bell, asked.site, origin)
    bell.limits.collect(site.id, client_address(scope, bell.settings.trusted_proxies))
    return _said(None, first_party.forgotten(site, scope, origin))


def _said(value: msgspec.Struct | None, more: Headers = _NOTHING_MORE) -> Answer:
    return (204, b"", more) if value is None else (200, _encode(value), more)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _site(bell: Bell, key: str, origin: bytes | None) -> SiteFacts:
    """A page outside the site's origins is refused; a program that sends no Origin is not a page."""
    site = await bell.sites.by_key(key)
    if site is None:
        raise Refused("unknown_site")
    if origin is not None and origin.decode("latin-1") not in site.origins:
        raise Refused("foreign_origin")
    return site


async def _body(scope: Scope, receive: Receive) -> bytes:
    """The body, after size (413) and content type (415). A compressed body is not taken: it could be a bomb."""
    length = _header(scope, b"content-length")
    if length is not None and (not length.isdigit() or int(length) > MAX_BODY):
        raise Refused("too_large", "64 KiB")
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    raise _Gone
                body += message.get("body", b"")
                if len(body) > MAX_BODY:
                    raise Refused("too_large", "64 KiB")
                if not message.get("more_body"):
                    break
    except TimeoutError as error:
        raise Refused("malformed") from error
    kind = (_header(scope, b"content-type") or b"").split(b";", 1)[0].strip().lower()
    if kind not in TYPES or _header(scope, b"content-encoding") not in (None, b"identity"):
        raise Refused("unsupported_type")
    return bytes(body)


def _header(scope: Scope, name: bytes) -> bytes | None:
    for key, value in scope["headers"]:
        if key == name:
            return value  # type: ignore[no-any-return]
    return None


def _tongue(scope: Scope) -> str:
    accept = _header(scope, b"accept-language")
    return language(accept.decode("latin-1") if accept else None)


_PREFLIGHT: Headers = [
    (b"access-control-allow-methods", b"POST"),
    (b"access-control-allow-headers", b"content-type"),
    (b"access-control-max-age", b"86400"),
]


def _cors(origin: bytes | None) -> Headers:
    """Any page may read the answer (it holds nothing of anybody); who may send is decided by the site's list."""
    if origin is None:
        return []
    return [
        (b"access-control-allow-origin", origin),
        (b"access-control-expose-headers", b"retry-after"),
        (b"vary", b"origin"),
    ]


async def _answer(send: Send, status: int, body: bytes, headers: Headers) -> None:
    start: Headers = [(b"cache-control", b"no-store"), *headers]
    if body:
        start += [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": start})
    await send({"type": "http.response.body", "body": body})


_HANDLERS = {
    "/collect": _collect,
    "/visitor/wait": _wait,
    "/visitor/identify": _identify,
    "/visitor/forget": _forget,
}
