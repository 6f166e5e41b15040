"""`POST /collect` and `/visitor/...`: the addresses that every page of a customer's site may call.

A raw ASGI function in front of Starlette: this is the hot path (docs/performance.md). Checked in the order of
contract 3: size, content type, JSON and shape, site and origin, rate, room; then the single events.
"""

from functools import lru_cache

import msgspec
import structlog
from prometheus_client import Counter
from starlette.types import ASGIApp, Receive, Scope, Send

from contract.beacons import AGENT_LIMIT, MAX_BODY, Beacon, Identify, Shown, Waiting
from contract.clock import now_ms
from contract.errors import Code, Refused
from contract.facts import SiteFacts
from service import foreign
from service.address import client_address
from service.bell import Bell
from service.journey import answer
from service.visitor import first_party
from service.visitor.farewell import say_farewell
from service.visitor.identify import identify
from service.web import failure, language, parse, problem

_encode = msgspec.json.Encoder().encode
TYPES = (b"text/plain", b"application/json")
log = structlog.get_logger()
collected = Counter("shopbell_events_total", "Events that came to /collect, by what became of them", ["outcome"])
_stored, _duplicate, _rejected = (collected.labels(outcome) for outcome in ("stored", "duplicate", "rejected"))

Headers = list[tuple[bytes, bytes]]
#: Status, body, and headers besides those that every answer has.
Answer = tuple[int, bytes, Headers]
_NOTHING_MORE: Headers = []


class Asked(msgspec.Struct):
    """One request. `headers`: by their names in small letters, the last where one came twice."""

    bell: Bell
    scope: Scope
    receive: Receive
    headers: dict[bytes, bytes]

    @property
    def origin(self) -> bytes | None:
        return self.headers.get(b"origin")

    @property
    def tongue(self) -> str:
        accept = self.headers.get(b"accept-language")
        return language(accept.decode("latin-1") if accept else None)


def in_front(app: ASGIApp) -> ASGIApp:
    """`app`, with the visitor's addresses answered before it."""

    async def dispatch(scope: Scope, receive: Receive, send: Send) -> None:
        handler = _HANDLERS.get(scope["path"]) if scope["type"] == "http" else None
        if handler is None or (handler is _wait and _by_frame(scope)):
            await app(scope, receive, send)
            return
        asked = Asked(scope["state"]["bell"], scope, receive, dict(scope["headers"]))
        cors = _cors(asked.origin)
        try:
            if scope["method"] == "POST":
                status, body, more = await handler(asked)
            elif scope["method"] == "OPTIONS":
                status, body, more = 204, b"", _PREFLIGHT
            else:
                raise Refused("method_not_allowed")
            await _answer(send, status, body, [*cors, *more])
        except Refused as refused:
            if handler is _collect and await first_party.may_read(asked.bell, asked.origin):
                cors = [*cors, first_party.CREDENTIALS]
            body, headers = _refusal(refused.code, refused.hint, refused.retry_after, asked.tongue)
            await _answer(send, refused.status, body, [*cors, *headers], b"application/problem+json")
        except _Gone:
            pass  # there is nobody to answer
        except Exception:
            error_id, response = failure(asked.tongue)
            log.exception("collect.failed", id=error_id)
            await response(scope, receive, send)

    return dispatch


def _by_frame(scope: Scope) -> bool:
    """A frame waits on the same address as its page's snippet does; it bears a key (`service.visitor.line`)."""
    return any(name == b"authorization" for name, _ in scope["headers"])


class _Gone(Exception):
    """The client went away."""


