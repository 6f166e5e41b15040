"""The chat frame on a page that is not to be trusted: what the page can do to it, what it learns, and where it appears.

The shop is at `localhost`, the bell at `127.0.0.1`: two sites, as in a customer's page.
"""

import asyncio
import functools
import http.server
import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import chromium, usual_chromium
from tests.browser.people import Desk, Visitor
from tests.conftest import in_own_loop
from tests.running import PASSWORD, Server, people_of
from tests.servers import free_port

SECRET = "the spare key lies under the third pot"


@pytest.fixture(scope="module", params=["storage-partitioned", "storage-shared"])
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """Both kinds of browser: the one that people have, and the one that throws at a frame's localStorage."""
    with (usual_chromium if request.param == "storage-partitioned" else chromium)() as started:
        yield started


@pytest.fixture(scope="module")
def stranger_site(tmp_path_factory: pytest.TempPathFactory, demo: Server) -> Iterator[str]:
    """Another web site, which carries the demo's snippet and is registered nowhere."""
    folder = tmp_path_factory.mktemp("stranger")
    Path(folder, "index.html").write_text(
        "<!doctype html><html lang=en><title>Not the shop</title><h1>Not the shop</h1>"
        f'<script async src="{demo.other}/shopbell.js" data-site="demo"></script>'
    )

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *said: object) -> None:
            """A test's output has no room for it."""

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", free_port()), functools.partial(Quiet, directory=str(folder))
    )
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()


def talks(guest: Visitor) -> str:
    """Open the chat, say something private; the visitor's key as the page has it."""
    guest.go("/garden")
    guest.bell.click()
    guest.says(SECRET)
    expect(guest.log).to_contain_text(SECRET)
    expect(guest.log).to_contain_text("Sent")
    return str(guest.page.evaluate("localStorage['shopbell.visitor']"))


def conversation_of(demo: Server) -> str:
    """The newest conversation of the site, as an administrator sees it."""

    async def ask() -> str:
        async with people_of(demo) as crew:
            rows = (await crew.api("admin", "/api/desk"))["conversations"]
            return str(max(rows, key=lambda row: row["opened_at"])["id"])

    return str(in_own_loop(ask()))


#: Opens a socket as our frame does, joins with the key, asks for the talk, and tells everything it heard.
KNOCK = """([url, key, conversation]) => new Promise((tell) => {
  const heard = [];
  const socket = new WebSocket(url);
  socket.onopen = () => heard.push('open');
  socket.onmessage = ({data}) => {
    heard.push(data);
    if (data[0] === '0') socket.send('40/visitor,' + JSON.stringify({site: 'demo', visitor: key}));
    if (data.startsWith('44')) tell(heard);
    if (data.startsWith('40/visitor,')) {
      socket.send('42/visitor,1' + JSON.stringify(['messages.after', {conversation, seq: 0}]));
      socket.send('42/visitor,2' + JSON.stringify(['chat.open', {}]));
      setTimeout(() => tell(heard), 500);
    }
  };
  socket.onclose = socket.onerror = () => tell(heard);
})"""


def test_a_script_on_the_page_cannot_read_the_conversation(
    visitor: Callable[..., Visitor], demo: Server, stranger_site: str
) -> None:
    """Done: the page tries everything it has, the key included. Expected: refusals. Never: a word of the talk."""
    guest = visitor(bypass_csp=True)  # most shops have no policy that would hold a script back
    key = talks(guest)
    assert re.fullmatch("[0-9a-f]{32}", key)
    page = guest.page

    # The frame's document is closed to it, and nothing of it lies in its own storage or page.
    assert page.evaluate("el => el.contentDocument", guest.box.element_handle()) is None
    reads = "el => { try { return el.contentWindow.document.body.innerText } catch (e) { return e.name } }"
    assert page.evaluate(reads, guest.box.element_handle()) == "SecurityError"
    stores = "JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])"
    assert SECRET not in page.evaluate(stores)
    assert SECRET not in page.content()

    # A socket of its own, with the key. In the demo the shop's origin is one of ours, so the door opens; but the secret
    # counts only for the frame's own document, so behind the door is nothing.
    conversation = conversation_of(demo)
    address = "ws" + demo.other.removeprefix("http") + "/socket.io/?EIO=4&transport=websocket"
    for name in ("127.0.0.1", "localhost"):
        heard = page.evaluate(KNOCK, [address.replace("127.0.0.1", name), key, conversation])
        assert SECRET not in str(heard), f"read by the page: {heard}"
        assert any("not_found" in one for one in heard), heard
    # From a page that is not ours nobody gets as far as that.
    foreign = visitor(bypass_csp=True)
    foreign.page.goto(stranger_site)
    heard = foreign.page.evaluate(KNOCK, [address, key, conversation])
    assert not any(one.startswith(("40/visitor", "43", "42")) for one in heard), heard

    # A program, which sends no origin and no secret, is told that there is no such conversation.

    async def steal() -> list[str]:
        async with people_of(demo) as crew:
            socket = await crew.visitor(key)
            answers = [
                await socket.refused("messages.after", {"conversation": conversation, "seq": 0}),
                await socket.refused(
                    "message.send", {"conversation": conversation, "client_id": "1", "text": "it is me"}
                ),
            ]
            opened = await socket.done("chat.open")
            assert opened["conversation"] != conversation
            assert opened["messages"] == []
            await asyncio.sleep(0.3)
            assert SECRET not in str(socket.events)
            return answers

    assert in_own_loop(steal()) == ["not_found", "not_found"]
    # The visitor never noticed.
    guest.says("Under the third, not the fourth.")
    expect(guest.log.get_by_text("Under the third, not the fourth.")).to_have_count(1)
    expect(guest.log.get_by_text(SECRET)).to_have_count(1)
    guest.page.reload()
    expect(guest.log.get_by_text(SECRET)).to_have_count(1)
    assert guest.complaints == []


