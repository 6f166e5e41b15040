"""Pure: the pages a sitemap lists (sitemaps.org), or the sitemaps an index lists. It names pages; rules name places.

Made for files of strangers: no document type and so no entities, nothing fetched, sizes bounded while unpacking.
What else a sitemap says (when a page changed, how important it is) is not kept: nothing asks for it.
"""

import zlib
from typing import Any
from xml.parsers import expat

from contract.beacons import URL_LIMIT
from tracker.tree_entry import Entry, Faulty, address_of

#: Bytes of one sitemap, unpacked; the protocol allows 50 MB.
UNPACKED = 64 * 1024 * 1024
GZIP = b"\x1f\x8b"
#: Parts of one packed body: each costs a copy of what follows it, and empty ones take twenty bytes.
_MEMBERS = 1_000
#: No sitemap is nested deeper, whatever it carries besides.
_LEVELS = 32


class Sitemap:
    """`entries` of a list of pages; `sitemaps`, addresses, of an index. `left_out`: what is no address of a page."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.sitemaps: list[str] = []
        self.left_out = 0


def unpacked(body: bytes, most: int = UNPACKED) -> bytes:
    """`body`, out of its gzip if it is in one. Raises OverflowError beyond `most` bytes, Faulty if it is broken."""
    parts, room = [], most
    while body.startswith(GZIP):
        member = zlib.decompressobj(wbits=31)
        try:
            parts.append(member.decompress(body, room + 1))
        except zlib.error as error:
            raise Faulty("bad_gzip") from error
        room -= len(parts[-1])
        if room < 0:
            raise OverflowError(most)
        if not member.eof or len(parts) > _MEMBERS:
            raise Faulty("bad_gzip")
        body = member.unused_data.lstrip(b"\0")
    if parts:
        return b"".join(parts)
    if len(body) > most:
        raise OverflowError(most)
    return body


def is_xml(body: bytes) -> bool:
    """Whether a body that does not say what it is looks like one; a table never begins with `<`."""
    return body.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith(b"<")


def read_sitemap(body: bytes, most: int) -> Sitemap:
    """What it lists. Raises Faulty with the line, or OverflowError for more than `most` entries."""
    reader = _Reader(most)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.buffer_text = True
    try:
        parser.Parse(body, True)  # at once: in pieces, one endless name would be read again with every piece
    except Faulty as wrong:
        raise Faulty(wrong.fault, parser.CurrentLineNumber) from wrong
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Faulty("not_xml", parser.ErrorLineNumber) from error
    return reader.found


class _Reader:
    """`urlset/url/loc` and `sitemapindex/sitemap/loc`; what stands elsewhere (images, other languages) is passed."""

    def __init__(self, most: int) -> None:
        self.found = Sitemap()
        self._most = most
        self._space = ""
        self._level = 0
        self._index = False
        self._said: list[str] | None = None
        self._length = 0

    def start(self, tag: str, attributes: dict[str, Any]) -> None:
        space, _, name = tag.rpartition(" ")
        self._level += 1
        if self._level > _LEVELS:
            raise Faulty("not_sitemap")
        if self._level == 1:
            if name not in ("urlset", "sitemapindex"):
                raise Faulty("not_sitemap")
            self._space, self._index = space, name == "sitemapindex"
        elif self._level == 3 and name == "loc" and space == self._space:
            self._said, self._length = [], 0

    def text(self, text: str) -> None:
        if self._said is not None and self._length <= URL_LIMIT:
            self._said.append(text)
            self._length += len(text)

    def end(self, tag: str) -> None:
        self._level -= 1
        if self._said is None or self._level != 2:
            return
        said, self._said = "".join(self._said).strip(), None
        if len(self.found.entries) + len(self.found.sitemaps) + self.found.left_out >= self._most:
            raise OverflowError(self._most)
        try:
            if not said.startswith(("http://", "https://")):
                raise Faulty("bad_address")
            address = address_of(said)
        except Faulty:
            self.found.left_out += 1
            return
        if self._index:
            self.found.sitemaps.append(said)
        elif "*" in address:
            self.found.left_out += 1
        else:
            self.found.entries.append(Entry(address, None))

    def doctype(self, *_: Any) -> None:
        raise Faulty("doctype")
