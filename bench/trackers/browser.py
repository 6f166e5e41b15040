"""One real Chromium, spoken to directly: a person's browser, in which a page can really be hidden.

(Playwright keeps every page visible and focused for good; here that ends when the person looks elsewhere.)
"""

import asyncio
import contextlib
import itertools
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import websockets

from tests.conftest import LAUNCH
from tests.running import AGENT
from tests.servers import chromium_program

START_SECONDS = 30
PHONE = {"width": 390, "height": 844, "deviceScaleFactor": 2, "mobile": True}
DESK = {"width": 1280, "height": 860, "deviceScaleFactor": 1, "mobile": False}
#: What the browser tells scripts about itself: without it they still hear "HeadlessChrome", and some then fall silent.
WHO = {
    "userAgent": AGENT,
    "userAgentMetadata": {
        "brands": [{"brand": "Chromium", "version": "141"}, {"brand": "Google Chrome", "version": "141"}],
        "platform": "Linux", "platformVersion": "6.1", "architecture": "x86", "model": "", "mobile": False,
    },
}  # fmt: skip


class Refused(Exception):
    """The browser did not do it."""


class Chromium:
    """The browser's one connection."""

    def __init__(self, socket: websockets.ClientConnection) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._reading = asyncio.create_task(self._read())

    async def ask(self, method: str, session: str | None = None, /, **params: Any) -> dict[str, Any]:
        """One command of the DevTools protocol; Refused when the browser says no or does not answer."""
        number = next(self._numbers)
        said: dict[str, Any] = {"id": number, "method": method, "params": params}
        if session:
            said["sessionId"] = session
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send(json.dumps(said))
        try:
            answer = await asyncio.wait_for(self._waiting[number], START_SECONDS)
        except TimeoutError:
            raise Refused(f"{method}: no answer") from None
        finally:
            self._waiting.pop(number, None)
        if "error" in answer:
            raise Refused(f"{method}: {answer['error']['message']}")
        return dict(answer["result"])

    async def _read(self) -> None:
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self._socket:
                said = json.loads(text)
                waiting = self._waiting.get(said.get("id", 0))
                if waiting and not waiting.done():
                    waiting.set_result(said)

    async def visit(self, url: str, phone: bool = False) -> "Tab":
        """Somebody new opens `url`: no cookies, no storage, no cache."""
        person = (await self.ask("Target.createBrowserContext"))["browserContextId"]
        tab = await self.tab(person, "about:blank")
        await self.ask("Emulation.setDeviceMetricsOverride", tab.session, **(PHONE if phone else DESK))
        await self.ask("Emulation.setUserAgentOverride", tab.session, **WHO)
        await self.ask("Emulation.setFocusEmulationEnabled", tab.session, enabled=True)
        await self.ask("Performance.enable", tab.session, timeDomain="threadTicks")
        await tab.go(url)
        return tab

    async def tab(self, person: str, url: str) -> "Tab":
        target = (await self.ask("Target.createTarget", url=url, browserContextId=person))["targetId"]
        session = (await self.ask("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        await self.ask("Page.enable", session)
        return Tab(self, person, target, session)

    def close(self) -> None:
        self._reading.cancel()


class Tab:
    """What a person does with a page."""

    def __init__(self, browser: Chromium, person: str, target: str, session: str) -> None:
        self._browser, self.person, self.target, self.session = browser, person, target, session

    async def ask(self, method: str, **params: Any) -> dict[str, Any]:
        return await self._browser.ask(method, self.session, **params)

    async def go(self, url: str) -> None:
        await self.ask("Page.navigate", url=url)

    async def says(self, expression: str) -> Any:
        """The value of an expression on the page."""
        answer = await self.ask("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise Refused(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    async def until(self, expression: str, seconds: float = 20) -> None:
        for _ in range(int(seconds * 10)):
            with contextlib.suppress(Refused):
                if await self.says(expression):
                    return
            await asyncio.sleep(0.1)
        raise Refused(f"never true: {expression}")

    async def scroll(self, pixels: int) -> None:
        """A turn of the mouse's wheel."""
        await self.ask("Input.dispatchMouseEvent", type="mouseWheel", x=300, y=300, deltaX=0, deltaY=pixels)

    async def point(self, x: int, y: int) -> None:
        await self.ask("Input.dispatchMouseEvent", type="mouseMoved", x=x, y=y)

    async def click(self, selector: str) -> None:
        """A press of the mouse in the middle of an element."""
        at = await self.says(
            f"(e => {{e.scrollIntoView({{block: 'center'}}); const r = e.getBoundingClientRect();"
            f" return [r.x + r.width / 2, r.y + r.height / 2]}})(document.querySelector({json.dumps(selector)}))"
        )
        for kind in ("mousePressed", "mouseReleased"):
            await self.ask(
                "Input.dispatchMouseEvent", type=kind, x=at[0], y=at[1], button="left", buttons=1, clickCount=1
            )

    async def back(self) -> None:
        """The back button."""
        past = await self.ask("Page.getNavigationHistory")
        await self.ask("Page.navigateToHistoryEntry", entryId=past["entries"][past["currentIndex"] - 1]["id"])

    async def look_elsewhere(self) -> None:
        """Another tab of the same window comes to the front: this one is hidden, as when a phone shows another app."""
        await self.ask("Emulation.setFocusEmulationEnabled", enabled=False)
        other = await self._browser.tab(self.person, "about:blank")
        await self._browser.ask("Target.activateTarget", targetId=other.target)

    async def close(self) -> None:
        """The cross of the tab: the page may say its last words, and is gone."""
        await self.ask("Page.close")
        for _ in range(200):
            targets = (await self._browser.ask("Target.getTargets"))["targetInfos"]
            if all(one["targetId"] != self.target for one in targets):
                return
            await asyncio.sleep(0.1)
        raise Refused("the tab does not close")

    async def metrics(self) -> dict[str, float]:
        """Seconds of CPU of the page's main thread, by kind."""
        return {one["name"]: one["value"] for one in (await self.ask("Performance.getMetrics"))["metrics"]}

    async def forget(self) -> None:
        """The person is gone, with whatever was not sent."""
        await self._browser.ask("Target.disposeBrowserContext", browserContextId=self.person)


@contextlib.asynccontextmanager
async def chromium(folder: Path) -> AsyncIterator[Chromium]:
    """A browser of its own, in `folder`, under a person's name and without the marks of automation."""
    process = subprocess.Popen(  # noqa: ASYNC220  Popen does not wait
        [
            chromium_program(), "--headless=new", "--remote-debugging-port=0", f"--user-data-dir={folder}",
            f"--user-agent={AGENT}", "--disable-blink-features=AutomationControlled", "--no-default-browser-check",
            "--disable-default-apps",
            "--disable-features=PreloadTopChromeWebUI,WebUITabStrip",  # a window's own pages cost more than ours
            "--disable-extensions", "--disable-component-extensions-with-background-pages",
            *(["--no-sandbox"] if os.geteuid() == 0 else []), *LAUNCH, "about:blank",
        ],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        said = folder / "DevToolsActivePort"
        for _ in range(START_SECONDS * 20):
            if said.exists() and said.read_text().count("\n"):
                break
            await asyncio.sleep(0.05)
        port, path = said.read_text().split("\n")[:2]
        async with websockets.connect(f"ws://127.0.0.1:{port}{path}", max_size=None, ping_interval=None) as socket:
            browser = Chromium(socket)
            try:
                yield browser
            finally:
                with contextlib.suppress(Refused, websockets.ConnectionClosed):
                    await browser.ask("Browser.close")
                browser.close()
    finally:
        try:
            await asyncio.to_thread(process.wait, 10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            await asyncio.to_thread(process.wait, 5)
