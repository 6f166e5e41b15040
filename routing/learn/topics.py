"""Learning what texts are about: one linear separator for each topic, over words and letters in a row.

What is kept is honest about itself: how probable a topic is, and what is too strange to be about any of them, are both
measured on texts that the model that says so had not seen.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from routing.about import Path
from routing.topics import TopicModel, judged
from routing.words import Piece, letters, phrases, words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]
    Numbers = NDArray[np.int64]

#: With fewer samples a topic has no say of its own: what it has counts for the topic above.
FEWEST = 5
#: More samples of one topic, or all together, teach no more and only take time. The first ones count.
MOST_OF_TOPIC = 1_000
MOST = 60_000
MOST_CHARACTERS = 4_000_000
#: Of the texts that are placed in their right branch, so many may be refused so that what fits nowhere is recognised.
LOST = 0.02
_FOLDS = 4
#: A model that places fewer than this right has no say, and how sure it must be that it beats the largest topic (95 %).
LEAST_RIGHT = 0.6
_Z = 1.96
#: Added to every count of naive Bayes, and how much its logarithms count beside the separators.
_SMOOTHING = 0.01
_CHANCE = 0.04
_SCALES = [1.5**step for step in range(1, 10)]
#: More pieces than this times columns are left out, the rare ones first: 4 bytes each.
_MOST_WEIGHTS = 8_000_000
#: A piece of letters that only one text has says nothing that its words do not say.
_LETTERS_IN = 2


class Sample(msgspec.Struct, frozen=True):
    """`path`: the topic that the text is about; () says that it is about nothing we know."""

    text: str
    path: Path


def train(samples: Iterable[Sample]) -> TopicModel | None:
    """A model of all topics that have enough samples, or None if these are fewer than two. Needs scikit-learn.

    The same samples in the same order give the same model.
    """
    import numpy as np

    kept = enough(samples)
    paths = tuple(sorted({path for _, path in kept}, key=lambda path: (len(path) == 0, path)))
    if sum(1 for path in paths if path) < 2:
        return None
    column = {path: number for number, path in enumerate(paths)}
    labels = np.array([column[path] for _, path in kept])
    table = _Table([words for words, _ in kept], len(paths))
    scale, least, right = _honest(table, labels, paths)
    sizes = np.bincount(labels)[[number for number, path in enumerate(paths) if path]]
    rows = np.arange(len(kept))
    lift = table.lift(rows)
    weights, bias = _separate(table.weighed(rows, lift), labels, len(paths))
    return TopicModel(
        paths=paths,
        keys=table.keys,
        lift=lift,
        weights=weights,
        bias=bias,
        scale=scale,
        least=least,
        right=right,
        judged=int(sizes.sum()),
        largest=float(sizes.max() / sizes.sum()),
    )


def useful(model: TopicModel) -> bool:
    """Whether a new model may have a say: it places at least `LEAST_RIGHT`, and surely more than whoever always says
    the largest topic.

    Surely: the lower end of the 95 % score interval of what it placed right (E. B. Wilson, Probable inference, the law
    of succession, and statistical inference, Journal of the American Statistical Association 22, 1927), which holds
    for few texts, too.
    """
    number, right = model.judged, model.right
    if not number:
        return False
    middle, spread = (
        right + _Z**2 / (2 * number),
        _Z * math.sqrt(right * (1 - right) / number + (_Z / (2 * number)) ** 2),
    )
    return right >= LEAST_RIGHT and (middle - spread) / (1 + _Z**2 / number) > model.largest


def enough(samples: Iterable[Sample]) -> list[tuple[list[str], Path]]:
    """The words of every different sample, with the topic it counts for: its own if that has at least `FEWEST`, else
    the nearest one above that has so many with the help of such as these. What is left over then counts for nothing."""
    seen: set[tuple[tuple[str, ...], Path]] = set()
    below: dict[Path, list[list[str]]] = {}
    characters = 0
    for sample in samples:
        words = words_of(sample.text)
        here = (tuple(words), sample.path)
        texts = below.setdefault(sample.path, [])
        if (
            words
            and here not in seen
            and len(texts) < MOST_OF_TOPIC
            and len(seen) < MOST
            and characters < MOST_CHARACTERS
        ):
            characters += sum(map(len, words))
            seen.add(here)
            texts.append(words)
    for depth in range(max(map(len, below), default=0), 0, -1):
        for path in sorted(path for path in below if len(path) == depth and len(below[path]) < FEWEST):
            texts = below.pop(path)
            if depth > 1:
                below.setdefault(path[:-1], []).extend(texts)
    return [(words, path) for path, texts in below.items() if len(texts) >= FEWEST for words in texts]


class _Table:
    """Texts x pieces as counts, one matrix for each kind of piece; both have a column for every key."""

    def __init__(self, texts: Sequence[list[str]], topics: int) -> None:
        import numpy as np

        kinds = [_listed(texts, phrases), _listed(texts, letters)]
        known = [_common(*kinds[0], 1), _common(*kinds[1], _LETTERS_IN)]
        keys = np.concatenate([keys for keys, _ in known])
        often = np.concatenate([often for _, often in known])
        most = _MOST_WEIGHTS // topics
        if len(keys) > most:
            keys = keys[np.argsort(-often, kind="stable")[:most]]
        self.keys: NDArray[np.uint32] = np.unique(keys)
        self._kinds = [_counts(rows, found, self.keys, len(texts)) for rows, found in kinds]

    def lift(self, rows: Numbers) -> Floats:
        """How much each piece counts: the more, the fewer of these texts have it; 0 for a piece that none has."""
        import numpy as np

        often = sum(np.bincount(kind[rows].indices, minlength=len(self.keys)) for kind in self._kinds)
        lift = np.sqrt(np.log((1 + len(rows)) / (1 + often)) + 1)
        return np.where(often > 0, lift, 0).astype(np.float32)

    def weighed(self, rows: Numbers, lift: Floats) -> Any:
        """These texts as the model sees them: `routing.topics` does the same with one text."""
        import numpy as np
        from scipy import sparse

        parts = []
        for kind in self._kinds:
            part = kind[rows] @ sparse.diags_array(lift)
            length = np.sqrt(part.multiply(part).sum(axis=1))
            parts.append(sparse.diags_array(1 / np.where(length > 0, length, 1)) @ part)
        return (parts[0] + parts[1]).tocsr()


def _listed(texts: Sequence[list[str]], kind: Callable[[list[str]], list[Piece]]) -> tuple[Numbers, NDArray[np.uint32]]:
    """(number of the text, key) of every piece of one kind."""
    import numpy as np

    found = [np.fromiter((piece.key for piece in kind(words)), np.uint32) for words in texts]
    return np.repeat(np.arange(len(texts)), [len(keys) for keys in found]), np.concatenate(found)


def _common(rows: Numbers, found: NDArray[np.uint32], least: int) -> tuple[NDArray[np.uint32], Numbers]:
    """The keys that at least so many texts have, and how many have each."""
    import numpy as np

    pairs = np.unique((rows.astype(np.uint64) << np.uint64(32)) | found)
    keys, often = np.unique((pairs & np.uint64(0xFFFFFFFF)).astype(np.uint32), return_counts=True)
    return keys[often >= least], often[often >= least]


def _counts(rows: Numbers, found: NDArray[np.uint32], keys: NDArray[np.uint32], texts: int) -> Any:
    """Sparse (texts, keys): 1 + log of how often."""
    import numpy as np
    from scipy import sparse

    columns = np.searchsorted(keys, found).clip(max=len(keys) - 1)
    known = keys[columns] == found
    ones = np.ones(int(known.sum()), np.float32)
    places = (rows[known].astype(np.int32), columns[known].astype(np.int32))  # all that scikit-learn takes
    counts = sparse.coo_array((ones, places), shape=(texts, len(keys))).tocsr()
    counts.data = 1 + np.log(counts.data)
    return counts


def _separate(table: Any, labels: Numbers, topics: int) -> tuple[Floats, Floats]:
    """weights (pieces, topics) and bias (topics) of one separator for each topic against all others.

    The separators know best which topic is the first. How often a piece stands in the texts of each topic (naive Bayes)
    adds a little that knows better which ones are the next.
    """
    import numpy as np
    from sklearn.svm import LinearSVC

    fitted = LinearSVC(C=1.0, random_state=0).fit(table, labels)
    weights, bias = fitted.coef_.T, fitted.intercept_
    if topics == 2:  # one separator does for both
        weights, bias = np.hstack([-weights, weights]), np.concatenate([-bias, bias])
    often = np.stack([table[labels == topic].sum(axis=0) for topic in range(topics)], axis=1) + _SMOOTHING
    chance = np.log(often / often.sum(axis=0))
    weights = weights + _CHANCE * (chance - chance.mean(axis=1, keepdims=True))
    return np.ascontiguousarray(weights, np.float32), bias.astype(np.float32)


def _honest(table: _Table, labels: Numbers, paths: tuple[Path, ...]) -> tuple[float, float, float]:
    """`scale`, `least` and `right` of the model: every text is judged by a model that was learned from the others."""
    import numpy as np
    from sklearn.model_selection import StratifiedKFold

    scores = np.empty((len(labels), len(paths)), np.float32)
    for others, these in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(labels, labels):
        lift = table.lift(others)
        weights, bias = _separate(table.weighed(others, lift), labels[others], len(paths))
        scores[these] = table.weighed(these, lift) @ weights + bias
    ours = [column for column, path in enumerate(paths) if path]
    nowhere = scores[:, paths.index(())] if () in paths else None
    inside = labels < len(ours)  # the column of what belongs nowhere is the last
    scores, labels, nowhere = scores[inside][:, ours], labels[inside], None if nowhere is None else nowhere[inside]

    def surprise(scale: float) -> float:
        shares = judged(scale, scores, None)[1]
        return -float(np.log(shares[np.arange(len(labels)), labels] + 1e-9).mean())

    scale = min(_SCALES, key=surprise)
    likeness, shares = judged(scale, scores, nowhere)
    branch = np.array([path[0] for path in paths if path])
    chosen = shares.argmax(axis=1)
    placed = likeness[branch[chosen] == branch[labels]]
    least = float(np.quantile(placed, LOST)) if len(placed) else math.inf
    return scale, least, float((chosen == labels).mean())
