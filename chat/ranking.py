"""Pure: which article answers a question, what of it is quoted, and whether any of them does.

BM25 with weighted fields: S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
Foundations and Trends in Information Retrieval 3(4), 2009, section 3.4 (k1, b) and 3.6 (fields are added before they
saturate); the weight of a term has a one inside the logarithm, so that it is never below zero. A paragraph is what is
found; the title of its article counts as a part of each.

The score is the share of what could be had at best: the sum over the terms of the question divided by the sum of their
weights, 0 to 1. A word that no article knows has the weight of a rare one: a question about something else stays low,
also where one of its words is found.
"""

import math
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import NamedTuple

from chat.passage import Span, paragraphs, quote
from chat.terms import spoken, terms

K1, B = 0.5, 0.3
#: A word of the title counts as so many of a paragraph.
TITLE = 3.0
#: What is found elsewhere in the article counts for so much.
ELSEWHERE = 0.5
#: Under this score nothing fits. Chosen on one half of the questions in tests/unit/questions, checked on the other
#: (docs/knowledge.md).
LEAST = 0.42
#: Fewer articles than that do not tell how rare a word is.
FEW = 10
#: A word like one that is asked for (its beginning, one letter wrong) counts for so much.
ALIKE = 0.8
#: Letters from which on words are compared like that.
_LIKE_FROM = 5
_TYPO_FROM = 6
#: Characters of a question that are read, and different terms of it that count.
QUESTION, TERMS = 500, 40


class Analysed(NamedTuple):
    """One article, read: the terms of its title, then of each paragraph."""

    id: str
    title: str
    text: str
    language: str
    units: list[list[str]]


class Hit(NamedTuple):
    """`quote`: letter for letter of the article's text. `words`: those of the question that were found."""

    id: str
    title: str
    quote: str
    score: float
    words: tuple[str, ...]

    @property
    def fits(self) -> bool:
        """Whether it is an answer."""
        return self.score >= LEAST


class Found(NamedTuple):
    """`hits`: best first, also those that do not fit. `unknown`: words of the question that no article has."""

    hits: list[Hit]
    unknown: tuple[str, ...]

    @property
    def answers(self) -> list[Hit]:
        """Those that fit; none: nothing fits."""
        return [hit for hit in self.hits if hit.fits]


def analysed(id_: str, title: str, text: str, language: str) -> Analysed:
    """Reading is what costs; an index is quickly made of articles that were read."""
    spans = paragraphs(text)
    units = [terms(title, language), *(terms(text[start:end], language) for start, end in spans)]
    return Analysed(id_, title, text, language, units)


