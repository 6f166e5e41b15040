"""How the pages are: usable by everybody in both colour schemes, and deaf to what strangers write into them."""

import asyncio
import json
import re
import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Frame, Page, expect

from tests.browser.people import AXE, WAY, Desk, Visitor
from tests.browser.site_pictures import rejected, walk
from tests.conftest import in_own_loop
from tests.running import Browser, Server, people_of

SHELF = "/garden/irrigation/drip-systems"
PEAS = ("Garden", "Seeds", "Peas")


#: The rules that another look can break: what is left of axe there.
OF_COLOURS = "runOnly: ['color-contrast', 'link-in-text-block'], "
DARK = "matchMedia('(prefers-color-scheme: dark)').matches"
#: Colours that are on their way to another look have arrived.
SETTLED = """Promise.all(document.getAnimations()
  .filter((one) => one.effect.getComputedTiming().iterations !== Infinity)
  .map((one) => one.finished.catch(() => {})))"""


def faults(page: Page | Frame) -> list[str]:
    """What axe finds in both looks, shortest first: rule, and where. Afterwards the look is what it was.

    The script is evaluated, so no page policy is in its way.
    """
    if page.evaluate("typeof axe") == "undefined":
        page.evaluate(AXE.read_text())
    passed, found = _axe(page)
    assert passed > 5, "axe saw next to nothing"
    dark = page.evaluate(DARK)
    _look(page, not dark)
    try:
        _, elsewhere = _axe(page, OF_COLOURS)
    finally:
        _look(page, dark)
    return sorted([*found, *(f"{'light' if dark else 'dark'}: {one}" for one in elsewhere)], key=len)


def _axe(page: Page | Frame, only: str = "") -> tuple[int, list[str]]:
    """How many rules passed, and what did not. Every rule is tried on everything; where nothing is wrong, axe need not
    say of each element how it is found, which takes it half of its time."""
    passed, found = page.evaluate(
        f"axe.run({{iframes: false, {only}resultTypes: ['violations']}}).then(({{passes, violations}}) =>"
        " [passes.length, violations.map(({id, help, nodes}) =>"
        " `${id}: ${help}: ${nodes.slice(0, 3).map(({target}) => target.join(' ')).join(' | ')}`)])"
    )
    return passed, list(map(str, found))


def _look(page: Page | Frame, dark: bool) -> None:
    whole = page if isinstance(page, Page) else page.page
    whole.emulate_media(color_scheme="dark" if dark else "light")
    assert page.evaluate(DARK) is dark
    page.evaluate(SETTLED)


def frame_of(guest: Visitor) -> Frame:
    element = guest.box.element_handle()
    assert element is not None
    frame = element.content_frame()
    assert frame is not None
    return frame


@pytest.mark.parametrize("path", ["/", SHELF, "/garden/irrigation/drip-systems/balcony-drip-kit-6-pots", "/planner"])
def test_the_shop_can_be_used_by_everybody(visitor: Callable[..., Visitor], path: str) -> None:
    """Axe finds nothing on the shop with the bell on it."""
    guest = visitor()
    guest.go(path)
    expect(guest.bell).to_be_visible()
    assert faults(guest.page) == []


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_chat_and_desk_can_be_used_by_everybody(
    demo: Server, visitor: Callable[..., Visitor], new_context: Callable[..., BrowserContext]
) -> None:
    """Axe finds nothing in any state of the frame and of the desk."""
    wrong: dict[str, list[str]] = {}

    def check(name: str, page: Page | Frame) -> None:
        if found := faults(page):
            wrong[name] = found

    anna = Desk(new_context(viewport={"width": 1280, "height": 860}), demo, "anna")
    anna.page.goto(f"{demo.other}/console/")
    expect(anna.page.get_by_role("button", name="Sign in and go online")).to_be_visible()
    check("sign-in", anna.page)
    anna.sign_in()
    check("desk, empty", anna.page)

    guest = visitor()
    guest.go(SHELF)
    ring(demo, str(guest.page.evaluate("localStorage['shopbell.visitor']")), f"{demo.url}{SHELF}")
    bell = anna.bells.last
    expect(bell).to_be_visible()
    check("desk, bell", anna.page)
    bell.get_by_role("button", name=re.compile("^Accept")).click()
    bubble = guest.bubble(re.compile("Anna Lindqvist"))
    # Her own snippet did not say those beats: it hears that she may be spoken to with its next one, at 5 s.
    expect(bubble).to_be_visible(timeout=10_000)
    check("frame, bubble", frame_of(guest))
    bubble.get_by_role("button", name="Answer").click()
    anna.says("Good day! May I help?")
    guest.says("Yes, please.")
    expect(anna.log).to_contain_text("Yes, please.")
    anna.shows_information("Watering while you are away", f"{demo.url}/guides/first-vegetable-bed", "Short.")
    anna.offers(WAY[-1], "21.50")
    anna.shows_order_form(WAY[-1])
    expect(guest.log.get_by_role("button", name="Place the order")).to_be_visible()
    check("frame, chat with cards", frame_of(guest))
    check("page with open chat", guest.page)
    guest.log.get_by_role("button", name="Place the order").click()
    expect(guest.log.get_by_role("alert").last).not_to_be_empty()
    check("frame, a field is missing", frame_of(guest))
    guest.fill_order(guest.log.locator("form"), "Maria Petrova", "maria@example.org")
    expect(guest.log).to_contain_text("Your order is placed")
    check("frame, ordered", frame_of(guest))
    expect(anna.log).to_contain_text("Total")
    check("desk, conversation", anna.page)
    for card in ("Information", "Offer", "Order form"):
        group = anna.page.get_by_role("group", name="Show the visitor")
        group.get_by_role("button", name=card).click()
        check(f"desk, {card}", anna.page)
    anna.page.get_by_text("Anna Lindqvist").first.click()
    check("desk, settings", anna.page)

    martin = Desk(new_context(), demo, "marketer").sign_in()
    expect(martin.page.get_by_role("table", name="The same in figures")).to_be_visible()
    check("reports, funnel", martin.page)
    kinds = martin.page.get_by_role("navigation", name="Reports")
    for kind, sign in (("Visitors", "By depth"), ("Tree", "The site's tree")):
        kinds.get_by_role("button", name=kind).click()
        expect(martin.page.get_by_text(sign).first).to_be_visible()
        check(f"reports, {kind}", martin.page)
    martin.page.get_by_role("link", name="Live").click()
    expect(martin.page.get_by_role("heading", name="On the site now")).to_be_visible()
    check("reports, live", martin.page)
    anna.page.get_by_role("button", name="Close conversation").click()
    assert wrong == {}, json.dumps(wrong, indent=1)


