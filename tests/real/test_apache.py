"""Four days of a real web server's log, counted by the product and by this file, which shares no code with it."""

import gzip
from collections import Counter, defaultdict
from collections.abc import Callable
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from tests.real.conftest import Told

LOG = "apache-access-log/apache_logs.gz"
#: What the README of the data counts over all requests.
VISITORS, VISITS, RETURNING = 1_861, 3_223, 348
DEPTHS = {"0": 575, "1": 2_264, "2": 1_943, "3": 2_352, "4": 2_228, "5": 563, "6": 67, "7": 6, "9": 1}


PAGES = (
    *(".html", ".xhtml", ".php", ".markdown", ".html%20target=", ".threads", ".Jan05", ".3"),
    *("+newpsm", "-pkg-config"),
)


class Request(NamedTuple):
    visitor: tuple[str, str]
    at: float
    method: str
    target: str
    status: str


def requests(file: Path) -> list[Request]:
    """Cut at the quotation marks; the one line without its last is left out."""
    found = []
    with gzip.open(file, "rt", encoding="utf-8", errors="replace") as opened:
        lines = opened.read().splitlines()
    for line in lines:
        parts = line.split('"')
        if len(parts) < 7 or parts[6]:
            continue
        before, request, status, agent = parts[0], parts[1].split(), parts[2].split()[0], parts[5]
        at = datetime.strptime(before[before.index("[") + 1 : before.index("]")], "%d/%b/%Y:%H:%M:%S %z")
        found.append(Request((before.split()[0], agent), at.timestamp(), request[0], request[1], status))
    return found


def is_page(request: Request) -> bool:
    """The other way round than the product: what may be a page, not what may not. True of this log only."""
    if request.method != "GET" or request.status not in ("200", "304"):
        return False
    path, _, query = request.target.partition("?")
    if any(
        query == feed or query.endswith(f"&{feed}") for feed in ("flav=rss20", "flav=rss2", "flav=rss", "flav=atom")
    ):
        return False
    last = path.split("/")[-1]
    return "." not in last or last.endswith(PAGES)


class Count(NamedTuple):
    visitors: int
    visits: int
    returning: int
    depths: dict[str, int]


def count(of: list[Request]) -> Count:
    times = defaultdict(list)
    for request in of:
        times[request.visitor].append(request.at)
    visits = []
    for own in times.values():
        own.sort()
        visits.append(1 + sum(later - earlier > 1800 for earlier, later in pairwise(own)))
    depths = Counter(str(len([name for name in r.target.partition("?")[0].split("/") if name])) for r in of)
    return Count(len(times), sum(visits), sum(number > 1 for number in visits), dict(depths))


@pytest.fixture
def log(real_data: Callable[[str], Path]) -> Path:
    return real_data(LOG)


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_base_holds_what_the_log_holds(log: Path, told: Told) -> None:
    """Every page view once, its visitors and visits; twice is once; and all requests as the README counts them."""
    everything = requests(log)
    assert len(everything) == 9_999
    pages = [request for request in everything if is_page(request)]
    expected = count(pages)

    first = told.replay(log, "apache")
    assert first == {"sent": len(pages), "stored": len(pages), "duplicates": 0, "rejected": 0}
    _agree(told, pages, expected)

    again = told.replay(log, "apache")
    assert again == {"sent": len(pages), "stored": 0, "duplicates": len(pages), "rejected": 0}
    _agree(told, pages, expected)

    rest = told.replay(log, "apache", "--all-requests")
    assert rest == {"sent": 9_999, "stored": 9_999 - len(pages), "duplicates": len(pages), "rejected": 0}
    whole = Count(VISITORS, VISITS, RETURNING, DEPTHS)
    assert count(everything) == whole
    _agree(told, everything, whole)


def _agree(told: Told, of: list[Request], expected: Count) -> None:
    """The report, the rows, and the file say the same."""
    overview = told.overview(bots="true")
    assert overview == {
        "visitors": expected.visitors,
        "returning_visitors": expected.returning,
        "visits": expected.visits,
        "page_views": len(of),
        "by_depth": expected.depths,
    }
    assert told.rows("SELECT count(*), count(DISTINCT id), min(at), max(at) FROM page_view") == [
        (len(of), len(of), min(r.at for r in of) * 1000, max(r.at for r in of) * 1000)
    ]
    assert told.rows("SELECT count(*) FROM visitor") == [(expected.visitors,)]
    visits = "FROM visit WHERE merged_into IS NULL AND pages > 0"
    assert told.rows(f"SELECT count(*) {visits}") == [(expected.visits,)]
    assert told.rows(f"SELECT sum(pages) {visits}") == [(len(of),)]
    returning = f"SELECT count(*) FROM (SELECT visitor_id {visits} GROUP BY visitor_id HAVING count(*) > 1) AS often"
    assert told.rows(returning) == [(expected.returning,)]
    assert told.rows("SELECT count(*) FROM alert") == [(0,)], "the past rings no bell"
    ((zone,),) = told.rows("SELECT zone FROM site WHERE key = 'demo'")
    day = [r for r in of if datetime.fromtimestamp(r.at, ZoneInfo(zone)).date() == date(2015, 5, 18)]
    one_day = told.overview(bots="true", **{"from": "2015-05-18", "to": "2015-05-18"})
    assert one_day["page_views"] == len(day)
    assert one_day["visitors"] == len({r.visitor for r in day})
    people = told.overview()
    assert people["page_views"] + told.rows(
        "SELECT count(*) FROM page_view JOIN visit ON visit.id = page_view.visit_id WHERE visit.bot"
    )[0][0] == len(of)
