"""What the snippet, or a trusted server, reports: the body of `POST /collect` and of `POST /api/events`.

Unknown fields are ignored and never used. Only the outer shape is checked here (400 or 422 for the whole body);
an event that is well formed and still cannot be taken is rejected alone, with its reason, by `tracker`.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from contract.names import PathSource

MAX_BODY = 64 * 1024
MAX_EVENTS = 200
URL_LIMIT, TITLE_LIMIT, NAME_LIMIT, DEPTH_LIMIT, AGENT_LIMIT = 2048, 300, 200, 20, 512
TOKEN_LIMIT = 8192
MAX_AGE = 7 * 24 * 3600 * 1000

VisitorKey = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", min_length=32, max_length=32)]
SiteKey = Annotated[str, Meta(min_length=1, max_length=64)]


class Seen(msgspec.Struct, kw_only=True):
    """What every event has. `age`: ms since it happened, at sending. The rest: trusted servers only; `language`: an
    `Accept-Language`."""

    id: str
    age: int = 0
    at: str | None = None
    user_agent: str | None = None
    language: str | None = None
    ip: str | None = None


class PageViewed(Seen, tag_field="type", tag="page.viewed", kw_only=True):
    """A page was shown. `path`: names from the root of the information tree, the page itself last; home is []."""

    url: str
    title: str = ""
    referrer: str = ""
    path: list[str] | None = None
    source: PathSource | None = None


class PageStayed(Seen, tag_field="type", tag="page.stayed", kw_only=True):
    """Still there. `page`: id of the view; `dwell`: total ms visible and focused so far; `scroll`: percent seen."""

    page: str
    dwell: int
    scroll: int = 0


class PageLeft(Seen, tag_field="type", tag="page.left", kw_only=True):
    """The page was hidden or closed. Fields as in `PageStayed`."""

    page: str
    dwell: int
    scroll: int = 0


class Custom(Seen, tag_field="type", tag="custom", kw_only=True):
    """A fact that the site itself reports, such as `cart.added`."""

    name: str
    props: dict[str, Any] = {}


Event = PageViewed | PageStayed | PageLeft | Custom


class Beacon(msgspec.Struct, kw_only=True):
    """One body: some events of one visitor of one site.

    `first_party`: the bell lives on a subdomain of the site, and the page wants the visitor's cookie set by our answer.
    """

    site: SiteKey
    visitor: VisitorKey
    events: Annotated[list[Event], Meta(min_length=1, max_length=MAX_EVENTS)]
    first_party: bool = False


class Rejected(msgspec.Struct, kw_only=True):
    """An event that was not taken, and why."""

    id: str
    reason: str


class Collected(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The answer when there is something to say; a plain 204 otherwise.

    `visitor`: the key under which the events were recorded, when it is not the one of the body: the browser's own
    cookie remembers what its script storage forgot. The snippet takes it from now on.
    """

    engage: bool = False
    rejected: list[Rejected] = []
    visitor: str = ""


class Waiting(msgspec.Struct, kw_only=True):
    """`POST /visitor/wait`: an engaged visitor asks whether something waits for it."""

    site: SiteKey
    visitor: VisitorKey


class Identify(msgspec.Struct, kw_only=True):
    """`POST /visitor/identify`: the site says who is signed in. `token`: a JWT signed with the site's secret."""

    site: SiteKey
    visitor: VisitorKey
    token: Annotated[str, Meta(min_length=1, max_length=TOKEN_LIMIT)]


class Identified(msgspec.Struct, kw_only=True):
    """Somebody else was signed in under this visitor key: use this new one from now on."""

    visitor: str


class Shown(msgspec.Struct, kw_only=True):
    """Something waits: load the frame."""

    show: bool


class Taken(msgspec.Struct, kw_only=True):
    """The answer of `POST /api/events`: what became of the events of one body. They add up to what was sent."""

    stored: int
    duplicates: int
    rejected: list[Rejected]
