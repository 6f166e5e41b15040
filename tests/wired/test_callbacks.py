"""Promises to call back: whose, when, how many, and what becomes of them. On both bases."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import msgspec
import pytest
from sqlalchemy import Connection, insert, select, update
from sqlalchemy.ext.asyncio import create_async_engine

import routing.do
import service.flows.promises
import service.flows.staff
import voice.queries
from access.queries import account_by_id
from contract.clock import DAY, HOUR, MINUTE, SECOND, from_rfc3339, now_ms, rfc3339
from contract.errors import Refused
from contract.hours import Hours
from contract.names import Ms
from contract.rest_experts import ExpertPatch
from crm.tables import customer, identity
from reports.timeline import of_visit
from routing.slots import quarter
from service import present
from service.callers import ExpertCaller, VisitorCaller
from service.flows.slots import Asking
from service.limits import Limits
from service.sockets import pages
from service.sockets.registry import Connection as Line
from tests.wired.counter import Shop
from voice.tables import callback

_NUMBERS = count(2_010_000)
PHONE = "+1 202 555 0123"
EVERY_DAY = {str(day): [("00:00", "24:00")] for day in range(1, 8)}


@pytest.fixture
async def shop(database_url: str) -> AsyncIterator[Shop]:
    """A shop for this test; the base is the module's."""
    opened = await Shop.open(database_url)
    yield opened
    await opened.close()


def a_time(hours: int = 24) -> str:
    """A quarter of an hour that begins in about so many hours."""
    return rfc3339(quarter(now_ms() + hours * HOUR))


async def asks(shop: Shop, visitor: VisitorCaller | None = None, **data: Any) -> dict[str, Any]:
    """A visitor asks to be called; the answer."""
    visitor = visitor or await shop.visitor()
    return await shop.say(visitor, "callback.request", **{"client_id": uuid4().hex, "phone": PHONE, **data})


async def refused(shop: Shop, visitor: VisitorCaller, **data: Any) -> str:
    return await shop.refusal(visitor, "callback.request", **{"client_id": uuid4().hex, "phone": PHONE, **data})


async def rows(shop: Shop) -> list[dict[str, Any]]:
    """What was asked for in this shop, the first asked first."""
    found = select(callback).where(callback.c.site_id == shop.site.id).order_by(callback.c.created_at, callback.c.id)
    return await shop.store.read(lambda conn: [dict(row) for row in conn.execute(found).mappings()])


async def knows(shop: Shop, expert: ExpertCaller, *path: str, level: int = 3) -> None:
    await shop.store.write(lambda conn: routing.do.set_topics(conn, expert.account.id, [(uuid4().hex, [*path], level)]))


async def works(shop: Shop, expert: ExpertCaller, week: dict[str, Any], off: list[str] | None = None) -> None:
    """As an administrator sets it; what cannot be kept any more is handed on."""
    hours = Hours(zone="UTC", week=week, off=off or [])  # type: ignore[arg-type]
    await changes(shop, expert, hours=hours)


async def changes(shop: Shop, expert: ExpertCaller, **changed: Any) -> list[str]:
    def work(conn: Connection) -> list[str]:
        sites = changed.pop("sites", None)
        patch = ExpertPatch(**changed)
        return service.flows.staff.change(conn, expert.account.id, patch, sites, None, now_ms()).callbacks

    return await shop.store.write(work)


async def fires(shop: Shop, now: Ms) -> list[str]:
    """What is due by then happens; which of this shop's callbacks changed."""
    changed = set(await shop.store.write(lambda conn: service.flows.promises.fire_due(conn, now)))
    return [row["id"] for row in await rows(shop) if row["id"] in changed]


async def comes_online(shop: Shop, expert: ExpertCaller, until: Ms | None = None) -> None:
    """Their line stands until then."""

    def work(conn: Connection) -> None:
        routing.do.set_status(conn, expert.account.id, "online", until or now_ms() + DAY)

    await shop.store.write(work)


async def yesterday(shop: Shop) -> None:
    """Everything was asked for a day earlier."""
    mine = update(callback).where(callback.c.site_id == shop.site.id)
    earlier = mine.values(created_at=callback.c.created_at - DAY, asked=[])
    await shop.store.write(lambda conn: conn.execute(earlier).close())


async def anothers(shop: Shop, callback_id: str) -> None:
    """It was asked for by somebody else, another day."""
    values = {"visitor_id": str(uuid4()), "created_at": now_ms() - 2 * DAY}
    given = update(callback).where(callback.c.id == callback_id).values(**values)
    await shop.store.write(lambda conn: conn.execute(given).close())


async def two_hours(shop: Shop, expert: ExpertCaller) -> None:
    """The day after tomorrow this expert works eight quarters of an hour, and then no more for a fortnight."""
    day = datetime.now(UTC) + timedelta(days=2)
    week = {str(day.isoweekday()): [("09:00", "11:00")]}
    await works(shop, expert, week, off=[(day + timedelta(days=7)).date().isoformat()])


