"""500 bells that wait and 200 open conversations: a letter shows at once, a conversation opens at once.

Bounds are generous, for any machine; the figures are printed, and kept beside the pictures.
"""

import asyncio
import statistics
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.full_desk import fill
from tests.browser.people import OUTPUT, Desk, write_report
from tests.conftest import in_own_loop
from tests.running import Server, people_of, viewed

BELLS, OWN, NOBODYS, MESSAGES = 500, 90, 110, 120
LETTER_MS, OPEN_MS = 50, 200
GENEROUS = 4

#: From the key to the frame that shows it: the time of the event until a task after the next painted frame.
LETTERS = """
window.__letters = [];
document.addEventListener('input', (event) => {
  const began = event.timeStamp;
  requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.__letters.push(performance.now() - began);
    channel.port2.postMessage(0);
  });
}, true);
"""
#: From the press on a row to the frame that shows the newest words of that conversation.
OPENS = """
async (row) => {
  const wanted = row.querySelector('.row-text').textContent.replace(/^You: /, '');
  const began = performance.now();
  row.click();
  const there = () => [...document.querySelectorAll('.log .bubble')].at(-1)?.textContent === wanted;
  while (!there()) {
    if (performance.now() - began > 5000) return -1;
    await new Promise((resolve) => requestAnimationFrame(resolve));
  }
  await new Promise((resolve) => {
    const channel = new MessageChannel();
    requestAnimationFrame(() => { channel.port1.onmessage = resolve; channel.port2.postMessage(0); });
  });
  return performance.now() - began;
}
"""


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A real server on a base with all of that in it."""
    server = Server(tmp_path_factory.mktemp("full")).start()
    server.stop()
    fill(server, "anna", bells=BELLS, own=OWN, nobodys=NOBODYS, messages=MESSAGES)
    server.start("serve")
    yield server
    server.stop()
    assert "Traceback" not in server.said(), server.said()[-3000:]


def figures(times: list[float]) -> dict[str, float]:
    return {"median": round(statistics.median(times), 1), "worst": round(max(times), 1), "n": len(times)}


def types(page: Page, text: str) -> list[float]:
    page.evaluate("window.__letters.length = 0")
    page.get_by_role("textbox", name="Your message").press_sequentially(text, delay=30)
    page.wait_for_timeout(200)
    measured: list[float] = page.evaluate("window.__letters")
    assert len(measured) == len(text)
    return measured


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_a_full_desk_answers_at_once(full: Server, new_context: Callable[..., BrowserContext]) -> None:
    """Typing, typing while a crowd walks about, and opening twenty conversations one after the other."""
    context = new_context(viewport={"width": 1280, "height": 860})
    context.add_init_script(LETTERS)
    anna = Desk(context, full, "anna").sign_in()
    page = anna.page
    heading = page.get_by_role("heading", name="Who needs me")
    expect(heading).to_contain_text(str(BELLS))
    expect(page.get_by_role("heading", name="My conversations")).to_contain_text(str(OWN))
    expect(page.get_by_role("heading", name="Nobody answers these")).to_contain_text(str(NOBODYS))
    assert page.locator("[data-alert]").count() < 80, "all bells are in the page at once"

    opened = []
    for number in range(20):
        row = anna.talks.nth(number)
        row.scroll_into_view_if_needed()
        opened.append(float(row.evaluate(OPENS)))
        assert opened[-1] >= 0, "the newest words of a conversation never came"
    letters = types(page, "Yes, it holds two bar on any balcony.")

    walking = threading.Event()

    async def crowd() -> None:
        async with people_of(full) as crew:
            while not walking.is_set():
                await crew.browser().collect(viewed("Kitchen"))
                await asyncio.sleep(0.03)

    walk = threading.Thread(target=lambda: in_own_loop(crowd()))
    walk.start()
    try:
        page.wait_for_timeout(500)
        busy = types(page, " And in winter you take it inside.")
    finally:
        walking.set()
        walk.join()

    found = {"letter": figures(letters), "letter while a crowd walks": figures(busy), "open": figures(opened)}
    folder = OUTPUT / "desk-size"
    folder.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=folder / "full.png")
    write_report(folder, "figures", found)
    print(found)
    assert found["letter"]["median"] < GENEROUS * LETTER_MS
    assert found["letter while a crowd walks"]["median"] < GENEROUS * LETTER_MS
    assert found["open"]["median"] < GENEROUS * OPEN_MS


@pytest.mark.timeout(120)
def test_the_keys_reach_every_bell_of_a_full_desk(full: Server, new_context: Callable[..., BrowserContext]) -> None:
    """Down with j from the first card through the lines: the chosen one is always in sight and has the focus."""
    anna = Desk(new_context(viewport={"width": 1280, "height": 860}), full, "anna").sign_in()
    page = anna.page
    expect(page.get_by_role("heading", name="Who needs me")).to_contain_text(str(BELLS))
    page.locator("body").click(position={"x": 640, "y": 5})
    seen = set()
    for _ in range(40):
        page.keyboard.press("j")
        page.wait_for_timeout(40)
        here = page.evaluate("document.activeElement.dataset.alert ?? null")
        if here is None:
            page.wait_for_timeout(150)
            here = page.evaluate("document.activeElement.dataset.alert ?? null")
        assert here is not None, "the focus was lost"
        box = page.locator(f'[data-alert="{here}"]').bounding_box()
        assert box is not None
        assert -1 <= box["y"] <= 860
        seen.add(here)
    assert len(seen) >= 39
