"""The tree's rules, reasons and faults, said to a person."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

import contract
from contract.errors import Refused
from contract.names import Language
from contract.rest_tree import TreeFault, TreePreview, TreeProblem, TreeStep
from tracker.tree import Placed, Step
from tracker.tree_entry import Fault

_FOLDER = Path(contract.__file__).parent / "text"
_TEXTS: dict[str, dict[str, Any]] = {
    tongue: msgspec.json.decode((_FOLDER / f"tree.{tongue}.json").read_bytes()) for tongue in ("en", "ru")
}


def tree_preview(placed: Placed, tongue: Language) -> TreePreview:
    """Where a page stands, why, and how it came there."""
    return TreePreview(
        path=list(placed.path),
        depth=len(placed.path),
        source=placed.source,
        reason=placed.reason,
        says=_TEXTS[tongue]["reasons"][placed.reason],
        steps=[_step(step, tongue) for step in placed.steps],
    )


def _step(step: Step, tongue: Language) -> TreeStep:
    says = _TEXTS[tongue]["rules"][step.rule].replace("{of}", step.of)
    return TreeStep(rule=step.rule, before=list(step.before), after=list(step.after), says=says)


def tree_faults(faults: Sequence[tuple[int, Fault]], tongue: Language) -> list[TreeFault]:
    """What is wrong with an imported file, line by line."""
    return [TreeFault(line=line, says=_TEXTS[tongue]["faults"][fault]) for line, fault in faults]


def tree_problem(faults: Sequence[tuple[int, Fault]], faulty: int, tongue: Language) -> TreeProblem:
    """An import that was refused: the sentence names the first fault, `faults` the first twenty."""
    said = tree_faults(faults, tongue)
    first = _TEXTS[tongue]["line"].replace("{line}", str(said[0].line)).replace("{says}", said[0].says)
    return TreeProblem(
        type="about:blank", title="invalid", status=Refused("invalid").status, code="invalid", detail=first,
        faults=said, faulty=faulty,
    )  # fmt: skip
