"""What the house says among itself: notes, handing on, reading along, blocks. The visitor sees none of it."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Desk, Pictures, Visitor
from tests.browser.test_desk_writing import meet, part
from tests.browser.test_looks import faults
from tests.running import Server


def notes(desk: Page) -> Locator:
    return desk.locator(".log .is-note")


def handed_on(anna: Desk, note: str) -> None:
    anna.page.get_by_role("button", name="Hand on").first.click()
    boris = anna.page.get_by_role("radio", name=re.compile("Boris"))
    expect(boris).to_be_enabled(timeout=10_000)
    boris.check()
    assert faults(anna.page) == []
    anna.page.get_by_label("A word for your colleague").fill(note)
    anna.page.locator(".transfer").get_by_role("button", name="Hand on").click()


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_colleagues_note_hand_on_and_read_along_and_the_visitor_sees_none_of_it(
    demo: Server, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """Anna notes, offers to Boris who declines and then takes; Agnes reads along on the board and notes for him."""
    pictures = Pictures("desk-house")
    anna, boris, guest = expert("anna"), expert("boris"), visitor()
    agnes = expert("admin", "Sign in and stay away for now")
    meet(demo, anna, guest)

    anna.page.get_by_role("button", name="Note", exact=True).click()
    anna.page.get_by_role("textbox", name="Your note for colleagues").fill("Has a shop of her own")
    assert faults(anna.page) == []
    pictures.take(anna.page, "note")
    anna.page.keyboard.press("Enter")
    expect(notes(anna.page)).to_contain_text("Has a shop of her own")
    expect(anna.page.get_by_role("textbox", name="Your message")).to_be_visible()

    handed_on(anna, "She asks about pumps")
    offer = boris.bells.filter(has_text="Anna Lindqvist hands this conversation on to you")
    expect(offer).to_contain_text("She asks about pumps")
    pictures.take(boris.page, "offered")
    expect(anna.page.get_by_text("It stays yours until somebody takes it").first).to_be_visible()
    offer.get_by_role("button", name=re.compile("^Decline")).click()
    expect(anna.page.get_by_text("Boris Tamm: declined. The conversation stayed yours.")).to_be_visible()
    handed_on(anna, "Please, pumps are yours")
    offer.get_by_role("button", name=re.compile("^Accept")).click()
    # Hers, and the two words that came with the offers.
    expect(notes(boris.page)).to_have_count(3)
    expect(anna.talks).to_have_count(0)
    expect(anna.page.get_by_text("Boris Tamm has the conversation now.")).to_be_visible()

    agnes.page.get_by_role("link", name="Board").click()
    seat = agnes.page.get_by_role("listitem").filter(has=agnes.page.get_by_role("heading", name="Boris Tamm"))
    seat.get_by_role("button", name=re.compile("read along")).click()
    log = agnes.page.get_by_role("log")
    expect(log).to_contain_text("while I am away")
    guest.says("And what does a pump cost?")
    expect(log).to_contain_text("And what does a pump cost?")
    agnes.page.get_by_role("textbox", name="Your note for colleagues").fill("Offer the small one")
    pictures.take(agnes.page, "board")
    assert faults(agnes.page) == []
    agnes.page.keyboard.press("Enter")
    expect(notes(boris.page)).to_have_count(4)
    expect(notes(boris.page).last).to_contain_text("Agnes Holm")
    boris.says("Forty euros.")
    expect(log).to_contain_text("Forty euros.")
    expect(guest.log).to_contain_text("Forty euros.")
    seen = guest.frame.locator("body").inner_text()
    for secret in ("Has a shop", "She asks about pumps", "Offer the small one", "Agnes"):
        assert secret not in seen

    boris.page.get_by_role("button", name="Close conversation").click()
    boris.page.get_by_role("button", name="Open again").click()
    boris.says("One more thing.")
    expect(guest.log).to_contain_text("One more thing.")
    anna.page.get_by_role("button", name="Offline", exact=True).click()
    part(boris)


@pytest.mark.timeout(90)
def test_a_visitor_is_blocked_with_a_reason_and_let_in_again_in_the_same_place(
    demo: Server, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """What they write does not arrive; the line that says so takes it back."""
    anna, guest = expert("anna"), visitor()
    meet(demo, anna, guest)
    anna.person.get_by_text("Block", exact=True).first.click()
    anna.person.get_by_label("Why? Colleagues read it.").fill("Writes the same thing all day")
    anna.person.get_by_label("How long").select_option(label="1 hour")
    anna.person.get_by_role("button", name="Block").click()
    held = anna.person.get_by_text(re.compile("^Blocked until"))
    expect(held).to_contain_text("Writes the same thing all day")
    assert faults(anna.page) == []
    anna.person.get_by_role("button", name="Let them in again").click()
    expect(held).to_have_count(0)
    anna.page.get_by_role("button", name="Offline", exact=True).click()


@pytest.mark.timeout(90)
def test_what_comes_back_from_a_colleague_is_read_to_its_end_where_it_stood_open(
    demo: Server, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """Boris takes it, writes and goes: Anna reads that he came, what was said, and that he left, without a click."""
    anna, boris, guest = expert("anna"), expert("boris"), visitor()
    meet(demo, anna, guest)
    handed_on(anna, "Pumps are yours")
    boris.bells.filter(has_text="Anna Lindqvist").get_by_role("button", name=re.compile("^Accept")).click()
    expect(anna.page.get_by_text("Boris Tamm has the conversation now.")).to_be_visible()
    expect(anna.talks).to_have_count(0)
    # No bell brings it back to her: it is only nobody's.
    anna.page.get_by_role("button", name="Away", exact=True).click()
    boris.says("The small pump will do.")
    guest.says("For how many pots?")
    expect(boris.log).to_contain_text("For how many pots?")
    boris.page.get_by_role("button", name="Offline", exact=True).click()
    expect(anna.page.get_by_text("Nobody has this conversation.")).to_be_visible(timeout=15_000)
    for said in ("Boris Tamm joined", "The small pump will do.", "For how many pots?", "Boris Tamm had to leave"):
        expect(anna.log).to_contain_text(said)
    # Nobody's, and nobody told her to look elsewhere: what is said there now comes to her as well.
    guest.says("Is anybody there?")
    expect(anna.log).to_contain_text("Is anybody there?")
    expect(anna.quiet).to_have_count(0)
    expect(anna.page.get_by_text("More was said here")).to_have_count(0)
    anna.says("I am, again.")
    expect(guest.log).to_contain_text("I am, again.")
    part(anna)
