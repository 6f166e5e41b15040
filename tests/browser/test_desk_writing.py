"""What an expert writes with: canned answers, the knowledge base, files, notes; and that none of it is lost."""

import re
import struct
import zlib
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.people import Desk, Pictures, Visitor
from tests.browser.test_looks import SHELF, ring
from tests.running import Server

PASTE = """
([kind, bytes]) => {
  const files = new DataTransfer();
  files.items.add(new File([Uint8Array.from(bytes)], 'pot.png', {type: 'image/png'}));
  const target = document.querySelector(kind === 'paste' ? '#composer' : '.log');
  const more = {bubbles: true, cancelable: true};
  target.dispatchEvent(kind === 'paste' ? new ClipboardEvent('paste', {...more, clipboardData: files})
    : new DragEvent('drop', {...more, dataTransfer: files}));
}
"""


def png() -> bytes:
    """A small red picture."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = (b"\0" + b"\xd0\x40\x30" * 48) * 32
    return b"".join((
        b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", struct.pack(">IIBBBBB", 48, 32, 8, 2, 0, 0, 0)),
        chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b""),
    ))  # fmt: skip


def meet(demo: Server, anna: Desk, guest: Visitor) -> None:
    """They talk."""
    guest.go(SHELF)
    ring(demo, str(guest.page.evaluate("localStorage['shopbell.visitor']")), f"{demo.url}{SHELF}")
    anna.bells.last.get_by_role("button", name=re.compile("^Accept")).click()
    anna.says("Good day!")
    guest.bubble(re.compile("Anna Lindqvist")).get_by_role("button", name="Answer").click(timeout=15_000)
    guest.says("How do I water pots while I am away?")
    expect(anna.log).to_contain_text("while I am away")


def part(anna: Desk) -> None:
    anna.page.get_by_role("button", name="Close conversation").click()
    anna.page.get_by_role("button", name="Offline", exact=True).click()


def field(page: Page) -> Locator:
    return page.get_by_role("textbox", name="Your message")


@pytest.mark.slow
@pytest.mark.timeout(150)
def test_canned_answers_articles_and_files_reach_the_visitor(
    demo: Server, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """A stroke and a shortcut, a passage of the knowledge base, a picture chosen, pasted and dropped."""
    pictures = Pictures("desk-writing")
    anna, guest = expert("anna"), visitor()
    meet(demo, anna, guest)
    page, keys = anna.page, anna.page.keyboard

    field(page).fill("/h")
    chosen = page.get_by_role("listbox", name="Canned answers").get_by_role("option", selected=True)
    expect(chosen).to_contain_text("/hi")
    pictures.take(page, "canned")
    keys.press("Enter")
    expect(field(page)).to_have_value(re.compile("Anna Lindqvist"))
    expect(field(page)).not_to_have_value(re.compile(r"[{/]"))
    expect(field(page)).to_be_focused()
    keys.press("Enter")
    expect(guest.log).to_contain_text("Anna Lindqvist")
    field(page).fill("/h")
    expect(chosen).to_be_visible()
    keys.press("Escape")
    expect(chosen).to_have_count(0)
    expect(field(page)).to_have_value("/h")
    field(page).fill("")

    page.get_by_role("group", name="Show the visitor").get_by_role("button", name="Article").click()
    page.get_by_role("searchbox", name="Words of the question").fill("watering while away")
    page.get_by_role("list", name="Articles with these words").get_by_role("button").first.click()
    expect(field(page)).to_have_value(re.compile("^“.+”\n\\*Watering while you are away\\*$"))
    expect(field(page)).to_be_focused()
    keys.press("Enter")
    expect(anna.log.locator("em")).to_have_text("Watering while you are away")

    guest.page.goto("about:blank")
    page.locator("input[type=file]").set_input_files({"name": "pot.png", "mimeType": "image/png", "buffer": png()})
    shown = anna.log.locator("a.attached img")
    expect(shown).to_have_count(1)
    for number, kind in enumerate(("paste", "drop"), start=2):
        page.evaluate(PASTE, [kind, list(png())])
        expect(shown).to_have_count(number)
    assert shown.first.evaluate("image => image.decode().then(() => image.naturalWidth)") == 48
    pictures.take(page, "files")
    page.locator("input[type=file]").set_input_files({"name": "a.exe", "mimeType": "", "buffer": b"MZ" + b"\0" * 80})
    expect(anna.log.get_by_role("alert")).not_to_be_empty()
    anna.log.get_by_role("button", name="Delete").click()
    part(anna)


@pytest.mark.timeout(120)
def test_what_was_written_without_a_line_survives_a_reload_and_arrives_once(
    demo: Server, visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """Shown at once as on its way; the tab goes elsewhere and comes back: sent, once, in order."""
    anna, guest = expert("anna"), visitor()
    meet(demo, anna, guest)
    anna.context.set_offline(True)
    expect(anna.page.locator(".strip")).to_contain_text("deaf")
    for words in ("First without a line", "Second without a line"):
        anna.says(words)
        expect(anna.log.locator(".is-sending").filter(has_text=words)).to_be_visible()
    field(anna.page).fill("half a sentence")
    anna.page.wait_for_timeout(600)
    anna.page.goto("about:blank")
    anna.context.set_offline(False)
    anna.page.goto(f"{demo.other}/console/")
    anna.talks.first.click()
    expect(field(anna.page)).to_have_value("half a sentence")
    for side in (anna.log, guest.log):
        for words in ("First without a line", "Second without a line"):
            expect(side.get_by_text(words)).to_have_count(1)
    said = guest.log.inner_text()
    assert said.index("First without") < said.index("Second without")
    expect(anna.log.locator(".is-sending")).to_have_count(0)
    field(anna.page).fill("")
    part(anna)
