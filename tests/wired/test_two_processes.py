"""Two processes on one PostgreSQL and one Redis: nobody notices which of them they talk to, or that one died."""

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

import access.queries
import tracker.queries
from access.tables import site
from routing.tables import alert, expert
from routing.triggers import Firing
from service.flows.judging import raise_and_ring
from store.connect import open_store
from tests.asking import Asking
from tests.ears import Ears
from tests.running import People, Server, people_of, viewed
from tests.servers import Valkey
from tracker.tables import visit

DRIP = ("Garden", "Irrigation", "Drip systems")
LEFT = "{} had to leave. We are looking for a colleague."


@dataclass
class House:
    """`one` and `two` are the processes, `valkey` what rings between them, `url` their base."""

    one: Server
    two: Server
    valkey: Valkey
    url: str

    def start(self, server: Server) -> None:
        server.start("serve")


async def in_base(url: str, work: Callable[[Connection], Any]) -> Any:
    """Do something in the base, past both processes."""
    store = open_store(url)
    try:
        return await store.write(work)
    finally:
        await store.close()


@pytest.fixture(scope="module")
def house(new_database: Callable[[str], str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The demo fills the base and is the first process; the second only serves."""
    url, folder = new_database("postgres"), tmp_path_factory.mktemp("house")
    valkey = Valkey()
    valkey.start()
    one = Server(folder / "one", url, valkey.url())
    two = Server(folder / "two", url, valkey.url())
    try:
        one.start()
        origins = [one.url, one.other, two.url, two.other]
        asyncio.run(in_base(url, lambda conn: conn.execute(update(site).values(origins=origins)).close()))
        two.start("serve")
        yield House(one, two, valkey, url)
    finally:
        for server in (one, two):
            server.kill()
        valkey.close()


@pytest.fixture
async def people(house: House) -> AsyncIterator[People]:
    """Desks are on the first process unless said otherwise; afterwards everybody has gone home."""
    async with people_of(house.one) as crew:
        yield crew
        for name in sorted(crew.at_desks):
            desk = await crew.expert(name, status="offline")
            for conversation in (await crew.api(name, "/api/desk"))["conversations"]:
                if conversation["state"] == "open":
                    await desk.call("conversation.close", {"conversation": conversation["id"]})


async def talking(house: House, people: People) -> tuple[Ears, Ears, str]:
    """Anna on the first process and a visitor on the second, in one conversation: (anna, visitor, conversation)."""
    anna = await people.expert("anna")
    browser = people.browser(server=house.two)
    await browser.go_deep(*DRIP)
    bell = await anna.alert(browser)
    conversation = (await anna.done("alert.accept", {"alert": bell["id"]}))["conversation"]
    visitor = await people.visitor(browser.key, server=house.two)
    assert (await visitor.wait("chat.invited"))["conversation"] == conversation
    await visitor.done("chat.open")
    return anna, visitor, conversation


async def say(socket: Ears, conversation: str, text: str) -> int:
    answer = await socket.done("message.send", {"conversation": conversation, "client_id": text, "text": text})
    return int(answer["seq"])


async def test_the_bell_rings_at_a_desk_of_the_other_process(house: House, people: People):
    """The visitor's beacons go to one process, Anna sits at the other: within a second."""
    anna, boris = await people.expert("anna"), await people.expert("boris", server=house.two)
    browser = people.browser(server=house.two)
    await browser.go_deep(*DRIP)
    begun = time.monotonic()
    bell = await anna.alert(browser, 1.0)
    assert time.monotonic() - begun < 1.0
    assert (bell["rung"], bell["visit"]["path"]) == ("topic", list(DRIP))
    assert not boris.alerts(browser)
    await anna.done("alert.decline", {"alert": bell["id"]})
    assert (await boris.alert(browser, 1.0))["rung"] == "anyone"
    await asyncio.sleep(0.3)
    assert len(anna.alerts(browser)) == 1


async def test_they_talk_across_processes_numbered_without_a_gap(house: House, people: People):
    """Fifteen words each way at once: each side hears all of the other's, once, in order; both read the same."""
    anna, visitor, conversation = await talking(house, people)
    await asyncio.gather(
        *(say(visitor, conversation, f"v{n}") for n in range(15)),
        *(say(anna, conversation, f"a{n}") for n in range(15)),
    )
    begun = time.monotonic()
    last = await say(visitor, conversation, "last")
    for socket in (anna, visitor):
        await socket.wait("message.added", 1.0, seq=last)
    assert time.monotonic() - begun < 1.0
    heard = [[m for m in s.heard("message.added") if m["conversation"] == conversation] for s in (anna, visitor)]
    for messages in heard:
        seqs = [message["seq"] for message in messages]
        assert seqs == list(range(seqs[0], last + 1))
        assert [m["text"] for m in messages if m["text"][:1] == "v"] == [f"v{n}" for n in range(15)]
    read = [
        (await s.done("messages.after", {"conversation": conversation, "seq": 0}))["messages"] for s in (anna, visitor)
    ]
    assert read[0] == read[1]
    assert [message["seq"] for message in read[0]] == list(range(1, last + 1))
    await visitor.done("typing", {"conversation": conversation})
    await anna.wait("typing", 1.0, author="visitor")
    await anna.done("message.read", {"conversation": conversation, "seq": last})
    await visitor.wait("message.read", 1.0, by="expert", seq=last)


async def test_a_frame_without_a_socket_may_ask_any_process(house: House, people: People):
    """Nothing is kept of it between two calls: asked in turns, both together tell everything once, in order."""
    anna, visitor, conversation = await talking(house, people)
    await visitor.close()
    browser = people.browser(server=house.two)
    await browser.go_deep(*DRIP)
    bell = await anna.alert(browser)
    conversation = (await anna.done("alert.accept", {"alert": bell["id"]}))["conversation"]
    frame = Asking(house.one.other, browser.key)
    await frame.done("chat.open")
    told: list[str] = []
    for n in range(10):
        frame.url = (house.one if n % 2 else house.two).other
        waiting = asyncio.create_task(frame.ask())
        await asyncio.sleep(0.05 * (n % 3))
        await say(anna, conversation, f"f{n}")
        told += [data["text"] for name, data in await waiting if name == "message.added"]
    told += [data["text"] for name, data in await frame.ask(0) if name == "message.added"]
    assert told == [f"f{n}" for n in range(10)]
    assert [name for name, _ in frame.events].count("chat.invited") == 1
    await frame.close()


async def test_of_two_who_accept_on_two_processes_one_wins(house: House, people: People):
    """Five alerts, each taken by two desks at once: exactly one gets it, the other is told."""
    boris, clara = await people.expert("boris"), await people.expert("clara", server=house.two)
    for _ in range(5):
        browser = people.browser(server=house.two)
        await browser.go_deep(*DRIP)
        bells = await asyncio.gather(boris.alert(browser, 2), clara.alert(browser, 2))
        assert bells[0]["id"] == bells[1]["id"]
        id_ = bells[0]["id"]
        answers = await asyncio.gather(*(desk.call("alert.accept", {"alert": id_}) for desk in (boris, clara)))
        assert sorted("ok" in answer for answer in answers) == [False, True], answers
        winner, loser = (boris, clara) if "ok" in answers[0] else (clara, boris)
        assert next(a["error"]["code"] for a in answers if "error" in a) == "alert_over"
        assert (await loser.wait("alert.cleared", 1.0, id=id_))["reason"] == "taken"
        won = next(answer for answer in answers if "ok" in answer)
        await winner.done("conversation.close", {"conversation": won["conversation"]})


async def test_presence_is_seen_from_both_processes(house: House, people: People):
    """Whoever comes, pauses and goes is told to colleagues elsewhere, and stands so in both snapshots."""
    anna, boris = await people.expert("anna"), await people.expert("boris", server=house.two)
    ids = {name: (await people.sign_in(name))["me"]["id"] for name in ("anna", "boris")}
    await anna.wait("presence.changed", 1.0, expert=ids["boris"], status="online")
    await boris.done("presence.set", {"status": "away"})
    await anna.wait("presence.changed", 1.0, expert=ids["boris"], status="away")
    await anna.done("presence.set", {"status": "offline"})
    await boris.wait("presence.changed", 1.0, expert=ids["anna"], status="offline")
    for server in (house.one, house.two):
        desk = await people.api("boris", "/api/desk", server)
        assert {one["id"]: one["status"] for one in desk["experts"]}.items() >= {
            ids["anna"]: "offline", ids["boris"]: "away",
        }.items()  # fmt: skip


async def test_an_alert_that_was_committed_and_never_announced_is_found(house: House, people: People):
    """Its process died between the commit and the bell (here: it rings none): desks of both processes hear it."""
    anna, boris = await people.expert("anna"), await people.expert("boris", server=house.two)
    for desk, path in ((anna, DRIP), (boris, ("Workshop", "Hand tools", "Planes"))):
        browser = people.browser(server=house.two)
        await browser.collect(viewed(*path, url=browser.page))

        def commit(conn: Connection, page: str = browser.page) -> None:
            id_ = conn.execute(select(visit.c.id).where(visit.c.url == page)).scalar_one()
            facts = tracker.queries.visit_facts(conn, [id_])[id_]
            shop = access.queries.site_facts(conn, facts.site)
            assert shop is not None
            firing = Firing(trigger="t", name="deep", occasion=id_)
            assert raise_and_ring(conn, shop, firing, facts)

        await in_base(house.url, commit)
        assert (await desk.alert(browser, 5.0))["rung"] == "topic"


async def test_what_a_process_took_in_before_it_was_killed_rings_all_the_same(house: House, people: People):
    """Killed in the moment after its answer, while Redis is away too: the survivor's desk hears the bell."""
    anna = await people.expert("anna")
    house.valkey.stop(signal.SIGKILL)
    try:
        browser = people.browser(server=house.two)
        await browser.go_deep(*DRIP)
        house.two.kill()
        await anna.alert(browser, 5.0)
    finally:
        house.valkey.start()
        await asyncio.to_thread(house.start, house.two)


async def test_a_rung_runs_out_although_the_process_that_rang_it_is_gone(house: House, people: People):
    """The timer is in the base: Boris hears it on the surviving process, and nobody hears it twice."""
    anna, boris = await people.expert("anna", server=house.two), await people.expert("boris")
    browser = people.browser(server=house.two)
    await browser.go_deep(*DRIP)
    bell = await anna.alert(browser)
    house.two.kill()
    soon = int(time.time() * 1000) + 500
    await in_base(
        house.url, lambda conn: conn.execute(update(alert).where(alert.c.id == bell["id"]).values(due_at=soon)).close()
    )
    rung = await boris.alert(browser, 3.0)
    assert (rung["id"], rung["rung"]) == (bell["id"], "anyone")
    await asyncio.sleep(1.2)
    assert len(boris.alerts(browser)) == 1
    with contextlib.suppress(Exception):
        await anna.close()
    await asyncio.to_thread(house.start, house.two)


async def test_messages_arrive_while_redis_is_away_and_at_once_when_it_is_back(house: House, people: People):
    """Redis killed in the middle of a chat: words arrive within four seconds, both ways; live again after."""
    anna, visitor, conversation = await talking(house, people)
    await say(visitor, conversation, "before")
    await anna.wait("message.added", 1.0, text="before")
    house.valkey.stop(signal.SIGKILL)
    try:
        for round_ in ("first", "second"):
            await asyncio.gather(say(visitor, conversation, f"v {round_}"), say(anna, conversation, f"a {round_}"))
            begun = time.monotonic()
            await asyncio.gather(
                anna.wait("message.added", 8.0, text=f"v {round_}"),
                visitor.wait("message.added", 8.0, text=f"a {round_}"),
            )
            assert time.monotonic() - begun < 4.0
        browser = people.browser(server=house.two)
        await browser.go_deep(*DRIP)
        bell = await anna.alert(browser, 4.0)
    finally:
        house.valkey.start()
    await asyncio.sleep(3)
    begun = time.monotonic()
    await say(visitor, conversation, "after")
    await anna.wait("message.added", 1.0, text="after")
    assert time.monotonic() - begun < 1.0
    await anna.done("alert.decline", {"alert": bell["id"]})
    for socket in (anna, visitor):
        seqs = [m["seq"] for m in socket.heard("message.added") if m["conversation"] == conversation]
        assert seqs == sorted(set(seqs)), "each once, in order"


async def test_an_alert_taken_elsewhere_while_redis_is_away_is_cleared_here(house: House, people: People):
    """What a desk was told is looked at again by the sweep, not only what rings anew."""
    boris, clara = await people.expert("boris"), await people.expert("clara", server=house.two)
    browser = people.browser(server=house.two)
    await browser.go_deep(*DRIP)
    bell = await boris.alert(browser)
    await clara.alert(browser)
    house.valkey.stop(signal.SIGKILL)
    try:
        await clara.done("alert.accept", {"alert": bell["id"]})
        assert (await boris.wait("alert.cleared", 6.0, id=bell["id"]))["reason"] == "taken"
    finally:
        house.valkey.start()


async def test_the_base_says_which_alerts_were_announced(house: House, people: People):
    """After the bell rang, no process looks for it again."""
    anna = await people.expert("anna")
    browser = people.browser(server=house.two)
    await browser.go_deep(*DRIP)
    bell = await anna.alert(browser)

    async def noted() -> bool:
        row = await in_base(
            house.url,
            lambda conn: conn.execute(select(alert.c.version, alert.c.announced).where(alert.c.id == bell["id"])).one(),
        )
        return row.version == row.announced

    for _ in range(30):
        if await noted():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("never noted")


@pytest.mark.timeout(150)
async def test_desks_of_a_killed_process_move_and_only_who_stays_away_is_handed_on(house: House, people: People):
    """Boris comes back at the other process within his lease and keeps his talk; Clara does not, and loses hers."""
    desks = {name: await people.expert(name, server=house.two) for name in ("boris", "clara")}
    them = {name: (await people.sign_in(name))["me"] for name in desks}
    ids = {name: who["id"] for name, who in them.items()}
    talks: dict[str, tuple[Ears, str]] = {}
    for name, path in (
        ("boris", ("Workshop", "Hand tools", "Planes")),
        ("clara", ("Kitchen", "Preserving", "Preserving jars")),
    ):
        browser = people.browser()
        await browser.go_deep(*path)
        bell = await desks[name].alert(browser)
        conversation = (await desks[name].done("alert.accept", {"alert": bell["id"]}))["conversation"]
        visitor = await people.visitor(browser.key)
        await visitor.done("chat.open")
        talks[name] = visitor, conversation
    house.two.kill()
    try:
        boris = await people.expert("boris", status="", server=house.one)
        lapsed = int(time.time() * 1000) - 61_000  # a minute and more has passed for whoever did not come back
        await in_base(
            house.url,
            lambda conn: conn.execute(
                update(expert).where(expert.c.id == ids["clara"]).values(lease_until=lapsed)
            ).close(),
        )
        heard = await talks["clara"][0].wait(
            "message.added", 75.0, kind="event", text=LEFT.format(them["clara"]["name"])
        )
        assert heard["data"] == {"name": "expert.left", "expert": them["clara"]["name"]}
        mine = await people.api("boris", "/api/desk", house.one)
        held = {one["id"]: (one["expert"] or {}).get("id") for one in mine["conversations"]}
        assert held[talks["boris"][1]] == ids["boris"]
        assert held[talks["clara"][1]] is None, "on every desk"
        assert LEFT.format(them["boris"]["name"]) not in [m["text"] for m in talks["boris"][0].heard("message.added")]
        await say(boris, talks["boris"][1], "still here")
    finally:
        for socket in desks.values():
            with contextlib.suppress(Exception):
                await socket.close()
        await asyncio.to_thread(house.start, house.two)
