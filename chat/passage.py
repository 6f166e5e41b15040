"""Pure: which part of an article is quoted: whole sentences of it, letter for letter, never made of pieces.

Whatever the text, each step costs no more than its length: an article is written by one and asked for by everybody.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

#: Characters of a quotation.
QUOTE = 400
#: One sentence that is longer than that is quoted whole up to here, then to the end of a word.
SENTENCE = 1_000
#: A paragraph that is longer counts as several, each of whole sentences.
PARAGRAPH = 4_000
_GAP = re.compile(r"\n[^\S\n]*\n\s*")
#: Where a sentence ends: a mark and what closes with it, then a space and a beginning; a line; the marks of scripts
#: without spaces. A single letter or "No" before a full stop is an abbreviation.
_END = re.compile(
    r"(?<!\b[^\W\d_])(?<!\bNo)(?<!\bno)[.!?…]{1,10}[\"»”’)\]*]*[^\S\n]+(?=[\"«“‘(\[*]*[^\W_a-zа-яё])|\n|(?<=[。！？])",
)


class Span(NamedTuple):
    """From `start` up to, not including, `end`."""

    start: int
    end: int


def paragraphs(text: str) -> list[Span]:
    """What stands between empty lines; a list is one with its heading line. None is longer than `PARAGRAPH`, but where
    a single sentence is."""
    found, at = [], 0
    for gap in _GAP.finditer(text):
        found.append(_trimmed(text, at, gap.start()))
        at = gap.end()
    found.append(_trimmed(text, at, len(text)))
    return [part for span in found if span.start < span.end for part in _parts(text, span)]


def _parts(text: str, span: Span) -> list[Span]:
    if span.end - span.start <= PARAGRAPH:
        return [span]
    parts: list[Span] = []
    for one in sentences(text, span):
        if parts and one.end - parts[-1].start <= PARAGRAPH:
            parts[-1] = Span(parts[-1].start, one.end)
        else:
            parts.append(one)
    return parts


def sentences(text: str, within: Span) -> list[Span]:
    """The sentences of a paragraph; each item of a list is one."""
    found, at = [], within.start
    for end in _END.finditer(text, within.start, within.end):
        found.append(_trimmed(text, at, end.end()))
        at = end.end()
    found.append(_trimmed(text, at, within.end))
    return [span for span in found if span.start < span.end]


def quote(text: str, within: Span, said: Sequence[Sequence[str]], worth: Mapping[str, float]) -> str:
    """The sentences in a row that say most of what is asked, at most `QUOTE` characters. `said`: the terms of each
    sentence `within`, not needed of a paragraph that is quoted whole; `worth`: of each term."""
    if within.end - within.start <= QUOTE:
        return text[within.start : within.end]
    spans = [within] if len(said) == 1 else sentences(text, within)
    held = [{term for term in some if term in worth} for some in said]
    best, chosen = (-1.0, 0), spans[0]
    seen: Counter[str] = Counter()
    first, sums = 0, 0.0
    for last, end in enumerate(spans):
        for term in held[last]:
            seen[term] += 1
            sums += worth[term] if seen[term] == 1 else 0.0
        while first < last and end.end - spans[first].start > QUOTE:
            sums -= _forgotten(seen, held[first], worth)
            first += 1
        rank = (round(sums, 9), end.end - spans[first].start)
        if rank > best:
            best, chosen = rank, Span(spans[first].start, end.end)
    return _cut(text[chosen.start : chosen.end])


def _forgotten(seen: Counter[str], terms: set[str], worth: Mapping[str, float]) -> float:
    """The row of sentences loses its first one: what of its worth goes with it."""
    lost = 0.0
    for term in terms:
        seen[term] -= 1
        lost += 0.0 if seen[term] else worth[term]
    return lost


def _cut(sentence: str) -> str:
    """A sentence without an end is cut between two words."""
    if len(sentence) <= SENTENCE:
        return sentence
    return sentence[: SENTENCE + 1].rsplit(None, 1)[0][:SENTENCE]


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return Span(start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip()))
