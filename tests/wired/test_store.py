"""What the store promises above both databases: whole or not at all, after the commit, and never a hang."""

import asyncio
import contextlib
import itertools
import os
import signal
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import pytest
from sqlalchemy import Connection, bindparam, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.util import await_only

from contract.clock import DAY
from contract.errors import Refused
from service.sockets.noted import Noted
from service.sockets.registry import Connection as Told
from store.base import Store
from store.connect import database_url as with_driver
from store.connect import open_store
from store.journal import Journal
from store.postgres import PostgresStore
from store.prepared import Prepared
from store.receipts import forget, once
from store.sql import counted, db_now, insert_new, next_number, upsert
from store.sqlite import SqliteStore
from store.tables import receipt
from tests.conftest import make_schema
from tests.servers import Postgres


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    """The module's base, opened for this test."""
    opened = open_store(database_url)
    yield opened
    await opened.close()


@pytest.fixture
def person() -> str:
    """Somebody whose rows are this test's own."""
    return uuid4().hex


def note(person: str, number: int) -> dict[str, Any]:
    return {"person": person, "client_id": str(number), "command": "c", "answer": {"n": number}, "at": number}


def put(person: str, number: int) -> Callable[[Connection], int]:
    """Writes one row, and says its number."""

    def work(conn: Connection) -> int:
        conn.execute(receipt.insert().values(**note(person, number)))
        return number

    return work


def numbers(person: str) -> Callable[[Connection], list[int]]:
    """Which rows of this person are there."""

    def look(conn: Connection) -> list[int]:
        rows = conn.execute(select(receipt.c.at).where(receipt.c.person == person).order_by(receipt.c.at))
        return list(rows.scalars())

    return look


class Broken(Exception):
    pass


# Writing -------------------------------------------------------------------------------------------------------------


async def test_a_function_that_raises_undoes_only_itself(store: Store, person: str):
    """Of forty that wait together every third fails after writing: the others' rows are there, its own are not."""

    def fails(number: int) -> Callable[[Connection], int]:
        def work(conn: Connection) -> int:
            put(person, number)(conn)
            raise Broken

        return work

    answers = await asyncio.gather(
        *(store.write((fails if n % 3 == 0 else lambda n: put(person, n))(n)) for n in range(40)),
        return_exceptions=True,
    )
    assert [n for n, answer in enumerate(answers) if isinstance(answer, Broken)] == list(range(0, 40, 3))
    assert await store.read(numbers(person)) == [n for n in range(40) if n % 3]


async def test_a_broken_rule_is_told_to_its_own_caller(store: Store, person: str):
    """A second row under the same key is our own mistake: it stays the database's error, and harms nobody else."""
    answers = await asyncio.gather(*(store.write(put(person, n)) for n in (1, 2, 2, 3)), return_exceptions=True)
    assert sum(isinstance(answer, DBAPIError) for answer in answers) == 1
    assert await store.read(numbers(person)) == [1, 2, 3]


async def test_the_answer_comes_after_the_commit(store: Store, database_url: str, person: str):
    """Whoever got an answer finds the row from any other connection."""
    other = open_store(database_url)
    try:

        async def one(number: int) -> None:
            await store.write(put(person, number))
            assert number in await other.read(numbers(person))

        await asyncio.gather(*(one(n) for n in range(20)))
    finally:
        await other.close()


async def test_a_reader_cannot_write(store: Store, person: str):
    """Whatever a reading function tries, the base stays as it was; the next reader is not harmed."""
    with pytest.raises(DBAPIError):
        await store.read(put(person, 1))
    assert await store.read(numbers(person)) == []
    assert await store.write(put(person, 1)) == 1


async def test_a_glance_is_a_read(store: Store, person: str):
    """It sees what was committed before it, also between two reads, and cannot write either."""
    await store.write(put(person, 1))
    assert await store.glance(numbers(person)) == [1]
    await store.write(put(person, 2))
    assert await store.glance(numbers(person)) == await store.read(numbers(person)) == [1, 2]
    with pytest.raises(DBAPIError):
        await store.glance(put(person, 3))
    assert await store.glance(numbers(person)) == [1, 2]


