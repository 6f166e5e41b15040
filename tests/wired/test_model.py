"""Whatever the order, however often, in whatever portions, through whichever process events arrive, and whichever
commits come to nothing on the way: after each commit all rows are those of the model (`tests.visit_model`).

`TEST_EXAMPLES=20000 pytest tests/wired/test_model.py` looks longer.
"""

import itertools
import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple
from uuid import uuid4

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, Table, select

from access.do import create_site
from contract.beacons import Beacon, Custom, Event, PageLeft, PageStayed, PageViewed
from contract.clock import rfc3339
from contract.facts import SiteFacts
from tests.recording import Answer, Body, Group, OtherRecorder, Recorder
from tests.visit_model import MINUTE, Rows, Tables, Told, accept, came_back, tables
from tracker.tables import event, node, page_view, rejected_event, visit, visitor
from tracker.visitor import key_hash

NOON = 1_790_000_000_000
EXAMPLES = int(os.environ.get("TEST_EXAMPLES", "0"))
GAPS = (
    0, 0, 1, 1_999, 2_000, 2_001, MINUTE, 10 * MINUTE, 20 * MINUTE, 25 * MINUTE, 30 * MINUTE - 1, 30 * MINUTE,
    30 * MINUTE + 1, 50 * MINUTE, 200 * MINUTE,
)  # fmt: skip
PATHS: tuple[list[str] | None, ...] = ([], ["A"], ["A", "B"], ["A", "B", "C"], ["D"], ["D", "E", "F", "G"], None)
URLS = ("https://shop.example/", "https://shop.example/A/B", "https://www.shop.example/x?utm_source=n&utm_medium=mail")
REFERRERS = ("", "https://shop.example/before", "https://www.google.com/", "https://other.example/x")
AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
    "",
    "curl/8.0",
)
JITTER = (0, 0, 0, 0, -1, 1, 3, -2_000)
#: How, and not what: columns by which processes know what they know.
BOOKKEEPING = {"id", "key_hash", "stamp", "early"}
REASONS = {"url": "bad_url", "dwell": "bad_dwell", "age": "age_out_of_range"}


class Happening(NamedTuple):
    """Something that happened, whether or not anybody is told of it. `bad`: why it cannot be taken."""

    site: int
    visitor: int
    at: int
    event: Event
    agent: str
    bad: str | None = None


class Telling(NamedTuple):
    """One time that a happening is told: with what error of the clock, by which agent."""

    place: int
    jitter: int = 0
    agent: str | None = None


class Step(NamedTuple):
    """One commit: bodies of tellings; through which process; told by a trusted server; in vain."""

    bodies: list[list[Telling]]
    process: int = 0
    trusted: bool = False
    fails: bool = False


Story = list[Happening]


# --- what may happen --------------------------------------------------------------------------------------------------


