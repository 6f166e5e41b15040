"""The bodies of `/api/triggers` and `/api/segments`: rules, what is odd about them, what they would have done, what
they brought."""

from typing import Annotated, Literal

from msgspec import Meta

from contract.names import Action
from contract.shapes import In, Line, Out, Time
from contract.triggers import Caps, Content, Quiet, Rule, When

_SiteId = Annotated[str, Meta(min_length=1, max_length=64)]
_HoldOut = Annotated[int, Meta(ge=0, le=50)]


class TriggerWrite(In):
    site: _SiteId
    name: Line
    conditions: When
    action: Action = "alert"
    content: Content = Content()
    caps: Caps = Caps()
    quiet: Quiet | None = None
    hold_out: _HoldOut = 0
    active: bool = False

    def rule(self) -> Rule:
        return Rule(conditions=self.conditions, action=self.action, content=self.content, caps=self.caps,
                    quiet=self.quiet, hold_out=self.hold_out)  # fmt: skip


class TriggerPut(TriggerWrite):
    """The whole trigger anew; `site` stays what it was."""


class TriggerPatch(In):
    """What is given is changed."""

    name: Line | None = None
    active: bool | None = None
    hold_out: _HoldOut | None = None


class Finding(Out):
    """What is odd about a trigger. One with an `error` cannot be switched on, one with `warning`s can. `where`: the
    field, such as `conditions.all.1`."""

    level: Literal["error", "warning"]
    code: str
    sentence: str
    where: str


class Findings(Out):
    items: list[Finding]


class Trigger(Out):
    """`findings`: what is odd about it now; also what became so since it was saved (a node, a product is gone)."""

    id: str
    site: str
    name: str
    conditions: When
    action: Action
    content: Content
    caps: Caps
    quiet: Quiet | None
    hold_out: int
    active: bool
    findings: list[Finding]


class BacktestAsk(TriggerWrite):
    """A trigger that need not be saved, over the stored visits of the last `days`."""

    days: Annotated[int, Meta(ge=1, le=400)] = 30


class BacktestDay(Out):
    """`date`: of the site's zone."""

    date: str
    firings: int


class BacktestVisit(Out):
    """One visit that it would have fired on."""

    visit: str
    visitor: str
    customer: str | None
    at: Time
    topic: list[str]
    ordered: bool


class Backtest(Out):
    """What a trigger would have done. `every`: one of so many visits was looked at, and all numbers are of all visits,
    scaled; 1 where all were. `busy`: the most experts it would have kept busy at once, and `busy_usually` in 95 % of
    the time in which anybody was, at `talk_seconds` for each (`talk_known`: measured here, else a guess).
    `assumed`: conditions whose past nobody kept, taken as fulfilled.
    """

    since: Time
    visits: int
    every: int
    firings: int
    visitors: int
    customers: int
    held_out: int
    ordered_anyway: int
    ordered_all: int
    busy: int
    busy_usually: int
    talk_seconds: int
    talk_known: bool
    assumed: list[str]
    days: list[BacktestDay]
    examples: list[BacktestVisit]


class TriggerArm(Out):
    """Strangers it fired on for the first time, and how many of them ordered within seven days after."""

    visitors: int
    ordered: int


class TriggerReport(Out):
    """What a trigger brought. `uplift`: the difference of the two shares in percentage points with its 95 % interval
    from `low` to `high`, null while there are too few; `missing`: how many visitors
    are still missing for one; 0 beside a null where nobody is held out. `strangers`: whether it can fire on a stranger:
    who knows only customers has nobody to leave alone."""

    firings: int
    acted: int
    customers: int
    treated: TriggerArm
    held_out: TriggerArm
    uplift: float | None
    low: float | None
    high: float | None
    missing: int
    alerts: dict[str, int]
    strangers: bool


class SegmentWrite(In):
    site: _SiteId
    name: Line
    conditions: When


class Segment(Out):
    id: str
    site: str
    name: str
    conditions: When
    findings: list[Finding]