async def test_a_reader_sees_one_state_of_the_base(store: Store, person: str):
    """What is committed while a function reads is not there for its second look."""
    looked, written = threading.Event(), asyncio.Event()
    loop = asyncio.get_running_loop()

    def twice(conn: Connection) -> tuple[list[int], list[int]]:
        first = numbers(person)(conn)
        loop.call_soon_threadsafe(written.set)
        if isinstance(store, SqliteStore):
            looked.wait(5)  # in the reader's own thread
        else:
            await_only(asyncio.to_thread(looked.wait, 5))  # on the loop, as everything of this store
        return first, numbers(person)(conn)

    reading = asyncio.create_task(store.read(twice))
    await written.wait()
    await store.write(put(person, 1))
    looked.set()
    assert await reading == ([], [])
    assert await store.read(numbers(person)) == [1]


async def test_many_writers_never_meet_a_lock(store: Store, database_url: str, person: str):
    """Two hundred writers and readers at once: nobody is told "locked", every number is counted once."""

    def count(conn: Connection) -> None:
        upsert(conn, receipt, note(person, 0), ["command"])
        conn.execute(
            receipt.update().where(receipt.c.person == person, receipt.c.client_id == "0").values(at=receipt.c.at + 1)
        )

    await asyncio.gather(*(store.write(count) for _ in range(200)), *(store.read(numbers(person)) for _ in range(200)))
    assert await store.read(numbers(person)) == [200]


async def test_close_finishes_what_waits(database_url: str, person: str):
    """What was handed over before the close is stored and answered; what comes after is refused."""
    store = open_store(database_url)
    waiting = [asyncio.create_task(store.write(put(person, n))) for n in range(50)]
    await asyncio.sleep(0)
    await store.close()
    assert await asyncio.gather(*waiting) == list(range(50))
    again = open_store(database_url)
    assert await again.read(numbers(person)) == list(range(50))
    await again.close()
    with pytest.raises(Refused):
        await again.write(put(person, 99))
    await again.close()


