"""Whom the bell rings, rung by rung."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.names import RUNGS
from routing.ladder import Asked, Expert, next_step
from routing.match import Knows, match

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
