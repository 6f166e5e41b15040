"""What only a real browser shows of the snippet: how pages come and go, what they keep, and when they may speak.

A shop of bare pages and a bell server that writes down what it is told, each on a port of loopback: two origins.
"""

import contextlib
import functools
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from service.static import integrity, snippet, version
from tests.browser.conftest import chromium
from tests.servers import free_port

#: Playwright switches it off, because pages that come back confuse it; people's browsers have it.
WITH_BACK_FORWARD_CACHE = {"--disable-back-forward-cache": "--enable-features=BackForwardCache"}
JS = "text/javascript"
STORED = "({...localStorage, ...sessionStorage})"
WAITING = "Object.keys(localStorage).filter((name) => name.startsWith('shopbell.event.'))"
NO_NAVIGATION_API = "delete window.navigation"
GPC = "Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {get: () => true})"


@dataclass
class Place:
    """Shop and bell. `tag`: the attributes of the script tag, or a whole tag; `policy`: the shop's; `answer`: status
    and body of every collect, which comes after `slow` seconds."""

    shop: str = ""
    bell: str = ""
    tag: str = ""
    head: str = ""
    policy: str = ""
    answer: tuple[int, str] = (204, "")
    slow: float = 0
    told: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def html(self) -> str:
        script = self.tag
        if not script.startswith("<"):
            script = f'<script async src="{self.bell}/shopbell.js" data-site="demo" {self.tag}></script>'
        return (
            f"<!doctype html><html lang=en><head><title>Shop</title>{self.head}{script}</head>"
            '<body style="height:3000px"><a href="/second">Second</a><a href="#below">Below</a></body></html>'
        )

    def events(self, kind: str = "", page: str = "") -> list[dict[str, Any]]:
        """Every event that came, however often, of one type and of one path in the shop if given."""
        came = [event for body in list(self.told) for event in body.get("events", [])]
        return [
            event
            for event in came
            if (not kind or event["type"] == kind) and (not page or urlsplit(event.get("url", "")).path == page)
        ]

    def at_the_bell(self) -> list[str]:
        """The paths that the bell server was asked for."""
        return [path for path, headers in list(self.asked) if headers["Host"] == urlsplit(self.bell).netloc]

    def until(self, true: Callable[[], Any], what: str, seconds: float = 8) -> Any:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if found := true():
                return found
            time.sleep(0.03)
        raise AssertionError(f"{what}: not within {seconds} s; told {self.told}, asked {self.asked}")