async def test_a_caller_who_goes_away_does_not_stop_the_others(store: Store, person: str):
    """A cancelled wait leaves the writer at work."""
    tasks = [asyncio.create_task(store.write(put(person, n))) for n in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    done = await asyncio.gather(*tasks, return_exceptions=True)
    assert done[1::2] == list(range(1, 20, 2))
    assert set(await store.read(numbers(person))) >= set(range(1, 20, 2))
    assert await store.write(put(person, 99)) == 99


ADD = Prepared(
    receipt.insert().values({name: bindparam(name) for name in ("person", "client_id", "command", "answer", "at")})
)


def add(person: str, number: int) -> Callable[[Connection], int]:
    """Writes one row as the hot path does, and says its number."""

    def work(conn: Connection) -> int:
        ADD.change(conn, **note(person, number))
        return number

    return work


SEEN = Prepared(select(receipt.c.at).where(receipt.c.person == bindparam("person")).order_by(receipt.c.at))


def seen(person: str) -> Callable[[Connection], list[int]]:
    """Which rows of this person are there, read as the hot path does."""
    return lambda conn: SEEN.scalars(conn, person=person)


@pytest.mark.parametrize("kind", ["write", "read", "glance"])
async def test_who_goes_away_at_any_moment_spoils_nothing_for_the_next(
    store: Store, database_url: str, person: str, kind: str
):
    """Cancelled between BEGIN and its answer as anywhere else: what was acknowledged afterwards is kept."""
    gone, kept = uuid4().hex, []
    for step in range(60):
        if kind == "write":
            leaving = asyncio.create_task(store.write(add(gone, step)))
        else:
            leaving = asyncio.create_task(getattr(store, kind)(seen(gone)))
        await asyncio.sleep(step / 20_000)
        leaving.cancel()
        await asyncio.gather(leaving, return_exceptions=True)
        kept.append(await store.write(add(person, step)))
        assert await store.read(seen(person)) == kept
    again = open_store(database_url)
    assert await again.read(seen(person)) == kept
    await again.close()


# The journal ---------------------------------------------------------------------------------------------------------


class Counting:
    """Wraps a store and counts its commits; `gate` holds them back."""

    def __init__(self, store: Store) -> None:
        self._store, self.commits, self.gate = store, 0, asyncio.Event()
        self.gate.set()

    async def write(self, fn: Any) -> Any:
        await self.gate.wait()
        self.commits += 1
        return await self._store.write(fn)

    async def read(self, fn: Any) -> Any:
        return await self._store.read(fn)

    async def glance(self, fn: Any) -> Any:
        return await self._store.glance(fn)

    async def close(self) -> None: ...


def apply(conn: Connection, items: list[tuple[str, int]]) -> list[int]:
    """Stores each; 13 is unlucky."""
    for person, number in items:
        put(person, number)(conn)
        if number == 13:
            raise Broken
    return [number * 10 for _, number in items]


async def test_the_journal_answers_each_item_with_its_own_result(store: Store, person: str):
    """Three hundred items in a few commits, every caller its own answer."""
    counting = Counting(store)
    journal: Journal[tuple[str, int], int] = Journal(counting, apply)
    numbered = [n for n in range(301) if n != 13]
    answers = await asyncio.gather(*(journal.add((person, n)) for n in numbered))
    assert answers == [n * 10 for n in numbered]
    assert counting.commits <= 3
    assert await store.read(numbers(person)) == numbered


async def test_a_lone_item_of_an_idle_journal_commits_at_once(store: Store, person: str):
    """No timer holds it back."""
    journal: Journal[tuple[str, int], int] = Journal(store, apply)
    await journal.add((person, 1))
    begun = time.monotonic()
    for n in range(2, 7):
        await journal.add((person, n))
    assert (time.monotonic() - begun) / 5 < 0.1


async def test_a_bad_item_harms_no_other(store: Store, person: str):
    """Its own caller hears of it, its neighbours in the group are stored."""
    journal: Journal[tuple[str, int], int] = Journal(store, apply)
    answers = await asyncio.gather(*(journal.add((person, n)) for n in range(20)), return_exceptions=True)
    assert [n for n, answer in enumerate(answers) if isinstance(answer, Broken)] == [13]
    assert await store.read(numbers(person)) == [n for n in range(20) if n != 13]


async def test_a_full_journal_says_busy_and_takes_again_when_it_has_room(store: Store, person: str):
    """The room is bounded; who finds it full is refused at once, who is in is stored."""
    counting = Counting(store)
    counting.gate.clear()
    journal: Journal[tuple[str, int], int] = Journal(counting, apply, group=4, room=8)
    inside = [asyncio.create_task(journal.add((person, 0)))]
    await asyncio.sleep(0.01)  # the first is at its commit, and has the first of eight places
    inside += [asyncio.create_task(journal.add((person, n))) for n in range(1, 8)]
    await asyncio.sleep(0.01)
    with pytest.raises(Refused) as refused:
        await journal.add((person, 9))
    assert (refused.value.code, refused.value.retry_after) == ("busy", 1)
    counting.gate.set()
    assert await asyncio.gather(*inside) == [n * 10 for n in range(8)]
    assert await journal.add((person, 10)) == 100


async def test_few_heavy_items_are_a_group_and_fill_the_room(store: Store, person: str):
    """Else a commit of everybody's would take as long as the heaviest strangers like."""
    counting = Counting(store)
    counting.gate.clear()
    journal: Journal[tuple[str, int], int] = Journal(
        counting, apply, weight=lambda item: 1 if item[1] < 8 else 3, group=4, room=12
    )
    inside = [asyncio.create_task(journal.add((person, n))) for n in (8, 9, 10, 1, 2)]
    await asyncio.sleep(0.01)
    inside.append(asyncio.create_task(journal.add((person, 3))))
    await asyncio.sleep(0.01)
    with pytest.raises(Refused):
        await journal.add((person, 4))
    counting.gate.set()
    assert await asyncio.gather(*inside) == [80, 90, 100, 10, 20, 30]
    assert counting.commits == 4
    assert await journal.add((person, 5)) == 50


# Statements the two databases spell differently ----------------------------------------------------------------------


async def test_insert_new_names_what_was_new(store: Store, person: str):
    """Known keys are left as they are; nothing, and the same twice in one call, are no special case."""
    assert await store.write(lambda conn: insert_new(conn, receipt, [])) == set()
    first = await store.write(lambda conn: insert_new(conn, receipt, [note(person, n) for n in (1, 2)]))
    again = await store.write(
        lambda conn: insert_new(conn, receipt, [{**note(person, n), "command": "other"} for n in (2, 3, 3, 4)])
    )
    assert (first, again) == ({"1", "2"}, {"3", "4"})
    kept = select(receipt.c.command).where(receipt.c.person == person, receipt.c.client_id == "2")
    assert await store.read(lambda conn: conn.execute(kept).scalar_one()) == "c"
    many = [note(person, n) for n in range(5_000)]
    assert len(await store.write(lambda conn: insert_new(conn, receipt, many))) == 4_996


async def test_upsert_sets_only_what_it_names(store: Store, person: str):
    """The named columns change, the others stay."""
    await store.write(lambda conn: upsert(conn, receipt, note(person, 1), ["at"]))
    changed = {**note(person, 1), "command": "other", "at": 7}
    await store.write(lambda conn: upsert(conn, receipt, changed, ["at"]))
    row = await store.read(
        lambda conn: conn.execute(select(receipt).where(receipt.c.person == person)).mappings().one()
    )
    assert (row["command"], row["at"], row["answer"]) == ("c", 7, {"n": 1})


async def test_counting_and_numbering(store: Store, person: str):
    """The next number is one more than the largest, and 1 where there is none."""
    mine = receipt.c.person == person
    assert await store.read(lambda conn: next_number(conn, receipt.c.at, mine)) == 1
    await store.write(put(person, 41))
    assert await store.read(lambda conn: next_number(conn, receipt.c.at, mine)) == 42
    assert await store.read(lambda conn: counted(conn, receipt, mine)) == 1


async def test_the_database_tells_the_time(store: Store):
    """In whole milliseconds, near our own clock."""
    assert abs(await store.read(db_now) - time.time() * 1000) < 2_000


# Receipts ------------------------------------------------------------------------------------------------------------


async def test_a_success_is_remembered_and_a_refusal_is_not(store: Store, person: str):
    """The first success answers every repeat, whatever they bring; other people and ids are others."""
    done: list[str] = []

    def do(word: str) -> Callable[[], dict[str, Any]]:
        def work() -> dict[str, Any]:
            if word == "bad":
                raise Refused("empty_message")
            done.append(word)
            return {"word": word}

        return work

    async def ask(who: str, id_: str, word: str) -> Any:
        return await store.write(lambda conn: once(conn, who, id_, "say", 1_000, do(word)))

    with pytest.raises(Refused):
        await ask(person, "1", "bad")
    assert await ask(person, "1", "good") == ({"word": "good"}, True)
    assert await ask(person, "1", "bad") == ({"word": "good"}, False)
    assert await ask(person, "1", "better") == ({"word": "good"}, False)
    assert await ask(person, "2", "second") == ({"word": "second"}, True)
    assert await ask(person + "x", "1", "third") == ({"word": "third"}, True)
    assert done == ["good", "second", "third"]
    await store.write(lambda conn: forget(conn, 1_000 + 30 * DAY))
    assert (await ask(person, "1", "better"))[1] is False
    await store.write(lambda conn: forget(conn, 1_001 + 30 * DAY))
    assert (await ask(person, "1", "better"))[1] is True


# Bad weather ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def other_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that this test may stop."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.close()


async def unavailable(asked: Any) -> float:
    """How long it took until the store said that it is unavailable."""
    begun = time.monotonic()
    with pytest.raises(Refused) as refused:
        await asyncio.wait_for(asked, 10)
    assert (refused.value.code, refused.value.retry_after) == ("unavailable", 2)
    return time.monotonic() - begun


async def test_a_database_that_is_away_is_told_within_seconds_and_comes_back_by_itself(other_postgres: Postgres):
    """Readers and writers are refused while PostgreSQL is down, and served again after it is up: no restart of ours."""
    url = other_postgres.fresh_database()
    other_postgres.sql(
        "create table receipt (person text, client_id text, command text, answer text, at bigint)",
        url.rsplit("/", 1)[1],
    )
    store = open_store(url)
    try:
        await asyncio.gather(*(store.write(put("p", n)) for n in range(8)))
        await asyncio.to_thread(other_postgres.stop)
        for ask in (lambda: store.write(put("p", 100)), lambda: store.read(numbers("p"))):
            took = await asyncio.gather(*(unavailable(ask()) for _ in range(8)))
            assert max(took) < 5
        await asyncio.to_thread(other_postgres.start)
        for _ in range(100):
            try:
                await store.write(put("p", 200))
                break
            except Refused:
                await asyncio.sleep(0.05)
        assert await store.read(numbers("p")) == [*range(8), 200]
    finally:
        await store.close()


@pytest.fixture
def other_base(other_postgres: Postgres) -> str:
    """With all tables, on a PostgreSQL that this test may stop."""
    url = other_postgres.fresh_database()
    make_schema(url)
    return url


@pytest.mark.parametrize("kind", ["write", "read", "glance"])
async def test_who_asks_after_a_database_was_restarted_notices_nothing(
    other_postgres: Postgres, other_base: str, person: str, kind: str
):
    """All connections of the pool are dead by then, and the first to ask is served like the twentieth."""
    store = open_store(other_base)
    ask: Callable[[int], Any] = (
        (lambda n: store.write(add(person, n))) if kind == "write" else lambda _: getattr(store, kind)(seen(person))
    )
    await asyncio.gather(*(ask(n) for n in range(20)))
    for round_ in (1, 2):
        await asyncio.to_thread(other_postgres.stop)
        await asyncio.to_thread(other_postgres.start)
        await ask(20 * round_)
        await asyncio.gather(*(ask(20 * round_ + n) for n in range(1, 20)))
    assert await store.read(seen(person)) == (list(range(60)) if kind == "write" else [])
    await store.close()


@pytest.mark.parametrize("how", ["hangs", "dies"])
async def test_what_was_acknowledged_while_a_database_fails_again_and_again_is_kept(
    other_postgres: Postgres, other_base: str, person: str, how: str
):
    """Twenty write and read while PostgreSQL stands still for longer than they wait, or dies. Whatever they were told
    is done is there afterwards, and the store works on."""
    store = open_store(other_base)
    done, numbering, over = set[int](), itertools.count(), False
    patience = 0.25

    async def works() -> None:
        while not over:
            number = next(numbering)
            with contextlib.suppress(TimeoutError, Refused):
                async with asyncio.timeout(patience):
                    done.add(await store.write(add(person, number)))
            with contextlib.suppress(TimeoutError, Refused):
                async with asyncio.timeout(patience):
                    await store.read(seen(person))
            await asyncio.sleep(0.01)

    workers = [asyncio.create_task(works()) for _ in range(20)]
    for _ in range(4):
        await asyncio.sleep(2 * patience)
        if how == "dies":
            await asyncio.to_thread(other_postgres.stop, signal.SIGQUIT)
            await asyncio.to_thread(other_postgres.start)
            continue
        held = other_postgres.processes()
        for sign in (signal.SIGSTOP, signal.SIGCONT):
            for pid in held:
                with contextlib.suppress(ProcessLookupError):  # whose client had left
                    os.kill(pid, sign)
            await asyncio.sleep(2 * patience)
    over = True
    await asyncio.gather(*workers)
    done.add(await store.write(add(person, next(numbering))))
    await store.close()
    again = open_store(other_base)
    kept = await again.read(seen(person))
    await again.close()
    assert done <= set(kept)
    assert len(kept) == len(set(kept))
    assert len(done) > 100


@pytest.fixture
async def postgres(new_database: Callable[[str], str]) -> AsyncIterator[Store]:
    """A store on PostgreSQL."""
    opened = open_store(new_database("postgres"))
    yield opened
    await opened.close()


def whose(conn: Connection) -> int:
    """The process that serves this connection."""
    return int(conn.exec_driver_sql("select pg_backend_pid()").scalar_one())


async def begins(pids: list[int]) -> None:
    """Until a unit of work has said whose it is, and is in the middle of what it does slowly."""
    for _ in range(250):
        if pids:
            break
        await asyncio.sleep(0.02)
    await asyncio.sleep(0.3)


@pytest.mark.parametrize("kind", ["read", "glance"])
async def test_a_look_whose_connection_dies_in_the_middle_is_had_from_its_beginning(
    postgres: Store, postgres_server: Postgres, person: str, kind: str
):
    """What the first one noted as told was told to nobody."""
    noted, told = Noted(), Told(sid="s", namespace="/expert", caller=cast(Any, None))
    runs = 0

    def look(conn: Connection) -> list[str]:
        nonlocal runs
        runs += 1
        pid, said = whose(conn), list[str]()
        if told.news("alert:x", 1):
            if runs == 1:
                postgres_server.sql(f"select pg_terminate_backend({pid}, 2000)")
            SEEN.scalars(conn, person=person)
            said.append("alert.raised")
        return said

    assert await getattr(postgres, kind)(lambda conn: noted.run(look, conn)) == ["alert.raised"]
    assert runs == 2


@pytest.mark.parametrize("then", ["hangs", "dies"])
async def test_who_gave_up_is_let_go_and_nothing_of_theirs_is_kept(
    postgres: Store, postgres_server: Postgres, person: str, then: str
):
    """In the middle of a write; PostgreSQL hangs, or the connection dies: it takes a few seconds and no second run."""
    pids: list[int] = []

    def work(conn: Connection) -> None:
        pids.append(whose(conn))
        add(person, len(pids))(conn)
        conn.connection.cursor().execute("select pg_sleep(30)", ())

    leaving = asyncio.create_task(postgres.write(work))
    await begins(pids)
    os.kill(pids[0], signal.SIGSTOP)
    try:
        begun = time.monotonic()
        leaving.cancel()
        if then == "dies":
            await asyncio.sleep(0.3)
            os.kill(pids[0], signal.SIGTERM)
            os.kill(pids[0], signal.SIGCONT)
        await asyncio.gather(leaving, return_exceptions=True)
        assert time.monotonic() - begun < 5
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pids[0], signal.SIGCONT)
    assert leaving.cancelled()
    assert len(pids) == 1
    assert await postgres.read(seen(person)) == []


