"""The outbox on both databases: stored with its cause, claimed by one, sent again when its sender says nothing."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from contract.clock import now_ms
from contract.ids import new_id
from service import outbox
from service.outbox import DEAD_KEPT, LEASE, SENT_KEPT, Claimed, Mail, Notice
from store.base import Store
from store.connect import open_store
from store.tables import outbox as table

NOW = 1_790_000_000_000


@pytest.fixture
async def store(fresh_database_url: str) -> AsyncIterator[Store]:
    opened = open_store(fresh_database_url)
    yield opened
    await opened.close()


def notice(webhook: str = "hook", **data: Any) -> Notice:
    return Notice(webhook=webhook, event="order.placed", site="shop", data=data)


async def put(store: Store, *notices: Notice | Mail, at: int = NOW) -> list[str]:
    return [await store.write(lambda conn, one=one: outbox.put(conn, one, at)) for one in notices]  # type: ignore[misc]


async def claim(
    store: Store, now: int = NOW, most: int = 16, *, lane: int = 99, free: dict[str, int] | None = None
) -> list[Claimed]:
    return await store.write(
        lambda conn: outbox.claim(conn, now, most, kinds=["webhook", "mail"], lane=lane, free=free or {})
    )


async def row(store: Store, id_: str) -> Any:
    return await store.read(lambda conn: conn.execute(select(table).where(table.c.id == id_)).mappings().one())


async def test_what_undoes_its_cause_undoes_it(store: Store):
    def cause(conn: Connection) -> None:
        outbox.put(conn, notice(), NOW)
        raise LookupError

    with pytest.raises(LookupError):
        await store.write(cause)
    assert await claim(store) == []


async def test_the_longest_due_goes_first(store: Store):
    late, early, never = [(await put(store, notice(), at=at))[0] for at in (NOW - 10, NOW - 20, NOW + 1)]
    assert [one.id for one in await claim(store)] == [early, late]
    assert [one.id for one in await claim(store, NOW + 1)] == [never]


async def test_what_is_claimed_is_nobody_elses_until_its_lease_ends(store: Store):
    (id_,) = await put(store, notice())
    (one,) = await claim(store)
    assert (one.id, one.tries) == (id_, 1)
    assert await claim(store, NOW + LEASE - 1) == []
    (again,) = await claim(store, NOW + LEASE)
    assert (again.id, again.tries, again.payload) == (id_, 2, one.payload)


async def test_many_who_claim_at_once_share_without_overlap(store: Store):
    ids = await put(store, *(notice(str(n % 3), n=n) for n in range(40)))
    taken = await asyncio.gather(*(claim(store, most=5) for _ in range(12)))
    got = [one.id for some in taken for one in some]
    assert len(got) == len(set(got))
    while some := await claim(store, most=5):
        got += [one.id for one in some]
    assert sorted(got) == sorted(ids)


async def test_only_the_word_of_the_holder_counts(store: Store):
    """The first was so slow that the row is another's now: what it says comes too late."""
    (id_,) = await put(store, notice())
    (slow,) = await claim(store)
    (quick,) = await claim(store, NOW + LEASE)
    assert not await store.write(lambda conn: outbox.failed(conn, slow, "timeout", NOW, NOW + LEASE))
    assert await store.write(lambda conn: outbox.sent(conn, quick, NOW + LEASE))
    assert not await store.write(lambda conn: outbox.sent(conn, slow, NOW + LEASE))
    kept = await row(store, id_)
    assert (kept["state"], kept["payload"], kept["tries"]) == ("sent", None, 2)
    assert await claim(store, NOW + 9 * LEASE) == []


async def test_a_crowd_before_one_door_keeps_nobody_waiting(store: Store):
    await put(store, *(notice("slow", n=n) for n in range(100)))
    (other,) = await put(store, notice("quick"), at=NOW + 1)
    begun = await claim(store, NOW + 1, lane=4)
    assert [one.target for one in begun].count("slow") == 4
    assert [one.id for one in await claim(store, NOW + 1, free={"slow": 0})] == [other]


async def test_what_fails_is_due_again_and_at_last_dead(store: Store):
    (id_,) = await put(store, notice())
    (one,) = await claim(store)
    await store.write(lambda conn: outbox.failed(conn, one, "status:500", NOW + 5_000, NOW))
    assert await claim(store, NOW + 4_999) == []
    (two,) = await claim(store, NOW + 5_000)
    await store.write(lambda conn: outbox.failed(conn, two, "status:503", None, NOW + 5_000))
    kept = await row(store, id_)
    assert (kept["state"], kept["error"], kept["done_at"]) == ("dead", "status:503", NOW + 5_000)
    assert kept["payload"]
    assert await store.read(lambda conn: outbox.counts(conn, "hook")) == (0, 1)
    assert await store.read(outbox.any_dead)


