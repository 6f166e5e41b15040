"""The line of a frame whose WebSocket is blocked: `POST /visitor/command` does, `POST /visitor/wait` tells.

The same conversation by other means: commands are run as a socket's are (`service.answer`), and a waiting call is a
connection while it waits (`service.sockets.asking`). Nothing is kept here between two calls. Both are for our own
frame, or for a program: no other page may read the answer, for no header lets it.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive

import chat.queries
from contract.errors import Refused
from contract.ids import new_id
from contract.line import MAX_BODY, VisitorCommand, VisitorWait, Waited
from service.answer import error, run
from service.bell import Bell
from service.callers import VisitorCaller
from service.commands import Command
from service.sockets.asking import NAMESPACE, Asking, state_of
from service.sockets.handshake import visitor_with
from service.sockets.server import Sockets
from service.visitor.door import key_of
from service.web import bell_of, decode, problem

#: Waiting calls of one process.
ROOM = 20_000
#: Documents of one person that may wait at once; one more ends the call of the one that waits longest.
FRAMES = 6
log = structlog.get_logger()


class Line:
    """Both addresses of one process."""

    def __init__(self, sockets: Sockets, commands: Mapping[str, Command]) -> None:
        self._sockets, self._commands = sockets, commands
        self._asking: dict[str, dict[str, Asking]] = {}  # person -> frame -> its call, oldest first
        self._count = 0

    def routes(self) -> list[Route]:
        return [
            Route("/visitor/command", self.command, methods=["POST"]),
            Route("/visitor/wait", self.wait, methods=["POST"]),
        ]

    async def command(self, request: Request) -> Response:
        """Done, and answered after the commit. A refusal is a problem that carries what a socket would say."""
        asked = await decode(request, VisitorCommand, limit=MAX_BODY, as_it_is=True)
        caller = await visitor_of(request, asked.site, asked.language)
        try:
            done = await run(bell_of(request), self._commands, asked.name, caller, asked.data)
        except Refused as refused:
            response = problem(refused, caller.language)
            no = error(refused, caller.language)
            said = msgspec.json.decode(response.body) | no["error"] | no
            headers = {key: value for key, value in response.headers.items() if key != "content-length"}
            return Response(msgspec.json.encode(said), response.status_code, headers)
        return _json({"ok": True, **done})

    async def wait(self, request: Request) -> Response:
        """What is new for this frame, as soon as anything is; nothing, after its patience."""
        asked = await decode(request, VisitorWait, limit=MAX_BODY, as_it_is=True)
        caller, bell = await visitor_of(request, asked.site, asked.language), bell_of(request)
        bell.limits.command(caller)
        if asked.conversation:
            await bell.store.read(
                lambda conn: chat.queries.conversation_for_visitor(
                    conn, asked.conversation, caller.visitor, caller.frame_hash
                )
            )
        asking = Asking(
            sid=new_id(), namespace=NAMESPACE, caller=caller, frame=asked.frame, conversation=asked.conversation,
            after=asked.after, given=asked.state,
        )  # fmt: skip
        with bell.limits.waiting(caller.network), self._place(asking):
            await self._open_to(asking)
            await _until(asking, asked.patience if bell.ready else 0, request.receive)
        await self._sockets.settled()  # what was just being looked at for it has been said
        if asking.spoilt:
            raise Refused("unavailable", retry_after=2)
        told = Waited(state=state_of(asking.shown), events=[list(one) for one in asking.heard])
        return _json(msgspec.to_builtins(told))

    async def _open_to(self, asking: Asking) -> None:
        """Everything that it was not told. What cannot be told now is asked for again."""
        try:
            await self._sockets.joined(asking)
        except Refused:
            raise
        except Exception as error:
            log.exception("wait.failed")
            raise Refused("unavailable", retry_after=2) from error

    @contextlib.contextmanager
    def _place(self, asking: Asking) -> Iterator[None]:
        self._take_place(asking)
        try:
            yield
        finally:
            self._leave(asking)

    def _take_place(self, asking: Asking) -> None:
        """Its place among those who wait: one for a frame, a few for a person, so many for all."""
        if self._count >= ROOM:
            raise Refused("busy", retry_after=30)
        others = self._asking.setdefault(_person(asking), {})
        if (older := others.pop(asking.frame, None)) is not None:
            older.end()
        elif len(others) >= FRAMES:
            others.pop(next(iter(others))).end()
        others[asking.frame] = asking
        self._count += 1
        self._sockets.registry.add(asking)

    def _leave(self, asking: Asking) -> None:
        self._sockets.registry.remove(NAMESPACE, asking.sid)
        self._count -= 1
        others = self._asking.get(_person(asking), {})
        if others.get(asking.frame) is asking:
            del others[asking.frame]
        if not others:
            self._asking.pop(_person(asking), None)


async def visitor_of(request: Request, site: str, language: str) -> VisitorCaller:
    """Whose key the request bears, in our own frame or in a program. Refused: unauthenticated, foreign_origin, ..."""
    bell: Bell = bell_of(request)
    return await visitor_with(bell, request.scope, site, key_of(bell, request), language, again=True)


async def _until(asking: Asking, patience: float, receive: Receive) -> None:
    """Until it was told something, or its time is over, or nobody listens any more."""

    async def hung_up() -> None:
        while (await receive())["type"] != "http.disconnect":
            pass

    waiting = {asyncio.ensure_future(asking.woken.wait()), asyncio.ensure_future(hung_up())}
    try:
        await asyncio.wait(waiting, timeout=patience, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for one in waiting:
            one.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await one


def _person(asking: Asking) -> str:
    return asking.caller.person


def _json(value: Any) -> Response:
    return Response(msgspec.json.encode(value), 200, {"Cache-Control": "no-store"}, "application/json")
