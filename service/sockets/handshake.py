"""Who is at the other end? Decided once, when a namespace is joined, and never taken from an event.

Both namespaces accept our own origins only, or none at all (programs send none; what counts is the token or key). The
address of the peer and its headers come from the connection itself.
"""

from typing import Any

import msgspec
from sqlalchemy import Connection as Base

import access.sessions
import tracker.do
import tracker.queries
from contract.clock import now_ms
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.ids import VISITOR_KEY
from service.address import client_address
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.cookies import frame_hash
from service.limits import network
from service.web import language
from tracker.visitor import key_hash


class _VisitorAuth(msgspec.Struct, kw_only=True):
    site: str
    visitor: str
    language: str = ""


class _ExpertAuth(msgspec.Struct, kw_only=True):
    token: str
    language: str = ""


def header(scope: Any, name: bytes) -> str | None:
    """The one value of a header of the handshake; a repeated one is joined, and then matches nothing."""
    values = [value for key, value in scope["headers"] if key == name]
    return b",".join(values).decode("latin-1") if values else None


def check_origin(bell: Bell, scope: Any) -> None:
    origin = header(scope, b"origin")
    if origin is not None and origin not in bell.settings.own_origins:
        raise Refused("foreign_origin")


def from_frame(bell: Bell, scope: Any) -> bool:
    """Whether the frame's secret in the cookie may speak: the frame comes from the very host that its socket goes to.

    A browser sends that cookie also with a socket that the page *around* the frame opens. Where that page's origin is
    one of ours (the demo shop under the other loopback name), only this tells the two apart. A Host that is none of our
    names was written by a proxy and tells nothing.
    """
    origin, host = header(scope, b"origin"), header(scope, b"host")
    names = {own.partition("://")[2] for own in bell.settings.own_origins}
    return origin is None or host not in names or origin.partition("://")[2] == host


async def visitor_of(bell: Bell, scope: Any, auth: Any) -> VisitorCaller:
    """{site, visitor} and, if the frame made the connection, its secret from the cookie."""
    given = _read(auth, _VisitorAuth)
    return await visitor_with(bell, scope, given.site, given.visitor, given.language)


async def visitor_with(
    bell: Bell, scope: Any, site_key: str, key: str, chosen: str, *, again: bool = False
) -> VisitorCaller:
    """Who bears this key on this site; nothing is written for one who is known already. `again`: not a handshake but
    one request of many: one who is known already joins nothing."""
    site = await bell.sites.by_key(site_key)
    if site is None:
        raise Refused("unknown_site")
    if not VISITOR_KEY.fullmatch(key):
        raise Refused("invalid", "visitor")
    address = client_address(scope, bell.settings.trusted_proxies)
    hashed = key_hash(key)

    def made(conn: Base) -> str:
        return tracker.do.ensure_visitor(conn, site.id, hashed, now_ms())

    if not again:
        bell.limits.join(address)
    visitor = await bell.store.glance(lambda conn: tracker.queries.visitor_by_key(conn, site.id, hashed))
    if visitor is None:
        if again:
            bell.limits.join(address)
        visitor = await bell.store.write(made)
    return VisitorCaller(
        site=site,
        visitor=visitor,
        frame_hash=frame_hash(header(scope, b"cookie")) if from_frame(bell, scope) else None,
        language=_language(scope, chosen),
        network=network(address),
    )


async def expert_of(bell: Bell, scope: Any, auth: Any) -> ExpertCaller:
    """{token}: a session's token or a ticket; the same function that authenticates HTTP."""
    given = _read(auth, _ExpertAuth)

    def known(conn: Base) -> AccountFacts | None:
        return access.sessions.authenticate(conn, given.token, now_ms(), tickets=True)

    account = await bell.store.read(known)
    if account is None:
        raise Refused("unauthenticated")
    bell.used.saw(bell.store, bell.background, given.token, now_ms())
    session = access.sessions.session_of(given.token)
    return ExpertCaller(account=account, language=_language(scope, given.language), session=session)


def _read(auth: Any, shape: Any) -> Any:
    try:
        return msgspec.convert(auth, shape)
    except msgspec.ValidationError as error:
        raise Refused("unauthenticated") from error


def _language(scope: Any, chosen: str) -> str:
    return chosen if chosen in ("en", "ru") else language(header(scope, b"accept-language") or "")