def event_id(number: int) -> str:
    return f"{number:08x}-1111-4111-8111-111111111111"


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Two sites whose pages and people have the same ids and keys; ids in no order of time."""
    numbers = draw(st.permutations(range(24)))
    used = [itertools.count(), itertools.count()]
    at, told = NOON, []
    for _ in range(draw(st.integers(1, 4)) * draw(st.integers(1, 5))):
        at += draw(st.sampled_from(GAPS))
        site = draw(st.sampled_from([0, 0, 0, 1]))
        id_ = event_id(numbers[next(used[site])])
        who = draw(st.sampled_from([0, 0, 0, 1, 2]))
        happened, bad = draw(happenings(id_, [event_id(number) for number in numbers[:8]]))
        told.append(Happening(site, who, at, happened, draw(st.sampled_from(AGENTS)), bad))
    return told


@st.composite
def happenings(draw: st.DrawFn, id_: str, pages: list[str]) -> tuple[Event, str | None]:
    kind = draw(st.sampled_from(["view", "view", "view", "stayed", "left", "left", "custom", "bad"]))
    if kind == "view":
        path = draw(st.sampled_from(PATHS))
        return PageViewed(
            id=id_, url=draw(st.sampled_from(URLS)), title=draw(st.sampled_from("xyz")), path=path,
            referrer=draw(st.sampled_from(REFERRERS)), source="breadcrumb" if path is not None else None,
        ), None  # fmt: skip
    if kind == "custom":
        props: dict[str, Any] = draw(st.sampled_from([{}, {"sku": "a", "n": [1, None]}, {"value": 4_200}]))
        return Custom(id=id_, name="cart.added", props=props), None
    if kind == "bad":
        bad = draw(st.sampled_from(["url", "dwell"]))
        no_page: Event = PageViewed(id=id_, url="javascript:1")
        return (no_page if bad == "url" else PageStayed(id=id_, page=id_, dwell=-1)), bad
    shape = PageLeft if kind == "left" else PageStayed
    return shape(
        id=id_, page=draw(st.sampled_from(pages)), dwell=draw(st.sampled_from([0, 5_000, 8_000, 70_000])),
        scroll=draw(st.integers(0, 120)),
    ), None  # fmt: skip


def portions(draw: st.DrawFn, things: Sequence[Any]) -> list[list[Any]]:
    made, at = [], 0
    while at < len(things):
        size = draw(st.sampled_from((1, 1, 1, 2, 3, 20)))  # mostly small: many commits show more than a few
        made.append(list(things[at : at + size]))
        at += size
    return made


@st.composite
def deliveries(draw: st.DrawFn, processes: int, *, at_once: bool = False) -> tuple[Story, list[Step]]:
    """A story and its telling: shuffled, some of it again, cut into bodies and commits. `at_once`: without what makes
    the rows depend on who comes first (an event told in two ways)."""
    story = draw(stories())
    places = list(range(len(story)))
    order = draw(st.permutations(places + draw(st.lists(st.sampled_from(places), max_size=6))))
    jitter = st.just(0) if at_once else st.sampled_from(JITTER)
    agent = st.none() if at_once else st.sampled_from([None, None, None, *AGENTS])
    tellings = [Telling(place, draw(jitter), draw(agent)) for place in order]
    steps = []
    for bodies in portions(draw, portions(draw, tellings)):
        fails = draw(st.sampled_from([False] * 5 + [True]))
        trusted = draw(st.sampled_from([False] * 5 + [True]))
        steps.append(Step(bodies, draw(st.integers(0, processes - 1)), trusted, fails))
    if any(step.fails for step in steps) and draw(st.booleans()):  # what came to nothing is sent again
        steps += [step._replace(fails=False) for step in steps if step.fails]
    return story, steps


# --- the house --------------------------------------------------------------------------------------------------------


class House:
    """A base, and two that record into it, each with a memory of its own, one of them weak: on PostgreSQL another
    process, on SQLite, which has one, as if the process had begun anew. Each example has sites of its own."""

    def __init__(self, kind: str, url: str) -> None:
        self.kind, self.url = kind, url
        self.here = Recorder(url)
        self.recorders: list[Recorder | OtherRecorder] = [self.here]
        self.recorders.append(OtherRecorder(url) if kind == "postgres" else self.here.forgetful())

    @property
    def other(self) -> OtherRecorder:
        other = self.recorders[1]
        assert isinstance(other, OtherRecorder)
        return other

    def new_sites(self) -> list[SiteFacts]:
        made: list[SiteFacts] = self.here.run(
            lambda conn: [create_site(conn, key=uuid4().hex, name="Model", now=NOON) for _ in range(2)]
        )
        return made

    def close(self) -> None:
        for recorder in reversed(self.recorders):
            recorder.close()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def house(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[House]:
    made = House(request.param, new_database(request.param))
    yield made
    made.close()


@pytest.fixture(scope="module")
def wide_house(new_database: Callable[[str], str]) -> Iterator[House]:
    made = House("postgres", new_database("postgres"))
    yield made
    made.close()


class Example:
    """One story and what was stored of it so far."""

    def __init__(self, house: House, story: Story) -> None:
        self.house, self.story, self.sites = house, story, house.new_sites()
        self.keys = [uuid4().hex for _ in range(3)]
        self.end = max(one.at for one in story) + 10_000
        self.told: dict[tuple[str, str], Told] = {}
        self.refused: set[tuple[str, str, str]] = set()
        self.ids: dict[str, tuple[str, str]] = {}  # visits that were ever seen -> the visitor

    def has(self, place: int) -> bool:
        """True if this happening was stored."""
        return (self.sites[self.story[place].site].id, self.story[place].event.id) in self.told

    def stored_events(self) -> list[Any]:
        mine = select(event).where(event.c.site_id.in_([one.id for one in self.sites]))
        rows: list[Any] = self.house.here.run(lambda conn: conn.execute(mine).mappings().all(), read=True)
        return rows

    def group(self, step: Step, number: int) -> tuple[Group, list[list[Told]]]:
        """A commit as bodies, and what they tell."""
        bodies, said = [], []
        first: dict[int, Telling] = {}
        for portion in step.bodies:
            mixed: dict[tuple[int, int, str], list[Telling]] = {}
            for telling in portion:
                telling = first.setdefault(telling.place, telling)  # one commit tells it in one way: see below
                happening = self.story[telling.place]
                agent = happening.agent if telling.agent is None else telling.agent
                mixed.setdefault((happening.site, happening.visitor, "" if step.trusted else agent), []).append(telling)
            for (site, who, agent), tellings in mixed.items():
                body, tells = self.body(site, who, agent, tellings, self.end + number * 1_000, step.trusted)
                bodies.append(body)
                said.append(tells)
        return Group(bodies, step.fails), said

    def body(
        self, site: int, who: int, agent: str, tellings: list[Telling], received_at: int, trusted: bool
    ) -> tuple[Body, list[Told]]:
        events, taken = [], []
        for telling in tellings:
            happening = self.story[telling.place]
            at = happening.at + telling.jitter
            mine = (happening.agent if telling.agent is None else telling.agent) if trusted else None
            said: dict[str, Any] = {"age": received_at - at}
            if mine is not None:
                said = {"at": rfc3339(at), "user_agent": mine, "language": accept(mine)}
            events.append(msgspec.structs.replace(happening.event, **said))
            if happening.bad is None:
                taken.append((at, happening.event, mine if mine is not None else agent))
        taken.sort(key=lambda one: one[0])
        facts, key = self.sites[site], self.keys[who]
        tells = [
            Told(facts.id, key, at, received_at, position, happened, by)
            for position, (at, happened, by) in enumerate(taken)
        ]
        return Body(facts, Beacon(site=facts.key, visitor=key, events=events), received_at, agent, trusted), tells

    def deliver(self, step: Step, number: int) -> None:
        """One commit, its answers, and all rows after it."""
        group, said = self.group(step, number)
        answers = self.house.recorders[step.process].record(group)
        if not step.fails:
            new = [self.learn(tells) for tells in said]
            self.learn_refused(group)
            self.check_answers(group, said, new, answers)
        self.check_rows()

    def learn(self, tells: list[Told]) -> list[Told]:
        """What is new among these; what was told first stays."""
        new = []
        for one in tells:
            if (one.site, one.event.id) not in self.told:
                self.told[one.site, one.event.id] = one
                new.append(one)
        return new

    def learn_refused(self, group: Group) -> None:
        for body in group.bodies:
            for one in body.beacon.events:
                if bad := next((told.bad for told in self.story if told.bad and told.event.id == one.id
                                and self.sites[told.site].id == body.site.id), None):  # fmt: skip
                    self.refused.add((body.site.id, one.id, REASONS[bad]))

    def check_answers(self, group: Group, said: list[list[Told]], new: list[list[Told]], answers: list[Answer]) -> None:
        """Counts that add up, and the newest visit that the new events of a body touch, as it is after the commit.

        A mark that comes with its view, in another body, may leave the view's visit to that body.
        """
        made = tables(self.told.values())
        for body, tells, fresh, answer in zip(group.bodies, said, new, answers, strict=True):
            assert (answer.stored, answer.duplicates) == (len(fresh), len(tells) - len(fresh))
            assert len(answer.rejected) == len(body.beacon.events) - len(tells)
            touched = {visit for one in fresh for visit in _touched(made, one) if made.visit[visit]["pages"]}
            own = {_own(made, one) for one in fresh} & touched
            if answer.visit is None:
                assert not own
                continue
            newest = ((body.site.id, body.beacon.visitor), answer.visit.started_at)
            assert newest in touched
            assert all(visit[1] <= answer.visit.started_at for visit in own)
            row, facts = made.visit[newest], msgspec.to_builtins(answer.visit)
            for name in ("number", "pages", "dwell", "depth", "deepest", "url", "title", "arrival", "left_at", "bot",
                         "language", "topic_share", "started_at", "last_at", "heard_at"):  # fmt: skip
                assert facts[name] == row[name], f"{name} of the answer"
            for name in ("path", "topic", "branches"):
                assert list(facts[name]) == row[name], f"{name} of the answer"
            assert facts["came_back"] == came_back(made, newest)

    def check_rows(self) -> None:
        """All columns of all four tables, the tree, and what was refused."""
        expected, found = tables(self.told.values()), self.house.here.run(self._read, read=True)
        for name in Tables._fields:
            wanted, rows = getattr(expected, name), getattr(found.tables, name)
            assert sorted(rows, key=str) == sorted(wanted, key=str), f"rows of {name}"
            for key, row in wanted.items():
                assert {column: rows[key][column] for column in row} == row, f"{name} {key}"
        assert found.refused == self.refused
        assert found.places >= {
            (row["site_id"], tuple(row["path"][:depth]))
            for row in expected.page_view.values() for depth in range(row["depth"] + 1)
        }  # fmt: skip
        for id_, who in self.ids.items():  # an id that was given out leads to a visit of its visitor for ever
            assert found.visits[id_] == who
        self.ids |= found.visits

    def _read(self, conn: Connection) -> "Found":
        sites = [one.id for one in self.sites]
        people = {key_hash(key): key for key in self.keys}

        def rows(table: Table) -> list[dict[str, Any]]:
            return [dict(row) for row in conn.execute(select(table).where(table.c.site_id.in_(sites))).mappings()]

        visitors, visits, views, events, places = map(rows, (visitor, visit, page_view, event, node))
        who = {row["id"]: (row["site_id"], people[row["key_hash"]]) for row in visitors}
        kept = {row["id"]: row for row in visits if row["merged_into"] is None}
        for row in visits:
            assert row["merged_into"] is None or kept[row["merged_into"]]["visitor_id"] == row["visitor_id"]
        which = {id_: (who[row["visitor_id"]], row["started_at"]) for id_, row in kept.items()}
        path_of = {row["id"]: row["path"] for row in places}
        for row in views:
            row |= {"visit_id": which[row["visit_id"]], "node_id": path_of[row["node_id"]]}
        for row in [*views, *events, *kept.values()]:
            row["visitor_id"] = who[row["visitor_id"]]
        return Found(
            Tables(
                visitor={who[row["id"]]: row for row in visitors},
                visit={which[id_]: row for id_, row in kept.items()},
                page_view={(row["site_id"], row["id"]): row for row in views},
                event={(row["site_id"], row["id"]): row for row in events},
            ),
            {row["id"]: which[row["merged_into"] or row["id"]][0] for row in visits},
            {(row["site_id"], tuple(row["path"])) for row in places},
            {(row["site_id"], row["event"]["id"], row["reason"]) for row in rows(rejected_event)},
        )

    def other_columns(self) -> dict[str, Rows]:
        """What the model says nothing of, by natural key: it, too, must not depend on the delivery."""
        found = self.house.here.run(self._read, read=True)
        model = tables(self.told.values())
        sites, people = [one.id for one in self.sites], self.keys
        other: dict[str, Rows] = {}
        for name in Tables._fields:
            known = {column for row in getattr(model, name).values() for column in row} | BOOKKEEPING
            other[name] = {
                _with(key, sites, people): {column: value for column, value in row.items() if column not in known}
                for key, row in getattr(found.tables, name).items()
            }
        return other


class Found(NamedTuple):
    """What the base says of an example. `visits`: id -> visitor, merged ones included."""

    tables: Tables
    visits: dict[str, tuple[str, str]]
    places: set[tuple[str, tuple[str, ...]]]
    refused: set[tuple[str, str, str]]


def _with(key: Any, sites: list[str], people: list[str]) -> Any:
    """A natural key without the names of one example."""
    if isinstance(key, tuple):
        return tuple(_with(part, sites, people) for part in key)
    if key in sites:
        return f"site {sites.index(key)}"
    return f"visitor {people.index(key)}" if key in people else key


def _own(made: Tables, one: Told) -> Any:
    """The visit in which this event lies."""
    who = (one.site, one.visitor)
    return max(key for key in made.visit if key[0] == who and key[1] <= one.at)


def _touched(made: Tables, one: Told) -> set[Any]:
    """The visits of which this event tells: its own, and that of the page that it speaks of."""
    page = made.page_view.get((one.site, getattr(one.event, "page", "")))
    mine = page is not None and page["visitor_id"] == (one.site, one.visitor)
    return {_own(made, one)} | ({page["visit_id"]} if page is not None and mine else set())


# --- the tests --------------------------------------------------------------------------------------------------------


def check(house: House, story: Story, steps: list[Step]) -> None:
    """Deliver step by step; then everything that was stored once more, which changes nothing."""
    example = Example(house, story)
    for number, step in enumerate(steps):
        example.deliver(step, number)
    example.deliver(Step([[Telling(place)] for place in range(len(story)) if example.has(place)]), len(steps))
    check_other_columns(example)


def check_other_columns(example: Example) -> None:
    """Columns that the model does not know are those of the plainest delivery: each event alone, in order of time."""
    found = example.other_columns()
    moments = [(one.site, one.visitor, one.at) for one in example.told.values() if isinstance(one.event, PageViewed)]
    if not any(row for rows in found.values() for row in rows.values()) or len(set(moments)) < len(moments):
        return
    sites = [one.id for one in example.sites]
    story = [
        Happening(sites.index(one.site), example.keys.index(one.visitor), one.at, one.event, one.agent)
        for one in sorted(example.told.values(), key=lambda one: one.order)
    ]
    plain = Example(example.house, story)
    plain.deliver(Step([[Telling(place)] for place in range(len(story))]), 0)
    assert plain.other_columns() == found


def check_at_once(house: House, story: Story, steps: list[Step]) -> None:
    """Two processes record at the same time; the rows are those of what came first, whichever that was."""
    example = Example(house, story)
    lanes: list[list[Group]] = [[], []]
    tells: list[Told] = []
    for number, step in enumerate(steps):
        group, said = example.group(step._replace(trusted=False), number)
        lanes[step.process].append(group)
        if not step.fails:
            tells += [one for body in said for one in body]
            example.learn_refused(group)
    house.other.send(lanes[1])
    here = [house.here.record(group) for group in lanes[0]]
    answers = [answer for group in here + house.other.receive() for answer in group]
    first = {(row["site_id"], row["id"]): (row["received_at"], row["position"]) for row in example.stored_events()}
    for one in tells:
        if first.get((one.site, one.event.id)) == (one.received_at, one.position):
            example.told[one.site, one.event.id] = one
    assert sum(answer.stored for answer in answers) == len(first) == len(example.told)
    assert sum(answer.duplicates for answer in answers) == len(tells) - len(first)
    example.check_rows()


def looking(kind: str, usual: int) -> settings:
    """As many examples as usual, or as `TEST_EXAMPLES` says, on PostgreSQL a tenth of that."""
    number = max(EXAMPLES // (1 if kind == "sqlite" else 10), 1) if EXAMPLES else usual
    return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck), database=None)


@pytest.mark.timeout(60 + EXAMPLES)
def test_rows_are_those_of_the_model_after_every_commit(house: House) -> None:
    """Late, repeated, reordered, regrouped, in vain, through any process: nothing of that leaves a trace."""

    @given(delivery=deliveries(len(house.recorders)))
    @looking(house.kind, 300 if house.kind == "sqlite" else 60)
    def run(delivery: tuple[Story, list[Step]]) -> None:
        check(house, *delivery)

    run()


@pytest.mark.timeout(60 + EXAMPLES)
def test_two_processes_at_the_same_time_make_the_rows_of_the_model(wide_house: House) -> None:
    """Whoever was first in each case."""

    @given(delivery=deliveries(2, at_once=True))
    @looking("postgres", 60)
    def run(delivery: tuple[Story, list[Step]]) -> None:
        check_at_once(wide_house, *delivery)

    run()


def test_the_same_event_twice_in_one_commit_is_told_once(house: House) -> None:
    """A beacon and its repetition, a moment apart, meet in the same commit: what was told first stays for everybody."""
    story = [Happening(0, 0, NOON, PageViewed(id=event_id(1), url=URLS[0]), AGENTS[0])]
    example = Example(house, story)
    beacon = [Telling(0), Telling(0, 3), Telling(0, -3)]
    groups = [example.group(Step([[one]]), number) for number, one in enumerate(beacon)]
    house.here.record(Group([group.bodies[0] for group, _ in groups]))
    example.learn(groups[0][1][0])
    example.check_rows()


def test_the_same_page_id_on_two_sites_in_one_commit_is_two_pages(house: House) -> None:
    """Each site has its own ids; what is said of one says nothing of the other."""
    story = [Happening(site, 0, NOON, PageViewed(id=event_id(1), url=URLS[0]), "") for site in (0, 1)]
    story += [
        Happening(site, 0, NOON + 5, PageLeft(id=event_id(2), page=event_id(1), dwell=5_000 + site), "")
        for site in (0, 1)
    ]
    example = Example(house, story)
    example.deliver(Step([[Telling(0), Telling(1)]]), 0)
    example.deliver(Step([[Telling(2), Telling(3)]]), 1)