@pytest.mark.timeout(90)
@pytest.mark.parametrize("width", [1280, 390])
def test_the_sites_own_screen_can_be_used_by_everybody(
    demo: Server, new_context: Callable[..., BrowserContext], width: int
) -> None:
    """Axe finds nothing in any state of it, on a desktop and on a phone, and nothing is wider than the screen."""
    wrong: dict[str, list[str]] = {}
    viewport = {"width": width, "height": 844}
    admin = Desk(new_context(viewport=viewport), demo, "admin").sign_in("Sign in and stay away for now")

    def take(name: str) -> None:
        if found := faults(admin.page):
            wrong[name] = found
        if admin.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            wrong.setdefault(name, []).append("wider than the screen")

    walk(admin.page, take, demo)
    assert wrong == {}, json.dumps(wrong, indent=1)


def test_the_sites_screen_is_worked_with_the_keyboard(demo: Server, new_context: Callable[..., BrowserContext]) -> None:
    """A tab is a link, a switch is turned with the space bar, an event opens with Enter."""
    page = Desk(new_context(), demo, "admin").sign_in("Sign in and stay away for now").page
    page.goto(f"{demo.other}/console/#/site/snippet")
    page.get_by_role("navigation", name="Parts of the site").get_by_role("link", name="Events").focus()
    page.keyboard.press("Enter")
    switch = page.get_by_role("switch", name="Test mode")
    expect(switch).to_be_visible()
    before = switch.is_checked()
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_be_checked(checked=not before)
    page.wait_for_timeout(300)
    expect(switch).to_be_checked(checked=not before)
    if before:
        page.keyboard.press("Space")

    async def send() -> None:
        async with people_of(demo) as crew:
            await rejected(crew)

    in_own_loop(send())
    opened = page.locator(".event summary").first
    expect(opened).to_be_visible(timeout=4_000)
    opened.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("region", name="The whole event").first).to_be_visible()


def ring(server: Server, key: str, page: str, title: str = "Drip systems", path: tuple[str, ...] = WAY[:3]) -> None:
    """What a quarter of a minute on a deep page says, said at once: the bell rings."""

    async def walk() -> None:
        async with people_of(server) as crew:
            guest = crew.browser(key)
            view = {
                "id": str(uuid.uuid4()), "type": "page.viewed", "age": 0, "url": page, "title": title, "referrer": page,
                "path": list(path), "source": "breadcrumb",
            }  # fmt: skip
            assert (await guest.collect(view)).is_success
            beat = {"id": str(uuid.uuid4()), "type": "page.stayed", "age": 0, "page": view["id"], "dwell": 15_000,
                    "scroll": 50}  # fmt: skip
            assert (await guest.collect(beat)).is_success

    in_own_loop(walk())


# What strangers write ------------------------------------------------------------------------------------------------

CANARY = "window.__bitten = (window.__bitten || 0) + 1"
BITES = (
    f"<script>{CANARY}</script>",
    f"<img src=x onerror='{CANARY}'>",
    f"\"><svg onload='{CANARY}'>",
    f"javascript:{CANARY}",
    f"'-({CANARY})-'",
    f'</title></textarea><iframe srcdoc="<script>parent.{CANARY.split(".", 1)[1]}</script>">',
    "{{constructor.constructor('" + CANARY.replace("'", '"') + "')()}}",
    "<b>bold</b>&lt;i&gt;",
)
#: Counts what ran, and what the policy of our own pages had to stop.
WATCH = """
addEventListener('securitypolicyviolation', (event) => {
  (window.__stopped ||= []).push(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`);
}, true);
"""


