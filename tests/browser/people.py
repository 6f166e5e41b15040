"""The people of the browser tests: what a visitor and an expert see and touch, found as a person finds it."""

import json
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, FrameLocator, Locator, Page, Request, Response, expect

from tests.running import PASSWORD, ROOT, Server

OUTPUT = ROOT / "test-output"
#: A page four levels down in Anna's branch, by the names a person clicks from the home page.
WAY = ("Garden", "Irrigation", "Drip systems", "Balcony drip kit, 6 pots")
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"


class Pictures:
    """Numbered screenshots of one test, kept in `test-output/NAME/`."""

    def __init__(self, name: str) -> None:
        self.folder = OUTPUT / name
        self.folder.mkdir(parents=True, exist_ok=True)
        for old in self.folder.glob("*.png"):
            old.unlink()
        self._number = 0

    def take(self, page: Page, name: str) -> None:
        self._number += 1
        page.screenshot(path=self.folder / f"{self._number:02}-{name}.png")


# Visitors ------------------------------------------------------------------------------------------------------------


def events_of(request: Request) -> list[dict[str, Any]]:
    """The events in a body that the snippet sends; [] for any other request."""
    if not request.url.endswith("/collect") or request.method != "POST":
        return []
    return list(json.loads(request.post_data or "{}").get("events", []))


class Visitor:
    """One browser in the shop. `sent` and `stored`: all events on their way, and those the server has answered."""

    def __init__(self, context: BrowserContext, shop: str) -> None:
        self.context, self.shop = context, shop
        self.sent: list[dict[str, Any]] = []
        self.stored: list[dict[str, Any]] = []
        self.answered: list[tuple[Response, float]] = []
        self.complaints: list[str] = []
        context.on("request", lambda request: self.sent.extend(events_of(request)))
        context.on("response", self._answered)
        self.page = self._new_page()

    def _new_page(self) -> Page:
        page = self.context.new_page()
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        return page

    def _answered(self, response: Response) -> None:
        if events_of(response.request) and response.ok:
            self.stored.extend(events_of(response.request))
            self.answered.append((response, time.monotonic()))

    def go(self, path: str = "/") -> None:
        self.page.bring_to_front()
        self.page.goto(self.shop + path)

    def walk(self, *names: str) -> None:
        """Click through the shop like a person: each name is a link of the page before."""
        for name in names:
            link = self.page.get_by_role("main").get_by_role("link", name=re.compile(rf"^{re.escape(name)}"))
            with self.page.expect_navigation():
                link.first.click()

    def views(self, path: list[str] | None = None) -> list[dict[str, Any]]:
        """The page views that left this browser (each once, however often it was sent), of one path if given."""
        once = {event["id"]: event for event in self.sent if event["type"] == "page.viewed"}
        return [view for view in once.values() if path is None or view["path"] == path]

    def until(self, true: Callable[[], Any], what: str, seconds: float = 10) -> Any:
        """Wait for something about this browser; its answer."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = true()
            if found:
                return found
            self.page.wait_for_timeout(20)
        raise AssertionError(f"{what}: not within {seconds} s; sent {self.sent}")

    def linger(self, dwell_ms: int) -> float:
        """Stay on this page until the server has answered a beat of at least `dwell_ms`; when it answered."""

        def beat() -> float | None:
            for response, at in self.answered:
                for event in events_of(response.request):
                    if event["type"] == "page.stayed" and event["dwell"] >= dwell_ms:
                        return at
            return None

        return float(self.until(beat, f"a beat of {dwell_ms} ms", dwell_ms / 1000 + 6))

    # The bell on the page, and the frame behind it.

    @property
    def bell(self) -> Locator:
        return self.page.get_by_role("button", name=re.compile(r"^Chat( \(\d+\))?$"))

    @property
    def box(self) -> Locator:
        """The frame's element on the page."""
        return self.page.locator('iframe[title="Chat"]')

    @property
    def frame(self) -> FrameLocator:
        return self.page.frame_locator('iframe[title="Chat"]')

    def bubble(self, name: re.Pattern[str] | str) -> Locator:
        return self.frame.get_by_role("region", name=name)

    @property
    def log(self) -> Locator:
        return self.frame.get_by_role("log", name="Messages")

    def says(self, text: str) -> None:
        self.frame.get_by_role("textbox", name="Write a message").fill(text)
        self.frame.get_by_role("button", name="Send").click()

    def fill_order(self, form: Locator, name: str, email: str) -> None:
        form.get_by_label("Name", exact=True).fill(name)
        form.get_by_label("E-mail").fill(email)
        form.get_by_label("Phone").fill("+49 30 901820")
        form.get_by_role("button", name="Place the order").click()


