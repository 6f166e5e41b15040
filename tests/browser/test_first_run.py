"""An empty house, from the address that the server says to the first event: as a new owner walks through it."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.people import Pictures
from tests.browser.test_looks import faults
from tests.running import Server
from tests.servers import free_port

ADDRESS = re.compile(r"http://\S+/console/#/setup/\S+")
OWNER, PASSWORD = "olga@shop.example", "a bell over the door"


class Shop(ThreadingHTTPServer):
    """Somebody's site, on another origin than ours: each page carries `tag`, once there is one."""

    def __init__(self) -> None:
        self.tag = ""
        shop = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = f'<!doctype html><html lang="en"><head><title>Roses</title>{shop.tag}</head><body><h1>Roses</h1>'
                self.send_response(200)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.end_headers()
                self.wfile.write(body.encode())

            def log_message(self, *_: object) -> None:
                """Quiet."""

        super().__init__(("127.0.0.1", free_port()), Handler)
        self.origin = f"http://127.0.0.1:{self.server_address[1]}"


@pytest.fixture
def shop() -> Iterator[Shop]:
    with Shop() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """`shopbell serve` in an empty folder: no `migrate`, no demo, nobody."""
    started = Server(tmp_path / "data").start("serve")
    yield started
    started.stop()
    assert "Traceback" not in started.said(), started.said()[-3000:]


def address_of(server: Server) -> str:
    """The newest that the server said."""
    found = ADDRESS.findall(server.said())
    assert found, server.said()
    return str(found[-1])


def account(page: Page) -> None:
    page.get_by_label("Name").fill("Olga Berg")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the administrator").click()


def site(page: Page, origin: str) -> None:
    page.get_by_label("Name of the site").fill("Моя лавка")
    page.get_by_label("Addresses of its pages").fill(origin)
    page.get_by_role("button", name="Create the site").click()


