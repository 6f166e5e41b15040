"""Three months of a real shop's clicks: every session is one visit, every click one page view."""

import csv
import gzip
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.real.conftest import Told

CLICKS = "eshop-clothing-2008/e-shop_clothing_2008.dev.csv.gz"
#: So many sessions are replayed, beside those that are longer than any other: the rest is more of the same.
SESSIONS = 800
LONG = 100
CATEGORIES = {"1": "Trousers", "2": "Skirts", "3": "Blouses", "4": "Sale"}


@pytest.fixture
def clicks_file(real_data: Callable[[str], Path]) -> Path:
    return real_data(CLICKS)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_a_session_is_a_visit_and_a_click_a_page_view(clicks_file: Path, told: Told, tmp_path: Path) -> None:
    """In its own day, in its own order, at shop > category > model; and a second replay changes nothing."""
    with gzip.open(clicks_file, "rt") as opened:
        head, *lines = opened.read().splitlines()
    rows = list(csv.DictReader([head, *lines], delimiter=";"))
    sessions = Counter(row["session ID"] for row in rows)
    assert (len(rows), len(sessions), max(sessions.values())) == (123_097, 18_082, 192)
    chosen = {*list(sessions)[:SESSIONS], *(session for session, clicks in sessions.items() if clicks > LONG)}
    kept = [(row, line) for row, line in zip(rows, lines, strict=True) if row["session ID"] in chosen]
    some = tmp_path / "clicks.csv"
    some.write_text("\n".join([head, *(line for _, line in kept)]) + "\n")

    clicks = len(kept)
    assert told.replay(some, "eshop") == {"sent": clicks, "stored": clicks, "duplicates": 0, "rejected": 0}
    _agree(told, [row for row, _ in kept])
    assert told.replay(some, "eshop") == {"sent": clicks, "stored": 0, "duplicates": clicks, "rejected": 0}
    _agree(told, [row for row, _ in kept])


def _agree(told: Told, rows: list[dict[str, str]]) -> None:
    sessions = Counter(row["session ID"] for row in rows)
    assert told.overview() == {
        "visitors": len(sessions),
        "returning_visitors": 0,
        "visits": len(sessions),
        "page_views": len(rows),
        "by_depth": {"2": len(rows)},
    }
    visits = told.rows("SELECT pages, started_at / 86400000, last_at / 86400000, bot FROM visit")
    assert Counter(pages for pages, *_ in visits) == Counter(sessions.values())
    assert all(first == last for _, first, last, _ in visits), "no session crosses midnight"
    assert not any(bot for *_, bot in visits), "no agent is unknown, not a bot"
    models = Counter((CATEGORIES[row["page 1 (main category)"]], row["page 2 (clothing model)"]) for row in rows)
    seen = told.rows("SELECT node.path, count(*) FROM page_view JOIN node ON node.id = node_id GROUP BY node.path")
    assert dict(seen) == {f'["{category}","{model}"]': number for (category, model), number in models.items()}
    days = Counter(f"{row['year']}-{int(row['month']):02d}-{int(row['day']):02d}" for row in rows)
    day, number = days.most_common(1)[0]
    assert told.overview(**{"from": day, "to": day})["page_views"] == number
    funnel = told.ask("/api/funnels/query", {"site": "demo", "steps": ["viewed", "viewed"], "window_s": 3600})
    assert [step["visitors"] for step in funnel["steps"]] == [
        len(sessions),
        sum(clicks > 1 for clicks in sessions.values()),
    ]
