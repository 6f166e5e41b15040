"""A table or a sitemap becomes a tree, as a whole or not at all, and comes out of its packing as it went in."""

import contextlib
import gzip
import json
import re
from pathlib import Path
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import contract
from access.tree import pack, tree_of, unpack
from service.present.tree import tree_faults
from tracker.tree_csv import FAULTS
from tracker.tree_entry import Fault, Refusals
from tracker.tree_glob import fits
from tracker.tree_import import Imported, read_tree

SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def table(text: str | bytes) -> Imported:
    return read_tree(text.encode() if isinstance(text, str) else text, 1_000)


@pytest.mark.parametrize(
    ("text", "entries"),
    [
        ("/a,A", {"/a": ("A",)}),
        ("/a,A > B>C", {"/a": ("A", "B", "C")}),
        ("/a;A;B", {"/a": ("A", "B")}),
        ("/a\tA\tB\t\t", {"/a": ("A", "B")}),
        ("\ufeffaddress,path\r\n/a,A\r\n\r\n/b,B", {"/a": ("A",), "/b": ("B",)}),
        ("URL;Name 1;Name 2\n/a;A;B\n", {"/a": ("A", "B")}),
        ('/a,"Boots, red > 41"\n', {"/a": ("Boots, red", "41")}),
        ('/a,"Say ""hi""",B', {"/a": ('Say "hi"', "B")}),
        ('"/a;b=1";A', {"/a": ("A",)}),
        ("/a,A; B", {"/a": ("A; B",)}),
        ("/a,A > B,C", {"/a": ("A > B", "C")}),
        ("/,\n/a,A", {"/": (), "/a": ("A",)}),
        ("/a,A\n/a/,B\n/A,C", {"/a": ("B",), "/A": ("C",)}),
        ("https://shop.example/a/index.html?b=2&a=1,A", {"/a?a=1&b=2": ("A",)}),
        ("https://bücher.example/%D1%81%20x,A", {"/с x": ("A",)}),
        ("/a/*,A\n/a/**,B\n/a/b-*/c,C", {"/a/*": ("A",), "/a/**": ("B",), "/a/b-*/c": ("C",)}),
        ("/#/a/b,A", {"/a/b": ("A",)}),
        ("  /a  ,  A   b  ", {"/a": ("A b",)}),
        ("/a,A\r/b,B\r", {"/a": ("A",), "/b": ("B",)}),
        ("/a,\u0435\u0301", {"/a": ("\u0435\u0301",)}),
    ],
)
def test_a_table_as_people_save_it(text: str, entries: dict[str, tuple[str, ...]]) -> None:
    """Comma, semicolon, tab; a heading or none; quotes; names in one cell or in several."""
    assert table(text).entries == entries


def test_a_table_of_a_spreadsheet_in_unicode() -> None:
    """UTF-16 with its mark."""
    assert table("/a\tСапоги\n".encode("utf-16")).entries == {"/a": ("Сапоги",)}


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("/a,A\nb,B", [(2, "bad_address")]),
        ("/a,A\n\n\n/b", [(4, "no_names")]),
        ("/a,A\n/b, > B", [(2, "gap")]),
        ("/a,A,,B", [(1, "gap")]),
        ('/a,A\n/b,"x\ny"\n/c', [(4, "no_names")]),
        ('/a,A\n/b,"x" y\n/c,C', [(2, "bad_quotes")]),
        ("/a,A\n//evil.example/x,B", [(2, "bad_address")]),
        ("/a/**/b,A", [(1, "bad_pattern")]),
        ("/a/**b,A", [(1, "bad_pattern")]),
        ("/*" * 30 + ",A", [(1, "too_deep")]),
        (b"/a,A\n/b,\xe9\n", [(2, "bad_encoding")]),
        ("", [(1, "empty")]),
        ("address,path", [(1, "empty")]),
        ("\n".join(f"/x?p{number}=1,A" for number in range(9)), [(1, "too_many_parameters")]),
    ],
)
def test_a_bad_line_is_named(text: str | bytes, faults: list[tuple[int, str]]) -> None:
    """By the line it begins in, as an editor counts."""
    with pytest.raises(Refusals) as refused:
        read_tree(text.encode() if isinstance(text, str) else text, 1_000, "csv")
    assert refused.value.faults == faults


def test_not_more_than_twenty_bad_lines_are_named() -> None:
    """All are counted."""
    with pytest.raises(Refusals) as refused:
        table("/a,A\n" + "x\n" * 50)
    assert (len(refused.value.faults), refused.value.faulty) == (FAULTS, 50)


def test_more_than_there_is_room_for() -> None:
    """Counted while it is read."""
    with pytest.raises(OverflowError):
        table("\n".join(f"/{number},A" for number in range(1_001)))
    with pytest.raises(OverflowError):
        table(f"<urlset>{'<url><loc>x</loc></url>' * 1_001}</urlset>")
    with pytest.raises(OverflowError):
        read_tree("\n".join(f"/{number}/*,A" for number in range(5_001)).encode(), 100_000)


def page(address: str, rest: str = "") -> str:
    return f"<url><loc>{address}</loc>{rest}</url>"


