"""One winner: rounds of 2 to 20 experts who claim the same bells at the same moment, on both databases.

Each round rings one to four bells at everybody, whose desks have places for one to three; all claims go at once, in any
order, through two stores on PostgreSQL as two processes would. Afterwards the base is read: each bell that anybody had
a place for has one winner, whom the claimants' answers name, too; nobody holds more than fits; each winner has the
visitor's conversation, no conversation is nobody's, and no claim ends in anything but ok, over, or full (a deadlock
would be an error). `python -m bench.claims --rounds 300 --size postgres`.
"""

import asyncio
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select, update

import chat.desks
import routing.do
import tracker.queries
from bench.alone import alone
from bench.machines import SIZES, databases
from chat.tables import conversation
from contract.clock import DAY, now_ms
from contract.ladder import Ladder, LadderRung
from routing.tables import alert, expert
from routing.triggers import Firing
from service.callers import ExpertCaller
from service.flows.judging import raise_and_ring
from service.migrate import migrate
from store.connect import open_store
from tests.wired.counter import Shop

ROUNDS, MOST = 10_000, 20


class Found(msgspec.Struct):
    """What was claimed, and what went wrong: one line each."""

    rounds: int = 0
    bells: int = 0
    claims: int = 0
    away: int = 0
    wrong: list[str] = msgspec.field(default_factory=list)


class Claims:
    """A shop with twenty desks, and as many doors to its base as it has."""

    def __init__(self, shops: list[Shop], seed: int) -> None:
        self.shops, self.shop, self.random = shops, shops[0], random.Random(seed)
        self.experts: list[ExpertCaller] = []
        self.found = Found()

    async def furnish(self) -> None:
        """Whoever is free rings, all at once."""
        for house in self.shops:
            house.site = msgspec.structs.replace(self.shop.site, ladder=Ladder(rungs=(LadderRung(rung="anyone"),)))
        self.experts = [await self.shop.expert(f"Expert {number}") for number in range(MOST)]

    async def round(self) -> None:
        claimants = self.random.sample(self.experts, self.random.randint(2, MOST))
        places = {one.account.id: self.random.randint(1, 3) for one in claimants}
        visitors = [await self.shop.visitor() for _ in range(self.random.randint(1, 4))]
        visits = [await self.shop.visit(visitor) for visitor in visitors]

        def ring(conn: Connection) -> list[str]:
            now = now_ms()
            conn.execute(update(expert).values(status="offline", lease_until=0, busy=0))
            for id_, number in places.items():
                routing.do.set_status(conn, id_, "online", now)
                conn.execute(
                    update(expert)
                    .where(expert.c.id == id_)
                    .values(capacity=number, lease_until=now + DAY, rest_until=0)
                )
            facts = tracker.queries.visit_facts(conn, visits)
            raised = [
                raise_and_ring(conn, self.shop.site, Firing(trigger="t", name="deep", occasion=id_), facts[id_])
                for id_ in visits
            ]
            return [id_ for id_ in raised if id_ is not None]

        bells = await self.shop.store.write(ring)
        claims = [(one, bell) for one in claimants for bell in bells]
        self.random.shuffle(claims)
        codes = await asyncio.gather(*(self._claim(*one) for one in claims))
        won = {(bell, one.account.id) for (one, bell), code in zip(claims, codes, strict=True) if code == "ok"}
        await self._look(bells, places, won, Counter(codes))
        self.found.rounds += 1
        self.found.bells += len(bells)
        self.found.claims += len(claims)

    async def _claim(self, one: ExpertCaller, bell: str) -> str:
        """The code, "ok", or the name of what must not happen."""
        try:
            return await self.random.choice(self.shops).refusal(one, "alert.accept", alert=bell)
        except Exception as error:  # noqa: BLE001  whatever it is, it is counted and told
            return type(error).__name__

    async def _look(self, bells: list[str], places: dict[str, int], won: set[tuple[str, str]], codes: Any) -> None:
        """Compare the answers with the base, then send everybody home."""

        def look(conn: Connection) -> list[str]:
            rows = conn.execute(select(alert).where(alert.c.id.in_(bells))).mappings().all()
            talks = conn.execute(select(conversation).where(conversation.c.state == "open")).mappings().all()
            taken = {(row["id"], row["expert_id"]) for row in rows if row["state"] == "accepted"}
            held = {(talk["alert_id"], talk["expert_id"]) for talk in talks}
            wrong = []
            if taken != won or len({bell for bell, _ in won}) != len(won):
                wrong.append(f"winners {sorted(won)}, in the base {sorted(taken)}")
            if held != won or len(talks) != len(won):
                wrong.append(f"conversations {sorted(held, key=str)} for {sorted(won)}")
            away = sum(codes[code] for code in AWAY)
            self.found.away += away
            if not away and len(won) != min(len(bells), sum(places.values())):
                wrong.append(f"{len(won)} of {len(bells)} taken with {places}")
            loads = chat.desks.loads(conn, list(places))
            wrong += [f"{id_} holds {number}" for id_, number in loads.items() if number > places[id_]]
            wrong += [f"{number} times {code}" for code, number in codes.items() if code not in FINE + AWAY]
            conn.execute(update(conversation).where(conversation.c.state == "open").values(state="closed"))
            conn.execute(update(alert).where(alert.c.state == "ringing").values(state="ended", outcome="expired"))
            return wrong

        wrong = await self.shop.store.write(look)
        for one in wrong:
            print(one, file=sys.stderr, flush=True)
        self.found.wrong += wrong


FINE = ("ok", "alert_over", "desk_full")
#: A machine too busy to let all of them in at once says so, and whoever asked may ask again: told, but not wrong.
AWAY = ("busy", "unavailable")


async def run(url: str, rounds: int, seed: int = 1) -> Found:
    """On the migrated, empty base at `url`."""
    first = await Shop.open(url)
    shops = [first]
    if url.startswith("postgresql"):
        second = Shop(open_store(url))
        second.site = first.site
        shops.append(second)
    claims = Claims(shops, seed)
    try:
        await claims.furnish()
        for number in range(rounds):
            await claims.round()
            if (number + 1) % 1000 == 0:
                print(f"{number + 1} rounds, {len(claims.found.wrong)} wrong", file=sys.stderr, flush=True)
    finally:
        for shop in shops:
            await shop.close()
    return claims.found


def measure(folder: Path, rounds: int = ROUNDS, sizes: tuple[str, ...] = SIZES) -> Iterator[dict[str, Any]]:
    """A figure per size."""
    for kind in sizes:
        with databases(kind) as (url,):
            url = url or f"sqlite:///{folder / 'claims.sqlite3'}"
            began = time.monotonic()

            async def all_(url: str = url) -> Found:
                await migrate(url)
                return await run(url, rounds)

            found = asyncio.run(all_())
        yield {
            "what": f"simultaneous claims without exactly one winner, {kind}",
            "floor": "",
            "ours": f"{len(found.wrong)} of {found.bells:,} bells, {found.claims:,} claims,"
            f" {found.away} told to ask again",
            "ratio": "",
            "reach": "0",
            "met": "yes" if not found.wrong else "no",
            "rounds": f"{found.rounds:,} rounds, {time.monotonic() - began:.0f} s",
        }


if __name__ == "__main__":
    alone("claims", measure, rounds=ROUNDS)
