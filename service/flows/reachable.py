"""Who is reachable: a lost line, a day's begin, a breath; and what becomes of the conversations of whoever leaves.

Nothing here knows a process: these are parts of a unit of work, and say in a `Told` what its committer rings.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from sqlalchemy import Connection

import access.queries
import chat.desks
import chat.do
import routing.answers
import routing.do
import routing.queries
from contract.clock import SECOND
from contract.names import Ms
from service.flows import announce
from service.flows.mornings import raise_kept
from service.flows.offering import ring_who_came_free
from service.flows.ringing import ring_for_question
from service.learning.learned import NOTHING, Learned
from store.bus import Bus
from store.lock import lock

#: A lease that lapsed so long ago will not come back by itself: what is open there is handed on.
HAND_ON_AFTER: Ms = 60 * SECOND


@dataclass
class Told:
    """What a unit of work changed: alerts, conversations, callbacks, and people whose presence others see."""

    alerts: list[str] = field(default_factory=list)
    conversations: list[str] = field(default_factory=list)
    experts: list[str] = field(default_factory=list)
    callbacks: list[str] = field(default_factory=list)

    def ring(self, bus: Bus, announce: Callable[[list[str]], None]) -> None:
        """After the commit. `announce`: of alerts."""
        for conversation_id in self.conversations:
            bus.ring("conversation", conversation_id)
        for account_id in self.experts:
            bus.ring("expert", account_id)
        for callback_id in self.callbacks:
            bus.ring("callback", callback_id)
        announce(self.alerts)


def may_ring(conn: Connection, account_id: str, now: Ms) -> list[str]:
    """Alerts that nobody can hear ring here, if a bell may ring here at all; first what was kept for them."""
    account = access.queries.account_by_id(conn, account_id)
    if account is None:
        return []
    sites = sorted(account.sites)
    kept = raise_kept(conn, account_id, sites, now)
    rung = ring_who_came_free(conn, account_id, sites, now)
    return [*(id_ for id_ in kept if id_ not in rung), *rung]


def conversation_over(conn: Connection, account_id: str, now: Ms) -> None:
    """A conversation of theirs has ended: they draw breath, if they are given time for it."""
    routing.do.rest(conn, account_id, now)


def hand_on(
    conn: Connection,
    account_id: str,
    now: Ms,
    told: Told,
    *,
    sites: Collection[str] | None = None,
    learned: Learned = NOTHING,
) -> int:
    """Their open conversations are nobody's, and ring up the ladder as a question does; the visitors read so.

    Nobody asks the one who left again, also when they are back while it rings. Invitations that nobody answered are
    taken back. Returns how many there were.
    `sites`: only the conversations of these.
    """
    name = access.queries.names(conn, [account_id]).get(account_id, "")
    count = 0
    for row in chat.desks.open_of_expert(conn, account_id):
        if sites is not None and row["site_id"] not in sites:
            continue
        held = chat.do.hold(conn, row["id"])
        if chat.do.take_back(conn, held, now):
            announce.conversation_closed(conn, held, None, now)
            told.conversations.append(row["id"])
            continue
        seq = chat.do.release(conn, row["id"], account_id, name, now)
        site = access.queries.site_facts(conn, row["site_id"])
        if seq is None or site is None:
            continue
        count += 1
        told.conversations.append(row["id"])
        for alert_id in ring_for_question(conn, site, row["visitor_id"], row["id"], seq, learned):
            routing.answers.not_again(conn, alert_id, account_id, now)
            told.alerts.append(alert_id)
    return count


class Watched:
    """How long somebody has looked round without a gap: whoever was away themselves cannot say who else was."""

    def __init__(self, gap: Ms = 15 * SECOND) -> None:
        self._gap, self._since, self._last = gap, 0, -gap - 1

    def until(self, now: Ms) -> Ms:
        """They look now: for how long they have."""
        if not self._last <= now <= self._last + self._gap:
            self._since = now
        self._last = now
        return now - self._since

    def interrupted(self) -> None:
        """It begins anew with the next look."""
        self._last = -self._gap - 1


def hand_on_lost(conn: Connection, now: Ms, here: set[str], learned: Learned = NOTHING) -> Told:
    """Whoever never said that they are going, and whose line is lost for good. `here`: who is connected to us."""
    told = Told()
    lost = [id_ for id_ in routing.queries.lost_lines(conn, now - HAND_ON_AFTER) if id_ not in here]
    for account_id in sorted(chat.desks.loads(conn, lost)) if lost else ():
        lock(conn, f"desk:{account_id}")  # another process looks, too
        if account_id in routing.queries.lost_lines(conn, now - HAND_ON_AFTER):
            count = hand_on(conn, account_id, now, told, learned=learned)
            if count:
                routing.do.handed_on(conn, account_id, count)
                told.experts.append(account_id)
    return told


def anybody_lost(conn: Connection, now: Ms) -> bool:
    lost = routing.queries.lost_lines(conn, now - HAND_ON_AFTER)
    return bool(lost and chat.desks.loads(conn, lost))


def wake(conn: Connection, now: Ms) -> Told:
    """Somebody has drawn breath, or a working span has begun: waiting alerts ring there."""
    told = Told()
    lock(conn, "wake")  # alerts first, then the experts' rows: nobody waits in a circle
    for account_id in routing.queries.to_wake(conn, now):
        told.alerts += may_ring(conn, account_id, now)
        routing.do.wake_later(conn, account_id, now)
        told.experts.append(account_id)
    return told
