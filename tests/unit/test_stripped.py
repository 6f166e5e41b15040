"""What a camera wrote beside a picture is gone; the picture, its colours, and how it is turned are there."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.sniff import sniff
from chat.stripped import MOST_PARTS, _only, stripped
from contract.errors import Refused
from contract.names import FileType
from tests.pictures import (
    POLYGLOTS,
    chunk,
    exif,
    gif,
    in_jpeg,
    in_png,
    in_webp,
    jpeg,
    pdf,
    png,
    rest_of,
    riff_chunk,
    segment,
    webp,
)

SECRET = b"59.3293 N 18.0686 E"
GPS = exif(1, SECRET)
XMP = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET
#: A scan with what looks like marks and is none, and one with restarts.
SCAN = jpeg()[:-2] + b"\x12\xff\x00\xe1\xff\x00\xff\xd0\x34\xff\xd7\x56\xff\xd9"
SECOND = SCAN[SCAN.index(b"\xff\xda") :]

#: Name -> (with, without).
DRESSED: dict[str, tuple[bytes, bytes]] = {
    "jpeg: Exif": (in_jpeg(jpeg(), segment(0xE1, b"Exif\0\0" + GPS)), jpeg()),
    "jpeg: XMP, in two parts": (
        in_jpeg(jpeg(), segment(0xE1, XMP), segment(0xE1, b"http://ns.adobe.com/xmp/extension/\0" + SECRET)), jpeg(),
    ),
    "jpeg: IPTC": (in_jpeg(jpeg(), segment(0xED, b"Photoshop 3.0\08BIM\x04\x04" + SECRET)), jpeg()),
    "jpeg: a comment": (in_jpeg(jpeg(), segment(0xFE, SECRET)), jpeg()),
    "jpeg: whatever a maker writes": (in_jpeg(jpeg(), *(segment(code, SECRET) for code in range(0xE3, 0xF0))), jpeg()),
    "jpeg: a small picture of the whole": (in_jpeg(jpeg(), segment(0xE0, b"JFXX\0\x10" + SECRET)), jpeg()),
    "jpeg: the same in its head": (in_jpeg(jpeg(), segment(0xE0, b"JFIF\0\1\2\0\0\1\0\1\1\1" + SECRET)), jpeg()),
    "jpeg: an index of more pictures": (in_jpeg(jpeg(), segment(0xE2, b"MPF\0" + SECRET)), jpeg()),
    "jpeg: a second picture behind": (SCAN + in_jpeg(jpeg(), segment(0xE1, b"Exif\0\0" + GPS)), SCAN),
    "jpeg: a film behind": (SCAN + b"\0\0\0\x18ftypmp42" + SECRET, SCAN),
    "jpeg: between two scans": (SCAN[:-2] + segment(0xFE, SECRET) + SECOND, SCAN[:-2] + SECOND),
    "jpeg: fill bytes": (jpeg(before=b"\xff\xff\xff" + segment(0xFE, SECRET)), jpeg()),
    "png: eXIf": (in_png(png(), chunk(b"eXIf", GPS)), png()),
    "png: text": (in_png(png(), *(chunk(name, b"GPS\0" + SECRET) for name in (b"tEXt", b"zTXt", b"iTXt"))), png()),
    "png: time": (in_png(png(), chunk(b"tIME", b"\x07\xea\x0b\x16\x0c\0\0")), png()),
    "png: whatever a program writes": (in_png(png(), chunk(b"caBX", SECRET), chunk(b"vpAg", SECRET)), png()),
    "png: behind the end": (png() + SECRET, png()),
    "png: in the end": (png()[:-12] + chunk(b"IEND", SECRET), png()),
    "png: in an end that says it is longer": (png()[:-12] + b"\xff\xff\xff\xffIEND" + SECRET, png()),
    "png: a second eXIf": (
        in_png(png(), chunk(b"eXIf", exif(6)), *[chunk(b"eXIf", exif(8, SECRET))] * 3),
        in_png(png(), chunk(b"eXIf", _only(6))),
    ),
    "webp: EXIF": (in_webp(webp(), riff_chunk(b"EXIF", GPS)), webp()),
    "webp: EXIF as some write it": (in_webp(webp(), riff_chunk(b"EXIF", b"Exif\0\0" + GPS)), webp()),
    "webp: XMP": (in_webp(webp(), riff_chunk(b"XMP ", XMP)), webp()),
    "webp: whatever a program writes": (in_webp(webp(kind=b"VP8 "), riff_chunk(b"abcd", SECRET)), webp(kind=b"VP8 ")),
    "webp: behind the end": (webp() + SECRET, webp()),
}  # fmt: skip
KEPT = {
    "jpeg": jpeg(),
    "jpeg with a scan": SCAN,
    "jpeg with colours": in_jpeg(
        jpeg(), segment(0xE2, b"ICC_PROFILE\0\1\1abc"), segment(0xEE, b"Adobe\0\x64\0\0\0\0\1")
    ),
    "jpeg with tables": jpeg(before=segment(0xDB, b"x" * 65) + segment(0xC4, b"y" * 30) + segment(0xDD, b"\0\1")),
    "jpeg without an end": SCAN[:-2],
    "png": png(),
    "png with colours": in_png(
        png(), *(chunk(name, b"abcd") for name in (b"gAMA", b"iCCP", b"sRGB", b"tRNS", b"pHYs"))
    ),
    "png that moves": in_png(png(), chunk(b"acTL", b"\0" * 8), chunk(b"fcTL", b"\0" * 26), chunk(b"fdAT", b"\0" * 9)),
    "png that is cut": png()[:-14],
    "webp": webp(),
    "lossless webp": webp(kind=b"VP8L"),
    "lossy webp": webp(kind=b"VP8 "),
    "webp that moves": in_webp(
        webp(), riff_chunk(b"ICCP", b"abc"), riff_chunk(b"ANIM", b"\0" * 6), riff_chunk(b"ANMF", b"x")
    ),
    "gif": gif(),
    "pdf": pdf(b"/Author (Anna)"),
}


def flags(file: bytes) -> int:
    return file[20]


@pytest.mark.parametrize("name", DRESSED)
def test_what_is_beside_the_picture_is_gone_and_the_picture_is_the_same(name: str):
    dressed, plain = DRESSED[name]
    assert SECRET in dressed or "time" in name
    assert rest_of(dressed) == plain


@pytest.mark.parametrize("name", KEPT)
def test_what_makes_the_picture_stays_byte_for_byte(name: str):
    assert rest_of(KEPT[name]) == KEPT[name]


@pytest.mark.parametrize("little", [False, True])
@pytest.mark.parametrize("turned", range(10))
def test_how_it_is_turned_is_kept_and_nothing_else(turned: int, little: bool):
    """Upright, and what is no turn, need no word."""
    says = exif(turned, SECRET, little=little)
    only = _only(turned) if 1 < turned <= 8 else b""
    assert rest_of(in_jpeg(jpeg(), segment(0xE1, b"Exif\0\0" + says))) == (
        in_jpeg(jpeg(), segment(0xE1, b"Exif\0\0" + only)) if only else jpeg()
    )
    assert rest_of(in_png(png(), chunk(b"eXIf", says))) == (in_png(png(), chunk(b"eXIf", only)) if only else png())
    plain = in_webp(webp(), riff_chunk(b"EXIF", only)) if only else webp()
    assert rest_of(in_webp(webp(), riff_chunk(b"EXIF", says)))[21:] == plain[21:]
    assert flags(rest_of(in_webp(webp(), riff_chunk(b"EXIF", says)))) == (0x08 if only else 0)


def test_flags_say_what_is_left():
    """Of a WebP that moves and has colours, Exif and XMP."""
    full = in_webp(webp(), riff_chunk(b"EXIF", GPS), riff_chunk(b"XMP ", XMP))
    full = full[:20] + b"\x3e" + full[21:]
    assert flags(rest_of(full)) == 0x32


@pytest.mark.parametrize("name", [name for name in POLYGLOTS if name[:3] in ("png", "jpe", "web")])
def test_a_page_in_a_picture_is_gone(name: str):
    assert b"<script>" in POLYGLOTS[name]
    assert b"<script>" not in rest_of(POLYGLOTS[name])


BENT = [
    b"", b"MM", b"MM\0*", b"II*\0\xff\xff\xff\xff", b"MM\0*\0\0\0\0\0\x01" + b"\0" * 20, b"MM\0*\0\0\0\x08\xff\xff",
    b"MM\0*\0\0\0\x08\xff\xff" + b"\x01\x12\0\x03\0\0\0\x01\0\x06", _only(6)[:-2], _only(6)[:-4], b"XX" + _only(6)[2:],
    _only(6).replace(b"\0\x03\0\0\0\x01", b"\0\x03\xff\xff\xff\xff"),
]  # fmt: skip


@pytest.mark.parametrize("says", BENT)
def test_an_exif_that_is_none_says_nothing(says: bytes):
    assert rest_of(in_jpeg(jpeg(), segment(0xE1, b"Exif\0\0" + says))) == jpeg()
    assert rest_of(in_png(png(), chunk(b"eXIf", says))) == png()
    assert rest_of(in_webp(webp(), riff_chunk(b"EXIF", says))) == webp()


# --- whatever comes ---------------------------------------------------------------------------------------------------

HEADS: dict[FileType, bytes] = {
    "image/jpeg": b"\xff\xd8\xff", "image/png": b"\x89PNG\r\n\x1a\n", "image/webp": b"RIFF\xff\xff\xff\0WEBPVP8X",
}  # fmt: skip
STARTS = [*KEPT.values(), *(dressed for dressed, _ in DRESSED.values())]


def check(file: bytes, type: FileType) -> bytes:
    """The promises: nothing is made up, nothing moves towards the end, and done again it is the same."""
    pieces, at = stripped(file, type), 0
    ranges = [piece for piece in pieces if isinstance(piece, tuple)]
    assert all(0 <= start <= end <= len(file) for start, end in ranges)
    assert all(before[1] <= after[0] for before, after in pairwise(ranges))
    for number, piece in enumerate(pieces):
        if isinstance(piece, tuple):
            assert at <= piece[0]
            at += piece[1] - piece[0]
            continue
        at += len(piece)
        following = [one[0] for one in pieces[number:] if isinstance(one, tuple)]
        assert at <= (following[0] if following else len(file))
    made = b"".join(piece if isinstance(piece, bytes) else file[piece[0] : piece[1]] for piece in pieces)
    again = b"".join(p if isinstance(p, bytes) else made[p[0] : p[1]] for p in stripped(made, type))
    assert again == made
    return made


@given(st.sampled_from(STARTS), st.data())
def test_whatever_is_cut_or_changed_something_is_left_and_nothing_is_raised(file: bytes, data: st.DataObject):
    type = sniff(file).type
    bent = bytearray(file[: data.draw(st.integers(16, len(file)))])
    for place, value in data.draw(st.lists(st.tuples(st.integers(0, 300), st.integers(0, 255)), max_size=8)):
        if place < len(bent):
            bent[place] = value
    check(bytes(bent), type)


@given(st.sampled_from(sorted(HEADS)), st.binary(max_size=400))
def test_any_bytes_behind_a_good_beginning(type: FileType, rest: bytes):
    check(HEADS[type] + rest, type)


PARTS = st.lists(
    st.tuples(
        st.integers(0xE0, 0xFE), st.sampled_from([b"", b"Exif\0\0", b"JFIF\0", b"MPF\0"]), st.binary(max_size=40)
    ),
    max_size=6,
)


@given(PARTS, st.integers(2, 8))
def test_no_part_that_a_camera_writes_holds_the_place(parts: list[tuple[int, bytes, bytes]], turned: int):
    """Wherever it stands, whatever stands beside it."""
    segments = [segment(code, name + SECRET + rest) for code, name, rest in parts if code not in (0xF7, 0xF8)]
    dressed = in_jpeg(jpeg(), *segments, segment(0xE1, b"Exif\0\0" + exif(turned, SECRET)))
    assert SECRET not in check(dressed, "image/jpeg")
    names = [bytes([97 + code % 26, 98, 99, 100]) for code, _, _ in parts]
    chunks = [chunk(name, SECRET + rest) for name, (_, _, rest) in zip(names, parts, strict=True)]
    assert SECRET not in check(in_png(png(), *chunks), "image/png")
    riffs = [riff_chunk(name, SECRET + rest) for name, (_, _, rest) in zip(names, parts, strict=True)]
    assert SECRET not in check(in_webp(webp(), *riffs), "image/webp")


class Counted(bytes):
    """Counts how often it is looked into."""

    looks = 0

    def __getitem__(self, part: Any) -> Any:
        Counted.looks += 1
        return bytes.__getitem__(self, part)


@pytest.mark.parametrize(
    ("type", "file"),
    [
        ("image/jpeg", jpeg()[:-2] + segment(0xFE, b"") * 1_000_000),
        ("image/jpeg", jpeg()[:-2] + b"\xff" * 4_000_000),
        ("image/jpeg", jpeg()[:-2] + b"\xff\xd0\xff\x01" * 1_000_000),
        ("image/jpeg", jpeg()[:-2] + b"\xff\xff\x00" * 1_000_000),
        ("image/jpeg", in_jpeg(jpeg(), *[segment(0xE1, b"Exif\0\0" + exif(1) + b"\xff" * 60_000)] * 50)),
        ("image/png", png()[:33] + chunk(b"tEXt", b"") * 400_000),
        ("image/png", png()[:33] + chunk(b"eXIf", b"MM\0*\0\0\0\x08\xff\xff" + b"\0" * 65_540) * 50),
        ("image/webp", in_webp(webp(), riff_chunk(b"XMP ", b"") * 500_000)),
    ],
)
def test_however_many_parts_there_are_few_are_looked_at(type: FileType, file: bytes):
    """Each look is at a few bytes: who sends a million parts costs what a hundred thousand do."""
    Counted.looks = 0
    stripped(Counted(file), type)
    assert Counted.looks <= 3 * MOST_PARTS


def test_what_sniff_refuses_is_never_stripped():
    with pytest.raises(Refused):
        rest_of(b"\xff\xd8\xff\xd9" + b"\0" * 20)
