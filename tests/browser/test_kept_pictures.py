"""What is kept of real pictures, which a real browser made and shows: every pixel, and the way they are turned."""

import base64

import pytest
from playwright.sync_api import Page

from tests.pictures import chunk, exif, in_jpeg, in_png, in_webp, rest_of, riff_chunk, segment

SECRET = b"59.3293 N 18.0686 E"
_DRAW = """async (type) => {
  const canvas = Object.assign(document.createElement("canvas"), {width: 61, height: 34});
  const pen = canvas.getContext("2d");
  for (let at = 0; at < 61 * 34; at++) {
    pen.fillStyle = `rgb(${at * 7 % 256} ${at * 13 % 256} ${at * 29 % 256})`;
    pen.fillRect(at % 61, Math.floor(at / 61), 1, 1);
  }
  const made = await new Promise((done) => canvas.toBlob(done, type, 0.9));
  return btoa(String.fromCharCode(...new Uint8Array(await made.arrayBuffer())));
}"""
#: [width, height, every pixel] as a page shows it.
_SHOW = """async ([type, text]) => {
  const image = new Image();
  image.src = `data:${type};base64,${text}`;
  document.body.append(image);
  await image.decode();
  const size = {width: image.naturalWidth, height: image.naturalHeight};
  const canvas = Object.assign(document.createElement("canvas"), size);
  const pen = canvas.getContext("2d");
  pen.drawImage(image, 0, 0);
  return [canvas.width, canvas.height, [...pen.getImageData(0, 0, canvas.width, canvas.height).data]];
}"""


def dressed(type: str, file: bytes, turned: int) -> bytes:
    """As a camera would have left it."""
    says = exif(turned, SECRET)
    if type == "image/jpeg":
        return in_jpeg(file, segment(0xE1, b"Exif\0\0" + says), segment(0xFE, SECRET)) + SECRET
    if type == "image/png":
        return in_png(file, chunk(b"eXIf", says), chunk(b"tEXt", b"Comment\0" + SECRET)) + SECRET
    begins = file[:20] + bytes([file[20] | 0x0C]) + file[21:]
    if file[12:16] != b"VP8X":
        begins = in_webp(file[:12], riff_chunk(b"VP8X", b"\x0c\0\0\0\x3c\0\0\x21\0\0"), file[12:])
    return in_webp(begins, riff_chunk(b"EXIF", says), riff_chunk(b"XMP ", SECRET))


def shown(page: Page, type: str, file: bytes) -> object:
    return page.evaluate(_SHOW, [type, base64.b64encode(file).decode()])


@pytest.mark.parametrize("type", ["image/jpeg", "image/png", "image/webp"])
def test_a_stripped_picture_looks_as_it_did(page: Page, type: str):
    """Turned or upright."""
    made = base64.b64decode(page.evaluate(_DRAW, type))
    upright = shown(page, type, made)
    for turned in (1, 6, 3):
        full = dressed(type, made, turned)
        rest = rest_of(full)
        assert (SECRET in full, SECRET in rest) == (True, False)
        before, after = shown(page, type, full), shown(page, type, rest)
        assert before == after
        if turned == 1:
            assert after == upright
        elif type == "image/jpeg":
            assert after != upright, "it is turned"
