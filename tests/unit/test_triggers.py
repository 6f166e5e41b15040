"""When does a visit fire a trigger?"""

from typing import Any

import msgspec
import pytest

from contract.clock import SECOND
from contract.facts import Branch, CustomerFacts, VisitFacts
from contract.triggers import Rule, When
from routing.lookups import Known
from routing.triggers import Firing, Rules, Trigger
from routing.usual import back, deep

NOW = 1_000_000_000


def trigger(name: str, *conditions: Any, **more: Any) -> Trigger:
    """All of the conditions; `more`: of the rule."""
    return Trigger(id=name, site="s", name=name, rule=Rule(conditions=When(all=conditions), **more))


DEEP = Trigger(id="deep", site="s", name="deep", rule=deep(3, 15))
BACK = Trigger(id="back", site="s", name="back", rule=back())
CUSTOMER = CustomerFacts(
    id="c", name="Carla", tier="standard", owner=None, last_expert=None, orders=1, spent=4120, currency="EUR"
)


def visit(**changes: Any) -> VisitFacts:
    facts = VisitFacts(
        id="v", site="s", visitor="w", started_at=NOW - 60_000, last_at=NOW, heard_at=NOW, number=1, pages=3,
        dwell=15_000, path=("Garden", "Irrigation", "Drip"), depth=3, deepest=3, topic=("Garden", "Irrigation"),
        branches=(), url="", title="", arrival="first", came_back=False, left_at=None, bot=False,
    )  # fmt: skip
    return msgspec.structs.replace(facts, **changes)


def branch(name: str, seconds: int, deepest: int) -> Branch:
    return Branch(name=name, dwell=seconds * SECOND, deepest=deepest, pages=1)


def judge(facts: VisitFacts, customer: CustomerFacts | None, *triggers: Trigger, **more: Any) -> list[Firing]:
    known = Known(visit=facts, now=NOW, customer=customer, **more)
    return [firing for firing in Rules(triggers).judge(facts, NOW) if firing.fits(known)]


@pytest.mark.parametrize(
    ("facts", "fires"),
    [
        ({"branches": (branch("Garden", 15, 3),)}, True),
        ({"branches": (branch("Garden", 14, 3),)}, False),
        ({"branches": (branch("Garden", 60, 2),)}, False),
        ({"branches": (branch("Garden", 10, 3), branch("Workshop", 10, 3))}, False),
        ({"branches": (branch("Garden", 2, 3), branch("Workshop", 40, 1))}, False),
        ({"branches": (branch("Garden", 15, 3),), "bot": True}, False),
        ({"branches": (branch("Garden", 15, 3),), "heard_at": NOW - 31 * SECOND}, False),
        ({"branches": ()}, False),
    ],
    ids=[
        "three levels and 15 s on one branch", "one second too few", "not deep enough", "time split between branches",
        "deep here, long there", "a bot", "an old visit", "nothing seen",
    ],
)  # fmt: skip
def test_the_deep_trigger(facts: dict[str, Any], fires: bool) -> None:
    """Depth and dwell have to come together on one branch, now, from a person."""
    assert bool(judge(visit(**facts), None, DEEP)) is fires


@pytest.mark.parametrize(
    ("facts", "customer", "fires"),
    [
        ({"came_back": True}, CUSTOMER, True),
        ({"came_back": True}, None, False),
        ({"came_back": False}, CUSTOMER, False),
    ],
    ids=["a known customer returns", "a stranger returns", "a customer who never left"],
)
def test_the_back_trigger(facts: dict[str, Any], customer: CustomerFacts | None, fires: bool) -> None:
    """It asks for a known customer and a return."""
    assert bool(judge(visit(**facts), customer, BACK)) is fires


def test_a_return_is_an_occasion_of_its_own_and_a_deep_visit_is_one() -> None:
    """Deep fires once per visit; back once per arrival, however many views follow it."""
    facts = visit(came_back=True, arrival="second", branches=(branch("Garden", 20, 3),))
    assert [(f.trigger, f.occasion) for f in judge(facts, CUSTOMER, BACK, DEEP)] == [
        ("back", "second"),
        ("deep", "v"),
    ]


def test_a_trigger_is_of_one_site() -> None:
    """A visit of another site fires nothing."""
    elsewhere = msgspec.structs.replace(trigger("any"), site="other")
    assert [firing.trigger for firing in judge(visit(), None, elsewhere, trigger("mine"))] == ["mine"]
