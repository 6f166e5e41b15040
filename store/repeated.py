"""What looks again and again for as long as the process lives, whatever becomes of one look."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Never

import structlog

from contract.errors import Refused

log = structlog.get_logger()


async def repeated(name: str, seconds: float, look: Callable[[], Awaitable[object]]) -> Never:
    """`look` after every `seconds`, until cancelled. A base that is away is asked again next time; what else goes wrong
    is logged under `name`."""
    while True:
        await asyncio.sleep(seconds)
        try:
            await look()
        except Refused as refused:
            log.warning(f"{name}.refused", code=refused.code)
        except Exception:
            log.exception(f"{name}.failed")
