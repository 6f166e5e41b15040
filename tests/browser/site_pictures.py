"""Every state of the live list and of the site's own screen, as pictures: phone and desktop, light and dark, both
languages; for looking at, not for the README. `python -m tests.browser.site_pictures [FOLDER]`."""

import itertools
import sys
import tempfile
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import Page, expect

from tests.browser.conftest import chromium
from tests.browser.people import OUTPUT, Desk
from tests.conftest import in_own_loop
from tests.running import Browser, People, Server, people_of, stayed, viewed

SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}
TABLE = b"address,level 1,level 2,level 3\n/women/boots,Women,Boots\n/women/boots/ankle,Women,Boots,Ankle boots\n"
SITEMAP = b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">%b</urlset>' % b"".join(
    b"<url><loc>http://localhost/garden/seeds/%d</loc></url>" % number for number in range(40)
)
BROKEN = b"address,level 1\nwomen,Women\n/a/**/b,X\n/fine,Fine\n"


async def people(server: Server) -> None:
    """A few who read, one who leaves, one who came before, a program, and events that cannot be taken."""
    async with people_of(server) as crew:
        for place in (("Garden", "Irrigation", "Drip systems"), ("Kitchen",), ("Workshop", "Hand tools", "Planes"), ()):
            guest = crew.browser()
            referrer = "" if len(place) % 2 else "https://www.google.com/"
            for depth in range(len(place) + 1):
                url = server.url + "/" + "/".join(place[:depth]).lower().replace(" ", "-")
                view = viewed(*place[:depth], url=url, referrer=referrer if depth == 0 else server.url + "/")
                await guest.collect(view)
            await guest.collect(stayed(view["id"], 5_000))
        again = crew.browser()
        await again.collect(viewed("Hearth", age=3 * 24 * 3600_000, url=server.url + "/hearth"))
        await again.collect(viewed("Hearth", "Stoves", url=server.url + "/hearth/stoves"))
        for agent in ("Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.5.0"):
            program = crew.browser()
            await program.collect(viewed("Garden", "Seeds", url=server.url + "/garden/seeds"), **{"User-Agent": agent})
        await rejected(crew)
        leaves = crew.browser()
        last = viewed("Garden", url=server.url + "/garden")
        await leaves.collect(last)
        await leaves.collect(stayed(last["id"], 3_000, type="page.left"))


async def rejected(crew: People) -> None:
    guest: Browser = crew.browser()
    server = crew.server
    await guest.collect(viewed(url="javascript:alert(1)"), viewed(url="file:///etc/hosts", id="no-uuid"))
    await guest.collect(viewed("Garden", url=server.url + "/garden", age=8 * 24 * 3600_000))
    cart = {
        "id": str(uuid.uuid4()),
        "type": "custom",
        "name": "cart.added",
        "props": {"sku": "spade", "text": "x" * 5000},
    }
    good = {**cart, "id": str(uuid.uuid4()), "props": {"sku": "spade", "quantity": 2}}
    page = viewed("Garden", "Tools", url=server.url + "/garden/tools/index.html")
    await guest.collect(page, good, cart)
    await guest.collect(page)


def walk(page: Page, take: Callable[[str], None], server: Server) -> None:
    """Each screen once; `take(name)` keeps what it looks like."""

    def go(where: str) -> None:
        page.goto(f"{server.other}/console/#/{where}")
        page.wait_for_timeout(700)

    in_own_loop(people(server))
    go("desk")
    take("desk")
    go("live")
    take("live")
    page.locator(".visit-row").first.click()
    page.wait_for_timeout(600)
    take("live-person")
    go("site/snippet")
    expect(page.locator(".code").first).to_be_visible()
    take("snippet")
    go("site/events")
    switch = page.get_by_role("switch")
    if switch.is_checked():
        switch.uncheck()
        page.wait_for_timeout(300)
    take("events-off")
    switch.check()
    page.wait_for_timeout(300)

    async def more() -> None:
        async with people_of(server) as crew:
            await rejected(crew)

    in_own_loop(more())
    page.wait_for_timeout(1600)
    page.locator(".event.is-accepted summary").last.click()
    page.wait_for_timeout(200)
    take("events-on")
    go("site/tree")
    page.locator("input[type=url]").fill("https://shop.example/de/Garden/index.html?colour=red&utm_source=x")
    page.wait_for_timeout(800)
    take("tree")
    page.locator("input[type=url]").fill("/garden/seeds")
    page.locator(".preview input[type=text]").fill("Home > Garden > Seeds")
    page.wait_for_timeout(800)
    take("tree-breadcrumb")
    page.locator("input[type=url]").fill("foo bar")
    page.wait_for_timeout(800)
    take("tree-nonsense")
    page.locator(".rules textarea").last.fill("w : Women\nshoes")
    page.locator(".rules button[type=submit]").click()
    page.locator(".rules textarea").last.scroll_into_view_if_needed()
    take("tree-misread")
    page.locator(".rules-foot .quiet").first.click()
    upload = page.locator("input[type=file]")
    upload.set_input_files({"name": "broken.csv", "mimeType": "text/csv", "buffer": BROKEN})
    bring = page.locator("form:has(input[type=file]) button[type=submit]")
    bring.click()
    page.wait_for_timeout(500)
    page.locator("input[type=file]").scroll_into_view_if_needed()
    take("tree-broken")
    for name, body in (("tree.csv", TABLE), ("sitemap.xml", SITEMAP)):
        upload.set_input_files({"name": name, "mimeType": "", "buffer": body})
        bring.click()
        page.wait_for_timeout(500)
    page.locator(".entries").scroll_into_view_if_needed()
    take("tree-imported")
    go("site/triggers")
    take("triggers")
    go("site/bots")
    take("bots")
    page.locator(".bot button").first.click()
    page.wait_for_timeout(400)
    take("bots-undo")
    page.locator(".bot button").first.click()
    page.wait_for_timeout(400)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT / "site"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        server = Server(Path(data)).start()
        try:
            with chromium() as browser:
                for size, look, tongue in itertools.product(SIZES, ("light", "dark"), ("en", "ru")):
                    if (look == "dark") != (tongue == "ru"):  # each of both is seen with each size: four walks do
                        continue
                    _one(browser, server, folder, size, look, tongue)
        finally:
            server.stop()


def _one(browser: Chromium, server: Server, folder: Path, size: str, look: str, tongue: str) -> None:
    options: dict[str, Any] = {"viewport": SIZES[size], "color_scheme": look, "timezone_id": "Europe/Berlin"}
    context = browser.new_context(locale="en-GB", **options)
    context.set_default_timeout(10_000)
    desk = Desk(context, server, "admin").sign_in("Sign in and stay away for now")
    desk.page.evaluate(f"localStorage['shopbell.language'] = '{tongue}'")
    desk.page.reload()
    desk.page.wait_for_timeout(500)

    def take(name: str) -> None:
        file = folder / f"{name}-{size}-{look}-{tongue}.png"
        desk.page.screenshot(path=file, animations="disabled")
        wide = desk.page.evaluate("document.documentElement.scrollWidth - innerWidth")
        print(file.name, "" if wide <= 0 else f"WIDER THAN THE SCREEN by {wide}", flush=True)

    walk(desk.page, take, server)
    context.close()


if __name__ == "__main__":
    main()
