"""Triggers in the console, in a real Chromium: what is done, what is seen, what must not happen."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.people import WAY, Desk, Pictures, Visitor
from tests.browser.test_looks import faults
from tests.running import Server

PHONE = {"width": 390, "height": 844}
#: A running server looks for changed triggers every second.
HOLDS_MS = 2_000


class Editor:
    """The form in which a trigger is written, found as a person finds it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.form = page.locator("form.rule")

    def open(self) -> "Editor":
        self.page.get_by_role("button", name="+ New trigger").click()
        expect(self.page.get_by_role("heading", name="New trigger")).to_be_focused()
        return self

    def add(self, button: str, kind: str) -> None:
        self.form.get_by_role("button", name=button).click()
        self.form.get_by_role("button", name=kind, exact=True).click()

    def clause(self, kind: str) -> Locator:
        return self.form.get_by_role("group", name=re.compile(rf"^Condition \d: {kind}$"))

    def name(self, name: str) -> None:
        self.form.get_by_label("Its name").fill(name)

    @property
    def said(self) -> Locator:
        return self.form.locator(".rule-said")

    @property
    def save(self) -> Locator:
        return self.form.get_by_role("button", name="Save")


@pytest.fixture
def rules(demo: Server, new_context: Callable[..., BrowserContext]) -> Iterator[Callable[..., Page]]:
    """`rules("admin")`: the triggers of the demo, on the screen of somebody who may see them."""
    wrong: list[str] = []

    def sit_down(name: str = "admin", **options: object) -> Page:
        context = new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
        page = Desk(context, demo, name).sign_in(*["Sign in and stay away for now"] if name == "admin" else []).page
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(f"{demo.other}/console/#/site/triggers")
        expect(card(page, "deep")).to_be_visible()
        return page

    yield sit_down
    assert wrong == []


