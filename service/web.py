"""HTTP manners, in one place: how a refusal looks, what every answer carries, how a body is taken.

Pure ASGI: two thin layers around Starlette's router, and functions that routes call.
"""

import asyncio
import re
import secrets
from collections.abc import Hashable, Sequence
from email.utils import formatdate
from functools import cache
from typing import Any, TypeVar, cast

import msgspec
import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, ExceptionHandler, Message, Receive, Scope, Send

from contract.errors import Code, Refused
from contract.names import Language
from contract.shapes import Problem
from contract.text import has_forbidden
from service.bell import Bell

T = TypeVar("T")
log = structlog.get_logger()
MAX_BODY = 256 * 1024
BODY_SECONDS = 10.0
JSON = ("application/json",)

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self' ws: wss:; "
    "font-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors {ancestors}; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
#: The console's: its one service worker has a name of its own among the scripts (console/live/push.ts).
CONSOLE_POLICY = PAGE_POLICY.format(ancestors="'none'").replace("trusted-types 'none'", "trusted-types shopbell-worker")
DATA_POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def bell_of(request: Request) -> Bell:
    """What the lifespan put into the state."""
    bell: Bell = request.state.bell
    return bell


# --- languages ----------------------------------------------------------------------------------------------------


_SPOKEN: tuple[Language, ...] = ("en", "ru")


def language(accept: str | None, otherwise: Language = "en") -> Language:
    """The language we speak that an Accept-Language header likes best."""
    best, chosen = 0.0, otherwise
    for part in (accept or "")[:500].split(","):
        name, _, weight = part.strip().partition(";")
        tongue = name.strip().lower().partition("-")[0]
        quality = _quality(weight)
        for ours in _SPOKEN:
            if tongue == ours and quality > best:
                best, chosen = quality, ours
    return chosen


def _quality(weight: str) -> float:
    found = re.fullmatch(r"\s*q\s*=\s*([01](?:\.[0-9]{0,3})?)\s*", weight)
    return float(found[1]) if found else (0.0 if weight.strip() else 1.0)


# --- refusals -----------------------------------------------------------------------------------------------------


def problem(refused: Refused, tongue: str = "en") -> Response:
    """application/problem+json (RFC 9457): the code for programs, the sentence for people."""
    body = Problem(
        type="about:blank",
        title=refused.code.replace("_", " "),
        status=refused.status,
        code=refused.code,
        detail=refused.sentence(tongue),
    )
    headers = {"Cache-Control": "no-store"}
    if refused.retry_after is not None:
        headers["Retry-After"] = str(refused.retry_after)
    if refused.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(msgspec.json.encode(body), refused.status, headers, "application/problem+json")


def failure(tongue: str = "en") -> tuple[str, Response]:
    """Our own mistake: an id to find it in the log by, and not a word more. Call it where the error is logged."""
    error_id = secrets.token_hex(8)
    return error_id, problem(Refused("internal", error_id), tongue)


def _refusal_of(error: HTTPException) -> Refused:
    by_status: dict[int, Code] = {404: "not_found", 405: "method_not_allowed", 413: "too_large"}
    return Refused(by_status.get(error.status_code, "malformed"))


async def _on_refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)
    return problem(error, language(request.headers.get("accept-language")))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    response = problem(_refusal_of(error), language(request.headers.get("accept-language")))
    for name, value in (error.headers or {}).items():
        response.headers.setdefault(name, value)
    return response


#: For Starlette(exception_handlers=...).
EXCEPTION_HANDLERS: dict[Any, ExceptionHandler] = {Refused: _on_refused, HTTPException: _on_http}


