"""The chat on a bad line, in a real Chromium: WebSockets blocked, the line cut and healed, a tab closed in between.

Visitors come through a proxy of ours, under its port: the shop at `127.0.0.1`, the frame from `localhost`. The desk has
a good line.
"""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.browser.conftest import usual_chromium
from tests.browser.people import WAY, Desk, Visitor, quick
from tests.conftest import in_own_loop
from tests.proxy import Proxy
from tests.running import Server, people_of
from tests.servers import free_port

KIT = WAY[-1]
#: What the panel says while nothing goes through.
NO_LINE = "No connection. Trying again…"


@dataclass
class House:
    """`server` itself, and `shop`: its address for visitors, behind the proxy."""

    server: Server
    proxy: Proxy

    @property
    def shop(self) -> str:
        return f"http://127.0.0.1:{self.proxy.port}"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """As people have it: a frame's storage is its own under every shop, and there is some."""
    with usual_chromium() as started:
        yield started


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    port = free_port()
    server = Server(tmp_path_factory.mktemp("data"), SHOPBELL_PUBLIC_URL=f"http://localhost:{port}").start()
    with Proxy(server.port, port) as proxy:
        made = House(server, proxy)
        in_own_loop(welcome(made))
        yield made
    server.stop()
    assert "Traceback" not in server.said(), server.said()[-3000:]


async def welcome(house: House) -> None:
    """The shop under the proxy's port may hold the bell."""
    async with people_of(house.server) as people:
        [site] = (await people.api("admin", "/api/sites"))["items"]
        token = (await people.sign_in("admin"))["token"]
        changed = await people.http.patch(
            f"{house.server.other}/api/sites/{site['id']}",
            json={"origins": [*site["origins"], house.shop]},
            headers={"Authorization": f"Bearer {token}"},
        )
        assert changed.status_code == 200, changed.text


@pytest.fixture
def line(house: House) -> Iterator[Proxy]:
    """The visitors' line: good before and after each test."""
    yield house.proxy
    house.proxy.refuse = house.proxy.silent = house.proxy.refuse_upgrades = False
    house.proxy.delay = 0.0


@pytest.fixture
def visitor(house: House, new_context: Callable[..., BrowserContext]) -> Callable[..., Visitor]:
    return lambda **options: Visitor(new_context(**{"viewport": {"width": 1280, "height": 860}, **options}), house.shop)


@pytest.fixture
def anna(house: House, new_context: Callable[..., BrowserContext]) -> Desk:
    return Desk(new_context(viewport={"width": 1280, "height": 860}), house.server, "anna").sign_in()


def lone(log: Locator, words: str) -> None:
    """Said once, and on its place."""
    expect(log.get_by_text(words, exact=True)).to_have_count(1)


@pytest.mark.slow
@pytest.mark.calm
@pytest.mark.timeout(150)
def test_where_websockets_are_blocked_the_whole_talk_goes_on_without(
    line: Proxy, visitor: Callable[..., Visitor], anna: Desk
) -> None:
    """Bell, bubble, talk with typing and reading, a reload, offer and order, the end: nothing is said of the line."""
    line.refuse_upgrades = True
    maria = visitor()
    maria.go()
    maria.walk(*WAY)
    completed = maria.linger(15_000)
    expect(anna.bells).to_have_count(1, timeout=quick(completed, 2))
    bell = anna.bells.first
    who = (bell.get_attribute("aria-label") or "").removeprefix("Bell: ")
    bell.get_by_role("button", name=f"Accept {who}").click()
    bubble = maria.bubble(re.compile("Anna Lindqvist"))
    expect(bubble).to_be_visible()
    bubble.get_by_role("button", name="Answer").click()
    field = maria.frame.get_by_role("textbox", name="Write a message")
    expect(field).to_be_focused()
    expect(maria.frame.get_by_text(NO_LINE)).to_have_count(0)

    anna.page.get_by_role("textbox", name="Your message").press_sequentially("Good day!", delay=20)
    expect(maria.frame.get_by_text("Anna Lindqvist is typing…")).to_be_visible()
    spoke = time.monotonic()
    anna.says("Good day! Is it for a balcony?")
    expect(maria.log).to_contain_text("Is it for a balcony?", timeout=quick(spoke, 2))
    field.press_sequentially("Yes", delay=20)
    expect(anna.log).to_contain_text(f"{who} is writing")
    maria.says("Yes, six pots.")
    expect(anna.log).to_contain_text("Yes, six pots.")
    expect(maria.log).to_contain_text("Seen")

    maria.page.reload()
    for words in ("Good day! Is it for a balcony?", "Yes, six pots."):
        lone(maria.log, words)
    maria.says("Do I need anything else?")
    lone(anna.log, "Do I need anything else?")

    anna.offers(KIT, "21.50")
    expect(maria.log).to_contain_text("€21.50")
    maria.log.get_by_role("button", name="Accept").click()
    form = maria.log.locator("form")
    expect(form).to_contain_text("€21.50")
    maria.fill_order(form, "Maria Petrova", "maria@example.org")
    expect(maria.log).to_contain_text("Thank you. Your order is placed.")
    expect(anna.log).to_contain_text("Total €21.50")
    anna.page.get_by_role("button", name=re.compile("^Close( conversation)?$")).click()
    expect(maria.frame.get_by_text("The conversation is closed.")).to_be_visible()
    assert line.upgrades > 0
    assert not maria.complaints

    # And when nothing blocks them any more, the socket takes over by itself.
    maria.frame.get_by_role("button", name="Start a new one").click()
    line.refuse_upgrades = False
    before = line.upgrades
    maria.until(lambda: line.upgrades > before, "the socket is tried again", 60)
    maria.says("Still here?")
    expect(maria.log).to_contain_text("Sent")
    lone(maria.log, "Still here?")


