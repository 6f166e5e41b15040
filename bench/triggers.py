"""CPU of judging one page view at 100 triggers: the pure decision alone, `routing.triggers`.

`python -m bench triggers`. Triggers of one site with conditions of every kind, on visits from a first glance to a deep
return; nothing is stored, so there is no floor: the figure is microseconds of CPU per page view, the median of rounds.
"""

import random
import statistics
import time
from pathlib import Path
from typing import Any

from contract.facts import Branch, Place, VisitFacts
from contract.triggers import (
    Cart,
    Condition,
    Did,
    DuringHours,
    FromSource,
    InBranch,
    InLanguage,
    Known,
    OnDevice,
    Pages,
    Quiet,
    Returning,
    Rule,
    VisitNumber,
    When,
)
from routing.triggers import Rules, Trigger

TRIGGERS, VISITS, ROUNDS = 100, 2_000, 21
REACH_US = 50
NOW = 1_000_000_000


def triggers(dice: random.Random) -> list[Trigger]:
    """What a hundred different triggers might ask for, the demo's kind most often."""
    return [
        Trigger(id=f"t{number}", site="s", name=f"trigger {number}", rule=_rule(dice), zone="Europe/Berlin")
        for number in range(TRIGGERS)
    ]


def _rule(dice: random.Random) -> Rule:
    more: tuple[Condition, ...] = (
        Known(is_=dice.random() < 0.5),
        Returning(is_=dice.random() < 0.5),
        Pages(at_least=dice.randint(2, 9)),
        VisitNumber(at_least=dice.randint(1, 4)),
        FromSource(channels=dice.choice((("search",), ("paid", "social"), ("mail",)))),
        OnDevice(devices=dice.choice((("mobile",), ("pc", "tablet")))),
        InLanguage(languages=("ru",)),
        DuringHours(from_="09:00", to="18:00", days=(1, 2, 3, 4, 5)),
        Did(name="cart.added", times=2, within=60),
        Cart(at_least=10_000),
        InBranch(below=("b1", "c"), dwell=dice.choice((5, 30))),
    )
    deep = InBranch(depth=dice.randint(0, 6), dwell=dice.choice((0, 5, 15, 30, 60, 120, 300)))
    chosen = dice.sample(more, dice.choice((0, 1, 1, 2, 3)))
    if dice.random() < 0.3:
        return Rule(conditions=When(all=(deep,), any=tuple(chosen)), quiet=Quiet(from_="22:00", to="07:00"))
    if dice.random() < 0.2:
        return Rule(conditions=When(all=(deep,), none=tuple(chosen)))
    return Rule(conditions=When(all=(deep, *chosen)))


def visits(dice: random.Random) -> list[VisitFacts]:
    """Most are short and shallow, some go deep on one of up to five branches."""
    return [_visit(dice, number) for number in range(VISITS)]


def _visit(dice: random.Random, number: int) -> VisitFacts:
    branches = tuple(
        Branch(
            name=f"b{branch}",
            dwell=int(dice.expovariate(1 / 15_000)),
            deepest=min(int(dice.expovariate(0.6)) + 1, 6),
            pages=dice.randint(1, 5),
        )
        for branch in range(dice.choice((0, 1, 1, 1, 2, 2, 3, 5)))
    )
    path = ("Garden", "Irrigation", "Drip")
    return VisitFacts(
        id=f"v{number}", site="s", visitor="w", started_at=NOW, last_at=NOW, heard_at=NOW, number=1, pages=3,
        dwell=15_000, path=path, depth=3, deepest=3, topic=path, branches=branches, url="", title="",
        arrival="a", came_back=dice.random() < 0.2, left_at=None, bot=False, channel="search", device="mobile",
        language="en", places=tuple(
            Place(path=(branch.name, "c", f"d{level}"), dwell=branch.dwell // 3, pages=1)
            for branch in branches for level in range(3)
        ),
    )  # fmt: skip


def measure(folder: Path) -> list[dict[str, Any]]:
    """Microseconds of CPU per page view."""
    dice = random.Random(3)
    rules, seen = Rules(triggers(dice)), visits(dice)
    took, fired = [], 0
    for _ in range(ROUNDS):
        fired = 0
        began = time.process_time()
        for one in seen:
            fired += len(rules.judge(one, NOW))
        took.append((time.process_time() - began) / VISITS * 1e6)
    median = statistics.median(took)
    return [
        {
            "what": f"CPU of judging a page view, {TRIGGERS} triggers",
            "floor": "",
            "ours": f"{median:.1f} us ({fired / VISITS:.1f} fire)",
            "ratio": "",
            "reach": f"{REACH_US} us",
            "met": "yes" if median <= REACH_US else "no",
            "rounds": f"{ROUNDS} of {VISITS} visits",
        }
    ]
