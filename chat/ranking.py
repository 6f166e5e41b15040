"""Pure: which article answers a question, what of it is quoted, and whether any of them does.

BM25 with weighted fields: S. Robertson, H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond",
Foundations and Trends in Information Retrieval 3(4), 2009, section 3.4 (k1, b) and 3.6 (fields are added before they
saturate); the weight of a term has a one inside the logarithm, so that it is never below zero. A paragraph is what is
found; the title of its article counts as a part of each.

The score is the share of what could be had at best: the sum over the terms of the question divided by the sum of their
weights, 0 to 1. A word that no article knows has the weight of a rare one: a question about something else stays low,
also where one of its words is found.
"""

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from heapq import nlargest
from typing import NamedTuple

from chat.passage import QUOTE, Span, paragraphs, quote, sentences
from chat.postings import Places, Postings, amount_at
from chat.terms import spoken, terms

#: Of BM25: how soon one more of the same word says nothing new.
K1 = 0.5
#: What is found elsewhere in the article counts for so much.
ELSEWHERE = 0.5
#: Under this score nothing fits (docs/knowledge.md says how it was chosen).
LEAST = 0.42
#: Characters of a question that are read, different terms of it that count, unknown ones that may be misspelt.
QUESTION, TERMS, SLIPS = 500, 40, 8
#: Rare terms first, about so many places are looked at; of the terms that are left only what they add to the best
#: paragraphs so far. Then so many articles are looked at as a whole. A common word costs no more than a rare one.
ALL_PLACES, BEST_UNITS, BEST_ARTICLES = 8_000, 200, 40
#: Words that are read at a stretch: about a millisecond.
PIECE = 50
#: Different terms of all articles of a site.
DISTINCT = 200_000


class Analysed(NamedTuple):
    """One article, read. `units`: the terms of its title, then of each paragraph; `spans`: from where to where each
    paragraph goes, `ends`: of the long ones, where in their terms each sentence ends."""

    id: str
    title: str
    text: str
    language: str
    units: list[list[str]]
    spans: "array[int]"
    ends: "dict[int, array[int]]"


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


class _Asked(NamedTuple):
    """A word of the question: the terms it stands for, what they say, and where they stand."""

    word: str
    likes: dict[str, float]
    weight: float
    places: Places


class _Scored(NamedTuple):
    """`unit`: its best paragraph; `seen`: what it has of the question."""

    score: float
    number: int
    unit: int
    seen: list[_Asked]


def at_once() -> None:
    """Nobody else has to be let on in between."""


def analysed(id_: str, title: str, text: str, language: str, breathe: Callable[[], None] = at_once) -> Analysed:
    """Reading is what costs; an index is quickly made of articles that were read. `breathe` is called between its
    pieces."""
    one = Analysed(id_, title, text, language, [terms(title, language)], array("I"), {})

    def read(start: int, end: int) -> Iterator[str]:
        for number, (_, term) in enumerate(spoken(text[start:end], language)):
            if number % PIECE == 0:
                breathe()
            yield term

    for span in paragraphs(text):
        one.spans.extend(span)
        if span.end - span.start <= QUOTE:
            one.units.append(list(read(*span)))
        else:
            held: list[str] = []
            ends = one.ends[len(one.units)] = array("I")
            for start, end in sentences(text, span):
                held.extend(read(start, end))
                ends.append(len(held))
            one.units.append(held)
    return one


