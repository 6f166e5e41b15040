"""Pure: the words of a text as the search of articles compares them.

Capital letters, apostrophes and the dots over the Russian e make no difference. In English and Russian a word stands
for its stem (Snowball, by the package snowballstemmer); in other languages it stands for itself.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from snowballstemmer import stemmer

from chat.stopwords import STOP

_WORD = re.compile(r"[^\W_]+")
_JOINED = str.maketrans({**dict.fromkeys("'’ʼ`´\u00ad\u0301"), "ё": "е"})
_ALGORITHMS = {"en": "english", "ru": "russian"}
#: No word is longer; what is, is no word.
LONGEST = 40


def split(text: str) -> list[str]:
    """`"Don't wait: ещё 5"` -> `["dont", "wait", "еще", "5"]`."""
    plain = text.lower() if text.isascii() else unicodedata.normalize("NFC", text).lower()
    return [word[:LONGEST] for word in _WORD.findall(plain.translate(_JOINED))]


def terms(text: str, language: str) -> list[str]:
    """What is searched for, in order: stems, without the words that say nothing."""
    return [term for _, term in spoken(text, language)]


def spoken(text: str, language: str) -> Iterator[tuple[str, str]]:
    """(word, term) of each word that says something."""
    stop = STOP.get(language, frozenset())
    for word in split(text):
        if word not in stop:
            yield word, stem(word, language)


@lru_cache(maxsize=100_000)
def stem(word: str, language: str) -> str:
    """One word; words whose stem is the same are the same. A stemmer remembers while it works, so each gets its own:
    an index may be built beside the loop."""
    algorithm = _ALGORITHMS.get(language)
    return str(stemmer(algorithm).stemWord(word)) if algorithm and not word[0].isdigit() else word