async def tries(shop: Shop) -> str:
    """A new key asks with a new number: who it is promised by, or why not."""
    try:
        return str((await asks(shop, phone=a_number()))["expert"])
    except Refused as no:
        return no.code


async def of_place(shop: Shop, network: str, most: int, **data: Any) -> list[str]:
    """So many new keys from one network ask, each with another number; what they are answered."""
    answers = []
    for _ in range(most):
        visitor = replace(await shop.visitor(), network=network)
        answers.append(await refused(shop, visitor, **{"phone": a_number(), **data}))
    return answers


def a_number() -> str:
    """Another one each time."""
    return f"+1 202 {next(_NUMBERS)}"


# --- asking -----------------------------------------------------------------------------------------------------------


async def test_a_number_and_nothing_else_is_promised_the_next_free_slot(shop: Shop):
    """In one spelling, to somebody who is there then; everybody hears of it once."""
    anna, visitor, now = await shop.expert("Anna"), await shop.visitor(), now_ms()
    agreed = await asks(shop, visitor, phone="+1 (202) 555-0123", topic="My boiler")
    (row,) = await rows(shop)
    assert agreed == {"callback": row["id"], "at": rfc3339(row["at"]), "expert": "Anna"}
    assert (row["phone"], row["owner_id"], row["words"], row["state"]) == (
        "+12025550123", anna.account.id, "My boiler", "open",
    )  # fmt: skip
    assert now + 5 * MINUTE <= row["at"] <= now + 21 * MINUTE
    assert shop.bus.rung.count(("callback", row["id"])) == 1


async def test_asked_again_under_the_same_id_is_asked_once(shop: Shop):
    """Also ten times at once, and with another number."""
    await shop.expert()
    visitor = await shop.visitor()
    answers = await asyncio.gather(*(asks(shop, visitor, client_id="one") for _ in range(10)))
    answers.append(await asks(shop, visitor, client_id="one", phone="+1 202 555 0199"))
    assert len({answer["callback"] for answer in answers}) == 1
    assert len(await rows(shop)) == 1


@pytest.mark.parametrize(
    ("data", "code"),
    [
        ({"phone": ""}, "bad_contact"),
        ({"phone": "tomorrow"}, "bad_contact"),
        ({"phone": "+1 900 234 5678"}, "number_refused"),
        ({"phone": "+881 612 345 678"}, "number_refused"),
        ({"when": "tomorrow"}, "invalid"),
        ({"when": "2026-11-23T09:00:00"}, "invalid"),
        ({"when": "0001-01-01T00:00:00+23:00"}, "invalid"),
        ({"when": "2020-01-01T09:00:00Z"}, "no_such_slot"),
        ({"when": "2099-01-01T09:00:00Z"}, "no_such_slot"),
        ({"topic": "a\x00b"}, "bad_text"),
        ({"topic": ["a\x00b"]}, "invalid"),
        ({"topic": [" "]}, "invalid"),
        ({"channel": "write", "phone": "+1 900 234 5678"}, "number_refused"),
    ],
)
async def test_what_cannot_be_promised_is_refused_and_changes_nothing(shop: Shop, data: dict[str, Any], code: str):
    await shop.expert()
    visitor = await shop.visitor()
    before = await shop.counts()
    assert await refused(shop, visitor, **data) == code
    assert await shop.counts() == before


async def test_three_a_day_for_one_visitor_whatever_the_number(shop: Shop):
    """The fourth is told when; the next day it is taken."""
    await shop.expert()
    visitor = await shop.visitor()
    for number in range(3):
        await asks(shop, visitor, phone=f"+1 202 555 012{number}")
    with pytest.raises(Refused) as no:
        await asks(shop, visitor, phone="+1 202 555 0129")
    assert no.value.code == "rate_limited"
    assert no.value.retry_after is not None
    assert DAY // SECOND - 60 < (no.value.retry_after or 0) <= DAY // SECOND
    await yesterday(shop)
    await asks(shop, visitor)


async def test_three_a_day_for_one_number_whoever_asks(shop: Shop):
    """Also for three at once. Another site has its own count."""
    await shop.expert()
    visitors = [await shop.visitor() for _ in range(6)]
    answers = await asyncio.gather(*(refused(shop, one) for one in visitors))
    assert sorted(answers) == ["ok"] * 3 + ["rate_limited"] * 3
    assert await refused(shop, await shop.visitor(), phone="+1 202 555 0124") == "ok"
    assert await refused(shop, await shop.visitor(site=shop.other_site)) == "ok"


async def test_many_keys_of_one_place_take_few_slots(shop: Shop):
    """A measure of this process, as for orders."""
    await shop.expert()
    shop.bell.limits = Limits(on=True, clock=lambda: 0.0)
    answers = [await refused(shop, await shop.visitor(), phone=f"+1 202 555 01{number}") for number in range(10, 22)]
    assert answers == ["ok"] * 10 + ["rate_limited"] * 2


