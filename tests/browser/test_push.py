"""The desk's service worker in a real Chromium: it registers, shows what it is called for, and leads back to the desk.

What carries a call on the internet is the browser's maker; here the browser is handed the message as that would.
"""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Worker, expect

from tests.browser.people import Desk, Pictures
from tests.browser.test_looks import faults
from tests.running import Server

_SHOWN = """async () => {
  const registration = await navigator.serviceWorker.getRegistration('/console/');
  return (await registration.getNotifications()).map(({title, body, tag, data}) => ({title, body, tag, data}));
}"""
#: A click as the browser would tell of it. It may not bring a window to the front without a person's hand: what the
#: worker asked of the windows is kept.
_CLICK = """async () => {
  const asked = [];
  WindowClient.prototype.focus = async function () { asked.push(this.url); return this; };
  self.clients.openWindow = async (url) => { asked.push(`opened ${url}`); return null; };
  const [notification] = await self.registration.getNotifications();
  const event = new NotificationEvent('notificationclick', {notification});
  const waits = [];
  event.waitUntil = (what) => waits.push(what);
  self.dispatchEvent(event);
  await Promise.all(waits);
  return asked;
}"""


def settings(desk: Desk) -> None:
    """Open the person's menu, and in it what calls them."""
    desk.page.locator("details.settings > summary").click()
    desk.page.get_by_text("Sound and notifications").click()


class Pushing:
    """The push service of one browser."""

    def __init__(self, page: Page, origin: str) -> None:
        self.origin, self.registration = origin, ""
        self.cdp = page.context.new_cdp_session(page)
        self.cdp.on("ServiceWorker.workerRegistrationUpdated", self._updated)
        self.cdp.send("ServiceWorker.enable")
        # Playwright makes every page believe that it is looked at.
        self.cdp.send("Emulation.setFocusEmulationEnabled", {"enabled": False})

    def _updated(self, said: dict[str, Any]) -> None:
        for one in said["registrations"]:
            if one["scopeURL"].endswith("/console/"):
                self.registration = one["registrationId"]

    def deliver(self, told: object) -> None:
        data = told if isinstance(told, str) else json.dumps(told)
        message = {"origin": self.origin, "registrationId": self.registration, "data": data}
        self.cdp.send("ServiceWorker.deliverPushMessage", message)


def wait(page: Page, true: str) -> None:
    """Until an expression is true there; the console's policy lets no page evaluate it by itself."""
    for _ in range(200):
        if page.evaluate(true):
            return
        page.wait_for_timeout(50)
    raise AssertionError(true)


def shown(page: Page, count: int) -> list[dict[str, Any]]:
    """The notifications on the screen, once there are so many."""
    for _ in range(200):
        found: list[dict[str, Any]] = page.evaluate(_SHOWN)
        if len(found) == count:
            return found
        page.wait_for_timeout(50)
    raise AssertionError(found)


def worker_of(context: BrowserContext) -> Worker:
    return next(one for one in context.service_workers if one.url.endswith("/console/push.js"))


#: Whether the worker thinks that somebody sits at a desk; on a busy machine it hears of a turned tab after the page.
_FOCUSED = (
    "self.clients.matchAll({type: 'window', includeUncontrolled: true}).then(all => all.some(one => one.focused))"
)


def wait_until_left(worker: Worker) -> None:
    for _ in range(200):
        if not worker.evaluate(_FOCUSED):
            return
        time.sleep(0.05)
    raise AssertionError("the worker still sees somebody at the desk")


