"""The simulated day itself: who comes, who sits where, what they do, when the server is away.

Everything that people do goes the product's way: page views through `Journey.collect`, everything else by the commands
of sockets, and what happens by itself by the tasks of `service.timers`, each at its time. Nothing runs at once: what
happens in one moment happens one after the other, except page views, which arrive together each second.
"""

import asyncio
import heapq
import math
import random
import sys
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import Connection

import chat.do
import chat.queries
import routing.do
import routing.queries
from bench.simulate_furnish import furnish
from bench.simulate_plan import ACCEPTS, APPEARS, CURVE, CUSTOMER, DECLINES, DEEP, MIDNIGHT, WRITE, Person, Plan, Visit
from bench.simulate_watch import Hear, Watch
from bench.virtual import Clock
from contract.beacons import Beacon, Event, PageLeft, PageStayed, PageViewed
from contract.clock import DAY, MINUTE, SECOND
from contract.errors import Refused
from contract.names import Ms
from routing.do import RENEW
from service.callers import VisitorCaller
from service.flows.presence import came_free
from service.journey import Journey
from service.timers import Timers
from tests.wired.counter import Shop

Act = Callable[[], Awaitable[None]]


class World:
    """One day of one shop on one base."""

    def __init__(self, shop: Shop, clock: Clock, plan: Plan, seed: int) -> None:
        self.shop, self.clock, self.plan = shop, clock, plan
        self.dice = random.Random(seed)
        self.watch = Watch(shop.store, plan.capacity)
        self.people: dict[str, Person] = {}
        self.here: dict[str, Visit] = {}  # visitor -> their visit
        self.customers: list[str] = []  # browsers
        self.holders: dict[str, Person] = {}  # conversation -> who has it
        self.counts: dict[str, int] = {}
        self._due: list[tuple[Ms, int, Act]] = []
        self._number = 0
        self._beacons: list[tuple[Visit, list[Event], Ms, Act | None]] = []
        self._awaited: list[Ms] = []  # when visitors who were invited are waited for no longer
        self._down_until: Ms = 0
        self._started()

    # --- the day ------------------------------------------------------------------------------------------------

    async def live(self) -> None:
        found = await furnish(self.shop, self.clock, self.plan, self.dice, self.watch)
        self.people, self.customers = found
        self._plan_visits()
        self._plan_people()
        end = MIDNIGHT + self.plan.length + 10 * MINUTE  # whoever still rings then, rings for ever
        self._later(MIDNIGHT, self._tick)
        self._later(MIDNIGHT, self._renew)
        while self._due and self._due[0][0] <= end:
            at, _, act = heapq.heappop(self._due)
            self.clock.now = at
            await act()
        for person in self.people.values():
            self._note(person, person.status)

    def _later(self, at: Ms, act: Act) -> None:
        self._number += 1
        heapq.heappush(self._due, (max(at, self.clock.now), self._number, act))

    def _in(self, seconds: float, act: Act) -> None:
        self._later(self.clock.now + round(seconds * SECOND), act)

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def _spread(self, median: float, sigma: float) -> float:
        return median * math.exp(self.dice.gauss(0, sigma))

    # --- the server ---------------------------------------------------------------------------------------------

    def _started(self) -> None:
        """A process begins: nothing is remembered."""
        bell = self.shop.bell
        self.timers = bell.timers = Timers(self.shop.store, self.shop.bus, bell.registry)
        self.journey = bell.journey = Journey(self.shop.store)
        self.journey.after = self.timers.told

    @property
    def down(self) -> bool:
        return self.clock.now < self._down_until

    def _again(self, act: Act) -> bool:
        """True if the server is away: whoever wanted something of it tries again when it is back."""
        if self.down:
            self._later(self._down_until + round(self.dice.uniform(1, 8) * SECOND), act)
        return self.down

    async def _crash(self) -> None:
        self._down_until = self.clock.now + round(self.dice.uniform(20, 90) * SECOND)
        self._count("times down")
        for person in self.people.values():
            self.shop.bell.registry.remove("/expert", person.line.sid)
        self._later(self._down_until, self._restart)

    async def _restart(self) -> None:
        self._started()
        for person in self.people.values():
            if person.alive:
                self._in(self.dice.uniform(0.5, 8), lambda person=person: self._connect(person))  # type: ignore[misc]

    async def _tick(self) -> None:
        """A second of the server's tasks; each where it has anything to do."""
        self._in(1, self._tick)
        if self.down:
            return
        await self._collect()
        now, timers = self.clock.now, self.timers
        second = (now - MIDNIGHT) // SECOND
        if second % 60 == 30 and now > self._down_until + 10 * SECOND:
            await self.watch.look_round(now)
            if second % 3600 == 30:
                print(f"{second // 3600} h, {len(self.watch.bells):,} bells", file=sys.stderr, flush=True)
            await self._come_back()
        if second % 3 == 0:
            await timers._lost()
        if self.watch.ringing or second % 5 == 0:
            due, waits, wakes = await self.shop.store.glance(self._anything)
            if due:
                await timers._alerts.fire_now()
                await self._hear(tasks=True)
            if wakes:
                await timers._wake()
                await self._hear(tasks=True)
            if self._awaited and self._awaited[0] <= now:
                self._awaited = [at for at in self._awaited if at > now]
                await timers._free_places()
                await self._hear(tasks=True)
            if waits:
                await timers._queue()
        await self._hear(tasks=True)

    def _anything(self, conn: Connection) -> tuple[bool, bool, bool]:
        now = self.clock.now
        return (
            routing.queries.anything_due(conn, now),
            bool(self.watch.ringing) and bool(routing.queries.sites_waiting(conn)),
            bool(routing.queries.to_wake(conn, now)),
        )

    async def _renew(self) -> None:
        self._later(self.clock.now + RENEW, self._renew)
        if not self.down:
            await self.timers._renew()

    async def _hear(self, *, tasks: bool = False) -> None:
        """After a commit: whom the doorbells reach. `tasks`: conversations may have changed hands."""
        bell = self.shop.bell
        while bell._tasks:
            await asyncio.gather(*bell._tasks)
        if not self.shop.bus.rung:
            return
        rung, self.shop.bus.rung = list(dict.fromkeys(self.shop.bus.rung)), []
        if tasks:
            for kind, id_ in rung:
                if kind == "conversation":
                    await self._look_at_talk(id_)
        begins = await self.watch.look([id_ for kind, id_ in rung if kind == "alert"], self.clock.now)
        for hear in begins:
            person = self.people[hear[1]]
            if person.alive:
                self._react(person, hear)

    async def _look_at_talk(self, id_: str) -> None:
        """Whoever had this conversation may have lost it."""
        holder = self.holders.get(id_)
        if holder is None:
            return
        row = await self.shop.store.glance(lambda conn: chat.queries.row(conn, id_))
        if row is None or row["state"] != "open" or row["expert_id"] != holder.desk.id:
            visit = self._let_go(id_)
            if visit is not None and row is not None and row["state"] == "closed":
                self._count("talks in which nobody appeared")
                visit.talk = ""

    def _let_go(self, talk: str) -> Visit | None:
        """Nobody has this conversation any more; with whom it was."""
        holder = self.holders.pop(talk, None)
        if holder is None:
            return None
        visit, since = holder.talks.pop(talk)
        holder.desk.busy += self.clock.now - since
        return visit

    # --- visitors -----------------------------------------------------------------------------------------------

    def _plan_visits(self) -> None:
        dice, plan = self.dice, self.plan
        for _ in range(plan.visits):
            hour = dice.choices(range(24), CURVE)[0]
            at = MIDNIGHT + round((hour + dice.random()) / 24 * plan.length)
            kind = "deep" if dice.random() < DEEP else "shallow"
            if dice.random() < WRITE:
                kind = "writes"
            known = dice.random() < CUSTOMER
            key = dice.choice(self.customers) if known else f"{dice.getrandbits(128):032x}"
            visit = Visit(key, kind, dice.randrange(plan.topics))
            self._later(at, lambda visit=visit, known=known: self._come(visit, known))  # type: ignore[misc]

    async def _come(self, visit: Visit, known: bool) -> None:
        now = self.clock.now
        self._count("customers" if known else "strangers")
        visit.leaves = now + round(min(self._spread(150, 0.8), 3600) * SECOND) + 25 * SECOND
        home = str(self.clock.uuid4())
        visit.pages[home] = now
        if visit.kind == "shallow" and not known:
            stay = min(self._spread(20, 1.0), 1800)
            self._in(stay, lambda: self._bounce(visit, home))
            return
        self._tell(visit, self._view(visit, home, []))
        self._in(max(20.0, self._spread(40, 0.5)), lambda: self._go_deeper(visit, home))

    def _view(self, visit: Visit, id_: str, path: list[str]) -> PageViewed:
        url = "https://shop.example/" + "/".join(path).replace(" ", "-")
        return PageViewed(id=id_, url=url, title=path[-1] if path else "Home", path=path)

    def _tell(self, visit: Visit, *events: Event, then: Act | None = None) -> None:
        """The browser reports it; with the next second it arrives."""
        self._beacons.append((visit, list(events), self.clock.now, then))

    async def _collect(self) -> None:
        """Everything that browsers have to say arrives in one go."""
        if not self._beacons:
            return
        beacons, self._beacons = self._beacons, []
        now = self.clock.now
        site = self.shop.site

        async def one(visit: Visit, events: list[Event], at: Ms) -> None:
            for event in events:
                event.age += now - at
            told = await self.journey.collect(
                site,
                Beacon(site=site.key, visitor=visit.key, events=events),
                received_at=now,
                user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                language="en",
            )
            if told.visit is not None:
                visit.visitor = told.visit.visitor

        await asyncio.gather(*(one(visit, events, at) for visit, events, at, _ in beacons))
        await self._hear()
        for _, _, _, then in beacons:
            if then is not None:
                await then()

    async def _bounce(self, visit: Visit, home: str) -> None:
        stayed = self.clock.now - visit.pages[home]
        view = self._view(visit, home, [])
        view.age = stayed
        self._tell(visit, view, PageLeft(id=str(self.clock.uuid4()), page=home, dwell=stayed))

    async def _go_deeper(self, visit: Visit, home: str) -> None:
        """They have looked at a branch for a while, or write already."""
        now = self.clock.now
        self.here[visit.visitor] = visit
        path = [f"Topic {visit.topic}", f"Group {self.dice.randrange(5)}", f"Thing {self.dice.randrange(50)}"]
        if visit.kind != "deep":
            path = path[:2]
        id_ = str(self.clock.uuid4())
        began = now - 16 * SECOND
        visit.pages = {id_: began}
        view = self._view(visit, id_, path)
        view.age = now - began
        left = PageLeft(id=str(self.clock.uuid4()), page=home, dwell=3_000, age=now - began)
        stayed = PageStayed(id=str(self.clock.uuid4()), page=id_, dwell=15_000, age=SECOND)
        writes = visit.kind == "writes"
        self._tell(visit, view, left, stayed, then=(lambda: self._write(visit)) if writes else None)
        if writes:
            visit.leaves = now + round(min(self._spread(300, 0.6), 3600) * SECOND)
        self._later(max(visit.leaves, now + 5 * SECOND), lambda: self._leave(visit))

    async def _write(self, visit: Visit) -> None:
        if self._again(lambda: self._write(visit)):
            return
        caller = self._visitor(visit)
        visit.talk = (await self.shop.say(caller, "chat.open"))["conversation"]
        await self._say(caller, visit.talk, "Can you help me?")
        self._count("wrote")
        await self._hear()

    async def _leave(self, visit: Visit) -> None:
        """Not while an expert is talking with them."""
        if visit.gone:
            return
        if visit.talk in self.holders:
            self._in(20, lambda: self._leave(visit))
            return
        visit.gone = True
        now = self.clock.now
        if self.here.get(visit.visitor) is visit:
            del self.here[visit.visitor]
        self._tell(
            visit,
            *(PageLeft(id=str(self.clock.uuid4()), page=id_, dwell=now - at) for id_, at in visit.pages.items()),
        )

    def _visitor(self, visit: Visit) -> VisitorCaller:
        return VisitorCaller(site=self.shop.site, visitor=visit.visitor, frame_hash=None, language="en")

    async def _say(self, caller: Any, talk: str, text: str) -> None:
        await self.shop.say(caller, "message.send", conversation=talk, client_id=str(self.clock.uuid4()), text=text)

    # --- experts ------------------------------------------------------------------------------------------------

    def _plan_people(self) -> None:
        dice, plan = self.dice, self.plan
        part = plan.length / DAY
        for person in self.people.values():
            begin, end = person.desk.shift
            come = begin + round(dice.uniform(-10, 10) * MINUTE * part)
            go = end + round(dice.uniform(-5, 5) * MINUTE * part)
            self._later(come, lambda person=person: self._begin(person))  # type: ignore[misc]
            for after, minutes in ((0.25, 12), (0.5, 30), (0.75, 12)):
                at = begin + round((after + dice.uniform(-0.1, 0.1)) * (end - begin))
                self._later(at, lambda person=person: self._set(person, "away"))  # type: ignore[misc]
                back_at = at + round(minutes * MINUTE * part)
                self._later(back_at, lambda person=person: self._set(person, "online"))  # type: ignore[misc]
            if dice.random() < 0.15:  # has to go, in the middle of whatever there is
                at = begin + round(dice.uniform(0.1, 0.85) * (end - begin))
                self._later(at, lambda person=person: self._set(person, "offline"))  # type: ignore[misc]
                back_at = at + round(dice.uniform(5, 20) * MINUTE * part)
                self._later(back_at, lambda person=person: self._set(person, "online"))  # type: ignore[misc]
            self._later(go, lambda person=person: self._go_home(person))  # type: ignore[misc]
        for person in dice.sample(list(self.people.values()), plan.deaths):
            begin, end = person.desk.shift
            at = begin + round(dice.uniform(0.1, 0.9) * (end - begin))
            self._later(at, lambda person=person: self._die(person))  # type: ignore[misc]
        for number in range(plan.downs):
            at = plan.hour(7 + 14 * (number + dice.random()) / max(1, plan.downs))
            self._later(at, self._crash)

    async def _begin(self, person: Person) -> None:
        person.alive = True
        await self._connect(person)
        await self._set(person, "online")

    async def _connect(self, person: Person) -> None:
        """Their socket comes, or comes back, as `service.sockets.delivery` receives it."""
        if not person.alive or self._again(lambda: self._connect(person)):
            return
        self.shop.bell.registry.add(person.line)
        await self.timers.renew([person.desk.id])
        await came_free(self.shop.bell, person.desk.id)
        await self._hear(tasks=True)
        for alert_id, bell in list(self.watch.ringing.items()):  # what rings is told to whoever comes
            for who, rung in sorted(bell.open):
                if who == person.desk.id:
                    self._react(person, (alert_id, who, rung))

    async def _set(self, person: Person, status: str) -> None:
        if not person.alive or self._again(lambda: self._set(person, status)):
            return
        await self.shop.say(person.caller, "presence.set", status=status)
        self._note(person, status)
        if status == "offline":
            self.counts["talks left"] = self.counts.get("talks left", 0) + len(person.talks)
        await self._hear(tasks=True)

    def _note(self, person: Person, status: str) -> None:
        """For how long they were there."""
        begin, end = person.desk.shift
        if person.status == "online":
            person.desk.available += max(0, min(self.clock.now, end) - max(person.since, begin))
        person.status, person.since = status, self.clock.now

    async def _come_back(self) -> None:
        """Who missed too many bells is away by the server's word, and says after a while that they are back."""
        rows = await self.shop.store.glance(lambda conn: routing.queries.desks(conn))
        for id_, row in rows.items():
            person = self.people[id_]
            if person.alive and person.status == "online" and row["status_reason"] == "missed":
                self._note(person, "away")
                self._count("sent away for silence")
                self._in(self.dice.uniform(60, 240), lambda person=person: self._set(person, "online"))  # type: ignore[misc]

    async def _go_home(self, person: Person) -> None:
        """Two of three finish what they have; the others just go."""
        if not person.alive:
            return
        if self.dice.random() < 0.67:
            await self._set(person, "away")
            self._in(15 * 60, lambda: self._close_shop(person))
        else:
            await self._close_shop(person)

    async def _close_shop(self, person: Person) -> None:
        if self._again(lambda: self._close_shop(person)):
            return
        await self._set(person, "offline")
        person.alive = False
        self.shop.bell.registry.remove("/expert", person.line.sid)

    async def _die(self, person: Person) -> None:
        """The laptop dies without a word."""
        if not person.alive:
            return
        self._count("laptops that died")
        person.alive = False
        self._note(person, "offline")
        self.shop.bell.registry.remove("/expert", person.line.sid)
        self.counts["talks left"] = self.counts.get("talks left", 0) + len(person.talks)
        if self.dice.random() < 0.7:
            self._in(self.dice.uniform(120, 1200), lambda: self._begin(person))

    def _react(self, person: Person, hear: Hear) -> None:
        """They hear a bell, and answer after a while, or not at all."""
        chance = self.dice.random()
        delay = self._spread(6, 0.6)
        if chance < ACCEPTS:
            self._in(delay, lambda: self._accept(person, hear[0]))
        elif chance < ACCEPTS + DECLINES:
            self._in(delay, lambda: self._decline(person, hear[0]))

    async def _accept(self, person: Person, alert_id: str) -> None:
        """Mostly what still stands on the screen; one in ten presses just too late."""
        if not person.alive or self._again(lambda: self._accept(person, alert_id)):
            return
        bell = self.watch.bells[alert_id]
        if not any(who == person.desk.id for who, _ in bell.open) and self.dice.random() > 0.1:
            return
        try:
            opened = await self.shop.say(person.caller, "alert.accept", alert=alert_id)
        except Refused as refused:
            self._count(f"accept: {refused.code}")
            if refused.code not in ("alert_over", "desk_full", "not_online"):
                self.watch.broken("an answer was refused", f"{alert_id}: {refused.code}")
            await self._hear()
            return
        talk, visitor = opened["conversation"], bell.row["visitor_id"]
        person.desk.talks += 1
        self.watch.served[visitor][talk] = (self.clock.now, person.desk.id)
        visit = self.here.get(visitor) or Visit("", "gone", 0, visitor=visitor, gone=True)
        self._let_go(talk)  # they are back, and somebody else has come
        self.holders[talk], person.talks[talk] = person, (visit, self.clock.now)
        await self._hear()
        self._awaited.append(self.clock.now + chat.do.ABSENT_AFTER)
        self._in(2, lambda: self._greet(person, talk))
        if visit.talk == talk:  # they wrote, and are waiting
            self._in(self._spread(300, 0.6), lambda: self._close(person, talk))
        elif not visit.gone and self.dice.random() < APPEARS:
            visit.talk = talk
            self._in(self._spread(6, 0.5), lambda: self._appear(person, visit, talk))
            self._in(15 + self._spread(300, 0.6), lambda: self._close(person, talk))

    async def _decline(self, person: Person, alert_id: str) -> None:
        if not person.alive or self._again(lambda: self._decline(person, alert_id)):
            return
        bell = self.watch.bells[alert_id]
        if any(who == person.desk.id for who, _ in bell.open):
            await self.shop.say(person.caller, "alert.decline", alert=alert_id)
            self._count("declines")
            await self._hear()

    async def _greet(self, person: Person, talk: str) -> None:
        if person.alive and talk in person.talks and not self._again(lambda: self._greet(person, talk)):
            await self._say(person.caller, talk, "Hello! How can I help?")
            await self._hear()

    async def _appear(self, person: Person, visit: Visit, talk: str) -> None:
        """The visitor opens what they were invited to."""
        if visit.gone or talk not in person.talks or self._again(lambda: self._appear(person, visit, talk)):
            return
        await self.shop.say(self._visitor(visit), "chat.open")
        await self._hear()

    async def _close(self, person: Person, talk: str) -> None:
        if not person.alive or talk not in person.talks or self._again(lambda: self._close(person, talk)):
            return
        visit = self._let_go(talk)
        assert visit is not None, "they have it"
        await self.shop.say(person.caller, "conversation.close", conversation=talk)
        visit.talk = ""
        self._count("talks to their end")
        await self._hear()
        self._in(self.dice.uniform(1, 40), lambda: self._leave(visit))
