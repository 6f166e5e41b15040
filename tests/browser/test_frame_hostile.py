"""A shop whose own page is the enemy: it holds the frame, the bell's element and every object of its own window.

It may show the chat or not, and may ask it to open. It reads nothing of it, and nothing it says is believed.
"""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, expect

from tests.browser.frame_states import newest_talk, rows, said
from tests.browser.people import Desk, Visitor
from tests.running import Server

SECRET = "my street is Lindenallee 7"
#: In the page alone, before anything else: everything that our scripts there could touch tells what it was given.
SPY = """
if (top === self) {
  const spied = window.__spied = new Set();
  const {stringify} = JSON;
  let telling = false;
  const tell = (...what) => {
    if (telling) return; // our own doings are no news
    telling = true;
    try { spied.add(stringify(what)); } catch {}
    telling = false;
  };
  const watch = (owner, name) => {
    const real = owner[name];
    owner[name] = function (...all) { tell(name, ...all); return real.apply(this, all); };
  };
  for (const [owner, ...names] of [
    [window, 'postMessage', 'fetch', 'setTimeout'], [JSON, 'parse', 'stringify'],
    [MessagePort.prototype, 'postMessage'], [Array.prototype, 'map', 'push', 'flatMap', 'filter', 'splice'],
    [String.prototype, 'replace', 'split', 'slice'], [Object, 'keys', 'entries', 'assign'], [Promise.prototype, 'then'],
    [Node.prototype, 'appendChild'], [Element.prototype, 'setAttribute', 'attachShadow', 'append', 'before'],
    [EventTarget.prototype, 'addEventListener'], [Storage.prototype, 'setItem', 'getItem'],
    [Navigator.prototype, 'sendBeacon'],
  ]) for (const name of names) watch(owner, name);
  const Real = MessageChannel;
  window.__ports = [];
  window.MessageChannel = class extends Real {
    constructor() {
      super();
      window.__ports.push(this.port1);
      this.port1.addEventListener('message', ({data}) => tell('port', data));
    }
  };
  addEventListener('message', ({data}) => tell('message', data));
  Object.prototype.shopbell = undefined;
}
"""
#: One of every kind that frame, page, program and server say to each other, and some that nobody says.
LIES: list[Any] = [
    {"shopbell": "key", "key": "f" * 32, "page": {"url": "https://evil.example/", "title": "x"}, "lang": "ru",
     "open": True, "callback": True, "warm": False, "again": True, "alone": 0},
    {"shopbell": "hello"}, {"shopbell": "hello", "key": 1}, {"size": "closed"}, {"size": "open"}, {"focus": True},
    {"live": False}, {"unread": 9}, {"alone": 9_999_999_999_999}, {"side": "left"}, {"accent": "red"},
    {"event": "message"}, {"said": [{"open": True}]}, {"met": {}}, {"handover": {"key": "f" * 32}},
    {"page": {"url": "x", "title": "y"}}, {"name": "message.send", "data": {"text": "I never said this"}},
    ["message.send", {"text": "I never said this"}], '42/visitor,1["message.send",{"text":"I never said this"}]',
    {"type": "message.added", "text": "I never said this"}, {"ok": True}, {"error": {"code": "x"}},
    {"events": [["message.added", {"kind": "text", "text": "I never said this"}]]}, {"name": "order.submit"},
    {"name": "offer.answer", "data": {"answer": "accept"}}, {"name": "conversation.rate"},
    {"__proto__": {"open": True}}, {"constructor": {"prototype": {"open": True}}}, None, 7, "", "open", [], True,
    {"open": "callback"},
]  # fmt: skip
FORGE = """async ([lies, origin]) => {
  const frame = document.querySelector('shop-bell').shadowRoot.querySelector('iframe');
  for (let round = 0; round < 4; round++)
    for (const [n, lie] of lies.entries()) {
      const {port1, port2} = new MessageChannel();
      frame.contentWindow.postMessage(lie, round % 2 ? origin : '*', n % 3 ? [] : [port2]);
      postMessage(lie, '*');
      dispatchEvent(new MessageEvent('message', {data: lie, origin, source: frame.contentWindow, ports: [port1]}));
      // "open" through the port of the real handover is the one thing that a page may say.
      if (!lie?.open) window.__ports[0].postMessage(lie);
    }
  await new Promise((done) => setTimeout(done, 1000));
}"""
REACH = """() => {
  const frame = document.querySelector('shop-bell').shadowRoot.querySelector('iframe');
  const tries = {
    document: () => frame.contentDocument && frame.contentDocument.body.innerHTML,
    window: () => frame.contentWindow.document.body.innerHTML,
    storage: () => JSON.stringify(frame.contentWindow.localStorage),
    met: () => frame.contentWindow.document.met,
    eval: () => frame.contentWindow.eval('document.body.innerHTML'),
    name: () => frame.contentWindow.name || null,
    href: () => frame.contentWindow.location.href,
    print: () => getSelection(frame).toString() || null,
  };
  return Object.entries(tries).flatMap(([name, attempt]) => {
    try { const got = attempt(); return got ? [[name, String(got)]] : []; } catch { return []; }
  });
}"""


