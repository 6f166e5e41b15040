"""Plays a short story in a demo of its own and keeps the pictures that the README shows (`scripts/screenshots`).

Nothing in a picture is painted: every number on it was counted by the product a moment before.
"""

import asyncio
import random
import re
import sys
import tempfile
import uuid
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser as Chromium
from playwright.sync_api import BrowserContext, Page, expect

from service.demo.catalogue import shop
from service.demo.shop import Path as Place
from tests.browser.conftest import chromium
from tests.browser.people import WAY, Desk, Visitor
from tests.conftest import in_own_loop
from tests.running import ROOT, Browser, People, Server, people_of, viewed

LIMIT = 300_000  # bytes of one picture
SIZE = {"width": 1400, "height": 900}
DAY = 24 * 3600 * 1000
REFERRERS = ("", "", "https://www.google.com/", "https://duckduckgo.com/", "https://www.instagram.com/")
CHANCE = random.Random(1879)  # the same crowd every time
NAMES = ("Ole Hansen", "Nora Lund", "Piotr Maj", "Lena Vogt", "Sam Okoro", "Ida Berg")


def page_view(server: Server, path: Place, age: int, **more: Any) -> dict[str, Any]:
    url = server.url + (shop().by_path[path].url if path in shop().by_path else "/")
    return viewed(*path, age=age, url=url, **more)


async def passer_by(crew: People, server: Server, place: Place, age: int, deep: bool) -> Browser:
    """A visit some time ago: from the home page down to `place`, or not so far."""
    guest = crew.browser()
    steps = [place[:depth] for depth in range(len(place) + 1 if deep else CHANCE.randint(1, 3))]
    events: list[dict[str, Any]] = []
    for number, step in enumerate(steps):
        at = age - number * 9_000
        referrer = CHANCE.choice(REFERRERS) if number == 0 else server.url + "/"
        view = page_view(server, step, at, referrer=referrer)
        stay = {"id": str(uuid.uuid4()), "type": "page.left", "age": max(0, at - 8_000), "page": view["id"],
                "dwell": CHANCE.randint(2_000, 8_000), "scroll": CHANCE.randint(20, 100)}  # fmt: skip
        events += [view, stay]
    await guest.collect(*events)
    return guest


async def crowd(server: Server) -> None:
    """Half a week of visits, and an hour in which the experts answered some and sold to a few."""
    shelves = [shelf.path for branch in shop().sections for shelf in branch.walk() if len(shelf.path) == 3]
    async with people_of(server) as crew:
        for _ in range(120):
            place = CHANCE.choice(shelves)
            await passer_by(crew, server, place, CHANCE.randint(600_000, 3 * DAY), CHANCE.random() < 0.35)
        desks = {"Garden": "anna", "Workshop": "boris", "Kitchen": "clara", "Hearth": "dmitri"}
        sockets = {branch: await crew.expert(name) for branch, name in desks.items()}
        products = {product["name"]: product["id"] for product in await all_products(crew)}
        for number in range(22):
            place = CHANCE.choice(shelves)
            guest = crew.browser()
            await guest.go_deep(*place)
            desk = sockets[place[0]]
            bell = await desk.alert(guest)
            if number % 3 == 2:
                await desk.done("alert.decline", {"alert": bell["id"]})
                continue
            talk = (await desk.done("alert.accept", {"alert": bell["id"]}))["conversation"]
            person = await crew.visitor(guest.key)
            await person.done("chat.open")
            say = {"conversation": talk, "client_id": uuid.uuid4().hex, "text": "Hello! Which one would you take?"}
            await person.done("message.send", say)
            if number % 4:
                goods = [products[thing.name.en] for thing in shop().by_path[place].everything()][:2]
                await desk.done("order_form.push", {"conversation": talk, "products": goods})
                form = await person.wait("order_form.shown")
                offer = {"product": goods[0], "amount": 1_900, "minutes": 60}
                await desk.done("offer.push", {"conversation": talk, "offer": offer})
                if number % 2:
                    name = NAMES[number % len(NAMES)]
                    await person.done("order.submit", {
                        "form": form["form"], "client_id": uuid.uuid4().hex,
                        "lines": [{"product": goods[0], "quantity": 1}],
                        "contact": {"name": name, "email": f"{number}@example.org", "phone": "", "address": ""},
                    })  # fmt: skip
            await desk.done("conversation.close", {"conversation": talk})
            await person.close()
        for desk in sockets.values():
            await desk.done("presence.set", {"status": "offline"})
            await desk.close()


async def all_products(crew: People) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = await crew.api("admin", f"/api/products?limit=100{cursor}")
        items += page["items"]
        if not page["next"]:
            return items
        cursor = f"&cursor={page['next']}"


