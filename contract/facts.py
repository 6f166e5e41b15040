"""Plain values that travel from room to room: what one part knows and another decides on.

No room imports its neighbour; `service.journey` and `service.flows` hand these along.
"""

import msgspec

from contract.ladder import USUAL as USUAL_LADDER
from contract.ladder import Ladder
from contract.look import USUAL as USUAL_LOOK
from contract.look import Look
from contract.names import Channel, DeviceKind, Ms, Role
from contract.talk import USUAL as USUAL_TALK
from contract.talk import Talk
from contract.tree import NO_TREE, USUAL, SiteTree, TreeRules


class SiteFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A site. `test_mode`: what comes is kept and shown as it comes, until `test_until`.

    `rules`, `tree`: how its addresses become places; `tree` is there only where `access.sites.Sites` gave the facts.
    """

    id: str
    key: str
    name: str
    origins: frozenset[str]
    language: str
    zone: str
    currency: str
    ladder: Ladder = USUAL_LADDER
    look: Look = USUAL_LOOK
    talk: Talk = USUAL_TALK
    test_mode: bool = False
    test_until: Ms | None = None
    rules: TreeRules = USUAL
    tree: SiteTree = NO_TREE
    tree_version: int = 0
    articles_version: str = ""


class AccountFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A signed-in person of the house. `sites`: ids of the sites they may see; an administrator sees all."""

    id: str
    email: str
    name: str
    role: Role
    languages: tuple[str, ...]
    sites: frozenset[str]
    active: bool = True

    def may_see(self, site_id: str) -> bool:
        return self.role == "admin" or site_id in self.sites


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """What a visit did below one child of the home page: total dwell in ms, deepest level, page views."""

    name: str
    dwell: int
    deepest: int
    pages: int


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """What a visit did at one node: total dwell in ms, page views."""

    path: tuple[str, ...]
    dwell: int
    pages: int


class VisitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One visit as the rules see it. path, depth, url, title are those of the newest page view.

    `number`: 1 for the first visit of this visitor. `arrival`: id of the page view with which the visitor last came in
    (the first of the visit, or a later one that no page of the site led to). `came_back`: that arrival is not the very
    first one of this visitor. `heard_at`: when our server last took an event of it. `left_at`: all pages left.
    `topic_share`: percent of all interest that lies at the topic or below it. `language`: what the browser asks for
    first (`en`), "" where it said nothing. channel, source, campaign: as in `tracker.source`.
    """

    id: str
    site: str
    visitor: str
    started_at: Ms
    last_at: Ms
    heard_at: Ms
    number: int
    pages: int
    dwell: int
    path: tuple[str, ...]
    depth: int
    deepest: int
    topic: tuple[str, ...]
    branches: tuple[Branch, ...]
    url: str
    title: str
    arrival: str | None
    came_back: bool
    left_at: Ms | None
    bot: bool
    places: tuple[Place, ...] = ()
    topic_share: int = 0
    channel: Channel = "direct"
    source: str = ""
    campaign: str = ""
    device: DeviceKind = "unknown"
    language: str = ""


class Doing(msgspec.Struct, frozen=True, kw_only=True):
    """A custom event of a visit. `value`: its `props.value`, where that is a whole number."""

    name: str
    at: Ms
    value: int | None = None


class CustomerFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A known person as the rules see them. `last_expert`: who last served them in any channel.

    `regularity`: in how many of the last twelve months they ordered. `spent` and `typical`, an order that is ordinary
    for the site (0: not known), in minor units of `currency`.
    """

    id: str
    name: str
    tier: str
    owner: str | None
    last_expert: str | None
    orders: int
    spent: int
    currency: str
    regularity: int = 0
    typical: int = 0
    first_order_at: Ms | None = None
    last_order_at: Ms | None = None


class SignedIn(msgspec.Struct, frozen=True, kw_only=True):
    """What a site's signed token says of whoever sits there now. `user`: the site's own id of them; the rest may be
    empty."""

    user: str
    email: str = ""
    phone: str = ""
    name: str = ""