@pytest.mark.timeout(180)
def test_an_empty_house_leads_to_the_first_event(
    server: Server, shop: Shop, browser: Browser, new_context: Callable[..., BrowserContext]
) -> None:
    """Each step: an action, what is expected, what must not happen."""
    page = new_context().new_page()

    # Whoever opens the desk without the address: told what to do; no way in, no default password.
    page.goto(f"{server.url}/console/")
    expect(page.get_by_role("heading", name="A new Shopbell")).to_be_visible()
    expect(page.get_by_label("One-time code")).to_be_visible()
    page.get_by_label("One-time code").fill("guessed")
    account(page)
    expect(page.get_by_role("alert")).to_contain_text("not the newest")
    expect(page.get_by_label("One-time code")).to_be_focused()
    expect(page.get_by_role("navigation")).to_have_count(0)

    # The address that the server said: the code is not asked for, mistakes are said, the code leaves the address.
    page = new_context().new_page()
    page.goto(address_of(server))
    expect(page.get_by_label("One-time code")).to_have_count(0)
    page.get_by_role("button", name="Create the administrator").click()
    expect(page.get_by_text("Give a name.")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    account(page)
    expect(page.get_by_role("heading", name="Which site is it?")).to_be_visible()
    assert "setup" not in page.url
    expect(page.get_by_role("link", name="First expert")).to_have_count(0)

    # The site: the key is proposed, a wrong address is said, nothing is made of it.
    page.get_by_label("Name of the site").fill("Моя лавка")
    expect(page.get_by_label("Key")).to_have_value("moya-lavka")
    page.get_by_label("Addresses of its pages").fill("my shop")
    page.get_by_role("button", name="Create the site").click()
    expect(page.get_by_text("“my shop” is no address")).to_be_visible()

    # Left and taken up again, in another browser: the step is the same one, signed in as anybody signs in.
    page = new_context().new_page()
    page.goto(f"{server.url}/console/")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in and go online").click()
    expect(page.get_by_role("heading", name="Which site is it?")).to_be_visible()
    site(page, f"{shop.origin}/roses?from=there")
    expect(page.get_by_role("heading", name="Put the snippet on your pages")).to_be_focused()
    expect(page.get_by_text("No event yet. Waiting")).to_be_visible()

    # A page that is not on the list tries: it is named, and it is no event.
    shop.tag = page.locator(".code code").inner_text()
    assert 'data-site="moya-lavka"' in shop.tag
    visitor = new_context().new_page()
    visitor.goto(shop.origin.replace("127.0.0.1", "localhost") + "/roses")
    expect(page.get_by_text(shop.origin.replace("127.0.0.1", "localhost")).first).to_be_visible(timeout=15_000)
    expect(page.get_by_text("First event received")).to_have_count(0)

    # The page itself sends: the wait ends by itself and says from where.
    visitor.goto(f"{shop.origin}/roses")
    expect(page.get_by_text("First event received from")).to_be_visible(timeout=15_000)
    expect(page.get_by_role("link", name=f"{shop.origin}/roses")).to_be_visible()
    page.get_by_role("button", name="Go on").click()

    # Who answers: a colleague whose sign-in is handed over; it opens the desk.
    expect(page.get_by_role("heading", name="Who answers?")).to_be_focused()
    page.get_by_label("Name").fill("Rose")
    page.get_by_label("E-mail").fill(OWNER)
    page.get_by_role("button", name="Create the expert").click()
    expect(page.get_by_label("E-mail")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("E-mail").fill("rose@shop.example")
    page.get_by_role("button", name="Create the expert").click()
    expect(page.get_by_text("Rose can sign in.")).to_be_visible()
    told = page.locator(".code code").inner_text()
    password = told.rpartition("Password: ")[2].strip()
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Your bell hangs over the door")).to_be_visible()
    expect(page.get_by_role("navigation", name="Screens").get_by_role("link", name="Set up")).to_have_count(1)
    page.get_by_role("link", name="To the desk").click()
    expect(page.get_by_role("link", name="Set up")).to_have_count(0)

    expert = new_context().new_page()
    expert.goto(f"{server.url}/console/")
    expert.get_by_label("E-mail").fill("rose@shop.example")
    expert.get_by_label("Password").fill(password)
    expert.get_by_role("button", name="Sign in and go online").click()
    expect(expert.get_by_role("button", name="Online", pressed=True)).to_be_visible()
    expect(expert.get_by_role("link", name="Set up")).to_have_count(0)

    # The address of the first run is worth nothing any more, in this life of the server and in the next.
    again = new_context().new_page()
    for _ in range(2):
        again.goto("about:blank")
        again.goto(address_of(server))
        expect(again.get_by_role("button", name="Sign in and go online")).to_be_visible()
        server.stop()
        server.start("serve")
    assert len(ADDRESS.findall(server.said())) == 1, "no later start says a code"


@pytest.mark.timeout(120)
def test_who_sets_up_can_answer_too(
    server: Server, browser: Browser, new_context: Callable[..., BrowserContext]
) -> None:
    """The choice "I answer myself" makes an expert's account beside the administrator's, and sits down at its desk."""
    page = new_context().new_page()
    page.goto(address_of(server))
    account(page)
    site(page, "https://shop.example")
    page.get_by_role("button", name="Go on without it").click()
    page.get_by_role("radio", name="I answer myself").check()
    expect(page.get_by_label("E-mail")).to_have_value("olga+desk@shop.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Create the expert").click()
    expect(page.get_by_text("Nothing has come from its pages yet")).to_be_visible()
    page.get_by_role("button", name="Sit down at the desk as Olga Berg").click()
    expect(page.get_by_role("button", name="Online", pressed=True)).to_be_visible()


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("width", "look"), [(1280, "light"), (390, "dark")])  # axe looks at both in each
def test_the_first_run_can_be_used_by_everybody(
    server: Server, browser: Browser, new_context: Callable[..., BrowserContext], look: str, width: int
) -> None:
    """Axe finds nothing in any step and any form of the site, in both languages; nothing is wider than the screen."""
    wrong: dict[str, list[str]] = {}
    page = new_context(color_scheme=look, viewport={"width": width, "height": 844}).new_page()
    pictures = Pictures(f"first-{look}-{width}")

    def take(name: str) -> None:
        page.wait_for_timeout(400)
        pictures.take(page, name)
        if found := faults(page):
            wrong[name] = found
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.setdefault(name, []).append("wider than the screen")

    page.goto(address_of(server))
    page.get_by_role("button", name="Create the administrator").click()
    take("account")
    account(page)
    expect(page.get_by_role("heading", name="Which site is it?")).to_be_visible()
    take("site")
    page.get_by_role("button", name="Create the site").click()
    take("site-wrong")
    site(page, "https://shop.example\nhttps://www.shop.example")
    expect(page.get_by_text("No event yet")).to_be_visible()
    page.get_by_text("nothing comes?").click()
    take("snippet")
    page.get_by_role("button", name="Go on without it").click()
    take("expert")
    page.get_by_label("Name").fill("Rose")
    page.get_by_label("E-mail").fill("rose@shop.example")
    page.get_by_role("button", name="Create the expert").click()
    expect(page.get_by_text("Rose can sign in.")).to_be_visible()
    take("handed-over")
    page.get_by_role("button", name="Go on").click()
    take("done")
    for tongue in ("en", "ru"):
        page.evaluate(f"localStorage['shopbell.language'] = '{tongue}'")
        for name in ("settings", "look", "products", "talk", "tokens"):
            page.goto(f"{server.url}/console/#/site/{name}")
            page.reload()
            page.wait_for_selector(".site-here section")
            if name == "products" and tongue == "en":  # what is written stays, in Russian too
                page.locator(".list-head .plain-button").click()
            if name == "settings" and width == 390:
                page.locator(".places-open").click()
            take(f"{name}-{tongue}")
    for step in ("site", "snippet", "expert", "done"):
        page.goto(f"{server.url}/console/#/start/{step}")
        page.wait_for_selector(".start-body")
        take(f"{step}-ru")
    assert wrong == {}, json.dumps(wrong, indent=1)
