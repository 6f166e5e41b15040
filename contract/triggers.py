"""A trigger as data: when does it act, on whom, what does it do, and how often. The same shape in the base, in JSON, in
the editor that reads like a sentence, and in the evaluator (`routing.triggers`).

Limits that no condition can have at all stand here; what makes no sense together is found by `routing.sense`.
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta
from msgspec.structs import force_setattr

from contract.errors import Refused
from contract.names import Action, Channel, DeviceKind
from contract.text import END, clean

_LONGEST = 200
Name = Annotated[str, Meta(min_length=1, max_length=_LONGEST)]
Names = Annotated[tuple[Name, ...], Meta(min_length=1, max_length=50)]
Path = Annotated[tuple[Name, ...], Meta(max_length=20)]
Count = Annotated[int, Meta(ge=0, le=1_000_000)]
Amount = Annotated[int, Meta(ge=0, le=10**12)]
#: Seconds, a day at most.
Seconds = Annotated[int, Meta(ge=0, le=86_400)]
#: A time of the day in the site's zone, 24 hours.
Clock = Annotated[str, Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]" + END)]
#: 1 is Monday.
Weekday = Annotated[int, Meta(ge=1, le=7)]
#: Bytes of JSON in the conditions of one trigger or segment: some hundred names.
HEAVIEST = 16 * 1024
Key = Annotated[str, Meta(min_length=1, max_length=64)]


def _heard(name: str) -> str:
    """As the tracker keeps what comes from a page, or the two would never be equal. ValueError if nothing is left."""
    kept = clean(name.strip(), _LONGEST).strip()
    if not kept:
        raise ValueError("a name that is blank")
    return kept


class _Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, tag_field="kind"):
    """One thing that holds or does not."""


class InBranch(_Condition, frozen=True, kw_only=True, tag="branch"):
    """All of it in one branch: `below` a node, or below any child of the home page. `depth`: levels from the home page,
    at least; `dwell`: seconds in that branch, at least."""

    below: Path = ()
    depth: Annotated[int, Meta(ge=0, le=20)] = 0
    dwell: Seconds = 0

    def __post_init__(self) -> None:
        force_setattr(self, "below", tuple(_heard(name) for name in self.below))


class _Between(_Condition, frozen=True, kw_only=True):
    """From `at_least` to `at_most`, both included; null is no bound."""

    at_least: Count | None = None
    at_most: Count | None = None


class Pages(_Between, frozen=True, kw_only=True, tag="pages"):
    """Page views of this visit."""


class VisitNumber(_Between, frozen=True, kw_only=True, tag="visit_number"):
    """1 is the first visit of this visitor."""


class DaysSince(_Between, frozen=True, kw_only=True, tag="days_since"):
    """Whole days since the visitor's last visit; who was never here has none, and it does not hold."""


class Orders(_Between, frozen=True, kw_only=True, tag="orders"):
    """Orders of the customer; a stranger has 0."""


class Cart(_Condition, frozen=True, kw_only=True, tag="cart"):
    """What lies in the cart, in minor units: `value` of the newest custom event `cart.changed`; 0 before there is one.

    It comes from the page, so it is a reason to ring and never a price.
    """

    at_least: Amount | None = None
    at_most: Amount | None = None


class Returning(_Condition, frozen=True, kw_only=True, tag="returning"):
    """`is`: came in again, on a later visit or later in this one; else the very first arrival."""

    is_: bool = msgspec.field(name="is", default=True)


class Known(_Condition, frozen=True, kw_only=True, tag="known"):
    """`is`: a customer; else a stranger."""

    is_: bool = msgspec.field(name="is", default=True)


class Available(_Condition, frozen=True, kw_only=True, tag="available"):
    """`is`: an expert of the site is there and has a free place."""

    is_: bool = msgspec.field(name="is", default=True)


class InTier(_Condition, frozen=True, kw_only=True, tag="tier"):
    tiers: Names


class FromSource(_Condition, frozen=True, kw_only=True, tag="source"):
    """What is given has to fit: one of the channels, one of the names (`google`), one of the campaigns."""

    channels: Annotated[tuple[Channel, ...], Meta(max_length=8)] = ()
    names: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()
    campaigns: Annotated[tuple[Name, ...], Meta(max_length=50)] = ()

    def __post_init__(self) -> None:
        force_setattr(self, "names", tuple(_heard(name) for name in self.names))
        force_setattr(self, "campaigns", tuple(_heard(name) for name in self.campaigns))