# Experts -------------------------------------------------------------------------------------------------------------


class Desk:
    """One expert's console."""

    def __init__(self, context: BrowserContext, server: Server, name: str) -> None:
        self.context, self.server, self.name = context, server, name
        self.page = context.new_page()

    def sign_in(self, how: str = "Sign in and go online", password: str = PASSWORD) -> "Desk":
        self.page.goto(f"{self.server.other}/console/")
        self.page.get_by_label("E-mail").fill(f"{self.name}@demo.example")
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name=how).click()
        expect(self.page.get_by_role("heading", name="Desk" if self.name in EXPERTS else "Reports")).to_be_attached()
        if self.name in EXPERTS and how.endswith("online"):
            expect(self.page.get_by_role("button", name="Online", exact=True)).to_have_attribute("aria-pressed", "true")
        return self

    @property
    def bells(self) -> Locator:
        return self.page.get_by_role("article", name=re.compile("^Bell: "))

    @property
    def quiet(self) -> Locator:
        """What an undisturbed desk says."""
        return self.page.get_by_text("Nobody needs you right now.")

    @property
    def talks(self) -> Locator:
        return self.page.get_by_role("list", name="My conversations").get_by_role("button")

    @property
    def on_site(self) -> Locator:
        return self.page.get_by_role("list", name="On the site now").get_by_role("button")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name=re.compile("^Messages with "))

    @property
    def person(self) -> Locator:
        return self.page.get_by_role("complementary", name="Person")

    def says(self, text: str) -> None:
        self.page.get_by_role("textbox", name="Your message").fill(text)
        self.page.get_by_role("button", name="Send", exact=True).click()

    def shows_information(self, title: str, url: str, text: str) -> None:
        self._card("Information")
        self.page.get_by_label("Title").fill(title)
        self.page.get_by_label("Address of a page").fill(url)
        self.page.get_by_label("Or a few words").fill(text)
        self.page.get_by_role("button", name="Show", exact=True).click()

    def offers(self, product: str, price: str) -> None:
        self._card("Offer")
        self._pick("radio", product)
        self.page.get_by_label(re.compile(r"^Price \(usually")).fill(price)
        self.page.get_by_role("button", name="Make the offer").click()

    def shows_order_form(self, *products: str) -> None:
        self._card("Order form")
        for product in products:
            self._pick("checkbox", product)
        self.page.get_by_role("button", name="Show the order form").click()

    def _card(self, name: str) -> None:
        group = self.page.get_by_role("group", name="Show the visitor")
        group.get_by_role("button", name=name).click()

    def _pick(self, role: Any, product: str) -> None:
        self.page.get_by_role("searchbox", name="Find a product").fill(product)
        self.page.get_by_role(role, name=re.compile(re.escape(product))).first.check()


EXPERTS = ("admin", "anna", "boris", "clara", "dmitri")


def quick(since: float, seconds: float = 1.0) -> float:
    """The ms for an assertion that has to come true within `seconds` of the moment `since` (monotonic). Its test is
    `calm`."""
    return max(1.0, (seconds - (time.monotonic() - since)) * 1000)


def write_report(folder: Path, name: str, value: object) -> None:
    """Keep what was measured beside the pictures."""
    (folder / f"{name}.json").write_text(json.dumps(value, indent=1, ensure_ascii=False))
