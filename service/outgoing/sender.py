"""Sends what stands in the outbox: one per process, any number of processes.

What is due first begins first; sixteen are under way at once, four of them to the same receiver, and one to a receiver
that has just failed. Whatever ends here without a word (the process dies, the base is away) is due again when its lease
ends, so everything is sent at least once.
"""

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable

import msgspec
import structlog
from sqlalchemy import Connection

import access.push
import access.webhooks
from contract.clock import SECOND
from contract.errors import Refused
from contract.names import Ms, OutboxKind
from service import outbox
from service.flows.calls import is_over as call_is_over
from service.flows.turned_off import tell_administrators
from service.outbox import Claimed, Mail, Push
from service.outgoing.client import Client, Undelivered
from service.outgoing.mailer import Mailer
from service.outgoing.pace import is_over, next_try
from service.outgoing.pusher import GONE, HOPELESS, call_of, request
from service.outgoing.signature import HEADER, signature
from store.base import Store
from store.sql import db_now
from store.woken import woken

UNDER_WAY, LANE = 16, 4
TICK = 1.0
#: Seconds that a stop waits for answers: whoever is slower gets it again from the next process.
FAREWELL = 3.0
log = structlog.get_logger()


class Outgoing:
    """The task of one process. `mailer` is None where no mail server is set: letters wait for one. `contact`: to whom
    push services may complain."""

    def __init__(
        self,
        store: Store,
        client: Client,
        mailer: Mailer | None,
        *,
        contact: str = "mailto:postmaster@localhost",
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._store, self.client, self._mailer, self._chance = store, client, mailer, chance
        self._contact = contact
        self._kinds: list[OutboxKind] = ["webhook", "push"] if mailer is None else ["webhook", "push", "mail"]
        self._under_way: Counter[str] = Counter()
        self._troubled: set[str] = set()
        self._sending: set[asyncio.Task[None]] = set()
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Something is due now: look before the second is over."""
        self._woken.set()

    async def close(self) -> None:
        """Begin nothing more, and give what is under way a moment."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        if self._sending:
            await asyncio.wait(self._sending, timeout=FAREWELL)
        for task in self._sending:
            task.cancel()
        await asyncio.gather(*self._sending, return_exceptions=True)
        self.client.close()
        if self._mailer is not None:
            self._mailer.close()

    async def send_now(self, url: str, secret: str, event: str, id_: str, body: bytes) -> int:
        """One signed request; the status of the answer. Undelivered."""
        headers = {
            "Content-Type": "application/json",
            HEADER: signature(secret, body, int(time.time())),
            "Shopbell-Event": event,
            "Shopbell-Delivery": id_,
        }
        return await self.client.post(url, body, headers)

    async def push_now(self, push: Push) -> int:
        """One call for one device; the status of the answer. Undelivered; `gone` removes the device."""
        device, private = await self._store.read(
            lambda conn: (access.push.find(conn, push.device), access.push.kept_key(conn))
        )
        if device is None or private is None:
            raise Undelivered("off", final=True)
        body, headers = request(device, private, push, self._contact, int(time.time() * SECOND))
        try:
            status = await self.client.post(device["endpoint"], body, headers)
        except Undelivered as undelivered:
            gone, error = undelivered.error in GONE, undelivered.error

            def note(conn: Connection) -> None:
                if gone:
                    access.push.remove(conn, push.device)
                else:
                    access.push.went_wrong(conn, push.device, error, db_now(conn))

            await self._store.write(note)
            undelivered.final = undelivered.final or error in HOPELESS
            raise
        await self._store.write(lambda conn: access.push.went_well(conn, push.device, db_now(conn)))
        return status

    # --- the loop -----------------------------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            self._woken.clear()
            more = False
            try:
                more = await self._begin()
            except Refused:
                pass  # the base is away; it is waited for
            except Exception:
                log.exception("outgoing.failed")
            if not more:
                await woken(self._woken, TICK)

    async def _begin(self) -> bool:
        """Claim and begin what is due, as far as there is room. True if there may be more."""
        room = UNDER_WAY - len(self._sending)
        if room <= 0 or not await self._store.read(lambda conn: outbox.anything_due(conn, db_now(conn))):
            return False
        free = {target: self._lane(target) - self._under_way[target] for target in {*self._under_way, *self._troubled}}
        claimed = await self._store.write(
            lambda conn: outbox.claim(conn, db_now(conn), room, kinds=self._kinds, lane=LANE, free=free)
        )
        for one in claimed:
            self._under_way[one.target] += 1
            task = asyncio.create_task(self._send(one))
            self._sending.add(task)
            task.add_done_callback(self._sending.discard)
        return bool(claimed)

    def _lane(self, target: str) -> int:
        return 1 if target in self._troubled else LANE

    async def _send(self, one: Claimed) -> None:
        try:
            try:
                await {"mail": self._mail, "webhook": self._call, "push": self._push}[one.kind](one)
            except Undelivered as undelivered:
                self._troubled.add(one.target)
                await self._not_delivered(one, undelivered)
            else:
                self._troubled.discard(one.target)
                await self._delivered(one)
        except Refused as refused:
            log.warning("outgoing.not_noted", id=one.id, code=refused.code)  # its lease ends, and it is sent again
        except Exception:
            log.exception("outgoing.failed", id=one.id)
        finally:
            self._under_way[one.target] -= 1
            if not self._under_way[one.target]:
                del self._under_way[one.target]
            self._woken.set()

    async def _mail(self, one: Claimed) -> None:
        assert self._mailer is not None, "only what can be sent is claimed"
        await self._mailer.send(msgspec.json.decode(one.payload, type=Mail), one.id)

    async def _call(self, one: Claimed) -> None:
        hook = await self._store.read(lambda conn: access.webhooks.find_webhook(conn, one.target))
        if hook is None or not hook["active"]:
            raise Undelivered("off", final=True)
        await self.send_now(hook["url"], hook["secret"], one.event, one.id, one.payload.encode())

    async def _push(self, one: Claimed) -> None:
        push = call_of(one)
        if await self._store.read(lambda conn: call_is_over(conn, push, db_now(conn))):
            raise Undelivered("late", final=True)
        await self.push_now(push)

    async def _delivered(self, one: Claimed) -> None:
        def note(conn: Connection) -> None:
            if outbox.sent(conn, one, db_now(conn)) and one.kind == "webhook":
                access.webhooks.went_well(conn, one.target)

        await self._store.write(note)

    async def _not_delivered(self, one: Claimed, why: Undelivered) -> None:
        chance = self._chance()

        def note(conn: Connection) -> bool:
            now = db_now(conn)
            again_at = None if why.final else next_try(one.tries, now, chance)
            if again_at is not None:
                again_at = max(again_at, now + why.after * SECOND)
                if one.kind == "push" and again_at > call_of(one).until:
                    again_at = None  # nobody is helped by a bell that is over
            if not outbox.failed(conn, one, why.error, again_at, now) or one.kind != "webhook":
                return False
            return _failing(conn, one.target, why.error, now, mail=self._mailer is not None)

        turned_off = await self._store.write(note)
        log.info("outgoing.undelivered", id=one.id, kind=one.kind, tries=one.tries, error=why.error)
        if turned_off:
            log.warning("webhook.turned_off", webhook=one.target, error=why.error)


def _failing(conn: Connection, webhook_id: str, error: str, now: Ms, *, mail: bool) -> bool:
    """True if the webhook has failed so long that it is off from now on: what waits is dead, to be retried by hand."""
    since = access.webhooks.went_wrong(conn, webhook_id, error, now)
    if not is_over(since, now) or not access.webhooks.turn_off(conn, webhook_id, now):
        return False
    outbox.give_up(conn, webhook_id, "off", now)
    if mail:
        tell_administrators(conn, webhook_id, now)
    return True