class OnDevice(_Condition, frozen=True, kw_only=True, tag="device"):
    devices: Annotated[tuple[DeviceKind, ...], Meta(min_length=1, max_length=5)]


Tongue = Annotated[str, Meta(pattern="^[a-z]{2,3}" + END)]


class InLanguage(_Condition, frozen=True, kw_only=True, tag="language"):
    """What the browser asks for first, without its country: `en`, `ru`."""

    languages: Annotated[tuple[Tongue, ...], Meta(min_length=1, max_length=50)]


class DuringHours(_Condition, frozen=True, kw_only=True, tag="hours"):
    """From `from` until before `to` in the site's zone; over midnight where `to` is not later. No `days`: every day;
    a night belongs to the day on which it begins."""

    from_: Clock = msgspec.field(name="from")
    to: Clock
    days: Annotated[tuple[Weekday, ...], Meta(max_length=7)] = ()


class Did(_Condition, frozen=True, kw_only=True, tag="event"):
    """The custom event `name` at least `times` times in this visit, within `within` seconds (0: any time)."""

    name: Name
    times: Annotated[int, Meta(ge=1, le=50)] = 1
    within: Seconds = 0

    def __post_init__(self) -> None:
        force_setattr(self, "name", _heard(self.name))


class InSegment(_Condition, frozen=True, kw_only=True, tag="segment"):
    """The id of a segment of the site: the same conditions under a name."""

    segment: Key


Condition = (
    InBranch | Pages | VisitNumber | DaysSince | Orders | Cart | Returning | Known | Available | InTier | FromSource
    | OnDevice | InLanguage | DuringHours | Did | InSegment
)  # fmt: skip
_Conditions = Annotated[tuple[Condition, ...], Meta(max_length=20)]


class When(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """`all` hold, at least one of `any` holds (where there is one), none of `none` holds."""

    all: _Conditions = ()
    any: _Conditions = ()
    none: _Conditions = ()


class Caps(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often it acts at most: in one visit, on one visitor ever, on one visitor in a day of the site's zone.

    null is no bound. Within a visit it acts once per arrival at most: `visit` null or above 1 is for who comes back.
    """

    visit: Annotated[int, Meta(ge=1, le=100)] | None = 1
    visitor: Annotated[int, Meta(ge=1, le=1000)] | None = None
    day: Annotated[int, Meta(ge=1, le=100)] | None = None


class Quiet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """It does not act from `from` until before `to`, in the site's zone; over midnight where `to` is not later."""

    from_: Clock = msgspec.field(name="from")
    to: Clock


class Content(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What the action says or shows. invite: `text`. information: `title`, and `url` or `text`. offer: one of
    `products`, `price` in minor units (null: the catalogue's), `text`, good for `hours`. order_form: `products`."""

    text: Annotated[str, Meta(max_length=2000)] = ""
    title: Annotated[str, Meta(max_length=200)] = ""
    url: Annotated[str, Meta(max_length=2048)] = ""
    products: Annotated[tuple[Key, ...], Meta(max_length=20)] = ()
    price: Annotated[int, Meta(ge=0, le=10**10)] | None = None
    hours: Annotated[int, Meta(ge=1, le=720)] = 24


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """The part of a trigger that decides and acts. `hold_out`: percent of strangers who are left alone, for the
    comparison (`routing.hold_out`)."""

    conditions: When = When()
    action: Action = "alert"
    content: Content = Content()
    caps: Caps = Caps()
    quiet: Quiet | None = None
    hold_out: Annotated[int, Meta(ge=0, le=50)] = 0


def stored(value: msgspec.Struct | None) -> Any:
    """As JSON columns hold it. Raises Refused("too_large"): the rules of all sites are read every two seconds."""
    if len(msgspec.json.encode(value)) > HEAVIEST:
        raise Refused("too_large", f"{HEAVIEST // 1024} KiB")
    return msgspec.to_builtins(value)
