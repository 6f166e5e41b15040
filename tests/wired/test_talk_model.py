"""Whatever happens to a conversation, in whatever order and however much of it at once: both sides read the same, its
numbers have no gap, what was acknowledged is there once, and it is in one pair of hands.

`TEST_EXAMPLES=500 pytest tests/wired/test_talk_model.py` looks longer.
"""

import asyncio
import os
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

import routing.queries
from chat.tables import conversation, note, transfer
from contract.clock import MINUTE, now_ms
from contract.errors import Refused
from routing.tables import alert
from service.callers import ExpertCaller, VisitorCaller
from service.flows import idle
from service.flows.load import loads
from service.flows.passed_on import settle
from service.flows.ringing import fire_due
from store.connect import open_store
from tests.wired.counter import Shop

EXAMPLES = int(os.environ.get("TEST_EXAMPLES", "10"))
CAPACITY = 2
#: Who does what. A number tells the client ids of one person apart: the same one again is the same message again.
OF_VISITOR = st.one_of(
    st.just(("open",)),
    st.tuples(st.just("send"), st.integers(0, 6)),
    st.tuples(st.just("rate"), st.integers(1, 5)),
    st.just(("reopen",)),
)
OF_EXPERT = st.one_of(
    st.tuples(st.just("send"), st.integers(0, 6)),
    st.tuples(st.just("note"), st.integers(0, 3)),
    st.tuples(st.just("pass"), st.sampled_from(["colleague", "topic"])),
    st.just(("accept",)),
    st.just(("invite",)),
    st.just(("decline",)),
    st.just(("close",)),
    st.just(("reopen",)),
    st.tuples(st.just("go"), st.sampled_from(["online", "away", "offline"])),
)
OF_TIME = st.one_of(
    st.tuples(st.just("silence"), st.sampled_from([61, 67])),
    st.just(("rung over",)),
    st.just(("restart",)),
)
DOING = st.one_of(
    st.tuples(st.just("visitor"), OF_VISITOR),
    st.tuples(st.just("anna"), OF_EXPERT),
    st.tuples(st.just("boris"), OF_EXPERT),
    st.tuples(st.just("time"), OF_TIME),
)
#: Each step is done at once.
HISTORY = st.lists(st.lists(DOING, min_size=1, max_size=3), min_size=1, max_size=14)


