"""What happens to callbacks by themselves: a reminder, a promise that its maker cannot keep, one that was missed.

Parts of a unit of work. `voice.timing` says what and when; the times stand in the base, so a restart loses none.
"""

from sqlalchemy import Connection, RowMapping

import access.queries
import chat.do
import chat.queries
import routing.queries
import voice.do
from contract.names import Ms
from routing.presence import sitting
from routing.slots import who
from service.flows import announce
from service.flows.slots import Asking, still_works
from store.lock import lock
from voice.timing import step


def fire_due(conn: Connection, now: Ms) -> list[str]:
    """Do what is due now. Returns the callbacks that changed."""
    lock(conn, voice.do.LOCK)
    changed = []
    for row in voice.do.claim_due(conn, now):
        what, due_at = step(row["at"], now)
        if what == "missed":
            announce.callback_changed(conn, "callback.updated", voice.do.settle(conn, row["id"], "missed", now), now)
        else:
            if row["owner_id"] is not None and not _keeps(conn, row, now, its_time=what == "call"):
                _hand_on(conn, row, now, online=what == "call")
            voice.do.due(conn, row, now, due_at)
        changed.append(str(row["id"]))
    return changed


def hand_on_promises(conn: Connection, account_id: str, now: Ms) -> list[str]:
    """What this expert has promised and cannot keep any more (gone, another site, other hours) is somebody else's.
    `voice.do.LOCK` is held. What is cancelled or kept in this moment is nobody else's: it is not waited for, since
    conversations may be held already. Returns the callbacks that changed."""
    changed = []
    for row in voice.do.claim_of(conn, account_id):
        if not still_works(conn, row["site_id"], account_id, row["at"]):
            _hand_on(conn, row, now)
            changed.append(str(row["id"]))
    return changed


def _keeps(conn: Connection, row: RowMapping, now: Ms, *, its_time: bool) -> bool:
    """Whether its owner works then; and once its time has come, whether they are there at all."""
    if not its_time:
        return still_works(conn, row["site_id"], row["owner_id"], row["at"])
    return not _offline(conn, row["owner_id"], now)


def _offline(conn: Connection, expert_id: str, now: Ms) -> bool:
    desk = routing.queries.desk_row(conn, expert_id)
    return desk is None or desk["status"] == "offline" or sitting(desk).lease_until <= now


def _hand_on(conn: Connection, row: RowMapping, now: Ms, *, online: bool = False) -> None:
    """To the next of the ladder who can at that time; nobody's if there is none. `online`: to somebody who is there;
    if nobody is, it stays whose it is, for they may still come."""
    site = access.queries.site_facts(conn, row["site_id"])
    assert site is not None, "a callback belongs to a site"
    asking = Asking(
        conn,
        site,
        row["visitor_id"],
        row["frame_hash"],
        topic=row["topic"],
        words=row["words"],
        without=row["owner_id"],
        channel=row["channel"],
        besides=row["id"],
    )
    if online:  # its time has come: whoever is there keeps it
        found = who(row["at"], [one for one in asking.people if not _offline(conn, one.id, now)], asking.taken)
    else:
        found = asking.who(row["at"], now)
    if found is None and online:
        return
    moved = voice.do.move(conn, row, found.id if found else None, row["at"], now)
    announce.callback_changed(conn, "callback.updated", moved, now)
    if row["conversation_id"] is not None and found is not None:
        kept = chat.queries.row(conn, row["conversation_id"])
        if kept is not None and kept["expert_id"] is None and kept["kept_for"] == row["owner_id"]:
            chat.do.keep_for(conn, kept["id"], found.id, row["at"])
