"""The bodies of `/api/...`: what a client sends (unknown fields ignored) and what it gets (complete)."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from contract.frames import (
    AlertRaised,
    ConversationBrief,
    CustomerBrief,
    In,
    Message,
    Money,
    OrderLine,
    Out,
    Person,
    Time,
    VisitBrief,
)
from contract.names import (
    Direction,
    EventOutcome,
    FunnelStep,
    MergeProof,
    OrderStatus,
    PathSource,
    Role,
    Status,
    TreeKind,
    TreeReason,
    TreeRule,
)
from contract.tree import TreeRules

Name = Annotated[str, Meta(min_length=1, max_length=200)]


class SignIn(In):
    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=1024)]


class TopicLevel(msgspec.Struct, kw_only=True):
    """An expert knows the node at `path`, and all below it, at `level` 1 (a little) to 5 (best)."""

    path: Annotated[list[Name], Meta(min_length=1, max_length=20)]
    level: Annotated[int, Meta(ge=1, le=5)] = 3


class Me(Out):
    id: str
    email: str
    name: str
    role: Role
    languages: list[str]
    sites: list[str]
    topics: list[TopicLevel]
    status: Status
    capacity: int


class Session(Out):
    token: str
    me: Me


class CurrentSession(Out):
    me: Me


class Ticket(Out):
    """A token for one socket handshake; good for `seconds`."""

    token: str
    seconds: int


class ExpertWrite(In):
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    name: Name
    password: Annotated[str, Meta(min_length=8, max_length=1024)]
    role: Role = "expert"
    languages: list[Annotated[str, Meta(max_length=35)]] = msgspec.field(default_factory=lambda: ["en"])
    topics: list[TopicLevel] = []
    sites: list[str] = []
    capacity: Annotated[int, Meta(ge=1, le=100)] = 4


class ExpertPatch(In):
    name: Name | None = None
    password: Annotated[str, Meta(min_length=8, max_length=1024)] | None = None
    languages: list[Annotated[str, Meta(max_length=35)]] | None = None
    topics: list[TopicLevel] | None = None
    capacity: Annotated[int, Meta(ge=1, le=100)] | None = None


class Expert(Out):
    id: str
    email: str
    name: str
    role: Role
    languages: list[str]
    topics: list[TopicLevel]
    status: Status
    capacity: int


class SiteWrite(In):
    key: Annotated[str, Meta(pattern="^[a-z0-9][a-z0-9-]{0,62}$")]
    name: Name
    origins: list[Annotated[str, Meta(max_length=300)]] = []
    language: Annotated[str, Meta(max_length=35)] = "en"
    zone: Annotated[str, Meta(max_length=64)] = "UTC"
    currency: Annotated[str, Meta(pattern="^[A-Z]{3}$")] = "EUR"


class SitePatch(In):
    name: Name | None = None
    origins: list[Annotated[str, Meta(max_length=300)]] | None = None
    language: Annotated[str, Meta(max_length=35)] | None = None
    zone: Annotated[str, Meta(max_length=64)] | None = None
    rung_seconds: Annotated[int, Meta(ge=5, le=3600)] | None = None
    test_mode: bool | None = None


class Site(Out):
    id: str
    key: str
    name: str
    origins: list[str]
    language: str
    zone: str
    currency: str
    rung_seconds: int
    test_mode: bool
    test_until: Time | None


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


class SiteSnippet(Out):
    """The tag for the site's pages: always the newest script, or just this one for ever, checked by the browser."""

    tag: str
    versioned_tag: str | None
    last_at: Time | None


class Topic(Out):
    """A node of the information tree that somebody visited or knows."""

    id: str
    path: list[str]
    depth: int
    experts: list[Person]


class Trigger(Out):
    id: str
    site: str
    name: str
    conditions: dict[str, Any]
    action: str
    active: bool


class ProductWrite(In):
    site: str
    sku: Annotated[str, Meta(min_length=1, max_length=64)]
    name: Name
    price: Annotated[int, Meta(ge=0, le=10**10)]
    path: Annotated[list[Name], Meta(max_length=20)] = []
    active: bool = True


