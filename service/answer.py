"""One command of one caller, whichever way it came: by a socket, or by HTTP where sockets are blocked.

Its measure, its shape, its deadline, and what is said when it goes wrong are the same on both ways.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

import msgspec
import structlog
from prometheus_client import Counter

from contract.errors import Code, Refused
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.commands import Command, plain
from service.web import where

COMMAND_DEADLINE = 15.0
log = structlog.get_logger()
commands_done = Counter("shopbell_commands_total", "Commands by name and outcome", ["command", "outcome"])


async def run(
    bell: Bell, table: Mapping[str, Command], name: str, caller: VisitorCaller | ExpertCaller, data: dict[str, Any]
) -> dict[str, Any]:
    """The answer, after the commit. Raises Refused, and nothing else."""
    command = table.get(name)
    if command is None:
        raise unknown("unknown_command")
    outcome = "ok"
    try:
        bell.limits.command(caller)
        shaped = msgspec.convert(data, command.shape)
        async with asyncio.timeout(COMMAND_DEADLINE):
            return plain(await command.handler(bell, caller, shaped))
    except Refused as refused:
        outcome = refused.code
        raise
    except msgspec.ValidationError as wrong:
        outcome = "invalid"
        raise Refused("invalid", where(str(wrong))) from wrong
    except TimeoutError as late:
        outcome = "unavailable"
        raise Refused("unavailable") from late
    except Exception as error:
        outcome = "failed"
        log.exception("command.failed", command=name)
        raise Refused("unavailable") from error
    finally:
        commands_done.labels(name, outcome).inc()


def unknown(code: Code) -> Refused:
    """The refusal of what is no command of ours, counted under one name whatever it was called."""
    commands_done.labels("unknown", code).inc()
    return Refused(code)


def error(refused: Refused, language: str) -> dict[str, Any]:
    """A refusal as a socket acknowledges it; `retry_after` (seconds) where it is known when to try again."""
    said: dict[str, Any] = {"code": refused.code, "detail": refused.sentence(language)}
    if refused.retry_after is not None:
        said["retry_after"] = refused.retry_after
    return {"error": said}