class Index:
    """All articles of one language. A unit is a title or a paragraph; units are numbered through."""

    def __init__(self, language: str, articles: Sequence[Analysed]) -> None:
        self.language, self.articles = language, articles
        self._owner, self._length, self._first = array("I"), array("I"), array("I")
        self._units: dict[str, array[int]] = {}
        for number, one in enumerate(articles):
            self._first.append(len(self._owner))
            for unit in one.units:
                at = len(self._owner)
                for term in unit:
                    self._units.setdefault(term, array("I")).append(at)
                self._owner.append(number)
                self._length.append(len(unit))
        bodies = len(self._owner) - len(articles)
        words = sum(self._length) - sum(len(one.units[0]) for one in articles)
        self._usual = max(1.0, words / max(1, bodies))
        self._sorted = sorted(self._units)

    def search(self, question: str, most: int = 3) -> Found:
        """The `most` best articles. Takes as long as the terms of the question stand often in the articles."""
        asked: dict[str, str] = {}
        for word, term in spoken(question[:QUESTION], self.language):
            if len(asked) < TERMS:
                asked.setdefault(term, word)
        known = {term: self._like(term) for term in asked}
        weight = {term: self._weight(likes) for term, likes in known.items()}
        whole = sum(weight.values())
        unknown = tuple(word for term, word in asked.items() if not known[term])
        if len(unknown) == len(asked):
            return Found([], unknown)
        scores, best, seen = self._scores(known, weight)
        hits = []
        for number in sorted(scores, key=lambda one: (-scores[one], one))[:most]:
            words = tuple(word for term, word in asked.items() if term in seen[number])
            worth = {like: weight[term] for term in seen[number] for like in known[term]}
            one = self.articles[number]
            hits.append(Hit(one.id, one.title, self._quote(number, best.get(number), worth),
                            round(scores[number] / whole, 4), words))  # fmt: skip
        return Found(hits, unknown)

    def _scores(
        self, known: dict[str, dict[str, float]], weight: dict[str, float]
    ) -> tuple[dict[int, float], dict[int, int], dict[int, set[str]]]:
        """Article -> score, its best paragraph, the terms found in it."""
        titles: dict[int, float] = {}  # what the title alone gives
        bodies: dict[int, float] = {}  # what a paragraph adds to that
        spread: dict[int, float] = {}  # what the best paragraphs for each term would add
        seen: dict[int, set[str]] = {}
        for term, likes in known.items():
            often = self._often(likes)
            in_title = {}
            for unit, times in often.items():
                number = self._owner[unit]
                if unit == self._first[number]:
                    in_title[number] = times * TITLE
            for number, times in in_title.items():
                titles[number] = titles.get(number, 0.0) + weight[term] * times / (times + K1)
                seen.setdefault(number, set()).add(term)
            here: dict[int, float] = {}
            for unit, times in often.items():
                number = self._owner[unit]
                if unit == self._first[number]:
                    continue
                before = in_title.get(number, 0.0)
                now = before + times / (1 - B + B * self._length[unit] / self._usual)
                more = weight[term] * (now / (now + K1) - before / (before + K1))
                bodies[unit] = bodies.get(unit, 0.0) + more
                here[number] = max(here.get(number, 0.0), more)
                seen.setdefault(number, set()).add(term)
            for number, more in here.items():
                spread[number] = spread.get(number, 0.0) + more
        best: dict[int, int] = {}
        for unit, more in bodies.items():
            number = self._owner[unit]
            if number not in best or more > bodies[best[number]]:
                best[number] = unit
        scores = {}
        for number in seen:
            body = bodies[best[number]] if number in best else 0.0
            scores[number] = titles.get(number, 0.0) + body + ELSEWHERE * (spread.get(number, 0.0) - body)
        return scores, best, seen

    def _often(self, likes: dict[str, float]) -> dict[int, float]:
        """Unit -> how often one of these terms stands in it, each by how like it is."""
        often: dict[int, float] = {}
        for term, likeness in likes.items():
            for unit, times in groupby(self._units[term]):
                often[unit] = often.get(unit, 0.0) + likeness * sum(1 for _ in times)
        return often

    def _weight(self, likes: dict[str, float]) -> float:
        """ln(1 + (N - n + 0.5) / (n + 0.5)), n of N articles with the term."""
        holding = {self._owner[unit] for term in likes for unit in self._units[term]}
        number = max(FEW, len(self.articles))
        return math.log(1 + (number - len(holding) + 0.5) / (len(holding) + 0.5))

    def _like(self, term: str) -> dict[str, float]:
        """The terms of the articles that `term` stands for: itself; of its kin, and its misspellings, if need be."""
        found = {term: 1.0} if term in self._units else {}
        if len(term) >= _LIKE_FROM and not term.isdigit():
            found.update((kin, ALIKE) for kin in self._kin(term) if kin != term)
        if not found and len(term) >= _TYPO_FROM and not term.isdigit():
            found = dict.fromkeys(self._near(term), ALIKE)
        return found

    def _kin(self, term: str) -> Iterable[str]:
        """Those that begin with it and go on for at most three letters, or the reverse: deliv, deliveri."""
        for cut in range(max(_LIKE_FROM, len(term) - 2), len(term)):
            if term[:cut] in self._units:
                yield term[:cut]
        for at in range(bisect_left(self._sorted, term), len(self._sorted)):
            other = self._sorted[at]
            if not other.startswith(term):
                break
            if len(other) <= len(term) + 2:
                yield other

    def _near(self, term: str) -> Iterable[str]:
        """Those with one letter more, less, other, or two changed over; the first one is right."""
        for at in range(bisect_left(self._sorted, term[0]), len(self._sorted)):
            other = self._sorted[at]
            if other[0] != term[0]:
                break
            if abs(len(other) - len(term)) <= 1 and one_slip(term, other):
                yield other

    def _quote(self, number: int, unit: int | None, worth: dict[str, float]) -> str:
        text = self.articles[number].text
        spans = paragraphs(text)
        span: Span = spans[0 if unit is None else unit - self._first[number] - 1]
        return quote(text, span, lambda part: terms(part, self.language), worth)


def one_slip(a: str, b: str) -> bool:
    """Whether one letter too many, too few, another one, or two in the wrong order make the difference."""
    if len(a) > len(b):
        a, b = b, a
    at = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), len(a))
    if len(a) == len(b):
        return a[at + 1 :] == b[at + 1 :] or (a[at : at + 2] == b[at : at + 2][::-1] and a[at + 2 :] == b[at + 2 :])
    return a[at:] == b[at + 1 :]