async def test_what_one_place_may_have_in_a_day_is_counted_in_the_base(shop: Shop):
    """Whichever process is asked: twenty for strangers, then no more; another place has its own, and a customer from
    that place still gets theirs. After a day it is forgotten where it was asked from."""
    await shop.expert("Anna")
    await shop.expert("Boris")
    shop.bell.settings = cast(Any, SimpleNamespace(secret_key="k"))
    answers: list[str] = []
    for _ in range(5):  # a process each
        shop.bell.limits = Limits(on=True, clock=lambda: 0.0)
        answers += await of_place(shop, "203.0.113.9", 5)
    assert answers == ["ok"] * 20 + ["rate_limited"] * 5
    assert await of_place(shop, "203.0.113.10", 1) == ["ok"]
    customer = replace(await shop.visitor(), network="203.0.113.9")
    await known(shop, customer, None)
    assert await refused(shop, customer) == "ok"
    kept = {row["network"] for row in await rows(shop)}
    assert len(kept) == 2
    assert not any("203.0.113" in str(one) for one in kept)
    await yesterday(shop)
    assert await of_place(shop, "203.0.113.9", 1) == ["ok"]
    assert [row["network"] for row in await rows(shop)].count(None) == 22


async def test_strangers_never_take_the_time_of_those_we_know(shop: Shop):
    """However many ask from however many places: half of a day's quarters stay free, and what is nobody's ends at
    fifty. A customer is promised somebody then, and so is one with whom somebody has talked."""
    anna = await shop.expert("Anna")
    await two_hours(shop, anna)
    customer, talked = await shop.visitor(), await shop.visitor()
    await known(shop, customer, None)
    await shop.open_chat(talked, anna)
    answers = [(await tries(shop)) for _ in range(60)]
    assert answers[:4] == ["Anna"] * 4
    assert set(answers[4:54]) == {"None"}
    assert answers[54:] == ["booked_up"] * 6
    assert (await shop.say(await shop.visitor(), "callback.slots"))["slots"] == []
    assert len((await shop.say(customer, "callback.slots"))["slots"]) == 4
    assert (await asks(shop, customer))["expert"] == "Anna"
    assert (await asks(shop, talked, phone=a_number()))["expert"] == "Anna"


async def test_asked_again_it_is_moved_and_stays_one(shop: Shop):
    """One call and one letter at a time; the newest word counts."""
    await shop.expert("Anna")
    visitor = await shop.visitor()
    first = await asks(shop, visitor, when=a_time(24), topic="Boiler")
    again = await asks(shop, visitor, when=a_time(48), topic="Roof", phone="+1 202 555 0199")
    assert again["callback"] == first["callback"]
    await asks(shop, visitor, when=a_time(48), channel="write", phone="")
    call, letter = await rows(shop)
    assert (rfc3339(call["at"]), call["words"], call["phone"]) == (a_time(48), "Roof", "+12025550199")
    assert (letter["channel"], letter["at"]) == ("write", call["at"])
    assert await refused(shop, visitor) == "rate_limited"
    assert (await asks(shop, when=a_time(24), phone=a_number()))["expert"] == "Anna"


async def test_an_answer_in_writing_takes_nobodys_quarter_of_an_hour(shop: Shop):
    """Many stand in one, of strangers as many as they may have quarters; a call beside them is promised as well."""
    anna = await shop.expert("Anna")
    await two_hours(shop, anna)
    letters = [await asks(shop, phone="", channel="write") for _ in range(5)]
    assert [one["expert"] for one in letters] == ["Anna"] * 4 + [None]
    assert len({one["at"] for one in letters}) == 1
    agreed = await asks(shop)
    assert (agreed["expert"], agreed["at"]) == ("Anna", letters[0]["at"])


# --- whose ------------------------------------------------------------------------------------------------------------


async def known(shop: Shop, visitor: VisitorCaller, owner: ExpertCaller | None) -> None:
    """The visitor is a customer, of this owner."""

    def work(conn: Connection) -> None:
        id_ = str(uuid4())
        owner_id = owner.account.id if owner else None
        row = {"id": id_, "site_id": shop.site.id, "person_id": id_, "name": "Carla", "tier": "gold", "created_at": 1}
        conn.execute(insert(customer).values(**row, owner_id=owner_id))
        link = {"site_id": shop.site.id, "kind": "visitor", "value": visitor.visitor, "customer_id": id_}
        conn.execute(insert(identity).values(**link, proof="order", at=1))

    await shop.store.write(work)


