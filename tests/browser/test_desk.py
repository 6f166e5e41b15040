"""The desk as an expert lives with it: nothing missed silently, everything by keyboard, called the way one likes."""

import asyncio
import re
import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.people import Desk, Visitor
from tests.browser.test_looks import SHELF, ring
from tests.conftest import in_own_loop
from tests.running import Server, people_of, visitor_key

SECONDS = 5  # of a rung: a bell is missed soon


@pytest.fixture(scope="module", autouse=True)
def quick_rungs(demo: Server) -> None:
    """Whoever waits for a bell to run out waits no longer than needed."""

    async def change() -> None:
        async with people_of(demo) as crew:
            token = (await crew.sign_in("admin"))["token"]
            sites = await crew.api("admin", "/api/sites")
            for site in sites["items"]:
                answer = await crew.http.patch(
                    f"{demo.other}/api/sites/{site['id']}", json={"rung_seconds": SECONDS},
                    headers={"Authorization": f"Bearer {token}"},
                )  # fmt: skip
                assert answer.is_success, answer.text

    in_own_loop(change())


def rings(demo: Server) -> str:
    """Somebody goes deep; the mark by which desks call them."""
    key = visitor_key()
    ring(demo, key, f"{demo.url}{SHELF}")
    return key


def strip(desk: Desk) -> Locator:
    return desk.page.locator(".strip")


def at(page: Page) -> str:
    """What has the focus: its tag, its name."""
    found: str = page.evaluate(
        "`${document.activeElement.tagName} ${document.activeElement.getAttribute('aria-label')}`"
    )
    return found


@pytest.mark.timeout(90)
def test_a_desk_that_was_deaf_says_since_when_and_what_it_missed(demo: Server, expert: Callable[..., Desk]) -> None:
    """The line is cut while the server believes in it: the bell rings there in vain, and stays until it was seen."""
    anna = expert("anna")
    expect(anna.quiet).to_be_visible()
    anna.context.set_offline(True)
    expect(strip(anna)).to_contain_text("This desk is deaf since")
    counted = strip(anna).locator(".deaf-for")
    expect(counted).to_have_text(re.compile(r"0:0[3-9]"))
    rings(demo)
    anna.page.wait_for_timeout(SECONDS * 1000 + 3_000)
    anna.context.set_offline(False)
    expect(strip(anna)).to_contain_text(
        re.compile(r"heard nothing from .* to .*1 bell rang here in vain"), timeout=15_000
    )
    strip(anna).get_by_role("button", name="Show").click()
    missed = anna.page.get_by_role("list", name="Missed")
    expect(missed.get_by_role("button")).to_have_count(1)
    expect(anna.page.get_by_role("heading", name="Missed")).to_be_focused()
    missed.get_by_role("button").click()
    expect(anna.person).to_contain_text("Everything so far")
    anna.page.reload()
    expect(missed.get_by_role("button")).to_have_count(1)
    anna.page.get_by_role("button", name="Seen", exact=True).click()
    expect(missed).to_have_count(0)
    anna.page.reload()
    expect(anna.page.get_by_role("heading", name="My conversations")).to_be_visible()
    anna.page.wait_for_timeout(1_500)
    expect(missed).to_have_count(0)
    anna.page.get_by_role("button", name="Offline", exact=True).click()


