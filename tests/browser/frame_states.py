"""A walk through every state of the chat frame, for whoever looks at each: axe, a ruler, a camera.

The visitor's side is worked by its own words in the language of the walk; the expert's side by program.
"""

import contextlib
import json
import random
import re
import sqlite3
import struct
import uuid
import zlib
from collections.abc import Callable
from typing import Any

from playwright.sync_api import FilePayload, FrameLocator, Locator, expect
from playwright.sync_api import Frame as FrameObject

from tests.browser.people import Visitor
from tests.conftest import in_own_loop
from tests.running import ROOT, Server, people_of

Take = Callable[[str], None]
#: Where the focus is, and whether the document has it.
FOCUS = "`${document.hasFocus()} ${document.activeElement?.outerHTML.slice(0, 100)}`"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
    b"2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
)
MESSAGE = "seq, author_kind, kind, text, data"
ANSWER = """Good day! **About a litre** a day:

- more in the sun
- less in shade

See https://example.com/pots."""


def words(language: str) -> dict[str, str]:
    return dict(json.loads((ROOT / "widget" / "text" / f"{language}.json").read_text()))


def picture(width: int = 320, height: int = 200) -> bytes:
    """A PNG of stripes."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    rows = b"".join(
        b"\0" + bytes(part for x in range(width) for part in (40 + x % 200, 90 + y % 120, 110)) for y in range(height)
    )
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def attached(name: str, kind: str, body: bytes) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": body}


class Frame:
    """The chat of one visitor, found by the words of its language."""

    def __init__(self, guest: Visitor, language: str = "en") -> None:
        self.guest, self.page, self.say = guest, guest.page, words(language)

    @property
    def bell(self) -> Locator:
        return self.page.locator("shop-bell button")

    @property
    def inside(self) -> FrameLocator:
        return self.page.frame_locator("shop-bell iframe")

    @property
    def log(self) -> Locator:
        return self.inside.get_by_role("log")

    @property
    def field(self) -> Locator:
        return self.inside.get_by_role("textbox", name=self.say["write"])

    def button(self, word: str, **filled: str) -> Locator:
        name = self.say[word]
        for hole, value in filled.items():
            name = name.replace(f"{{{hole}}}", value)
        return self.inside.get_by_role("button", name=name, exact=True)

    def text(self, word: str) -> re.Pattern[str]:
        """The sentence of a word, whatever stands in its holes."""
        return re.compile(re.sub(r"\\\{\w+\\\}", ".*", re.escape(self.say[word])))

    def open(self) -> "Frame":
        self.bell.click()
        try:
            expect(self.field).to_be_focused()
        except AssertionError as error:
            error.add_note(f"page: {self.guest.page.evaluate(FOCUS)}; frame: {frame_of(self.guest).evaluate(FOCUS)}")
            raise
        expect(self.inside.get_by_role("status").first).to_have_text("")
        return self

    def write(self, text: str) -> None:
        self.field.fill(text)
        self.button("send").click()
        expect(self.log).to_contain_text(text)
        expect(self.log).to_contain_text(self.say["sent"])

    def attach(self, *files: FilePayload) -> None:
        self.inside.locator("input[type=file]").set_input_files(list(files))

    def choose(self, word: str) -> None:
        """Something of the menu."""
        self.button("menu").click()
        self.inside.get_by_role("menu").get_by_text(self.say[word], exact=True).click()


def frame_of(guest: Visitor) -> FrameObject:
    """The frame's document, whatever the bell is called in the language of the page."""
    found = guest.page.locator("shop-bell iframe").element_handle().content_frame()
    assert found is not None
    return found


def newest_talk(server: Server) -> str:
    """The id of the conversation that was opened last, as it stands in the base."""
    return str(rows(server, "SELECT id FROM conversation ORDER BY opened_at DESC, id DESC LIMIT 1")[0][0])


def rows(server: Server, query: str, *values: str) -> list[tuple[Any, ...]]:
    """What the base of a demo holds."""
    with contextlib.closing(sqlite3.connect(f"file:{server.data_dir / 'shopbell.sqlite3'}?mode=ro", uri=True)) as base:
        return base.execute(query, values).fetchall()


def said(server: Server, conversation: str) -> list[dict[str, Any]]:
    """Its messages, in order."""
    found = rows(
        server,
        f"SELECT {MESSAGE} FROM message WHERE conversation_id = ? ORDER BY seq",
        conversation,
    )
    return [dict(zip(MESSAGE.split(", "), row, strict=True)) for row in found]


def desk_does(server: Server, who: str, *steps: tuple[str, dict[str, Any]]) -> None:
    """The expert does these, one after the other; a message.send gets a client_id."""

    async def work() -> None:
        async with people_of(server) as crew:
            desk = await crew.expert(who)
            for name, data in steps:
                await desk.done(name, {"client_id": uuid.uuid4().hex, **data} if name == "message.send" else data)
            await desk.close()

    in_own_loop(work())


