"""The snippet on real pages: what is counted, what is told, and what must never be noticed by the page it stands on."""

import gzip
import itertools
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.people import WAY, Visitor
from tests.conftest import in_own_loop
from tests.running import ROOT, Server, people_of

SHELF = "/garden/irrigation/drip-systems"


@pytest.fixture
def own_demo(tmp_path: Path) -> Iterator[Server]:
    """A demo of this test alone, which it may stop."""
    server = Server(tmp_path).start()
    yield server
    server.stop()


def figures(server: Server) -> dict[str, int]:
    """What the server has counted so far."""

    async def ask() -> dict[str, int]:
        async with people_of(server) as crew:
            return dict(await crew.api("marketer", "/api/reports/overview?site=demo"))

    return dict(in_own_loop(ask()))


def ids(guest: Visitor, kind: str) -> list[str]:
    return [event["id"] for event in guest.stored if event["type"] == kind]


def test_a_page_is_counted_once_and_at_its_place(visitor: Callable[..., Visitor], demo: Server) -> None:
    """Done: a shelf with JSON-LD is opened. Expected: one view, the path of its breadcrumbs. Never: a second view."""
    before = figures(demo)
    guest = visitor()
    guest.go(SHELF)
    guest.until(lambda: guest.stored, "the view is stored")
    guest.page.wait_for_timeout(1_500)
    (view,) = guest.views()
    assert view["path"] == list(WAY[:3])
    assert view["source"] == "breadcrumb"
    assert view["title"].startswith("Drip systems")
    assert view["url"] == f"{demo.url}{SHELF}"
    after = figures(demo)
    assert after["page_views"] == before["page_views"] + 1
    assert after["visits"] == before["visits"] + 1
    # Cookies stay at home, and the page keeps nothing but our two names.
    assert guest.context.cookies() == []
    assert all(name.startswith("shopbell.") for name in guest.page.evaluate("Object.keys(localStorage)"))
    assert guest.complaints == []


def test_a_page_without_breadcrumbs_is_placed_by_its_address(visitor: Callable[..., Visitor]) -> None:
    """Canonical address where there is one, the address itself where there is none."""
    guest = visitor()
    guest.go("/guides/clean-fire")
    guest.until(lambda: guest.views(["guides", "clean-fire"]), "the guide")
    guest.go("/search?q=oak")
    guest.until(lambda: guest.views(["search"]), "the search")
    sources = {tuple(view["path"]): view["source"] for view in guest.views()}
    assert sources == {("guides", "clean-fire"): "canonical", ("search",): "url"}
    assert len(guest.views()) == 2


def test_steps_of_a_single_page_application_are_pages(visitor: Callable[..., Visitor], demo: Server) -> None:
    """Done: three answers in the planner, then back. Expected: five views, each told who led to it. Never: twice."""
    guest = visitor()
    guest.go("/planner")
    for step in range(3):
        guest.page.get_by_role("main").locator("a.answer").nth(step).click()
        guest.page.wait_for_timeout(400)
    guest.page.go_back()
    guest.until(lambda: len(guest.views()) >= 5, "five views")
    guest.page.wait_for_timeout(500)
    views = guest.views()
    assert len(views) == 5
    for before, after in itertools.pairwise(views):
        assert after["referrer"] == before["url"]
    # An anchor is no page; changing the address in place to the same page is none either.
    guest.page.evaluate("location.hash = 'here'; history.replaceState({a: 1}, '', location.href)")
    guest.page.wait_for_timeout(400)
    assert len(guest.views()) == 5
    assert len(set(ids(guest, "page.viewed"))) == 5
    assert views[-1]["path"][0] == "planner"
    assert len(views[3]["path"]) == 4
    assert guest.complaints == []


def test_leaving_is_told(visitor: Callable[..., Visitor], demo: Server) -> None:
    """Done: the page is left for another, then the tab is closed. Expected: each view's end, with what was seen."""
    guest = visitor()
    guest.go(SHELF)
    guest.until(lambda: guest.stored, "the view is stored")
    (first,) = guest.views()
    guest.page.wait_for_timeout(300)
    guest.walk(WAY[3])
    left = guest.until(lambda: [one for one in guest.sent if one["type"] == "page.left"], "the end of the shelf")[0]
    assert left["page"] == first["id"]
    assert 200 < left["dwell"] < 20_000
    assert 0 < left["scroll"] <= 100
    guest.until(lambda: len(guest.views()) == 2, "the product")
    guest.page.close(run_before_unload=True)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and figures_left(demo, guest) < 1:
        time.sleep(0.1)
    assert figures_left(demo, guest) == 1, "the visitor left and the desk does not know"


def figures_left(server: Server, guest: Visitor) -> int:
    """How many of the visits at the last page of `guest` the desk shows as left."""

    async def ask() -> int:
        async with people_of(server) as crew:
            live = (await crew.api("anna", "/api/visits?live=true"))["items"]
            return sum(1 for one in live if one["left"] and one["path"] == list(WAY))

    return int(in_own_loop(ask()))


def test_when_the_bell_is_down_the_shop_is_not(visitor: Callable[..., Visitor], demo: Server) -> None:
    """Done: the bell server cannot be reached for three pages, then it can. Expected: everything arrives, once.

    Never: an error on the page, a page that waits, a view lost or doubled.
    """
    before = figures(demo)
    guest = visitor()
    down = True
    guest.context.route(
        lambda url: url.startswith(demo.other) and "/shopbell.js" not in url,
        lambda route: route.abort("connectionrefused") if down else route.continue_(),
    )
    guest.go("/garden")
    started = time.monotonic()
    guest.walk("Irrigation", "Drip systems")
    expect(guest.page.get_by_role("heading", level=1, name="Drip systems")).to_be_visible()
    assert time.monotonic() - started < 5, "the page waited for the bell"
    guest.until(lambda: len(guest.views()) == 3, "three views tried")
    assert guest.stored == []
    assert guest.complaints == []
    down = False
    guest.until(lambda: len(set(ids(guest, "page.viewed"))) == 3, "three views stored", 20)
    guest.page.wait_for_timeout(500)
    after = figures(demo)
    assert after["page_views"] == before["page_views"] + 3
    assert after["visits"] == before["visits"] + 1
    assert guest.page.evaluate("Object.keys(localStorage).filter((name) => name.startsWith('shopbell.event.'))") == []
    assert guest.complaints == []


@pytest.mark.timeout(90)
def test_a_killed_server_loses_nothing_that_was_seen(own_demo: Server, visitor: Callable[..., Visitor]) -> None:
    """Done: `kill -9` while a visitor walks through a single-page application. Expected: every step is there, once."""
    guest = visitor()
    guest.shop = own_demo.url
    guest.go("/planner")
    guest.until(lambda: len(ids(guest, "page.viewed")) == 1, "the first view is stored")
    own_demo.kill()
    for step in range(2):
        guest.page.get_by_role("main").locator("a.answer").nth(step).click()
        guest.page.wait_for_timeout(300)
    expect(guest.page.get_by_role("main")).to_be_visible()
    assert len(guest.views()) >= 2
    own_demo.start()
    guest.until(lambda: len(set(ids(guest, "page.viewed"))) == 3, "all three views stored", 30)
    assert figures(own_demo)["page_views"] == 3
    assert guest.complaints == []


def test_the_snippet_is_small() -> None:
    """At most 3 KB on the wire (design 7)."""
    body = (ROOT / "service" / "assets" / "shopbell.js").read_bytes()
    assert len(gzip.compress(body, 9)) <= 3 * 1024
