"""Pure: what a User-Agent says. A bot is one only by its own words; a missing agent is unknown, never a bot.

Reading one takes 30 us, so the answers of the newest agents are kept, in a bounded cache. Nothing is stored of them:
a visit keeps its agent, and whoever shows the visit reads it again, by newer rules if there are any.
"""

from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from contract.beacons import AGENT_LIMIT
from contract.names import DeviceKind
from contract.text import clean
from tracker.kept import Kept

if TYPE_CHECKING:
    from tracker.agents import Agent

#: Agents that a process remembers, and what they may take; a site sees some hundreds a day.
ENTRIES, BYTES = 20_000, 16 * 2**20


class Said(msgspec.Struct, frozen=True, gc=False):
    """What an agent says, as we use it. `bot`: a program; `kind`: on what device, whoever it is.

    `browser` and `os` with their first number, "" for unknown.
    """

    kind: DeviceKind
    browser: str
    os: str
    brand: str | None
    model: str | None
    touch: bool
    bot: bool


_NOTHING = Said(kind="unknown", browser="", os="", brand=None, model=None, touch=False, bot=False)


def agent(text: str | None) -> str:
    """A User-Agent as we keep it: cut to 512 bytes of UTF-8, between two characters; "" for none."""
    if not text:
        return ""
    text = text.strip()
    if len(text) <= AGENT_LIMIT and text.isascii() and text.isprintable():
        return text
    return clean(text, AGENT_LIMIT).encode(errors="replace")[:AGENT_LIMIT].decode(errors="ignore")


@cache
def _readers() -> tuple[type["Agent"], Callable[[str, str, str], bool]]:
    """A quarter of a second the first time, for tables and their compiling: who reads no agent does not pay for it."""
    from tracker.agents import Agent
    from tracker.programs import is_program

    return Agent, is_program


def read(text: str) -> Said:
    """What this agent says, worked out; `said` is the same, kept."""
    text = agent(text)
    if not text:
        return _NOTHING
    make, is_program = _readers()
    found = make(text)
    return Said(
        kind=found.kind,
        browser=_named(found.browser.family, found.browser.version_string),
        os=_named(found.os.family, found.os.version_string),
        brand=found.device.brand,
        model=found.device.model,
        touch=found.is_touch_capable,
        bot=is_program(text, found.os.family, found.device.family),
    )


#: What this agent says, "" for none. The answer is kept.
said: Kept[Said] = Kept(read, entries=ENTRIES, size=BYTES, longest=AGENT_LIMIT)


def is_bot(user_agent: str) -> bool:
    """True if this agent calls itself a program."""
    return said(user_agent).bot


def kind(user_agent: str, *, bot: bool) -> DeviceKind:
    """The device of a visit. `bot`: what the visit is held for: a person's word counts more than the agent's."""
    return "bot" if bot else said(user_agent).kind


def warm() -> None:
    """Load the resolver now, in a thread of its own, and not when the first visitor comes."""
    said("Mozilla/5.0")


def _named(family: str, version: str) -> str:
    """ "Firefox 140", "Windows 10", "" for nothing known."""
    return "" if family == "Other" else f"{family} {version.partition('.')[0]}".strip()
