"""Where a page stands in the information tree."""

import pytest

from contract.tree import NO_TREE, USUAL
from tracker.tree import ancestors, place


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://shop.example", ()),
        ("https://shop.example/", ()),
        ("https://shop.example/?q=1#top", ()),
        ("https://shop.example/index.html", ()),
        ("https://shop.example/index.php?id=7", ()),
        ("https://shop.example/women", ("women",)),
        ("https://shop.example/women/", ("women",)),
        ("https://shop.example//women///boots//", ("women", "boots")),
        ("https://shop.example/women/index.htm", ("women",)),
        ("https://shop.example/women/INDEX.HTML", ("women",)),
        ("https://shop.example/index/boots", ("index", "boots")),
        ("https://shop.example/women/boots.html?colour=red", ("women", "boots.html")),
        ("https://shop.example/a%20b/%D1%81%D0%B0%D0%BF%D0%BE%D0%B3%D0%B8", ("a b", "сапоги")),
        ("https://shop.example/a%2Fb", ("a/b",)),
        ("https://shop.example/%FF%00", ("%FF%00",)),
        ("https://shop.example/stra%DFe/%E4/%F6?q=%E4", ("stra%DFe", "%E4", "%F6")),
        ("https://shop.example/%25E4/100%/%C3%A4/50%25/%zz", ("%E4", "100%", "ä", "50%", "%zz")),
        ("https://shop.example/%20/x", ("x",)),
    ],
)
def test_the_folders_of_an_address_are_its_path(url: str, path: tuple[str, ...]) -> None:
    """Home is the root, the query says nothing, a folder's index is the folder."""
    assert place(USUAL, NO_TREE, url, None, None)[:2] == (path, "url")


def test_a_path_that_the_page_gave_wins() -> None:
    """Names are trimmed, empty ones left out; its source is kept, `call` when none is said."""
    url = "https://shop.example/p/17"
    given = place(USUAL, NO_TREE, url, [" Women ", "", "\t", "Boots"], "breadcrumb")
    assert given == (("Women", "Boots"), "breadcrumb", "given")
    assert place(USUAL, NO_TREE, url, ["Women"], None) == (("Women",), "call", "given")
    assert place(USUAL, NO_TREE, url, [], "attribute") == ((), "attribute", "given")


def test_no_tree_is_deeper_than_twenty_and_no_name_longer_than_two_hundred() -> None:
    """Deeper paths are cut at the end, names too."""
    path, _, _ = place(USUAL, NO_TREE, "https://shop.example/", ["x" * 500] * 30, "call")
    assert (len(path), {len(name) for name in path}) == (20, {200})


def test_the_root_is_above_everything() -> None:
    """Root first, the page itself last."""
    assert ancestors(("a", "b")) == [(), ("a",), ("a", "b")]
    assert ancestors(()) == [()]
