"""The servers the other tests stand on."""

import importlib.util
import os
import random
import signal
import socket
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
import redis.asyncio

from tests import servers
from tests.servers import Missing, Postgres, Valkey, free_port, wait_until


def plain(url: str) -> str:
    """The address as asyncpg itself reads it."""
    return url.replace("+asyncpg", "")


async def test_fresh_databases_do_not_see_each_other(postgres_server: Postgres) -> None:
    """What is written to one database is not in the next."""
    first, second = postgres_server.fresh_database(), postgres_server.fresh_database()
    assert first != second
    for url in (first, second):
        connection = await asyncpg.connect(plain(url))
        try:
            await connection.execute("create table note (text text)")
        finally:
            await connection.close()
        postgres_server.drop(url)


async def test_a_copy_has_the_tables_and_rows_of_its_template(postgres_server: Postgres) -> None:
    """A template is copied with everything in it; emptying the copy leaves the template alone."""
    template = postgres_server.fresh_database()
    name = template.rsplit("/", 1)[1]
    postgres_server.sql("create table note (text text); insert into note values ('ü')", name)
    copy = postgres_server.fresh_database(template)
    connection = await asyncpg.connect(plain(copy))
    assert await connection.fetchval("select text from note") == "ü"
    await connection.close()
    postgres_server.empty(copy)
    assert postgres_server.sql("select count(*) from note", copy.rsplit("/", 1)[1]).strip() == "0"
    assert postgres_server.sql("select count(*) from note", name).strip() == "1"


def test_an_emptied_base_tells_whether_its_tables_are_still_the_same(postgres_server: Postgres) -> None:
    """Rows and those who are connected go; a new column, index, constraint or revision shows."""
    url = postgres_server.fresh_database()
    name = url.rsplit("/", 1)[1]
    postgres_server.sql("create table note (id int, text text)", name)
    shape, size = postgres_server.empty(url)
    assert size > 1_000_000
    postgres_server.sql("insert into note values (1, 'ü')", name)
    assert postgres_server.empty(url)[0] == shape
    seen = {shape}
    for change in (
        "alter table note add more int",
        "create index note_text on note (text)",
        "alter table note add constraint note_small check (id < 9)",
        "alter table note alter id set not null",
        "create table alembic_version (version_num text)",
        "insert into alembic_version values ('7')",
    ):
        postgres_server.sql(change, name)
        seen.add(postgres_server.empty(url)[0])
    assert len(seen) == 7


async def test_valkey_answers_and_forgets_when_asked(redis_url: str, valkey_server: Valkey) -> None:
    """A real client writes and reads; `empty` leaves nothing."""
    client = redis.asyncio.from_url(redis_url)
    await client.set("bell", "rings")
    assert await client.get("bell") == b"rings"
    valkey_server.empty()
    assert await client.get("bell") is None
    await client.aclose()


def test_valkey_survives_a_sudden_death_on_the_same_port() -> None:
    """Killed and started again, a server has the same address; closed, it leaves neither process nor folder."""
    server = Valkey()
    try:
        server.start()
        address = server.url()
        server.stop(signal.SIGKILL)
        assert not server.answers()
        server.start()
        assert server.answers()
        assert server.url() == address
    finally:
        server.close()
    assert not server.folder.exists()
    assert not server.answers()


def test_postgres_survives_a_sudden_death_with_all_it_answered_for() -> None:
    """Killed and started again, PostgreSQL has everything it had answered for, at the same address."""
    server = Postgres()
    try:
        server.start()
        url = server.fresh_database()
        server.sql("create table note (text text)", url.rsplit("/", 1)[1])
        server.stop(signal.SIGKILL)
        server.start()
        assert server.sql("select count(*) from note", url.rsplit("/", 1)[1]).strip() == "0"
    finally:
        server.close()
    assert not server.folder.exists()


def test_a_port_that_is_taken_is_not_given_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """The only port of the range is in use, so there is none."""
    with socket.socket() as taken:
        taken.bind((servers.HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setattr(servers, "PORTS", range(port, port + 1))
        monkeypatch.setattr(random, "sample", lambda ports, _: list(ports))
        with pytest.raises(Missing, match="No free port"):
            free_port()


def test_a_missing_part_is_a_sentence_and_no_skip(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the wheel the message says which command brings it."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(Missing, match="scripts/install --test"):
        servers.valkey_program()


def test_servers_end_with_the_run_that_started_them() -> None:
    """A run that is killed leaves no server behind."""
    code = (
        "import time; from tests.servers import Valkey; server = Valkey(); server.start();"
        "print(server.process.pid, server.folder, flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[2]
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=root) as run:
        assert run.stdout is not None
        pid, folder = run.stdout.readline().split()
        run.kill()
    wait_until(lambda: not _exists(int(pid)), "Valkey ends", 10)
    (Path(folder) / "log").unlink(missing_ok=True)
    Path(folder).rmdir()


def _exists(pid: int) -> bool:
    """Whether the process runs; one that ended and waits to be collected does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not (status.exists() and status.read_text().rpartition(")")[2].split()[0] == "Z")
