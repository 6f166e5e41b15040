"""Everybody can use the chat: no fault of axe in any state, the keyboard alone is enough, and what happens is said.

Pictures of every state are kept in `test-output/frame-…/`.
"""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.frame_states import Frame, desk_does, frame_of, newest_talk, walk
from tests.browser.people import Pictures, Visitor
from tests.browser.test_looks import faults
from tests.running import Server

PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True, "device_scale_factor": 2}
DESKTOP = {"viewport": {"width": 1280, "height": 860}}
#: The same page at 200 %: half as many pixels of its own.
ZOOMED = {"viewport": {"width": 640, "height": 430}, "device_scale_factor": 2, "reduced_motion": "reduce"}
SCREENS: dict[str, dict[str, Any]] = {
    "desktop-light-en": {**DESKTOP, "locale": "en-GB", "color_scheme": "light"},
    "phone-dark-ru": {**PHONE, "locale": "ru-RU", "color_scheme": "dark"},
    "zoomed-dark-ru": {**ZOOMED, "locale": "ru-RU", "color_scheme": "dark"},
}
#: What is wider than the frame, or lies outside of it where nobody can scroll.
OUTSIDE = """() => [
  ...(document.documentElement.scrollWidth > innerWidth ? ['the document is wider than the frame'] : []),
  ...[...document.querySelectorAll('button, input, textarea, a, h1, h2')]
    .filter((one) => !one.closest('.aside') && !one.classList.contains('aside') && !one.hidden)
    .map((one) => [one, one.getBoundingClientRect()])
    .filter(([, box]) => box.width && (box.left < -1 || box.right > innerWidth + 1))
    .map(([one, box]) => `${one.tagName} ${one.textContent || one.ariaLabel} ${box.left} ${box.right}`)]"""


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize("screen", SCREENS)
def test_every_state_can_be_used_by_everybody(demo: Server, visitor: Callable[..., Visitor], screen: str) -> None:
    """Axe finds nothing, and nothing is wider than the frame, in light and dark, on a phone of 320 and at 200 %."""
    guest = visitor(**SCREENS[screen])
    pictures = Pictures(f"frame-{screen}")
    wrong: dict[str, list[str]] = {}

    def take(name: str) -> None:
        guest.page.wait_for_timeout(250)
        pictures.take(guest.page, name)
        if name == "bell":
            return
        inside = frame_of(guest)
        found = faults(inside) + list(inside.evaluate(OUTSIDE))
        if found:
            wrong[name] = found

    walk(guest, demo, take, screen.rsplit("-", 1)[1])
    assert wrong == {}, json.dumps(wrong, indent=1, ensure_ascii=False)
    assert guest.complaints == []


def focused(frame: Frame) -> str:
    """The accessible name of what has the focus in the frame."""
    return str(
        frame_of(frame.guest).evaluate(
            "(({ariaLabel, labels, textContent, role, tagName}) => ariaLabel || labels?.[0]?.textContent "
            "|| textContent || role || tagName)(document.activeElement)"
        )
    )


def test_the_keyboard_alone_is_enough(visitor: Callable[..., Visitor]) -> None:
    """From the page to the bell, around the panel in the order that one reads, and out again."""
    guest = visitor()
    frame = Frame(guest)
    guest.go("/garden")
    frame.bell.focus()
    guest.page.keyboard.press("Enter")
    expect(frame.field).to_be_focused()
    order = [focused(frame)]
    for _ in range(2):
        guest.page.keyboard.press("Tab")
        order.append(focused(frame))
    assert order == ["Write a message", "Emoji", "Attach a file"]
    for _ in range(3):
        guest.page.keyboard.press("Shift+Tab")
    assert focused(frame) != "Write a message"
    frame.inside.get_by_role("button", name="More").focus()
    guest.page.keyboard.press("Enter")
    guest.page.keyboard.press("Tab")
    assert focused(frame) == "По-русски"
    guest.page.keyboard.press("Escape")
    assert focused(frame) == "More"
    guest.page.keyboard.press("Tab")
    assert focused(frame) == "Close the chat"
    # The little pictures are one stop; the arrows walk in them.
    frame.button("emoji").focus()
    guest.page.keyboard.press("Enter")
    expect(frame.inside.get_by_role("button", name="😀")).to_be_focused()
    guest.page.keyboard.press("ArrowRight")
    guest.page.keyboard.press("ArrowDown")
    assert focused(frame) == "😕"
    guest.page.keyboard.press("Enter")
    guest.page.keyboard.press("Escape")
    expect(frame.field).to_be_focused()
    expect(frame.field).to_have_value("😕")
    guest.page.keyboard.press("Enter")
    expect(frame.log).to_contain_text("😕")
    guest.page.keyboard.press("Escape")
    expect(frame.bell).to_be_focused()
    assert guest.complaints == []


def test_a_screen_beside_the_talk_takes_the_focus_and_gives_it_back(visitor: Callable[..., Visitor]) -> None:
    """Its heading is read first; the way back ends where it began."""
    guest = visitor()
    frame = Frame(guest)
    guest.go("/garden")
    frame.open()
    frame.button("callMe").click()
    heading = frame.inside.get_by_role("heading", name=frame.say["callMe"])
    expect(heading).to_be_focused()
    frame.inside.get_by_role("button", name=frame.say["back"]).click()
    expect(frame.field.or_(frame.button("callMe")).and_(frame.inside.locator(":focus"))).to_be_visible()


def test_what_happens_is_said_and_takes_no_focus(visitor: Callable[..., Visitor], demo: Server) -> None:
    """Messages come in a log, typing and the line in polite regions, refusals as alerts; the person goes on writing."""
    guest = visitor()
    frame = Frame(guest)
    guest.go("/garden")
    frame.open()
    frame.write("Hello?")
    talk = newest_talk(demo)
    frame.field.fill("half a sent")
    desk_does(demo, "anna", ("message.send", {"conversation": talk, "text": "Good day!"}))
    expect(frame.log).to_contain_text("Good day!")
    expect(frame.field).to_be_focused()
    expect(frame.field).to_have_value("half a sent")
    live = frame_of(guest).evaluate(
        "[...document.querySelectorAll('[role=log], [role=status], [aria-live]')].map((one) => "
        "one.getAttribute('role') || one.getAttribute('aria-live'))"
    )
    assert {"log", "status", "polite"} <= set(live)
    frame.button("close").click()
    guest.page.evaluate("document.querySelector('a').focus()")
    desk_does(demo, "anna", ("message.send", {"conversation": talk, "text": "Still there?"}))
    expect(frame.inside.get_by_role("region")).to_be_visible()
    assert guest.page.evaluate("document.activeElement.tagName") == "A"
    expect(frame.inside.locator("main")).to_have_attribute("aria-live", "polite")


def test_nothing_sounds(visitor: Callable[..., Visitor], demo: Server) -> None:
    """Never a sound unasked: no audio is made on the page or in the frame, whatever comes."""
    guest = visitor()
    guest.context.add_init_script(
        "window.__sounds = 0; for (const name of ['Audio', 'AudioContext', 'webkitAudioContext']) "
        "window[name] = function () { window.__sounds++ };"
        "HTMLMediaElement.prototype.play = () => { window.__sounds++ }"
    )
    frame = Frame(guest)
    guest.go("/garden")
    frame.open()
    frame.write("Hello?")
    desk_does(demo, "anna", ("message.send", {"conversation": newest_talk(demo), "text": "Good day!"}))
    expect(frame.log).to_contain_text("Good day!")
    assert guest.page.evaluate("window.__sounds") == 0
    assert frame_of(guest).evaluate("window.__sounds") == 0
