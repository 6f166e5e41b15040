"""One demo per module, without strangers: whoever walks in here was sent by the test."""

import contextlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, expect, sync_playwright

from tests.browser.people import Desk, Visitor
from tests.conftest import LAUNCH
from tests.running import AGENT, Server
from tests.servers import Missing, chromium_program

#: What nobody promised a time for may take this long before it counts as missing: other tests run beside it.
expect.set_options(timeout=15_000)


@contextlib.contextmanager
def chromium(other: dict[str, str] | None = None) -> Iterator[Browser]:
    """A real Chromium under a person's name: without one it calls itself headless, which is a bot's word.

    The name is the whole browser's, because what a page sends while it goes away leaves with that one.
    `other`: switches that Playwright gives, and what they are replaced by.
    """
    try:
        program = chromium_program()
    except Missing as missing:
        pytest.fail(str(missing))
    other = other or {}
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=program,
            args=[*LAUNCH, f"--user-agent={AGENT}", *other.values()],
            ignore_default_args=list(other) or None,
        )
        try:
            yield started
        finally:
            started.close()


#: People's browsers give a frame its own storage under every page that holds it; Playwright switches that off.
PARTITIONING = "ThirdPartyStoragePartitioning"


@contextlib.contextmanager
def usual_chromium() -> Iterator[Browser]:
    """The browser that people have: a frame has storage, and under every shop its own."""
    with chromium() as other:
        line = other.new_browser_cdp_session().send("SystemInfo.getInfo")["commandLine"]
    switch = next(one for one in line.split() if one.startswith("--disable-features=") and PARTITIONING in one)
    with chromium({switch: switch.replace(PARTITIONING, "").replace(",,", ",")}) as started:
        yield started


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The browser of this module."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """`shopbell demo` as a newcomer starts it: SQLite in a folder of its own."""
    server = Server(tmp_path_factory.mktemp("data")).start()
    yield server
    server.stop()
    assert "Traceback" not in server.said(), server.said()[-3000:]


@pytest.fixture
def visitor(demo: Server, new_context: Callable[..., BrowserContext]) -> Callable[..., Visitor]:
    """`visitor(locale="ru-RU")`: a browser of its own, at the shop under `localhost`."""
    return lambda **options: Visitor(new_context(**{"viewport": {"width": 1280, "height": 860}, **options}), demo.url)


@pytest.fixture
def expert(demo: Server, new_context: Callable[..., BrowserContext]) -> Callable[..., Desk]:
    """`expert("anna")`: signed in and online, in a browser of her own."""

    def sit_down(name: str, how: str = "Sign in and go online", **options: object) -> Desk:
        context = new_context(**{"viewport": {"width": 1280, "height": 860}, **options})
        return Desk(context, demo, name).sign_in(how)

    return sit_down
