"""The clickstream of a shop in 2008 (`e-shop clothing`): one line per click, `;` between the columns, names above.

A session is a visitor with one visit. A click is a page view of a model, which stands in the tree as
shop > category > model: the shop is the home page, so a click has depth 2. The number of the listing page from which
the model was clicked goes into the address.

The file knows the day and the order of the clicks and no clock times. They are invented, always the same for the same
session: it begins between 08:00 and 20:00 UTC, and one click follows another after 10 to 20 seconds, whatever lies
between them in the file. So no session is torn apart by silence, and none reaches midnight before its 720th click.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256

from contract.beacons import PageViewed
from contract.clock import DAY, HOUR, SECOND, rfc3339
from contract.names import Ms
from service.replay.formats.shape import Happened, Line, Skipped, event_id, visitor_key

CATEGORIES = {"1": "Trousers", "2": "Skirts", "3": "Blouses", "4": "Sale"}
_NEEDED = ("year", "month", "day", "order", "session id", "page 1 (main category)", "page 2 (clothing model)")
_OPENS, _CLOSES = 8 * HOUR, 20 * HOUR
_BASE = "http://shop.example"


def read(lines: Iterable[Line]) -> Iterator[Happened | Skipped]:
    """Clicks in the order of the file. The first line names the columns, in any order."""
    columns: dict[str, int] | None = None
    for line in lines:
        cells = [cell.strip().strip('"') for cell in line[1].decode("utf-8-sig", "replace").split(";")]
        if columns is None:
            columns = {name.lower(): place for place, name in enumerate(cells)}
            missing = [name for name in _NEEDED if name not in columns]
            if missing:
                raise ValueError(f"this is no e-shop file: its first line does not name {', '.join(missing)}")
            continue
        if cells == [""]:
            continue
        row = dict(zip(columns, cells, strict=False))
        session, order, day = row.get("session id", ""), row.get("order", ""), _day(row)
        if not session or not order.isdecimal() or int(order) < 1 or day is None:
            yield Skipped(line=line[0], why="no session, no order or no day")
            continue
        category, model = CATEGORIES.get(row[_NEEDED[5]], row[_NEEDED[5]]), row.get(_NEEDED[6], "")
        page = row.get("page", "")
        at = day + time_of(session, int(order))
        yield Happened(
            visitor=visitor_key("eshop", session),
            at=at,
            event=PageViewed(
                id=event_id(line),
                at=rfc3339(at),
                url=f"{_BASE}/{category.lower()}/{model}" + (f"?page={page}" if page else ""),
                title=model,
                path=[category, model],
                source="call",
            ),
        )


def time_of(session: str, order: int) -> Ms:
    """The invented time of the n-th click of a session, in ms since midnight."""
    dice = int.from_bytes(sha256(session.encode()).digest()[:8], "big")
    begins = _OPENS + dice % ((_CLOSES - _OPENS) // SECOND) * SECOND
    pace = 10 * SECOND + (dice >> 32) % 10_001
    return min(begins + (order - 1) * pace, DAY - 1)


def _day(row: dict[str, str]) -> Ms | None:
    try:
        moment = datetime(int(row["year"]), int(row["month"]), int(row["day"]), tzinfo=UTC)
    except (KeyError, ValueError):
        return None
    return int(moment.timestamp()) * SECOND