def serve(place: Place, port: int, *, bell: bool) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            place.asked.append((self.path, dict(self.headers)))
            if not bell:
                self.say(200, place.html(), "text/html")
            elif self.path.startswith("/shopbell"):
                self.say(200, (snippet() or b"").decode(), JS)
            elif self.path == "/host.js":
                self.say(200, "export const tell = open => { document.documentElement.dataset.chat = !!open }", JS)
            else:
                self.say(404, "")

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            place.asked.append((self.path, dict(self.headers)))
            if self.path == "/collect":
                place.told.append({**json.loads(body), "status": place.answer[0]})
                time.sleep(place.slow)
                self.say(*place.answer, "application/json")
            else:
                time.sleep(0 if self.path == "/visitor/forget" else 2)
                self.say(204, "")

        def say(self, status: int, body: str, kind: str = "text/plain") -> None:
            self.send_response(status)
            self.send_header("content-type", f"{kind}; charset=utf-8")
            self.send_header("content-length", str(len(body.encode())))
            self.send_header("access-control-allow-origin", "*")
            if place.policy and not bell:
                self.send_header("content-security-policy", place.policy)
            self.end_headers()
            with contextlib.suppress(OSError):
                self.wfile.write(body.encode())

        def log_message(self, *words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


@pytest.fixture
def place() -> Iterator[Place]:
    shop, bell = free_port(), free_port()
    made = Place(shop=f"http://localhost:{shop}", bell=f"http://127.0.0.1:{bell}")
    servers = [serve(made, shop, bell=False), serve(made, bell, bell=True)]
    yield made
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(WITH_BACK_FORWARD_CACHE) as started:
        yield started


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    made = browser.new_context()
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    thrown: list[str] = []
    made = context.new_page()
    made.on("pageerror", lambda error: thrown.append(str(error)))
    yield made
    assert thrown == []


# How pages come and go ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("engaged", [False, True])
def test_a_page_that_comes_back_whole_is_a_view(place: Place, page: Page, engaged: bool) -> None:
    """Done: a link is followed, then Back. Expected: the first page comes from the back-forward cache, and counts."""
    place.answer = (200, '{"engage": true}') if engaged else (204, "")
    page.goto(f"{place.shop}/first")
    place.until(lambda: place.events("page.viewed", "/first"), "the first view")
    page.evaluate("window.same = true")
    page.wait_for_timeout(700)
    page.get_by_role("link", name="Second").click()
    place.until(lambda: place.events("page.viewed", "/second"), "the second view")
    page.evaluate("setTimeout(() => history.back())")
    place.until(lambda: len(place.events("page.viewed", "/first")) == 2, "the view on return")
    views = place.events()
    assert page.evaluate("window.same"), "it was loaded anew: the snippet kept it out of the cache"
    ids = [view["id"] for view in views if view["type"] == "page.viewed"]
    assert len(set(ids)) == 3
    left = [event["page"] for event in views if event["type"] == "page.left"]
    assert set(left) == set(ids[:2])


def test_a_prepared_page_counts_when_it_is_shown(place: Place, page: Page) -> None:
    """Done: the browser prepares the next page, then the link is followed. Never: a view of what nobody saw."""
    rules = '{"prerender": [{"urls": ["/second"], "eagerness": "immediate"}]}'
    place.head = f'<script type="speculationrules">{rules}</script>'
    page.goto(f"{place.shop}/first")
    place.until(lambda: place.events("page.viewed", "/first"), "the first view")
    page.wait_for_timeout(1_500)
    prepared = [headers for path, headers in place.asked if path == "/second"]
    assert place.events("page.viewed", "/second") == []
    page.get_by_role("link", name="Second").click()
    place.until(lambda: place.events("page.viewed", "/second"), "the view when it was shown")
    page.wait_for_timeout(500)
    assert len({view["id"] for view in place.events("page.viewed", "/second")}) == 1
    assert prepared, "this Chromium prepares no pages: nothing was shown here"
    assert "prerender" in prepared[0].get("Sec-Purpose", "")


@pytest.mark.parametrize("script", ["", NO_NAVIGATION_API], ids=["navigation", "history"])
def test_a_single_page_application(place: Place, page: Page, script: str) -> None:
    """Done: two steps, one of them named late, back, an anchor, the same place again. Expected: four views."""
    if script:
        page.add_init_script(script)
    page.goto(f"{place.shop}/first")
    place.until(lambda: place.events("page.viewed"), "the first view")
    assert page.evaluate("'navigation' in window") is not bool(script)
    page.evaluate(
        "history.pushState(0, '', '/step'); scrollTo(0, 2000); setTimeout(() => document.title = 'Step', 100)"
    )
    place.until(lambda: place.events("page.viewed", "/step"), "the step")
    page.evaluate("history.replaceState(0, '', '/other')")
    place.until(lambda: place.events("page.viewed", "/other"), "the replaced")
    page.evaluate("history.replaceState({same: 1}, '', '/other')")
    page.evaluate("history.back()")
    place.until(lambda: len(place.events("page.viewed", "/first")) == 2, "the way back")
    page.get_by_role("link", name="Below").click()
    page.wait_for_timeout(600)
    views = place.events("page.viewed")
    assert [urlsplit(view["url"]).path for view in views] == ["/first", "/step", "/other", "/first"]
    assert [view["title"] for view in views][1] == "Step"
    assert [urlsplit(view["referrer"]).path for view in views] == ["", "/first", "/step", "/other"]
    assert [left["page"] for left in place.events("page.left")] == [view["id"] for view in views[:3]]


@pytest.mark.parametrize("script", ["", NO_NAVIGATION_API], ids=["navigation", "history"])
@pytest.mark.parametrize(("tag", "expected"), [("", ["", "#/b"]), ("data-hash", ["", "#a", "#/b"])])
def test_routes_behind_the_hash(place: Place, page: Page, script: str, tag: str, expected: list[str]) -> None:
    """Expected: a route is a page; an anchor is one only where the site says so."""
    place.tag = tag
    if script:
        page.add_init_script(script)
    page.goto(f"{place.shop}/first")
    place.until(lambda: place.events("page.viewed"), "the first view")
    for to in ("a", "/b", "/b"):
        page.evaluate(f"location.hash = '{to}'")
        page.wait_for_timeout(450)
    fragments = [urlsplit(view["url"]).fragment for view in place.events("page.viewed")]
    assert [f"#{one}" if one else "" for one in fragments] == expected


def test_the_end_of_a_visit_is_told(place: Place, context: BrowserContext, page: Page) -> None:
    """Done: a page is read to its middle and its tab is closed. Expected: the end comes, with time and depth."""
    page.goto(f"{place.shop}/first")
    (view,) = place.until(lambda: place.events("page.viewed"), "the view")
    page.evaluate("scrollTo(0, 900)")
    page.wait_for_timeout(2_200)
    page.close(run_before_unload=True)
    (left,) = place.until(lambda: place.events("page.left"), "its end")
    assert left["page"] == view["id"]
    assert 2_000 <= left["dwell"] < 8_000
    assert 40 <= left["scroll"] <= 65


def test_time_that_is_not_looked_at_is_not_counted(place: Place, page: Page) -> None:
    """Done: the page is hidden for three seconds. Expected: it is left then, and there again without that time."""
    page.goto(f"{place.shop}/first")
    place.until(lambda: place.events("page.viewed"), "the view")
    for hidden in ("true", "false"):
        page.evaluate(
            f"Object.defineProperty(document, 'hidden', {{get: () => {hidden}, configurable: true}});"
            "document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))"
        )
        page.wait_for_timeout(3_000 if hidden == "true" else 100)
    (left,) = place.until(lambda: place.events("page.left"), "its end")
    stayed = place.until(lambda: place.events("page.stayed"), "its return")[0]
    assert stayed["dwell"] - left["dwell"] < 500


@pytest.mark.parametrize(
    "policy",
    [
        "",
        "script-src BELL; connect-src BELL",
        "script-src 'nonce-N'; connect-src BELL; require-trusted-types-for 'script'; trusted-types 'none'",
        "script-src 'nonce-N' 'strict-dynamic'; connect-src BELL",
    ],
)
def test_the_chat_is_loaded_when_somebody_asks(place: Place, page: Page, policy: str) -> None:
    """Under the policies of docs/snippet.md, too. Never: before a person presses the bell."""
    place.policy, place.tag = policy.replace("BELL", place.bell), 'nonce="N"'
    page.goto(f"{place.shop}/first")
    page.get_by_role("button", name="Chat").wait_for()
    assert "/host.js" not in place.at_the_bell()
    page.get_by_role("button", name="Chat").click()
    page.wait_for_selector("html[data-chat=true]")


# Many tabs, one visitor -----------------------------------------------------------------------------------------------


def test_many_tabs_are_one_visitor_and_one_of_them_sends(place: Place, context: BrowserContext) -> None:
    """Done: four tabs tell much while the server is away, then it is back. Expected: all of it, from few requests."""
    tabs = [context.new_page() for _ in range(4)]
    for number, tab in enumerate(tabs):
        tab.goto(f"{place.shop}/tab-{number}")
    place.until(lambda: len({view["id"] for view in place.events("page.viewed")}) == 4, "four views")
    place.answer = (503, "")
    tabs[0].wait_for_timeout(300)
    before = len(place.told)
    for tab in tabs:
        tab.evaluate("for (let i = 0; i < 5; i++) shopbell('track', 'seen', {i})")
    tabs[0].wait_for_timeout(3_000)
    assert len(place.told) - before <= 8, "each tab tries for itself"
    place.answer = (204, "")

    def stored() -> set[str]:
        taken = [event for body in list(place.told) if body["status"] == 204 for event in body["events"]]
        return {event["id"] for event in taken if event["type"] == "custom"}

    place.until(lambda: len(stored()) == 20, "all that was told", 30)
    assert len({body["visitor"] for body in place.told}) == 1
    # What a tab says meanwhile of its own, that somebody is there, waits its moment, too.
    place.until(lambda: tabs[0].evaluate(WAITING) == [], "nothing waits any more")


def test_tabs_that_come_at_once_lose_nothing(place: Place, context: BrowserContext) -> None:
    """Done: six tabs open without waiting for one another, each tells five things at once; answers are slow.

    Expected: every view and every thing told, each from its tab. Tabs are processes: what one has written, another
    sees a little later, and none may write over it.
    """
    place.slow = 0.2
    place.head = (
        "<script>(window.shopbell = (...call) => shopbell.q.push(call)).q = [];"
        "for (let i = 0; i < 5; i++) shopbell('track', 'seen', {tab: location.pathname, i})</script>"
    )
    tabs = [context.new_page() for _ in range(6)]
    for number, tab in enumerate(tabs):
        tab.evaluate(f"setTimeout(() => location.href = '{place.shop}/tab-{number}')")
    expected = {(f"/tab-{number}", i) for number in range(6) for i in range(5)}

    def told() -> dict[str, tuple[str, int]]:
        return {event["id"]: (event["props"]["tab"], event["props"]["i"]) for event in place.events("custom")}

    def views() -> dict[str, str]:
        return {event["id"]: urlsplit(event["url"]).path for event in place.events("page.viewed")}

    place.until(lambda: len(told()) >= 30 and len(views()) >= 6, "all that was told", 15)
    place.until(lambda: tabs[0].evaluate(WAITING) == [], "all is forgotten")
    assert sorted(told().values()) == sorted(expected)
    assert sorted(views().values()) == [f"/tab-{number}" for number in range(6)]
    stayed = {event["page"] for event in place.events("page.stayed")} | {e["page"] for e in place.events("page.left")}
    assert stayed <= set(views()), "time is told of a view that never came"
    # Whoever sends takes them in the order in which they happened.
    for body in place.told:
        ages = [event["age"] for event in body["events"]]
        assert ages == sorted(ages, reverse=True)


# What the visitor lets us do ------------------------------------------------------------------------------------------


def test_consent_comes_first(place: Place, context: BrowserContext, page: Page) -> None:
    """Done: a site that waits; yes; the next page; no; the next page. Expected: nothing before, nothing after."""
    place.tag = 'data-consent="wait"'

    def nothing() -> None:
        page.wait_for_timeout(1_000)
        assert page.evaluate(STORED) == {}
        assert context.cookies() == []
        assert page.get_by_role("button").count() == 0
        assert page.evaluate("indexedDB.databases()") == []

    page.goto(f"{place.shop}/first")
    nothing()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
    page.goto(f"{place.shop}/first")
    nothing()
    assert set(place.at_the_bell()) == {"/shopbell.js"}

    page.evaluate("shopbell('consent', 'granted')")
    place.until(lambda: len(place.events("page.viewed")) == 1, "the current page, once")
    page.get_by_role("button").wait_for()
    page.goto(f"{place.shop}/second")
    place.until(lambda: place.events("page.viewed", "/second"), "the answer is remembered")
    assert len({body["visitor"] for body in place.told}) == 1

    page.evaluate("shopbell('consent', 'denied')")
    page.wait_for_timeout(200)
    asked = place.at_the_bell()
    nothing()
    page.evaluate("shopbell('track', 'late')")
    page.evaluate("history.pushState(0, '', '/third')")
    nothing()
    assert place.at_the_bell() == asked
    page.goto(f"{place.shop}/fourth")
    nothing()
    assert place.events("page.viewed", "/fourth") == []


def test_the_browsers_word_is_a_no_until_the_visitor_says_yes(place: Place, page: Page) -> None:
    """Global Privacy Control: what an earlier visit left is removed; an explicit yes on this site stands above it."""
    page.goto(f"{place.shop}/first")
    place.until(lambda: place.events("page.viewed"), "without it")
    page.add_init_script(GPC)
    page.goto(f"{place.shop}/second")
    page.wait_for_timeout(1_000)
    assert page.evaluate(STORED) == {}
    assert place.events("page.viewed", "/second") == []
    page.evaluate("shopbell('consent', 'granted')")
    place.until(lambda: place.events("page.viewed", "/second"), "after an explicit yes")


def test_a_cookieless_visit_ends_with_its_tab(place: Place, context: BrowserContext, page: Page) -> None:
    """Expected: one visitor on two pages of a tab, another one in the next tab, and nothing that outlives them."""
    place.tag = "data-cookieless"
    for path in ("/first", "/second"):
        page.goto(f"{place.shop}{path}")
        place.until(functools.partial(place.events, "page.viewed", path), path)
    assert len({body["visitor"] for body in place.told}) == 1
    assert page.evaluate("localStorage.length") == 0
    other = context.new_page()
    other.goto(f"{place.shop}/third")
    place.until(lambda: place.events("page.viewed", "/third"), "another tab")
    assert len({body["visitor"] for body in place.told}) == 2
    assert other.evaluate("localStorage.length") == 0
    assert context.cookies() == []


def test_the_pinned_tag_gives_these_bytes_or_none(place: Place, page: Page) -> None:
    """Subresource integrity: the hash that we print lets our bytes in; any other bytes are refused by the browser."""
    body = snippet()
    assert body is not None
    for path, value in (("/first", integrity(body)), ("/second", integrity(body + b" "))):
        place.tag = (
            f'<script async src="{place.bell}/{version(body)}" integrity="{value}" crossorigin="anonymous" '
            'data-site="demo"></script>'
        )
        page.goto(f"{place.shop}{path}")
        page.wait_for_timeout(1_200)
    assert len(place.events("page.viewed", "/first")) == 1
    assert place.events("page.viewed", "/second") == []
