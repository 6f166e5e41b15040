"""Which tokens were used when: written once a minute each, beside the request that nobody lets wait."""

from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from sqlalchemy import Connection

import access.tokens
from access.sessions import token_hash
from contract.errors import Refused
from contract.names import Ms
from store.base import Store

_MOST = 10_000
log = structlog.get_logger()


class Used:
    """What this process has noted lately: hash of a token -> when."""

    def __init__(self) -> None:
        self._noted: dict[str, Ms] = {}

    def saw(self, store: Store, background: Callable[[Coroutine[Any, Any, None]], None], token: str, now: Ms) -> None:
        """This token was used now."""
        hashed = token_hash(token)
        if now - self._noted.get(hashed, 0) < access.tokens.USED_EVERY:
            return
        if len(self._noted) >= _MOST:
            self._noted.clear()
        self._noted[hashed] = now
        background(_note(store, hashed, now))


async def _note(store: Store, hashed: str, now: Ms) -> None:
    def work(conn: Connection) -> None:
        access.tokens.used(conn, hashed, now)

    try:
        await store.write(work)
    except Refused as refused:
        log.warning("used.not_noted", code=refused.code)
