"""`shopbell site tree`: what a person types, what is said, what then holds."""

import gzip
from pathlib import Path

import pytest

from tests.wired.test_cli import SITE, folder, run

__all__ = ["folder"]
MAP = "<urlset><url><loc>https://shop.example/{}</loc></url></urlset>"


@pytest.fixture
def shop(folder: Path) -> Path:
    """A data folder with one site in it."""
    assert run("migrate").exit_code == 0
    assert run(*SITE).exit_code == 0
    return folder


def tree(*words: str) -> str:
    answer = run("site", "tree", "myshop", *words)
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_a_table_is_imported_and_tried_out(shop: Path) -> None:
    """The counts are said, and where an address stands now, with the reason."""
    file = shop / "tree.csv"
    file.write_text("address,path\n/p/17,Women > Boots\n/p/18,Women > Shoes\n", encoding="utf-8")
    said = tree("--import", str(file), "--preview", "https://shop.example/de/p/17?utm_source=mail")
    assert "2 read, 2 kept in the tree (2 of depth 2)" in said
    assert "Women > Boots   depth 2, source tree: The imported tree has this address." in said
    assert "de only says the language. de / p / 17 -> p / 17" in said
    assert "Imported: 2 entries of a tree, 0 of a sitemap." in tree()


def test_an_index_takes_the_sitemaps_beside_it(shop: Path) -> None:
    """Packed or not; one that is missing is named, and nothing is changed then."""
    index = shop / "sitemap.xml"
    loc = "<sitemap><loc>https://shop.example/maps/{}</loc></sitemap>"
    index.write_text(f"<sitemapindex>{loc.format('a.xml')}{loc.format('b.xml.gz')}</sitemapindex>")
    (shop / "a.xml").write_text(MAP.format("women"))
    missing = run("site", "tree", "myshop", "--import", str(index))
    assert (missing.exit_code, "Put b.xml.gz beside it" in missing.output) == (1, True)
    (shop / "b.xml.gz").write_bytes(gzip.compress(MAP.format("men").encode()))
    assert "2 kept in the sitemap" in tree("--import", str(index))
    assert "Imported: 0 entries of a tree, 0 of a sitemap." in tree("--clear") + tree()


def test_rules_come_from_a_file(shop: Path) -> None:
    """They hold for the preview at once."""
    file = shop / "rules.json"
    file.write_text('{"ignored": ["category"], "endings": [".html"]}')
    said = tree("--rules", str(file), "--preview", "https://shop.example/category/boots.html")
    assert "boots   depth 1, source url: Read from the address." in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("/a,A\nwrong,B\n", "line 2: An address begins with / or https://."),
        ("<urlset><!-- -->", "line 1: This is not XML"),
    ],
)
def test_a_file_that_is_wrong_is_not_taken(shop: Path, text: str, said: str) -> None:
    """Each bad line is named."""
    file = shop / "tree.csv"
    file.write_text(text)
    answer = run("site", "tree", "myshop", "--import", str(file))
    assert answer.exit_code == 1
    assert "was not taken" in answer.output
    assert said in answer.output


def test_what_is_not_there_is_said(shop: Path) -> None:
    """A site, a file."""
    assert "There is no site" in run("site", "tree", "nowhere").output
    gone = run("site", "tree", "myshop", "--import", str(shop / "none.csv"))
    assert (gone.exit_code, "cannot be read" in gone.output) == (1, True)
    (shop / "bad.json").write_text('{"ids": "eat"}')
    assert "bad.json" in run("site", "tree", "myshop", "--rules", str(shop / "bad.json")).output
