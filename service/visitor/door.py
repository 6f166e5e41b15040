"""A visitor's request over HTTP: the same two secrets as at a socket's handshake (contract 4).

The visitor key comes as a bearer token, never in an address; the frame's secret in the cookie that only our own frame
sends. Who has no right to a conversation gets the answer for a missing one.
"""

from sqlalchemy import Connection, RowMapping
from starlette.requests import Request

import chat.queries
import tracker.queries
from contract.errors import Refused
from contract.ids import VISITOR_KEY
from service.address import client_address
from service.bell import Bell
from service.callers import VisitorCaller
from service.cookies import frame_hash
from service.limits import network
from service.sockets.handshake import check_origin, from_frame
from service.web import language
from tracker.visitor import key_hash


def key_of(bell: Bell, request: Request) -> str:
    """The visitor key that a request bears: for our own frame, or for a program.

    Refused: foreign_origin, unauthenticated (no key, or none that could be one).
    """
    check_origin(bell, request.scope)
    scheme, _, key = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not VISITOR_KEY.fullmatch(key.strip()):
        raise Refused("unauthenticated")
    return key.strip()


class Visitor:
    """Somebody with a visitor key, of whom it is not known yet which conversation they mean."""

    def __init__(self, bell: Bell, request: Request) -> None:
        """Refused: as `key_of`, rate_limited."""
        self.bell, self.request = bell, request
        key = key_of(bell, request)
        self.address = client_address(request.scope, bell.settings.trusted_proxies)
        bell.limits.fetch(self.address)
        self._hash = key_hash(key)
        self._frame = frame_hash(request.headers.get("cookie")) if from_frame(bell, request.scope) else None

    def of(self, conn: Connection, conversation_id: str) -> RowMapping:
        """The conversation, which is theirs. Refused("not_found")."""
        found = chat.queries.row(conn, conversation_id)
        owner = tracker.queries.visitor_by_key(conn, found["site_id"], self._hash) if found is not None else None
        return chat.queries.conversation_for_visitor(conn, conversation_id, owner or "", self._frame)

    async def caller(self, conversation_id: str) -> VisitorCaller:
        """Who they are there, to do something. Refused: not_found, blocked, rate_limited."""
        row = await self.bell.store.read(lambda conn: self.of(conn, conversation_id))
        site = await self.bell.sites.by_id(row["site_id"])
        if site is None:
            raise Refused("not_found")
        caller = VisitorCaller(
            site=site,
            visitor=row["visitor_id"],
            frame_hash=self._frame,
            language=language(self.request.headers.get("accept-language")),
            network=network(self.address),
        )
        self.bell.limits.command(caller)
        await self.bell.blocks.check(caller.visitor)
        return caller
