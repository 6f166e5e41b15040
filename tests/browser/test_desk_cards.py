"""Offers, order forms and orders at the desk: whole on a phone, what is over says so, a contact is confirmed."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.frame_states import Frame, desk_does, newest_talk, products
from tests.browser.people import Desk, Pictures, Visitor
from tests.running import Server

PHONE: dict[str, Any] = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "locale": "en-GB"}
#: Whatever shows ink to the right of the window, or of the box that holds it.
CUT = """() => [...document.querySelectorAll('.talk *, .card-form *, .person *')].filter((one) => {
  const box = one.getBoundingClientRect();
  if (!box.width || !box.height || getComputedStyle(one).position === 'absolute') return false;
  const held = one.closest('.bubble, .card-form');
  const edge = held && held !== one ? held.getBoundingClientRect().right : innerWidth;
  return box.right > Math.min(edge, innerWidth) + 1;
}).map((one) => `${one.tagName}.${one.className}: ${one.textContent.slice(0, 40)}`)"""


def cut(page: Page) -> list[str]:
    """What cannot be read to its end."""
    return list(page.evaluate(CUT))


@pytest.mark.timeout(120)
def test_cards_are_whole_on_a_phone(demo: Server, visitor: Callable[..., Visitor], expert: Callable[..., Desk]) -> None:
    """In the log, in the composer, while a contact is confirmed."""
    guest = visitor(locale="en-GB")
    guest.go("/garden/irrigation")
    frame = Frame(guest).open()
    frame.write("I will take it.")
    talk, goods = newest_talk(demo), products(demo)
    offer = {"product": goods[0], "amount": 900, "minutes": 60}
    form = ("order_form.push", {"conversation": talk, "products": goods})
    desk_does(demo, "anna", ("offer.push", {"conversation": talk, "offer": offer}), form, form)
    order = frame.inside.locator("form.order")
    expect(order).to_have_count(1)
    guest.fill_order(order, "Maximiliana Featherstonehaugh", "maximiliana.featherstonehaugh@example-company.com")
    expect(frame.log).to_contain_text("Your order is placed")
    desk = expert("anna", color_scheme="dark", **PHONE)
    page, pictures = desk.page, Pictures("desk-cards")
    desk.talks.first.click()
    expect(desk.log.get_by_text("replaced")).to_be_visible()
    expect(desk.log).to_contain_text("up to 10 at this price")
    pictures.take(page, "log")
    assert cut(page) == []
    desk.log.get_by_role("button", name="Confirm contact").click()
    expect(desk.log.get_by_role("checkbox").first).to_be_focused()
    pictures.take(page, "contact")
    assert cut(page) == []
    desk.log.get_by_role("button", name="This is right").click()
    expect(desk.log.get_by_text("Contact confirmed")).to_be_focused()
    pictures.take(page, "confirmed")
    bar = page.locator(".cards-bar button")
    for tongue in ("en", "ru"):
        if tongue == "ru":
            page.evaluate("localStorage.setItem('shopbell.language', 'ru')")
            page.reload()
            page.locator(".talk-row, .row").filter(has_text="1001").first.click()
            expect(page.get_by_text("Контакт подтверждён").first).to_be_visible()
        assert cut(page) == []
        for number in (1, 2):
            bar.nth(number).click()
            page.locator(".picker-list input").first.check()
            pictures.take(page, f"{tongue}-{number}")
            assert cut(page) == []
            bar.nth(number).click()


@pytest.mark.parametrize("size", [(1280, 800), (360, 740)])
def test_what_makes_an_offer_is_seen_once_its_product_is_chosen(
    demo: Server, visitor: Callable[..., Visitor], expert: Callable[..., Desk], size: tuple[int, int]
) -> None:
    """A low window and a phone: the button is whole within what opens, without a hand on its scroll bar."""
    guest = visitor(locale="en-GB")
    guest.go("/garden/irrigation")
    Frame(guest).open().write("What would it cost?")
    talk = newest_talk(demo)
    desk_does(
        demo, "anna", ("offer.push", {"conversation": talk, "offer": {"product": products(demo)[0], "amount": 900}})
    )
    page = expert("anna", viewport={"width": size[0], "height": size[1]}).page
    page.locator(".row").filter(has_text="Offer: ").first.click()
    page.locator(".cards-bar button").nth(1).click()
    page.locator(".picker-list input").nth(2).check()
    button = page.get_by_role("button", name="Make the offer").bounding_box()
    form = page.locator(".card-form").bounding_box()
    assert button
    assert form
    assert form["y"] <= button["y"]
    assert button["y"] + button["height"] <= form["y"] + form["height"]


def test_the_door_of_the_desk_asks_without_an_error(demo: Server, visitor: Callable[..., Visitor]) -> None:
    """Nobody is signed in: nothing is refused, and the browser has nothing to complain about."""
    page = visitor().page
    said: list[str] = []
    page.on("console", lambda one: said.append(one.text) if one.type in ("error", "warning") else None)
    page.on("response", lambda one: said.append(one.url) if one.status >= 400 else None)
    page.goto(f"{demo.other}/console/")
    expect(page.get_by_label("E-mail")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert [one for one in said if not re.search("favicon", one)] == []
