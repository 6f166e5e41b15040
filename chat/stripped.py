"""Pure: a picture without what a camera or a program wrote beside it: where it was taken, when, with what, by whom.

Segments are left out; nothing is decoded or encoded anew, so that no pixel changes and no bomb goes off here. What is
kept is a closed list: the picture, its colours, its frames, and how it is to be turned. What cannot be walked, and what
comes behind the end (a second picture, a film, a page), is left out too: a file may become shorter, never longer.

Sources: ITU T.81 B.1, Exif 2.32 4.5-4.6, PNG 3rd edition 5.6, RFC 9649 (WebP) 2.7.
"""

import re
from collections.abc import Iterator
from mmap import mmap
from zlib import crc32

from contract.names import FileType

#: Parts of one file that are looked at: real ones have some thousands. The rest is left out.
MOST_PARTS = 100_000
File = bytes | mmap
#: (from, to) of what stays as it is, and bytes that are put there instead.
Piece = tuple[int, int] | bytes

#: Frames, tables, restarts, scans (T.81 table B.1); what applications write and comments are none of these.
_JPEG_KEPT = frozenset({*range(0xC0, 0xD0), 0xDA, 0xDB, 0xDC, 0xDD, 0xDE, 0xDF} - {0xC8})
#: Colours, under the names they have among what applications write.
_JPEG_COLOURS = {0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
_JFIF, _JFIF_LENGTH = b"JFIF\0", 16
_EXIF = b"Exif\0\0"
_SOS, _EOI, _APP0, _APP1 = 0xDA, 0xD9, 0xE0, 0xE1
#: Inside a scan 0xFF is followed by 0, by a restart, or by another 0xFF; anything else ends it.
_SCAN_ENDS = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]")
#: What stands before a part, and is none: fill bytes, restarts outside of a scan, another beginning.
_NO_PART = frozenset({0x00, 0x01, 0xFF, *range(0xD0, 0xD9)})
_MARK = re.compile(rb"\xff[^\x00\x01\xff\xd0-\xd8]")

