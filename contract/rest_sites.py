"""Sites: how they are set up, the secret they sign with, and what came from their pages."""

from typing import Annotated, Any

from msgspec import Meta

from contract.ladder import USUAL, Ladder
from contract.look import USUAL as USUAL_LOOK
from contract.look import Look
from contract.names import EventOutcome, PathSource, TreeReason
from contract.shapes import CustomerBrief, In, Name, Out, Time
from contract.talk import Talk
from contract.text import END


class SiteWrite(In):
    """`usual_triggers`: with the two that most sites begin with. A site without triggers never rings."""

    key: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,62}" + END)]
    name: Name
    origins: list[Annotated[str, Meta(max_length=300)]] = []
    language: Annotated[str, Meta(max_length=35)] = "en"
    zone: Annotated[str, Meta(max_length=64)] = "UTC"
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}" + END)] = "EUR"
    ladder: Ladder = USUAL
    look: Look = USUAL_LOOK
    usual_triggers: bool = False


class SitePatch(In):
    """What is given changes. `rung_seconds`: the same time for every rung of the ladder."""

    name: Name | None = None
    origins: list[Annotated[str, Meta(max_length=300)]] | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None
    zone: Annotated[str, Meta(max_length=64)] | None = None
    ladder: Ladder | None = None
    talk: Talk | None = None
    rung_seconds: Annotated[int, Meta(ge=5, le=3600)] | None = None
    look: Look | None = None
    test_mode: bool | None = None


class Site(Out):
    """`rung_seconds`: of the first rung."""

    id: str
    key: str
    name: str
    origins: list[str]
    language: str
    zone: str
    currency: str
    ladder: Ladder
    talk: Talk
    rung_seconds: int
    look: Look
    test_mode: bool
    test_until: Time | None


class SiteSecret(Out):
    """With it the site signs who is signed in; for administrators alone."""

    secret: str


class SecretRotate(In):
    """`at_once`: the old secret is worth nothing from now on; without it, it stays good for ten minutes."""

    at_once: bool = False


class SiteSnippet(Out):
    """The tag for the site's pages: always the newest script, or just this one for ever, checked by the browser.

    `last_url`: the page that was seen last."""

    tag: str
    versioned_tag: str | None
    last_at: Time | None
    last_url: str | None


class Placed(Out):
    """The path of a page, which of the sources gave it, and why."""

    path: list[str]
    source: PathSource
    reason: TreeReason


class ViewSeen(Out):
    """The page that somebody stayed on or left."""

    path: list[str]
    title: str
    url: str


class EventSeen(Out):
    """An event as it came. `reason`: why it was not taken (`tracker.reasons`).

    `placed`, `visitor`, `customer`, `visit`: where a page view stands, who it was, which visit it belongs to; only of
    test mode. `view`: the page that it speaks of, where we know it.
    """

    id: str
    at: Time
    outcome: EventOutcome
    reason: str | None
    event: dict[str, Any]
    placed: Placed | None
    view: ViewSeen | None
    visitor: str | None
    customer: CustomerBrief | None
    visit: str | None


class EventsSeen(Out):
    """Newest first. `rejected`: how many in the last 24 h, by reason; `last_at`: the newest sign of life."""

    items: list[EventSeen]
    next: str | None
    rejected: dict[str, int]
    last_at: Time | None


class ForeignOrigin(Out):
    """Pages of this origin tried to send and may not. `count`: how often, as far as it was counted (by the minute)."""

    origin: str
    first_at: Time
    last_at: Time
    count: int
