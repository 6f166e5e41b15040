"""Decisions are pure: a file whose docstring begins with "Pure:" has nothing to read, to write or to wait for."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("contract", "store", "access", "tracker", "routing", "crm", "sales", "chat", "voice", "reports", "service")
MARK = '"""Pure:'
#: Rows and edges have other names; a pure file never bears one of these.
IMPURE_NAMES = {"tables.py", "queries.py", "do.py", "routes.py", "commands.py"}
#: Standard library that reads, writes, waits, or knows the time or chance of the day.
WORLDLY = {
    "asyncio", "http", "io", "logging", "multiprocessing", "os", "pathlib", "queue", "random", "secrets", "select",
    "shutil", "signal", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib.request",
}  # fmt: skip
#: Shapes for values: makes and checks them, reaches for nothing (docs/decisions/0001-validator.md).
SHAPES = {"msgspec"}
#: Tables and rules of facts that come as packages: the same text always gives the same answer.
TABLES = {"snowballstemmer", "ua_parser", "ua_parser_rs", "user_agents"}
#: Calls that bring in the present moment or the disk without an import of their own.
WORLDLY_CALLS = {"now_ms", "new_id", "now", "utcnow", "today", "open", "input", "print"}


def pure_files(root: Path = ROOT) -> list[Path]:
    """Every module of a room that says of itself that it is pure."""
    return sorted(
        path
        for room in ROOMS
        for path in (root / room).rglob("*.py")
        if path.read_text(encoding="utf-8").startswith(MARK)
    )


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules a file imports at run time; imports for the type checker alone do not count."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")
        else:
            yield from imports(node)


def calls(tree: ast.AST) -> Iterator[str]:
    """The last name of everything that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = node.func
            name = called.id if isinstance(called, ast.Name) else getattr(called, "attr", "")
            # `clock.now()` and `open(path)` reach out; `visit.open(...)` of our own does not.
            if name in ("open", "input", "print") and not isinstance(called, ast.Name):
                continue
            yield name


def offences(source: str, room: str = "tracker") -> list[str]:
    """What a pure file of `room` must not have: one phrase each."""
    tree = ast.parse(source)
    found = []
    for module in imports(tree):
        top = module.split(".")[0]
        if top == "contract" or top in SHAPES | TABLES:
            continue
        if module in WORLDLY or top in WORLDLY:
            found.append(f"imports {module}, which reaches into the world")
        elif top not in sys.stdlib_module_names and not is_pure_module(module):
            found.append(f"imports {module}, which is neither contract, nor standard library, nor pure")
    found += [f"calls {name}(): take it as an argument" for name in calls(tree) if name in WORLDLY_CALLS]
    return found


def is_pure_module(module: str) -> bool:
    """Whether `module` is one of our pure files: those may use each other."""
    path = ROOT.joinpath(*module.split("."))
    return path.with_suffix(".py") in pure_files()


@pytest.mark.parametrize("path", pure_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_pure_file_imports_only_contract_and_the_standard_library(path: Path) -> None:
    """Values and `now` in, a value out."""
    assert path.name not in IMPURE_NAMES
    assert offences(path.read_text(encoding="utf-8")) == []


def test_there_are_pure_files() -> None:
    """The heart of the product is in such files."""
    assert len(pure_files()) >= 3


@pytest.mark.parametrize(
    ("source", "offence"),
    [
        ("import sqlalchemy", "imports sqlalchemy"),
        ("from store.base import Store", "imports store.base"),
        ("from . import do", "imports ."),
        ("import time", "imports time"),
        ("def f():\n    import random", "imports random"),
        ("from contract.clock import now_ms\nx = now_ms()", "calls now_ms()"),
        ("from contract.ids import new_id\nx = new_id()", "calls new_id()"),
        ("def f(d):\n    return d.now()", "calls now()"),
        ("def f():\n    return open('x')", "calls open()"),
    ],
)
def test_the_rule_can_fail(source: str, offence: str) -> None:
    """Each kind of offence is seen."""
    assert any(phrase.startswith(offence) for phrase in offences(source))


@pytest.mark.parametrize(
    "source",
    [
        "from contract.names import Rung",
        "import math\nfrom dataclasses import dataclass",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from store.base import Store",
        "from datetime import datetime, timedelta",
    ],
)
def test_the_rule_lets_honest_files_pass(source: str) -> None:
    """Standard library, the contract and names for the type checker are fine."""
    assert offences(source) == []
