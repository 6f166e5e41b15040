"""The three-minute story of the demo in a real Chromium: what is done, what is seen, what must not happen.

Each person has a browser of their own. Nothing is pushed by hand: the beats are the snippet's, the bell the server's.
"""

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.people import WAY, Desk, Pictures, Visitor, quick, write_report
from tests.running import Server

KIT = WAY[-1]


@pytest.mark.slow
@pytest.mark.calm
@pytest.mark.timeout(150)
def test_the_three_minute_story(
    demo: Server,
    visitor: Callable[..., Visitor],
    expert: Callable[..., Desk],
) -> None:
    """A stranger is heard, helped and served, comes back as a customer, and the marketer sees all of it."""
    pictures = Pictures("story")
    took: dict[str, float] = {}

    def told(name: str, since: float) -> None:
        took[name] = round((time.monotonic() - since) * 1000)

    began = time.monotonic()
    anna, boris = expert("anna"), expert("boris")
    expect(anna.quiet).to_be_visible()

    # 1. A stranger walks in: nobody is disturbed.
    maria = visitor()
    maria.go()
    assert maria.page.evaluate("document.hasFocus() && !document.hidden"), "only a page that is looked at counts"
    expect(maria.bell).to_be_visible()
    expect(anna.on_site).to_have_count(1)
    pictures.take(maria.page, "shop")
    maria.walk(*WAY)
    expect(maria.page.get_by_role("heading", level=1, name=KIT)).to_be_visible()
    expect(maria.box).to_have_count(0)
    # Her last page is four levels down in Anna's topic; she stays.
    maria.linger(10_000)
    assert anna.bells.count() == 0, "the bell rang before the condition was true"
    completed = maria.linger(15_000)
    expect(anna.bells).to_have_count(1, timeout=quick(completed))
    expect(anna.bells.first).to_be_visible()
    told("bell after the completing beat, ms", completed)

    bell = anna.bells.first
    who = (bell.get_attribute("aria-label") or "").removeprefix("Bell: ")
    assert who.startswith("Stranger "), who
    expect(bell).to_contain_text("Stranger, here for the first time")
    for name in WAY:
        expect(bell).to_contain_text(name)
    expect(bell.get_by_role("img", name="Level 4 now, deepest 4")).to_be_visible()
    expect(bell).to_contain_text("5 pages")
    why = bell.get_by_role("list", name="Why it rings at your desk")
    expect(why).to_contain_text("Your topic")
    expect(why.get_by_role("listitem")).not_to_have_count(1)
    expect(bell.get_by_role("timer")).to_have_text(re.compile(r"^0:(20|1\d)$"))
    expect(anna.page).to_have_title("(1) Shopbell")
    assert "bell-ringing" in (anna.page.locator("#favicon").get_attribute("href") or "")
    pictures.take(anna.page, "bell-at-annas")
    # Boris, whose topic it is not, sees the stranger walk and is not called.
    expect(boris.quiet).to_be_visible()
    expect(boris.bells).to_have_count(0)
    expect(boris.page).to_have_title("Shopbell")
    # Nothing happened at the visitor's either: she was not told that anybody looks.
    expect(maria.box).to_have_count(0)
    pictures.take(boris.page, "boris-hears-nothing")

    # 2. Anna accepts: a quiet bubble within a second, never a window.
    bell.get_by_role("button", name=f"Accept {who}").click()
    accepted = time.monotonic()
    bubble = maria.bubble(re.compile("Anna Lindqvist"))
    expect(bubble).to_be_visible(timeout=quick(accepted))
    told("invitation after the click, ms", accepted)
    expect(maria.box).to_have_class("bubble")
    size = maria.box.bounding_box()
    assert size is not None
    assert size["height"] < 300, "an invitation is a bubble, not a window"
    assert maria.page.evaluate("document.activeElement.tagName") == "BODY", "an invitation takes no focus"
    pictures.take(maria.page, "invited")
    expect(anna.bells).to_have_count(0)
    expect(anna.page).to_have_title("Shopbell")
    bubble.get_by_role("button", name="Answer").click()
    field = maria.frame.get_by_role("textbox", name="Write a message")
    expect(field).to_be_focused()

    # They talk, and see each other write.
    anna.page.get_by_role("textbox", name="Your message").press_sequentially("Good day!", delay=20)
    expect(maria.frame.get_by_text("Anna Lindqvist is typing…")).to_be_visible()
    anna.says("Good day! Is it for a balcony without a tap?")
    expect(maria.log).to_contain_text("Is it for a balcony without a tap?")
    expect(maria.frame.get_by_text("Anna Lindqvist is typing…")).to_have_count(0)
    field.press_sequentially("Yes", delay=20)
    expect(anna.log).to_contain_text(f"{who} is writing")
    maria.says("Yes, six pots, facing south.")
    expect(anna.log).to_contain_text("Yes, six pots, facing south.")
    expect(maria.log).to_contain_text("Seen")
    pictures.take(maria.page, "they-talk")
    pictures.take(anna.page, "they-talk-annas-side")

    # A reload on either side loses nothing and doubles nothing.
    said = ("Is it for a balcony without a tap?", "Yes, six pots, facing south.")
    maria.page.reload()
    expect(maria.log).to_be_visible()
    for words in said:
        expect(maria.log.get_by_text(words)).to_have_count(1)
    anna.page.reload()
    anna.talks.first.click()
    for words in said:
        expect(anna.log.get_by_text(words)).to_have_count(1)
    maria.says("Do I need anything else?")
    expect(anna.log.get_by_text("Do I need anything else?")).to_have_count(1)
    expect(anna.bells).to_have_count(0)

    # 3. Information, an offer, an order form, all in the chat.
    guide = f"{demo.url}/guides/first-vegetable-bed"
    anna.shows_information("Watering while you are away", guide, "Two minutes to read.")
    page = maria.log.get_by_role("link", name=re.compile("Open the page"))
    expect(page).to_have_attribute("href", guide)
    anna.offers(KIT, "21.50")
    expect(maria.log).to_contain_text("€21.50")
    expect(maria.log).to_contain_text("instead of €24.90")
    pictures.take(maria.page, "information-and-offer")
    maria.log.get_by_role("button", name="No, thank you").click()
    expect(maria.log).to_contain_text("You declined this offer.")
    expect(anna.log).to_contain_text("Offer declined")
    anna.shows_order_form(KIT)
    form = maria.log.locator("form")
    expect(form).to_be_visible()
    form.get_by_role("button", name=f"One more: {KIT}").click()
    expect(form).to_contain_text("€49.80")
    # What is missing is said; nothing is ordered.
    form.get_by_role("button", name="Place the order").click()
    expect(form.get_by_role("alert")).to_have_text("Please write your name.")
    maria.fill_order(form, "Maria Petrova", "maria@example.org")
    ordered = time.monotonic()
    expect(maria.log).to_contain_text("Thank you. Your order is placed.")
    expect(maria.log.get_by_role("heading", name=re.compile(r"^Order "))).to_be_visible()
    expect(maria.log.get_by_text("€49.80").last).to_be_visible()
    expect(anna.log).to_contain_text(re.compile(r"Order \S+"), timeout=quick(ordered, 2))
    expect(anna.log).to_contain_text("Total €49.80")
    expect(anna.person.get_by_role("listitem").filter(has_text=re.compile(r"^Order.*€49\.80"))).to_be_visible()
    expect(anna.page.get_by_role("heading", level=2, name="Maria Petrova").first).to_be_visible()
    expect(maria.log.get_by_role("button", name="Place the order")).to_have_count(0)
    pictures.take(maria.page, "ordered")
    pictures.take(anna.page, "ordered-at-annas")

    # 4. Without any chat: the same form is a quiet card on the page of another stranger.
    ivan, waits = visitor(), visitor()
    waits.go()
    ivan.go("/workshop/hand-tools/planes")
    waits.walk(*WAY[:3])  # lingers from now on, and will be waiting when Maria comes back
    boris.on_site.filter(has_text="Planes").click()
    boris.shows_order_form("Smoothing plane, No. 4")
    card = ivan.bubble(re.compile("^Boris"))
    expect(card).to_contain_text("Smoothing plane, No. 4")
    expect(ivan.box).to_have_class("bubble")
    pictures.take(ivan.page, "card-on-the-page")
    card.get_by_role("button", name="Fill in the order").click()
    ivan.fill_order(card.locator("form"), "Ivan Sommer", "ivan@example.org")
    expect(card).to_contain_text("Thank you. Your order is placed.")
    expect(card.get_by_role("heading", name=re.compile(r"^Order "))).to_be_visible()
    pictures.take(ivan.page, "card-ordered")
    expect(ivan.frame.get_by_role("log")).to_have_count(0)
    expect(boris.page.get_by_role("status").filter(has_text="ordered: №")).to_be_visible()
    expect(boris.person.get_by_role("listitem").filter(has_text=re.compile(r"^Order.*€"))).to_be_visible()
    expect(boris.talks).to_have_count(0)

    # Information and an offer lie there in the same way; an accepted offer becomes a form at the offered price.
    card.get_by_role("button", name="Put away").click()
    boris.shows_information("Sharp in ten minutes", f"{demo.url}/guides/sharp-in-ten-minutes", "With one stone.")
    note = ivan.bubble("Boris Tamm")
    expect(note.get_by_role("link", name=re.compile("Open the page"))).to_be_visible()
    expect(note).to_contain_text("Sharp in ten minutes")
    note.get_by_role("button", name="Put away").click()
    expect(note).to_have_count(0)
    boris.offers("Block plane, low angle", "99")
    expect(note).to_contain_text("€99.00 instead of €129.00")
    pictures.take(ivan.page, "offer-on-the-page")
    note.get_by_role("button", name="Accept").click()
    expect(ivan.frame.locator("form.order")).to_contain_text("€99.00")
    expect(ivan.frame.get_by_role("log")).to_have_count(0)
    expect(boris.bells.filter(has_text="Drip systems")).to_have_count(0)

    # 5. Maria closes her browser and comes back: above the stranger who waits, with everything that was.
    kept = maria.context.storage_state()
    maria.context.close()
    completed = waits.linger(15_000)
    expect(anna.bells).to_have_count(1, timeout=quick(completed))
    back = visitor(storage_state=kept)
    back.go("/")
    back.until(lambda: back.stored, "her first view is stored")
    returned = back.answered[0][1]
    expect(anna.bells).to_have_count(2, timeout=quick(returned))
    told("bell of the return after its view, ms", returned)
    expect(anna.bells.first).to_have_attribute("aria-label", "Bell: Maria Petrova")
    expect(anna.bells.first).to_contain_text("1 order")
    expect(anna.bells.last).to_have_attribute("aria-label", re.compile("Bell: Stranger"))
    expect(anna.page).to_have_title("(2) Shopbell")
    anna.bells.first.click()
    for kind in ("Visit", "Conversation", "Order"):
        expect(
            anna.person.get_by_role("listitem").filter(has_text=re.compile(f"^{kind}")).first, f"{kind} in the history"
        ).to_be_visible()
    pictures.take(anna.page, "back-above-a-stranger")
    anna.bells.first.get_by_role("button", name=re.compile("^Accept")).click()
    expect(anna.log).to_contain_text("Yes, six pots, facing south.")
    expect(back.bubble(re.compile("Anna Lindqvist"))).to_be_visible()
    pictures.take(back.page, "welcome-back")

    # 6. The marketer sees it as figures, as people, as a tree.
    martin = expert("marketer", "Sign in and go online")
    funnel = martin.page.get_by_role("table", name="The same in figures")
    for step in ("Viewed", "Went deep", "Bell rang", "Talked", "Got an offer", "Ordered"):
        row = funnel.get_by_role("row").filter(has=martin.page.get_by_role("rowheader", name=step, exact=True))
        assert int(row.get_by_role("cell").first.inner_text()) > 0, f"nobody in step {step!r}"
    pictures.take(martin.page, "funnel")
    lost = martin.page.get_by_role("list", name="Funnel").get_by_role("button", expanded=False)
    lost.filter(has_text="went deep, nobody answered").click()
    people = martin.page.get_by_role("region", name=re.compile("went deep, nobody answered"))
    expect(people.get_by_role("listitem")).not_to_have_count(0)
    people.get_by_role("listitem").first.get_by_role("button").click()
    expect(people).to_contain_text("Everything so far")
    pictures.take(martin.page, "people-behind-a-bar")
    martin.page.get_by_role("navigation", name="Reports").get_by_role("button", name="Tree").click()
    tree = martin.page.get_by_role("treegrid")
    garden = tree.get_by_role("row").filter(has=martin.page.get_by_role("rowheader", name=re.compile("Garden")))
    expect(garden.first).to_be_visible()
    assert int(garden.first.get_by_role("gridcell").first.inner_text()) >= 2
    pictures.take(martin.page, "tree")

    # The stranger who waited: Anna let the time run out, so now, and only now, Boris is asked.
    late = boris.bells.filter(has_text="Drip systems")
    expect(late).to_have_count(1, timeout=25_000)
    assert time.monotonic() - completed > 19, "the next rung rang before its time"
    expect(late).to_contain_text("Anyone who is free")
    pictures.take(boris.page, "next-rung")

    told("the whole story, ms", began)
    write_report(pictures.folder, "took", took)
    assert not [one for who in (maria, ivan, waits, back) for one in who.complaints]
    assert took["the whole story, ms"] < 90_000
