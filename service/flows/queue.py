"""Who waits for an expert, at which place, how long still; and that they are told.

The queue is no list of its own: it is the alerts that ring and that nobody hears, in the order of their turns. What a
visitor was told stands in their conversation. Everything about one site is asked in a handful of statements, however
many wait.
"""

from collections.abc import Sequence

import msgspec
from sqlalchemy import Connection

import chat.do
import chat.history
import chat.lengths
import routing.queries
from chat.message import SYSTEM
from contract.clock import SECOND
from contract.names import Ms
from routing.presence import absent, sitting
from routing.queries import Row
from routing.tables import ASKED
from routing.wait import RECENT, Told, estimates, is_news, may_hear, sayable
from service.flows.load import loads

#: So many who wait are reckoned with; who stands further behind is told nothing that could help.
MOST = 200
#: So many desks of a site are counted: with more places than these nobody waits for long.
DESKS = 300


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody stands, the next one at 1, and in how many seconds they will have a place. None: not known, for
    nobody is at work, or a place is free and yet not for them (whose it is was silent, or has declined)."""

    alert: Row
    position: int
    seconds: float | None


def queue_at(conn: Connection, site_id: str, now: Ms) -> list[Place]:
    """Everybody who waits at this site, in the order in which they are offered."""
    return _places(conn, site_id, routing.queries.waiting_without_ring(conn, [site_id])[:MOST], now)


def _places(conn: Connection, site_id: str, waiting: Sequence[Row], now: Ms) -> list[Place]:
    if not waiting:
        return []
    found = _estimates(conn, site_id, len(waiting), now)
    return [
        Place(alert=row, position=number + 1, seconds=(found[number] or None) if found else None)
        for number, row in enumerate(waiting)
    ]


def _estimates(conn: Connection, site_id: str, waiting: int, now: Ms) -> list[float] | None:
    """None where nobody is at work."""
    desks = [row for row in routing.queries.online(conn, site_id, now, DESKS) if not absent(sitting(row), now)]
    if not desks:
        return None
    ids = [row["id"] for row in desks]
    taken = loads(conn, ids)
    return estimates(
        waiting,
        sum(max(0, row["capacity"] - taken.get(row["id"], 0)) for row in desks),
        [max(0, now - since) / SECOND for since in chat.lengths.running(conn, ids)],
        [length / SECOND for length in chat.lengths.over(conn, site_id, RECENT)],
    )


def tell_who_waits(conn: Connection, site_ids: Sequence[str], now: Ms) -> list[str]:
    """Who wrote, and finds all experts busy, is told their place and the minutes (where they are not more than we
    keep somebody waiting): at once, and when that has changed much. Returns the conversations that were told.

    This runs each second: nothing is estimated while nobody wrote who could be told anything now.
    """
    told: list[str] = []
    for site_id in site_ids:
        waiting = routing.queries.waiting_without_ring(conn, [site_id])[:MOST]
        asking = [row for row in waiting if row["reason"] == ASKED]
        over = chat.history.last_word(conn, [row["trigger_id"] for row in asking]) if asking else set()
        asking = [row for row in asking if row["trigger_id"] not in over]  # they have heard that nobody is free
        said = _told(conn, asking) if asking else {}
        if not any(may_hear(said.get(row["id"]), now) for row in asking):
            continue
        places = [place for place in _places(conn, site_id, waiting, now) if place.alert["reason"] == ASKED]
        for position, place in enumerate(places, start=1):  # among those who wrote: the others wait for nothing
            if not place.seconds:
                continue  # nobody is at work, so that no end can be told; or a place is free, and their bell rings next
            if place.alert["trigger_id"] in over:
                continue
            conversation_id, left = place.alert["trigger_id"], (place.alert["due_at"] - now) / SECOND
            in_minutes = sayable(place.seconds, left)
            if not is_news(said.get(place.alert["id"]), position, in_minutes, now):
                continue
            if _tell(conn, conversation_id, place.alert["id"], position, in_minutes, now):
                told.append(conversation_id)
    return told


def _told(conn: Connection, asking: Sequence[Row]) -> dict[str, Told]:
    """Alert -> what was said of it last."""
    conversations = [row["trigger_id"] for row in asking]
    since = min(row["raised_at"] for row in asking)
    return {
        data["alert"]: Told(data["position"], data["minutes"], at)
        for data, at in chat.history.events_since(conn, conversations, since)
        if data.get("name") == "queue.waiting"
    }


def _tell(
    conn: Connection, conversation_id: str, alert_id: str, position: int, in_minutes: int | None, now: Ms
) -> bool:
    """Under the lock of the conversation: of two processes one tells, and nobody who is being answered is told."""
    row = chat.do.hold(conn, conversation_id)
    if row["state"] != "open" or row["expert_id"] is not None:
        return False
    newest = chat.history.events_since(conn, [conversation_id], now - SECOND)
    if any(data.get("name") == "queue.waiting" for data, _ in newest):
        return False
    about = f"; about {in_minutes} min" if in_minutes is not None else ""
    words = f"All experts are busy. You are number {position}{about}."
    data = {"name": "queue.waiting", "alert": alert_id, "position": position, "minutes": in_minutes}
    chat.do.add(conn, conversation_id, SYSTEM, "event", words, data, None, now)
    return True
