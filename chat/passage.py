"""Pure: which part of an article is quoted: whole sentences of it, letter for letter, never made of pieces."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

#: Characters of a quotation.
QUOTE = 400
#: One sentence that is longer than that is quoted whole up to here, then to the end of a word.
SENTENCE = 1_000
_GAP = re.compile(r"\n[^\S\n]*\n\s*")
#: Where a sentence ends: a mark and what closes with it, then a space and a beginning; a line; the marks of scripts
#: without spaces. A single letter or "No" before a full stop is an abbreviation.
_END = re.compile(
    r"(?<!\b[^\W\d_])(?<!\bNo)(?<!\bno)[.!?…]+[\"»”’)\]*]*[^\S\n]+(?=[\"«“‘(\[*]*[^\W_a-zа-яё])|\n|(?<=[。！？])",
)


class Span(NamedTuple):
    """From `start` up to, not including, `end`."""

    start: int
    end: int


def paragraphs(text: str) -> list[Span]:
    """What stands between empty lines; a list is one with its heading line."""
    found, at = [], 0
    for gap in _GAP.finditer(text):
        found.append(_trimmed(text, at, gap.start()))
        at = gap.end()
    found.append(_trimmed(text, at, len(text)))
    return [span for span in found if span.start < span.end]


def sentences(text: str, within: Span) -> list[Span]:
    """The sentences of a paragraph; each item of a list is one."""
    found, at = [], within.start
    for end in _END.finditer(text, within.start, within.end):
        found.append(_trimmed(text, at, end.end()))
        at = end.end()
    found.append(_trimmed(text, at, within.end))
    return [span for span in found if span.start < span.end]


def quote(text: str, within: Span, terms: Callable[[str], list[str]], worth: Mapping[str, float]) -> str:
    """The sentences in a row that say most of what is asked, at most `QUOTE` characters. `worth`: of each term."""
    if within.end - within.start <= QUOTE:
        return text[within.start : within.end]
    spans = sentences(text, within)
    held = [{term for term in terms(text[span.start : span.end]) if term in worth} for span in spans]
    best, chosen = (-1.0, 0), spans[0]
    for first, begin in enumerate(spans):
        seen: set[str] = set()
        for last in range(first, len(spans)):
            length = spans[last].end - begin.start
            if length > QUOTE and last > first:
                break
            seen |= held[last]
            rank = (sum(worth[term] for term in seen), length)
            if rank > best:
                best, chosen = rank, Span(begin.start, spans[last].end)
    return _cut(text[chosen.start : chosen.end])


def _cut(sentence: str) -> str:
    """A sentence without an end is cut between two words."""
    if len(sentence) <= SENTENCE:
        return sentence
    return sentence[: SENTENCE + 1].rsplit(None, 1)[0][:SENTENCE]


def _trimmed(text: str, start: int, end: int) -> Span:
    part = text[start:end]
    return Span(start + len(part) - len(part.lstrip()), end - len(part) + len(part.rstrip()))
