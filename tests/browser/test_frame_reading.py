"""What a visitor reads in the chat is true, stands where they look, and stays true when something changes."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from tests.browser.frame_states import Frame, desk_does, frame_of, newest_talk, products, rows
from tests.browser.people import Visitor
from tests.browser.test_frame_talk import invite
from tests.browser.test_looks import ring
from tests.conftest import in_own_loop
from tests.running import Server, people_of

PHONE: dict[str, Any] = {"locale": "en-GB", "viewport": {"width": 390, "height": 844}, "has_touch": True}


@pytest.fixture
def frame(visitor: Callable[..., Visitor]) -> Frame:
    """The chat of somebody who just opened it, on a phone."""
    guest = visitor(**PHONE)
    guest.go("/garden/irrigation")
    return Frame(guest).open()


def administer(server: Server, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    async def work() -> Any:
        async with people_of(server) as crew:
            token = (await crew.sign_in("admin"))["token"]
            head = {"Authorization": f"Bearer {token}"}
            answer = await crew.http.request(method, f"{server.other}{path}", json=body, headers=head)
            assert answer.is_success, answer.text
            return answer.json() if answer.content else None

    return in_own_loop(work())


#: On the page: every size that the chat has had, in `window.sizes`.
SIZES = """box => { window.sizes = []; const note = () => window.sizes.push(box.className);
  new MutationObserver(note).observe(box, {attributes: true, attributeFilter: ['class']}); note(); }"""


def test_a_chat_that_is_opened_before_its_program_is_there_stays_open(visitor: Callable[..., Visitor]) -> None:
    """Done: the pointer comes to the bell, the chat's program is long in coming, somebody clicks and writes. Expected:
    the field, what was written in it, and the focus. Must not happen: that the page closes it for a moment, which takes
    the focus away."""
    guest = visitor()
    held: list[Route] = []
    guest.context.route("**/frame.js*", lambda route: held.append(route))
    guest.go("/garden/irrigation")
    guest.bell.hover()
    expect(guest.box).to_be_attached()
    guest.page.wait_for_timeout(500)  # the document is there, and has met the page
    guest.box.evaluate(SIZES)
    guest.bell.click()
    expect(guest.box).to_have_class("open")
    early = guest.frame.get_by_role("textbox", name="Write a message")
    early.press_sequentially("Which kit")
    assert held
    held.pop().continue_()
    frame = Frame(guest)
    expect(guest.log).to_be_visible()
    expect(frame.field).to_have_value("Which kit")
    expect(frame.field).to_be_focused()
    assert set(guest.page.evaluate("window.sizes")) <= {"", "open"}
    assert guest.complaints == []


def test_a_long_chat_opens_with_its_header(frame: Frame, demo: Server) -> None:
    """In a new tab: a chat of many screens, cards of both sides in it; name and "close" stay where they are."""
    frame.write("Tell me everything.")
    talk = newest_talk(demo)
    answers = [
        ("message.send", {"conversation": talk, "text": f"Part {n}. " + "Water it well. " * 12}) for n in range(14)
    ]
    form = ("order_form.push", {"conversation": talk, "products": products(demo)})
    desk_does(demo, "anna", *answers, form)
    frame.write("Thank you.")
    guest = Visitor(frame.page.context, demo.url)
    guest.go("/garden")
    again = Frame(guest)
    again.bell.click()
    expect(again.log).to_contain_text("Thank you.")
    expect(again.field).to_be_focused()
    guest.page.wait_for_timeout(300)
    expect(again.button("close")).to_be_in_viewport()
    inside = frame_of(guest)
    # A browser may scroll what is hidden when something in it gets the focus: ours has nowhere to go.
    moved = "panel => { panel.scrollTop = 99; return [panel.scrollTop, panel.querySelector('header').offsetTop]; }"
    assert inside.eval_on_selector("main.panel", moved) == [0, 0]


def test_who_is_blocked_reads_so_and_not_for_longer(frame: Frame, demo: Server) -> None:
    """In words for the one who reads them; a touch asks again, and when they are let in the sentence goes."""
    frame.write("Hello?")
    visitor = rows(demo, "SELECT visitor_id FROM conversation WHERE id = ?", newest_talk(demo))[0][0]
    block = administer(demo, "POST", "/api/blocks", {"visitor": visitor, "reason": "Insults", "minutes": 60})
    frame.button("newConversation").click()
    told = frame.inside.get_by_role("status").filter(has_text=frame.say["blocked"])
    expect(told).to_be_visible()
    expect(frame.inside.get_by_text("this visitor")).to_have_count(0)
    frame.button("tryAgain").click()
    expect(told).to_be_visible()
    administer(demo, "DELETE", f"/api/blocks/{block['id']}")
    frame.page.wait_for_timeout(1_100)  # a block is remembered for a second
    frame.button("tryAgain").click()
    expect(told).to_have_count(0)
    frame.write("Here I am again.")


def test_what_invited_is_read_first(visitor: Callable[..., Visitor], demo: Server) -> None:
    """An invitation without words of its own says ours in the bubble, and the same in the chat, over a reload too."""
    guest = visitor(**PHONE)
    frame = Frame(guest)
    guest.go("/garden/irrigation/drip-systems")
    ring(demo, str(guest.page.evaluate("localStorage['shopbell.visitor']")), guest.page.url)
    invite(guest, demo, "")
    expect(frame.inside.get_by_role("region")).to_contain_text(frame.say["invitation"], timeout=10_000)
    frame.button("answer").click()
    first = frame.log.get_by_role("listitem").first
    expect(first).to_contain_text(frame.say["invitation"])
    expect(first).to_contain_text("Anna Lindqvist")
    guest.page.reload()
    expect(first).to_contain_text(frame.say["invitation"])
    desk_does(demo, "anna", ("message.send", {"conversation": newest_talk(demo), "text": "I am Anna. May I help?"}))
    expect(frame.log).to_contain_text("I am Anna.")
    expect(frame.log).not_to_contain_text(frame.say["invitation"])


def test_a_rating_stays_and_can_be_changed(frame: Frame, demo: Server) -> None:
    """Four stars, then it goes on and ends again: the four are there, and a fifth is one touch."""
    frame.write("Is it good?")
    talk = newest_talk(demo)
    close = ("conversation.close", {"conversation": talk})
    desk_does(demo, "anna", ("message.send", {"conversation": talk, "text": "Very."}), close)
    stars = frame.inside.get_by_role("radio")
    stars.nth(3).check(force=True)
    frame.button("rate").click()
    expect(frame.inside.get_by_text(frame.say["thanks"])).to_be_visible()
    frame.button("writeAgain").click()
    frame.write("One more thing.")
    desk_does(demo, "anna", ("message.send", {"conversation": talk, "text": "Yes?"}), close)
    expect(stars.nth(3)).to_be_checked()
    expect(frame.inside.get_by_text("You gave 4 of 5.")).to_be_visible()
    expect(frame.button("rate")).to_have_count(0)
    stars.nth(4).check(force=True)
    frame.button("rate").click()
    expect(frame.inside.get_by_text(frame.say["thanks"])).to_be_visible()
    assert rows(demo, "SELECT score FROM conversation WHERE id = ?", talk) == [(5,)]


def test_one_order_form_is_open_and_what_is_missing_stands_at_its_field(frame: Frame, demo: Server) -> None:
    """A form, then an accepted offer that brings another: that one is open, the first is replaced, and what was written
    into it stands in the new one."""
    frame.write("I will take it.")
    talk, goods = newest_talk(demo), products(demo)
    offer = {"product": goods[0], "amount": 900, "minutes": 60, "quantity": 3}
    form = ("order_form.push", {"conversation": talk, "products": goods[:1]})
    desk_does(demo, "anna", form, ("offer.push", {"conversation": talk, "offer": offer}))
    name = frame.inside.get_by_role("textbox", name=frame.say["name"])
    name.fill("Maria")
    frame.button("accept").click()
    expect(frame.inside.get_by_text(frame.say["formReplaced"])).to_have_count(1)
    expect(frame.inside.locator("form.order")).to_have_count(1)
    expect(frame.inside.locator("form.order")).to_contain_text(frame.say["upTo"].replace("{n}", "3"))
    expect(name).to_have_value("Maria")
    pieces = frame.inside.locator(".stepper input")
    pieces.fill("4")
    frame.button("placeOrder").click()
    expect(frame.inside.get_by_text(frame.say["tooManyPieces"].replace("{n}", "3"))).to_be_visible()
    pieces.fill("3")
    frame.button("placeOrder").click()
    email = frame.inside.get_by_role("textbox", name=frame.say["email"])
    expect(email).to_be_focused()
    expect(email).to_have_accessible_description(frame.say["missingContact"])
    below = frame.inside.get_by_role("alert").filter(has_text=re.compile(".")).bounding_box()
    box = email.bounding_box()
    assert below is not None
    assert box is not None
    assert 0 <= below["y"] - (box["y"] + box["height"]) < 16


def test_who_is_asked_to_take_over_has_not_taken_over(frame: Frame, demo: Server) -> None:
    """Anna asks Boris: said as that. He is away and nobody takes it: she stays."""
    frame.write("It is about a drill.")
    talk = newest_talk(demo)
    desk_does(demo, "boris", ("presence.set", {"status": "online"}))

    async def work() -> None:
        async with people_of(demo) as crew:
            anna, boris = await crew.expert("anna"), await crew.expert("boris")
            await boris.done("presence.set", {"status": "online"})
            await anna.done("presence.set", {"status": "online"})
            await anna.done("message.send", {"conversation": talk, "text": "One moment.", "client_id": "a"})
            who = next(
                one for one in (await crew.api("anna", "/api/experts"))["items"] if one["name"].startswith("Boris")
            )
            wish = {"conversation": talk, "expert": who["id"], "topic": [], "note": ""}
            await anna.done("conversation.transfer", wish)
            alert = await boris.wait("alert.raised", reason="transfer")
            await boris.done("alert.decline", {"alert": alert["id"]})
            await anna.close()
            await boris.close()

    in_own_loop(work())
    expect(frame.log).to_contain_text("Anna Lindqvist asks Boris Tamm to take over ·")
    expect(frame.log).to_contain_text("Anna Lindqvist stays with you ·")


def test_no_mail_is_offered_where_none_is_sent(frame: Frame, demo: Server) -> None:
    """A demo has no mail: the copy can be saved, and nothing asks for an address."""
    frame.write("Keep this.")
    desk_does(demo, "clara", ("message.send", {"conversation": newest_talk(demo), "text": "Gladly."}))
    expect(frame.log).to_contain_text("Gladly.")
    frame.choose("transcript")
    expect(frame.button("saveText")).to_be_visible()
    expect(frame.button("mailSend")).to_have_count(0)


def test_who_comes_at_night_reads_so_and_an_answer_is_read_from_its_title(
    visitor: Callable[..., Visitor], demo: Server
) -> None:
    """On a small phone: who can answer when, before a word is written; then the article's title above its quote, and
    times that nobody can press once something is agreed."""
    for who in ("anna", "boris", "clara"):
        desk_does(demo, who, ("presence.set", {"status": "offline"}))
    guest = visitor(**PHONE | {"viewport": {"width": 360, "height": 560}})
    guest.go("/garden/irrigation/drip-systems")
    frame = Frame(guest).open()
    expect(frame.log).to_contain_text(re.compile(r"Nobody is here just now\. .+ can answer you (today|tomorrow|on) "))
    expect(frame.log).not_to_contain_text("A person answers.")
    frame.field.fill("How do I water my pots while I am away in summer?")
    frame.button("send").click()
    expect(frame.log).to_contain_text(frame.say["night"])
    guest.page.wait_for_timeout(300)
    expect(frame.log.locator(".passages h2").first).to_be_in_viewport()
    frame.log.locator(".times button").first.click()
    frame.inside.get_by_role("radio", name=frame.say["wayWrite"]).check()
    frame.button("askWrite").click()
    expect(
        frame.inside.get_by_text(re.compile(r"writes to you here (today|tomorrow|on) .*\d\d:\d\d")).first
    ).to_be_visible()
    frame.inside.get_by_role("button", name=re.compile(frame.say["back"])).click()
    expect(frame.log).to_contain_text("writes to you here")
    expect(frame.log.locator(".times button")).to_have_count(0)
