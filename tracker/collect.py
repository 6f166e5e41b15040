"""Pure: from a body to rows: what an event must be before it enters the base.

An event goes through its steps in the order of `STEPS`: a `put_` step fills in the row, a `drop_` step refuses the
event alone, with a reason of `tracker.reasons`. What a browser claims about time, agent or address is not used.
"""

from collections.abc import Callable
from typing import Any

import msgspec

from contract.beacons import MAX_AGE, NAME_LIMIT, TITLE_LIMIT, Beacon, Custom, Event, PageLeft, PageStayed, PageViewed
from contract.beacons import Rejected as RejectedEvent
from contract.clock import DAY, MINUTE, from_rfc3339
from contract.facts import SiteFacts
from contract.ids import UUID
from contract.names import EventType, Ms, PathSource
from contract.text import clean
from tracker.address import cleaned
from tracker.device import agent, is_bot
from tracker.reasons import NotTaken, Reason
from tracker.referrer import kept as kept_referrer
from tracker.spoken import spoken
from tracker.tree import Path, place
from tracker.visitor import key_hash

MAX_DWELL = 7 * DAY
MAX_PROPS = 4096
#: What a page may say that something is worth, in minor units.
MAX_VALUE = 10**12
MAX_LEVELS = 8
FUTURE = 1 * MINUTE


class Row(msgspec.Struct, kw_only=True):
    """One event that may be stored. Fields of other types than its own are None or empty."""

    id: str
    type: EventType
    at: Ms
    position: int = 0
    user_agent: str = ""
    language: str = ""
    page: str | None = None
    dwell: int | None = None
    scroll: int | None = None
    name: str | None = None
    props: dict[str, Any] | None = None
    value: int | None = None
    url: str = ""
    title: str = ""
    referrer: str = ""
    path: Path = ()
    source: PathSource = "url"


class Refusal(msgspec.Struct, kw_only=True):
    """An event that is kept only to be shown with its reason. `event`: what it said, cut to a sane size."""

    id: str
    reason: Reason
    event: dict[str, Any]


class Prepared(msgspec.Struct, kw_only=True):
    """One body, ready for `tracker.record`. `rows`: oldest first. `bot`: one of its agents calls itself a program."""

    site: SiteFacts
    key_hash: str
    trusted: bool
    received_at: Ms
    user_agent: str
    bot: bool
    rows: list[Row]
    refused: list[Refusal]

    @property
    def rejected(self) -> list[RejectedEvent]:
        return [RejectedEvent(id=refusal.id, reason=refusal.reason) for refusal in self.refused]


class Body(msgspec.Struct, kw_only=True):
    """What is true of a whole body."""

    site: SiteFacts
    received_at: Ms
    user_agent: str
    language: str
    trusted: bool


def prepare(
    site: SiteFacts, beacon: Beacon, *, received_at: Ms, user_agent: str, language: str = "", trusted: bool = False
) -> Prepared:
    """Every event of `beacon` as a clean row, or refused with its reason; rows in order of age, ties as in the body.

    `user_agent`, `language`: the headers of the request. `trusted`: a server of the site (`POST /api/events`), whose
    events carry their own time, agent and language and whose own headers say nothing.
    """
    body = Body(
        site=site,
        received_at=received_at,
        user_agent="" if trusted else agent(user_agent),
        language="" if trusted else spoken(language),
        trusted=trusted,
    )
    rows: list[Row] = []
    refused: list[Refusal] = []
    for event in beacon.events:
        row = Row(id=event.id, type=_TYPES[type(event)], at=received_at)
        try:
            for step in STEPS[type(event)]:
                step(row, event, body)
        except NotTaken as not_taken:
            refused.append(_refusal(event, row, not_taken.reason))
        else:
            rows.append(row)
    rows.sort(key=_time)
    for position, row in enumerate(rows):
        row.position = position
    return Prepared(
        site=site,
        key_hash=key_hash(beacon.visitor),
        trusted=trusted,
        received_at=received_at,
        user_agent=max((row.user_agent for row in rows), default=body.user_agent),
        bot=any(is_bot(row.user_agent) for row in rows),
        rows=rows,
        refused=refused,
    )


def _time(row: Row) -> Ms:
    return row.at


# --- steps: every event -----------------------------------------------------------------------------------------------


def drop_bad_id(row: Row, event: Event, body: Body) -> None:
    row.id = _uuid(event.id, "bad_id")


def put_time(row: Row, event: Event, body: Body) -> None:
    """Trusted: `at`, any past time. Everybody: our clock less `age`, a week at most."""
    if body.trusted and event.at is not None:
        try:
            row.at = from_rfc3339(event.at)
        except (ValueError, OverflowError) as error:
            raise NotTaken("bad_time") from error
        if row.at > body.received_at + FUTURE:
            raise NotTaken("bad_time")
        return
    if not 0 <= event.age <= MAX_AGE:
        raise NotTaken("age_out_of_range")
    row.at = body.received_at - event.age


