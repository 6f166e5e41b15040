"""What a trigger does by itself, as a visitor sees it: a card in the shop's name, an invitation of who is there.

Nothing is pushed by hand: the beats are the snippet's, the rest the server's.
"""

import re
import sqlite3
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect
from sqlalchemy import create_engine, select

from access.tables import site
from contract.clock import now_ms
from contract.names import Action
from contract.triggers import Content, InBranch, Rule, When
from routing.firings import add_trigger
from service.journey import TRIGGERS_KEPT
from tests.browser.people import Desk, Visitor, quick
from tests.running import Server

HELLO = "May I help you choose?"
NOTE = Content(title="Sharp knives", text="How to sharpen one at home.")


@pytest.fixture(scope="module")
def shop(demo: Server) -> str:
    """The demo invites into the garden and shows a note in the kitchen, after five seconds. Returns its name."""
    engine = create_engine(f"sqlite:///{base(demo)}")
    with engine.begin() as conn:
        found = conn.execute(select(site.c.id, site.c.name).where(site.c.key == "demo")).one()
        wanted: tuple[tuple[str, Action, Content], ...] = (
            ("Garden", "invite", Content(text=HELLO)),
            ("Kitchen", "information", NOTE),
        )
        for where, action, content in wanted:
            when = When(all=(InBranch(below=(where,), dwell=5),))
            add_trigger(
                conn, found.id, f"in the {where}", Rule(conditions=when, action=action, content=content), now_ms()
            )
    engine.dispose()
    time.sleep(TRIGGERS_KEPT)
    return str(found.name)


def base(server: Server) -> Path:
    (found,) = server.data_dir.glob("*.sqlite3")
    return found


def stays(guest: Visitor) -> float:
    """Five seconds on the page that is there now; when the server answered."""
    guest.answered.clear()
    return guest.linger(5_000)


@pytest.mark.calm
@pytest.mark.timeout(90)
def test_a_card_comes_by_itself_and_in_an_empty_room_nobody_invites(
    shop: str, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """All desks are empty: the garden stays silent; the kitchen's note comes in the shop's name, until put away."""
    guest = visitor()
    guest.go("/garden")
    stays(guest)
    guest.page.wait_for_timeout(1_500)
    expect(guest.box).to_have_count(0)
    guest.go("/kitchen")
    read = stays(guest)
    card = guest.bubble(shop)
    expect(card).to_be_visible(timeout=quick(read))
    expect(card).to_contain_text(NOTE.title)
    expect(card).to_contain_text(NOTE.text)
    expect(guest.box).to_have_class("bubble")
    assert guest.page.evaluate("document.activeElement.tagName") == "BODY", "a card takes no focus"
    guest.page.reload()
    expect(card).to_be_visible()
    card.get_by_role("button", name="Put away").click()
    expect(card).to_have_count(0)
    guest.page.reload()
    stays(guest)
    expect(guest.page.locator("iframe.bubble")).to_have_count(0)
    assert guest.complaints == []


@pytest.mark.calm
@pytest.mark.timeout(90)
def test_an_invitation_comes_from_somebody_who_answers(
    shop: str, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """Within a second of the beat that completes the condition; the reply reaches that expert."""
    anna = expert("anna")
    expect(anna.quiet).to_be_visible()
    guest = visitor()
    guest.go("/garden")
    read = stays(guest)
    bubble = guest.bubble(re.compile("Anna Lindqvist"))
    expect(bubble).to_be_visible(timeout=quick(read))
    expect(bubble).to_contain_text(HELLO)
    expect(anna.talks).to_have_count(1)
    expect(anna.talks.first).to_contain_text("Invited by the trigger “in the Garden”, no answer yet")
    expect(anna.bells).to_have_count(0)
    bubble.get_by_role("button", name="Answer").click()
    guest.says("Yes, for a balcony.")
    expect(anna.talks.first).to_contain_text("Yes, for a balcony.")
    anna.talks.first.click()
    expect(anna.log).to_contain_text(HELLO)
    anna.says("How many pots?")
    expect(guest.log).to_contain_text("How many pots?")
    anna.page.get_by_role("button", name="Online", exact=True)
    assert guest.complaints == []


@pytest.mark.timeout(120)
def test_who_says_not_now_is_left_alone_and_what_nobody_answers_is_taken_back(
    demo: Server, shop: str, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """The place is free at once, or when its time is over; the bubble goes, also over a reload."""
    boris = expert("boris")
    guests = [visitor(), visitor()]
    for guest in guests:
        guest.go("/garden")
        stays(guest)
    bubbles = [guest.frame.get_by_role("region") for guest in guests]
    for bubble in bubbles:
        expect(bubble).to_contain_text(HELLO)
    no, silent = guests
    no.page.bring_to_front()
    bubbles[0].get_by_role("button", name="Not now").click()
    expect(bubbles[0]).to_have_count(0)
    with sqlite3.connect(base(demo), timeout=10) as conn:
        conn.execute("UPDATE conversation SET due_at = 1 WHERE due_at IS NOT NULL AND state = 'open'")
    conn.close()
    expect(bubbles[1]).to_have_count(0)
    expect(boris.talks.filter(has_text="no answer yet")).to_have_count(0)
    for guest in guests:
        guest.page.bring_to_front()
        guest.page.reload()
        stays(guest)
        expect(guest.page.locator("iframe.bubble")).to_have_count(0)
    silent.bell.click()
    expect(silent.frame.get_by_role("textbox", name="Write a message")).to_be_visible()
    expect(silent.log).not_to_contain_text(HELLO)