@pytest.mark.parametrize("how", ["killed", "given up", "hangs"])
async def test_what_may_have_been_committed_is_not_written_again(
    new_database: Callable[[str], str], postgres_server: Postgres, person: str, how: str
):
    """COMMIT takes two seconds, and its answer does not come: whoever wrote hears nothing or a refusal, and repeats."""
    url = new_database("postgres")
    postgres_server.sql(
        "create function slow() returns trigger language plpgsql as"
        " $$ begin perform pg_sleep(2); return null; end $$;"
        " create constraint trigger slow after insert on receipt deferrable initially deferred"
        " for each row execute function slow()",
        url.rsplit("/", 1)[1],
    )
    store, pids = open_store(url), list[int]()

    def work(conn: Connection) -> None:
        pids.append(whose(conn))
        add(person, len(pids))(conn)

    writing = asyncio.create_task(store.write(work))
    await begins(pids)
    if how == "killed":
        postgres_server.sql(f"select pg_terminate_backend({pids[0]})")
    else:
        if how == "hangs":
            os.kill(pids[0], signal.SIGSTOP)
        writing.cancel()
    (said,) = await asyncio.gather(writing, return_exceptions=True)
    if how == "hangs":
        os.kill(pids[0], signal.SIGCONT)
    assert isinstance(said, Refused | asyncio.CancelledError)
    await asyncio.sleep(0.3)
    assert len(pids) == 1
    assert await store.read(seen(person)) in ([], [1])
    await store.close()


