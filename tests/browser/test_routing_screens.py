"""What the console shows of routing, in a real Chromium: what is done, what is seen, what must not happen."""

import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.people import WAY, Desk, Pictures, Visitor
from tests.browser.test_looks import faults
from tests.running import PASSWORD, Server

PHONE = {"width": 390, "height": 844}
SHELF = "/garden/irrigation/drip-systems"
STAY = "Sign in and stay away for now"


@pytest.fixture
def screen(demo: Server, expert: Callable[..., Desk]) -> Iterator[Callable[..., Page]]:
    """`screen("site/ladder")`: a screen of the console, for the administrator unless said otherwise."""
    wrong: list[str] = []

    def open_(where: str, name: str = "admin", **options: object) -> Page:
        page = expert(name, *[STAY] if name == "admin" else [], **options).page
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{demo.other}/console/#/{where}")
        return page

    yield open_
    assert wrong == []


def asked(where: Locator | Page) -> Locator:
    """Open "Who was asked" there."""
    line = where.locator(".asked").first
    if line.get_attribute("open") is None:
        line.locator("summary").click()
    expect(line.locator(".asked-rungs > li").first).to_be_visible()
    return line


def topic_rings(page: Page, seconds: int) -> None:
    """Set how long the rung of the topic lasts, on the screen of the ladder."""
    page.get_by_label("Seconds: Who knows the topic best").fill(str(seconds))
    page.get_by_role("button", name="Save the ladder").click()
    expect(page.get_by_text("Saved. It holds for the next rung that rings.")).to_be_visible()


def accept(desk: Desk) -> None:
    desk.bells.first.get_by_role("button", name=re.compile("^Accept")).click()