@pytest.mark.parametrize(
    ("body", "addresses"),
    [
        (f'<urlset xmlns="{SPACE}">{page("https://x.example/a")}</urlset>', ["/a"]),
        (f"<urlset>{page(' https://x.example/a&amp;b ')}{page('<![CDATA[https://x.example/c?d=1&e=2]]>')}</urlset>",
         ["/a&b", "/c?d=1&e=2"]),
        (f'<s:urlset xmlns:s="{SPACE}"><s:url><s:loc>https://x.example/</s:loc></s:url></s:urlset>', ["/"]),
        (f'<urlset xmlns="{SPACE}" xmlns:i="urn:i">'
         f'{page("https://x.example/a", "<i:image><i:loc>https://x.example/i.png</i:loc></i:image><i:loc>y</i:loc>")}</urlset>',
         ["/a"]),
        (f"<urlset>{page('https://x.example/%D1%81/')}{page('https://x.example/с')}</urlset>", ["/с"]),
        (f"<!-- a --><?pi x?><urlset><!-- b -->{page('https://x.example/a')}</urlset>", ["/a"]),
    ],
)  # fmt: skip
def test_a_sitemap_lists_pages(body: str, addresses: list[str]) -> None:
    """Whatever else it carries."""
    for packed in (body.encode(), gzip.compress(body.encode()), body.encode("utf-16")):
        imported = read_tree(packed, 1_000)
        assert (imported.kind, list(imported.entries), set(imported.entries.values())) == ("sitemap", addresses, {None})


def test_two_packed_parts_are_one_file() -> None:
    """As gzip has it."""
    body = f"<urlset>{page('https://x.example/a')}</urlset>".encode()
    assert list(read_tree(gzip.compress(body[:20]) + gzip.compress(body[20:]), 10).entries) == ["/a"]


def test_a_million_packed_nothings_are_not_unpacked_one_by_one() -> None:
    with pytest.raises(Refusals) as refused:
        read_tree(gzip.compress(b"") * 1_000_000, 10)
    assert refused.value.faults == [(1, "bad_gzip")]


def test_what_is_no_address_of_a_page_is_left_out_and_counted() -> None:
    """A sitemap is made by a machine: one bad line is not a reason to refuse it."""
    urls = [
        "javascript:alert(1)",
        "/a",
        "",
        "https://x.example/" + "a" * 3_000,
        "https://x.example/*",
        "https://x.example/b",
    ]
    imported = table(f"<urlset>{''.join(map(page, urls))}</urlset>")
    assert (list(imported.entries), imported.read, imported.left_out) == (["/b"], 6, 5)


_ENTRIES = st.dictionaries(
    st.text(max_size=30), st.one_of(st.none(), st.lists(st.text(max_size=10), max_size=4).map(tuple)), max_size=30
)


@settings(deadline=None)
@given(_ENTRIES)
def test_what_is_packed_is_unpacked(entries: dict[str, tuple[str, ...] | None]) -> None:
    """In the order of the addresses."""
    assert unpack(pack(entries.items())) == sorted(entries.items(), key=lambda entry: entry[0])


def test_a_path_of_its_own_is_better_than_a_sitemap() -> None:
    """An address in both has its path; patterns stand apart."""
    tree = tree_of({"tree": pack([("/a", ("A",)), ("/b/*", ("B",))]), "sitemap": pack([("/a", None), ("/c", None)])})
    assert (dict(tree.pages), dict(tree.patterns)) == ({"/a": ("A",), "/c": None}, {"/b/*": ("B",)})


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([None, "csv", "xml"]))
def test_any_bytes_are_read_or_refused(body: bytes, format: None) -> None:
    """Nothing else is ever raised."""
    with contextlib.suppress(Refusals, OverflowError):
        read_tree(body, 10, format)


@pytest.mark.parametrize(
    ("pattern", "text", "yes"),
    [
        ("*", "", True), ("a*", "a", True), ("a*b", "ab", True), ("a*b", "aXb", True), ("a*b", "aXc", False),
        ("*a*b*", "xxayybzz", True), ("ab*ba", "aba", False), ("*.html", "x.html", True), ("a", "a", True),
        ("a", "ab", False), ("?", "x", False), ("[a]", "a", False), ("**", "anything", True),
    ],
)  # fmt: skip
def test_a_star_stands_for_anything(pattern: str, text: str, yes: bool) -> None:
    """And nothing else is special."""
    assert fits(pattern, text) is yes


def test_no_pattern_is_slow() -> None:
    """What makes other matchers try for hours is over at once."""
    assert not fits("*a" * 50 + "b", "a" * 2_000)


@pytest.mark.parametrize("tongue", ["en", "ru"])
def test_no_fault_is_told_in_the_words_of_the_api(tongue: Any) -> None:
    """People at the desk read them: no methods, and what to do instead is a button's own name."""
    says = [fault.says for fault in tree_faults([(1, each) for each in get_args(Fault)], tongue)]
    assert not [each for each in says if re.search(r"\b(GET|POST|PUT|PATCH|DELETE)\b", each)]
    words = json.loads((Path(contract.__file__).parents[1] / f"console/text/{tongue}.json").read_text(encoding="utf-8"))
    assert words["entries.clear"] in tree_faults([(1, "empty")], tongue)[0].says