class ProductPatch(In):
    name: Name | None = None
    path: Annotated[list[Name], Meta(max_length=20)] | None = None
    price: Annotated[int, Meta(ge=0, le=10**10)] | None = None
    active: bool | None = None


class Product(Out):
    id: str
    sku: str
    name: str
    path: list[str]
    price: Money
    active: bool


class Offer(Out):
    id: str
    product: str
    name: str
    price: Money
    expires_at: Time
    state: str
    at: Time


class Order(Out):
    id: str
    number: str
    status: OrderStatus
    total: Money
    lines: list[OrderLine]
    customer: CustomerBrief | None
    contact: dict[str, str]
    expert: Person | None
    conversation: str | None
    visit: str | None
    at: Time


class Customer(Out):
    id: str
    name: str
    tier: str
    owner: Person | None
    emails: list[str]
    phones: list[str]
    orders: int
    spent: Money | None
    last_contact: Time | None
    visits: int
    since: Time


class Merge(Out):
    """`gone` turned out to be the same person as `kept`. `moved`: how many identities of each kind, visits and orders
    came along, and 1 for the owner. An undone one says when and by whom."""

    id: str
    site: str
    kept: Person
    gone: Person
    proof: MergeProof
    reason: str
    by: Person | None
    at: Time
    moved: dict[str, int]
    undone_at: Time | None
    undone_by: Person | None


class MergeWrite(In):
    """`from`: the customer who is the same person, or `visit`: whoever is on that visit, a stranger until now.
    `force`: also where both have signed in at the site."""

    from_: Annotated[str, Meta(min_length=1, max_length=64)] | None = msgspec.field(name="from", default=None)
    visit: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    reason: Annotated[str, Meta(max_length=500)] = ""
    force: bool = False


class ContactConfirm(In):
    """Which parts of an order's contact somebody has seen to be right."""

    email: bool = False
    phone: bool = False


class Confirmed(Out):
    """Who placed the order, and whom they turned out to be."""

    customer: Customer
    merges: list[Merge]


class SiteSecret(Out):
    """With it the site signs who is signed in; for administrators alone."""

    secret: str


class SecretRotate(In):
    """`at_once`: the old secret is worth nothing from now on; without it, it stays good for ten minutes."""

    at_once: bool = False


class VisitorPatch(In):
    """Whether this visitor is a program, by a person's word: it counts more than what was seen, now and later."""

    bot: bool


class Visitor(Out):
    """One browser. `said`: what a person of the house said of `bot`, null for nobody."""

    id: str
    site: str
    first_at: Time
    last_at: Time
    bot: bool
    said: bool | None


class PageSeen(Out):
    """`direction`: of the step from the page before; null for the first, and where it was the same place."""

    path: list[str]
    title: str
    url: str
    at: Time
    dwell: int
    scroll: int
    direction: Direction | None


class Directions(Out):
    """How many steps led to a place below, to one above, and elsewhere."""

    in_: int = msgspec.field(name="in")
    out: int
    across: int


class Visit(Out):
    """`deepest_path`: the place furthest from home, of several the one seen first; [] if it was home."""

    visit: VisitBrief
    views: list[PageSeen]
    direction: Directions
    deepest_path: list[str]


class TimelineItem(Out):
    """`data` depends on `kind`: visit, conversation, order, offer, alert."""

    id: str
    kind: str
    at: Time
    data: dict[str, Any]


class Decision(Out):
    """Why this one was rung, and why the others were not."""

    id: str
    alert: str
    visit: str
    rung: str
    at: Time
    chosen: list[Person]
    candidates: list[dict[str, Any]]
    outcome: str


class Desk(Out):
    """All an expert's screen needs to begin; the events of the socket continue it."""

    me: Me
    alerts: list[AlertRaised]
    conversations: list[ConversationBrief]
    experts: list[Expert]
    sites: list[Site]


class Transcript(Out):
    messages: list[Message]


class Overview(Out):
    visitors: int
    returning_visitors: int
    visits: int
    page_views: int
    by_depth: dict[str, int]


