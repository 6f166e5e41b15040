"""Whom the bell rings, rung by rung."""

from collections import Counter
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.names import RUNGS, Rung
from routing.ladder import DESKS, Asked, Expert, climbable, next_step, rungs_after
from routing.match import Knows, match
from routing.roster import Member, Roster

GARDEN, DRIP = ("Garden",), ("Garden", "Irrigation", "Drip")


def expert(
    name: str, *, online: bool = True, load: int = 0, capacity: int = 4, knows: tuple[Knows, ...] = ()
) -> Expert:
    return Expert(
        id=name, name=name.title(), absent="" if online else "offline", load=load, capacity=capacity, idle_since=0,
        knows=knows,
    )  # fmt: skip


ANNA = expert("anna", knows=(Knows(GARDEN, 5),))
BORIS = expert("boris", knows=(Knows(("Workshop",), 5),))
CLARA = expert("clara", knows=(Knows(("Garden", "Irrigation"), 2),))
AWAY_ANNA = expert("anna", online=False, knows=ANNA.knows)
FULL_ANNA = expert("anna", load=4, knows=ANNA.knows)

CASES = {
    "a stranger rings the one who knows the topic": (None, None, None, (ANNA, BORIS), (), ("topic", ("anna",))),
    "the owner comes before everybody": (None, "boris", "anna", (ANNA, BORIS), (), ("owner", ("boris",))),
    "who served last comes before who knows best": (None, None, "boris", (ANNA, BORIS), (), ("last", ("boris",))),
    "an owner who is offline is passed over": (None, "anna", None, (AWAY_ANNA, BORIS), (), ("anyone", ("boris",))),
    "an expert who is full is passed over": (None, None, None, (FULL_ANNA, BORIS), (), ("anyone", ("boris",))),
    "level outweighs nearness": (None, None, None, (ANNA, CLARA), (), ("topic", ("anna",))),
    "after the topic rung anybody free rings, who was silent too": (
        "topic", None, None, (ANNA, BORIS), (Asked("anna", "topic", "silent"),), ("anyone", ("anna", "boris")),
    ),
    "who declined is not asked again": (
        "topic", None, None, (ANNA, BORIS), (Asked("anna", "topic", "declined"),), ("anyone", ("boris",)),
    ),
    "a silent owner who also knows best is not rung twice alone": (
        "owner", "anna", None, (ANNA, BORIS), (Asked("anna", "owner", "silent"),), ("anyone", ("anna", "boris")),
    ),
    "with nobody there the alert waits on the last rung": (None, None, None, (AWAY_ANNA,), (), ("anyone", ())),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=list(CASES))
def test_the_next_rung(case: str) -> None:
    """Each line of the table is one rule of the ladder."""
    after, owner, last, experts, asked, expected = CASES[case]
    step = next_step(after=after, owner=owner, last=last, topic=DRIP, experts=experts, asked=asked)  # type: ignore[arg-type]
    assert step is not None
    assert (step.rung, step.experts) == expected


def test_after_the_last_rung_there_is_none() -> None:
    """The bell always ends."""
    assert next_step(after="anyone", owner=None, last=None, topic=(), experts=(ANNA,), asked=()) is None


def test_a_decision_names_why_the_others_were_left_out() -> None:
    """Every expert of the site stands in it, with a score or the reason of the exclusion."""
    step = next_step(
        after="owner", owner=None, last=None, topic=DRIP, experts=(ANNA, FULL_ANNA, AWAY_ANNA, BORIS), asked=()
    )
    assert step is not None
    assert [(c.expert, c.excluded) for c in step.candidates] == [
        ("anna", ""), ("anna", "full"), ("anna", "offline"), ("boris", ""),
    ]  # fmt: skip
    assert step.candidates[0].score > step.candidates[3].score == 0


CREW = st.tuples(st.sampled_from("abcde"), st.booleans(), st.integers(0, 5))


@given(
    st.lists(CREW, max_size=6, unique_by=lambda member: member[0]),
    st.sampled_from([None, "a", "b"]),
    st.sampled_from([None, "b", "c"]),
)
def test_the_ladder_always_ends_and_never_rings_who_cannot_hear(
    crew: list[tuple[str, bool, int]], owner: str | None, last: str | None
) -> None:
    """From any crew: rungs only go up, only people who are online and have a place ring, and it stops."""
    experts = tuple(expert(name, online=online, load=load, knows=(Knows(GARDEN, 3),)) for name, online, load in crew)
    free = {e.id for e in experts if not e.absent and e.load < e.capacity}
    after, seen = None, []
    asked: list[Asked] = []
    while (step := next_step(
        after=after, owner=owner, last=last, topic=DRIP, experts=experts, asked=tuple(asked)
    )) is not None:  # fmt: skip
        assert set(step.experts) <= free
        assert after is None or RUNGS.index(step.rung) > RUNGS.index(after)
        asked += [Asked(one, step.rung, "silent") for one in step.experts]
        seen.append(step.rung)
        after = step.rung
    assert seen[-1] == "anyone"


