"""What a visitor's text is about, by what was learned: one product of a few hundred rows of a table.

Works from the file that `routing.learn.topics` makes. numpy is part of the extra `learn` and only taken when there is
a model to ask; without it nobody has an opinion, and what was read decides alone (`routing.about.blend`).
"""

from __future__ import annotations

import io
import math
import zipfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from routing.about import About, Guess, Topic, blend, ranked
from routing.about import Path as Place
from routing.learn.files import Models
from routing.words import Piece, letters, phrases, words_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

__all__ = ["FORMAT", "KIND", "About", "Guess", "Topic", "TopicModel", "Topics", "about", "blend", "decode", "encode"]

#: What the file is, and which shape of it this program reads.
KIND = "topics"
FORMAT = 1
#: Topics that are named in an answer; the others are less probable than any of these.
NAMED = 50
#: Words that are given as the reason.
REASONS = 3
_MOST_TOPICS = 5_000
_PARTS = ("head", "keys", "lift", "weights", "bias")


class TopicModel(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """A linear model. `paths`: what its columns stand for; () is the column of what belongs nowhere, if there is one.

    `keys`: the pieces it knows, ascending; `lift`: how much each counts; `weights`: (pieces, columns); `bias`:
    (columns). `scale`: of scores, so that their shares are probabilities. `least`: what is less like anything that was
    learned fits nowhere. `right`: the share of texts that were placed right by a model that had not seen them. While it
    is new, and not in the file: `judged`, how many texts that were; `largest`, the share of the largest topic in them.
    """

    paths: tuple[Place, ...]
    keys: NDArray[np.uint32]
    lift: Floats
    weights: Floats
    bias: Floats
    scale: float
    least: float
    right: float
    judged: int = 0
    largest: float = 1.0


class Topics:
    """What a server asks. Looking at a newer file costs nothing here: it is read in a thread of its own."""

    def __init__(self, data_dir: Path, *, background: bool = True) -> None:
        self._models = Models(data_dir, KIND, FORMAT, decode, background=background)

    def about(self, site_id: str, text: str) -> About | None:
        """As the function `about`, with what was learned for this site."""
        return about(self._models.get(site_id), text)


class _Head(msgspec.Struct):
    paths: list[Place]
    scale: float
    least: float
    right: float


def encode(model: TopicModel) -> bytes:
    """The model as a file: arrays and a head in JSON, nothing that could be run."""
    import numpy as np

    head = msgspec.json.encode(_Head(list(model.paths), model.scale, model.least, model.right))
    body = io.BytesIO()
    raw = np.frombuffer(head, np.uint8)
    np.savez(body, head=raw, keys=model.keys, lift=model.lift, weights=model.weights, bias=model.bias)
    return body.getvalue()


def decode(body: bytes) -> TopicModel:
    """The reverse of `encode`. ValueError for what makes no sense, or where numpy is missing."""
    try:
        import numpy as np
    except ImportError as error:
        raise ValueError("numpy is missing: the extra `learn` is not installed") from error
    try:
        parts = _members(body)
        head = msgspec.json.decode(_array(parts["head"]).tobytes(), type=_Head)
        keys, lift, weights, bias = (_array(parts[name]) for name in ("keys", "lift", "weights", "bias"))
    except (
        KeyError, OSError, EOFError, ValueError, TypeError, OverflowError, RuntimeError, zipfile.BadZipFile,
        msgspec.DecodeError,
    ) as error:  # fmt: skip
        raise ValueError("it is no model of topics") from error
    pieces, columns = len(keys), len(head.paths)
    right = (
        [array.dtype for array in (keys, lift, weights, bias)] == [np.dtype(np.uint32), *[np.dtype(np.float32)] * 3]
        and (keys.shape, lift.shape, weights.shape, bias.shape) == ((pieces,), (pieces,), (pieces, columns), (columns,))
        and 2 <= sum(1 for path in head.paths if path) <= _MOST_TOPICS
        and len(set(head.paths)) == columns
        and pieces > 0
        and bool((keys[1:] > keys[:-1]).all())
        and all(bool(np.isfinite(array).all()) for array in (lift, weights, bias))
        and math.isfinite(head.scale)
        and math.isfinite(head.least)
    )
    if not right:
        raise ValueError("its parts do not fit together")
    return TopicModel(
        paths=tuple(head.paths),
        keys=keys,
        lift=lift,
        weights=weights,
        bias=bias,
        scale=head.scale,
        least=head.least,
        right=head.right,
    )


def _members(body: bytes) -> dict[str, bytes]:
    """Name -> what stands under it. Only what `encode` writes: no member packed, locked, or larger than it can be."""
    with zipfile.ZipFile(io.BytesIO(body)) as file:
        members = file.infolist()
        plain = all(
            one.compress_type == zipfile.ZIP_STORED and not one.flag_bits & 1 and one.file_size == one.compress_size
            for one in members
        )
        if not plain or len(members) != len(_PARTS) or sum(one.file_size for one in members) > len(body):
            raise ValueError("its members are not as they were written")
        return {one.filename.removesuffix(".npy"): file.read(one) for one in members}


def _array(raw: bytes) -> NDArray[Any]:
    """An array as numpy writes it. Nothing is reserved for what its head only claims."""
    import numpy as np

    stream = io.BytesIO(raw)
    if np.lib.format.read_magic(stream) != (1, 0):
        raise ValueError("another version of arrays")
    shape, columns_first, dtype = np.lib.format.read_array_header_1_0(stream)
    return np.frombuffer(raw, dtype, offset=stream.tell()).reshape(shape, order="F" if columns_first else "C")


def about(model: TopicModel | None, text: str) -> About | None:
    """What `text` is about; None is no opinion: there is no model, or no word in the text.

    Give all that the visitor has written in the conversation, a line for each message: learning saw the same.
    """
    words = words_of(text)
    if model is None or not words:
        return None
    found = [_known(model, phrases(words)), _known(model, letters(words))]
    scores = sum((values @ model.weights[rows] for rows, values, _ in found), model.bias)
    ours = [column for column, path in enumerate(model.paths) if path]
    likeness, shares = judged(model.scale, scores[None, ours], _nowhere(model, scores))
    best = sorted(range(len(ours)), key=lambda number: -shares[0, number])[:NAMED]
    return About(
        paths=ranked(Guess(model.paths[ours[number]], float(shares[0, number])) for number in best),
        fits=bool(likeness[0] >= model.least),
        because=_because(model, words, found, ours[best[0]]),
    )


def judged(scale: float, scores: Floats, nowhere: Floats | None) -> tuple[Floats, Floats]:
    """(likeness, shares) of scores (texts, topics). A text is the more like what was learned, the more evidence there
    is for all topics together (it does not matter whether two of them contend), less what speaks for `nowhere`."""
    import numpy as np

    scaled = scale * scores
    most = scaled.max(axis=1, keepdims=True)
    parts = np.exp(scaled - most)
    whole = parts.sum(axis=1, keepdims=True)
    likeness = (most + np.log(whole))[:, 0]
    if nowhere is not None:
        likeness = likeness - scale * nowhere
    return likeness, parts / whole


def weighed(values: Floats) -> Floats:
    """Pieces of one kind count together as much as those of the other, however long the text is."""
    length = math.sqrt(float(values @ values))
    return values / length if length else values


def _nowhere(model: TopicModel, scores: Floats) -> Floats | None:
    columns = [column for column, path in enumerate(model.paths) if not path]
    return scores[columns] if columns else None


#: The rows of the pieces that are known, how much each counts, and for each of its occurrences (place, first, last).
_Found = tuple["NDArray[np.intp]", "Floats", list[tuple[int, int, int]]]


def _known(model: TopicModel, pieces: list[Piece]) -> _Found:
    import numpy as np

    counts = Counter(piece.key for piece in pieces)
    keys = np.fromiter(counts, np.uint32, len(counts))
    rows = np.searchsorted(model.keys, keys).clip(max=len(model.keys) - 1)
    known = model.keys[rows] == keys
    rows, often = rows[known], np.fromiter(counts.values(), np.float32, len(counts))[known]
    place = {int(key): number for number, key in enumerate(keys[known])}
    where = [(place[piece.key], piece.first, piece.last) for piece in pieces if piece.key in place]
    return rows, weighed((1 + np.log(often)) * model.lift[rows]), where


def _because(model: TopicModel, words: list[str], found: list[_Found], column: int) -> tuple[str, ...]:
    """The words that set this column most apart from the others; a piece counts for the words that it stood in."""
    import numpy as np

    spoke: Counter[str] = Counter()
    for rows, values, where in found:
        if not len(rows):
            continue
        weights = model.weights[rows]
        gains = values * (weights[:, column] - weights.mean(axis=1))
        times = np.bincount([place for place, _, _ in where], minlength=len(rows))
        each = (gains / times / 2).tolist()
        for place, first, last in where:
            spoke[words[first]] += each[place]
            spoke[words[last]] += each[place]
    return tuple(word for word, gain in spoke.most_common(REASONS) if gain > 0)
