"""What a visitor does in the chat beside writing: files, a call, the rating, peace; and how a site dresses it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from contract.accent import contrast
from tests.browser.frame_states import PDF, Frame, attached, change_site, desk_does, newest_talk, picture, products
from tests.browser.people import Desk, Visitor
from tests.browser.test_looks import frame_of, ring
from tests.conftest import in_own_loop
from tests.running import Server, people_of


@pytest.fixture
def frame(visitor: Callable[..., Visitor]) -> Frame:
    """The chat of somebody who just opened it."""
    guest = visitor()
    guest.go("/garden/irrigation")
    return Frame(guest).open()


def test_a_picture_and_a_document_go_along(frame: Frame, demo: Server) -> None:
    """Chosen, pasted or dropped; shown small; saved under their names. What is neither is refused with a sentence."""
    frame.attach(attached("balcony.png", "image/png", picture()))
    shown = frame.log.locator("img[alt='balcony.png']")
    expect(shown).to_be_visible()
    assert shown.evaluate("img => img.naturalWidth") == 320
    assert str(shown.get_attribute("src")).startswith("blob:")
    frame.attach(attached("plan.pdf", "application/pdf", PDF))
    with frame.page.expect_download() as saved:
        frame.inside.get_by_role("button", name="Save plan.pdf").click()
    assert saved.value.suggested_filename == "plan.pdf"
    paste = """(field, [name, type, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array(bytes)], name, {type}));
      const more = {bubbles: true, cancelable: true};
      const how = name.startsWith('pasted') ? new ClipboardEvent('paste', {clipboardData: data, ...more})
        : new DragEvent('drop', {dataTransfer: data, ...more});
      field.dispatchEvent(how);
    }"""
    for name in ("pasted.png", "dropped.png"):
        frame.field.evaluate(paste, [name, "image/png", list(picture(8, 8))])
        expect(frame.log.locator(f"img[alt='{name}']")).to_be_visible()
    frame.attach(attached("page.html", "text/html", b"<script>alert(1)</script>"))
    expect(frame.log.locator(".failed").get_by_role("alert")).to_contain_text("pictures")
    frame.button("discard").click()
    expect(frame.log.locator(".failed").get_by_role("alert")).to_have_count(0)
    # Each once, on a reload too.
    frame.page.reload()
    expect(frame.log.locator("img")).to_have_count(3)


def test_an_upload_that_failed_is_tried_again(frame: Frame) -> None:
    """The line breaks in between: said at the file, and one touch sends it, once."""
    frame.write("Here it comes.")
    frame.page.context.route("**/visitor/files?*", lambda route: route.abort())
    frame.attach(attached("balcony.png", "image/png", picture(16, 16)))
    expect(frame.log.locator(".failed").get_by_role("alert")).to_be_visible()
    frame.page.context.unroute("**/visitor/files?*")
    frame.button("retry").click()
    expect(frame.log.locator("img")).to_have_count(1)
    expect(frame.log.locator(".failed").get_by_role("alert")).to_have_count(0)


def test_who_wants_to_be_left_alone_is(visitor: Callable[..., Visitor], demo: Server) -> None:
    """Done: they say so at an invitation. Expected: the bell stays, nothing pops up, and when they open it is there."""
    guest = visitor()
    frame = Frame(guest)
    guest.go("/garden/irrigation/drip-systems")
    ring(demo, str(guest.page.evaluate("localStorage['shopbell.visitor']")), guest.page.url)
    invite(guest, demo, "May I help?")
    expect(frame.inside.get_by_role("region")).to_be_visible(timeout=10_000)
    frame.button("leaveAlone").click()
    expect(guest.box).to_have_class("closed")
    until = int(guest.page.evaluate("localStorage['shopbell.alone']"))
    assert 29 * 86_400_000 < until - guest.page.evaluate("Date.now()") <= 30 * 86_400_000
    guest.page.reload()
    invite(guest, demo, "May I help now?")
    guest.page.wait_for_timeout(2_000)
    expect(frame.inside.get_by_role("region")).to_have_count(0)
    expect(frame.bell).to_be_visible()
    frame.bell.click()
    expect(frame.log).to_contain_text("May I help now?")
    # Somebody who speaks gets answers.
    frame.write("Yes, now.")
    frame.button("close").click()
    desk_does(demo, "anna", ("message.send", {"conversation": newest_talk(demo), "text": "Here I am."}))
    expect(frame.inside.get_by_role("region")).to_contain_text("Here I am.")


def invite(guest: Visitor, demo: Server, text: str) -> None:
    """Anna speaks to whoever is on this visit."""
    key = guest.page.evaluate("localStorage['shopbell.visitor']")

    async def work() -> None:
        async with people_of(demo) as crew:
            desk = await crew.expert("anna")
            visits = (await crew.api("anna", "/api/visits?live=true"))["items"]
            mine = next(one for one in visits if one["url"] == guest.page.url)
            await desk.done("chat.invite", {"visit": mine["id"], "text": text})
            await desk.close()

    assert key
    in_own_loop(work())


def test_the_callback_form_opens_by_the_page_and_by_the_menu(visitor: Callable[..., Visitor]) -> None:
    """A wrong number is said at once; what was agreed is said, and stands there the next time."""
    guest = visitor()
    frame = Frame(guest)
    guest.go("/garden")
    guest.page.evaluate("shopbell('callback')")
    expect(frame.inside.get_by_role("heading", name=frame.say["callMe"])).to_be_focused()
    slots = frame.inside.get_by_role("group", name=frame.say["when"]).get_by_role("radio")
    expect(slots.first).to_be_visible()
    frame.inside.get_by_role("textbox", name=frame.say["phone"]).fill("none of that")
    frame.button("askCall").click()
    expect(frame.inside.get_by_role("alert")).to_have_text(frame.say["badPhone"])
    expect(frame.inside.get_by_role("textbox", name=frame.say["phone"])).to_be_focused()
    frame.inside.get_by_role("textbox", name=frame.say["phone"]).fill("+49 30 901820")
    slots.nth(1).check()
    frame.button("askCall").click()
    expect(frame.inside.get_by_text(frame.text("calls")).first).to_be_visible()
    guest.page.reload()
    guest.page.evaluate("shopbell('callback')")
    expect(frame.inside.get_by_text(frame.text("calls")).first).to_be_visible()
    assert guest.complaints == []


def test_a_closed_talk_is_rated_and_goes_on(frame: Frame, demo: Server) -> None:
    """By the keyboard: three stars, a word, sent once; "write again" is the same conversation."""
    frame.write("Is it good?")
    talk = newest_talk(demo)
    desk_does(
        demo,
        "anna",
        ("message.send", {"conversation": talk, "text": "Very."}),
        ("conversation.close", {"conversation": talk}),
    )
    frame.inside.get_by_role("radio").first.focus()
    frame.page.keyboard.press("ArrowRight")
    frame.page.keyboard.press("ArrowRight")
    frame.inside.get_by_label(frame.text("comment")).fill("Short and clear.")
    frame.button("rate").click()
    expect(frame.inside.get_by_text(frame.say["thanks"])).to_be_visible()
    frame.button("writeAgain").click()
    expect(frame.field).to_be_focused()
    frame.write("One more thing.")
    assert newest_talk(demo) == talk
    expect(frame.log).to_contain_text("Is it good?")


def test_a_rating_that_was_changed_stands_in_every_tab(frame: Frame, demo: Server) -> None:
    """Three stars in one tab, five in the other: the log and the stars of both say the newest."""
    other = Visitor(frame.guest.context, frame.guest.shop)
    other.go("/garden/irrigation")
    tabs = [frame, Frame(other).open()]
    frame.write("Is it good?")
    talk = newest_talk(demo)
    words = ("message.send", {"conversation": talk, "text": "Very."})
    desk_does(demo, "anna", words, ("conversation.close", {"conversation": talk}))
    for rates, stars in zip(tabs, (3, 5), strict=True):
        rates.inside.get_by_role("radio").nth(stars - 1).check(force=True)
        rates.button("rate").click()
        for tab in tabs:
            expect(tab.log).to_contain_text(f"You gave {stars} of 5")
        if stars == 3:
            expect(tabs[1].inside.get_by_role("radio").nth(2)).to_be_checked()
    expect(tabs[0].log).not_to_contain_text("You gave 3 of 5")
    assert frame.guest.complaints + other.complaints == []


def test_the_copy_is_saved_here(frame: Frame) -> None:
    """A file with what was said."""
    frame.write("Keep this sentence.")
    frame.choose("transcript")
    with frame.page.expect_download() as saved:
        frame.button("saveText").click()
    assert "Keep this sentence." in saved.value.path().read_text()


def test_who_is_read_while_typing_is_told(visitor: Callable[..., Visitor], demo: Server) -> None:
    """Only where the site has it so; the sentence belongs to the field."""
    change_site(demo, talk={"preview": True})
    try:
        guest = visitor()
        guest.go("/garden")
        frame = Frame(guest).open()
        note = frame.inside.get_by_text(frame.text("preview"))
        expect(note).to_be_visible()
        assert frame.field.get_attribute("aria-describedby") == note.get_attribute("id")
    finally:
        change_site(demo, talk={"preview": False})


@pytest.mark.parametrize("accent", ["#ffe600", "#101010", "#d4145a"])
def test_a_site_dresses_its_chat(visitor: Callable[..., Visitor], demo: Server, accent: str) -> None:
    """Its colour, its side, its words in both languages; what is written in the colour can be read."""
    look = {
        "accent": accent,
        "side": "left",
        "title": {"en": "Linden Yard", "ru": "Двор"},
        "welcome": {"en": "Ask the gardeners."},
    }
    change_site(demo, look=look)
    try:
        guest = visitor()
        guest.page.wait_for_timeout(2_100)  # a site is remembered for two seconds
        guest.go("/garden")
        frame = Frame(guest).open()
        expect(frame.inside.get_by_role("heading", name="Linden Yard")).to_be_visible()
        expect(frame.log).to_contain_text("Ask the gardeners.")
        box = guest.box.bounding_box()
        assert box is not None
        assert box["x"] < 20
        frame.field.fill("x")
        colours = frame.button("send").evaluate("b => [getComputedStyle(b).backgroundColor, getComputedStyle(b).color]")
        assert contrast(*map(rgb, colours)) >= 4.5
        frame.choose("language")
        expect(frame.inside.get_by_role("heading", name="Двор")).to_be_visible()
        assert frame_of(guest).evaluate("document.documentElement.lang") == "ru"
    finally:
        change_site(demo, look={})


def rgb(colour: str) -> str:
    return "#" + "".join(f"{int(part):02x}" for part in re.findall(r"\d+", colour)[:3])


def test_a_customer_is_greeted_by_name_and_finds_who_helped_them(
    frame: Frame, demo: Server, expert: Callable[..., Desk]
) -> None:
    """Ordered in one talk, begins another: their name, Anna's, the month, and that she is here."""
    anna = expert("anna")
    frame.write("One for my balcony, please.")
    talk = newest_talk(demo)
    push = {"conversation": talk, "products": products(demo)[:1]}
    desk_does(demo, "anna", ("message.send", {"conversation": talk, "text": "Gladly."}), ("order_form.push", push))
    frame.guest.fill_order(frame.log.locator("form"), "Maria Petrova", "maria@example.org")
    expect(frame.log).to_contain_text("Your order is placed")
    desk_does(demo, "anna", ("conversation.close", {"conversation": talk}))
    frame.button("newConversation").click()
    expect(frame.log).to_contain_text("Hello, Maria Petrova!")
    expect(frame.log).to_contain_text(re.compile(r"Anna Lindqvist, who helped you in \w+, is here\."))
    expect(frame.button("goOnWith", expert="Anna Lindqvist")).to_be_visible()
    anna.page.close()
