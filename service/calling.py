"""The task of a process that calls people on their devices: who has no line, what is there for them, each call once.

It looks once a second and only where somebody has switched it on; nothing waits for it, and whoever collects or talks
pays nothing for it. Whatever ends here (the process dies, the base is away) is found again by the next look.
"""

import time

from sqlalchemy import Connection

import access.push
from access.push import Device
from contract.clock import MINUTE, SECOND
from contract.names import Ms
from service import outbox
from service.flows.calls import MOST, Called, look, missed, rings
from service.outbox import Push
from service.outgoing.sender import Outgoing
from service.sockets.registry import Registry
from store.base import Store
from store.repeated import repeated
from store.sql import db_now

TICK = 1.0
#: So long without a line: a page that is loaded anew has one again before. In s.
GRACE = 4.0
#: Where there are several processes, each says so often whose desks it hears, and is believed so long.
SAY_EVERY, BELIEVED = 2.0, 6 * SECOND
#: A bell is followed for so long after somebody was called for it.
FOLLOWED: Ms = 10 * MINUTE
#: Between two calls for words of the same conversation. In s.
BREATH = 10.0
_KEPT = 20_000


class Calling:
    """`alone`: this is the only process, so whoever has no line here has none."""

    def __init__(
        self, store: Store, registry: Registry, outgoing: Outgoing, *, alone: bool, grace: float = GRACE
    ) -> None:
        self._store, self._registry, self._outgoing = store, registry, outgoing
        self._alone, self._grace = alone, grace
        self._without: dict[str, float] = {}  # account -> since when it has had no line
        self._said = -SAY_EVERY
        self._put: set[str] = set()
        self._seen: set[str] = set()
        self._rang: dict[tuple[str, str], float] = {}
        self._followed: dict[str, Called] = {}

    async def run(self) -> None:
        await repeated("calling", TICK, self.tick)

    async def tick(self) -> None:
        """One look."""
        devices, now = await self._store.read(_devices)
        await self._say_whom_we_hear(devices)
        without = self._without_line(devices, now)
        if not without and not self._followed:
            return
        found, over, seen = await self._store.read(lambda conn: self._look(conn, without))
        fresh = [one for one in found if self._is_new(one.push)]
        ends = [push for push in over.values() if push is not None]
        if fresh or ends:
            put = await self._store.write(lambda conn: _put(conn, fresh, ends))
            self._followed |= {outbox.push_id(one.push): one for one in put if one.push.kind == "bell"}
            self._outgoing.wake()
        for id_ in over:
            self._followed.pop(id_, None)
        self._remember(fresh, seen)

    def _look(self, conn: Connection, without: list[Device]) -> tuple[list[Called], dict[str, Push | None], set[str]]:
        """(what to call for, what became of bells that are over: None where there is nothing to say, `seen` with the
        bells that were looked at now)."""
        now, seen = db_now(conn), set(self._seen)
        over: dict[str, Push | None] = {}
        for id_, called in self._followed.items():
            if not rings(conn, called.push.ref):
                over[id_] = missed(conn, called, now) if called.device.id in {one.id for one in without} else None
            elif now > called.push.until + FOLLOWED:
                over[id_] = None
        return look(conn, without, now, seen), over, seen

    def _is_new(self, push: Push) -> bool:
        """Not put yet by us; and whoever writes word by word does not ring at each."""
        if outbox.push_id(push) in self._put:
            return False
        return push.kind != "message" or time.monotonic() - self._rang.get((push.device, push.tag), -MINUTE) >= BREATH

    def _remember(self, fresh: list[Called], seen: set[str]) -> None:
        if len(self._put) + len(seen) > _KEPT:  # what is put twice is stored once
            self._put, self._rang, seen = set(), {}, set(sorted(seen)[-MOST:])
        self._seen = seen
        self._put |= {outbox.push_id(one.push) for one in fresh}
        self._rang |= {(one.push.device, one.push.tag): time.monotonic() for one in fresh}

    async def _say_whom_we_hear(self, devices: list[Device]) -> None:
        heard = {one.account_id for one in devices} & set(self._registry.expert_ids())
        if heard and not self._alone and time.monotonic() - self._said >= SAY_EVERY:
            self._said = time.monotonic()
            await self._store.write(lambda conn: access.push.has_line(conn, sorted(heard), db_now(conn)))

    def _without_line(self, devices: list[Device], now: Ms) -> list[Device]:
        """Those whose people have had no line for a while, here or elsewhere."""
        here, moment = set(self._registry.expert_ids()), time.monotonic()
        people = {one.account_id: one.line_at for one in devices}
        for account_id, line_at in people.items():
            if account_id in here or line_at > now - BELIEVED:
                self._without.pop(account_id, None)
            else:
                self._without.setdefault(account_id, moment)
        return [one for one in devices if moment - self._without.get(one.account_id, moment) >= self._grace]


def _devices(conn: Connection) -> tuple[list[Device], Ms]:
    now = db_now(conn)
    return access.push.devices(conn, now), now


def _put(conn: Connection, fresh: list[Called], ends: list[Push]) -> list[Called]:
    """The calls that nobody had put before."""
    now = db_now(conn)
    put = [one for one in fresh if outbox.put(conn, one.push, now)]
    for push in ends:
        outbox.put(conn, push, now)
    return put