@pytest.mark.slow
@pytest.mark.timeout(180)
def test_the_worker_shows_a_call_and_a_click_leads_to_the_desk(
    demo: Server, expert: Callable[..., Desk], new_context: Callable[..., BrowserContext]
) -> None:
    """Anna switches it on; the worker runs; a call stands on the screen; a click selects what it was about."""
    pictures = Pictures("push")
    anna = expert("anna", permissions=["notifications"])
    complaints: list[str] = []
    anna.page.on("pageerror", lambda error: complaints.append(str(error)))
    anna.page.on("console", lambda said: complaints.append(said.text) if "Trusted" in said.text else None)
    pushing = Pushing(anna.page, demo.other)
    settings(anna)
    switch = anna.page.get_by_role("switch", name="Ring this browser, too, when Shopbell is closed")
    expect(switch).not_to_be_checked()
    expect(anna.page.get_by_text("The one thing here that needs the internet")).to_be_visible()
    assert faults(anna.page) == []
    switch.click()
    # No internet here: the browser's own service cannot be reached, and the desk says just that.
    expect(anna.page.get_by_text("This browser could not reach its push service.")).to_be_visible(timeout=30_000)
    pictures.take(anna.page, "no-way-out")
    assert complaints == []

    anna.page.evaluate("navigator.serviceWorker.ready")
    other = anna.context.new_page()  # the desk is in the background now
    other.goto("about:blank")
    other.bring_to_front()
    wait(anna.page, "!document.hasFocus()")
    wait_until_left(worker_of(anna.context))
    assert pushing.registration
    call = {"kind": "bell", "title": "Somebody is waiting", "body": "Demo · importance 40", "tag": "alert:1"}
    pushing.deliver({**call, "to": "conversation/0193f3c0-7a51-7c1e-9b1f-5b1a6f0c2d4e"})
    (one,) = shown(anna.page, 1)
    assert (one["title"], one["body"], one["tag"]) == (call["title"], call["body"], call["tag"])
    pushing.deliver({**call, "kind": "missed", "title": "A bell rang in vain", "to": ""})  # takes its place
    wait(anna.page, f"({_SHOWN})().then((all) => all.length === 1 && all[0].title.includes('in vain'))")
    pushing.deliver({**call, "to": "conversation/0193f3c0-7a51-7c1e-9b1f-5b1a6f0c2d4e"})
    wait(anna.page, f"({_SHOWN})().then((all) => all.length === 1 && all[0].title.includes('waiting'))")

    anna.page.evaluate("location.hash = '#/team'")
    worker = worker_of(anna.context)
    assert [url.partition("#")[0] for url in worker.evaluate(_CLICK)] == [f"{demo.other}/console/"]
    wait(anna.page, "location.hash === '#/desk'")
    expect(anna.page.get_by_role("heading", name="Desk")).to_be_attached()
    shown(anna.page, 0)

    pushing.deliver("not what we write")
    (unread,) = shown(anna.page, 1)
    assert unread["title"] == "Shopbell"
    worker.evaluate(_CLICK)

    anna.page.bring_to_front()
    wait(anna.page, "document.hasFocus()")
    pushing.deliver({**call, "to": ""})  # whoever sits at the desk hears it there
    anna.page.wait_for_timeout(1_000)
    assert shown(anna.page, 0) == []


def test_a_call_opened_in_a_new_window_stands_at_what_it_was_about(expert: Callable[..., Desk]) -> None:
    """The address that the worker opens when no desk is open."""
    anna = expert("anna")
    anna.page.goto(f"{anna.server.other}/console/#/desk/conversation/0193f3c0-7a51-7c1e-9b1f-5b1a6f0c2d4e")
    anna.page.reload()
    expect(anna.page.get_by_role("heading", name="Desk")).to_be_attached()
    expect(anna.page.get_by_role("button", name="Online", exact=True)).to_be_visible()


def test_an_address_without_https_says_so(expert: Callable[..., Desk]) -> None:
    """As a desk in an office network sees it: what is missing, and what mends it."""
    anna = expert("anna")
    anna.page.add_init_script("Object.defineProperty(globalThis, 'isSecureContext', {value: false})")
    anna.page.reload()
    settings(anna)
    expect(
        anna.page.get_by_text("No calls while no desk is open: the address is neither https nor localhost.")
    ).to_be_visible()
    expect(anna.page.locator(".push code")).to_contain_text("--tls-cert")
