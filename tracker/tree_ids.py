"""Pure: the parts of an address that are numbers and codes rather than names."""

from collections.abc import Sequence

_HEX = frozenset("0123456789abcdef-")
_DIGITS = frozenset("0123456789")
#: From this many digits a number at the edge of a name is an id; fewer may be a size, a year or a model.
_EDGE = 5
_LONG_CODE = 12
_FILES = (".html", ".htm", ".php", ".aspx", ".asp", ".jsp")
#: How a date stands in an address: year, month, day.
_DATE_PARTS = 3


def is_id(segments: Sequence[str], position: int) -> bool:
    """Whether the segment there is nothing but an id. A year, and a month and a day behind it, are none."""
    text = stem(segments[position])
    return is_code(text) and not _in_date(segments, position)


def is_code(text: str) -> bool:
    """A whole number, a UUID, or 12 and more hexadecimal digits with a number in them."""
    if is_number(text):
        return True
    lower = text.lower()
    return len(lower) >= _LONG_CODE and _HEX.issuperset(lower) and not _DIGITS.isdisjoint(lower)


def is_number(text: str) -> bool:
    return bool(text) and _DIGITS.issuperset(text)


def without_id(segment: str) -> str:
    """`red-boots-184467` -> `red-boots`, `184467-red-boots.html` -> `red-boots.html`; anything else as it is."""
    name = stem(segment)
    ending = segment[len(name) :]
    for mark in "-_":
        head, _, tail = name.rpartition(mark)
        if _is_name(head) and _is_edge(tail):
            return head + ending
        head, _, tail = name.partition(mark)
        if _is_name(tail) and _is_edge(head):
            return tail + ending
    return segment


def stem(segment: str) -> str:
    """Without the ending that pages have."""
    lower = segment.lower()
    return next((segment[: -len(ending)] for ending in _FILES if lower.endswith(ending)), segment)


def _is_edge(text: str) -> bool:
    """An id beside a name: five digits, or a letter and then five: `184467`, `p184467`."""
    number = text[1:] if text[:1].isalpha() else text
    return len(number) >= _EDGE and is_number(number)


def _is_name(text: str) -> bool:
    return any(character.isalpha() for character in text)


def _in_date(segments: Sequence[str], position: int) -> bool:
    for year in range(max(0, position - _DATE_PARTS + 1), position + 1):
        after = segments[year + 1 : position + 1]
        if _is_year(segments[year]) and all(is_number(part) and len(part) <= 2 for part in after):
            return True
    return False


def _is_year(text: str) -> bool:
    return len(text) == 4 and is_number(text) and text[:2] in ("19", "20")