@dataclass
class Talk:
    """The people, the conversations that there were, and what was acknowledged."""

    url: str
    shop: Shop
    visitor: VisitorCaller
    experts: dict[str, ExpertCaller]
    visit: str
    known: list[str] = field(default_factory=list)
    said: dict[tuple[str, str, int], int] = field(default_factory=dict)  # (who, conversation, number) -> seq
    notes: set[str] = field(default_factory=set)

    @property
    def newest(self) -> str:
        return self.known[-1] if self.known else "00000000-0000-7000-8000-000000000000"

    async def do(self, who: str, what: tuple[Any, ...]) -> None:
        """It may be refused, and nothing else."""
        try:
            if who == "time":
                await self.pass_time(*what)
            elif who == "visitor":
                await self.as_visitor(*what)
            else:
                await self.as_expert(who, *what)
        except Refused as refused:
            if refused.code not in ALLOWED:
                raise

    async def as_visitor(self, what: str, number: int = 0) -> None:
        talk, me = self.newest, self.visitor
        if what == "open":
            self.known.append((await self.shop.say(me, "chat.open"))["conversation"])
        elif what == "send":
            await self.send("visitor", me, talk, number)
        elif what == "rate":
            await self.shop.say(me, "conversation.rate", conversation=talk, score=number)
        else:
            opened = await self.shop.say(me, "conversation.reopen", conversation=talk)
            assert [one["seq"] for one in opened["messages"]] == list(range(1, opened["seq"] + 1))

    async def as_expert(self, who: str, what: str, how: Any = None) -> None:
        talk, me = self.newest, self.experts[who]
        if what == "send":
            await self.send(who, me, talk, how)
        elif what == "note":
            said = await self.shop.say(me, "note.add", conversation=talk, client_id=f"n{how}", text=f"{who} {how}")
            self.notes.add(said["note"])
        elif what == "pass":
            other = self.experts["boris" if who == "anna" else "anna"]
            to = {"topic": ["Things"]} if how == "topic" else {"expert": other.account.id}
            await self.shop.say(me, "conversation.transfer", conversation=talk, note="Please", **to)
        elif what in ("accept", "decline"):
            for row in await self.shop.store.read(lambda conn: routing.queries.ringing_for(conn, me.account.id)):
                await self.shop.say(me, f"alert.{what}", alert=row["id"])
        elif what == "invite":
            self.known.append((await self.shop.say(me, "chat.invite", visit=self.visit))["conversation"])
        elif what == "go":
            await self.shop.say(me, "presence.set", status=how)
        else:
            await self.shop.say(me, f"conversation.{what}", conversation=talk)

    async def send(self, who: str, me: VisitorCaller | ExpertCaller, talk: str, number: int) -> None:
        client_id = f"{talk}:{number}"
        answer = await self.shop.say(me, "message.send", conversation=talk, client_id=client_id, text=f"{who} {number}")
        key = (who, talk, number)
        assert self.said.setdefault(key, answer["seq"]) == answer["seq"], "the same again is the same"

    async def pass_time(self, what: str, minutes: int = 0) -> None:
        store = self.shop.store
        if what == "silence":
            later = now_ms() + minutes * MINUTE
            due = await store.read(lambda conn: idle.due(conn, later))
            await store.write(lambda conn: idle.move(conn, due, later))
        elif what == "rung over":
            await store.write(lambda conn: conn.execute(alert.update().values(due_at=now_ms() - 1)).close())
            await store.write(lambda conn: fire_due(conn, now_ms()))
        else:  # nothing but the rows is left of what we knew
            fresh = Shop(open_store(self.url))
            fresh.site, old, self.shop = self.shop.site, self.shop, fresh
            await old.close()

    # --- what must be true ------------------------------------------------------------------------------------------

    async def check(self) -> None:
        await self.shop.store.write(lambda conn: settle(conn, now_ms()))
        mine = await self.shop.store.read(self.rows)
        assert sum(row["state"] == "open" for row in mine) <= 1, "one conversation at a time"
        for row in mine:
            await self.check_one(row)
        carried = await self.shop.store.read(
            lambda conn: loads(conn, [one.account.id for one in self.experts.values()])
        )
        assert all(number <= CAPACITY for number in carried.values())
        waiting = await self.shop.store.read(self.waiting)
        assert all(state == "ringing" for state in waiting), "an offer ends with its bell"

    async def check_one(self, row: Any) -> None:
        readers: list[VisitorCaller | ExpertCaller] = [self.visitor, *self.experts.values()]
        sides = [await self.shop.messages(who, row["id"]) for who in readers]
        assert all(side == sides[0] for side in sides), "both sides read the same"
        said = sides[0]
        assert [one["seq"] for one in said] == list(range(1, row["last_seq"] + 1)), "no gap, none twice"
        for (who, talk, number), seq in self.said.items():
            if talk == row["id"]:
                assert said[seq - 1]["text"] == f"{who} {number}", "what was acknowledged is there"
        written = [one["text"] for one in said if one["kind"] == "text"]
        assert len(set(written)) == len(written), "and once"
        closed = False  # since somebody had it
        over, holds, offered, scores = False, None, False, []
        for one in said:
            name = (one["data"] or {}).get("name") if one["kind"] == "event" else None
            if name == "conversation.closed":
                assert not over
                over = closed = True
            elif name == "conversation.reopened":
                assert over
                over, holds = False, one["data"]["expert"] or holds
            elif name == "conversation.transferred":
                offered = one["data"]["state"] == "waiting"
            elif name == "expert.joined":
                assert holds in (None, one["data"]["expert"]) or offered or closed, "nobody takes what a colleague has"
                holds, offered, closed = one["data"]["expert"], False, False
            elif name == "expert.left":
                holds = None
            elif name == "conversation.rated":
                scores.append(one["data"]["score"])
            elif one["kind"] == "text":
                assert not over, "nothing is said after the end"
                if one["author"]["kind"] == "expert":
                    assert one["author"]["name"] == holds, "only whoever has it speaks"
        if row["last_seq"]:
            assert over == (row["state"] == "closed")
        assert (scores[-1] if scores else None) == row["score"]
        if row["expert_id"] is not None and row["state"] == "open":
            assert {one.account.id: one.account.name for one in self.experts.values()}[row["expert_id"]] == holds
        kept = await self.shop.store.read(lambda conn: notes_of(conn, row["id"]))
        assert all(after <= row["last_seq"] for _, after in kept)

    def rows(self, conn: Connection) -> list[Any]:
        mine = select(conversation).where(conversation.c.visitor_id == self.visitor.visitor)
        return list(conn.execute(mine).mappings())

    def waiting(self, conn: Connection) -> list[str]:
        open_ = select(alert.c.state).join(transfer, transfer.c.alert_id == alert.c.id)
        return list(conn.execute(open_.where(transfer.c.outcome.is_(None))).scalars())


ALLOWED = {
    "not_found", "forbidden", "conversation_closed", "desk_full", "alert_over", "not_online", "exists", "too_late",
    "not_free", "invalid",
}  # fmt: skip


def notes_of(conn: Connection, talk: str) -> list[tuple[str, int]]:
    mine = select(note.c.id, note.c.after_seq).where(note.c.conversation_id == talk).order_by(note.c.at, note.c.id)
    return [tuple(row) for row in conn.execute(mine)]


async def play(url: str, history: list[list[tuple[str, tuple[Any, ...]]]]) -> None:
    shop = await Shop.open(url)
    visitor = await shop.visitor(frame="f1")
    visit = await shop.visit(visitor)
    experts = {name: await shop.expert(name.capitalize(), capacity=CAPACITY) for name in ("anna", "boris")}
    for expert in experts.values():
        await shop.say(expert, "presence.set", status="online")
    talk = Talk(url, shop, visitor, experts, visit)
    try:
        await talk.do("visitor", ("open",))
        for step in history:
            if ("time", ("restart",)) in step:  # what was under way when it stopped is not acknowledged
                await talk.do("time", ("restart",))
            await asyncio.gather(*(talk.do(who, what) for who, what in step if what != ("restart",)))
            await talk.check()
        kept = {id_ for row in await talk.shop.store.read(talk.rows) for id_, _ in await talk.shop.store.read(
            lambda conn, id_=row["id"]: notes_of(conn, id_)  # type: ignore[misc]
        )}  # fmt: skip
        assert talk.notes <= kept
    finally:
        await talk.shop.close()


@pytest.mark.timeout(600)
@given(history=HISTORY)
@example(history=[*([("visitor", ("send", n))] for n in range(2)), [("anna", ("send", 0))], [("boris", ("accept",))]])
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
def test_any_history_reads_the_same_for_both_sides_without_a_gap(database_url: str, history: Any) -> None:
    """Opened, said, noted, passed on, taken, declined, silent, closed, taken up again, rated, restarted."""
    asyncio.run(play(database_url, history))
