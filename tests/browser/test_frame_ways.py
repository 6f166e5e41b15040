"""The ways of a visitor that must not end: looking something up, asking to be called, wanting peace, ending a talk."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.frame_states import Frame, desk_does, frame_of, newest_talk, products, rows
from tests.browser.people import Visitor
from tests.browser.test_frame_access import DESKTOP, PHONE
from tests.browser.test_looks import faults
from tests.running import Server

#: How far a log is from its end, px.
LEFT = "log => log.scrollHeight - log.clientHeight - log.scrollTop"


@pytest.fixture
def frame(visitor: Callable[..., Visitor]) -> Frame:
    """The chat of somebody who just opened it, on a phone."""
    guest = visitor(**PHONE)
    guest.go("/garden/irrigation")
    return Frame(guest).open()


def test_who_has_written_can_look_something_up(frame: Frame) -> None:
    """Done: a message, then "look it up" in the menu, an article, and back twice. Expected: what was found is still
    there, then the talk, the focus on the menu. Must not happen: that the search is gone with the first message."""
    frame.write("Does it rain?")
    frame.choose("searchArticles")
    heading = frame.inside.get_by_role("heading", name=frame.say["searchArticles"])
    expect(heading).to_be_focused()
    frame.inside.get_by_role("searchbox", name=frame.say["searchArticles"]).fill("watering in summer")
    read = frame.inside.get_by_role("button", name=frame.text("readOf"))
    expect(read.first).to_be_visible()
    assert faults(frame_of(frame.guest)) == []
    read.first.click()
    expect(frame.inside.get_by_text(frame.say["didItHelp"])).to_be_visible()
    back = frame.inside.get_by_role("button", name=re.compile(frame.say["back"]))
    back.click()
    expect(heading).to_be_focused()
    expect(read.first).to_be_visible()
    back.click()
    expect(frame.log).to_contain_text("Does it rain?")
    expect(frame.button("menu")).to_be_focused()


def test_a_number_is_refused_at_its_field_and_what_was_agreed_can_be_changed(frame: Frame, demo: Server) -> None:
    """Done: a number without a country; the right one; another time, again and again. Expected: the sentence at the
    field, which has the focus; the one promise moves; too often is said. Must not happen: a second open promise."""
    frame.choose("callMe")
    phone = frame.inside.get_by_role("textbox", name=frame.say["phone"])
    times = frame.inside.get_by_role("group", name=frame.say["when"]).get_by_role("radio")
    expect(times.first).to_be_visible()
    phone.fill("0906 1234567")
    frame.button("askCall").click()
    expect(phone).to_be_focused()
    expect(phone).to_have_attribute("aria-invalid", "true")
    expect(phone).to_have_accessible_description(re.compile("country"))
    sentence = frame.inside.get_by_role("alert").filter(has_text="country").bounding_box()
    box = phone.bounding_box()
    assert sentence is not None
    assert box is not None
    assert 0 <= sentence["y"] - (box["y"] + box["height"]) < 16
    assert faults(frame_of(frame.guest)) == []
    phone.fill("+49 30 901877")
    frame.button("askCall").click()
    for n in (3, 4):
        expect(frame.inside.get_by_text(frame.say["plansChanged"])).to_be_visible()
        assert faults(frame_of(frame.guest)) == []
        frame.button("change").click()
        expect(frame.inside.get_by_role("heading", name=frame.say["callMe"])).to_be_focused()
        expect(frame.inside.get_by_role("group", name=frame.say["how"])).to_have_count(0)
        expect(frame.inside.get_by_role("radio", checked=True)).to_have_count(1)
        if n == 3:
            expect(times).to_have_count(3)
            frame.inside.get_by_role("button", name=frame.text("moreTimes")).click()
            expect(times.nth(3)).to_be_focused()
        chosen = times.nth(n)
        chosen.check()
        at = str(chosen.locator("..").inner_text())
        frame.button("change").click()
        expect(frame.inside.get_by_text(frame.text("calls"))).to_contain_text(at.split(", ")[1][:5])
    open_ones = "SELECT count(*) FROM callback WHERE phone LIKE '%901877' AND state = 'open'"
    assert rows(demo, open_ones) == [(1,)]
    frame.button("change").click()
    expect(times.first).to_be_visible()
    frame.button("change").click()
    expect(frame.inside.get_by_role("alert").last).to_have_text(re.compile(r"too often.* \d+ h"))
    expect(times.first).to_be_visible()
    assert frame.guest.complaints == []


def test_an_offer_that_a_form_used_up_is_open_no_more(frame: Frame, demo: Server) -> None:
    """Done: two offers, and an order form with one of their products, which is ordered. Expected: the loaded chat says
    so of that offer, and what the form was for; the other is open. Must not happen: that one could accept it still."""
    frame.write("Both look good.")
    talk, goods = newest_talk(demo), products(demo)
    offers = [("offer.push", {"conversation": talk, "offer": {"product": one, "amount": 900, "minutes": 60}})
              for one in goods[:2]]  # fmt: skip
    desk_does(demo, "anna", *offers, ("order_form.push", {"conversation": talk, "products": goods[1:2]}))
    form = frame.inside.locator("form.order")
    form.locator("[name=name]").fill("Maria")
    form.locator("[name=email]").fill("maria@example.org")
    form.locator("[type=submit]").click()
    shown = frame.inside.locator(".offer")
    expect(shown.nth(1)).to_contain_text(frame.say["offerAccepted"])
    expect(shown.first.get_by_role("button", name=frame.say["accept"])).to_be_enabled()
    used = frame.inside.locator(".order")
    expect(used).to_contain_text(shown.nth(1).get_by_role("heading").inner_text())
    expect(used).to_contain_text(frame.say["ordered"])
    desk_does(demo, "anna", ("conversation.close", {"conversation": talk}))
    assert frame.guest.complaints == []


def test_what_was_agreed_is_cancelled_once_one_is_sure(frame: Frame, demo: Server) -> None:
    """Done: cancel, keep it, cancel, yes. Expected: asked once, on the harmless answer; the promise is gone, the form
    is there again, and the chat says so. Must not happen: that one touch cancels."""
    frame.write("Do you have pots?")
    frame.choose("callMe")
    frame.inside.get_by_role("textbox", name=frame.say["phone"]).fill("+49 30 901876")
    frame.button("askCall").click()
    state = "SELECT state FROM callback WHERE phone LIKE '%901876'"
    frame.inside.get_by_role("button", name=re.compile(frame.say["back"])).click()
    frame.log.get_by_role("button", name=frame.say["changeOrCancel"]).click()
    frame.button("cancel").click()
    expect(frame.button("keepIt")).to_be_focused()
    assert faults(frame_of(frame.guest)) == []
    frame.button("keepIt").click()
    expect(frame.button("cancel")).to_be_focused()
    assert rows(demo, state) == [("open",)]
    frame.button("cancel").click()
    frame.button("yesCancel").click()
    expect(frame.inside.get_by_role("heading", name=frame.say["callMe"])).to_be_focused()
    expect(frame.inside.get_by_text(frame.text("cancelled"))).to_be_visible()
    assert rows(demo, state) == [("cancelled",)]
    expect(frame.button("askCall")).to_be_enabled()
    assert faults(frame_of(frame.guest)) == []
    frame.inside.get_by_role("button", name=re.compile(frame.say["back"])).click()
    expect(frame.log).to_contain_text("Cancelled: nobody gets in touch")
    assert frame.guest.complaints == []


def test_peace_is_promised_in_words_and_can_be_taken_back(frame: Frame) -> None:
    """Done: "do not invite me" in the menu, then once more. Expected: a sentence each time, the choice is checked and
    is not, the focus on the menu. Must not happen: that the menu closes and says nothing."""
    peace = frame.inside.get_by_role("menuitemcheckbox", name=frame.say["leaveAlone"])
    for checked, word in (("false", "notInvited"), ("true", "inviteAgain")):
        frame.button("menu").press("Enter")
        expect(peace).to_have_attribute("aria-checked", checked)
        assert faults(frame_of(frame.guest)) == []
        frame.page.keyboard.press("ArrowUp")
        expect(peace).to_be_focused()
        frame.page.keyboard.press("Enter")
        expect(peace).to_have_count(0)
        expect(frame.inside.get_by_role("status").filter(has_text=frame.say[word])).to_be_visible()
        expect(frame.button("menu")).to_be_focused()
        assert faults(frame_of(frame.guest)) == []


def test_the_last_words_stay_while_the_rating_grows(frame: Frame, demo: Server) -> None:
    """Done: the talk ends, four stars. Expected: the log stays at its end, and one button is the loudest. Must not
    happen: that the field for a comment covers what was said last."""
    frame.write("Is it good?")
    talk = newest_talk(demo)
    words = [("message.send", {"conversation": talk, "text": f"{n}. " + "Very good. " * 8}) for n in range(6)]
    desk_does(demo, "anna", *words, ("conversation.close", {"conversation": talk}))
    expect(frame.button("writeAgain")).to_have_class("main")
    frame.page.wait_for_timeout(300)
    assert frame.log.evaluate(LEFT) < 2
    frame.inside.get_by_role("radio").nth(3).check(force=True)
    expect(frame.button("rate")).to_be_visible()
    frame.page.wait_for_timeout(300)
    assert frame.log.evaluate(LEFT) < 2
    expect(frame.inside.locator("button.main")).to_have_count(1)
    frame.button("rate").click()
    expect(frame.button("writeAgain")).to_have_class("main")


@pytest.mark.parametrize("screen", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_an_order_form_is_read_from_its_title(visitor: Callable[..., Visitor], demo: Server, screen: dict) -> None:
    """Done: a form of three products comes; the person goes to its end, something is said in between, they write.
    Expected: its title first; they stay where they went; at the end their own words. Must not happen: that it opens
    with its title out of view."""
    guest = visitor(**screen)
    guest.go("/garden/irrigation")
    frame = Frame(guest).open()
    frame.write("I will take them.")
    talk = newest_talk(demo)
    desk_does(
        demo,
        "anna",
        ("message.send", {"conversation": talk, "text": "Gladly. " * 30}),
        ("order_form.push", {"conversation": talk, "products": products(demo)}),
    )
    expect(frame.button("placeOrder")).to_be_attached()
    frame.page.wait_for_timeout(300)
    expect(frame.inside.get_by_text(frame.say["orderForm"], exact=True)).to_be_in_viewport(ratio=1)
    frame.inside.get_by_role("textbox", name=frame.say["address"]).fill("Hill 1")
    frame.button("placeOrder").scroll_into_view_if_needed()
    frame.page.wait_for_timeout(200)
    before = frame.log.evaluate("log => log.scrollTop")
    frame.field.fill("Is it here")
    desk_does(demo, "anna", ("message.read", {"conversation": talk, "seq": 1}))
    frame.page.wait_for_timeout(300)
    assert frame.log.evaluate("log => log.scrollTop") == before > 0
    frame.write("By Monday?")
    frame.page.wait_for_timeout(300)
    desk_does(demo, "anna", ("conversation.close", {"conversation": talk}))
