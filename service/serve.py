"""Run the application: uvicorn with everything named, because its silent fall-backs are slow or unsafe."""

import contextlib
import fcntl
import gc
import logging
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog
from starlette.routing import BaseRoute
from uvicorn.config import Config

from service import wire
from service.app import Beside, build
from service.graceful import Graceful
from service.settings import Settings

FRAME_LIMIT = 64 * 1024


def serve(settings: Settings, more: Sequence[BaseRoute] = (), beside: Beside | None = None) -> None:
    """Until told to stop (SIGTERM, SIGINT). One embedded process per data folder."""
    logs()
    with _alone(settings):
        config = Config(
            build(settings, more, beside),
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            http=wire.Http,
            ws=wire.WebSocket,
            ws_max_size=FRAME_LIMIT,
            ws_per_message_deflate=False,
            ws_ping_interval=None,  # Engine.IO pings already
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,  # `service.address` believes only the proxies that the settings name
            timeout_keep_alive=30,
            timeout_graceful_shutdown=8,
            lifespan="on",
            log_config=None,
            ssl_certfile=settings.tls_cert,
            ssl_keyfile=settings.tls_key,
            backlog=4096,
        )
        gc.collect()
        gc.freeze()  # idle sockets are many and long-lived: full collections are rare (docs/performance.md)
        gc.set_threshold(50_000, 50, 1_000)
        Graceful(config).run()


def logs() -> None:
    """One line per event, never message texts, keys or tokens; uvicorn's own words only from warning on."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s %(message)s")


class AlreadyRunning(RuntimeError):
    """Another process serves this data folder."""


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """SQLite has one writer: a second server on the same folder is refused, however it was started."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    if not settings.database_url.startswith("sqlite:"):
        yield
        return
    with Path(settings.data_dir / "lock").open("w") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AlreadyRunning(
                f"Another shopbell is serving {settings.data_dir}. Stop it, or choose another folder with --data-dir."
            ) from error
        yield