class TreeNode(Out):
    """`deepest`: the deepest level reached by the visits that saw this node; dwell in ms."""

    path: list[str]
    depth: int
    visits: int
    page_views: int
    deepest: int
    dwell_ms: int
    dwell_mean_ms: int


class Tree(Out):
    nodes: list[TreeNode]


class CustomerBranch(Out):
    """What somebody did below one child of the home page, ever. `deepest_path`: the place furthest in, first seen."""

    path: list[str]
    visits: int
    pages: int
    dwell_ms: int
    deepest_path: list[str]


class CustomerTree(Out):
    """All visits of all browsers of one person. Branches: most time first, at most 100."""

    visits: int
    pages: int
    dwell_ms: int
    depth: int
    deepest_path: list[str]
    direction: Directions
    branches: list[CustomerBranch]


class TreeEntry(Out):
    """A page, or a pattern of pages (`*` for one part, `**` at the end for all below), and where it stands.

    `path` is null for a page of a sitemap: the rules read it out of the address.
    """

    id: str
    kind: TreeKind
    address: str
    path: list[str] | None


class TreeImported(Out):
    """What an import did. `read`: entries in the body; `kept`: entries of this kind that now hold; `repeated`: those
    that came again (the last counts); `left_out`: entries of a sitemap that are no address of a page; `by_depth`:
    kept entries by the length of their path ("0" is home). `sitemaps`: a sitemap index was sent, nothing was changed;
    these are the sitemaps it names: send the first, then the others with `?add=true`.
    """

    kind: TreeKind
    read: int
    kept: int
    repeated: int
    left_out: int
    by_depth: dict[str, int]
    sitemaps: list[str]


class TreeFault(Out):
    """What is wrong with a line of an imported file; lines count from 1."""

    line: int
    says: str


class TreePreviewAsk(In):
    """A page as a browser would report it. `canonical`: its canonical address; `rules`: a draft instead of the saved
    ones; `path` and `source` as in a beacon.
    """

    url: Annotated[str, Meta(max_length=65536)]
    path: Annotated[list[Annotated[str, Meta(max_length=1000)]], Meta(max_length=100)] | None = None
    source: PathSource | None = None
    canonical: Annotated[str, Meta(max_length=65536)] | None = None
    rules: TreeRules | None = None


class TreeStep(Out):
    """One rule that changed something, or decided: the path before and after it, and a sentence for a person."""

    rule: TreeRule
    before: list[str]
    after: list[str]
    says: str


class TreePreview(Out):
    """Where the page would stand. `reason`: for programs; `says`: the same for a person."""

    path: list[str]
    depth: int
    source: PathSource
    reason: TreeReason
    says: str
    steps: list[TreeStep]


class FunnelQuery(In):
    """`from` and `to` are dates in the site's zone, both included. `people`: also list who stopped at that step."""

    site: str
    from_: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = msgspec.field(default=None, name="from")
    to: Annotated[str, Meta(pattern=r"^\d{4}-\d{2}-\d{2}$")] | None = None
    steps: Annotated[list[FunnelStep], Meta(min_length=1, max_length=12)] = msgspec.field(
        default_factory=lambda: ["viewed", "deep", "alert", "chat", "offer", "order"]
    )
    window_s: Annotated[int, Meta(ge=1, le=366 * 86400)] = 7 * 86400
    people: FunnelStep | None = None


class FunnelCount(Out):
    name: FunnelStep
    visitors: int
    share_of_first: float
    share_of_previous: float


class FunnelPerson(Out):
    visitor: str
    visit: str
    at: Time
    path: list[str]
    customer: CustomerBrief | None


class Funnel(Out):
    steps: list[FunnelCount]
    people: list[FunnelPerson]


class Problem(Out):
    """RFC 9457 problem details; `code` is of the closed list of `contract.errors`."""

    type: str
    title: str
    status: int
    code: str
    detail: str


class TreeProblem(Problem):
    """An import that was refused as a whole: the first faults, and how many there are."""

    faults: list[TreeFault]
    faulty: int
