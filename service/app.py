"""The composition root: every client is built here, every part is joined here, and nowhere else.

collect, /visitor/wait   raw ASGI, in front (a frame that waits goes on to Starlette)
/socket.io/              Socket.IO, guarded
everything else          Starlette
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from typing import Any, TypedDict

import structlog
from starlette.applications import Starlette
from starlette.responses import RedirectResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send

import service.api
import service.frame
import service.static
import service.visitor.files
import tracker.device
from access.sites import Sites
from chat.library import SITES, Library
from service.bell import Bell
from service.calling import Calling
from service.commands import Command
from service.files import Files
from service.flows import (
    alerts,
    articles,
    callbacks,
    cards,
    chat,
    notes,
    orders,
    presence,
    rating,
    reopening,
    transfer,
    watching,
)
from service.flows.blocking import unblocked
from service.flows.files import sweep_files
from service.journey import Journey
from service.learning.learned import Learned
from service.limits import Limits
from service.outgoing.client import Client
from service.outgoing.mail_server import read_mail_server
from service.outgoing.mailer import Mailer
from service.outgoing.pusher import contact_of
from service.outgoing.sender import Outgoing
from service.revision import check_revision
from service.settings import Settings
from service.sockets.delivery import Delivery
from service.sockets.server import Sockets
from service.timers import Timers
from service.visitor.collect import in_front
from service.visitor.line import Line
from service.visitor.waiting import Waiting
from service.web import EXCEPTION_HANDLERS, middleware
from store.connect import open_bus, open_store

VISITOR: dict[str, Command] = unblocked(
    {
        **chat.VISITOR, **cards.VISITOR, **orders.VISITOR, **articles.VISITOR, **reopening.VISITOR, **rating.VISITOR,
        **callbacks.VISITOR,
    }
)  # fmt: skip
EXPERT: dict[str, Command] = {
    **alerts.EXPERT, **presence.EXPERT, **chat.EXPERT, **cards.EXPERT, **notes.EXPERT, **transfer.EXPERT,
    **reopening.EXPERT, **watching.EXPERT, **callbacks.EXPERT,
}  # fmt: skip
STOP_WITHIN = 10.0
#: Seconds after a start until the articles are read.
WAKES_AFTER = 3.0
#: The snippets of all releases that this installation has served, in the data folder.
KEPT = "snippets"
#: The bytes of attachments, in the data folder.
FILES = "files"
Beside = Callable[[Bell], Coroutine[Any, Any, None]]
log = structlog.get_logger()


#: A server without a shop of its own has the desk to show.
_TO_THE_DESK = Route("/", lambda request: RedirectResponse("/console/"))


class State(TypedDict):
    bell: Bell


def build(settings: Settings, more: Sequence[BaseRoute] = (), beside: Beside | None = None) -> ASGIApp:
    """The whole application as one ASGI callable.

    `more`: routes after ours, such as the demo shop at `/`; `beside`: a task that runs while we serve.
    """
    sockets = Sockets(VISITOR, EXPERT)

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[State]:
        bell = await start(settings, sockets)
        if beside is not None:
            bell.background(beside(bell))
        try:
            yield {"bell": bell}
        finally:
            await stop(bell, sockets)

    web = Starlette(
        routes=[
            *service.api.routes(),
            *service.frame.routes(),
            *service.visitor.files.routes(),
            *Line(sockets, VISITOR).routes(),
            *service.static.routes(kept=settings.data_dir / KEPT),
            *(more or [_TO_THE_DESK]),
        ],
        middleware=middleware(),
        exception_handlers=EXCEPTION_HANDLERS,
        lifespan=lifespan,
    )

    async def rest(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] in ("http", "websocket") and f"{scope['path']}/".startswith("/socket.io/"):
            await sockets.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close"})  # before it began: 403
        else:
            await web(scope, receive, send)

    return in_front(rest)


async def start(settings: Settings, sockets: Sockets) -> Bell:
    """Open the store and the bus, join the parts, start what runs by itself."""
    store, bus = open_store(settings.database_url), open_bus(settings.redis_url)
    await check_revision(store)
    learned = Learned(settings.data_dir)
    client = Client(inside=settings.webhooks_inside)
    outgoing = Outgoing(store, client, mailer_of(settings), contact=contact_of(settings))
    journey, timers = Journey(store, learned), Timers(store, bus, sockets.registry, learned)
    bell = Bell(
        settings=settings,
        store=store,
        bus=bus,
        sites=Sites(store),
        journey=journey,
        timers=timers,
        limits=Limits(on=settings.rate_limits),
        waiting=Waiting(),
        registry=sockets.registry,
        library=Library(store),
        learned=learned,
        outgoing=outgoing,
        files=Files(settings.data_dir / FILES),
    )
    journey.after = timers.told
    Delivery(bell, sockets)
    await bus.start()
    timers.start()
    outgoing.start()
    bell.background(sweep_files(bell))
    bell.background(Calling(store, sockets.registry, outgoing, alone=settings.redis_url is None).run())
    await asyncio.to_thread(tracker.device.warm)  # a quarter of a second that the first visitor would wait for
    bell.waking = True
    bell.background(_wake(bell))
    bell.ready = True
    return bell


def mailer_of(settings: Settings) -> Mailer | None:
    """None where no mail server is set."""
    if settings.smtp_url is None or settings.mail_from is None:
        return None
    return Mailer(read_mail_server(settings.smtp_url), settings.mail_from)


async def _wake(bell: Bell) -> None:
    """Read the articles, in peace: it takes a while in which whoever is back after a restart would wait."""
    await asyncio.sleep(WAKES_AFTER)
    try:
        for site in (await bell.sites.all())[:SITES]:
            await asyncio.wait([bell.library.prepare(site)])
    finally:
        bell.waking = False


async def stop(bell: Bell, sockets: Sockets) -> None:
    """Graceful, within ten seconds: no longer ready, timers stop, what waits is stored, then let go."""
    bell.ready = False
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(STOP_WITHIN):
            leaving = [] if bell.outgoing is None else [asyncio.ensure_future(bell.outgoing.close())]
            await bell.timers.close()
            await bell.stop_background()
            for connection in list(bell.registry):
                await sockets.drop(connection)
            bell.library.close()
            await bell.bus.close()
            await asyncio.gather(*leaving)
            await bell.store.close()
    log.info("stopped")