_PNG_KEPT = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI",
     b"sBIT", b"bKGD", b"hIST", b"sPLT", b"pHYs", b"acTL", b"fcTL", b"fdAT")
)  # fmt: skip
_PNG_END = b"\0\0\0\0IEND\xae\x42\x60\x82"
_WEBP_KEPT = frozenset((b"VP8X", b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
#: Flags of VP8X.
_HAS_EXIF, _HAS_XMP = 0x08, 0x04


class _Kept:
    """What stays, in order; neighbours become one piece."""

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        self.size = 0

    def keep(self, start: int, end: int) -> None:
        last = self.pieces[-1] if self.pieces else None
        if isinstance(last, tuple) and last[1] == start:
            self.pieces[-1] = (last[0], end)
        else:
            self.pieces.append((start, end))
        self.size += end - start

    def put(self, made: bytes) -> None:
        self.pieces.append(made)
        self.size += len(made)


def stripped(file: File, type: FileType) -> list[Piece]:
    """What is left of a file that `sniff` has taken for `type`, in the order of the file. One piece is all of it.

    Whatever is put between pieces is no longer than what was left out before it, so that the file can be closed up in
    its place. GIFs and documents stay as they are.
    """
    strip = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp}.get(type)
    return [(0, len(file))] if strip is None else strip(file)


def _jpeg(file: File) -> list[Piece]:
    kept, at, turned = _Kept(), 2, False
    kept.keep(0, 2)
    for _ in range(MOST_PARTS):
        mark = file[at : at + 4]
        if len(mark) < 2:
            break
        if mark[0] != 0xFF or mark[1] in _NO_PART:  # nothing that means anything, as far as the next mark
            found = _MARK.search(file, at + 1)
            if found is None:
                break
            at = found.start()
            continue
        code = mark[1]
        if code == _EOI:
            kept.keep(at, at + 2)
            break
        end = at + 2 + _big(mark[2:4])
        if len(mark) < 4 or end < at + 4 or end > len(file):
            break
        if code == _SOS:
            found = _SCAN_ENDS.search(file, end)
            end = len(file) if found is None else found.start()
        if code in _JPEG_KEPT or _is_colour(code, file[at + 4 : min(end, at + 20)], end - at - 2):
            kept.keep(at, end)
        elif code == _APP1 and not turned and file[at + 4 : at + 10] == _EXIF:
            turned = True
            if turn := _turn(file[at + 10 : end]):
                body = _EXIF + turn
                kept.put(b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body)
        at = end
    return kept.pieces


def _is_colour(code: int, head: bytes, length: int) -> bool:
    """Colours, and the density. A JFIF that is longer than its head holds a small picture of the whole."""
    if code == _APP0:
        return head.startswith(_JFIF) and length == _JFIF_LENGTH
    return code in _JPEG_COLOURS and head.startswith(_JPEG_COLOURS[code])


def _png(file: File) -> list[Piece]:
    kept, at, turned = _Kept(), 8, False
    kept.keep(0, 8)
    for _ in range(MOST_PARTS):
        head = file[at : at + 8]
        if len(head) < 8:
            break
        name, size = head[4:], _big(head[:4])
        if name == b"IEND" and size:  # the end holds nothing, whatever it says
            kept.put(_PNG_END[: len(file) - at])
            break
        end = min(at + 12 + size, len(file))  # of a cut picture the rest is shown
        if name in _PNG_KEPT:
            kept.keep(at, end)
        elif name == b"eXIf" and not turned:
            turned = True
            if turn := _turn(file[at + 8 : min(end - 4, at + 8 + _TIFF_READ)]):
                kept.put(len(turn).to_bytes(4, "big") + name + turn + crc32(name + turn).to_bytes(4, "big"))
        at = end
        if name == b"IEND":
            break
    return kept.pieces


def _webp(file: File) -> list[Piece]:
    chunks = list(_chunks(file, min(len(file), 8 + _little(file[4:8]))))
    exifs = (file[start + 8 : min(end, start + 8 + _TIFF_READ)] for name, start, end in chunks if name == b"EXIF")
    turn = _turn(next(exifs, b"").removeprefix(_EXIF))
    kept = _Kept()
    for name, start, end in chunks:
        if name == b"VP8X" and end - start >= 18:
            flags = file[start + 8] & ~(_HAS_EXIF | _HAS_XMP) | (_HAS_EXIF if turn else 0)
            kept.keep(start, start + 8)
            kept.put(bytes([flags]))
            kept.keep(start + 9, end)
        elif name in _WEBP_KEPT:
            kept.keep(start, end)
        elif name == b"EXIF" and turn:
            kept.put(name + len(turn).to_bytes(4, "little") + turn)
            turn = b""
    return [(0, 4), (kept.size + 4).to_bytes(4, "little"), (8, 12), *kept.pieces]


def _chunks(file: File, over: int) -> Iterator[tuple[bytes, int, int]]:
    """(name, from, to) of each that is whole."""
    at = 12
    for _ in range(MOST_PARTS):
        head = file[at : at + 8]
        size = _little(head[4:])
        if len(head) < 8 or at + 8 + size > over:
            return
        end = min(at + 8 + size + size % 2, over)
        yield head[:4], at, end
        at = end


# --- how it is to be turned -------------------------------------------------------------------------------------------

#: So much of an Exif is looked at: what says how it is turned stands in its first list.
_TIFF_READ = 64 * 1024
_ORIENTATION, _SHORT = 0x0112, 3


def _turn(tiff: bytes) -> bytes:
    """An Exif that says nothing but how the picture is to be turned; b"" where it stands as it is."""
    order = {b"II": "little", b"MM": "big"}.get(tiff[:2])
    if order is None:
        return b""

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)  # type: ignore[arg-type]

    first = number(4, 4)
    if number(2, 2) != 42 or first < 8:
        return b""
    for entry in range(first + 2, min(first + 2 + 12 * number(first, 2), len(tiff) - 15), 12):
        if (number(entry, 2), number(entry + 2, 2), number(entry + 4, 4)) == (_ORIENTATION, _SHORT, 1):
            value = number(entry + 8, 2)
            return _only(value) if 1 < value <= 8 else b""
    return b""


def _only(value: int) -> bytes:
    """A TIFF of one list with one entry, 26 bytes: as long as the shortest in which it can stand."""
    entry = b"\x01\x12\0\x03\0\0\0\x01" + value.to_bytes(2, "big") + b"\0\0"
    return b"MM\0*\0\0\0\x08\0\x01" + entry + b"\0\0\0\0"


def _big(number: bytes) -> int:
    return int.from_bytes(number, "big")


def _little(number: bytes) -> int:
    return int.from_bytes(number, "little")