# --- promises ---------------------------------------------------------------------------------------------------------

RUNG_ORDERS = st.permutations(list(RUNGS)).flatmap(
    lambda order: st.integers(1, 4).map(lambda number: tuple(order[:number]))
)
PLACES = [GARDEN, ("Garden", "Irrigation"), DRIP, ("Workshop",)]
SOMEBODY = st.builds(
    lambda name, absent, load, knows, speaks, idle, ringing: Expert(
        id=name, name=name, absent=absent, load=load, capacity=3, idle_since=idle, ringing=ringing,
        knows=tuple(Knows(path, level) for path, level in knows.items()), speaks=frozenset(speaks),
    ),
    st.sampled_from("abcdefgh"),
    st.sampled_from(["", "", "", "offline", "away", "hours", "breathing"]),
    st.integers(0, 3),
    st.dictionaries(st.sampled_from(PLACES), st.integers(1, 5), max_size=3),
    st.sets(st.sampled_from(["en", "ru"])),
    st.integers(0, 3),
    st.integers(0, 3),
)  # fmt: skip
CROWD = st.lists(SOMEBODY, max_size=8, unique_by=lambda one: one.id).map(tuple)
PERSON = st.sampled_from([None, "a", "b", "z"])
OUTCOMES = st.sampled_from(["declined", "silent", "away", "offline", "full"])


@given(CROWD, RUNG_ORDERS, PERSON, PERSON, st.sampled_from(["", "en", "ru"]), st.booleans(), st.data())
def test_whatever_the_people_do_the_ladder_keeps_its_word(
    experts: tuple[Expert, ...],
    order: tuple[Rung, ...],
    owner: str | None,
    last: str | None,
    language: str,
    known: bool,
    data: st.DataObject,
) -> None:
    """Finitely many steps; nobody who declined, is absent or full rings; one desk on a rung but for anyone's; a
    customer rings somebody whenever anybody is free."""
    rungs = climbable(order, known=known)
    can = {one.id for one in experts if not one.absent and one.load < one.capacity}
    asked: list[Asked] = []
    after, rang, steps = None, False, 0
    while (
        step := next_step(
            after=after, owner=owner, last=last, topic=DRIP, experts=experts, asked=tuple(asked), rungs=rungs,
            language=language,
        )
    ) is not None:  # fmt: skip
        steps += 1
        assert steps <= len(rungs)
        assert set(step.experts) <= can - {one.expert for one in asked if one.outcome == "declined"}
        assert len(step.experts) == len(set(step.experts)) <= (DESKS if step.rung == "anyone" else 1)
        assert {one.expert for one in step.candidates if one.excluded}.isdisjoint(step.experts)
        rang = rang or bool(step.experts)
        asked += [Asked(one, step.rung, data.draw(OUTCOMES)) for one in step.experts]
        after = step.rung
    assert after == rungs[-1]
    if known and can:
        assert rang


def _share(one: Expert) -> float:
    return (one.load + one.ringing) / one.capacity


@given(CROWD, st.sampled_from(["", "en", "ru"]))
def test_the_topic_rings_the_best_of_those_who_can(experts: tuple[Expert, ...], language: str) -> None:
    """Language before score, score before load, load before idleness: nobody who was left out is ahead in them."""
    step = next_step(
        after=None, owner=None, last=None, topic=DRIP, experts=experts, asked=(), rungs=("topic",), language=language
    )
    assert step is not None
    ranked = sorted(
        (bool(language) and language not in one.speaks, -found.score, _share(one), one.idle_since, one.id)
        for one in experts
        if not one.absent and one.load < 3 and (found := match(DRIP, one.knows))
    )
    assert step.experts == tuple(one[-1] for one in ranked[:1])


def test_twenty_desks_ring_at_once_at_most_longest_idle_first() -> None:
    """Of thirty who are free the twenty who waited longest; who speaks the language goes before them."""
    crowd = tuple(
        Expert(id=f"{n:02}", name="", absent="", load=0, capacity=4, idle_since=100 - n, knows=()) for n in range(30)
    )
    polyglot = Expert(
        id="99", name="", absent="", load=0, capacity=4, idle_since=200, knows=(), speaks=frozenset({"ru"})
    )
    step = next_step(
        after="topic", owner=None, last=None, topic=DRIP, experts=(*crowd, polyglot), asked=(), language="ru"
    )
    assert step is not None
    assert step.experts == ("99", *(f"{n:02}" for n in range(29, 10, -1)))