def change_site(server: Server, **changes: Any) -> None:
    async def work() -> None:
        async with people_of(server) as crew:
            site = (await crew.api("admin", "/api/sites"))["items"][0]
            token = (await crew.sign_in("admin"))["token"]
            answer = await crew.http.patch(
                f"{server.other}/api/sites/{site['id']}", json=changes, headers={"Authorization": f"Bearer {token}"}
            )
            assert answer.status_code == 200, answer.text

    in_own_loop(work())


def products(server: Server) -> list[str]:
    async def ask() -> list[str]:
        async with people_of(server) as crew:
            return [str(one["id"]) for one in (await crew.api("admin", "/api/products?limit=3"))["items"]]

    return list(in_own_loop(ask()))


def walk(guest: Visitor, server: Server, take: Take, language: str = "en") -> None:
    """From the closed bell to the rating."""
    frame = Frame(guest, language)
    guest.go("/garden/irrigation")
    expect(frame.bell).to_be_visible()
    take("bell")
    frame.open()
    take("empty")
    frame.button("menu").click()
    take("menu")
    frame.page.keyboard.press("Escape")
    search = frame.inside.get_by_role("searchbox")
    search.fill("watering in summer" if language == "en" else "полив летом")
    expect(frame.inside.get_by_text(frame.text("foundArticles"))).to_be_visible()
    take("search")
    frame.inside.get_by_role("button", name=frame.text("readOf")).first.click()
    expect(frame.inside.get_by_text(frame.say["didItHelp"])).to_be_visible()
    take("article")
    frame.button("noAskPerson").click()
    frame.choose("callMe")
    expect(frame.inside.get_by_role("radio").nth(2)).to_be_visible()
    take("callback")
    frame.button("askCall").click()
    expect(frame.inside.get_by_role("alert").last).not_to_be_empty()
    take("callback-missing")
    frame.inside.get_by_role("textbox", name=frame.say["phone"]).fill(f"+49 30 {random.randint(901_800, 901_899)}")
    frame.button("askCall").click()
    expect(frame.inside.get_by_text(frame.text("calls")).first).to_be_visible()
    take("callback-agreed")
    frame.button("cancel").click()
    expect(frame.button("keepIt")).to_be_focused()
    take("callback-cancel")
    frame.button("yesCancel").click()
    expect(frame.inside.get_by_text(frame.text("cancelled")).first).to_be_visible()
    take("callback-cancelled")
    frame.inside.get_by_role("button", name=re.compile(frame.say["back"])).click()
    frame.button("emoji").click()
    take("emoji")
    frame.page.keyboard.press("Escape")
    frame.write("How much water does a pot need?")
    frame.write("👍")
    frame.attach(attached("balcony.png", "image/png", picture()), attached("plan.pdf", "application/pdf", PDF))
    expect(frame.log.locator("img")).to_be_visible()
    expect(frame.log).to_contain_text("plan.pdf")
    frame.attach(attached("page.html", "text/html", b"<h1>no</h1>"))
    expect(frame.log.locator(".failed").get_by_role("alert")).to_be_visible()
    take("files")
    frame.button("discard").click()
    talk, goods = newest_talk(server), products(server)
    desk_does(server, "anna",
              ("presence.set", {"status": "online"}),
              ("message.send", {"conversation": talk, "text": ANSWER}),
              ("info.push", {"conversation": talk, "title": "Watering", "url": "", "text": "Short."}),
              ("offer.push", {"conversation": talk, "offer": {"product": goods[0], "amount": 900, "minutes": 60}}),
              ("order_form.push", {"conversation": talk, "products": goods}))  # fmt: skip
    expect(frame.button("placeOrder")).to_be_visible()
    take("cards")
    frame.choose("transcript")
    take("transcript")
    frame.inside.get_by_role("button", name=re.compile(frame.say["back"])).click()
    guest.context.set_offline(True)
    frame.field.fill("Are you there?")
    frame.button("send").click()
    expect(frame.inside.get_by_text(frame.text("waiting"))).to_be_visible(timeout=60_000)
    take("offline")
    guest.context.set_offline(False)
    expect(frame.inside.get_by_text(frame.text("waiting"))).to_have_count(0, timeout=30_000)
    desk_does(server, "anna", ("conversation.close", {"conversation": talk}))
    expect(frame.button("writeAgain")).to_be_visible()
    take("ended")
    stars = frame.inside.get_by_role("radio")
    stars.nth(3).check(force=True)
    take("rating")
    frame.button("rate").click()
    expect(frame.inside.get_by_text(frame.say["thanks"])).to_be_visible()
    take("rated")
    frame.button("writeAgain").click()
    expect(frame.field).to_be_focused()
    take("reopened")
    frame.button("close").click()
    expect(frame.bell).to_be_focused()
    desk_does(server, "anna", ("message.send", {"conversation": talk, "text": "One more thing: rain water is best."}))
    expect(frame.inside.get_by_role("region")).to_be_visible()
    take("bubble")
    desk_does(server, "anna", ("conversation.close", {"conversation": talk}))  # her desk has few places
