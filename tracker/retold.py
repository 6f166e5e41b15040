"""Pure: what was known of a visitor after each body that came, told again from the stored events.

`tracker.record` keeps visits as they are now. Whoever asks what would have been done at the time (a backtest) needs
them as they were then: in the order in which bodies came, with what came late still missing. Only what no event tells
is taken from the visit as it stands: agent, language, whether it is a program.
"""

from bisect import bisect_right, insort
from collections.abc import Iterable, Sequence
from operator import attrgetter

import msgspec

from contract.clock import DAY
from contract.facts import Doing, VisitFacts
from contract.names import DeviceKind, EventType, Ms
from tracker.visit import SILENCE, Span, View, apply_mark, join, summarise

#: Nothing older comes from a browser (contract 3): what does was given by a trusted server, long after.
LATEST: Ms = 7 * DAY
#: An event of an import is counted when it happened; of anything else, when it came, unless it was this late.
_IN_TIME: Ms = 30_000


class Happened(msgspec.Struct, kw_only=True):
    """A stored event. `view`: what is known of a page view before anybody stayed or left."""

    id: str
    type: EventType
    at: Ms
    received_at: Ms
    position: int = 0
    page: str | None = None
    dwell: int = 0
    scroll: int = 0
    doing: Doing | None = None
    view: View | None = None


class Stands(msgspec.Struct, frozen=True, kw_only=True):
    """A visit as it stands in the end."""

    id: str
    started_at: Ms
    last_at: Ms
    device: DeviceKind
    language: str
    bot: bool


class Body(msgspec.Struct, frozen=True):
    """What came together, and when."""

    at: Ms
    events: list[Happened]


class Sitting:
    """A visit as far as it was known. `id` is its own: two that became one later were two at the time."""

    __slots__ = ("deepest", "doings", "dwell", "id", "last_at", "said_at", "signs", "started_at", "views")

    def __init__(self, id_: int, started_at: Ms, last_at: Ms) -> None:
        self.id, self.started_at, self.last_at = id_, started_at, last_at
        self.views: dict[str, View] = {}
        self.signs: list[Ms] = []
        self.doings: list[tuple[Ms, int, str, Doing]] = []
        self.said_at: Ms = 0  # the newest sign of staying on a page of it, or of leaving one
        self.deepest = 0
        self.dwell: Ms = 0

    @property
    def heard_at(self) -> Ms:
        return max(self.last_at, self.said_at)


def bodies(events: Iterable[Happened]) -> list[Body]:
    """The events of one visitor as they came, body by body.

    What a trusted server imported, long after, is taken as if it had come the moment it happened, event by event. A
    visitor of whom anything came later than a browser may send it was imported, and so is whatever else came late.
    """
    events = list(events)
    imported = any(one.received_at - one.at > LATEST for one in events)
    came: dict[Ms, list[Happened]] = {}
    for one in events:
        late = imported and one.received_at - one.at > _IN_TIME
        came.setdefault(one.at if late else one.received_at, []).append(one)
    return [Body(at, sorted(found, key=_order)) for at, found in sorted(came.items(), key=lambda one: one[0])]


def _order(one: Happened) -> tuple[Ms, int, str]:
    return (one.at, one.position, one.id)