def says_secret(guest: Visitor) -> FrameLocator:
    guest.go("/garden")
    guest.bell.click()
    guest.says(SECRET)
    expect(guest.log).to_contain_text("Sent")
    return guest.frame


@pytest.mark.timeout(120)
def test_a_hostile_page_reads_nothing_and_forges_nothing(visitor: Callable[..., Visitor], demo: Server) -> None:
    """Done: it overrides what it can, and tells over a hundred lies. Expected: nothing. Never: a word of the talk."""
    guest = visitor(bypass_csp=True)
    guest.context.add_init_script(SPY)
    says_secret(guest)
    before = said(demo, newest_talk(demo))
    assert guest.page.evaluate(REACH) == []
    guest.page.evaluate(FORGE, [LIES, demo.other])
    assert said(demo, newest_talk(demo)) == before, "somebody spoke"
    spied = guest.page.evaluate("() => { let all = ''; for (const one of window.__spied) all += one; return all }")
    assert "pageview" in spied or "page.viewed" in spied, "the spy saw nothing at all"
    assert r"\"size\":\"open\"" in spied or '"size":"open"' in spied, "the spy did not see the frame's own port"
    kept = guest.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])")
    for word in (SECRET, "Lindenallee", newest_talk(demo)):
        assert word not in spied, word
        assert word not in kept
        assert word not in guest.page.content()
    expect(guest.frame.locator("html")).to_have_attribute("lang", "en")
    expect(guest.log.get_by_text(SECRET)).to_have_count(1)
    expect(guest.log.get_by_text("I never said this")).to_have_count(0)
    guest.says("Still me.")
    expect(guest.log.get_by_text("Still me.")).to_have_count(1)


@pytest.mark.timeout(90)
def test_a_click_that_cannot_be_meant_does_nothing(
    visitor: Callable[..., Visitor], expert: Callable[..., Desk], demo: Server
) -> None:
    """Done: the page shrinks the frame to a crumb under the pointer. Expected: no offer is accepted there."""
    anna = expert("anna")
    guest = visitor()
    guest.go("/garden/irrigation")
    guest.bell.click()
    guest.says("What would it cost?")
    anna.bells.filter(has_text="Irrigation").get_by_role("button", name="Accept").first.click()
    expect(anna.log).to_contain_text("What would it cost?")
    anna.offers("Balcony drip kit, 6 pots", "21.50")
    accept = guest.log.get_by_role("button", name="Accept")
    expect(accept).to_be_visible()
    shape = "(el, css) => el.style.cssText = css"
    guest.box.evaluate(shape, "width:40px!important;height:20px!important;opacity:.02;left:300px;top:300px")
    accept.evaluate("button => button.click()")
    guest.page.wait_for_timeout(500)
    assert rows(demo, "SELECT state FROM offer") == [("open",)]
    guest.box.evaluate(shape, "")
    expect(accept).to_be_visible()
    accept.click()
    expect(guest.log).to_contain_text("You accepted")
    anna.page.get_by_role("button", name="Close conversation").click()


def test_a_page_cannot_dress_another_frame_as_ours(visitor: Callable[..., Visitor], demo: Server) -> None:
    """A frame of the page's own that says hello gets no key of the visitor's; one that it moves elsewhere neither."""
    guest = visitor(bypass_csp=True)
    says_secret(guest)
    heard = guest.page.evaluate(
        """async (origin) => {
          const fake = document.createElement('iframe');
          fake.srcdoc = `<script>onmessage = ({data}) => parent.postMessage({heard: data}, '*');
            parent.postMessage({shopbell: 'hello'}, '*')</${'script'}>`;
          const heard = [];
          addEventListener('message', ({data}) => data?.heard && heard.push(data.heard));
          document.body.append(fake);
          await new Promise((done) => setTimeout(done, 700));
          return heard;
        }""",
        demo.other,
    )
    assert heard == []
