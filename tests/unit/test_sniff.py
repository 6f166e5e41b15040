"""What a file is, by its bytes alone."""

import mmap
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.sniff import HEAD, LONGEST_SIDE, MOST_PIXELS, Seen, kind, sniff
from contract.errors import Refused
from tests.pictures import HOSTILE, POLYGLOTS, gif, jpeg, pdf, png, webp

EXIF = b"\xff\xe1\xff\xff" + b"x" * 65_533
GOOD = {
    "png": (png(3, 2), "image/png"),
    "wide png": (png(16_000, 10), "image/png"),
    "jpeg": (jpeg(), "image/jpeg"),
    "progressive jpeg": (jpeg(frame=0xC2), "image/jpeg"),
    "jpeg behind a megabyte of camera data": (jpeg(before=EXIF * 20), "image/jpeg"),
    "jpeg with tables before its frame": (jpeg(before=b"\xff\xc4\x00\x04ab\xff\xdb\x00\x04cd"), "image/jpeg"),
    "jpeg with fill bytes": (jpeg(before=b"\xff\xff\xff"), "image/jpeg"),
    "gif": (gif(), "image/gif"),
    "old gif": (gif(version=b"87a"), "image/gif"),
    "webp": (webp(), "image/webp"),
    "lossless webp": (webp(kind=b"VP8L"), "image/webp"),
    "lossy webp": (webp(kind=b"VP8 "), "image/webp"),
    "pdf": (pdf(), "application/pdf"),
    "pdf 2": (b"%PDF-2.0\n" + b" " * 20, "application/pdf"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_we_take_is_known_by_its_bytes(name: str):
    """Type and measures; a document has none."""
    file, wanted = GOOD[name]
    found = sniff(file)
    assert found.type == wanted == kind(file[:HEAD])
    measures = (None, None) if wanted == "application/pdf" else (16_000, 10) if name == "wide png" else (3, 2)
    assert (found.width, found.height) == measures


@pytest.mark.parametrize("name", HOSTILE)
def test_what_we_do_not_take_is_refused(name: str):
    """Pages, drawings that hold scripts, archives, programs, other pictures, and pictures without measures."""
    with pytest.raises(Refused) as refused:
        sniff(HOSTILE[name])
    assert refused.value.code == "file_type"


@pytest.mark.parametrize("name", POLYGLOTS)
def test_a_file_of_two_kinds_is_what_it_begins_with(name: str):
    """What else it may be, nobody will ever ask: see how it is served."""
    begins = {"gif": "image/gif", "png": "image/png", "jpe": "image/jpeg", "web": "image/webp"}
    assert sniff(POLYGLOTS[name]).type == begins.get(name[:3], "application/pdf")


@pytest.mark.parametrize(
    ("width", "height", "fits"),
    [
        (LONGEST_SIDE, 1, True), (LONGEST_SIDE + 1, 1, False), (1, LONGEST_SIDE + 1, False), (8_000, 8_000, True),
        (8_001, 8_000, False), (2**31 - 1, 2**31 - 1, False), (65_535, 65_535, False),
    ],
)  # fmt: skip
def test_more_pixels_than_a_screen_should_unpack_are_refused(width: int, height: int, fits: bool):
    """A few kilobytes can say that they are gigabytes of pixels; we never unpack them, and nobody else must."""
    assert MOST_PIXELS == 8_000 * 8_000
    files = [png(width, height), *([jpeg(width, height), gif(width, height)] if max(width, height) < 65_536 else [])]
    for file in files:
        if fits:
            assert (sniff(file).width, sniff(file).height) == (width, height)
            continue
        with pytest.raises(Refused) as refused:
            sniff(file)
        assert refused.value.code == "file_too_large"


@given(st.sampled_from([file for file, _ in GOOD.values() if len(file) < 1_000]), st.data())
def test_whatever_is_cut_or_changed_there_is_an_answer(file: bytes, data: st.DataObject):
    """A bent head is a picture with some measures within the bounds, or a refusal; nothing else is raised."""
    bent = bytearray(file[: data.draw(st.integers(0, len(file)))])
    for place, value in data.draw(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 255)), max_size=6)):
        if place < len(bent):
            bent[place] = value
    _answers(bytes(bent))


@given(
    st.binary(max_size=200), st.sampled_from([b"\x89PNG\r\n\x1a\n", b"\xff\xd8", b"GIF89a", b"RIFF\0\0\0\0WEBPVP8X"])
)
def test_any_bytes_behind_a_good_beginning_have_an_answer(rest: bytes, beginning: bytes):
    _answers(beginning + rest)


def _answers(file: bytes) -> None:
    code, found = "", Seen(type="application/pdf")
    try:
        found = sniff(file)
    except Refused as refused:
        code = refused.code
    assert code in ("", "file_type", "file_too_large")
    if found.width is not None and found.height is not None:
        assert 0 < found.width <= LONGEST_SIDE
        assert 0 < found.width * found.height <= MOST_PIXELS


def test_a_file_on_the_disk_is_read_only_where_it_is_touched(tmp_path: Path):
    """A mapped file is as good as its bytes."""
    place = tmp_path / "file"
    place.write_bytes(jpeg(before=EXIF * 3))
    with place.open("rb") as opened, mmap.mmap(opened.fileno(), 0, prot=mmap.PROT_READ) as mapped:
        assert sniff(mapped) == Seen(type="image/jpeg", width=3, height=2)
