"""What every operation of the API has in common: who may, what it takes, what it gives, how it is called.

A resource file declares operations with `@operation(...)`. `routes(...)` makes Starlette routes of them: authenticate,
check the role, check that a cookie came from our own pages, measure, decode, call, encode. The same table makes the
OpenAPI document and the tests that go over every route.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from typing import Any, TypeVar

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from access.sessions import authenticate
from contract.clock import now_ms
from contract.errors import Refused
from contract.facts import AccountFacts, SiteFacts
from contract.ids import UUID
from contract.names import Language, Ms, Role
from contract.text import has_forbidden
from service.address import client_address, comes_from_here, is_secure
from service.bell import Bell
from service.cookies import console_token
from service.web import JSON, MAX_BODY, bell_of, decode, language

T = TypeVar("T")
EVERYBODY: frozenset[Role] = frozenset({"admin", "marketer", "expert"})
MARKETERS: frozenset[Role] = frozenset({"admin", "marketer"})
EXPERTS: frozenset[Role] = frozenset({"admin", "expert"})
ADMINS: frozenset[Role] = frozenset({"admin"})
_CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_MAX_TEXT = 300


@dataclass
class Call:
    """One request, past the door: who asks (None only where an operation is open), what for, and when."""

    bell: Bell
    request: Request
    who: AccountFacts | None
    token: str | None
    tongue: Language
    now: Ms
    body: Any = None

    @property
    def account(self) -> AccountFacts:
        assert self.who is not None, "this operation is not open"
        return self.who

    @property
    def address(self) -> str:
        return client_address(self.request.scope, self.bell.settings.trusted_proxies)

    @property
    def secure(self) -> bool:
        """True where the browser keeps a `__Host-` cookie."""
        return is_secure(self.request.scope, self.bell.settings.trusted_proxies)

    def path_id(self, name: str = "id") -> str:
        """The id in the path. What cannot be an id is missing like any other."""
        value: str = self.request.path_params[name]
        if not UUID.fullmatch(value):
            raise Refused("not_found")
        return value

    def text(self, name: str) -> str | None:
        """A word of the query string; None if it is absent or empty."""
        value = self.request.query_params.get(name)
        if value and (len(value) > _MAX_TEXT or has_forbidden(value)):
            raise Refused("invalid", name)
        return value or None

    def flag(self, name: str) -> bool:
        """`?bots=true`."""
        value = self.text(name)
        if value not in (None, "true", "false", "1", "0"):
            raise Refused("invalid", name)
        return value in ("true", "1")

    def number(self, name: str, otherwise: int, *, least: int, most: int) -> int:
        value = self.text(name)
        if value is None:
            return otherwise
        if not (value.isascii() and value.isdigit() and len(value) < 16 and least <= int(value)):
            raise Refused("invalid", name)
        return min(int(value), most)

    async def sites(self) -> list[SiteFacts]:
        """The sites this account may see; with `?site=` (key or id) that one. A foreign one is missing."""
        if self.text("site") is not None:
            return [await self.site()]
        return [site for site in await self.bell.sites.all() if self.account.may_see(site.id)]

    async def site_ids(self) -> list[str]:
        return [site.id for site in await self.sites()]

    async def site(self, name: str | None = None) -> SiteFacts:
        """The site called `name`, or of `?site=`; without either the only one there is to see."""
        name = name or self.text("site")
        if name is None:
            seen = await self.sites()
            if len(seen) != 1:
                raise Refused("invalid", "site")
            return seen[0]
        site = await self.bell.sites.find(name)
        if site is None or not self.account.may_see(site.id):
            raise Refused("not_found")
        return site


Handler = Callable[[Call], Awaitable[Any]]


@dataclass(frozen=True)
class Operation:
    """`roles`: who may; None is everybody, signed in or not. `nearby`: and whoever asks from this machine. `takes`,
    `gives`: shapes; gives None answers 204."""

    method: str
    path: str
    handler: Handler
    roles: frozenset[Role] | None
    nearby: bool
    takes: Any
    gives: Any
    query: tuple[str, ...]
    limit: int
    types: tuple[str, ...]
    as_it_is: bool
    measured: bool
    status: int
    tag: str = field(default="")

    @property
    def summary(self) -> str:
        return (self.handler.__doc__ or "").strip().partition("\n")[0]


def operation(
    method: str,
    path: str,
    *,
    roles: frozenset[Role] | None = EVERYBODY,
    nearby: bool = False,
    takes: Any = None,
    gives: Any = None,
    query: tuple[str, ...] = (),
    limit: int = MAX_BODY,
    types: tuple[str, ...] = JSON,
    as_it_is: bool = False,
    measured: bool = True,
    status: int = 200,
) -> Callable[[Handler], Operation]:
    """Declare `handler(call)` as an operation. It returns an instance of `gives`, a Response, or None."""

    def declare(handler: Handler) -> Operation:
        tag = path.removeprefix("/api/").partition("/")[0].partition(".")[0] or "service"
        return Operation(
            method, path, handler, roles, nearby, takes, gives, query, limit, types, as_it_is, measured, status, tag
        )

    return declare


def routes(operations: Iterable[Operation]) -> list[Route]:
    """One route per path, in the order of declaration; another method than those declared answers 405."""
    by_path: dict[str, dict[str, Operation]] = {}
    for each in operations:
        methods = by_path.setdefault(each.path, {})
        assert each.method not in methods, f"{each.method} {each.path} is declared twice"
        methods[each.method] = each
    return [Route(path, _endpoint(methods), methods=list(methods)) for path, methods in by_path.items()]


def _endpoint(methods: dict[str, Operation]) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        called = methods.get(request.method) or methods["GET"]  # Starlette lets HEAD in beside GET
        return await perform(called, request)

    return endpoint


async def perform(operation: Operation, request: Request) -> Response:
    """The way of every request: the door first, then the body, then the work."""
    call = await _enter(operation, request)
    if operation.takes is not None:
        call.body = await decode(
            request, operation.takes, limit=operation.limit, types=operation.types, as_it_is=operation.as_it_is
        )
    answer = await operation.handler(call)
    if isinstance(answer, Response):
        return answer
    return Response(None, 204) if answer is None else as_json(answer, operation.status)


def as_json(value: Any, status: int = 200) -> Response:
    return Response(msgspec.json.encode(value), status, media_type="application/json")


async def _enter(operation: Operation, request: Request) -> Call:
    bell, now = bell_of(request), now_ms()
    tongue = language(request.headers.get("accept-language"))
    if operation.roles is None or (operation.nearby and comes_from_here(request.scope)):
        return Call(bell, request, None, None, tongue, now)
    secure = is_secure(request.scope, bell.settings.trusted_proxies)
    token, by_cookie = presented(request, secure=secure)
    who = await bell.store.read(lambda conn: authenticate(conn, token, now)) if token else None
    if who is None:
        raise Refused("unauthenticated")
    if by_cookie and operation.method in _CHANGING:
        own_page(request, bell)
    if who.role not in operation.roles:
        raise Refused("forbidden")
    if operation.measured:
        bell.limits.api(who.id)
    if token and not by_cookie:
        bell.used.saw(bell.store, bell.background, token, now)
    return Call(bell, request, who, token, tongue, now)


def presented(request: Request, *, secure: bool) -> tuple[str | None, bool]:
    """(token, whether a cookie brought it). An Authorization header counts alone: nothing is tried after it."""
    said = request.headers.get("authorization")
    if said is not None:
        scheme, _, token = said.partition(" ")
        return (token.strip() or None if scheme.lower() == "bearer" else None), False
    return console_token(request.headers.get("cookie"), secure=secure), True


def own_page(request: Request, bell: Bell) -> None:
    """Refused("missing_csrf") unless the request comes from a page of ours and says so by a header of its own."""
    if request.headers.get("origin") not in bell.settings.own_origins or not request.headers.get("x-csrf"):
        raise Refused("missing_csrf")