@pytest.mark.timeout(90)
def test_a_bell_is_answered_and_a_talk_led_without_a_pointer(
    demo: Server, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """j, Enter, words, Enter; Escape leaves the field, the keys name themselves, u goes to whoever wrote."""
    anna = expert("anna")
    guest = visitor()
    guest.go(SHELF)
    ring(demo, str(guest.page.evaluate("localStorage['shopbell.visitor']")), f"{demo.url}{SHELF}")
    expect(anna.bells.last).to_be_visible()
    keys = anna.page.keyboard
    anna.page.locator("body").press("j")
    expect(anna.bells.first).to_be_focused()
    keys.press("Enter")
    field = anna.page.get_by_role("textbox", name="Your message")
    expect(field).to_be_focused()
    keys.type("Good day!")
    keys.press("Enter")
    expect(anna.log).to_contain_text("Good day!")
    keys.press("Escape")
    keys.press("?")
    panel = anna.page.get_by_role("dialog", name="Keys of the desk")
    expect(panel).to_contain_text("write an internal note")
    keys.press("Escape")
    expect(panel).to_be_hidden()
    guest.bubble(re.compile("Anna Lindqvist")).get_by_role("button", name="Answer").click()
    guest.says("Is it watertight?")
    keys.press("u")
    expect(anna.log).to_contain_text("Is it watertight?")
    keys.press("c")
    expect(field).to_be_focused()
    anna.page.get_by_role("button", name="Close conversation").click()
    anna.page.get_by_role("button", name="Offline", exact=True).click()


@pytest.mark.timeout(60)
def test_unsent_words_are_shown_as_unsent_where_the_site_has_them_read(
    demo: Server, expert: Callable[..., Desk]
) -> None:
    """A visitor types, stops, and takes it back: nothing of it ever looks like a message."""
    anna, key = expert("anna"), visitor_key()
    ring(demo, key, f"{demo.url}{SHELF}")
    anna.bells.last.get_by_role("button", name=re.compile("^Accept")).click()
    anna.says("Good day!")
    unsent = anna.log.locator(".is-unsent")
    typed, taken_back = threading.Event(), threading.Event()

    async def types() -> None:
        async with people_of(demo) as crew:
            token = (await crew.sign_in("admin"))["token"]
            site = next(one for one in (await crew.api("admin", "/api/sites"))["items"] if one["key"] == "demo")
            answer = await crew.http.patch(
                f"{demo.other}/api/sites/{site['id']}", json={"talk": {**site["talk"], "preview": True}},
                headers={"Authorization": f"Bearer {token}"},
            )  # fmt: skip
            assert answer.is_success, answer.text
            guest = await crew.visitor(key)
            talk = (await guest.done("chat.open"))["conversation"]
            await guest.done("typing", {"conversation": talk, "text": "How much would"})
            await asyncio.to_thread(typed.wait, 10)
            await guest.done("typing", {"conversation": talk, "text": ""})
            await asyncio.to_thread(taken_back.wait, 10)

    typing = threading.Thread(target=lambda: in_own_loop(types()))
    typing.start()
    try:
        expect(unsent).to_contain_text("How much would")
        expect(unsent).to_contain_text("not sent yet")
        typed.set()
        expect(unsent).to_have_count(0)
    finally:
        typed.set()
        taken_back.set()
        typing.join()
    anna.page.get_by_role("button", name="Close conversation").click()
    anna.page.get_by_role("button", name="Offline", exact=True).click()


@pytest.mark.timeout(60)
def test_the_focus_stays_in_the_list_when_its_bell_is_over(demo: Server, expert: Callable[..., Desk]) -> None:
    """A bell that ends under the hand leaves the focus in the list: no other bell gets it, Enter accepts nobody."""
    anna = expert("anna")
    rings(demo)
    bell = anna.bells.first
    expect(bell).to_be_visible()
    bell.focus()
    expect(bell).to_have_count(0, timeout=4 * SECONDS * 1000)
    anna.page.wait_for_timeout(200)
    assert at(anna.page) == "DIV Who is here"
    anna.page.get_by_role("button", name="Offline", exact=True).click()


def test_each_expert_is_called_as_they_like(new_context: Callable[..., BrowserContext], demo: Server) -> None:
    """Sound, volume and for what are remembered for the person, not for the machine."""
    context = new_context(viewport={"width": 1280, "height": 860})

    def panel(name: str) -> Page:
        desk = Desk(context, demo, name).sign_in("Sign in and stay away for now")
        desk.page.locator(".settings > summary").click()
        desk.page.get_by_text("Sound and notifications").click()
        return desk.page

    def leaves(page: Page) -> None:
        page.get_by_role("button", name="Sign out").click()
        expect(page.get_by_role("button", name="Sign in and go online")).to_be_visible()
        page.close()

    page = panel("anna")
    page.get_by_role("combobox", name="Sound").select_option(label="Knock")
    page.get_by_role("slider", name="Volume").fill("20")
    page.get_by_label("only when the bell rings").check()
    leaves(page)
    page = panel("boris")
    expect(page.get_by_role("combobox", name="Sound")).to_have_value("bell")
    leaves(page)
    page = panel("anna")
    expect(page.get_by_role("combobox", name="Sound")).to_have_value("knock")
    expect(page.get_by_role("slider", name="Volume")).to_have_value("20")
    expect(page.get_by_label("only when the bell rings")).to_be_checked()


@pytest.mark.parametrize(
    ("browser_says", "said"),
    [
        ("Object.defineProperty(window, 'isSecureContext', {value: false})", "shopbell serve --tls-cert"),
        ("Object.defineProperty(Notification, 'permission', {value: 'denied'})", "told to show no notifications"),
    ],
)
def test_the_desk_says_plainly_why_no_notification_comes(
    new_context: Callable[..., BrowserContext], demo: Server, browser_says: str, said: str
) -> None:
    """And what mends it."""
    context = new_context(viewport={"width": 1280, "height": 860})
    context.add_init_script(browser_says)
    clara = Desk(context, demo, "clara").sign_in()
    expect(clara.page.get_by_role("region", name="Who is here")).to_contain_text(said)
    clara.page.get_by_role("button", name="Offline", exact=True).click()
