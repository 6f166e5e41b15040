"""The live list: who is on which page now, in a real browser on both sides."""

import json
import sqlite3
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.people import Desk, Visitor
from tests.running import Server
from tracker.queries import LEASE

GONE_MS = 10_000


def row(desk: Desk, guest: Visitor) -> Locator:
    """The line of this visitor, by the mark that strangers have."""
    return desk.on_site.filter(has_text=mark(desk.server, guest))


def mark(server: Server, guest: Visitor) -> str:
    """The end of the visitor's id, which the desk shows instead of a name."""
    pages = [event["id"] for event in guest.stored if event["type"] == "page.viewed"]
    with sqlite3.connect(base(server)) as conn:
        found = conn.execute("SELECT visitor_id FROM page_view WHERE id = ?", (pages[0],)).fetchone()
    return str(found[0]).replace("-", "")[-4:]


def base(server: Server) -> Path:
    (found,) = server.data_dir.glob("*.sqlite3")
    return found


def arrive(guest: Visitor, path: str) -> None:
    guest.go(path)
    guest.until(lambda: [event for event in guest.stored if event["type"] == "page.viewed"], "a page view is stored")


def test_a_visitor_comes_turns_a_page_and_is_gone_with_the_tab(
    visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """The row appears with its page, follows to the next one, and goes within ten seconds of the tab."""
    clara = expert("clara", how="Sign in and stay away for now")
    guest = visitor()
    arrive(guest, "/kitchen")
    line = row(clara, guest)
    expect(line).to_have_count(1, timeout=3_000)
    expect(line).to_contain_text("Kitchen")
    expect(line).to_contain_text("direct")
    guest.walk("Preserving")
    expect(line).to_contain_text("Kitchen › Preserving", timeout=3_000)
    line.click()
    expect(clara.person).to_contain_text("Preserving")
    guest.page.close()
    left = time.monotonic()
    expect(line).to_contain_text("left", timeout=4_000)
    expect(line).to_have_count(0, timeout=GONE_MS)
    assert time.monotonic() - left < GONE_MS / 1000


def test_who_vanishes_is_gone_after_the_lease(
    demo: Server, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """The line is cut and the browser ends: the server is never told, and the list holds them for one lease, no more.

    The clock is moved, not waited for: the visit is made to have been heard of almost a lease ago.
    """
    clara = expert("clara", how="Sign in and stay away for now")
    guest = visitor()
    arrive(guest, "/kitchen")
    line = row(clara, guest)
    expect(line).to_have_count(1, timeout=3_000)
    guest.context.set_offline(True)
    guest.page.close()
    clara.page.wait_for_timeout(2_000)
    expect(line).to_have_count(1)
    with sqlite3.connect(base(demo), timeout=10) as conn:
        conn.execute(
            "UPDATE visit SET heard_at = ? WHERE id = (SELECT visit_id FROM page_view WHERE id = ?)",
            (int(time.time() * 1000) - LEASE + 3_000, guest.stored[0]["id"]),
        )
    clara.page.wait_for_timeout(1_500)
    expect(line).to_have_count(1)
    expect(line).to_have_count(0, timeout=4_000)


def crowd(server: Server, guest: Visitor, number: int) -> None:
    """As many more as `guest`, each on a shelf of their own."""
    with sqlite3.connect(base(server), timeout=10) as conn:
        conn.row_factory = sqlite3.Row
        seen = "SELECT visit_id FROM page_view WHERE id = ?"
        visit = dict(conn.execute(f"SELECT * FROM visit WHERE id = ({seen})", (guest.stored[0]["id"],)).fetchone())
        who = dict(conn.execute("SELECT * FROM visitor WHERE id = ?", (visit["visitor_id"],)).fetchone())
        for table, rows in (
            ("visitor", [{**who, "id": f"crowd-{n}", "key_hash": f"crowd-{n}"} for n in range(number)]),
            ("visit", [{**visit, "id": str(uuid.uuid4()), "visitor_id": f"crowd-{n}", "left_at": None,
                        "path": json.dumps(["Crowd", f"Shelf {n}"]), "heard_at": int(time.time() * 1000)}
                       for n in range(number)]),
        ):  # fmt: skip
            columns = ", ".join(rows[0])
            conn.executemany(f"INSERT INTO {table} ({columns}) VALUES ({', '.join(f':{c}' for c in rows[0])})", rows)


@pytest.mark.timeout(90)
def test_five_thousand_rows_are_scrolled_as_fifty_are(
    demo: Server, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """Few of them stand in the page, one is found by its place, and no frame takes half a second."""
    guest = visitor()
    arrive(guest, "/kitchen")
    crowd(demo, guest, 5_000)
    clara = expert("clara", how="Sign in and stay away for now")
    expect(clara.page.get_by_role("heading", name="On the site now")).to_contain_text("5,00", timeout=20_000)
    assert clara.on_site.count() < 60
    longest = clara.page.evaluate(
        """() => new Promise((done) => {
          let longest = 0, last = performance.now();
          const list = document.querySelector('.column-list');
          const step = (left) => requestAnimationFrame((now) => {
            longest = Math.max(longest, now - last);
            last = now;
            list.scrollTop += 400;
            left ? step(left - 1) : done(longest);
          });
          step(40);
        })"""
    )
    print(f"longest frame while 5,000 rows are scrolled: {longest:.0f} ms")
    assert longest < 500
    clara.page.get_by_label("Find by name or place").fill("Shelf 4999")
    expect(clara.on_site).to_have_count(1)
