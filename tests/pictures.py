"""The smallest files of each kind, made by hand: what tests send, and what the hostile ones are bent out of."""

import struct
import zlib

from chat.sniff import sniff
from chat.stripped import stripped


def png(width: int = 3, height: int = 2) -> bytes:
    """A grey picture that browsers show."""
    rows = b"".join(b"\0" + b"\x80" * width for _ in range(height)) if width * height < 1_000_000 else b""
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows)),
        (b"IEND", b""),
    )
    made = b"\x89PNG\r\n\x1a\n"
    for name, data in chunks:
        made += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return made


def jpeg(width: int = 3, height: int = 2, *, before: bytes = b"", frame: int = 0xC0) -> bytes:
    """The head of a JPEG as far as its scan. `before`: segments in front of the frame."""
    jfif = b"\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00"
    start = struct.pack(">BBHBHHB", 0xFF, frame, 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + jfif + before + start + b"\xff\xda\x00\x08\x01\x01\x00\x00\x3f\x00\x00\xff\xd9"


def gif(width: int = 3, height: int = 2, version: bytes = b"89a") -> bytes:
    screen = struct.pack("<HHBBB", width, height, 0x80, 0, 0) + b"\0\0\0\xff\xff\xff"
    return b"GIF" + version + screen + b",\0\0\0\0\x01\0\x01\0\0\x02\x02D\x01\0;"


def webp(width: int = 3, height: int = 2, kind: bytes = b"VP8X") -> bytes:
    """One of the three ways a WebP begins."""
    if kind == b"VP8X":
        body = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == b"VP8L":
        body = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + b"\0" * 3
    else:
        body = b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", width, height)
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


def pdf(words: bytes = b"") -> bytes:
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n" + words + b"\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def exif(turned: int = 1, more: bytes = b"", *, little: bool = False) -> bytes:
    """What a camera writes, as a TIFF: how it was held, and `more` (where it was)."""
    order = "<" if little else ">"
    entries = struct.pack(f"{order}HHI4s", 0x010F, 2, 4, b"Cam\0")
    entries += struct.pack(f"{order}HHIHH", 0x0112, 3, 1, turned, 0)
    entries += struct.pack(f"{order}HHII", 0x8825, 4, 1, 200)
    head = (b"II" if little else b"MM") + struct.pack(f"{order}HI", 42, 8)
    return head + struct.pack(f"{order}H", 3) + entries + b"\0\0\0\0" + more


def segment(code: int, data: bytes) -> bytes:
    """Of a JPEG."""
    return bytes([0xFF, code]) + struct.pack(">H", len(data) + 2) + data


def chunk(name: bytes, data: bytes) -> bytes:
    """Of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def riff_chunk(name: bytes, data: bytes) -> bytes:
    """Of a WebP."""
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def in_jpeg(file: bytes, *segments: bytes) -> bytes:
    """The file with these behind its beginning."""
    return file[:2] + b"".join(segments) + file[2:]


def in_png(file: bytes, *chunks: bytes) -> bytes:
    """The file with these behind its head."""
    return file[:33] + b"".join(chunks) + file[33:]


def in_webp(file: bytes, *chunks: bytes) -> bytes:
    """The file with these at its end, as it is customary."""
    body = file[8:] + b"".join(chunks)
    return file[:4] + struct.pack("<I", len(body)) + body


def rest_of(file: bytes) -> bytes:
    """What is kept of it."""
    pieces = stripped(file, sniff(file).type)
    return b"".join(piece if isinstance(piece, bytes) else file[piece[0] : piece[1]] for piece in pieces)


#: What is more than one thing at a time, or says it is something else.
HOSTILE: dict[str, bytes] = {
    "page": b"<!doctype html><script>alert(1)</script>",
    "page after spaces": b" \n\t <html><body onload=alert(1)>",
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "svg with head": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
    "page with BOM": b"\xef\xbb\xbf<html><script>alert(1)</script>",
    "script": b"alert(document.cookie);//" + b" " * 20,
    "zip": b"PK\x03\x04" + b"\0" * 40,
    "elf": b"\x7fELF" + b"\0" * 40,
    "exe": b"MZ" + b"\0" * 60,
    "heic": b"\0\0\0\x18ftypheic" + b"\0" * 40,
    "avif": b"\0\0\0\x18ftypavif" + b"\0" * 40,
    "bmp": b"BM" + b"\0" * 60,
    "tiff": b"II*\0" + b"\0" * 40,
    "icon": b"\0\0\x01\0\x01\0" + b"\0" * 40,
    "mp4": b"\0\0\0\x18ftypmp42" + b"\0" * 40,
    "wave": b"RIFF\x24\0\0\0WAVEfmt " + b"\0" * 40,
    "gzip bomb": b"\x1f\x8b\x08" + b"\0" * 40,
    "xml bomb": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbb">]><a>&b;&b;</a>',
    "mhtml": b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<script>alert(1)</script>",
    "postscript": b"%!PS-Adobe-3.0\n(a) print",
    "late pdf": b"<html>\n%PDF-1.7\n%%EOF",
    "only zeros": b"\0" * 64,
    "short": b"\x89PNG\r\n\x1a\n",
    "nothing": b"",
    "multipart": b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n' + png() + b"\r\n--x--",
    "png without measures": png()[:16],
    "png 0 x 2": png(0, 2),
    "png with a wrong checksum": png()[:29] + b"\0\0\0\0" + png()[33:],
    "png that begins with IDAT": png()[:8] + b"\0\0\0\x0dIDAT" + png()[16:],
    "gif 0 x 0": gif(0, 0),
    "gif cut": gif()[:8],
    "jpeg without a frame": b"\xff\xd8\xff\xe0\x00\x10JFIF\0" + b"\0" * 9 + b"\xff\xda\x00\x08" + b"\0" * 20,
    "jpeg without height": jpeg(3, 0),
    "jpeg cut": jpeg()[:24],
    "jpeg of endless segments": b"\xff\xd8" + b"\xff\xe1\x00\x02" * 5_000,
    "jpeg of segments without length": b"\xff\xd8\xff\xe1\x00\x00" + b"\0" * 40,
    "jpeg of fill bytes": b"\xff\xd8" + b"\xff" * 4_000,
    "webp longer than it is": webp()[:4] + b"\xff\xff\xff\x7f" + webp()[8:],
    "webp without start code": webp(kind=b"VP8 ").replace(b"\x9d\x01\x2a", b"\0\0\0"),
    "webp without signature": webp(kind=b"VP8L").replace(b"\x2f", b"\0", 1),
    "webp cut": webp()[:22],
}
#: A picture or document that is a page or a script as well: taken for what it begins with, harmless as it is served.
POLYGLOTS: dict[str, bytes] = {
    "gif and script": b"GIF89a/*\x01\0" + b"\0" * 4 + b"*/=1;alert(1)//<script>alert(1)</script>",
    "gif and page": gif() + b"<html><script>alert(1)</script></html>",
    "png and page": png() + b"<script>alert(1)</script>",
    "jpeg and page": jpeg(before=b"\xff\xfe\x00\x22<script>alert(1)</script>       "),
    "webp and page": webp() + b"<script>alert(1)</script>",
    "pdf and page": pdf(b"<script>alert(1)</script>"),
    "pdf and archive": pdf() + b"PK\x05\x06" + b"\0" * 18,
    "pdf with a script of its own": pdf(b"1 0 obj<</OpenAction<</S/JavaScript/JS(app.alert(1))>>>>endobj"),
}
