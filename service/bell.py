"""What the composition root built, in one place; and who is calling."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from contract.facts import AccountFacts, SiteFacts
from store.base import Store
from store.bus import Bus

if TYPE_CHECKING:
    from access.sites import Sites
    from service.journey import Journey
    from service.limits import Limits
    from service.settings import Settings
    from service.timers import Timers


@dataclass(kw_only=True)
class Bell:
    """Shared by collect, routes and sockets as `state["bell"]`. Built by `service.app`, never at import."""

    settings: "Settings"
    store: Store
    bus: Bus
    sites: "Sites"
    journey: "Journey"
    timers: "Timers"
    limits: "Limits"


@dataclass(frozen=True, kw_only=True)
class VisitorCaller:
    """A visitor's connection. `frame_hash` is the hash of the frame secret, None for a native client or a tool."""

    site: SiteFacts
    visitor: str
    frame_hash: str | None
    language: str

    @property
    def person(self) -> str:
        """Under this name successes are remembered (`store.receipts`)."""
        return f"visitor:{self.visitor}:{self.frame_hash or ''}"


@dataclass(frozen=True, kw_only=True)
class ExpertCaller:
    """A signed-in expert's connection."""

    account: AccountFacts
    language: str

    @property
    def person(self) -> str:
        return f"account:{self.account.id}"
