"""A tree of seven levels that a shop may really have: Google's product taxonomy, imported and then walked."""

import csv
import gzip
import io
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.real.conftest import Told

FILE = "google-product-taxonomy/taxonomy-with-ids.en-US.txt.gz"
#: Categories per level, as the file's own README counts them.
LEVELS = {"1": 21, "2": 192, "3": 1_349, "4": 2_203, "5": 1_385, "6": 397, "7": 48}
BODY = 200


@pytest.fixture(scope="module")
def taxonomy(request: pytest.FixtureRequest) -> dict[str, list[str]]:
    """Number -> names from the root."""
    real_data: Callable[[str], Path] = request.getfixturevalue("real_data")
    with gzip.open(real_data(FILE), "rt", encoding="utf-8") as lines:
        return {
            number: [name.strip() for name in names.split(" > ")]
            for number, _, names in (line.strip().partition(" - ") for line in lines if not line.startswith("#"))
        }


def as_table(taxonomy: dict[str, list[str]]) -> bytes:
    written = io.StringIO()
    table = csv.writer(written, delimiter=";")
    table.writerow(["address", "path"])
    table.writerows([f"/c/{number}/", " > ".join(names)] for number, names in taxonomy.items())
    return b"\xef\xbb\xbf" + written.getvalue().encode()


def bodies(taxonomy: dict[str, list[str]]) -> Iterator[dict[str, object]]:
    """A page view of every category, by addresses alone; each body is another visitor."""
    numbers = list(taxonomy)
    for start in range(0, len(numbers), BODY):
        events = [
            {
                "id": str(uuid.uuid4()), "type": "page.viewed", "at": "2026-05-01T10:00:00Z",
                "url": f"https://shop.example/en/c/{number}?utm_source=mail",
            }
            for number in numbers[start : start + BODY]
        ]  # fmt: skip
        yield {"site": "demo", "visitor": uuid.uuid4().hex, "events": events}


def test_all_levels_are_imported_and_every_page_stands_where_it_belongs(
    told: Told, taxonomy: dict[str, list[str]]
) -> None:
    """5,595 categories, seven levels, exact: in the import, in a preview, and for a page view of each of them."""
    site = told.site()
    imported = told.send(f"/api/sites/{site}/tree/import", as_table(taxonomy), "text/csv")
    assert (imported["read"], imported["kept"], imported["repeated"]) == (5_595, 5_595, 0)
    assert imported["by_depth"] == LEVELS
    deepest = max(taxonomy, key=lambda number: len(taxonomy[number]))
    preview = told.ask(f"/api/sites/{site}/tree/preview", {"url": f"https://shop.example/c/{deepest}/index.html"})
    assert (preview["path"], preview["depth"], preview["source"]) == (taxonomy[deepest], 7, "tree")
    for body in bodies(taxonomy):
        taken = told.ask("/api/events", body)
        assert taken["stored"] == len(body["events"])  # type: ignore[arg-type]
    seen = told.rows("SELECT depth, count(*) FROM page_view GROUP BY depth")
    assert {str(depth): number for depth, number in seen} == LEVELS
    assert told.rows("SELECT DISTINCT source FROM page_view") == [("tree",)]
    # The file names every category's parents, so the walked tree is the imported one, home on top.
    assert told.rows("SELECT count(*) FROM node WHERE depth > 0 AND path IS NOT NULL")[0][0] >= 5_595