def card(page: Page, name: str) -> Locator:
    return page.get_by_role("listitem").filter(has=page.get_by_role("switch", name=re.compile(f"^{name}")))


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_trigger_is_made_tried_switched_on_and_fires(
    rules: Callable[..., Page], visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """Three conditions become a sentence, then what it would have done, then a bell at the right desk."""
    pictures = Pictures("triggers")
    anna, boris = expert("anna"), expert("boris")
    before = visitor()
    before.go()
    before.walk(*WAY[:3])
    before.until(lambda: any(one.get("path") == list(WAY[:3]) for one in before.stored), "the last page is stored")
    before.context.close()

    # Written: each part stands in the sentence as soon as it is chosen.
    page = rules()
    editor = Editor(page).open()
    editor.add("+ a condition …", "place in the tree")
    place = editor.clause("place in the tree")
    place.get_by_label("Levels deep, from the home page").fill("3")
    place.get_by_label("Seconds in the branch").fill("0")
    place.get_by_role("button", name=re.compile("one branch of the site")).click()
    place.get_by_label("Find a place in the tree").fill("irri")
    place.get_by_role("radio", name=re.compile("Irrigation$")).check()
    page.keyboard.press("Escape")
    editor.add("+ and also …", "pages viewed")
    editor.clause("pages viewed").get_by_label("Pages", exact=True).fill("4")
    editor.add("+ unless …", "customer or stranger")
    expect(editor.said).to_contain_text(
        "When a visitor goes at least 3 levels deep in “Garden › Irrigation” and has viewed at least 4 pages, "
        "unless the visitor is a known customer, ring the right expert, once per visit."
    )
    pictures.take(page, "written")

    # Tried before it is saved: the visit of a moment ago is found again.
    editor.form.get_by_role("button", name="Try it on the last 30 days").click()
    tried = page.get_by_role("region", name="What it would have done")
    expect(tried).to_contain_text(
        "In the last 30 days it would have rung 1 time for 1 visitor, none of them a customer"
    )
    expect(tried).to_contain_text("0 of these visits ordered anyway.")
    tried.get_by_role("list", name="The newest of them").get_by_role("button").click()
    expect(tried.get_by_role("heading", name=re.compile("^Stranger"), level=2)).to_be_visible()
    expect(tried.locator(".reads")).to_contain_text("Drip systems")
    pictures.take(page, "tried")

    # Saved without a name: no. With one: switched off, and nobody is disturbed.
    expect(editor.save).to_be_disabled()
    expect(editor.save).to_have_accessible_description("Give it a name, then it can be saved.")
    editor.name("Thirsty gardens")
    editor.save.click()
    made = card(page, "Thirsty gardens")
    expect(made).to_contain_text("Saved, and switched off.")
    expect(made.get_by_role("switch")).not_to_be_checked()
    quiet = visitor()
    quiet.go()
    quiet.walk(*WAY[:3])
    quiet.until(lambda: any(one.get("path") == list(WAY[:3]) for one in quiet.stored), "the last page is stored")
    quiet.page.wait_for_timeout(500)
    assert anna.bells.count() == 0, "a trigger rang that is switched off"
    quiet.context.close()

    # Switched on: it fires on the next one, at the desk of the one who knows, and nowhere else.
    made.get_by_role("button", name="Switch on").click()
    expect(made.get_by_role("switch")).to_be_checked()
    page.wait_for_timeout(HOLDS_MS)
    guest = visitor()
    guest.go()
    guest.walk(*WAY[:2])
    guest.page.wait_for_timeout(300)
    assert anna.bells.count() == 0, "it rang before its conditions were true"
    guest.walk(WAY[2])
    expect(anna.bells).to_have_count(1)
    expect(anna.bells.first).to_contain_text("Drip systems")
    expect(boris.bells).to_have_count(0)
    expect(boris.quiet).to_be_visible()

    # What came of it stands in the list.
    page.reload()
    expect(made).to_contain_text("In the last 7 days: it fired 1 time.")
    pictures.take(page, "fired")
    made.get_by_role("button", name="Delete").click()
    made.get_by_role("button", name="Yes, delete").click()
    expect(made).to_have_count(0)


def test_a_contradiction_is_shown_before_saving(rules: Callable[..., Page]) -> None:
    """A customer who is a stranger: said at the condition, and nothing is sent until it makes sense."""
    page = rules()
    saved: list[str] = []
    page.on("request", lambda one: saved.append(one.url) if one.method == "POST" and "check" not in one.url else None)
    editor = Editor(page).open()
    editor.name("Nobody")
    editor.add("+ a condition …", "customer or stranger")
    editor.add("+ and also …", "customer or stranger")
    editor.form.get_by_role("combobox", name="customer or stranger").last.select_option(label="is a stranger")
    wrong = editor.form.locator(".clauses.is-all > ul > li").last.locator(".finding.is-error")
    expect(wrong).to_contain_text("never hold together")
    expect(editor.save).to_be_disabled()
    expect(editor.save).to_have_accessible_description(re.compile("never hold together"))
    editor.form.get_by_label("Its name").press("Enter")
    page.wait_for_timeout(300)
    assert saved == []
    editor.form.get_by_role("button", name="Remove: customer or stranger").last.click()
    expect(wrong).to_have_count(0)
    expect(editor.save).to_be_enabled()


def test_what_somebody_writes_survives_a_reload(rules: Callable[..., Page]) -> None:
    """A draft stands there again as it was; given up, it is gone."""
    page = rules()
    editor = Editor(page).open()
    editor.name("Half done")
    editor.add("+ a condition …", "comes back or is new")
    page.reload()
    expect(editor.form.get_by_label("Its name")).to_have_value("Half done")
    expect(editor.said).to_contain_text("When a visitor comes back, ring")
    editor.form.get_by_role("button", name="Give up").click()
    page.reload()
    expect(card(page, "deep")).to_be_visible()
    expect(editor.form).to_have_count(0)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until what has this name has the focus."""
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate(
            "name => { const at = document.activeElement;"
            " const label = at.getAttribute('aria-label') || at.labels?.[0]?.textContent || at.textContent || '';"
            " return label.trim().startsWith(name); }",
            name,
        ):
            return
    raise AssertionError(f"no way by keyboard to {name!r}")


@pytest.mark.timeout(60)
def test_a_trigger_is_made_by_keyboard_alone(rules: Callable[..., Page]) -> None:
    """From nothing to saved without a pointer; the focus is never lost."""
    page = rules()
    press, write = page.keyboard.press, page.keyboard.type
    tab_to(page, "+ New trigger")
    press("Enter")
    expect(page.get_by_role("heading", name="New trigger")).to_be_focused()
    tab_to(page, "Its name")
    write("By hand")
    tab_to(page, "+ a condition")
    press("Enter")
    expect(page.get_by_role("button", name="place in the tree", exact=True)).to_be_focused()
    tab_to(page, "pages viewed")
    press("Enter")
    expect(page.get_by_label("How many: Pages")).to_be_focused()
    tab_to(page, "Pages")
    press("Control+A")
    write("7")
    tab_to(page, "+ and also")
    press("Enter")
    tab_to(page, "device")
    press("Space")
    expect(page.get_by_role("button", name="phone", exact=True)).to_be_focused()
    press("Space")
    tab_to(page, "+ and also")
    press("Enter")
    press("Escape")
    expect(page.get_by_role("button", name="+ and also …")).to_be_focused()
    tab_to(page, "Percent left alone")
    press("Control+A")
    write("10")
    expect(page.locator("form.rule .rule-said")).to_contain_text(
        "has viewed at least 7 pages and is on a phone or computer, ring the right expert, once per visit, "
        "leaving 10% of strangers alone for comparison."
    )
    tab_to(page, "Save")
    press("Enter")
    made = card(page, "By hand")
    expect(made.get_by_role("button", name="Try it on the last 30 days")).to_be_focused()
    tab_to(page, "Delete")
    press("Enter")
    tab_to(page, "Yes, delete")
    press("Enter")
    expect(made).to_have_count(0)


def test_a_marketer_reads_and_tries_and_changes_nothing(rules: Callable[..., Page]) -> None:
    """No button that would be refused."""
    page = rules("marketer")
    deep = card(page, "deep")
    expect(deep).to_contain_text("goes at least 3 levels deep and stays at least 15")
    expect(deep.get_by_role("switch")).to_be_disabled()
    deep.get_by_role("button", name="Try it on the last 30 days").click()
    expect(page.get_by_role("region", name="What it would have done")).to_contain_text(re.compile("visit"))
    deep.get_by_role("button", name="What it brought").click()
    expect(deep).to_contain_text("So far it")
    for name in ("+ New trigger", "Change", "Delete", "+ New segment"):
        expect(page.get_by_role("button", name=name)).to_have_count(0)


def test_a_segment_is_written_once_and_used_in_a_trigger(rules: Callable[..., Page]) -> None:
    """It holds no segments itself; a trigger names it."""
    page = rules()
    page.get_by_role("button", name="+ New segment").click()
    editor = Editor(page)
    editor.form.get_by_role("button", name="+ a condition …").click()
    expect(editor.form.get_by_role("button", name="segment", exact=True)).to_have_count(0)
    editor.form.get_by_role("button", name="orders so far").click()
    editor.name("Regulars")
    editor.save.click()
    expect(page.get_by_text("It holds when a visitor has ordered before.")).to_be_visible()
    editor.open()
    editor.add("+ a condition …", "segment")
    editor.clause("segment").get_by_label("Segment").select_option(label="Regulars")
    expect(editor.said).to_contain_text("When a visitor belongs to “Regulars”, ring")
    editor.form.get_by_role("button", name="Give up").click()


@pytest.mark.slow
@pytest.mark.timeout(90)
@pytest.mark.parametrize(("look", "tongue", "size"), [("light", "en", None), ("dark", "ru", PHONE)])
def test_the_editor_can_be_used_by_everybody(
    rules: Callable[..., Page], look: str, tongue: str, size: dict[str, int] | None
) -> None:
    """Axe finds nothing in any state, and nothing is wider than the screen."""
    page = rules(color_scheme=look, **({"viewport": size} if size else {}))
    page.evaluate(f"localStorage['shopbell.language'] = '{tongue}'")
    page.reload()
    wrong: dict[str, list[str]] = {}

    def check(name: str) -> None:
        page.wait_for_timeout(600)
        found = faults(page)
        main = "(() => { const main = document.querySelector('main'); return main.scrollWidth - main.clientWidth; })()"
        wide = page.evaluate(main)
        wrong[name] = [*found, *([f"wider than the screen by {wide}"] if wide > 0 else [])]

    form = page.locator("form.rule")
    expect(page.locator(".trigger")).to_have_count(2)
    check("list")
    page.locator("section > p > .plain-button").first.click()
    for number in range(15):  # every kind of condition but the segment
        group = form.locator(f".clauses.is-{('all', 'any', 'none')[number % 3]}")
        group.locator(".clause-add").click()
        group.locator(".kinds .chip").nth(number).click()
    form.locator(".clauses.is-all .clause-add").click()
    check("every condition")
    page.keyboard.press("Escape")
    form.locator(".clause button[aria-expanded]").first.click()
    check("places")
    page.keyboard.press("Escape")
    for action in ("invite", "information", "order_form", "offer"):
        form.locator(".rule-part select").first.select_option(action)
        check(action)
    form.locator(".rule-part button[aria-expanded]").click()
    check("products")
    page.keyboard.press("Escape")
    form.locator(".rules-foot .quiet").click()
    page.locator(".trigger .plain-button").first.click()
    check("tried")
    page.locator(".trigger .plain-button").nth(1).click()
    check("report")
    assert {name: found for name, found in wrong.items() if found} == {}
