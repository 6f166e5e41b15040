"""Who is calling: decided once at the handshake or the door, handed to every command."""

from dataclasses import dataclass

from contract.facts import AccountFacts, SiteFacts


@dataclass(frozen=True, kw_only=True)
class VisitorCaller:
    """A visitor's connection. `frame_hash` is the hash of the frame secret, None for a native client or a tool.
    `network`: whom its address stands for (`service.limits.network`)."""

    site: SiteFacts
    visitor: str
    frame_hash: str | None
    language: str
    network: str = ""

    @property
    def person(self) -> str:
        """Under this name successes are remembered (`store.receipts`)."""
        return f"visitor:{self.visitor}:{self.frame_hash or ''}"


@dataclass(frozen=True, kw_only=True)
class ExpertCaller:
    """A signed-in expert's connection. `session`: what it came in by (`access.sessions.session_of`) and ends with."""

    account: AccountFacts
    language: str
    session: str = ""

    @property
    def person(self) -> str:
        return f"account:{self.account.id}"
