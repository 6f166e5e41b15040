"""What docs/tree.md promises of rules and addresses is what happens."""

import re
from pathlib import Path

import msgspec
import pytest

from contract.names import PathSource
from contract.tree import NO_TREE, USUAL, TreeRules
from tracker.tree import place
from tracker.tree_import import read_tree

TEXT = (Path(__file__).parents[2] / "docs" / "tree.md").read_text(encoding="utf-8")
RECIPES = re.findall(r"^\| ([^|`]+) \| `(\{.*?\})` \| `(/[^`]*)` \| ([^|]+) \|$", TEXT, re.M)


def test_there_are_settings_for_common_systems() -> None:
    """The table is found and read."""
    assert len(RECIPES) >= 9


@pytest.mark.parametrize(("system", "rules", "address", "wanted"), RECIPES)
def test_the_settings_do_what_the_table_says(system: str, rules: str, address: str, wanted: str) -> None:
    """Each row on its own address."""
    decoded = msgspec.json.decode(rules, type=TreeRules, strict=True)
    assert set(msgspec.json.decode(rules)) <= set(TreeRules.__struct_fields__), system
    assert " > ".join(place(decoded, NO_TREE, f"https://shop.example{address}")[0]) == wanted


def test_every_rule_and_every_source_is_explained() -> None:
    """In the order in which they are applied, best first."""
    explained = re.findall(r"^\| `(\w+)` \| ", TEXT, re.M)
    assert explained == list(TreeRules.__struct_fields__)
    sources = re.findall(r"^\| .* \| `(\w+)` \|$", TEXT, re.M)
    assert sources == list(PathSource.__args__)  # type: ignore[attr-defined]


def test_the_table_of_the_example_can_be_imported() -> None:
    """With the counts that are shown."""
    block = re.search(r"```\n(address;path\n.*?)```", TEXT, re.S)
    assert block is not None
    imported = read_tree(block[1].encode(), 10)
    assert (len(imported.entries), imported.by_depth()) == (5, {"1": 3, "2": 1, "3": 1})


def test_the_example_of_the_command_line_is_true() -> None:
    """The address of the first lines."""
    url = re.search(r"--preview '([^']+)'", TEXT)
    assert url is not None
    assert place(USUAL, NO_TREE, url[1]) == (("damen", "stiefel"), "url", "url")
