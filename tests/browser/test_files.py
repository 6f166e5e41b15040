"""What is attached, in a real browser: a picture is shown at the desk, and nothing in any file ever runs."""

import contextlib
from collections.abc import Iterator
from typing import Any

import httpx
import playwright.sync_api
import pytest
from playwright.sync_api import BrowserContext, Dialog, Page

from tests.conftest import in_own_loop
from tests.pictures import POLYGLOTS, png
from tests.running import PASSWORD, Server, people_of, visitor_key

_SIGN_IN = """async (password) => (await fetch("/api/session", {
  method: "POST", headers: {"Content-Type": "application/json", "X-CSRF": "1"},
  body: JSON.stringify({email: "admin@demo.example", password}),
})).status"""
#: A page that lets everything in: each way in which a page could take a file for something that runs.
_TRY = """async ([how, attribute, url]) => {
  const element = document.createElement(how);
  const done = new Promise((resolve) => {
    element.onload = () => resolve("shown");
    element.onerror = () => resolve("refused");
    setTimeout(() => resolve("nothing"), 2000);
  });
  if (how === "link") element.rel = "stylesheet";
  element[attribute] = url;
  document.body.append(element);
  return [await done, element.naturalWidth ?? 0];
}"""


@pytest.fixture(scope="module")
def sent(demo: Server) -> dict[str, str]:
    """Name -> address at the desk, of a picture and of every file that is a page or a script as well."""
    key = visitor_key()

    async def open_chat() -> str:
        async with people_of(demo) as people:
            socket = await people.visitor(key)
            return str((await socket.done("chat.open"))["conversation"])

    talk, found = in_own_loop(open_chat()), {}
    for name, body in {"picture": png(7, 5), **POLYGLOTS}.items():
        headers = {"Authorization": f"Bearer {key}", "X-Client-Id": name, "X-File-Name": "evil.html"}
        answer = httpx.post(f"{demo.other}/visitor/files", params={"conversation": talk}, content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        found[name] = f"/api/files/{answer.json()['data']['file']}"
    return found


@pytest.fixture
def desk(context: BrowserContext, demo: Server) -> Iterator[Page]:
    """An administrator's browser, on a page of our own address that forbids nothing; whatever speaks up is written
    down, and must not."""
    page, heard = context.new_page(), list[str]()

    def hear(dialog: Dialog) -> None:
        heard.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", hear)
    page.goto(f"{demo.other}/console/")
    assert page.evaluate(_SIGN_IN, PASSWORD) == 200
    bare = {"content_type": "text/html", "body": "<!doctype html><title>bare</title><body></body>"}
    page.route("**/bare.html", lambda route: route.fulfill(**bare))
    page.goto(f"{demo.other}/bare.html")
    yield page
    assert heard == []


def tried(page: Page, how: str, attribute: str, url: str) -> Any:
    return page.evaluate(_TRY, [how, attribute, url])


def test_a_picture_is_shown_to_who_may_see_it_and_to_no_other_page(desk: Page, demo: Server, sent: dict[str, str]):
    """The console's cookie is enough for an <img>; a page of another address gets nothing, whoever is signed in."""
    assert tried(desk, "img", "src", sent["picture"]) == ["shown", 7]
    desk.goto(f"{demo.url}/bare.html")  # the same machine under its other name: another origin
    assert tried(desk, "img", "src", f"{demo.other}{sent['picture']}")[0] == "refused"


def test_nothing_in_a_file_runs(desk: Page, demo: Server, sent: dict[str, str]):
    """Not as a script, not as a style, in no frame, and not opened by itself."""
    for name, url in sent.items():
        assert tried(desk, "script", "src", url)[0] == "refused", name
        assert tried(desk, "link", "href", url)[0] == "refused", name
    for name in ("gif and page", "pdf with a script of its own"):
        for how, attribute in (("iframe", "src"), ("object", "data"), ("embed", "src")):
            tried(desk, how, attribute, sent[name])
    for url in sent.values():
        with contextlib.suppress(playwright.sync_api.Error):  # what is saved is no page that was reached
            desk.goto(f"{demo.other}{url}")
        desk.wait_for_timeout(100)
        assert desk.evaluate("[document.scripts.length, document.contentType.split('/')[0]]") in (
            [0, "image"],
            [0, "text"],  # where we were
        )