async def test_a_row_that_stays_locked_is_told_as_busy(new_database: Callable[[str], str], person: str):
    """Nobody waits for ever behind somebody else's transaction on PostgreSQL."""
    store = open_store(new_database("postgres"))
    held, free = asyncio.Event(), asyncio.Event()
    touch = receipt.update().where(receipt.c.person == person).values(at=2)

    def hold(conn: Connection) -> None:
        conn.execute(touch)
        held.set()
        await_only(free.wait())

    def reach(conn: Connection) -> None:
        conn.execute(text("SET LOCAL lock_timeout = '100ms'"))
        conn.execute(touch)

    try:
        await store.write(put(person, 1))
        holding = asyncio.create_task(store.write(hold))
        await held.wait()
        with pytest.raises(Refused) as refused:
            await store.write(reach)
        assert (refused.value.code, refused.value.retry_after) == ("busy", 1)
        free.set()
        await holding
        await store.write(reach)
        assert await store.read(numbers(person)) == [2]
    finally:
        free.set()
        await store.close()


async def test_a_full_disk_acknowledges_nothing_and_harms_nothing(new_database: Callable[[str], str], person: str):
    """SQLite without room: every writer is told unavailable, readers go on, and with room again it works again."""
    path = Path(new_database("sqlite").removeprefix("sqlite:///"))
    store = SqliteStore(path)
    big = "x" * 200_000

    def limit(pages: int) -> Callable[[Connection], None]:
        return lambda conn: conn.exec_driver_sql(f"PRAGMA max_page_count = {pages}").close()

    def fat(number: int) -> Callable[[Connection], None]:
        row = {**note(person, number), "answer": {"big": big}}
        return lambda conn: conn.execute(receipt.insert().values(**row)).close()

    try:
        await store.write(put(person, 1))
        used = await store.read(lambda conn: conn.exec_driver_sql("PRAGMA page_count").scalar_one())
        await store.write(limit(used + 20))
        answers = await asyncio.gather(*(store.write(fat(n)) for n in range(2, 12)), return_exceptions=True)
        assert [a.code for a in answers if isinstance(a, Refused)] == ["unavailable"] * 10
        assert await store.read(numbers(person)) == [1]
        await store.write(limit(used + 10_000))
        await asyncio.gather(*(store.write(fat(n)) for n in range(2, 12)))
        assert await store.read(numbers(person)) == list(range(1, 12))
    finally:
        await store.close()
    with sqlite3.connect(path) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    base.close()


