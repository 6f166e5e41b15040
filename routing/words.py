"""Pure: what of a text counts when it is asked what it is about: its words, pairs of them, and letters in a row.

Written once for learning and for asking, so that both see the same. Any language: capital letters, accents and
apostrophes make no difference, a script without spaces is read by its letters. Every piece is a number of 32 bits, the
same on every machine and in every version of Python.
"""

import re
import unicodedata
from itertools import pairwise
from typing import NamedTuple
from zlib import crc32

#: Characters of a text that are read; nobody explains longer what it is about.
MOST = 2_000
#: Letters in a row, at least and at most; the edges of a word count as one.
SHORTEST, LONGEST = 2, 5
_WORD = re.compile(r"\w+")
_APOSTROPHES = str.maketrans("", "", "'’ʼ`´")


class Piece(NamedTuple):
    """`first`, `last`: numbers of the words it was found in, from 0."""

    key: int
    first: int
    last: int


def words_of(text: str) -> list[str]:
    """`"Où est l'Été?"` -> `["ou", "est", "lete"]`."""
    text = text[:MOST]
    if not text.isascii():
        plain = unicodedata.normalize("NFKD", text)
        text = "".join(char for char in plain if not unicodedata.category(char).startswith("M"))[:MOST].casefold()
    return _WORD.findall(text.lower().translate(_APOSTROPHES))[:MOST]


def phrases(words: list[str]) -> list[Piece]:
    """Every word, and every two that follow one another."""
    single = [Piece(_key("w " + word), at, at) for at, word in enumerate(words)]
    return single + [Piece(_key(f"w {a} {b}"), at, at + 1) for at, (a, b) in enumerate(pairwise(words))]


def letters(words: list[str]) -> list[Piece]:
    """Letters in a row within each word: what a word shares with its other forms, and with its misspellings."""
    found = []
    for at, word in enumerate(words):
        edged = f" {word} "
        for length in range(SHORTEST, LONGEST + 1):
            if length >= len(edged):
                found.append(Piece(_key(edged), at, at))
                break
            found += [Piece(_key(edged[start : start + length]), at, at) for start in range(len(edged) - length + 1)]
    return found


def _key(piece: str) -> int:
    return crc32(piece.encode("utf-8", "surrogatepass"))
