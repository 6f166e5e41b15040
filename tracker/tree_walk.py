"""Pure: how somebody walked through the tree: which way each step led, and how far in they got.

Nothing of this is stored: it follows from the page views (rules change the future, not the past).
"""

from collections.abc import Iterable, Sequence

import msgspec

from contract.names import Direction, Ms
from tracker.tree import Path


class Steps(msgspec.Struct):
    """How many steps led to a place below, to one above, and elsewhere."""

    inward: int = 0
    out: int = 0
    across: int = 0

    def add(self, way: Direction | None) -> None:
        if way == "in":
            self.inward += 1
        elif way == "out":
            self.out += 1
        elif way == "across":
            self.across += 1


def direction(before: Sequence[str], after: Sequence[str]) -> Direction | None:
    """Below the place before: in; above it: out; anywhere else: across. None where it is the same place."""
    shared = min(len(before), len(after))
    if list(before[:shared]) != list(after[:shared]):
        return "across"
    if len(before) == len(after):
        return None
    return "in" if len(after) > len(before) else "out"


def directions(paths: Iterable[Sequence[str]]) -> list[Direction | None]:
    """Of each page view in order the way that led to it; the first came from nowhere."""
    ways: list[Direction | None] = []
    before: Sequence[str] | None = None
    for path in paths:
        ways.append(None if before is None else direction(before, path))
        before = path
    return ways


def steps(ways: Iterable[Direction | None]) -> Steps:
    """The steps of a walk, counted."""
    counted = Steps()
    for way in ways:
        counted.add(way)
    return counted


def deepest(paths: Iterable[Sequence[str]]) -> Path:
    """The place furthest from home; of several the first. Home if there was nothing else."""
    found: Sequence[str] = ()
    for path in paths:
        if len(path) > len(found):
            found = path
    return tuple(found)


class Stay(msgspec.Struct, frozen=True):
    """One page view of somebody: in which visit, where, and how long it was looked at."""

    visit: str
    path: Path
    dwell: Ms


class BranchWalked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody did below one child of the home page."""

    path: Path
    visits: int
    pages: int
    dwell: Ms
    deepest_path: Path


def branches(stays: Iterable[Stay]) -> list[BranchWalked]:
    """Per child of the home page, over all visits: most time first, then by name. `stays` in order of time."""
    found: dict[str, list[Stay]] = {}
    for stay in stays:
        if stay.path:
            found.setdefault(stay.path[0], []).append(stay)
    made = [
        BranchWalked(
            path=(name,),
            visits=len({stay.visit for stay in here}),
            pages=len(here),
            dwell=sum(stay.dwell for stay in here),
            deepest_path=deepest(stay.path for stay in here),
        )
        for name, here in found.items()
    ]
    return sorted(made, key=lambda branch: (-branch.dwell, branch.path))