def deep(guest: Visitor) -> None:
    guest.go(SHELF)
    guest.linger(15_000)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_why_you_and_why_not_boris(
    screen: Callable[..., Page], visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """Done: a bell rings, Anna asks why. Expected: who was rung and why, a sentence for everybody else, later what came
    of it, for the marketer too. Must not happen: that asking rings, or moves, anything."""
    pictures = Pictures("routing")
    topic_rings(screen("site/ladder"), 60)
    anna, boris = expert("anna"), expert("boris")
    guest = visitor()
    deep(guest)
    bell = anna.bells.first
    expect(bell).to_contain_text("Your topic")
    line = asked(bell)
    expect(line).to_contain_text("It rings now.")
    rung = line.locator(".asked-rungs > li").first
    expect(rung).to_contain_text("Who knows the topic best")
    expect(rung).to_contain_text(re.compile(r"Anna Lindqvist\s*rings now\s*5 of 5 on Garden · speaks English · 0 of 4"))
    expect(rung.get_by_role("list", name="Not rung")).to_contain_text("Boris Tamm: does not know the topic")
    expect(rung.get_by_role("list", name="Not rung")).to_contain_text("Clara Weiss: offline")
    choice = rung.get_by_label("Why not …?")
    choice.focus()
    choice.select_option(label="Boris Tamm")
    expect(rung.get_by_role("status")).to_have_text("Boris Tamm knows nothing of Drip systems.")
    choice.select_option(label="Clara Weiss")
    expect(rung.get_by_role("status")).to_have_text("Clara Weiss was offline.")
    pictures.take(anna.page, "why-not")
    assert faults(anna.page) == []
    assert boris.bells.count() == 0, "a question rang a bell"
    expect(anna.bells).to_have_count(1)

    accept(anna)
    guest.bubble(re.compile("Anna")).get_by_role("button", name="Answer").click()
    anna.says("Good day! May I help?")
    expect(guest.log).to_contain_text("May I help?")
    told = asked(anna.person)
    expect(told).to_contain_text(re.compile(r"Anna Lindqvist answered after \d+ s\."))
    expect(told).to_contain_text(re.compile(r"Anna Lindqvist\s*accepted"))
    anna.shows_order_form(WAY[-1])
    guest.fill_order(guest.log.locator("form"), "Maria Petrova", "maria@example.org")
    expect(guest.log).to_contain_text("Your order is placed")
    expect(told).to_contain_text(re.compile(r"Ordered: № \d+\."), timeout=5_000)
    pictures.take(anna.page, "what-came-of-it")

    # The marketer reads the same, in their own language, on a phone; the list gives way to the person.
    page = screen("live", "marketer", viewport=PHONE)
    page.evaluate("localStorage['shopbell.language'] = 'ru'")
    page.reload()
    page.locator(".visit-row").filter(has_text="Maria Petrova").click()
    expect(page.locator(".visit-row").first).to_be_hidden()
    theirs = asked(page)
    expect(theirs).to_contain_text("Anna Lindqvist: ответ через")
    theirs.get_by_label("Почему не …?").select_option(label="Boris Tamm")
    expect(theirs.get_by_role("status")).to_contain_text("Boris Tamm")
    assert faults(page) == []
    pictures.take(page, "the-marketer-on-a-phone")
    page.get_by_role("button", name="Назад").first.click()
    expect(page.locator(".visit-row").first).to_be_visible()
    anna.page.get_by_role("button", name="Close conversation").click()


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_changed_ladder_is_felt_by_the_next_bell(
    screen: Callable[..., Page], visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """Done: the rung of the topic gets 7 s, by keyboard. Expected: the next bell rings so long, then at Boris. Must not
    happen: that something senseless is saved, or that Boris hears it before."""
    anna, boris = expert("anna"), expert("boris")
    page = screen("site/ladder")
    said = page.locator(".said")
    expect(said).to_contain_text("First the owner of the customer for 20 s")
    topic = page.get_by_label("Seconds: Who knows the topic best")
    save = page.get_by_role("button", name="Save the ladder")
    topic.fill("3")
    expect(topic).to_have_accessible_description("A whole number from 5 to 3,600")
    expect(save).to_be_disabled()
    topic.fill("7")
    expect(said).to_contain_text("then whoever knows the topic best for 7 s")
    page.get_by_role("button", name="Move up: Who knows the topic best").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(said).to_contain_text("First whoever knows the topic best for 7 s, then the owner of the customer for 20 s")
    expect(page.get_by_text("rings for 1 min 7 s at most")).to_be_visible()
    assert faults(page) == []
    save.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Saved. It holds for the next rung that rings.")).to_be_visible()
    page.reload()
    expect(said).to_contain_text("First whoever knows the topic best for 7 s")

    guest = visitor()
    deep(guest)
    expect(anna.bells).to_have_count(1)
    began = time.monotonic()
    assert re.match(r"0:0[0-7]", anna.bells.first.get_by_role("timer").inner_text())
    assert boris.bells.count() == 0
    expect(boris.bells).to_have_count(1, timeout=12_000)
    assert 5 < time.monotonic() - began < 10
    expect(asked(boris.bells.first)).to_contain_text(re.compile(r"Anna Lindqvist\s*no answer"))
    boris.bells.first.get_by_role("button", name=re.compile("^Decline")).click()
    expect(boris.bells).to_have_count(0)


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_colleague_is_made_rung_for_what_they_know_and_dismissed(
    demo: Server, screen: Callable[..., Page], visitor: Callable[..., Visitor], expert: Callable[..., Desk],
    new_context: Callable[..., BrowserContext],
) -> None:  # fmt: skip
    """Done: Elena is added with a topic nearer than Anna's and with hours. Expected: the bell is hers; when she is
    dismissed while it rings it goes to Anna. Must not happen: that Anna hears it before, or Elena stays signed in."""
    pictures = Pictures("team")
    passer_by = visitor()
    passer_by.go(SHELF)  # a place is in the tree once somebody was there
    passer_by.page.close()
    anna = expert("anna")
    page = screen("site/ladder")
    topic_rings(page, 60)
    page.get_by_role("navigation", name="Screens").get_by_role("link", name="Team").click()
    page.get_by_role("button", name="+ Add a colleague").click()
    expect(page.get_by_role("heading", name="A new colleague")).to_be_focused()
    form = page.locator(".member-form")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.get_by_label("Name", exact=True)).to_have_accessible_description("Please give a name.")
    expect(form.get_by_label("Password")).to_have_accessible_description("At least 8 characters.")
    form.get_by_label("Name", exact=True).fill("Elena Novak")
    form.get_by_label("E-mail").fill("anna@demo.example")
    form.get_by_label("Password").fill(PASSWORD)
    form.get_by_role("button", name="+ a topic").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("irrig")
    expect(form.get_by_role("list", name="Places in the tree").get_by_role("button").first).to_be_visible()
    page.keyboard.press("Enter")
    form.get_by_label("How well: Garden › Irrigation").select_option(label="5 · knows best")
    form.get_by_label("At any time").uncheck()
    form.get_by_label("Time zone").fill("UTC")
    for day in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"):
        line = form.get_by_role("group", name=day, exact=True)
        if line.get_by_label(re.compile("from$")).count() == 0:
            line.get_by_role("button", name=re.compile("^Add a span")).click()
        line.get_by_label(re.compile("from$")).fill("0")
        line.get_by_label(re.compile("to$")).fill("24")
    form.get_by_role("button", name="Add", exact=True).click()
    expect(form.get_by_label("E-mail")).to_have_accessible_description(re.compile("Somebody has this e-mail already"))
    pictures.take(page, "refused-at-the-field")
    form.get_by_label("E-mail").fill("elena@demo.example")
    form.get_by_role("button", name="Add", exact=True).click()
    member = page.get_by_role("listitem", name="Elena Novak")
    expect(member).to_contain_text("Garden › Irrigation · knows best")
    expect(member).to_contain_text("Mon–Sun 00:00–24:00 (UTC)")
    assert faults(page) == []

    elena = Desk(new_context(viewport={"width": 1280, "height": 860}), demo, "elena")
    elena.page.goto(f"{demo.other}/console/")
    elena.page.get_by_label("E-mail").fill("elena@demo.example")
    elena.page.get_by_label("Password").fill(PASSWORD)
    elena.page.get_by_role("button", name="Sign in and go online").click()
    expect(member).to_contain_text("Online", timeout=8_000)
    guest = visitor()
    deep(guest)
    expect(elena.bells).to_have_count(1)
    expect(asked(elena.bells.first)).to_contain_text("5 of 5 on Irrigation")
    assert anna.bells.count() == 0, "the bell rang at who knows less"

    member.get_by_role("button", name=re.compile("^Dismiss")).click()
    expect(member).to_contain_text("Bells that ring there climb to colleagues")
    pictures.take(page, "dismiss")
    assert elena.bells.count() == 1, "the question alone took her bell"
    member.get_by_role("button", name="Yes, dismiss").click()
    expect(anna.bells).to_have_count(1, timeout=5_000)
    expect(elena.page.get_by_role("button", name="Sign in and go online")).to_be_visible(timeout=10_000)
    expect(member).to_have_count(0)
    page.get_by_text("Who left").click()
    expect(page.get_by_role("button", name="Bring back Elena Novak")).to_be_visible()
    anna.bells.first.get_by_role("button", name=re.compile("^Decline")).click()


@pytest.mark.timeout(60)
def test_phrases_of_a_topic_are_kept(screen: Callable[..., Page]) -> None:
    """Done: two phrases and an empty line are written. Expected: both stand there after a reload. Must not happen: that
    looking at them changes something, or that the empty line counts."""
    page = screen("site/topics")
    page.get_by_role("searchbox").fill("anna")
    garden = page.locator(".topic-list .row").first
    expect(garden).to_contain_text("Garden")
    garden.click()
    words = page.get_by_label("Phrases for Garden, one per line")
    expect(page.get_by_role("button", name="Save the phrases")).to_be_disabled()
    words.fill("my roses are ill\n\nwhen do I sow peas")
    page.get_by_role("button", name="Save the phrases").click()
    expect(page.get_by_text("Phrases saved: Garden.")).to_be_visible()
    expect(garden).to_contain_text("2 phrases")
    page.reload()
    page.get_by_role("searchbox").fill("anna")
    page.locator(".topic-list .row").first.click()
    expect(words).to_have_value("my roses are ill\nwhen do I sow peas")


@pytest.mark.timeout(90)
@pytest.mark.parametrize(("width", "tongue"), [(1280, "en"), (390, "ru")])
def test_these_screens_can_be_used_by_everybody(screen: Callable[..., Page], width: int, tongue: str) -> None:
    """Axe finds nothing, nothing is wider than the screen, and the places of the console are all in sight."""
    look = "dark" if tongue == "ru" else "light"
    page = screen("team", viewport={"width": width, "height": 844}, color_scheme=look)
    page.evaluate(f"localStorage['shopbell.language'] = '{tongue}'")
    wrong: dict[str, object] = {}
    for where in ("team", "site/ladder", "site/topics"):
        page.goto(page.url.partition("#")[0] + f"#/{where}")
        page.reload()
        expect(page.locator(".member, .ladder-rungs, .topic-list").first).to_be_visible()
        if where == "team":
            # By key: the list is sorted anew while one's own desk arrives, and would slip away under a finger.
            page.locator(".member-acts .plain-button").first.press("Enter")
            page.locator(".hours input[type=checkbox]").uncheck()
        if found := faults(page):
            wrong[where] = found
        if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong[f"{where}, width"] = "wider than the screen"
        if page.evaluate("(box => box.scrollWidth > box.clientWidth)(document.querySelector('.screens'))"):
            wrong[f"{where}, places"] = "cut off"
    assert wrong == {}
