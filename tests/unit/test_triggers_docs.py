"""docs/triggers.md says what is there: every condition, every action, an example that works, the limits."""

import re
import typing
from pathlib import Path

import msgspec

from contract.names import Action
from contract.rest_triggers import TriggerWrite
from contract.triggers import Condition
from reports.uplift import ORDERS, VISITORS
from routing.sense import Around, findings
from service.api.triggers import ACTIVE, ALL
from service.backtest.look import MOST

TEXT = (Path(__file__).parents[2] / "docs" / "triggers.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \|(.*?)\|", TEXT, re.M)


def test_every_condition_and_every_action_has_its_row():
    kinds = {shape.__struct_config__.tag: shape for shape in typing.get_args(Condition)}
    actions = set(typing.get_args(Action))
    assert {name for name, _ in ROWS} == set(kinds) | actions
    for name, fields in ROWS:
        if name in kinds:
            assert re.findall(r"`(\w+)`", fields) == list(kinds[name].__struct_encode_fields__), name


def test_the_example_is_taken_and_makes_sense():
    (example,) = re.findall(r"```json\n(.*?)```", TEXT, re.S)
    asked = msgspec.json.decode(example, type=TriggerWrite)
    boots = frozenset({(), ("Women",), ("Women", "Boots")})
    assert findings(asked.rule(), Around(nodes=boots, experts=True)) == []


def test_the_numbers_are_those_of_the_code():
    for said in (
        f"at most {ALL} triggers, {ACTIVE} of them switched on",
        f"At most {MOST:,} visits",
        f"**{VISITORS} visitors in each arm and {ORDERS} orders in both together**",
    ):
        assert said in TEXT