class Index:
    """All articles of one language. `most`: different terms that are taken in; what comes later is not found."""

    def __init__(
        self,
        language: str,
        articles: Sequence[Analysed],
        most: int = DISTINCT,
        breathe: Callable[[], None] = at_once,
    ) -> None:
        self.language, self._articles = language, articles
        self._postings = Postings([one.units for one in articles], most, breathe)

    def __len__(self) -> int:
        """Different terms."""
        return len(self._postings)

    def __contains__(self, term: object) -> bool:
        return term in self._postings

    def search(self, question: str, most: int = 3) -> Found:
        """The `most` best articles; of equals, the older one first."""
        words: dict[str, str] = {}
        for word, term in spoken(question[:QUESTION], self.language):
            if len(words) < TERMS:
                words.setdefault(term, word)
        likes = {term: self._postings.likes(term) for term in words}
        for term in [term for term in words if not likes[term]][:SLIPS]:
            likes[term] = self._postings.slips(term)
        asked = [self._asked(word, likes[term]) for term, word in words.items()]
        unknown = tuple(one.word for one in asked if not one.likes)
        whole = sum(one.weight for one in asked)
        known = [one for one in asked if one.likes]
        scored = [self._scored(number, known) for number in self._nearest(known)]
        best = sorted(scored, key=lambda one: (-one.score, one.number))[:most]
        return Found([self._hit(one, whole) for one in best], unknown)

    def _asked(self, word: str, likes: dict[str, float]) -> _Asked:
        return _Asked(word, likes, self._postings.weight(likes), self._postings.places(likes))

    def _nearest(self, known: Sequence[_Asked]) -> list[int]:
        """The articles that are worth a closer look, by their titles and their best paragraphs."""
        owner = self._postings.owner
        units: dict[int, float] = {}
        titles: dict[int, float] = {}
        looked, best = 0, list[int]()
        for one in sorted(known, key=lambda each: len(each.places.units)):
            looked += len(one.places.units)
            weight = one.weight
            if looked <= ALL_PLACES or not best:
                for unit, amount in zip(one.places.units, one.places.amounts, strict=True):
                    units[unit] = units.get(unit, 0.0) + weight * amount / (amount + K1)
                if looked > ALL_PLACES:
                    best = nlargest(BEST_UNITS, units, key=units.__getitem__)
            else:
                for unit in best:
                    amount = amount_at(one.places, unit)
                    units[unit] += weight * amount / (amount + K1)
            for number, amount in one.places.titles.items():
                titles[number] = titles.get(number, 0.0) + weight * amount / (amount + K1)
        bodies: dict[int, float] = {}
        for unit, much in units.items():
            number = owner[unit]
            if much > bodies.get(number, 0.0):
                bodies[number] = much
        both = {number: bodies.get(number, 0.0) + titles.get(number, 0.0) for number in bodies.keys() | titles.keys()}
        return nlargest(BEST_ARTICLES, both, key=lambda number: (both[number], -number))

    def _scored(self, number: int, known: Sequence[_Asked]) -> _Scored:
        """One article: its title with its best paragraph, and half of what the others have beyond that."""
        start, end = self._postings.span(number)
        bodies: dict[int, float] = {}
        in_title = spread = 0.0
        seen = []
        for one in known:
            title = one.places.titles.get(number, 0.0)
            at_first = one.weight * title / (title + K1)
            in_title += at_first
            at, most, places = bisect_left(one.places.units, start), 0.0, one.places
            while at < len(places.units) and (unit := places.units[at]) < end:
                amount = title + places.amounts[at]
                more = one.weight * amount / (amount + K1) - at_first
                bodies[unit] = bodies.get(unit, 0.0) + more
                most = max(most, more)
                at += 1
            spread += most
            if title or most:
                seen.append(one)
        unit = max(bodies, key=lambda each: (bodies[each], -each), default=start)
        body = bodies.get(unit, 0.0)
        return _Scored(in_title + body + ELSEWHERE * (spread - body), number, unit, seen)

    def _hit(self, scored: _Scored, whole: float) -> Hit:
        one = self._articles[scored.number]
        unit = scored.unit - self._postings.first[scored.number]
        span = Span(*one.spans[2 * unit - 2 : 2 * unit])
        ends = one.ends.get(unit, ())
        said = [one.units[unit][start:end] for start, end in zip((0, *ends), ends, strict=False)]
        worth: Mapping[str, float] = {like: each.weight for each in scored.seen for like in each.likes}
        words = quote(one.text, span, said, worth)
        return Hit(one.id, one.title, words, round(scored.score / whole, 4), tuple(each.word for each in scored.seen))
