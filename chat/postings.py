"""Pure: where each word of all articles stands, and which words a word that is asked for stands for.

A unit is the title of an article or one of its paragraphs; units are numbered through, each article's title first.
"""

import math
from array import array
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from typing import NamedTuple

#: Of BM25: how much a long paragraph is worth less.
B = 0.3
#: A word of the title counts as so many of a paragraph.
TITLE = 3.0
#: A word like one that is asked for (its beginning, one letter wrong) counts for so much.
ALIKE = 0.8
#: Letters from which on words are compared like that.
KIN_FROM, TYPO_FROM = 5, 6
#: Terms that are looked at for one that is asked for: those that begin with it, those that it may be a slip of.
KIN_LOOKED, SLIPS_LOOKED = 1_000, 8_000
#: Terms sorted at once.
SORTED = 4_000
#: Fewer articles than that do not tell how rare a word is.
FEW = 10


class Places(NamedTuple):
    """Where a word stands. `units`: paragraphs, ascending; `amounts`: how often there, less in a long one.
    `titles`: article -> how often in its title, times `TITLE`."""

    units: Sequence[int]
    amounts: Sequence[float]
    titles: dict[int, float]


NOWHERE = Places((), (), {})


class Postings:
    """Of articles as lists of units, each a list of terms. `most`: different terms; what comes later is not kept.
    `breathe` is called between short pieces of the work."""

    def __init__(self, articles: Sequence[Sequence[Sequence[str]]], most: int, breathe: Callable[[], None]) -> None:
        self.number = len(articles)
        self.owner, self.first = array("I"), array("I")
        bodies = [len(unit) for units in articles for unit in units[1:]]
        usual = max(1.0, sum(bodies) / max(1, len(bodies)))
        self._places: dict[str, Places] = {}
        self._holding: dict[str, int] = {}
        for number, units in enumerate(articles):
            self.first.append(len(self.owner))
            held: set[str] = set()
            for unit in units:
                at = len(self.owner)
                self.owner.append(number)
                length = 1 - B + B * len(unit) / usual
                for term, times in Counter(unit).items():
                    places = self._places.get(term)
                    if places is None:
                        if len(self._places) >= most:
                            continue
                        places = self._places[term] = Places(array("I"), array("d"), {})
                    if at == self.first[number]:
                        places.titles[number] = times * TITLE
                    else:
                        places.units.append(at)  # type: ignore[attr-defined]
                        places.amounts.append(times / length)  # type: ignore[attr-defined]
                    held.add(term)
                breathe()
            for term in held:
                self._holding[term] = self._holding.get(term, 0) + 1
        self._sorted = _sorted(list(self._places), breathe)

    def __len__(self) -> int:
        """Different terms."""
        return len(self._places)

    def __contains__(self, term: object) -> bool:
        return term in self._places

    def likes(self, term: str) -> dict[str, float]:
        """The terms of the articles that `term` stands for, and how much each counts: itself and its kin."""
        found = {term: 1.0} if term in self._places else {}
        if len(term) >= KIN_FROM and not term.isdigit():
            found.update((kin, ALIKE) for kin in self._kin(term))
        return found

    def slips(self, term: str) -> dict[str, float]:
        """As `likes`, for one that nobody knows: what it may be a misspelling of. Looks at all with its initial."""
        known = len(term) >= TYPO_FROM and not term.isdigit()
        return dict.fromkeys(self._near(term), ALIKE) if known else {}

    def places(self, likes: dict[str, float]) -> Places:
        """Where any of these terms stands."""
        if not likes:
            return NOWHERE
        if len(likes) == 1 and 1.0 in likes.values():
            return self._places[next(iter(likes))]
        units: dict[int, float] = {}
        titles: dict[int, float] = {}
        for term, likeness in likes.items():
            places = self._places[term]
            for unit, amount in zip(places.units, places.amounts, strict=True):
                units[unit] = units.get(unit, 0.0) + likeness * amount
            for number, amount in places.titles.items():
                titles[number] = titles.get(number, 0.0) + likeness * amount
        return Places(sorted(units), [units[unit] for unit in sorted(units)], titles)

    def weight(self, likes: dict[str, float]) -> float:
        """How much it says that one of these terms stands somewhere: ln(1 + (N - n + 0.5) / (n + 0.5)), n of N articles
        with it. Of several the commonest counts; of none, it is as if it stood nowhere."""
        holding = max((self._holding[term] for term in likes), default=0)
        number = max(FEW, self.number)
        return math.log(1 + (number - holding + 0.5) / (holding + 0.5))

    def span(self, number: int) -> tuple[int, int]:
        """The paragraphs of an article: from, up to and not including."""
        end = self.first[number + 1] if number + 1 < self.number else len(self.owner)
        return self.first[number] + 1, end

    def _kin(self, term: str) -> Iterator[str]:
        """Those that go on after it for at most three letters, or that it goes on after: deliv, deliveri."""
        for cut in range(max(KIN_FROM, len(term) - 3), len(term)):
            if term[:cut] in self._places:
                yield term[:cut]
        begin = bisect_left(self._sorted, term)
        for at in range(begin, min(begin + KIN_LOOKED, len(self._sorted))):
            other = self._sorted[at]
            if not other.startswith(term):
                break
            if len(term) < len(other) <= len(term) + 3:
                yield other

    def _near(self, term: str) -> Iterator[str]:
        """Those with one letter more, less, other, or two changed over; the first one is right. Of very many with this
        initial, its neighbours in the alphabet."""
        begin, end = bisect_left(self._sorted, term[0]), bisect_left(self._sorted, chr(ord(term[0]) + 1))
        if end - begin > SLIPS_LOOKED:
            begin = max(begin, min(bisect_left(self._sorted, term) - SLIPS_LOOKED // 2, end - SLIPS_LOOKED))
            end = begin + SLIPS_LOOKED
        for at in range(begin, end):
            other = self._sorted[at]
            if abs(len(other) - len(term)) <= 1 and one_slip(term, other):
                yield other


def _sorted(terms: list[str], breathe: Callable[[], None]) -> list[str]:
    """In pieces: while one list is sorted nothing else runs."""
    pieces = []
    for at in range(0, len(terms), SORTED):
        pieces.append(sorted(terms[at : at + SORTED]))
        breathe()
    return list(merge(*pieces))


def amount_at(places: Places, unit: int) -> float:
    """How often it stands in this paragraph."""
    at = bisect_left(places.units, unit)
    return places.amounts[at] if at < len(places.units) and places.units[at] == unit else 0.0


def one_slip(a: str, b: str) -> bool:
    """Whether one letter too many, too few, another one, or two in the wrong order make the difference."""
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) == len(b):
        return a[at + 1 :] == b[at + 1 :] or (a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :])
    return a[at:] == b[at + 1 :]