async def test_the_ladder_without_a_bell_owner_last_topic_anyone_nobody(shop: Shop):
    """Five who all work then, one slot: each in turn, and then it is nobody's, for all to see."""
    names = ("Owner", "Last", "Best", "Good", "Else")
    owner, last, best, good, other = [await shop.expert(name) for name in names]
    await knows(shop, best, "Things", level=5)
    await knows(shop, good, "Things", level=2)
    visitor = await shop.visitor()
    await shop.visit(visitor)
    talk = await shop.open_chat(visitor, last)
    await shop.say(last, "conversation.close", conversation=talk)
    await known(shop, visitor, owner)
    when, got = a_time(), []
    for number in range(6):
        agreed = await asks(shop, visitor, when=when, phone=f"+1 202 555 012{number}")
        got.append(agreed["expert"])
        assert agreed["at"] == when
        await anothers(shop, agreed["callback"])
    assert got == ["Owner", "Last", "Best", "Good", "Else", None]
    assert [row["owner_id"] for row in await rows(shop)][-1] is None
    assert other.account.name == "Else"


async def test_a_path_that_is_named_goes_before_what_is_read(shop: Shop):
    """The visitor reads about things, and asks about boots."""
    things, boots = await shop.expert("Things"), await shop.expert("Boots")
    await knows(shop, things, "Things")
    await knows(shop, boots, "Women", "Boots")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    agreed = await asks(shop, visitor)
    assert agreed["expert"] == "Things"
    await anothers(shop, agreed["callback"])
    assert (await asks(shop, visitor, topic=["Women", "Boots", "Suede"]))["expert"] == "Boots"
    assert [row["topic"] for row in await rows(shop)] == [["Things"], ["Women", "Boots", "Suede"]]


async def test_whoever_does_not_work_then_is_passed_over(shop: Shop):
    """The best one is off; at a time at which nobody works nothing is promised."""
    best, other = await shop.expert("Best"), await shop.expert("Other")
    await knows(shop, best, "Things", level=5)
    when = quarter(now_ms() + 2 * DAY)
    day = rfc3339(when)[:10]
    await works(shop, best, EVERY_DAY, off=[day])
    visitor = await shop.visitor()
    await shop.visit(visitor)
    assert (await asks(shop, visitor, when=rfc3339(when)))["expert"] == "Other"
    await works(shop, other, EVERY_DAY, off=[day])
    assert await refused(shop, visitor, when=rfc3339(when)) == "no_such_slot"


async def test_a_time_between_two_quarters_is_the_next_quarter(shop: Shop):
    """Nobody is called before the time that they named."""
    await shop.expert()
    when = quarter(now_ms() + DAY)
    agreed = await asks(shop, when=rfc3339(when - 7 * MINUTE))
    assert agreed["at"] == rfc3339(when)


async def test_where_nobody_works_at_any_time_a_number_is_not_lost(shop: Shop):
    """No expert at all, or none with hours: nobody's, in the next slot."""
    assert (await asks(shop))["expert"] is None
    (row,) = await rows(shop)
    assert row["owner_id"] is None
    assert row["at"] > now_ms()


async def test_two_at_once_never_get_the_same_expert_and_slot(shop: Shop):
    """Twelve ask at the same moment for the same time, two work: two are promised somebody, nobody twice."""
    await shop.expert("Anna")
    await shop.expert("Boris")
    when = a_time()
    visitors = [await shop.visitor() for _ in range(12)]
    answers = await asyncio.gather(
        *(asks(shop, one, when=when, phone=f"+1 202 555 01{n + 10}") for n, one in enumerate(visitors))
    )
    assert sorted(str(answer["expert"]) for answer in answers) == ["Anna", "Boris"] + ["None"] * 10
    assert {answer["at"] for answer in answers} == {when}


async def test_the_slots_that_are_offered_can_be_had(shop: Shop):
    """Eight, each with a name; taking one gives that expert at that time, and takes it from the list."""
    await shop.expert("Anna")
    visitor = await shop.visitor()
    slots = (await shop.say(visitor, "callback.slots"))["slots"]
    assert len(slots) == 8
    assert all(slot["expert"] == "Anna" for slot in slots)
    agreed = await asks(shop, visitor, when=slots[3]["at"])
    assert {"at": agreed["at"], "expert": agreed["expert"]} == slots[3]
    again = (await shop.say(await shop.visitor(), "callback.slots"))["slots"]
    assert slots[3] not in again
    assert again[:3] == slots[:3]