# --- steps: page views ------------------------------------------------------------------------------------------------


def put_agent(row: Row, event: PageViewed, body: Body) -> None:
    """Who looks at a page says who it is, and in which language. Some browsers send the farewell of a page under
    another name."""
    row.user_agent = agent(event.user_agent) if body.trusted else body.user_agent
    row.language = spoken(event.language or "") if body.trusted else body.language


def drop_bad_url(row: Row, event: PageViewed, body: Body) -> None:
    url = cleaned(event.url)
    if url is None:
        raise NotTaken("bad_url")
    row.url = url


def put_title(row: Row, event: PageViewed, body: Body) -> None:
    row.title = clean(event.title.strip(), TITLE_LIMIT)


def put_referrer(row: Row, event: PageViewed, body: Body) -> None:
    """A referrer that is no address is as good as none."""
    row.referrer = kept_referrer(event.referrer, row.url)


def put_place(row: Row, event: PageViewed, body: Body) -> None:
    rules, tree = body.site.rules, body.site.tree
    row.path, row.source, _ = place(rules, tree, row.url, event.path, event.source, trusted=body.trusted)


# --- steps: staying and leaving ---------------------------------------------------------------------------------------


def drop_bad_page(row: Row, event: PageStayed | PageLeft, body: Body) -> None:
    row.page = _uuid(event.page, "bad_page")


def drop_bad_dwell(row: Row, event: PageStayed | PageLeft, body: Body) -> None:
    if not 0 <= event.dwell <= MAX_DWELL:
        raise NotTaken("bad_dwell")
    row.dwell = event.dwell


def put_scroll(row: Row, event: PageStayed | PageLeft, body: Body) -> None:
    row.scroll = min(max(event.scroll, 0), 100)


# --- steps: what the site reports itself ------------------------------------------------------------------------------


def drop_bad_name(row: Row, event: Custom, body: Body) -> None:
    row.name = clean(event.name.strip(), NAME_LIMIT).strip()
    if not row.name:
        raise NotTaken("bad_name")


def drop_large_props(row: Row, event: Custom, body: Body) -> None:
    try:
        row.props = _clean_json(event.props)
        size = len(msgspec.json.encode(row.props))
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise NotTaken("bad_props") from error
    if size > MAX_PROPS:
        raise NotTaken("props_too_large")
    value = row.props.get("value")
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= MAX_VALUE:
        row.value = value


Step = Callable[[Row, Any, Body], None]
_EVERY: tuple[Step, ...] = (drop_bad_id, put_time)
_SEEN: tuple[Step, ...] = (*_EVERY, drop_bad_page, drop_bad_dwell, put_scroll)
STEPS: dict[type, tuple[Step, ...]] = {
    PageViewed: (*_EVERY, put_agent, drop_bad_url, put_title, put_referrer, put_place),
    PageStayed: _SEEN,
    PageLeft: _SEEN,
    Custom: (*_EVERY, drop_bad_name, drop_large_props),
}
_TYPES: dict[type, EventType] = {
    PageViewed: "page.viewed", PageStayed: "page.stayed", PageLeft: "page.left", Custom: "custom",
}  # fmt: skip


def _uuid(text: str, reason: Reason) -> str:
    text = text.lower()
    if not UUID.fullmatch(text):
        raise NotTaken(reason)
    return text


def _clean_json(value: Any, levels: int = MAX_LEVELS) -> Any:
    """Texts cleaned, keys cut. Raises ValueError below `levels`: nobody's facts are nested that deep."""
    if isinstance(value, str):
        return clean(value, MAX_PROPS)
    if not isinstance(value, dict | list):
        return value
    if not levels:
        raise ValueError("nested too deep")
    if isinstance(value, dict):
        return {clean(str(key), NAME_LIMIT): _clean_json(item, levels - 1) for key, item in value.items()}
    return [_clean_json(item, levels - 1) for item in value]


def full(row: Row, received_at: Ms) -> Refusal:
    """A clean event for which its visit has no room (`tracker.room`)."""
    said: dict[str, Any] = {"type": row.type, "age": received_at - row.at}
    for field in ("page", "dwell", "name"):
        if (value := getattr(row, field)) is not None:
            said[field] = value
    if row.url:
        said["url"] = row.url
    return Refusal(id=row.id, reason="visit_full", event=said)


def _refusal(event: Event, row: Row, reason: Reason) -> Refusal:
    """What is shown to the site: no props, and no address that was not cleaned."""
    said: dict[str, Any] = {"type": row.type, "age": event.age}
    for field in ("at", "page", "dwell", "name"):
        if (value := getattr(event, field, None)) is not None:
            said[field] = clean(value, 100) if isinstance(value, str) else value
    if isinstance(event, PageViewed):
        said["url"] = cleaned(event.url) or clean(event.url.partition("?")[0], 100)
    return Refusal(id=clean(event.id, 64), reason=reason, event=said)
