"""Which reader for which name, and the lines of a file, packed or not."""

import gzip
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args

from service.replay.formats import apache, eshop, jsonl
from service.replay.formats.shape import Happened, Line, Skipped

Format = Literal["apache", "eshop", "jsonl"]
FORMATS: tuple[Format, ...] = get_args(Format)
_GZIP = b"\x1f\x8b"


def lines(file: Path) -> Iterator[Line]:
    """Numbered from 1, without their ends. A gzip file is known by its first bytes, not by its name."""
    with file.open("rb") as raw:
        packed = raw.read(2) == _GZIP
    with gzip.open(file, "rb") if packed else file.open("rb") as opened:
        for number, line in enumerate(opened, start=1):
            yield number, line.rstrip(b"\r\n")


def read(file: Path, name: str, *, all_requests: bool = False) -> Iterator[Happened | Skipped]:
    """What happened, as the file tells it. ValueError with a sentence for an unknown format or a foreign file."""
    if name == "apache":
        return apache.read(lines(file), all_requests=all_requests, host=apache.host_of(lines(file)))
    if name == "eshop":
        return eshop.read(lines(file))
    if name == "jsonl":
        return jsonl.read(lines(file))
    raise ValueError(f"the format is one of {', '.join(FORMATS)}")
