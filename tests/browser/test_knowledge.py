"""Articles and canned answers in the console, in a real Chromium: written, seen, asked, and usable by everybody."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.people import Desk, Pictures
from tests.browser.test_looks import faults
from tests.running import Server

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
STAY = "Sign in and stay away for now"
SHOWN = 'role=region[name="How it looks"]'


def walk(page: Page, keep: Callable[[str], None]) -> None:
    """Every state of both places once."""
    page.get_by_label("Question").fill("How long does delivery take?")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("A visitor would be shown this:")).to_be_visible()
    keep("answered")
    page.get_by_label("Question").fill("Do you deliver to Australia by boat?")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nothing fits well enough")).to_be_visible()
    expect(page.get_by_text("No article knows: “australia”, “boat”")).to_be_visible()
    keep("nothing-fits")
    page.get_by_role("button", name=re.compile("^Which size to choose")).first.click()
    expect(page.locator(SHOWN).get_by_role("listitem")).to_have_count(5)
    keep("article")
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name=re.compile("^Which size to choose")).first).to_be_focused()
    if (places := page.locator(".places-open")).is_visible():  # a phone folds them
        places.click()
    page.get_by_role("link", name="Canned answers").click()
    page.get_by_role("button", name="hi Greeting English").click()
    expect(page.locator(SHOWN)).to_contain_text("Hello Maria, I am Anna.")
    keep("canned")
    page.get_by_role("button", name="Cancel").click()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_articles_and_canned_answers_can_be_used_by_everybody(
    demo: Server, new_context: Callable[..., BrowserContext]
) -> None:
    """Axe finds nothing, on a desktop and on a phone; nothing is wider than the phone."""
    pictures, wrong = Pictures("knowledge"), {}
    for size, look, viewport in (("desktop", "light", DESKTOP), ("phone", "dark", PHONE)):
        marketer = Desk(new_context(color_scheme=look, viewport=viewport), demo, "marketer")
        marketer.sign_in()
        page = marketer.page
        page.goto(f"{demo.other}/console/#/site/articles")

        def keep(name: str, page: Page = page, size: str = size) -> None:
            pictures.take(page, f"{name}-{size}")
            wide = page.evaluate("document.scrollingElement.scrollWidth - innerWidth")
            if found := faults(page) + [f"{wide} px too wide"] * (wide > 0):
                wrong[f"{name} {size}"] = found

        walk(page, keep)
    assert wrong == {}


@pytest.mark.timeout(120)
def test_an_article_is_written_with_the_keyboard_and_answers_at_once(
    demo: Server, new_context: Callable[..., BrowserContext]
) -> None:
    """Done: a title, a text with marks and with HTML, published, all by keys. Expected: the preview shows marks as what
    they mean and HTML as typed, a reload in between loses nothing, and the next question is answered with it. Must not
    happen: that anything of the text runs."""
    admin = Desk(new_context(viewport=DESKTOP), demo, "admin")
    admin.sign_in(STAY)
    page = admin.page
    page.goto(f"{demo.other}/console/#/site/articles")
    page.get_by_role("button", name="+ New article").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Title", exact=True)).to_be_focused()
    page.keyboard.type("Parking at the yard")
    page.keyboard.press("Tab")
    page.keyboard.type("There are **two** places for a horse cart.\n<img src=x onerror=\"document.title='hacked'\">")
    expect(page.locator(SHOWN).locator("strong")).to_have_text("two")
    expect(page.locator(SHOWN)).to_contain_text("<img src=x")
    page.reload()
    expect(page.get_by_label("Title", exact=True)).to_have_value("Parking at the yard")
    box = page.get_by_label("Published: visitors find it")
    box.focus()
    page.keyboard.press("Space")
    expect(box).to_be_checked()
    page.get_by_role("button", name="Save").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("“Parking at the yard” is saved.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("^Parking at the yard"))).to_be_focused()
    page.get_by_label("Question").fill("Where can I park my horse cart?")
    page.keyboard.press("Enter")
    expect(page.locator(".hit:not(.is-near)")).to_contain_text("There are two places for a horse cart.")
    assert "hacked" not in page.title()
    page.get_by_role("button", name=re.compile("^Parking at the yard")).last.click()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Yes, delete").click()
    expect(page.get_by_text("The article is deleted.")).to_be_visible()
    expect(page.get_by_text("Nothing fits well enough")).to_be_visible()
