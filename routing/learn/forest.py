"""How a forest is learned: boosted and voting trees on all folds but one, five times over; what each said of the rows
it had not seen tells how good they are, and calibrates them.

scikit-learn and numpy come with the extra `learn` and are imported here inside functions: the server runs without.
"""

import hashlib
from collections.abc import Callable, Hashable, Sequence
from typing import Any

import msgspec

from routing.forest import LEAVES, SUREST, Column, Forest, Member, Split, Tree, check, scorer

FOLDS = 5
#: Chosen on visits of a real shop (`bench.intent`). Small steps, few leaves, a part of the columns at each split: with
#: some thousand visits and one in ten that ends well, trees that could remember a visit would.
ROUNDS, RATE, COLUMNS, ROWS_IN_LEAF, SHRINKING = 130, 0.04, 0.4, 30, 10.0
#: Voters of each fold, and how they grow: splits by chance, so that no two are alike.
VOTERS, VOTER_LEVELS, ROWS_IN_VOTER_LEAF = 12, 8, 10
#: A word seen this often counts half itself and half the mean of all; one seen less often than `FEW` as the mean alone.
RARE, FEW = 100, 10
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
        from threadpoolctl import threadpool_limits
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
        with threadpool_limits(1):  # one core: the server next door has the others, and small data is done sooner
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
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

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
    crowd = ExtraTreesClassifier(
        VOTERS, max_depth=VOTER_LEVELS, min_samples_leaf=ROWS_IN_VOTER_LEAF, max_features=1.0, random_state=seed
    ).fit(table[seen], y[seen])
    member = Member(
        start=float(model._baseline_prediction[0, 0]),
        trees=tuple(_small(stage[0].nodes) for stage in model._predictors),
        voters=tuple(_large(np, voter.tree_) for voter in crowd.estimators_),
        codes=codes,
        other=other,
    )
    share = np.clip(crowd.predict_proba(table)[:, 1], SUREST, 1 - SUREST)
    said = 0.5 * model.decision_function(table) + 0.5 * np.log(share / (1 - share))
    _same_as(np, said, member, columns, rows)
    return member, said[~seen]


def _codes(words: Sequence[float | str], y: Any) -> dict[str, float]:
    """Word -> the share of good ends among its rows, drawn to that of all where it is rare."""
    mean = float(y.mean())
    count: dict[str, list[int]] = {}
    for word, good in zip(words, y, strict=True):
        seen = count.setdefault(str(word), [0, 0])
        seen[0] += 1
        seen[1] += int(good)
    return {word: (good + RARE * mean) / (rows + RARE) for word, (rows, good) in sorted(count.items()) if rows >= FEW}


def _small(nodes: Any) -> Tree:
    """scikit-learn's own record of a boosted tree, as ours."""
    return _tree(
        lambda at: None if nodes[at]["is_leaf"] else (int(nodes[at]["left"]), int(nodes[at]["right"])),
        lambda at: (int(nodes[at]["feature_idx"]), float(nodes[at]["num_threshold"])),
        lambda at: float(nodes[at]["value"]),
    )


def _large(np: Any, tree: Any) -> Tree:
    """The same of a voter. It compares values rounded to 32 bits; ours are not, so the border lies where they round."""
    below = tree.threshold.astype(np.float32)
    below = np.where(below > tree.threshold, np.nextafter(below, np.float32(-np.inf)), below)
    above = np.nextafter(below, np.float32(np.inf))
    border = (below.astype(float) + above.astype(float)) / 2
    share = tree.value[:, 0, :]
    return _tree(
        lambda at: None if tree.children_left[at] < 0 else (int(tree.children_left[at]), int(tree.children_right[at])),
        lambda at: (int(tree.feature[at]), float(border[at])),
        lambda at: float(share[at, 1] / share[at].sum()),
    )


def _tree(
    below: Callable[[int], tuple[int, int] | None],
    asks: Callable[[int], tuple[int, float]],
    value: Callable[[int], float],
) -> Tree:
    """Nodes by number, 0 the root: what lies below one, what it asks, what it says as a leaf."""
    splits: list[Split] = []
    leaves: list[float] = []

    def add(at: int) -> int:
        both = below(at)
        if both is None:
            leaves.append(value(at))
            return -len(leaves)
        number = len(splits)
        splits.append(Split(0, 0.0, 0, 0))  # its place; what lies below is not known yet
        left, right = add(both[0]), add(both[1])
        splits[number] = Split(*asks(at), left, right)
        return number

    add(0)
    return Tree(tuple(splits), tuple(leaves))


def _same_as(np: Any, said: Any, member: Member, columns: Sequence[Column], rows: Any) -> None:
    """Ours says what scikit-learn says. Its record of a tree is no promise: were it another one in some version, this
    would stop it here, before anything is put in place."""
    some = list(range(0, len(rows), max(1, len(rows) // 200)))
    ours = scorer(Forest(tuple(columns), (member,), slope=1.0, offset=0.0))
    if not np.allclose([ours(rows[row]) for row in some], 1 / (1 + np.exp(-said[some])), rtol=0, atol=SAME):
        raise NotLearnable("This version of scikit-learn keeps its trees in a way that is not known here.")