async def test_a_retry_raises_the_dead_and_takes_nothing_from_its_holder(store: Store):
    dead, failed, held, done = await put(store, *(notice(n=n) for n in range(4)))
    claimed = {one.id: one for one in await claim(store)}
    await store.write(lambda conn: outbox.failed(conn, claimed[dead], "off", None, NOW))
    await store.write(lambda conn: outbox.failed(conn, claimed[failed], "timeout", NOW + 99_999, NOW))
    await store.write(lambda conn: outbox.sent(conn, claimed[done], NOW))
    risen = [await store.write(partial(outbox.retry, id_=id_, now=NOW)) for id_ in claimed]
    assert dict(zip(claimed, risen, strict=True)) == {dead: True, failed: True, held: False, done: False}
    assert {one.id for one in await claim(store)} == {dead, failed}


async def test_all_that_is_dead_may_be_retried_and_all_that_waits_given_up(store: Store):
    ids = await put(store, *(notice(n=n) for n in range(3)))
    (other,) = await put(store, notice("other"))
    assert await store.write(lambda conn: outbox.give_up(conn, "hook", "off", NOW)) == 3
    assert [one.id for one in await claim(store)] == [other]
    assert await store.write(lambda conn: outbox.retry_all(conn, "hook", NOW)) == 3
    assert {one.id for one in await claim(store)} == set(ids)


async def test_a_delivery_says_who_it_is_and_keeps_its_bytes(store: Store):
    (id_,) = await put(store, notice(order="o-1", lines=[{"product": "p"}]))
    (one,) = await claim(store)
    assert one.payload == (
        f'{{"id":"{id_}","event":"order.placed","site":"shop","at":"2026-09-21T14:13:20.000Z",'
        '"data":{"order":"o-1","lines":[{"product":"p"}]}}'
    )


async def test_what_was_sent_is_forgotten_in_its_time(store: Store):
    """Its content at once, its row after a week; what was given up stays for thirty days, with all that is in it."""
    sent, dead, waiting = await put(store, *(notice(n=n) for n in range(3)))
    claimed = {one.id: one for one in await claim(store)}
    await store.write(lambda conn: outbox.sent(conn, claimed[sent], NOW))
    await store.write(lambda conn: outbox.failed(conn, claimed[dead], "off", None, NOW))

    async def left() -> set[str]:
        return await store.read(lambda conn: set(conn.execute(select(table.c.id)).scalars()))

    for after, kept in (
        (SENT_KEPT, {sent, dead, waiting}),
        (SENT_KEPT + 1, {dead, waiting}),
        (DEAD_KEPT, {dead, waiting}),
        (DEAD_KEPT + 1, {waiting}),
    ):
        await store.write(partial(outbox.forget, now=NOW + after))
        assert await left() == kept, after


async def test_mail_waits_where_nobody_sends_it(store: Store):
    await put(store, Mail(to="vera@shop.example", subject="Hello", text="Hello"))
    assert await store.write(lambda conn: outbox.claim(conn, NOW, 9, kinds=["webhook"], lane=9, free={})) == []
    assert [one.kind for one in await claim(store)] == ["mail"]


async def test_an_idle_look_goes_over_the_index_of_what_waits(store: Store):
    """However much was sent: nothing but what waits is looked at."""

    def work(conn: Connection) -> None:
        rows = [
            {"id": new_id(), "kind": "webhook", "target": "t", "event": "e", "payload": None, "state": "sent",
             "due_at": NOW, "tries": 1, "error": "", "put_at": NOW, "done_at": NOW}
            for _ in range(2_000)
        ]  # fmt: skip
        conn.execute(table.insert(), rows)

    await store.write(work)

    def plan(conn: Connection) -> str:
        text = "SELECT id FROM outbox WHERE state = 'waiting' AND due_at <= 5 LIMIT 1"
        if conn.dialect.name == "sqlite":
            return str(conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}").all())
        conn.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return str(conn.exec_driver_sql(f"EXPLAIN {text}").all())

    assert "ix_outbox_due_at" in await store.write(plan)
    assert not await store.read(lambda conn: outbox.anything_due(conn, now_ms()))
    assert await store.read(lambda conn: conn.execute(select(func.count()).select_from(table)).scalar_one()) == 2_000
    await store.write(lambda conn: conn.execute(update(table).values(state="waiting")).close())
    assert await store.read(lambda conn: outbox.anything_due(conn, now_ms()))