class Net:
    """Whatever a route raises that is no refusal: logged with an id, answered without details, never re-raised."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def noticing(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, noticing)
        except ClientDisconnect:
            return  # nobody is there to answer
        except Exception:
            error_id, response = failure(language(Headers(scope=scope).get("accept-language")))
            log.exception("web.failed", id=error_id, method=scope["method"], path=scope["path"][:200])
            if not begun:
                await response(scope, receive, send)


class Manners:
    """The headers that every answer carries, unless the route has set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        private = scope["path"].startswith("/api/")

        async def mannerly(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("X-Content-Type-Options", "nosniff")
                headers.setdefault("Referrer-Policy", "same-origin")
                headers.setdefault("Content-Security-Policy", DATA_POLICY)
                headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
                if private:
                    headers.setdefault("Cache-Control", "no-store")
                    headers.setdefault("Date", formatdate(usegmt=True))  # the console's countdowns are our clock's
                if scope.get("scheme") == "https":
                    headers.setdefault("Strict-Transport-Security", "max-age=31536000")
            await send(message)

        await self._app(scope, receive, mannerly)


def middleware() -> list[Middleware]:
    """For Starlette(middleware=...), outermost first."""
    return [Middleware(Manners), Middleware(Net)]


# --- bodies -------------------------------------------------------------------------------------------------------


async def read_body(request: Request, limit: int = MAX_BODY, seconds: float = BODY_SECONDS) -> bytes:
    """The whole body. Refused("too_large") beyond `limit` bytes, Refused("malformed") if it takes too long."""
    said = request.headers.get("content-length", "0")
    if said.isascii() and said.isdigit() and int(said[:20]) > limit:
        raise Refused("too_large", f"{limit} bytes")
    parts, size = [], 0
    try:
        async with asyncio.timeout(seconds):
            async for part in request.stream():
                size += len(part)
                if size > limit:
                    raise Refused("too_large", f"{limit} bytes")
                parts.append(part)
    except TimeoutError as error:
        raise Refused("malformed", f"{seconds:g} s") from error
    return b"".join(parts)


async def decode(
    request: Request, shape: type[T], *, limit: int = MAX_BODY, types: Sequence[str] = JSON, as_it_is: bool = False
) -> T:
    """The body as `shape`. Checked in the contract's order: size (413), content type (415), JSON (400), shape (422).

    Text that no database can keep is refused ("bad_text") unless `as_it_is`: then whoever takes it cleans it.
    """
    body = await read_body(request, limit)
    check_content_type(request.headers, types)
    return parse(body, shape, as_it_is=as_it_is)


def check_content_type(headers: Headers, types: Sequence[str] = JSON) -> None:
    """Refused("unsupported_type") for another type, or for a body that came compressed."""
    said = headers.get("content-type", "").partition(";")[0].strip().lower()
    if said not in types or headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Refused("unsupported_type")


def parse(body: bytes, shape: type[T], *, as_it_is: bool = False) -> T:
    """Strict JSON as `shape`: no NaN, no half surrogates, no number for a text."""
    try:
        value = _decoder(cast(Hashable, shape)).decode(body)
        bad = not as_it_is and has_bad_text(msgspec.to_builtins(value))
    except msgspec.ValidationError as error:
        raise Refused("invalid", where(str(error))) from error
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise Refused("malformed") from error
    if bad:
        raise Refused("bad_text")
    checked: T = value
    return checked


@cache
def _decoder(shape: Hashable) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(cast("type[Any]", shape))


_WHERE = re.compile(r"(?:missing required field `(\w+)`)|(?:at `\$\.?([^`]*)`)")


def where(said: str) -> str:
    """The place in the body that a validation error speaks of, without anything the caller wrote."""
    return ".".join(part for found in reversed(_WHERE.findall(said)) for part in reversed(found) if part)


def has_bad_text(value: Any) -> bool:
    """True if a text anywhere in JSON-like `value` holds NUL, a control character or half a surrogate pair."""
    if isinstance(value, str):
        return has_forbidden(value)
    if isinstance(value, dict):
        return any(has_bad_text(key) or has_bad_text(each) for key, each in value.items())
    if isinstance(value, list):
        return any(has_bad_text(each) for each in value)
    return False