async def test_on_a_large_site_few_are_looked_at_and_the_best_is_found(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    """Who knows the topic stands first, however many do not."""
    monkeypatch.setattr("service.flows.slots.MOST", 3)
    crew = [await shop.expert(f"E{number}") for number in range(8)]
    await knows(shop, crew[5], "Things")
    visitor = await shop.visitor()
    await shop.visit(visitor)
    asking = await shop.store.read(lambda conn: Asking(conn, shop.site, visitor.visitor, None))
    assert len(asking.people) == 3
    assert asking.people[0].name == "E5"


# --- in writing -------------------------------------------------------------------------------------------------------


async def test_a_written_answer_needs_no_number_and_stands_in_the_conversation(shop: Shop):
    """Both sides read what was agreed, as a message; without a conversation there is one then."""
    anna, visitor = await shop.expert("Anna"), await shop.visitor()
    when = a_time()
    agreed = await asks(shop, visitor, phone="", channel="write", when=when)
    (row,) = await rows(shop)
    assert (row["phone"], row["channel"]) == ("", "write")
    (said,) = await shop.messages(visitor, row["conversation_id"])
    assert (said["kind"], said["author"]["kind"]) == ("event", "system")
    assert said["data"] == {
        "name": "callback.agreed", "callback": agreed["callback"], "channel": "write", "at": when, "expert": "Anna",
    }  # fmt: skip
    assert said["text"].startswith("Anna writes ")
    assert (await shop.say(visitor, "chat.open"))["conversation"] == row["conversation_id"]
    assert await shop.messages(anna, row["conversation_id"]) == [said]


async def test_a_call_is_noted_in_the_conversation_if_there_is_one(shop: Shop):
    """And makes none."""
    await shop.expert("Anna")
    visitor, other = await shop.visitor(), await shop.visitor()
    talk = await shop.open_chat(visitor)
    await asks(shop, visitor)
    await asks(shop, other)
    assert [one["data"]["name"] for one in await shop.messages(visitor, talk)] == ["callback.agreed"]
    assert [row["conversation_id"] for row in await rows(shop)] == [talk, None]


# --- what becomes of it -----------------------------------------------------------------------------------------------


async def test_an_expert_says_that_it_is_done_and_what_was_said(shop: Shop):
    """Twice is like once; a slip is corrected; another note replaces the first."""
    anna, boris = await shop.expert("Anna"), await shop.expert("Boris")
    id_ = (await asks(shop))["callback"]
    await shop.say(anna, "callback.missed", callback=id_)
    await shop.say(boris, "callback.done", callback=id_, note=" Wants oak. ")
    rung = shop.bus.rung.count(("callback", id_))
    await shop.say(anna, "callback.done", callback=id_)
    assert shop.bus.rung.count(("callback", id_)) == rung
    (row,) = await rows(shop)
    assert (row["state"], row["note"], row["done_by"], row["due_at"]) == ("done", "Wants oak.", boris.account.id, None)
    await shop.say(anna, "callback.done", callback=id_, note="Wants ash.")
    assert [row["note"] for row in await rows(shop)] == ["Wants ash."]


async def test_only_the_house_may_say_so_and_only_of_its_own(shop: Shop):
    """A foreign one is missing; a marketer looks at reports."""
    await shop.expert()
    id_ = (await asks(shop))["callback"]
    foreign = await shop.expert(site=shop.other_site)
    assert await shop.refusal(foreign, "callback.done", callback=id_) == "not_found"
    assert await shop.refusal(foreign, "callback.done", callback="nothing") == "not_found"
    account = msgspec.structs.replace(foreign.account, role="marketer", sites=frozenset({shop.site.id}))
    marketer = ExpertCaller(account=account, language="en")
    assert await shop.refusal(marketer, "callback.missed", callback=id_) == "forbidden"
    anna = await shop.expert()
    assert await shop.refusal(anna, "callback.done", callback=id_, note="x" * 1001) == "message_too_long"
    assert await shop.refusal(anna, "callback.done", callback=id_, note="\x00") == "bad_text"


async def test_reminder_its_time_and_the_end_come_by_themselves_and_once(shop: Shop):
    """Five minutes before, at its time, an hour after."""
    anna = await shop.expert()
    await comes_online(shop, anna)
    await asks(shop, when=a_time())
    (made,) = await rows(shop)
    at = made["at"]
    assert made["due_at"] == at - 5 * MINUTE
    assert await fires(shop, at - 5 * MINUTE - 1) == []
    assert await fires(shop, at - 5 * MINUTE) == [made["id"]]
    assert await fires(shop, at - MINUTE) == []
    (row,) = await rows(shop)
    assert (row["reminded_at"], row["state"], row["due_at"]) == (at - 5 * MINUTE, "open", at)
    assert await fires(shop, at) == [made["id"]]
    assert await fires(shop, at + HOUR - 1) == []
    assert await fires(shop, at + HOUR) == [made["id"]]
    assert await fires(shop, at + 2 * HOUR) == []
    (row,) = await rows(shop)
    assert (row["state"], row["done_at"], row["done_by"], row["due_at"]) == ("missed", at + HOUR, None, None)


async def test_what_was_slept_through_is_missed_at_once(shop: Shop):
    """A server that was away for a day."""
    await shop.expert()
    id_ = (await asks(shop, when=a_time()))["callback"]
    assert await fires(shop, now_ms() + 3 * DAY) == [id_]
    assert [row["state"] for row in await rows(shop)] == ["missed"]


async def test_two_processes_move_it_once(shop: Shop):
    """Both look at the same moment."""
    await shop.expert()
    id_ = (await asks(shop, when=a_time()))["callback"]
    moved = await asyncio.gather(*(fires(shop, now_ms() + 3 * DAY) for _ in range(4)))
    assert sorted(moved) == [[], [], [], [id_]]


async def test_what_is_done_is_not_missed(shop: Shop):
    anna = await shop.expert()
    id_ = (await asks(shop, when=a_time()))["callback"]
    await shop.say(anna, "callback.done", callback=id_)
    assert await fires(shop, now_ms() + 3 * DAY) == []


# --- handed on --------------------------------------------------------------------------------------------------------


async def owners(shop: Shop) -> list[str | None]:
    """Whose the callbacks are, by name."""
    found = await rows(shop)
    people = await shop.store.read(lambda conn: present.persons(conn, [row["owner_id"] for row in found]))
    return [people[row["owner_id"]].name if row["owner_id"] else None for row in found]


@pytest.mark.parametrize("how", ["dismissed", "another role", "another site", "a day off"])
async def test_whoever_cannot_keep_a_promise_any_more_hands_it_on(shop: Shop, how: str):
    """To the next of the ladder at the same time; nobody's, if there is none."""
    anna, boss = await shop.expert("Anna"), await shop.expert("Boss")
    await changes(shop, boss, role="admin")
    when = a_time()
    id_ = (await asks(shop, when=when))["callback"]
    boris = await shop.expert("Boris")

    async def leaves(expert: ExpertCaller) -> list[str]:
        if how == "dismissed":
            return await shop.store.write(
                lambda conn: service.flows.staff.dismiss(conn, expert.account.id, boss.account, now_ms()).callbacks
            )
        if how == "another role":
            return await changes(shop, expert, role="marketer")
        if how == "another site":
            return await changes(shop, expert, sites=[shop.other_site.id])
        return await changes(shop, expert, hours=Hours(zone="UTC", week=EVERY_DAY, off=[when[:10]]))  # type: ignore[arg-type]

    assert await owners(shop) == ["Anna"]
    assert await leaves(anna) == [id_]
    assert await owners(shop) == ["Boris"]
    assert await leaves(boris) == [id_]
    assert await owners(shop) == [None]
    (row,) = await rows(shop)
    assert (rfc3339(row["at"]), row["state"]) == (when, "open")


async def test_a_promise_that_is_cancelled_as_its_maker_leaves_gets_no_new_one(fresh_database_url: str):
    """Whoever settles it holds it: nobody waits for them, and it stays as they leave it."""
    if not fresh_database_url.startswith("postgresql"):
        pytest.skip("one writer does one thing after the other")
    shop = await Shop.open(fresh_database_url)
    engine = create_async_engine(fresh_database_url)
    try:
        anna, boss = await shop.expert("Anna"), await shop.expert("Boss")
        await changes(shop, boss, role="admin")
        await asks(shop, when=a_time())
        await shop.expert("Boris")
        async with engine.connect() as other:
            await other.execute(update(callback).values(state="cancelled"))
            leaves = shop.store.write(
                lambda conn: service.flows.staff.dismiss(conn, anna.account.id, boss.account, now_ms()).callbacks
            )
            assert await asyncio.wait_for(leaves, 10) == []
            await other.commit()
        assert (await owners(shop), (await rows(shop))[0]["state"]) == (["Anna"], "cancelled")
    finally:
        await engine.dispose()
        await shop.close()


async def test_a_change_that_leaves_the_hours_moves_nothing(shop: Shop):
    anna = await shop.expert("Anna")
    await asks(shop, when=a_time())
    assert await changes(shop, anna, name="Anna B.", capacity=2) == []
    assert await owners(shop) == ["Anna B."]


async def test_at_its_time_it_goes_to_somebody_who_is_there(shop: Shop):
    """Whose promise it is, is offline. While nobody is there it stays theirs: they may still come."""
    await shop.expert("Anna")
    await asks(shop, when=a_time())
    boris = await shop.expert("Boris")
    (row,) = await rows(shop)
    await fires(shop, row["at"])
    assert await owners(shop) == ["Anna"]
    back = update(callback).where(callback.c.id == row["id"]).values(due_at=row["at"])
    await shop.store.write(lambda conn: conn.execute(back).close())
    await comes_online(shop, boris, until=row["at"])
    await fires(shop, row["at"])
    assert await owners(shop) == ["Boris"]


async def test_reminded_is_whoever_is_there_by_then(shop: Shop):
    """Hours that changed without a word to us (a zone, another process) are noticed with the reminder."""
    anna = await shop.expert("Anna")
    when = a_time()
    await asks(shop, when=when)
    boris = await shop.expert("Boris")
    hours = msgspec.json.encode(Hours(zone="UTC", week={}, off=[])).decode()
    await shop.store.write(lambda conn: routing.do.set_hours(conn, anna.account.id, hours, now_ms()))
    await fires(shop, from_rfc3339(when) - 5 * MINUTE)
    assert await owners(shop) == ["Boris"]
    assert boris.account.name == "Boris"


# --- whose frame ------------------------------------------------------------------------------------------------------


async def at_home(shop: Shop, helper: ExpertCaller) -> tuple[VisitorCaller, VisitorCaller, VisitorCaller]:
    """A customer in the frame where somebody served them; their visitor key alone; that key in a frame made up."""
    frame = await shop.visitor(frame="f1")
    await known(shop, frame, helper)
    await shop.open_chat(frame, helper)
    return frame, replace(frame, frame_hash=None), replace(frame, frame_hash="f2")


async def test_the_visitor_key_alone_takes_over_no_promise(shop: Shop):
    """Any script of the page can read it. It makes its own, under no name; nothing of the customer's changes, and they
    still have their three."""
    frame, *others = await at_home(shop, await shop.expert("Anna"))
    mine = await asks(shop, frame, topic="My invoice", when=a_time())
    (before,) = await rows(shop)
    for other in others:
        evil = await asks(shop, other, phone=a_number(), topic="Their last order", when=a_time(48))
        assert evil["callback"] != mine["callback"]
        again = await asks(shop, other, phone=a_number(), when=a_time(72))
        assert again["callback"] == evil["callback"]
        await asks(shop, other, phone=a_number())
        assert await refused(shop, other, phone=a_number()) == "rate_limited"
    found = {row["id"]: row for row in await rows(shop)}
    assert found[mine["callback"]] == before
    assert (before["stranger"], before["frame_hash"]) == (False, "f1")
    shown = await shop.store.read(lambda conn: present.callbacks(conn, list(cast(Any, found.values()))))
    names = {one.id: (one.name, one.stranger, one.conversation is not None) for one in shown}
    assert names.pop(mine["callback"]) == ("Carla", False, True)
    assert set(names.values()) == {(f"Visitor {frame.visitor[-4:]}", True, False)}
    assert [row["customer_id"] for row in found.values() if row["id"] != mine["callback"]] == [None, None]
    again = await asks(shop, frame, phone=a_number(), topic="My boiler")
    assert again["callback"] == mine["callback"]


async def test_the_key_alone_is_told_of_no_slots_that_are_kept_for_customers(shop: Shop):
    """Nor who looks after them."""
    owner, other = await shop.expert("Owner"), await shop.expert("Other")
    frame, key, _ = await at_home(shop, owner)
    await two_hours(shop, owner)
    await two_hours(shop, other)
    assert len((await shop.say(frame, "callback.slots"))["slots"]) == 8
    await works(shop, other, {})
    for _ in range(4):
        await asks(shop, phone=a_number())
    assert (await shop.say(key, "callback.slots"))["slots"] == []
    assert len((await shop.say(frame, "callback.slots"))["slots"]) == 4


async def test_what_a_frame_asked_for_is_told_there_alone(shop: Shop):
    """Without a conversation as with one."""
    await shop.expert("Anna")
    frame = await shop.visitor(frame="f1")
    heard = {}
    agreed = await asks(shop, frame)
    for name in ("f1", "f2", None):
        line = Line(f"s{name}", "/visitor", replace(frame, frame_hash=name))
        said = await shop.store.read(partial(pages.promises, connections=[line]))
        heard[name] = [msgspec.to_builtins(shape)["callback"] for _, _, shape in said]
    assert heard == {"f1": [agreed["callback"]], "f2": [], None: []}


async def test_nobody_hears_by_a_number_when_others_asked_for_it(shop: Shop):
    """Not to the second: by the hour. Whoever asked themselves may know."""
    await shop.expert("Anna")
    phone, before = a_number(), now_ms() - 5 * HOUR - 7 * MINUTE - 11 * SECOND
    whose = [await shop.visitor() for _ in range(3)]
    for visitor in whose:
        await asks(shop, visitor, phone=phone)
    of_them = callback.c.visitor_id.in_([visitor.visitor for visitor in whose])
    early = update(callback).where(of_them).values(created_at=before)
    await shop.store.write(lambda conn: conn.execute(early).close())
    with pytest.raises(Refused) as refusal:
        await asks(shop, phone=phone)
    assert (refusal.value.code, refusal.value.retry_after) == ("rate_limited", 19 * HOUR // SECOND)


# --- not wanted any more ----------------------------------------------------------------------------------------------


async def test_a_visitor_takes_back_what_they_asked_for_and_its_time_is_free_again(shop: Shop):
    """Both sides read it in the conversation; it counts among their three of the day all the same."""
    anna, when = await shop.expert("Anna"), a_time()
    visitor = await shop.visitor(frame="f1")
    talk = await shop.open_chat(visitor, anna)
    agreed = await asks(shop, visitor, when=when)
    assert (await asks(shop, when=when, phone=a_number()))["expert"] is None
    shop.bus.rung.clear()
    assert await shop.say(visitor, "callback.cancel", callback=agreed["callback"]) == {}
    assert {("callback", agreed["callback"]), ("conversation", talk)} <= set(shop.bus.rung)
    (row,) = [one for one in await rows(shop) if one["id"] == agreed["callback"]]
    assert (row["state"], row["done_by"], row["due_at"]) == ("cancelled", None, None)
    assert row["done_at"] is not None
    last = (await shop.messages(anna, talk))[-1]
    assert last["data"] == {
        "name": "callback.cancelled", "callback": agreed["callback"], "channel": "call", "at": when, "expert": "Anna",
    }  # fmt: skip
    assert last["text"] == "The call " + last["text"][9:-14] + " is cancelled."
    assert (await asks(shop, when=when, phone=a_number()))["expert"] == "Anna"
    await asks(shop, visitor, phone=a_number())
    again = await asks(shop, visitor, phone=a_number())
    assert again["callback"] != agreed["callback"]
    assert await refused(shop, visitor, phone=a_number()) == "rate_limited"


async def test_only_the_frame_it_was_asked_in_takes_it_back(shop: Shop):
    """Not the key alone, not the key in another frame, and nobody else. The key takes back what the key asked for."""
    anna = await shop.expert("Anna")
    frame, key, other = await at_home(shop, anna)
    mine = (await asks(shop, frame, when=a_time()))["callback"]
    for one in (key, other, await shop.visitor(), await shop.visitor(frame="f1")):
        assert await shop.refusal(one, "callback.cancel", callback=mine) == "not_found"
    assert await shop.refusal(frame, "callback.cancel", callback=str(uuid4())) == "not_found"
    assert [row["state"] for row in await rows(shop)] == ["open"]
    its_own = (await asks(shop, key, phone=a_number()))["callback"]
    assert await shop.refusal(frame, "callback.cancel", callback=its_own) == "not_found"
    await shop.say(key, "callback.cancel", callback=its_own)


@pytest.mark.parametrize("how", ["callback.done", "callback.missed", "callback.cancel"])
async def test_what_is_over_is_not_taken_back(shop: Shop, how: str):
    """And what was taken back nobody says anything else of."""
    anna, visitor = await shop.expert("Anna"), await shop.visitor()
    agreed = (await asks(shop, visitor))["callback"]
    await shop.say(visitor if how == "callback.cancel" else anna, how, callback=agreed)
    before = await rows(shop)
    assert await shop.refusal(visitor, "callback.cancel", callback=agreed) == "too_late"
    if how == "callback.cancel":
        for said in ("callback.done", "callback.missed"):
            assert await shop.refusal(anna, said, callback=agreed) == "too_late"
    assert await rows(shop) == before
    await fires(shop, now_ms() + 30 * DAY)
    assert await rows(shop) == before


async def test_taken_back_and_moved_at_once_it_is_one_of_the_two(shop: Shop):
    """Whoever comes second finds what the first has done: moved and then taken back, or taken back and asked anew."""
    await shop.expert("Anna")
    for _ in range(3):
        visitor = await shop.visitor()
        agreed = (await asks(shop, visitor, phone=a_number()))["callback"]
        answers = await asyncio.gather(
            asks(shop, visitor, phone=a_number(), when=a_time(48)),
            shop.say(visitor, "callback.cancel", callback=agreed),
        )
        again = answers[0]["callback"]
        states = {row["id"]: row["state"] for row in await rows(shop) if row["visitor_id"] == visitor.visitor}
        assert states in ({agreed: "cancelled"}, {agreed: "cancelled", again: "open"})
        assert again in states


# --- seen -------------------------------------------------------------------------------------------------------------


async def test_the_timeline_of_the_customer_shows_it(shop: Shop):
    anna, visitor = await shop.expert("Anna"), await shop.visitor()
    visit_id = await shop.visit(visitor)
    agreed = await asks(shop, visitor, topic="My boiler")
    await shop.say(anna, "callback.done", callback=agreed["callback"], note="Sold")
    items = await shop.store.read(lambda conn: of_visit(conn, visit_id))
    (item,) = [one for one in items if one.kind == "callback"]
    assert item.id == agreed["callback"]
    assert (item.data["phone"], item.data["for"], item.data["state"], item.data["words"], item.data["note"]) == (
        "+12025550123", agreed["at"], "done", "My boiler", "Sold",
    )  # fmt: skip
    assert item.data["expert"] == {"id": anna.account.id, "name": "Anna"}


async def test_the_desk_sees_a_stranger_by_a_name_and_a_customer_by_theirs(shop: Shop):
    """Also one who became a customer after they asked."""
    await shop.expert("Anna")
    visitor = await shop.visitor()
    await asks(shop, visitor)

    def seen(conn: Connection) -> Any:
        (row,) = voice.queries.of_visitors(conn, [visitor.visitor], now_ms())[visitor.visitor]
        return present.callbacks(conn, [row])[0]

    assert (await shop.store.read(seen)).name == f"Visitor {visitor.visitor[-4:]}"
    await known(shop, visitor, None)
    shown = await shop.store.read(seen)
    assert (shown.name, shown.customer.tier) == ("Carla", "gold")
    assert await shop.store.read(lambda conn: account_by_id(conn, shown.owner.id)) is not None
