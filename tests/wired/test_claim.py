"""One winner: however many hands reach for a bell at once, from however many processes, and no desk is overfull."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Connection, Select, select, update

import chat.desks
import routing.do
import routing.queries
import routing.tables
import tracker.queries
from bench import claims
from chat.tables import conversation
from contract.clock import now_ms
from routing.triggers import Firing
from service.callers import ExpertCaller, VisitorCaller
from service.flows.judging import raise_and_ring
from store.connect import open_store
from tests.wired.counter import Shop

ROUNDS, ALERTS = 20, 10


class Desks:
    """A shop with experts online, served by one process, or by two where the base allows it."""

    def __init__(self, houses: list[Shop]) -> None:
        self.houses = houses
        self.shop = houses[0]
        self.random = random.Random(7)

    async def expert(self, capacity: int) -> ExpertCaller:
        caller = await self.shop.expert(capacity=capacity)
        await self.shop.store.write(lambda conn: routing.do.set_status(conn, caller.account.id, "online", now_ms()))
        return caller

    async def rings(self, number: int) -> list[str]:
        """So many alerts of new visitors, ringing at everybody who is free; their ids."""
        visitors = await asyncio.gather(*(self.shop.visitor() for _ in range(number)))
        visits = await asyncio.gather(*(self.shop.visit(visitor) for visitor in visitors))

        def work(conn: Connection) -> list[str]:
            facts = tracker.queries.visit_facts(conn, visits)
            raised = [
                raise_and_ring(conn, self.shop.site, Firing(trigger="t", name="deep", occasion=id_), visit)
                for id_, visit in facts.items()
            ]
            return [alert_id for alert_id in raised if alert_id is not None]

        raised = await self.shop.store.write(work)
        assert len(raised) == number
        return raised

    async def accept(self, expert: ExpertCaller, alert_id: str) -> str:
        """The code, or "ok"."""
        return await self.random.choice(self.houses).refusal(expert, "alert.accept", alert=alert_id)

    async def loads(self) -> dict[str, int]:
        def look(conn: Connection) -> dict[str, int]:
            experts = conn.execute(select(conversation.c.expert_id).where(conversation.c.expert_id.is_not(None)))
            return chat.desks.loads(conn, set(experts.scalars()))

        return await self.shop.store.read(look)

    async def everybody_free(self) -> None:
        """All conversations and bells are over."""

        def work(conn: Connection) -> None:
            conn.execute(update(conversation).values(state="closed"))
            conn.execute(
                update(routing.tables.alert).where(routing.tables.alert.c.state == "ringing").values(state="ended")
            )

        await self.shop.store.write(work)


@pytest.fixture
async def desks(fresh_database_url: str) -> AsyncIterator[Desks]:
    first = await Shop.open(fresh_database_url)
    houses = [first]
    if fresh_database_url.startswith("postgresql"):
        second = Shop(open_store(fresh_database_url))
        second.site = first.site
        houses.append(second)
    yield Desks(houses)
    for house in houses:
        await house.close()


async def test_two_hundred_alerts_have_two_hundred_single_winners(desks: Desks):
    """Everybody reaches for everything at once, in any order: one winner each as long as anybody has a place, the
    others are told that it is over or that their desk is full; nobody holds more than fits."""
    places = (1, 2, 3, 4)  # together as many as there are alerts
    experts = [await desks.expert(capacity) for capacity in places]
    capacity = {e.account.id: n for e, n in zip(experts, places, strict=True)}
    for _ in range(ROUNDS):
        alerts = await desks.rings(ALERTS)
        claims = [(expert, alert_id) for expert in experts for alert_id in alerts]
        desks.random.shuffle(claims)
        codes = await asyncio.gather(*(desks.accept(*claim) for claim in claims))
        won = Counter(alert_id for (_, alert_id), code in zip(claims, codes, strict=True) if code == "ok")
        assert set(codes) <= {"ok", "alert_over", "desk_full"}, Counter(codes)
        assert won == dict.fromkeys(alerts, 1)
        held = Counter(e.account.id for (e, _), code in zip(claims, codes, strict=True) if code == "ok")
        assert held == await desks.loads()
        assert all(held[id_] <= capacity[id_] for id_ in capacity)
        await desks.everybody_free()


async def test_all_ways_to_take_a_conversation_share_the_same_places(desks: Desks):
    """Accepting a bell, inviting a visitor and answering a stranger at once never fill a desk beyond its capacity."""
    for _ in range(10):
        expert = await desks.expert(capacity=3)
        alerts = await desks.rings(4)
        strangers: list[VisitorCaller] = list(await asyncio.gather(*(desks.shop.visitor() for _ in range(8))))
        visits = await asyncio.gather(*(desks.shop.visit(visitor) for visitor in strangers[:4]))
        asked = await asyncio.gather(*(desks.shop.open_chat(visitor) for visitor in strangers[4:]))

        def house() -> Shop:
            return desks.random.choice(desks.houses)

        ways = [
            *(house().refusal(expert, "alert.accept", alert=id_) for id_ in alerts),
            *(house().refusal(expert, "chat.invite", visit=id_) for id_ in visits),
            *(house().refusal(expert, "message.send", conversation=id_, client_id=id_, text="Yes?") for id_ in asked),
        ]
        desks.random.shuffle(ways)
        codes = Counter(await asyncio.gather(*ways))
        assert codes == {"ok": 3, "desk_full": 9}
        assert (await desks.loads())[expert.account.id] == 3
        await desks.everybody_free()


def ringing(conn: Connection, alert_ids: list[str]) -> int:
    """How many of these ring."""
    rows = [routing.queries.alert_row(conn, id_) for id_ in alert_ids]
    return sum(row is not None and row["state"] == "ringing" for row in rows)


async def test_one_visitor_with_two_alerts_gets_one_conversation(desks: Desks):
    """Two desks accept two bells of the same visitor while the visitor opens the chat: one of them meets the visitor
    there, the other hears that it is over, and nothing rings on."""
    experts = [await desks.expert(capacity=50) for _ in range(2)]
    for _ in range(10):
        visitor = await desks.shop.visitor()
        visits = [await desks.shop.visit(visitor) for _ in range(2)]

        def work(conn: Connection, visits: list[str] = visits) -> list[str | None]:
            facts = tracker.queries.visit_facts(conn, visits)
            firings = [Firing(trigger="t", name="deep", occasion=id_) for id_ in visits]
            return [raise_and_ring(conn, desks.shop.site, f, facts[f.occasion]) for f in firings]

        alerts = await desks.shop.store.write(work)
        claims = [desks.accept(e, str(id_)) for e, id_ in zip(experts, alerts, strict=True)]
        *codes, opened = await asyncio.gather(*claims, desks.shop.refusal(visitor, "chat.open"))
        assert (sorted(codes), opened) == (["alert_over", "ok"], "ok")
        assert await desks.shop.store.read(lambda conn, ids=alerts: ringing(conn, ids)) == 0  # type: ignore[misc]
        mine = select(conversation.c.id).where(conversation.c.visitor_id == visitor.visitor)

        def look(conn: Connection, mine: Select[tuple[str]] = mine) -> int:
            return len(conn.execute(mine).all())

        assert await desks.shop.store.read(look) == 1
        await desks.everybody_free()


async def test_a_bell_that_never_rang_at_a_desk_looks_missing_to_it(desks: Desks):
    """Neither somebody else's bell nor an id that never was can be claimed, and being offline is told."""
    boss, late = await desks.expert(capacity=2), await desks.shop.expert(capacity=2)
    (alert_id,) = await desks.rings(1)
    assert await desks.accept(late, alert_id) == "not_found"
    assert await desks.accept(boss, "nonsense") == "not_found"
    await desks.shop.store.write(lambda conn: routing.do.set_status(conn, boss.account.id, "offline", now_ms()))
    assert await desks.accept(boss, alert_id) == "not_online"


async def test_two_to_twenty_claim_the_same_bells_at_once(fresh_database_url: str):
    """A few rounds of `python -m bench.claims`: one winner each, in answers and base, no orphan, no error."""
    found = await claims.run(fresh_database_url, rounds=6)
    assert (found.rounds, found.wrong) == (6, [])
    assert found.claims > found.bells > 6
