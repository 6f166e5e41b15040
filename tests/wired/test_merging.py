"""Merging and undoing, in any order, end where a simple model says; on both databases.

The model keeps nothing but a list of pairs that are in force, and asks who is connected with whom. It shares no code
with `crm`.
"""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

import crm.do
import crm.merging
import crm.queries
from access.do import create_site
from contract.errors import Refused
from contract.ids import new_id
from crm.contact import CheckedContact
from crm.tables import identity, merge
from store.base import Fn, Store
from store.connect import open_store

PEOPLE = 6


class Base:
    """A store with a loop of its own, for tests that are not asynchronous."""

    def __init__(self, url: str) -> None:
        self.loop = asyncio.new_event_loop()
        self.store: Store = self.loop.run_until_complete(self._open(url))

    async def _open(self, url: str) -> Store:
        return open_store(url)

    def write(self, fn: Fn[Any]) -> Any:
        return self.loop.run_until_complete(self.store.write(fn))

    def close(self) -> None:
        self.loop.run_until_complete(self.store.close())
        self.loop.close()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def base(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[Base]:
    made = Base(new_database(request.param))
    yield made
    made.close()


class Model:
    """Who is one with whom: everybody whom a chain of pairs in force connects."""

    def __init__(self, everybody: list[str]) -> None:
        self.everybody = everybody
        self.pairs: dict[str, frozenset[str]] = {}

    def group(self, one: str) -> frozenset[str]:
        found = {one}
        while more := {other for pair in self.pairs.values() if pair & found for other in pair} - found:
            found |= more
        return frozenset(found)


#: ("merge", one, other): numbers of people. ("undo", number of a merge). ("meet", one): a new browser. ("own", one).
steps = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.integers(0, PEOPLE - 1), st.integers(0, PEOPLE - 1)),
        st.tuples(st.just("undo"), st.integers(0, 12), st.just(0)),
        st.tuples(st.just("meet"), st.integers(0, PEOPLE - 1), st.just(0)),
        st.tuples(st.just("own"), st.integers(0, PEOPLE - 1), st.just(0)),
    ),
    max_size=25,
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=steps)
def test_any_merges_and_undos_in_any_order_end_where_the_model_says(base: Base, story: list[tuple[str, int, int]]):
    """Every identity, every owner, every id of everybody; and when all is undone, all is as it was."""

    def run(conn: Connection) -> None:
        site = create_site(conn, key=new_id(), name="Merging", now=0)
        homes: dict[str, str] = {}  # visitor -> the record that it was made under
        everybody = []
        for number in range(PEOPLE):
            contact = CheckedContact(name=f"P{number}", email=f"p{number}@x.example", phone="", address="")
            everybody.append(crm.do.know(conn, site.id, f"v{number}", contact, number))
            homes[f"v{number}"] = everybody[-1]
        owners: dict[str, str] = {}
        model, made = Model(everybody), []
        for at, (what, first, second) in enumerate(story, 100):
            if what == "merge":
                one, other = everybody[first], everybody[second]
                known = crm.queries.people(conn, [one, other])
                if model.group(one) == model.group(other):
                    with pytest.raises(Refused):
                        crm.merging.join(conn, known[one], known[other], proof="hand", now=at)
                    continue
                done = crm.merging.join(conn, known[one], known[other], proof="hand", now=at)
                made.append(done)
                model.pairs[done] = frozenset((known[one].id, known[other].id))
            elif what == "undo" and made:
                done = made[first % len(made)]
                crm.merging.undo(conn, done, "somebody", at)
                model.pairs.pop(done, None)
            elif what == "meet":
                visitor = f"v{first}-{at}"
                crm.do.add_identity(conn, site.id, "visitor", visitor, everybody[first], "token", at)
                homes[visitor] = everybody[first]
            elif what == "own" and crm.do.give_owner(conn, everybody[first], f"expert{at}"):
                assert not any(one in owners for one in model.group(everybody[first])), "they had an owner"
                owners[everybody[first]] = f"expert{at}"
            check(conn, site.id, model, homes, owners)
        for done in made:
            crm.merging.undo(conn, done, "somebody", 1_000)
        model.pairs.clear()
        check(conn, site.id, model, homes, owners)
        visitors = (identity.c.site_id == site.id, identity.c.kind == "visitor")
        rows = conn.execute(select(identity).where(*visitors)).mappings()
        assert {row["value"]: row["customer_id"] for row in rows} == homes, "no row was rewritten"

    base.write(run)


