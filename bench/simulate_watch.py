"""Who watches the simulated day: each bell that was announced is looked up, and compared with what was promised.

Nothing here decides anything for the product. A promise that was broken is a line in `wrong`.
"""

from collections import Counter, defaultdict
from typing import Any

import msgspec
from sqlalchemy import Connection, func, select

from chat.tables import conversation
from contract.clock import SECOND
from contract.names import Ms
from routing.tables import alert, expert, ring
from routing.turn import HEAD_START
from store.base import Store
from store.prepared import Prepared, among

_ALERTS = Prepared(select(alert).where(among(alert.c.id, "ids")))
_RINGS = Prepared(select(ring).where(among(ring.c.alert_id, "ids")))
_DESKS = Prepared(select(expert).where(among(expert.c.id, "ids")))
_LOADS = Prepared(
    select(conversation.c.expert_id, func.count())
    .where(among(conversation.c.expert_id, "ids"), conversation.c.state == "open")
    .group_by(conversation.c.expert_id)
)
_OPEN = Prepared(select(ring.c.alert_id, ring.c.expert_id, ring.c.rung).where(ring.c.outcome.is_(None)))
_OVERFULL = Prepared(
    select(conversation.c.expert_id, func.count(), expert.c.capacity)
    .join(expert, expert.c.id == conversation.c.expert_id)
    .where(conversation.c.state == "open")
    .group_by(conversation.c.expert_id, expert.c.capacity)
    .having(func.count() > expert.c.capacity)
)
Hear = tuple[str, str, str]


class Desk(msgspec.Struct):
    """An expert as the day knows them. `shift`: from when until when bells may ring there. `available`: ms online.
    `bells`: those of the topic, where one of equals is chosen; `busy`: ms of all conversations together."""

    id: str
    topic: int
    group: str
    shift: tuple[Ms, Ms]
    bells: int = 0
    talks: int = 0
    busy: Ms = 0
    available: Ms = 0


class Bell(msgspec.Struct):
    """An alert as it was last seen. `open`: where it rings; `outcomes`: of all its rings; `offers`: when it began to
    ring somewhere, and where."""

    id: str
    row: dict[str, Any]
    open: set[tuple[str, str]] = msgspec.field(default_factory=set)
    outcomes: dict[tuple[str, str], str | None] = msgspec.field(default_factory=dict)
    offers: list[tuple[Ms, str, str]] = msgspec.field(default_factory=list)

    @property
    def waits(self) -> bool:
        """It rings, and nobody hears it, and its visitor is there."""
        return self.row["state"] == "ringing" and not self.open and self.row["gone_at"] is None


