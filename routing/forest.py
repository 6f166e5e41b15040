"""Pure: a trained model as plain data, and how likely it says a row ends well.

Two kinds of trees, for they err in different ways, and the mean of both errs less. Hundreds of small trees add up:
each has at most eight leaves, so where a row can still end up in it is one byte, and each value is looked up once for
all of them together: which leaves it rules out. What is left of all bytes has as its lowest bit the leaf of each tree
("QuickScorer", Lucchese et al., 2015). And some dozen large trees vote; those are walked.
"""

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from operator import getitem
from typing import Any, Literal

import msgspec

#: Of a small tree: a byte for each.
LEAVES = 8
#: Of a large tree, eight levels deep.
VOTER_LEAVES = 256
#: More than any of ours; a file with more would only be slow.
TREES, VOTERS = 5_000, 500
#: However sure the voters are: none of them has seen more than some hundred rows in a leaf.
SUREST = 0.003


class Column(msgspec.Struct, frozen=True, array_like=True):
    """One value of a row: a finite number, or a word (a source, a device) that has no order of its own."""

    name: str
    kind: Literal["number", "word"]


class Split(msgspec.Struct, frozen=True, array_like=True):
    """Values up to `most` of this column go left. `left`, `right`: the number of a split of this tree, or -1 - leaf."""

    column: int
    most: float
    left: int
    right: int


class Tree(msgspec.Struct, frozen=True, array_like=True):
    """The first split is the root; a tree without splits is its one leaf. Leaves are in order from left to right."""

    splits: tuple[Split, ...]
    leaves: tuple[float, ...]


class Member(msgspec.Struct, frozen=True):
    """One model of several. Log-odds are `start` and the leaves of `trees`; a leaf of a voter is a share of good ends.
    `codes`: by column, what number stands for a word; `other` for one that was not seen."""

    start: float
    trees: tuple[Tree, ...]
    voters: tuple[Tree, ...]
    codes: dict[int, dict[str, float]] = {}
    other: float = 0.0


class Forest(msgspec.Struct, frozen=True):
    """Half the mean of its members' log-odds, half the log-odds of what all voters say, calibrated: `slope` times that,
    plus `offset`."""

    columns: tuple[Column, ...]
    members: tuple[Member, ...]
    slope: float
    offset: float


def scorer(forest: Forest) -> Callable[[Sequence[float | str]], float]:
    """What is asked: row -> probability. The row has a value per column, in their order.

    Raises ValueError for what is no forest, so that no row ever meets a broken one.
    """
    check(forest)
    trees = [(member, tree) for member in forest.members for tree in member.trees]
    everything = sum(((1 << len(tree.leaves)) - 1) << (8 * number) for number, (_, tree) in enumerate(trees))
    numbers: list[tuple[int, list[float], list[int]]] = []
    words: list[tuple[int, dict[str, int], int]] = []
    asked: list[list[tuple[Member, float, int]]] = [[] for _ in forest.columns]
    for number, (member, tree) in enumerate(trees):
        for split, leaves in _left_leaves(tree):
            asked[split.column].append((member, split.most, leaves << (8 * number)))
    for index, (column, splits) in enumerate(zip(forest.columns, asked, strict=True)):
        if not splits:
            continue
        if column.kind == "number":
            numbers.append((index, *_steps(everything, [(most, ruled_out) for _, most, ruled_out in splits])))
        else:
            known = {word for member in forest.members for word in member.codes.get(index, ())}
            words.append((index, {word: _left(everything, splits, index, word) for word in known},
                          _left(everything, splits, index, None)))  # fmt: skip
    share = 0.5 * forest.slope / len(forest.members)
    start = forest.offset + share * sum(member.start for member in forest.members)
    tables = [_by_byte(tuple(share * leaf for leaf in tree.leaves)) for _, tree in trees]
    size = len(trees)
    crowd = [
        (list(member.codes.items()), member.other, [_nested(tree) for tree in member.voters])
        for member in forest.members
    ]
    voters = sum(len(member.voters) for member in forest.members)
    half = 0.5 * forest.slope

    def probability(row: Sequence[float | str]) -> float:
        left = everything
        for index, most, masks in numbers:
            left &= masks[bisect_left(most, row[index])]
        for index, known, other in words:
            left &= known.get(row[index], other)  # type: ignore[arg-type]
        small = start + sum(map(getitem, tables, left.to_bytes(size, "little")))
        votes = 0.0
        for codes, unseen, roots in crowd:
            coded: list[Any] = list(row)
            for index, code in codes:
                coded[index] = code.get(coded[index], unseen)
            for column, value, low, high in roots:
                while column is not None:
                    column, value, low, high = low if coded[column] <= value else high
                votes += value
        return sigmoid(small + half * log_odds(votes / voters))

    return probability