async def walkers(server: Server) -> None:
    """A few people on the site right now."""
    places = (("Garden", "Seeds"), ("Kitchen", "Preserving"), ("Workshop", "Hand tools", "Planes"), ("Hearth",))
    async with people_of(server) as crew:
        for place in places:
            guest = crew.browser()
            for depth in range(len(place) + 1):
                await guest.collect(page_view(server, place[:depth], 0))
                await asyncio.sleep(0.05)


async def deep_visit(server: Server, *place: str) -> None:
    async with people_of(server) as crew:
        await crew.browser().go_deep(*place)


def take(page: Page, folder: Path, name: str) -> None:
    page.wait_for_timeout(400)
    file = folder / f"{name}.png"
    page.screenshot(path=file, animations="disabled")
    size = file.stat().st_size
    assert size < LIMIT, f"{file} has {size} bytes"
    print(f"{file.relative_to(ROOT) if file.is_relative_to(ROOT) else file}  {size // 1024} KB")


def person(browser: Chromium, **options: Any) -> BrowserContext:
    context = browser.new_context(
        **{"locale": "en-GB", "timezone_id": "Europe/Berlin", "viewport": SIZE, "color_scheme": "light", **options}
    )
    context.set_default_timeout(15_000)
    return context


def play(browser: Chromium, server: Server, folder: Path) -> None:
    kit = WAY[-1]
    anna = Desk(person(browser), server, "anna").sign_in()
    # Whom the crowd's desks declined rings at whoever is free now, for as long as a bell rings.
    anna.page.wait_for_timeout(2_000)
    expect(anna.bells).to_have_count(0, timeout=60_000)
    maria = Visitor(person(browser), server.url)
    maria.go("/garden/irrigation/drip-systems")
    maria.walk(kit)
    maria.linger(15_000)
    anna.bells.first.get_by_role("button", name=re.compile("^Accept")).click()
    maria.bubble(re.compile("Anna")).get_by_role("button", name="Answer").click()
    anna.says("Good day! Is it for a balcony without a tap?")
    maria.says("Yes, six pots, facing south. We are away for two weeks in August.")
    anna.says("Then this kit is right: it runs by gravity. Two tanks last you the fortnight.")
    expect(maria.log).to_contain_text("fortnight")
    anna.shows_order_form(kit)
    form = maria.log.locator("form")
    form.get_by_role("button", name=f"One more: {kit}").click()
    form.get_by_label("Name", exact=True).fill("Maria Petrova")
    form.get_by_label("E-mail").fill("maria@example.org")
    expect(form).to_contain_text("€49.80")
    take(maria.page, folder, "shop-chat")
    maria.fill_order(form, "Maria Petrova", "maria@example.org")
    expect(anna.log).to_contain_text("Total")
    maria.says("Thank you, that was quick!")
    expect(anna.log).to_contain_text("that was quick")
    in_own_loop(walkers(server))
    in_own_loop(deep_visit(server, "Garden", "Irrigation", "Rain barrels"))
    expect(anna.bells).to_have_count(1)
    kept = anna.context.storage_state()
    for name, look in (("desk", "light"), ("desk-dark", "dark")):
        desk = Desk(person(browser, color_scheme=look, storage_state=kept), server, "anna")
        desk.page.goto(f"{server.other}/console/")
        desk.talks.first.click()
        expect(desk.log).to_contain_text("that was quick")
        expect(desk.bells).to_have_count(1)
        desk.page.wait_for_timeout(600)
        # The lines that told of the orders have been read by now.
        for _ in range(desk.page.get_by_role("button", name="Dismiss").count()):
            desk.page.get_by_role("button", name="Dismiss").first.click()
        take(desk.page, folder, name)

    admin = Desk(person(browser), server, "admin").sign_in("Sign in and stay away for now").page
    admin.goto(f"{server.other}/console/#/site/tree")
    admin.get_by_label("Try an address of the site").fill("https://shop.example/de/garden/irrigation/index.html?page=2")
    expect(admin.get_by_text("only says the language")).to_be_visible()
    take(admin, folder, "site")

    martin = Desk(person(browser), server, "marketer").sign_in()
    funnel = martin.page.get_by_role("list", name="Funnel")
    expect(funnel).to_be_visible()
    take(martin.page, folder, "reports")
    assert not maria.complaints


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as data:
        server = Server(Path(data)).start()
        try:
            in_own_loop(crowd(server))
            with chromium() as browser:
                play(browser, server, folder)
        finally:
            server.stop()


if __name__ == "__main__":
    main()