async def test_a_folder_that_cannot_be_written_is_told_and_hangs_nobody(tmp_path: Path):
    """The writer has no file to write: its callers hear it, and closing still works."""
    blocked = tmp_path / "base"
    blocked.mkdir()  # a folder stands where the file should be
    store = SqliteStore(blocked)
    try:
        assert await unavailable(store.write(put("p", 1))) < 5
        assert await unavailable(store.read(numbers("p"))) < 5
    finally:
        await asyncio.wait_for(store.close(), 5)


@pytest.mark.parametrize(
    ("configured", "address"),
    [
        (None, "sqlite:////d/shopbell.sqlite3"),
        ("", "sqlite:////d/shopbell.sqlite3"),
        ("sqlite:////x/y.db", "sqlite:////x/y.db"),
        ("postgres://a@b/c", "postgresql+asyncpg://a@b/c"),
        ("postgresql://a@b/c", "postgresql+asyncpg://a@b/c"),
        ("postgresql+asyncpg://a@b/c", "postgresql+asyncpg://a@b/c"),
    ],
)
def test_an_address_gets_our_driver(configured: str | None, address: str):
    """As an operator writes it, or a file in the data folder."""
    assert with_driver(configured, Path("/d")) == address


def test_another_database_is_refused_with_a_sentence():
    """Nobody finds out later."""
    with pytest.raises(ValueError, match="DATABASE_URL"):
        with_driver("mysql://a@b/c", Path("/d"))


async def test_postgres_is_what_an_address_of_it_opens(postgres_server: Postgres):
    """And SQLite is the other."""
    store = open_store(postgres_server.url("postgres"))
    assert isinstance(store, PostgresStore)
    await store.close()
