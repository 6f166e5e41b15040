"""What is counted: visits, the tree, one person, the funnel."""

from typing import Annotated

import msgspec
from msgspec import Meta

from contract.names import FunnelStep
from contract.rest_visits import Directions
from contract.shapes import CustomerBrief, In, Out, Time
from contract.text import END

Day = Annotated[str, Meta(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}" + END)]


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


class FunnelQuery(In):
    """`from` and `to` are dates in the site's zone, both included. `people`: also list who stopped at that step."""

    site: str
    from_: Day | None = msgspec.field(default=None, name="from")
    to: Day | None = None
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
