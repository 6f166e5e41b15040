"""What every tier may ask for: a database of each kind, a Redis, a browser. Fast tiers run first."""

import asyncio
import contextlib
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.compiled import share
from tests.servers import Missing, Postgres, Valkey, chromium_program

ROOT = Path(__file__).parent.parent
# No example has a deadline: how long one takes on a busy machine says nothing of what it shows.
hypothesis.settings.register_profile("here", deadline=None)
hypothesis.settings.load_profile("here")
share()
TIERS = ("unit", "newcomer", "browser", "real", "wired")
#: Files that take a minute or more begin their tier, so that only short ones are left for its end. Each that mostly
#: waits for a clock stands beside one that works.
LONG = (
    "push_live", "api_hostile", "leaving", "crash", "line", "api_resources", "two_processes", "push", "timers", "files",
    "webhooks", "talk_crash", "attacks", "looks", "page_never_pays", "first_run", "routing_screens", "frame_access",
    "webhook_screens", "story", "snippet_life",
)  # fmt: skip
OUTPUT = ROOT / "test-output"
LAUNCH = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A mistake shows early: the fast tier comes first. In each, what takes longest: no worker is left alone with it at
    the end."""

    def place(item: pytest.Item) -> tuple[int, int]:
        tier = next((n for n, tier in enumerate(TIERS) if tier in item.path.parts), len(TIERS))
        name = item.path.stem.removeprefix("test_")
        return tier, LONG.index(name) if name in LONG else len(LONG)

    items.sort(key=place)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Fixtures may look at what became of their test: `request.node.failed`."""
    report = yield
    if report.when == "call":
        item.failed = report.failed  # type: ignore[attr-defined]
    return report


# Databases -----------------------------------------------------------------------------------------------------------


def make_schema(url: str) -> None:
    """All tables of all rooms in the empty database at `url`, made the way an installation makes them."""
    from service.migrate import migrate

    in_own_loop(migrate(url))


def in_own_loop(waiting: Any) -> Any:
    """The result of a coroutine, whether or not a loop already runs in this thread (a browser brings one)."""
    box: list[Any] = []

    def run() -> None:
        try:
            box.append((True, asyncio.run(waiting)))
        except BaseException as error:  # noqa: BLE001  handed to the caller below
            box.append((False, error))

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    fine, value = box[0]
    if not fine:
        raise value
    return value


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """One real PostgreSQL for the whole run. `postgres_server.fresh_database()` gives an empty database's URL."""
    server = Postgres()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def valkey_server() -> Iterator[Valkey]:
    """One real Redis-protocol server for the whole run."""
    server = Valkey()
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.fixture(scope="session")
def _postgres_template(postgres_server: Postgres) -> str:
    url = postgres_server.fresh_database()
    make_schema(url)
    return url


@pytest.fixture(scope="session")
def _sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("template") / "shopbell.sqlite3"
    make_schema(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def new_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], str]:
    """`new_database("sqlite" | "postgres")` -> URL of a database of its own with all tables and no rows."""

    def make(kind: str) -> str:
        if kind == "postgres":
            server: Postgres = request.getfixturevalue("postgres_server")
            return server.fresh_database(request.getfixturevalue("_postgres_template"))
        file = tmp_path_factory.mktemp("base") / "shopbell.sqlite3"
        shutil.copyfile(request.getfixturevalue("_sqlite_template"), file)
        return f"sqlite:///{file}"

    return make


class Bases:
    """PostgreSQL's bases, lent one after the other: to empty one takes a sixth of what it takes to make one."""

    def __init__(self, server: Postgres, template: str) -> None:
        self._server, self._template, self._spare = server, template, list[str]()
        self._shape, size = server.empty(template)
        self._largest = 2 * size

    def lend(self) -> str:
        return self._spare.pop() if self._spare else self._server.fresh_database(self._template)

    def take_back(self, url: str) -> None:
        """It is lent again unless a test changed its tables or made it large."""
        shape, size = self._server.empty(url)
        if shape == self._shape and size < self._largest:
            self._spare.append(url)
        else:
            self._server.drop(url)


@pytest.fixture(scope="session")
def _bases(postgres_server: Postgres, _postgres_template: str) -> Bases:
    return Bases(postgres_server, _postgres_template)


@contextlib.contextmanager
def _lent(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[str]:
    if request.param != "postgres":
        yield new_database(request.param)
        return
    bases: Bases = request.getfixturevalue("_bases")
    url = bases.lend()
    yield url
    bases.take_back(url)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[str]:
    """A database for this module: its tests share the rows. Every test that asks for it runs on both kinds."""
    with _lent(request, new_database) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def fresh_database_url(request: pytest.FixtureRequest, new_database: Callable[[str], str]) -> Iterator[str]:
    """A database for this test alone, on both kinds."""
    with _lent(request, new_database) as url:
        yield url


@pytest.fixture
def redis_url(valkey_server: Valkey) -> str:
    """An empty Redis for this test."""
    valkey_server.empty()
    return valkey_server.url()


# Browser -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real Chromium for this module. It brings a running loop: `async def` tests belong in other modules."""
    try:
        program = chromium_program()
    except Missing as missing:
        pytest.fail(str(missing))
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=LAUNCH)
        try:
            yield chromium
        finally:
            chromium.close()


@pytest.fixture
def new_context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Callable[..., BrowserContext]]:
    """Makes separate people: `new_context(locale="ru-RU")`. A page that throws fails its test."""
    contexts: list[BrowserContext] = []
    thrown: list[str] = []

    def make(**options: Any) -> BrowserContext:
        # Under a C locale the browser's own language is no language at all, so one is always named.
        context = browser.new_context(**{"locale": "en-US", "timezone_id": "UTC", **options})
        context.set_default_timeout(10_000)
        context.on("weberror", lambda error: thrown.append(str(error.error)))
        contexts.append(context)
        return context

    yield make
    if getattr(request.node, "failed", False):
        _take_pictures(request.node.name, contexts)
    for context in contexts:
        context.close()
    assert not thrown, f"a page threw: {thrown}"


@pytest.fixture
def context(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """One person."""
    return new_context()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """One page of one person."""
    return context.new_page()


def _take_pictures(name: str, contexts: list[BrowserContext]) -> None:
    OUTPUT.mkdir(exist_ok=True)
    stem = re.sub(r"[^\w.-]+", "_", name)
    pages = [page for context in contexts for page in context.pages if not page.is_closed()]
    for number, page in enumerate(pages, 1):
        page.screenshot(path=OUTPUT / f"{stem}-{number}.png")