class Watch:
    """`owners`: visitor -> their expert; `served`: visitor -> conversation or order -> when, and by whom."""

    def __init__(self, store: Store, capacity: int) -> None:
        self._store, self._capacity = store, capacity
        self.desks: dict[str, Desk] = {}
        self.bells: dict[str, Bell] = {}
        self.ringing: dict[str, Bell] = {}
        self.owners: dict[str, str] = {}
        self.served: dict[str, dict[str, tuple[Ms, str]]] = defaultdict(dict)
        self.known: set[str] = set()
        self.wrong: Counter[str] = Counter()
        self.first: list[str] = []
        self.reached: Counter[str] = Counter()
        self.checked: Counter[str] = Counter()
        self.overtaken: Ms = 0

    def broken(self, promise: str, detail: str) -> None:
        self.wrong[promise] += 1
        if len(self.first) < 20:
            self.first.append(f"{promise}: {detail}")

    def last(self, visitor: str) -> str | None:
        """Who served them last; who left in the middle, too, until somebody takes over."""
        return max(self.served[visitor].values(), default=(0, None))[1] if visitor in self.served else None

    async def look(self, alert_ids: list[str], now: Ms) -> list[Hear]:
        """These alerts were announced. Returns where a bell begins to ring: (alert, expert, rung)."""
        if not alert_ids:
            return []
        heard, desks, loads = await self._store.glance(lambda conn: self._read(conn, alert_ids))
        waiting = [one for one in self.ringing.values() if one.waits]
        begins: list[Hear] = []
        for row, rings in heard:
            begins += self._seen(row, rings, desks, loads, waiting, now)
        return begins

    def _read(
        self, conn: Connection, ids: list[str]
    ) -> tuple[list[tuple[dict[str, Any], list[dict[str, Any]]]], dict[str, dict[str, Any]], dict[str, int]]:
        rings: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in _RINGS.dicts(conn, ids=ids):
            rings[one["alert_id"]].append(one)
        rows = sorted(_ALERTS.dicts(conn, ids=ids), key=lambda row: row["id"])
        people = {one["expert_id"] for some in rings.values() for one in some if one["outcome"] is None}
        for row in rows:
            if row["id"] not in self.bells:
                people |= {who for who in (self.owners.get(row["visitor_id"]), self.last(row["visitor_id"])) if who}
        asked = sorted(people)
        desks = {one["id"]: one for one in _DESKS.dicts(conn, ids=asked)} if asked else {}
        loads: dict[str, int] = dict(_LOADS.rows(conn, ids=asked)) if asked else {}
        return [(row, sorted(rings[row["id"]], key=lambda one: one["expert_id"])) for row in rows], desks, loads

    def _seen(
        self,
        row: dict[str, Any],
        rings: list[dict[str, Any]],
        desks: dict[str, dict[str, Any]],
        loads: dict[str, int],
        waiting: list[Bell],
        now: Ms,
    ) -> list[Hear]:
        bell = self.bells.get(row["id"])
        fresh = bell is None
        if bell is None:
            bell = self.bells[row["id"]] = Bell(row["id"], row)
        waited = not fresh and bell.waits
        open_ = {(one["expert_id"], one["rung"]) for one in rings if one["outcome"] is None}
        begins = sorted(open_ - bell.open)
        declined = {one["expert_id"] for one in rings if one["outcome"] == "declined"}
        bell.row, bell.open = row, open_
        bell.outcomes = {(one["expert_id"], one["rung"]): one["outcome"] for one in rings}
        if row["state"] == "ringing":
            self.ringing[row["id"]] = bell
        else:
            self.ringing.pop(row["id"], None)
            if open_:
                self.broken("rings on after its end", f"{row['id']} {open_}")
        if sum(rung != "anyone" for _, rung in open_) > 1:
            self.broken("rings two at once on one rung", f"{row['id']} {open_}")
        if len({rung for _, rung in open_}) > 1:
            self.broken("rings on two rungs at once", f"{row['id']} {open_}")
        for who, rung in begins:
            bell.offers.append((now, who, rung))
            self.desks[who].bells += rung == "topic"
            self.checked["rings"] += 1
            why = self.unreachable(desks[who], loads.get(who, 0), now) or ("declined" if who in declined else "")
            if why:
                self.broken(f"rang at somebody {why}", f"{row['id']} on {rung} at {who}")
        if fresh and row["state"] == "ringing":
            self._first_rung(row, open_, desks, loads, now)
        if waited and len(begins) == 1:
            self._in_turn(bell, begins[0][0], waiting)
        return [(row["id"], who, rung) for who, rung in begins]

    def unreachable(self, desk: dict[str, Any], load: int, now: Ms) -> str:
        """Why no bell may begin to ring there now, or ""."""
        if desk["status"] != "online":
            return str(desk["status"])
        if desk["lease_until"] <= now:
            return "lost"
        if desk["rest_until"] > now:
            return "breathing"
        _, end = self.desks[desk["id"]].shift
        if now >= end > desk["status_at"]:  # whoever says so before or after, works before or after
            return "off duty"
        return "full" if load >= self._capacity else ""

    def _first_rung(
        self,
        row: dict[str, Any],
        open_: set[tuple[str, str]],
        desks: dict[str, dict[str, Any]],
        loads: dict[str, int],
        now: Ms,
    ) -> None:
        """A customer's bell rings at their owner, else at who served them last, whenever those can hear it."""
        visitor = row["visitor_id"]
        if visitor not in self.known:
            return
        if row["customer_id"] is None:
            self.broken("a customer was taken for a stranger", visitor)
        for rung, who in (("owner", self.owners.get(visitor)), ("last", self.last(visitor))):
            if who is None or who not in desks or self.unreachable(desks[who], loads.get(who, 0), now):
                continue
            self.reached[rung] += 1
            if open_ != {(who, rung)}:
                self.broken("a customer did not ring at their own", f"{row['id']} {rung} {who}, but {open_}")
            return

    def _in_turn(self, bell: Bell, who: str, waiting: list[Bell]) -> None:
        """Whoever came more than the head start later is not offered before somebody who waits."""
        self.checked["turns"] += 1
        for other in waiting:
            if other is bell or not other.waits or other.row["raised_at"] >= bell.row["raised_at"]:
                continue
            said = {rung: outcome for (one, rung), outcome in other.outcomes.items() if one == who}
            if "declined" in said.values() or said.get(other.row["rung"]) == "silent":
                continue
            ahead = bell.row["raised_at"] - other.row["raised_at"]
            self.overtaken = max(self.overtaken, ahead)
            if ahead > HEAD_START:
                self.broken("overtaken beyond the head start", f"{other.id} by {bell.id}, {ahead} ms later")

    async def look_round(self, now: Ms) -> None:
        """Everything at once, once in a while: nothing changed unannounced, nobody is overfull."""

        def read(conn: Connection) -> tuple[set[Hear], list[Any]]:
            return {(one[0], one[1], one[2]) for one in _OPEN.rows(conn)}, _OVERFULL.rows(conn)

        open_, overfull = await self._store.glance(read)
        known = {(bell.id, who, rung) for bell in self.ringing.values() for who, rung in bell.open}
        self.checked["rounds"] += 1
        if open_ != known:
            self.broken("a ring changed and nobody was told", str(sorted(open_ ^ known)[:3]))
        alone = Counter(id_ for id_, _, rung in open_ if rung != "anyone")
        for id_, number in alone.items():
            if number > 1:
                self.broken("rings two at once on one rung", id_)
        for who, number, places in overfull:
            self.broken("more conversations than places", f"{who}: {number} of {places}")
        for bell in self.ringing.values():
            over = min(bell.row["due_at"], bell.row["gone_at"] or bell.row["due_at"])
            if max(over, bell.row["raised_at"]) < now - 15 * SECOND:  # a visitor may have gone before it was raised
                self.broken("its time is over, and nothing happened", bell.id)