class Retold:
    """The visits of one visitor, growing body by body. `visits_before`, `ended_before`: how many had begun before the
    first event that is told here, and when the newest of them ended."""

    def __init__(
        self, site: str, visitor: str, stands: Sequence[Stands], visits_before: int = 0, ended_before: Ms | None = None
    ) -> None:
        self._site, self._visitor = site, visitor
        self._stands = sorted(stands, key=attrgetter("started_at"))
        self._starts = [one.started_at for one in self._stands]
        self._visits_before, self._ended_before = visits_before, ended_before
        self._sittings: list[Sitting] = []  # in order of time
        self._at: dict[str, Sitting] = {}  # page view -> where it was seen
        self._early: dict[str, list[Happened]] = {}
        self._made = 0

    def tell(self, events: Sequence[Happened]) -> Sitting | None:
        """Add one body; the newest visit that it touches, if it has pages: what is judged then."""
        self._group(events)
        stored = {one.page for one in events if one.page in self._at}
        touched: list[Sitting] = []
        for one in events:
            own = self._sitting(one.at)
            insort(own.signs, one.at)
            touched.append(own)
            if one.view is not None:
                self._put(own, one)
            elif one.doing is not None:
                insort(own.doings, (one.at, one.position, one.id, one.doing), key=lambda doing: doing[:3])
        for one in events:
            if one.page is not None:
                where = self._at.get(one.page)
                if where is None:
                    self._early.setdefault(one.page, []).append(one)
                else:
                    _mark(where, one)
                    if one.page in stored:
                        touched.append(where)
        return max((one for one in touched if one.views), key=attrgetter("started_at"), default=None)

    def facts(self, sitting: Sitting) -> VisitFacts:
        """What the rules were told of it."""
        said = summarise(list(sitting.views.values()), sitting.last_at, sitting.signs)
        end = self.stands(sitting)
        number = self._visits_before + sum(
            bool(one.views) for one in self._sittings if one.started_at <= sitting.started_at
        )
        return VisitFacts(
            id=str(sitting.id), site=self._site, visitor=self._visitor, started_at=sitting.started_at,
            last_at=sitting.last_at, heard_at=said.heard_at, number=number, pages=said.pages, dwell=said.dwell,
            path=said.path, depth=said.depth, deepest=said.deepest, topic=said.topic, branches=said.branches,
            url=said.url, title=said.title, arrival=said.arrival, came_back=said.came_back or number > 1,
            left_at=said.left_at, bot=end.bot, places=said.places, topic_share=said.topic_share,
            channel=said.source.channel, source=said.source.name, campaign=said.source.campaign, device=end.device,
            language=end.language,
        )  # fmt: skip

    def doings(self, sitting: Sitting, most: int) -> tuple[Doing, ...]:
        """What the visitor did in it, oldest first; the newest `most`."""
        return tuple(doing for _, _, _, doing in sitting.doings[-most:])

    def before(self, sitting: Sitting) -> Ms | None:
        """When the visit before it ended."""
        earlier = [one.last_at for one in self._sittings if one.views and one.started_at < sitting.started_at]
        return earlier[-1] if earlier else self._ended_before

    def stands(self, sitting: Sitting) -> Stands:
        """The visit that it became, or became part of: visits only grow."""
        return self._stands[max(0, bisect_right(self._starts, sitting.started_at) - 1)]

    # --- visits -------------------------------------------------------------------------------------------------------

    def _sitting(self, at: Ms) -> Sitting:
        return self._sittings[bisect_right(self._sittings, at, key=attrgetter("started_at")) - 1]

    def _group(self, events: Sequence[Happened]) -> None:
        """Visits that continue, begin, or become one. `events`: in order of time."""
        newest = self._sittings[-1] if self._sittings else None
        if newest is not None and events[0].at >= newest.started_at and events[-1].at <= newest.last_at + SILENCE:
            newest.last_at = max(newest.last_at, events[-1].at)
            return
        known = {str(one.id): one for one in self._sittings}
        spans = join(
            (Span(one.started_at, one.last_at, (id_,)) for id_, one in known.items()), [one.at for one in events]
        )
        self._sittings = [self._keep(span, [known[id_] for id_ in span.ids]) for span in spans]

    def _keep(self, span: Span, parts: list[Sitting]) -> Sitting:
        """As `tracker.record` does: the oldest that has pages stands for all."""
        if not parts:
            self._made += 1
            return Sitting(self._made, span.start, span.end)
        kept = min(parts, key=lambda one: (not one.views, one.id))
        kept.started_at, kept.last_at = span.start, span.end
        for gone in parts:
            if gone is kept:
                continue
            kept.views |= gone.views
            self._at |= dict.fromkeys(gone.views, kept)
            kept.signs = sorted(kept.signs + gone.signs)
            kept.doings = sorted(kept.doings + gone.doings, key=lambda doing: doing[:3])
            kept.said_at, kept.deepest = max(kept.said_at, gone.said_at), max(kept.deepest, gone.deepest)
            kept.dwell += gone.dwell
        return kept

    def _put(self, own: Sitting, one: Happened) -> None:
        assert one.view is not None
        own.views[one.id] = one.view
        own.deepest = max(own.deepest, len(one.view.path))
        self._at[one.id] = own
        for mark in self._early.pop(one.id, ()):
            _mark(own, mark)


def _mark(where: Sitting, one: Happened) -> None:
    assert one.page is not None
    view = where.views[one.page]
    where.dwell -= view.dwell
    apply_mark(view, one.type, one.dwell, one.scroll, one.at)
    where.dwell += view.dwell
    where.said_at = max(where.said_at, one.at)