def test_a_stranger_whose_topic_nobody_knows_goes_to_the_general_queue() -> None:
    """No topic rung rings; a site without a queue for anyone lets the bell wait, but a customer rings somebody."""
    crew = (BORIS, CLARA)
    plain = next_step(after=None, owner=None, last=None, topic=("Kitchen",), experts=crew, asked=())
    assert plain is not None
    assert (plain.rung, plain.experts) == ("anyone", ("boris", "clara"))
    short: tuple[Rung, ...] = ("owner", "topic")
    waits = next_step(after=None, owner=None, last=None, topic=("Kitchen",), experts=crew, asked=(), rungs=short)
    assert waits is not None
    assert (waits.rung, waits.experts) == ("topic", ())
    rings = next_step(
        after=None, owner=None, last=None, topic=("Kitchen",), experts=crew, asked=(),
        rungs=climbable(short, known=True),
    )  # fmt: skip
    assert rings is not None
    assert (rings.rung, rings.experts) == ("anyone", ("boris", "clara"))


@pytest.mark.parametrize(
    ("rungs", "after", "left"),
    [
        (RUNGS, None, RUNGS),
        (RUNGS, "last", ("topic", "anyone")),
        (("topic", "owner"), "topic", ("owner",)),
        (("owner", "anyone"), "topic", ("anyone",)),
        (("owner", "last"), "anyone", ()),
    ],
    ids=["from the bottom", "the usual order", "the site's order", "taken out meanwhile", "the last was taken out"],
)
def test_the_rungs_that_are_left(rungs: tuple[Rung, ...], after: Rung | None, left: tuple[Rung, ...]) -> None:
    """In the site's order; a rung that is there no longer counts where it usually stands."""
    assert rungs_after(rungs, after) == left


# --- who is looked at -------------------------------------------------------------------------------------------------


@given(CROWD, st.sampled_from(["", "en", "ru"]), st.text("abc", max_size=3))
def test_a_roster_gives_everybody_who_knows_the_best_first(
    experts: tuple[Expert, ...], language: str, seed: str
) -> None:
    """All who match and nobody twice, in the order in which the ladder ranks them, whatever the seed."""
    roster = Roster(Member(id=one.id, name="", speaks=one.speaks, knows=one.knows) for one in experts)
    found = [next(one for one in experts if one.id == id_) for id_ in roster.best(DRIP, language, seed)]
    scores = {one.id: known.score for one in experts if (known := match(DRIP, one.knows))}
    assert {one.id for one in found} == set(scores)
    assert len(found) == len(scores)
    someone = any(language in one.speaks for one in experts)
    ranks = [(someone and language not in one.speaks, -scores[one.id]) for one in found]
    assert ranks == sorted(ranks)


def test_equals_are_asked_equally_often_and_a_seed_asks_the_same() -> None:
    """Of a thousand equals the first sixteen differ from alert to alert; over many alerts nobody is favoured."""
    roster = Roster(Member(id=f"{n:03}", name="", speaks=frozenset(), knows=ANNA.knows) for n in range(1000))

    def first(seed: str) -> list[str]:
        return list(islice(roster.best(DRIP, "", seed), 16))

    assert first("alert") == first("alert") != first("another")
    asked = Counter(id_ for number in range(5_000) for id_ in first(f"alert {number}"))
    assert len(asked) == 1000
    assert max(asked.values()) < 3 * 80  # each 80 times on average


@pytest.mark.parametrize(
    ("topic", "known", "expected"),
    [
        (DRIP, (Knows(GARDEN, 3),), 3 + 1 / 3),
        (DRIP, (Knows(GARDEN, 3), Knows(DRIP, 1)), 2.0),
        (GARDEN, (Knows(DRIP, 5),), None),
        (DRIP, (Knows((), 5),), None),
        ((), (Knows(GARDEN, 5),), None),
    ],
    ids=["below a known node", "the nearer node wins", "above it is not known", "the root is no topic", "home"],
)
def test_knowing_a_node_means_knowing_what_lies_below(
    topic: tuple[str, ...], known: tuple[Knows, ...], expected: float | None
) -> None:
    """score = level + known share of the path."""
    found = match(topic, known)
    assert (found and found.score) == (pytest.approx(expected) if expected else None)