def opens(guest: Visitor, page: Page) -> tuple[Page, Any]:
    """The chat in this tab, by the bell."""
    page.goto(f"{guest.shop}/garden")
    frame = page.frame_locator('iframe[title="Chat"]')
    if not page.locator("iframe.open").count():
        page.get_by_role("button", name=re.compile("^Chat")).click()
    expect(frame.get_by_role("log", name="Messages")).to_be_visible()
    return page, frame


def writes(frame: Any, text: str) -> None:
    frame.get_by_role("textbox", name="Write a message").fill(text)
    frame.get_by_role("button", name="Send").click()


@pytest.mark.timeout(120)
@pytest.mark.parametrize("blocked", [False, True], ids=["socket", "polling"])
def test_a_line_that_is_cut_and_healed_loses_no_word_in_two_tabs(
    line: Proxy, house: House, visitor: Callable[..., Visitor], blocked: bool
) -> None:
    """Both tabs write while nothing goes through; when it does, each word stands once in both, in one order. A tab that
    is closed with unsent words leaves them to the other, a reload keeps them."""
    line.refuse_upgrades = blocked
    guest = visitor()
    (one, first), (two, second) = opens(guest, guest.page), opens(guest, guest.context.new_page())
    three, third = opens(guest, guest.context.new_page())
    logs = [frame.get_by_role("log", name="Messages") for frame in (first, second)]
    writes(first, "before the storm")
    for log in logs:
        lone(log, "before the storm")

    line.refuse = True
    line.cut()
    one.bring_to_front()
    expect(first.get_by_text(NO_LINE)).to_be_visible()
    writes(first, "from the first tab")
    writes(first, "and once more")
    expect(logs[0].get_by_text("Sending…")).to_have_count(2)
    writes(second, "from the second tab")
    writes(third, "from the tab that is closed")
    expect(logs[1].get_by_text("from the first tab")).to_have_count(0)
    three.close(run_before_unload=True)

    line.refuse = False
    for page, log in ((one, logs[0]), (two, logs[1])):
        page.bring_to_front()
        for words in ("from the first tab", "and once more", "from the second tab", "from the tab that is closed"):
            expect(log.get_by_text(words, exact=True)).to_have_count(1, timeout=40_000)
        expect(log.get_by_text("Sending…")).to_have_count(0, timeout=20_000)
    said = [log.locator("li .balloon").all_inner_texts() for log in logs]
    assert said[0] == said[1]
    assert said[0].index("from the first tab") < said[0].index("and once more")

    # The same words are in the base, once each.
    stored = in_own_loop(words_of(house))
    assert sorted(stored) == sorted(said[0])
    assert not guest.complaints


async def words_of(house: House) -> list[str]:
    """Of the newest conversation."""
    async with people_of(house.server) as people:
        rows = (await people.api("admin", "/api/desk"))["conversations"]
        newest = max(rows, key=lambda row: row["opened_at"])
        desk = await people.expert("admin", status="")
        messages = (await desk.done("messages.after", {"conversation": newest["id"], "seq": 0}))["messages"]
        return [message["text"] for message in messages if message["author"]["kind"] == "visitor"]


@pytest.mark.timeout(90)
def test_words_that_were_not_sent_survive_a_reload(line: Proxy, visitor: Callable[..., Visitor]) -> None:
    """The page is loaded from elsewhere while the line is down: here it is only silent for our frame's commands."""
    guest = visitor()
    page, frame = opens(guest, guest.page)
    writes(frame, "first")
    expect(frame.get_by_role("log")).to_contain_text("Sent")
    held: list[Any] = []
    # Commands go nowhere; the shop's pages still come.
    page.context.route("**/visitor/*", lambda route: held.append(route))
    line.refuse_upgrades = True
    line.cut()
    writes(frame, "kept over the reload")
    expect(frame.get_by_role("log").get_by_text("Sending…")).to_have_count(1)
    page.reload()
    frame = page.frame_locator('iframe[title="Chat"]')
    expect(frame.get_by_text("kept over the reload", exact=True)).to_have_count(1)
    line.refuse_upgrades = False
    page.context.unroute_all(behavior="ignoreErrors")
    expect(frame.get_by_role("log").get_by_text("Sending…")).to_have_count(0, timeout=40_000)
    lone(frame.get_by_role("log"), "kept over the reload")
    lone(frame.get_by_role("log"), "first")
