"""Pure: what a file is, by its bytes alone. Names and headers are somebody's word and are never asked.

Four kinds of picture and PDF. Only the head of a picture is walked, as far as its measures; nothing is unpacked or
decoded, so that no bomb goes off here. What else may hide in the bytes (a page, a script, an archive) is harmless by
how files are served (docs/files.md), not by what is looked for.

Sources: PNG 3rd edition 11.2.1, ITU T.81 B.2.2, GIF89a 18, RFC 9649 (WebP), ISO 32000-2 7.5.2.
"""

from typing import Protocol
from zlib import crc32

import msgspec

from contract.errors import Refused
from contract.names import FileType

#: Whoever looks at a picture decodes it: so many pixels take 256 MiB there. The largest telephones make 50 million.
LONGEST_SIDE, MOST_PIXELS = 16_384, 64_000_000
#: The first bytes that tell what it may become.
HEAD = 16
#: Segments and fill bytes of a JPEG before its measures: real ones have tens.
_SEGMENTS = 1_000
#: Start of frame, of every process (T.81 table B.1); the three numbers left out between them mean something else.
_FRAMES = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
#: Markers without a length: TEM, and the restarts.
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})
Measures = tuple[int, int]


class Bytes(Protocol):
    """Bytes, or a file that is mapped into memory and read only where it is touched."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> bytes: ...


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What the bytes say. `width`, `height` in pixels, None for a document."""

    type: FileType
    width: int | None = None
    height: int | None = None


def kind(head: Bytes) -> FileType | None:
    """What begins like this (`HEAD` bytes are enough), or None for what we do not take."""
    first = head[0:HEAD]
    if first.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if first.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if first.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    if first.startswith(b"RIFF") and first[8:15] == b"WEBPVP8" and first[15:16] in (b" ", b"L", b"X"):
        return "image/webp"
    if first.startswith((b"%PDF-1.", b"%PDF-2.")):
        return "application/pdf"
    return None


def sniff(file: Bytes) -> Seen:
    """What the whole file is. Refused("file_type") for what we do not take and for a picture without measures,
    Refused("file_too_large") for more pixels than a screen should have to unpack.
    """
    found = kind(file)
    if found is None:
        raise Refused("file_type")
    if found == "application/pdf":
        return Seen(type=found)
    measures = _MEASURES[found](file)
    if measures is None or 0 in measures:
        raise Refused("file_type")
    width, height = measures
    if max(measures) > LONGEST_SIDE or width * height > MOST_PIXELS:
        raise Refused("file_too_large", f"{MOST_PIXELS // 1_000_000} megapixels")
    return Seen(type=found, width=width, height=height)


def _png(file: Bytes) -> Measures | None:
    """The first chunk is IHDR, of 13 bytes, and its checksum is right."""
    chunk = file[8:33]
    if len(chunk) < 25 or chunk[:8] != b"\x00\x00\x00\x0dIHDR" or crc32(chunk[4:21]) != _big(chunk[21:25]):
        return None
    return _big(chunk[8:12]), _big(chunk[12:16])


def _gif(file: Bytes) -> Measures | None:
    """The logical screen."""
    screen = file[6:10]
    return (_little(screen[:2]), _little(screen[2:])) if len(screen) == 4 else None


def _webp(file: Bytes) -> Measures | None:
    """The canvas, or the one picture: what comes first says so."""
    head = file[0:30]
    if _little(head[4:8]) + 8 > len(file) or len(head) < 25:
        return None
    body = head[20:]
    if head[12:16] == b"VP8X":
        return (_little(body[4:7]) + 1, _little(body[7:10]) + 1) if len(body) == 10 else None
    if head[12:16] == b"VP8L":
        bits = _little(body[1:5])
        return ((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1) if body[0] == 0x2F else None
    if len(body) < 10 or body[3:6] != b"\x9d\x01\x2a":
        return None
    return _little(body[6:8]) & 0x3FFF, _little(body[8:10]) & 0x3FFF


def _jpeg(file: Bytes) -> Measures | None:
    """From segment to segment as far as the first frame. Without one before the scan there is no picture."""
    at = 2
    for _ in range(_SEGMENTS):
        mark = file[at : at + 4]
        if len(mark) < 4 or mark[0] != 0xFF:
            return None
        if mark[1] == 0xFF:  # a fill byte
            at += 1
            continue
        if mark[1] in _BARE:
            at += 2
            continue
        length = _big(mark[2:4])
        if length < 2 or mark[1] in (0x00, 0xD8, 0xD9, 0xDA):
            return None
        if mark[1] in _FRAMES:
            frame = file[at + 4 : at + 9]
            return (_big(frame[3:5]), _big(frame[1:3])) if len(frame) == 5 and length >= 8 else None
        at += 2 + length
    return None


def _big(number: bytes) -> int:
    return int.from_bytes(number, "big")


def _little(number: bytes) -> int:
    return int.from_bytes(number, "little")


_MEASURES = {"image/png": _png, "image/jpeg": _jpeg, "image/gif": _gif, "image/webp": _webp}
