"""A visitor key that a browser gives up says farewell: nobody else could, and desks would see a ghost until its lease.

Somebody else signed in, or the visitor said no. The farewell is an event like any other, and goes the ordinary way.
"""

import asyncio
import contextlib
from uuid import UUID, uuid5

from sqlalchemy import Connection

import tracker.queries
from contract.beacons import Beacon, PageLeft
from contract.clock import now_ms
from contract.errors import Refused
from contract.facts import SiteFacts
from service.bell import Bell
from tracker.visitor import key_hash

_FAREWELL = UUID("8d2f3c0a-5b0e-4c6b-9a53-6f6f2f0f4d1e")
#: Once more after so many seconds: a view that was under way under the old key when it was given up.
AGAIN = 1.5


def say_farewell(bell: Bell, site: SiteFacts, key: str) -> None:
    """In the background: the visitor of this key is no longer on the site. An unknown key is nobody."""
    bell.background(_twice(bell, site, key))


async def _twice(bell: Bell, site: SiteFacts, key: str) -> None:
    await _farewell(bell, site, key)
    await asyncio.sleep(AGAIN)
    await _farewell(bell, site, key)


async def _farewell(bell: Bell, site: SiteFacts, key: str) -> None:
    left = await bell.store.read(lambda conn: _leaving(conn, site.id, key_hash(key)))
    if left is None:
        return
    beacon = Beacon(site=site.key, visitor=key, events=[left])
    with contextlib.suppress(Refused):  # no room: the lease will tell
        await bell.journey.collect(site, beacon, received_at=now_ms(), user_agent="")


def _leaving(conn: Connection, site_id: str, hashed: str) -> PageLeft | None:
    """That the newest page of this visitor was left, with what was known of it; None if nobody is there.

    Its id is made of the view and its newest sign of life: said again, it is known.
    """
    visitor_id = tracker.queries.visitor_by_key(conn, site_id, hashed)
    visits = tracker.queries.visits_of(conn, [visitor_id], limit=1) if visitor_id is not None else []
    if not visits or visits[0]["left_at"] is not None or not tracker.queries.is_live(visits[0], now_ms()):
        return None
    views = tracker.queries.views_of(conn, visits[0]["id"], limit=1)
    if not views:
        return None
    (view,) = views
    id_ = str(uuid5(_FAREWELL, f"{site_id} {view['id']} {visits[0]['heard_at']}"))
    return PageLeft(id=id_, page=view["id"], dwell=view["dwell"], scroll=view["scroll"])
