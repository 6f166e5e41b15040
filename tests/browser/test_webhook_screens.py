"""Webhooks and API tokens as an administrator meets them: by keyboard, in both looks, on a desktop and a phone."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import Connection, delete, select, update

from access.tables import site, webhook
from service.flows import announce
from store.connect import open_store
from store.tables import outbox as table
from tests.browser.people import Desk, Pictures
from tests.browser.test_looks import faults
from tests.conftest import in_own_loop
from tests.running import Server
from tests.servers import free_port


class Receiver(ThreadingHTTPServer):
    """Answers with `status`, and counts."""

    status, count = 204, 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class Answer(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("content-length", "0")))
        self.server.count += 1
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("hooks"), SHOPBELL_WEBHOOKS_INSIDE="on")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def receiver(house: Server) -> Iterator[Receiver]:
    made = Receiver(("127.0.0.1", free_port()), Answer)
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()
    within(house, lambda conn: conn.execute(delete(webhook)).close())


def told(server: Server, count: int, *, dead: bool = False) -> None:
    """So many orders are told; `dead`: and have been given up."""

    def work(conn: Connection) -> None:
        site_id = conn.execute(select(site.c.id).where(site.c.key == "demo")).scalar_one()
        announce.forget(site_id)  # the webhook was made in another process just now
        for n in range(count):
            data = {"order": f"o-{n}", "number": str(n), "total": {"amount": 2198, "currency": "EUR"}}
            announce.announce(conn, site_id, "order.placed", data)
        if dead:
            gone = {"state": "dead", "error": "status:500", "tries": 34, "done_at": 1_790_000_000_000}
            conn.execute(update(table).where(table.c.state == "waiting").values(**gone))

    within(server, work)


def within(server: Server, work: Callable[[Connection], None]) -> None:
    """Do something in the base, past the server."""

    async def run() -> None:
        store = open_store(f"sqlite:///{server.data_dir / 'shopbell.sqlite3'}")
        await store.write(work)
        await store.close()

    in_own_loop(run())


def admin(context: BrowserContext, server: Server, where: str) -> Page:
    page = Desk(context, server, "admin").sign_in("Sign in and stay away for now").page
    page.goto(f"{server.other}/console/#/{where}")
    return page


@pytest.mark.timeout(120)
def test_a_webhook_is_added_tried_and_mended_with_the_keyboard_alone(
    house: Server, receiver: Receiver, new_context: Callable[..., BrowserContext]
) -> None:
    """From the empty screen to a dead letter that rose: nothing needs a mouse."""
    page = admin(new_context(), house, "site/webhooks")

    def press(name: str) -> None:
        page.get_by_role("button", name=name).first.focus()
        page.keyboard.press("Enter")

    press("Add a webhook")
    expect(page.get_by_role("heading", name="A new webhook")).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("http://169.254.169.254/latest")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("inside a network")
    page.get_by_label("Address on your server").fill(receiver.url)
    page.keyboard.press("Enter")
    hook = page.get_by_role("listitem", name=receiver.url)
    expect(hook).to_be_visible()
    expect(hook.get_by_role("button", name="Change")).to_be_focused()
    press("Send a test")
    expect(hook.get_by_role("status")).to_contain_text("It works: answered with 204")
    receiver.status = 500
    told(house, 2, dead=True)
    expect(hook).to_contain_text("2 given up", timeout=10_000)
    press("Deliveries")
    expect(hook.get_by_text("the receiver answered with 500").first).to_be_visible()
    hook.locator(".delivery-what summary").first.focus()
    page.keyboard.press("Enter")
    expect(hook.get_by_text('"number": "').first).to_be_visible()
    receiver.status = 204
    press("Send all again")
    expect(hook).not_to_contain_text("2 given up", timeout=10_000)
    press("Arrived")
    expect(hook.locator(".delivery-list li")).to_have_count(2, timeout=10_000)
    assert receiver.count == 3
    press("Remove")
    press("Yes, remove it")
    expect(page.get_by_text("No webhooks yet.")).to_be_visible()
    expect(page.get_by_role("button", name="Add a webhook")).to_be_focused()


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("width", "look"), [(1280, "light"), (390, "dark")])  # axe looks at both in each
def test_both_screens_can_be_used_by_everybody(
    house: Server, receiver: Receiver, new_context: Callable[..., BrowserContext], look: str, width: int
) -> None:
    """Axe finds nothing in any state of them, in both languages; nothing is wider than the screen."""
    wrong: dict[str, list[str]] = {}
    context = new_context(color_scheme=look, viewport={"width": width, "height": 844})
    page = admin(context, house, "site/webhooks")
    pictures = Pictures(f"webhooks-{look}-{width}")

    def take(name: str) -> None:
        page.wait_for_timeout(300)
        pictures.take(page, name)
        if found := faults(page):
            wrong[name] = found
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.setdefault(name, []).append("wider than the screen")

    expect(page.get_by_text("No webhooks yet.")).to_be_visible()
    take("none")
    page.get_by_role("button", name="Add a webhook").click()
    page.get_by_role("button", name="Save the webhook").click()
    take("form")
    page.get_by_label("Address on your server").fill(receiver.url)
    page.get_by_label("Somebody writes").check()
    page.get_by_role("button", name="Save the webhook").click()
    hook = page.get_by_role("listitem", name=receiver.url)
    hook.get_by_role("button", name="Send a test").click()
    expect(hook.get_by_role("status")).to_contain_text("It works")
    hook.get_by_role("button", name="Secret :").first.click()
    take("tested")
    hook.get_by_role("button", name="Secret :").first.click()
    receiver.status = 500
    told(house, 3, dead=True)
    told(house, 1)
    expect(hook).to_contain_text("Nothing arrives since", timeout=10_000)
    hook.get_by_role("button", name="Deliveries").click()
    hook.locator(".delivery-what summary").first.click()
    take("dead")
    hook.get_by_role("button", name="On their way").click()
    take("waiting")
    hook.get_by_role("button", name="Remove").click()
    take("remove")
    page.evaluate("localStorage['shopbell.language'] = 'ru'")
    page.reload()
    page.get_by_role("button", name="Доставки").click()
    take("russian")
    page.get_by_role("button", name="Удалить").click()
    page.get_by_role("button", name="Да, удалить").click()
    expect(page.get_by_text("Вебхуков пока нет.")).to_be_visible()
    page.evaluate("localStorage['shopbell.language'] = 'en'")
    page.goto(f"{house.other}/console/#/site/tokens")
    page.reload()
    page.get_by_label("What it is for").fill("Nightly export")
    page.get_by_role("button", name="Make a token").click()
    expect(page.get_by_text("It is shown this once")).to_be_visible()
    take("token")
    page.get_by_role("button", name="I have copied it").click()
    page.get_by_role("button", name=re.compile("Revoke ?: Nightly export")).click()
    take("revoke")
    page.get_by_role("button", name="Yes, at once").click()
    expect(page.get_by_text("Nightly export opens nothing any more.")).to_be_visible()
    assert wrong == {}, json.dumps(wrong, indent=1)


def test_who_administers_nothing_sees_neither(house: Server, new_context: Callable[..., BrowserContext]) -> None:
    page = Desk(new_context(), house, "marketer").sign_in().page
    page.goto(f"{house.other}/console/#/site/webhooks")
    expect(page.get_by_role("navigation", name="Parts of the site")).to_be_visible()
    expect(page.get_by_role("link", name="Webhooks")).to_have_count(0)
    expect(page.get_by_role("heading", name="Snippet")).to_be_attached()
    page.goto(f"{house.other}/console/#/site/tokens")
    expect(page.get_by_role("heading", name="Snippet")).to_be_attached()
    expect(page.get_by_text("API tokens")).to_have_count(0)
