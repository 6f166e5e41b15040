"""A customer's site, and a bell server in any weather: late, silent, talking nonsense.

Which weather stands in the address (`http://bell/WEATHER/shopbell.js`), so that one server shows all of it at once and
keeps no state.
"""

import asyncio
import contextlib
import json
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.browser.host_pages import OWN, Host, page
from tests.running import ROOT
from tests.servers import free_port

SCRIPT = ROOT / "service" / "assets" / "shopbell.js"
LATE_SECONDS = 10.0
NONSENSE = "<!doctype html><title>It works!</title><p>Welcome to nginx"
#: Nobody says a word for longer than any test looks on.
SILENCE_SECONDS = 60.0
JSON, JS, HTML = "application/json", "text/javascript", "text/html"


@dataclass
class Asked:
    """One request. `body`: what came with it."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


Answer = Callable[[Asked, asyncio.StreamWriter], Awaitable[None]]


def said(
    body: bytes | str = b"",
    status: int = 200,
    kind: str = "text/plain",
    late: float = 0,
    headers: dict[str, str] | None = None,
) -> Answer:
    """An answer, whole, after `late` seconds."""
    body = body.encode() if isinstance(body, str) else body

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(late)
        writer.write(head(status, len(body), kind, headers or {}) + body)

    return answer


def head(status: int, length: int, kind: str, headers: dict[str, str]) -> bytes:
    lines = [
        f"HTTP/1.1 {status} Weather",
        f"content-length: {length}",
        f"content-type: {kind}; charset=utf-8",
        "access-control-allow-origin: *",
        "connection: close",
        *(f"{name}: {value}" for name, value in headers.items()),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


async def silent(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """The connection stands and nothing comes."""
    await asyncio.sleep(SILENCE_SECONDS)


async def hung_up(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """The connection ends without an answer."""
    writer.transport.abort()


def half(then: Answer) -> Answer:
    """Half of the snippet, then something else happens."""

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        body = SCRIPT.read_bytes()
        writer.write(head(200, len(body), JS, {}) + body[: len(body) // 2])
        await writer.drain()
        await then(asked, writer)

    return answer


async def snippet(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """The snippet as it is built."""
    await said(SCRIPT.read_bytes(), kind=JS)(asked, writer)


STORED = said(status=204)
NO_HOST = said("", kind=JS)
HOST = said("shopbell.host = () => () => 0", kind=JS)
ENGAGE = said('{"engage": true}', kind=JSON)
SHOW = said('{"show": true}', kind=JSON, late=0.3)


@dataclass(frozen=True)
class Weather:
    """How the bell server answers for its script, its host script, and everything that is sent to it."""

    script: Answer = snippet
    collect: Answer = STORED
    wait: Answer = STORED
    host: Answer = HOST
    #: A plain `<script async>` holds the load event back until its bytes are there: a rule of browsers.
    holds_load: bool = False
    #: Uncaught errors that the browser itself reports: bytes that are no script, in a tag that asks for a script.
    errors: int = 0


WEATHERS: dict[str, Weather] = {
    "fine": Weather(),
    "script-late": Weather(script=said(b"", late=LATE_SECONDS), holds_load=True),
    "script-half-hangs": Weather(script=half(silent), holds_load=True),
    "script-half-ends": Weather(script=half(hung_up)),
    "script-silent": Weather(script=silent, holds_load=True),
    "script-hangs-up": Weather(script=hung_up),
    "script-nonsense": Weather(script=said(NONSENSE, kind=HTML)),
    "script-no-script": Weather(script=said("Bad gateway, try again", kind=JS), errors=1),
    "script-500": Weather(script=said(NONSENSE, 500, HTML)),
    "script-loops": Weather(script=said(status=302, headers={"location": "shopbell.js"})),
    "script-empty": Weather(script=said(b"", kind=JS)),
    "collect-late": Weather(collect=said(status=204, late=LATE_SECONDS)),
    "collect-silent": Weather(collect=silent),
    "collect-hangs-up": Weather(collect=hung_up),
    "collect-nonsense": Weather(collect=said(NONSENSE, kind=HTML)),
    "collect-broken-json": Weather(collect=said('{"engage": tr', kind=JSON)),
    "collect-null": Weather(collect=said("null", kind=JSON)),
    "collect-odd-json": Weather(
        collect=said('{"engage": 7, "rejected": "all", "show": [[]]}', kind=JSON), wait=hung_up
    ),
    "collect-400": Weather(collect=said(NONSENSE, 400, HTML)),
    "collect-403": Weather(collect=said(NONSENSE, 403, HTML)),
    "collect-422": Weather(collect=said('{"rejected": 1}', 422, JSON)),
    "collect-429": Weather(collect=said("", 429, headers={"retry-after": "soon"})),
    "collect-500": Weather(collect=said(NONSENSE, 500, HTML)),
    "collect-503": Weather(collect=said("", 503, headers={"retry-after": "-1e400"})),
    "collect-loops": Weather(collect=said(status=307, headers={"location": "collect"})),
    "collect-elsewhere": Weather(collect=said(status=302, headers={"location": "http://127.0.0.1:1/"})),
    "wait-nonsense": Weather(collect=ENGAGE, wait=said(NONSENSE)),
    "wait-null": Weather(collect=ENGAGE, wait=said("null", kind=JSON)),
    "wait-500": Weather(collect=ENGAGE, wait=said("", 500)),
    "host-500": Weather(collect=ENGAGE, wait=SHOW, host=said(NONSENSE, 500, HTML)),
    "host-empty": Weather(collect=ENGAGE, wait=SHOW, host=NO_HOST),
    # For the probe itself: a script that burns, one that throws, one that shoves.
    "burns": Weather(script=said("for (const t = performance.now(); performance.now() - t < 150; );", kind=JS)),
    "throws": Weather(script=said("setTimeout(() => { throw 1 }); Promise.reject(2)", kind=JS), errors=2),
    "shoves": Weather(
        script=said(
            "setTimeout(() => document.body.prepend(Object.assign(document.createElement('p'),"
            "{style: 'height: 300px'})), 300)",
            kind=JS,
        )
    ),
}


@dataclass
class Place:
    """Shop and bell, each on a port of loopback, in a thread of their own. `hosts`: pages by name."""

    hosts: dict[str, Host]
    asked: list[Asked] = field(default_factory=list)
    _servers: list[asyncio.Server] = field(default_factory=list)

    def __enter__(self) -> "Place":
        self.shop_port, self.bell_port, self.closed_port = free_port(), free_port(), free_port()
        self.shop, self.bell = f"http://localhost:{self.shop_port}", f"http://127.0.0.1:{self.bell_port}"
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        assert ready.wait(10)
        return self

    def __exit__(self, *error: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)

    def _run(self, ready: threading.Event) -> None:
        async def listen() -> None:
            for answer, port in ((self._shop, self.shop_port), (self._bell, self.bell_port)):
                self._servers.append(await asyncio.start_server(self._serve(answer), "127.0.0.1", port))
            ready.set()

        async def end() -> None:
            for server in self._servers:
                server.close()
            waiting = asyncio.all_tasks() - {asyncio.current_task()}
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            await asyncio.sleep(0.05)

        self._loop.run_until_complete(listen())
        self._loop.run_forever()
        self._loop.run_until_complete(end())
        self._loop.close()

    def at(self, host: str, tag: str, weather: str) -> str:
        """The address of a page; weather "off": nobody listens where the tag points."""
        return f"{self.shop}/page?host={host}&tag={tag}&weather={weather}"

    def heard(self, weather: str, what: str = "collect") -> list[dict[str, Any]]:
        """The bodies that the bell server got in this weather, whatever it answered."""
        return [json.loads(one.body) for one in list(self.asked) if one.path == f"/{weather}/{what}" and one.body]

    async def _shop(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.path == "/page":
            query, host = asked.query, self.hosts[asked.query["host"]]
            bell = f"http://127.0.0.1:{self.closed_port}" if query["weather"] == "off" else self.bell
            policy = host.policy.replace("BELL", bell)
            text = page(query["tag"], f"{bell}/{query['weather']}/shopbell.js", host)
            await said(text, kind=HTML, headers={"content-security-policy": policy} if policy else {})(asked, writer)
        elif asked.path == "/own.js":
            await said(OWN, kind=JS)(asked, writer)
        elif asked.path == "/api":
            await said('{"said": "fine"}', kind=JSON)(asked, writer)
        else:
            await said("<!doctype html><title>Next</title><h1>Next</h1>", kind=HTML)(asked, writer)

    async def _bell(self, asked: Asked, writer: asyncio.StreamWriter) -> None:
        self.asked.append(asked)
        _, name, rest = asked.path.split("/", 2)
        weather = WEATHERS[name]
        answers = {"shopbell.js": weather.script, "collect": weather.collect, "visitor/wait": weather.wait}
        await answers.get(rest, weather.host)(asked, writer)

    def _serve(self, answer: Answer) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.closing(writer), contextlib.suppress(OSError, asyncio.IncompleteReadError, KeyError):
                lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
                headers = {
                    name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
                }
                body = await reader.readexactly(int(headers.get("content-length") or 0))
                method, target, _ = lines[0].split(" ", 2)
                await answer(Asked(method, target, headers, body), writer)
                await writer.drain()

        return serve
