"""How a forest is learned: boosted trees on all folds but one, five times over; what each said of the rows it had not
seen tells how good they are, and calibrates them.

scikit-learn and numpy come with the extra `learn` and are imported here inside functions: the server runs without.
"""

import hashlib
from collections.abc import Hashable, Sequence
from typing import Any

import msgspec

from routing.forest import LEAVES, Column, Forest, Member, Split, Tree, check, scorer

FOLDS = 5
#: Chosen on visits of real shops (`bench.intent`). Small steps, few leaves, a fifth of the columns at each split: with
#: some thousand visits and one in ten that ends well, trees that could remember a visit would.
ROUNDS, RATE, COLUMNS, ROWS_IN_LEAF, SHRINKING = 150, 0.04, 0.2, 30, 10.0
#: A word seen this often counts half itself and half the mean of all.
RARE = 100
#: What our own trees may say other than scikit-learn's; a rounding, never a different leaf.
SAME = 1e-6


class Learned(msgspec.Struct, frozen=True, kw_only=True):
    """A forest, and what its members say, calibrated, of the rows that they had not seen: one per row, in order."""

    forest: Forest
    unseen: list[float]


class NotLearnable(Exception):
    """A sentence: what is missing."""


def learn(
    columns: Sequence[Column],
    rows: Sequence[Sequence[float | str]],
    labels: Sequence[bool],
    groups: Sequence[Hashable] | None = None,
    *,
    folds: int = FOLDS,
) -> Learned:
    """The same rows give the same forest. Rows of one group (without: equal rows) lie in the same fold, since a model
    that saw half of a visitor's visits knows the rest. Raises NotLearnable, also where the extra is not installed."""
    try:
        import numpy as np
        from sklearn.linear_model import LogisticRegression
    except ImportError as missing:
        raise NotLearnable("Learning needs the extra: pip install 'shopbell[learn]'.") from missing
    y = np.array(labels, dtype=int)
    if len(y) < 2 * folds or not folds <= y.sum() <= len(y) - folds:
        raise NotLearnable(f"There are {int(y.sum())} of {len(y)} rows that ended well; {folds} of both are the least.")
    fold = np.array(deal(list(groups) if groups is not None else [tuple(row) for row in rows], labels, folds))
    unseen = np.zeros(len(y))
    members = []
    for number in range(folds):
        seen = fold != number
        if len(set(y[seen])) < 2:
            raise NotLearnable("All that ended well is of one visitor.")
        member, said = _member(np, columns, rows, y, seen, number)
        unseen[~seen] = said
        members.append(member)
    # A nearly unpenalised line: it only stretches and moves what the members say.
    line = LogisticRegression(C=1e6).fit(unseen.reshape(-1, 1), y)
    forest = Forest(tuple(columns), tuple(members), slope=float(line.coef_[0][0]), offset=float(line.intercept_[0]))
    check(forest)
    return Learned(forest=forest, unseen=line.predict_proba(unseen.reshape(-1, 1))[:, 1].tolist())


def deal(groups: Sequence[Hashable], labels: Sequence[bool], folds: int) -> list[int]:
    """The fold of each row: whole groups, the good ends spread evenly, by a hash and not by order."""
    rows: dict[Hashable, list[int]] = {}
    for row, group in enumerate(groups):
        rows.setdefault(group, []).append(row)
    order = sorted(rows, key=lambda group: hashlib.blake2b(repr(group).encode(), digest_size=8).digest())
    filled = {True: [0] * folds, False: [0] * folds}
    fold = [0] * len(groups)
    for group in order:
        ends_well = any(labels[row] for row in rows[group])
        emptiest = min(range(folds), key=filled[ends_well].__getitem__)
        filled[ends_well][emptiest] += len(rows[group])
        for row in rows[group]:
            fold[row] = emptiest
    return fold


def _member(
    np: Any, columns: Sequence[Column], rows: Sequence[Sequence[float | str]], y: Any, seen: Any, seed: int
) -> tuple[Member, Any]:
    """One model of the rows that are `seen`, and its log-odds for the others."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    codes = {
        index: _codes([rows[row][index] for row in np.flatnonzero(seen)], y[seen])
        for index, column in enumerate(columns)
        if column.kind == "word"
    }
    other = float(y[seen].mean())
    table = np.array(
        [[codes[at].get(str(value), other) if at in codes else value for at, value in enumerate(row)] for row in rows],
        dtype=float,
    )
    if not np.isfinite(table).all():
        raise ValueError("a row holds what is no number")
    model = HistGradientBoostingClassifier(
        learning_rate=RATE, max_iter=ROUNDS, max_leaf_nodes=LEAVES, min_samples_leaf=ROWS_IN_LEAF,
        l2_regularization=SHRINKING, max_features=COLUMNS, early_stopping=False, random_state=seed,
    ).fit(table[seen], y[seen])  # fmt: skip
    member = Member(
        start=float(model._baseline_prediction[0, 0]),
        trees=tuple(_tree(stage[0].nodes) for stage in model._predictors),
        codes=codes,
        other=other,
    )
    _same_as(np, model, member, columns, rows, table)
    return member, model.decision_function(table[~seen])


def _codes(words: Sequence[float | str], y: Any) -> dict[str, float]:
    """Word -> the share of good ends among its rows, drawn to that of all where it is rare."""
    mean = float(y.mean())
    count: dict[str, list[int]] = {}
    for word, good in zip(words, y, strict=True):
        seen = count.setdefault(str(word), [0, 0])
        seen[0] += 1
        seen[1] += int(good)
    return {word: (good + RARE * mean) / (rows + RARE) for word, (rows, good) in sorted(count.items())}


def _tree(nodes: Any) -> Tree:
    """scikit-learn's own record of a tree, as ours."""
    splits: list[Split] = []
    leaves: list[float] = []

    def add(at: int) -> int:
        node = nodes[at]
        if node["is_leaf"]:
            leaves.append(float(node["value"]))
            return -len(leaves)
        number = len(splits)
        splits.append(Split(0, 0.0, 0, 0))  # its place; what lies below is not known yet
        left, right = add(node["left"]), add(node["right"])
        splits[number] = Split(int(node["feature_idx"]), float(node["num_threshold"]), left, right)
        return number

    add(0)
    return Tree(tuple(splits), tuple(leaves))


def _same_as(np: Any, model: Any, member: Member, columns: Sequence[Column], rows: Any, table: Any) -> None:
    """Ours says what scikit-learn says. Its record of a tree is no promise: were it another one in some version, this
    would stop it here, before anything is put in place."""
    some = range(0, len(rows), max(1, len(rows) // 200))
    ours = scorer(Forest(tuple(columns), (member,), slope=1.0, offset=0.0))
    theirs = model.predict_proba(table[list(some)])[:, 1]
    if not np.allclose([ours(rows[row]) for row in some], theirs, rtol=0, atol=SAME):
        raise NotLearnable("This version of scikit-learn keeps its trees in a way that is not known here.")