def log_odds(share: float) -> float:
    """Of what voters say."""
    share = max(SUREST, min(1.0 - SUREST, share))
    return math.log(share / (1.0 - share))


def sigmoid(odds: float) -> float:
    """The probability of these log-odds; never 0 or 1, however sure somebody was."""
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))


def check(forest: Forest) -> None:
    """Raises ValueError, with a phrase, for what is no forest."""
    if not forest.members or not forest.columns:
        raise ValueError("a model without members or columns")
    voters = sum(len(member.voters) for member in forest.members)
    if not 0 < voters <= VOTERS or sum(len(member.trees) for member in forest.members) > TREES:
        raise ValueError(f"a model of no voters, or of more than {VOTERS}, or of more than {TREES} trees")
    if not all(map(math.isfinite, (forest.slope, forest.offset))):
        raise ValueError("a calibration that is no number")
    for member in forest.members:
        codes = [code for column in member.codes.values() for code in column.values()]
        if not all(map(math.isfinite, (member.start, member.other, *codes))):
            raise ValueError("a member that is no number")
        words = {at for at, column in enumerate(forest.columns) if column.kind == "word"}
        if words != set(member.codes):
            raise ValueError("columns of words and codes for others")
        for tree in member.trees:
            _check_tree(tree, len(forest.columns), LEAVES)
        for tree in member.voters:
            _check_tree(tree, len(forest.columns), VOTER_LEAVES)


def _check_tree(tree: Tree, columns: int, most: int) -> None:
    """Each split and each leaf is reached exactly once, the leaves from left to right."""
    if not 1 <= len(tree.leaves) <= most or len(tree.splits) != len(tree.leaves) - 1:
        raise ValueError(f"a tree of {len(tree.leaves)} leaves and {len(tree.splits)} splits")
    if not all(map(math.isfinite, (*tree.leaves, *(split.most for split in tree.splits)))):
        raise ValueError("a tree with a value that is no number")
    if not all(0 <= split.column < columns for split in tree.splits):
        raise ValueError("a tree that asks for a column that is not there")
    to_visit, leaf, seen = [0 if tree.splits else -1], 0, set[int]()
    while to_visit:
        at = to_visit.pop()
        if at < 0:
            if -1 - at != leaf:
                raise ValueError("a tree whose leaves are not in order")
            leaf += 1
        elif at >= len(tree.splits) or at in seen:
            raise ValueError("a tree that is none")
        else:
            seen.add(at)
            to_visit += [tree.splits[at].right, tree.splits[at].left]
    if leaf != len(tree.leaves):
        raise ValueError("a tree with leaves that nothing reaches")


def _left_leaves(tree: Tree) -> list[tuple[Split, int]]:
    """Each split, and the leaves (as bits) on its left side: those are out when a value goes right."""

    def below(at: int) -> int:
        if at < 0:
            return 1 << (-1 - at)
        return below(tree.splits[at].left) | below(tree.splits[at].right)

    return [(split, below(split.left)) for split in tree.splits]


def _nested(tree: Tree) -> Any:
    """A tree to be walked: (column, most, left, right), or of a leaf (None, value, None, None). Made from below."""
    order, to_visit = list[int](), [0] if tree.splits else []
    while to_visit:
        at = to_visit.pop()
        order.append(at)
        to_visit += [below for below in (tree.splits[at].left, tree.splits[at].right) if below >= 0]
    made: dict[int, Any] = {-1 - leaf: (None, value, None, None) for leaf, value in enumerate(tree.leaves)}
    for at in reversed(order):
        split = tree.splits[at]
        made[at] = (split.column, split.most, made[split.left], made[split.right])
    return made[0] if tree.splits else made[-1]


def _steps(everything: int, splits: list[tuple[float, int]]) -> tuple[list[float], list[int]]:
    """The thresholds in order, and what is left when a value lies above the first n of them."""
    at: dict[float, int] = {}
    for most, ruled_out in splits:
        at[most] = at.get(most, 0) | ruled_out
    masks = [everything]
    for most in sorted(at):
        masks.append(masks[-1] & ~at[most])
    return sorted(at), masks


def _left(everything: int, splits: list[tuple[Member, float, int]], index: int, word: str | None) -> int:
    """What is left for this word; None for one that nobody saw."""
    left = everything
    for member, most, ruled_out in splits:
        codes: Mapping[str, float] = member.codes.get(index, {})
        if (member.other if word is None else codes.get(word, member.other)) > most:
            left &= ~ruled_out
    return left


def _by_byte(leaves: tuple[float, ...]) -> tuple[float, ...]:
    """Byte of what is left of a tree -> the leaf of its lowest bit."""
    size = 1 << len(leaves)
    table = [0.0] * size
    for number, leaf in enumerate(leaves):
        lowest = range(1 << number, size, 2 << number)
        table[lowest.start :: lowest.step] = [leaf] * len(lowest)
    return tuple(table)