def check(conn: Connection, site: str, model: Model, homes: dict[str, str], owners: dict[str, str]) -> None:
    known = crm.queries.people(conn, model.everybody)
    for one in model.everybody:
        group = model.group(one)
        assert frozenset(known[one].members) == group
        assert known[one].id in group
        assert set(crm.queries.visitors_of(conn, one)) == {v for v, home in homes.items() if home in group}
        owned = {owners[each] for each in group if each in owners}
        assert known[one].owner in owned if owned else known[one].owner is None
    found = crm.queries.customers_of(conn, site, list(homes))
    assert found == {visitor: known[home].id for visitor, home in homes.items()}


def some_people(conn: Connection, number: int) -> tuple[str, list[str]]:
    site = create_site(conn, key=new_id(), name="Merging", now=0)
    return site.id, [crm.do.create(conn, site.id, f"P{each}", each) for each in range(number)]


def joined(conn: Connection, kept: str, gone: str, at: int = 5) -> str:
    known = crm.queries.people(conn, [kept, gone])
    return crm.merging.join(conn, known[kept], known[gone], proof="hand", now=at)


def test_a_circle_cannot_be_made(base: Base):
    """A into B, B into C, C into A: the third is one person already."""

    def run(conn: Connection) -> None:
        _, (a, b, c) = some_people(conn, 3)
        joined(conn, b, a)
        joined(conn, c, b)
        with pytest.raises(Refused) as refused:
            joined(conn, a, c)
        assert refused.value.code == "invalid"
        assert set(crm.queries.people(conn, [a])[a].members) == {a, b, c}

    base.write(run)


def test_people_of_two_sites_are_never_one(base: Base):
    def run(conn: Connection) -> None:
        (_, [one]), (_, [other]) = some_people(conn, 1), some_people(conn, 1)
        with pytest.raises(Refused):
            joined(conn, one, other)

    base.write(run)


def test_a_chain_of_a_hundred_reads_as_one_and_falls_apart_in_the_middle(base: Base):
    def run(conn: Connection) -> None:
        _, chain = some_people(conn, 100)
        made = [joined(conn, chain[each + 1], chain[each]) for each in range(99)]
        assert len(crm.queries.people(conn, [chain[0]])[chain[0]].members) == 100
        crm.merging.undo(conn, made[49], "somebody", 9)
        known = crm.queries.people(conn, chain)
        assert (len(known[chain[0]].members), len(known[chain[99]].members)) == (50, 50)
        assert known[chain[49]].id == chain[49], "who was taken off stands for themselves"

    base.write(run)


def test_undoing_twice_is_like_once_and_merging_again_is_possible(base: Base):
    def run(conn: Connection) -> None:
        _, (a, b) = some_people(conn, 2)
        first = joined(conn, a, b)
        undone = crm.merging.undo(conn, first, "anna", 7)
        assert (undone["undone_at"], undone["undone_by"]) == (7, "anna")
        assert crm.merging.undo(conn, first, "boris", 8)["undone_by"] == "anna"
        joined(conn, b, a)
        assert crm.merging.undo(conn, first, "boris", 9)["undone_by"] == "anna"
        assert len(crm.queries.people(conn, [a])[a].members) == 2, "an old undo does not touch the new merge"
        rows = conn.execute(select(merge.c.undone_at).where(merge.c.gone.in_((a, b)))).scalars().all()
        assert sorted(rows, key=str) == [7, None]

    base.write(run)


def test_a_merge_says_what_came_along(base: Base):
    def run(conn: Connection) -> None:
        site, (a,) = some_people(conn, 1)
        contact = CheckedContact(name="Guest", email="guest@x.example", phone="+4930123456", address="")
        guest = crm.do.know(conn, site, "v-guest", contact, 3)
        crm.do.give_owner(conn, guest, "anna")
        done = joined(conn, a, guest)
        row = crm.queries.merge_row(conn, done)
        assert row is not None
        assert row["moved"] == {"visitor": 1, "email": 1, "phone": 1, "owner": 1}
        assert crm.queries.people(conn, [a])[a].owner == "anna"
        crm.merging.undo(conn, done, "x", 9)
        assert crm.queries.people(conn, [a])[a].owner is None

    base.write(run)