async def _collect(asked: Asked) -> Answer:
    beacon = parse(await _body(asked), Beacon, as_it_is=True)
    site, bell = await _welcome(asked, beacon.site, len(beacon.events)), asked.bell
    kept = None
    if beacon.first_party and asked.origin is not None:
        kept = await first_party.recognised(bell, site, beacon, asked.scope, asked.origin)
    agent = asked.headers.get(b"user-agent", b"")[:AGENT_LIMIT].decode("latin-1")
    reads = asked.headers.get(b"accept-language", b"").decode("latin-1")
    told = await bell.journey.collect(site, beacon, received_at=now_ms(), user_agent=agent, language=reads)
    for number, counter in ((told.stored, _stored), (told.duplicates, _duplicate), (len(told.rejected), _rejected)):
        if number:
            counter.inc(number)
    said = answer(told) if kept is None else kept.said(answer(told))
    return _said(said, _NOTHING_MORE if kept is None else kept.headers(told.visit))


async def _wait(asked: Asked) -> Answer:
    waiting, bell = parse(await _body(asked), Waiting, as_it_is=True), asked.bell
    site = await _welcome(asked, waiting.site)
    with bell.limits.waiting(client_address(asked.scope, bell.settings.trusted_proxies)):
        shown = await bell.waiting.something(bell.store, site, waiting.visitor, lambda: _disconnected(asked.receive))
    return _said(Shown(show=True) if shown else None)


async def _identify(asked: Asked) -> Answer:
    signed = parse(await _body(asked), Identify, as_it_is=True)
    return _said(await identify(asked.bell, await _welcome(asked, signed.site), signed))


async def _forget(asked: Asked) -> Answer:
    leaving = parse(await _body(asked), Waiting, as_it_is=True)
    site = await _welcome(asked, leaving.site)
    say_farewell(asked.bell, site, leaving.visitor)
    return _said(None, first_party.forgotten(site, asked.scope, asked.origin))


def _said(value: msgspec.Struct | None, more: Headers = _NOTHING_MORE) -> Answer:
    return (204, b"", more) if value is None else (200, _encode(value), more)


async def _disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _welcome(asked: Asked, key: str, events: int = 1) -> SiteFacts:
    """The site, whose page may ask and does not ask too often.

    A page outside the site's origins is refused; a program that sends no Origin is not a page.
    """
    bell, origin = asked.bell, asked.origin
    site = await bell.sites.by_key(key)
    if site is None:
        raise Refused("unknown_site")
    if origin is not None and origin.decode("latin-1") not in site.origins:
        foreign.refused(bell.tried, bell.store, bell.background, site, origin)
        raise Refused("foreign_origin")
    bell.limits.collect(site.id, client_address(asked.scope, bell.settings.trusted_proxies), events)
    return site


async def _body(asked: Asked) -> bytes:
    """The body, after size (413) and content type (415). A compressed body is not taken: it could be a bomb.

    One that never comes to its end is ended by the connection (`service.wire`).
    """
    length = asked.headers.get(b"content-length")
    if length is not None and (not length.isdigit() or int(length) > MAX_BODY):
        raise Refused("too_large", "64 KiB")
    body = b""
    while True:
        message = await asked.receive()
        if message["type"] != "http.request":
            raise _Gone
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise Refused("too_large", "64 KiB")
        if not message.get("more_body"):
            break
    kind = asked.headers.get(b"content-type", b"").split(b";", 1)[0].strip().lower()
    if kind not in TYPES or asked.headers.get(b"content-encoding") not in (None, b"identity"):
        raise Refused("unsupported_type")
    return bytes(body)


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


@lru_cache(maxsize=256)
def _refusal(code: Code, hint: str, retry_after: int | None, tongue: str) -> tuple[bytes, Headers]:
    """As `service.web.problem` says it, made once: where there is no room, a refusal must cost next to nothing."""
    response = problem(Refused(code, hint, retry_after=retry_after), tongue)
    kept = (b"cache-control", b"content-length", b"content-type")
    return bytes(response.body), [(name, value) for name, value in response.raw_headers if name not in kept]


async def _answer(send: Send, status: int, body: bytes, headers: Headers, kind: bytes = b"application/json") -> None:
    headers.append((b"cache-control", b"no-store"))
    if body:
        headers += [(b"content-type", kind), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


_HANDLERS = {
    "/collect": _collect,
    "/visitor/wait": _wait,
    "/visitor/identify": _identify,
    "/visitor/forget": _forget,
}