def bitten(page: Page | Frame) -> tuple[int, list[str]]:
    """How often a stranger's script ran, and what the page's own policy stopped."""
    return page.evaluate("window.__bitten || 0"), page.evaluate("window.__stopped || []")


@pytest.mark.timeout(90)
def test_what_strangers_write_is_only_words(
    demo: Server, visitor: Callable[..., Visitor], new_context: Callable[..., BrowserContext]
) -> None:
    """Done: markup in title, path, address, name, messages and orders. Expected: seen as it was written. Never: run."""
    context = new_context(viewport={"width": 1280, "height": 860})
    context.add_init_script(WATCH)
    anna = Desk(context, demo, "anna").sign_in()

    async def attack() -> None:
        async with people_of(demo) as crew:
            for bite in BITES:
                guest = Browser(demo, crew.http)
                async with asyncio.timeout(10):
                    view = {
                        "id": str(uuid.uuid4()), "type": "page.viewed", "age": 0, "title": bite, "url": bite,
                        "referrer": bite, "path": ["Garden", bite, bite, bite], "source": "breadcrumb",
                    }  # fmt: skip
                    await guest.collect(view)
                    address = {**view, "id": str(uuid.uuid4()), "url": f"{demo.url}/?q={bite}", "referrer": demo.url}
                    await guest.collect(address)
                    beat = {"id": str(uuid.uuid4()), "type": "page.left", "age": 0, "page": address["id"],
                            "dwell": 16_000, "scroll": 1}  # fmt: skip
                    await guest.collect(beat)

    in_own_loop(attack())
    expect(anna.bells).not_to_have_count(0)
    expect(anna.bells.filter(has_text="<b>bold</b>&lt;i&gt;").first).to_be_visible()
    for bell in range(anna.bells.count()):
        anna.bells.nth(bell).click()
        anna.page.wait_for_timeout(100)
    assert bitten(anna.page) == (0, [])

    # A person whose every word is an attack, in the chat itself.
    mallory = visitor()
    mallory.context.add_init_script(WATCH)
    mallory.go("/")
    mallory.go(SHELF)
    ring(demo, str(mallory.page.evaluate("localStorage['shopbell.visitor']")), mallory.page.url, BITES[1], PEAS)
    anna.bells.filter(has_text=PEAS[-1]).get_by_role("button", name=re.compile("^Accept")).click()
    mallory.bubble(re.compile("Anna")).get_by_role("button", name="Answer").click()
    for bite in BITES:
        mallory.says(bite)
    expect(anna.log.get_by_text(BITES[-1], exact=True)).to_be_visible()
    for bite in BITES:
        expect(mallory.log.get_by_text(bite, exact=True)).to_be_visible()
        expect(anna.log.get_by_text(bite, exact=True)).to_be_visible()
    anna.says(BITES[1])
    expect(mallory.log.get_by_text(BITES[1], exact=True)).to_have_count(2)
    anna.shows_order_form(WAY[-1])
    mallory.fill_order(mallory.log.locator("form"), BITES[1], "mallory@example.org")
    expect(mallory.log).to_contain_text("Your order is placed")
    expect(anna.page.get_by_role("heading", level=2, name=BITES[1]).first).to_be_visible()
    assert bitten(anna.page) == (0, [])
    assert bitten(frame_of(mallory)) == (0, [])
    assert bitten(mallory.page)[0] == 0
    # No link of a stranger leads anywhere but to the web.
    hrefs = anna.page.evaluate("[...document.querySelectorAll('a[href]')].map((a) => a.protocol)")
    assert set(hrefs) <= {"http:", "https:", "mailto:", "tel:"}

    # The marketer's pages read the same words.
    reader = new_context()
    reader.add_init_script(WATCH)
    martin = Desk(reader, demo, "marketer").sign_in()
    kinds = martin.page.get_by_role("navigation", name="Reports")
    martin.page.get_by_role("list", name="Funnel").get_by_role("button").first.click()
    martin.page.wait_for_timeout(300)
    for kind in ("Visitors", "Tree"):
        kinds.get_by_role("button", name=kind).click()
        martin.page.wait_for_timeout(300)
    martin.page.get_by_role("button", name="Unfold Garden", exact=True).click()
    expect(martin.page.get_by_role("rowheader").filter(has_text="<b>bold</b>&lt;i&gt;").first).to_be_visible()
    martin.page.get_by_role("link", name="Live").click()
    expect(martin.page.get_by_text(BITES[1]).first).to_be_visible()
    assert bitten(martin.page) == (0, [])
    anna.page.get_by_role("button", name="Close conversation").click()
