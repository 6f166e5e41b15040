"""Pure: a tree out of a table: an address, then the names from the root, in one cell (`Women > Boots`) or in several.

Comma, semicolon or tab; UTF-8 with or without a mark in front, or what spreadsheets call Unicode. All or nothing: one
bad line and nothing is taken, and every bad line is told, up to `FAULTS`.
"""

import csv
from collections.abc import Iterator

from contract.tree import Path
from tracker.tree_entry import Entry, Fault, Faulty, Refusals, address_of, path_of

FAULTS = 20
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_BETWEEN = ",;\t"
#: The largest line: an address and twenty names, and room to spare.
_LINE = 16_384


def read_csv(body: bytes, most: int) -> list[Entry]:
    """The entries in their order. Raises Refusals, or OverflowError for more than `most`."""
    text = _text(body)
    entries: list[Entry] = []
    faults: list[tuple[int, Fault]] = []
    faulty = 0
    for line, cells in _rows(text):
        if isinstance(cells, str):
            fault: Fault = "bad_quotes"
        else:
            try:
                entries.append(_entry(cells))
                if len(entries) > most:
                    raise OverflowError(most)
                continue
            except Faulty as wrong:
                if not entries and not faulty and line == 1 and _is_heading(cells):
                    continue
                fault = wrong.fault
        faulty += 1
        if len(faults) < FAULTS:
            faults.append((line, fault))
    if faulty:
        raise Refusals(faults, faulty)
    return entries


def _text(body: bytes) -> str:
    mark, encoding = next((known for known in _MARKS if body.startswith(known[0])), (b"", "utf-8"))
    body = body[len(mark) :]
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        line = body[: error.start].count("\n".encode(encoding)) + 1
        raise Refusals([(line, "bad_encoding")], 1) from error


def _rows(text: str) -> Iterator[tuple[int, list[str] | str]]:
    """(number of the line a row begins in, its cells); a text instead of cells where the quotes are wrong."""
    lines = text.splitlines(keepends=True) if "\r" not in text.replace("\r\n", "") else text.split("\r")
    reader = csv.reader(_short(lines), delimiter=_delimiter(text), strict=True)
    begins = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield begins, str(error)
            return  # after a quote that never ends nothing can be told from anything
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _short(lines: list[str]) -> Iterator[str]:
    """A line beyond all measure is cut: what is left of it is refused for its length."""
    return (line if len(line) <= _LINE else line[:_LINE] + "\n" for line in lines)


def _delimiter(text: str) -> str:
    """Whichever comes first in the first line, outside of quotes: an address has none of them."""
    quoted = False
    for character in text[:_LINE].lstrip().partition("\n")[0]:
        if character == '"':
            quoted = not quoted
        elif character in _BETWEEN and not quoted:
            return character
    return ","


def _entry(cells: list[str]) -> Entry:
    address = address_of(cells[0])
    names = [cell.strip() for cell in cells[1:]]
    while names and not names[-1]:
        names.pop()
    if len(names) == 1 and ">" in names[0]:
        names = names[0].split(">")
    path: Path = path_of(names)
    if not path and address != "/":
        raise Faulty("no_names")
    return Entry(address, path)


def _is_heading(cells: list[str]) -> bool:
    """The first line may say what the columns are: no address has neither slash nor colon."""
    return not any(mark in cells[0] for mark in "/:")