FORGE = """([origin, n]) => {
  const frame = document.querySelector('div:last-of-type') && [...document.querySelectorAll('*')]
    .map((one) => one.shadowRoot?.querySelector('iframe')).find(Boolean);
  const said = [];
  addEventListener('message', ({data}) => said.push(JSON.stringify(data)));
  const lies = [
    {shopbell: 'key', key: 'f'.repeat(32), page: {}, lang: 'ru', open: true, again: true}, {shopbell: 'hello'},
    'x', null, 7, [], {open: true}, {shopbell: 'key'}, {event: 'message'}, {size: 'open'}, {shopbell: {toString: 1}},
  ];
  for (let i = 0; i < n; i++) {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = ({data}) => said.push(JSON.stringify(data));
    frame.contentWindow.postMessage(lies[i % lies.length], i % 2 ? origin : '*', i % 3 ? [] : [port2]);
    postMessage(lies[i % lies.length], '*');
  }
  return new Promise((done) => setTimeout(() => done(said), 700));
}"""


def test_forged_messages_change_nothing(visitor: Callable[..., Visitor], demo: Server) -> None:
    """Done: 100 lies by postMessage. Expected: the talk goes on as it was. Never: a word or a key given away."""
    guest = visitor()
    key = talks(guest)
    said = guest.page.evaluate(FORGE, [demo.other, 100])
    assert SECRET not in str(said)
    assert "conversation" not in str(said)
    assert guest.page.evaluate("localStorage['shopbell.visitor']") == key
    expect(guest.log.get_by_text(SECRET)).to_have_count(1)
    expect(guest.frame.locator("html")).to_have_attribute("lang", "en")
    guest.says("Still me.")
    expect(guest.log).to_contain_text("Still me.")
    expect(guest.log).to_contain_text("Sent")
    assert guest.box.count() == 1
    assert guest.complaints == []


def test_a_closed_bell_stays_closed_whatever_the_page_says(visitor: Callable[..., Visitor], demo: Server) -> None:
    """A page cannot pop the chat up by messages to itself; it has `shopbell('open')` for that, as agreed."""
    guest = visitor()
    talks(guest)
    guest.frame.get_by_role("button", name="Close the chat").click()
    expect(guest.box).to_have_class("closed")
    guest.page.evaluate(FORGE, [demo.other, 100])
    expect(guest.box).to_have_class("closed")
    expect(guest.bell).to_be_focused()
    guest.page.evaluate("shopbell('open')")
    expect(guest.log.get_by_text(SECRET)).to_have_count(1)


def test_storage_that_throws_does_not_break_the_chat(
    visitor: Callable[..., Visitor], expert: Callable[..., Desk]
) -> None:
    """Done: every touch of storage throws, on the page and in the frame. Expected: they talk."""
    anna = expert("anna")
    guest = visitor()
    guest.context.add_init_script(
        """for (const name of ['localStorage', 'sessionStorage'])
             Object.defineProperty(window, name, {get() { throw new DOMException('no', 'SecurityError') }})"""
    )
    guest.go("/garden/irrigation")
    guest.bell.click()
    guest.says("Can you hear me?")
    expect(guest.log).to_contain_text("Can you hear me?")
    bell = anna.bells.filter(has_text="Irrigation")
    bell.get_by_role("button", name=re.compile("^Accept")).click()
    expect(anna.log).to_contain_text("Can you hear me?")
    anna.says("Clearly.")
    expect(guest.log).to_contain_text("Clearly.")
    assert guest.complaints == []
    # The visit counts too, though the page can keep nothing.
    assert guest.views(["Garden", "Irrigation"])


def test_a_page_that_is_not_registered_gets_no_frame_and_counts_for_nothing(
    visitor: Callable[..., Visitor], stranger_site: str, demo: Server
) -> None:
    """Done: another site carries the snippet. Expected: 403 for its visits, no chat. Never: an error on its page."""
    guest = visitor()
    with guest.page.expect_response(lambda answer: answer.url.endswith("/collect")) as collected:
        guest.page.goto(stranger_site)
    assert collected.value.status == 403
    guest.page.evaluate("shopbell('open')")
    expect(guest.box).to_be_attached()
    guest.page.wait_for_timeout(500)
    assert guest.frame.get_by_role("textbox").count() == 0, "a foreign page holds our chat"
    expect(guest.box).to_be_hidden()
    assert guest.complaints == []
    # Naming the shop's origin instead of its own does not help: the browser keeps the promise of frame-ancestors.
    guest.page.evaluate(
        "(src) => { const f = document.createElement('iframe'); f.id = 'fake'; f.src = src; document.body.append(f) }",
        f"{demo.other}/frame?site=demo&origin={demo.url}",
    )
    guest.page.wait_for_timeout(500)
    assert guest.page.frame_locator("#fake").locator("body[data-site]").count() == 0


def test_the_password_of_the_desk_never_comes_near_the_page(visitor: Callable[..., Visitor], demo: Server) -> None:
    """An expert who looks at the shop in the same browser stays an expert there and a stranger here."""
    both = visitor()
    desk = Desk(both.context, demo, "anna").sign_in()
    key = talks(both)
    cookies = {cookie["name"]: cookie for cookie in both.context.cookies()}
    console = next(cookie for name, cookie in cookies.items() if name.endswith("shopbell"))
    assert console["httpOnly"]
    assert console["sameSite"] == "Strict"
    assert PASSWORD not in both.page.content()
    assert both.page.evaluate("document.cookie") == ""
    assert len(key) == 32
    desk.page.close()
