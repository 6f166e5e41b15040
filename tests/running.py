"""The product as a running process, and the people who use it: what wired and browser tests drive."""

import contextlib
import os
import signal
import ssl
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import socketio

from tests.asking import Asking
from tests.ears import Ears
from tests.servers import free_port

ROOT = Path(__file__).parent.parent
PASSWORD = "a bell over the door"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
START_SECONDS = 60


class Server:
    """`shopbell demo`, or `shopbell serve` on a base that a demo has filled, on a port of its own."""

    def __init__(
        self, data_dir: Path, database_url: str = "", redis_url: str = "", port: int = 0, **settings: str
    ) -> None:
        self.data_dir, self.port = data_dir, port or free_port()
        self.url = f"http://localhost:{self.port}"
        self.other = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("SHOPBELL_", "PYTHONDONT"))},
            "SHOPBELL_DATA_DIR": str(data_dir),
            "SHOPBELL_PORT": str(self.port),
            "SHOPBELL_DATABASE_URL": database_url,
            "SHOPBELL_REDIS_URL": redis_url,
            "SHOPBELL_DEMO_PASSWORD": PASSWORD,
            "SHOPBELL_RATE_LIMITS": "off",
            "PYTHONUNBUFFERED": "1",
            **settings,
        }
        self.log = data_dir / f"server-{self.port}.log"
        self.sessions: dict[str, dict[str, Any]] = {}  # who has signed in: they survive a restart, as promised
        self.verify: ssl.SSLContext | bool = True  # whom an https server has to show its certificate to
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *command: str) -> "Server":
        """Start and wait until it can serve. Default command: the demo without strangers."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.served", *(command or ("demo", "--no-strangers"))],
                cwd=ROOT, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self._process.poll() is not None:
                break
            with contextlib.suppress(httpx.HTTPError):
                if httpx.get(f"{self.other}/readyz", timeout=2, verify=self.verify).status_code == 200:
                    return self
            time.sleep(0.05)
        self.kill()
        raise AssertionError(f"the server did not start:\n{self.said()[-3000:]}")

    def said(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def kill(self) -> None:
        """`kill -9`: normal weather."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """A graceful stop."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._process.pid, how)
            try:
                self._process.wait(15)
            except subprocess.TimeoutExpired:
                os.kill(self._process.pid, signal.SIGKILL)
                self._process.wait(5)
            self._process = None


def visitor_key() -> str:
    return uuid.uuid4().hex


def viewed(
    *path: str, id: str | None = None, age: int = 0, url: str = "http://localhost:8000/", **more: Any
) -> dict[str, Any]:
    """A page view of the page at `path`."""
    return {
        "id": id or str(uuid.uuid4()), "type": "page.viewed", "age": age, "url": url,
        "title": path[-1] if path else "Home", "referrer": "", "path": list(path), "source": "breadcrumb", **more,
    }  # fmt: skip


def stayed(page: str, dwell: int, *, age: int = 0, type: str = "page.stayed", scroll: int = 50) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "type": type, "age": age, "page": page, "dwell": dwell, "scroll": scroll}


class Browser:
    """A visitor's browser as far as the server can tell: a key, beacons, and a socket if it opens one."""

    def __init__(self, server: Server, http: httpx.AsyncClient, key: str | None = None) -> None:
        self.server, self.http, self.key = server, http, key or visitor_key()
        self.page = f"{server.url}/{self.key}"  # the address of all its pages: by it a test knows its own visit

    async def collect(self, *events: dict[str, Any], **headers: str) -> httpx.Response:
        body = {"site": "demo", "visitor": self.key, "events": list(events)}
        return await self.http.post(
            f"{self.server.other}/collect", json=body,
            headers={"Origin": self.server.url, "User-Agent": AGENT, "Content-Type": "text/plain", **headers},
        )  # fmt: skip

    async def go_deep(self, *path: str, dwell: int = 15_000) -> str:
        """Walk to `path` and stay there long enough for the bell; returns the id of the page view."""
        await self.collect(viewed(url=self.page))
        view = viewed(*path, url=self.page, referrer=self.page)
        await self.collect(view)
        assert (await self.collect(stayed(view["id"], dwell))).is_success
        return str(view["id"])


class Socket(Ears):
    """One namespace of one connection."""

    def __init__(self) -> None:
        super().__init__()
        self.client = socketio.AsyncClient(reconnection=False)
        self.namespace = ""

    async def connect(self, server: Server, namespace: str, auth: dict[str, Any], **headers: str) -> "Socket":
        self.namespace = namespace
        self.client.on("*", self._heard, namespace=namespace)
        await self.client.connect(
            server.other,
            headers={k: v for k, v in headers.items() if v},
            auth=auth,
            namespaces=[namespace],
            transports=["websocket"],
            wait_timeout=5,
        )
        return self

    async def call(self, event: str, data: dict[str, Any] | None = None) -> dict[str, Any]:
        answer: dict[str, Any] = await self.client.call(event, data or {}, namespace=self.namespace, timeout=10)
        return answer

    async def close(self) -> None:
        await self.client.disconnect()


class People:
    """Opens connections for a test and closes them after it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.http = httpx.AsyncClient(timeout=30)
        self._lines: list[Ears] = []
        #: How visitors are connected: "socket", or "polling" where WebSockets are blocked.
        self.line = "socket"
        self.at_desks: set[str] = set()

    def browser(self, key: str | None = None, server: Server | None = None) -> Browser:
        return Browser(server or self.server, self.http, key)

    async def visitor(self, key: str, server: Server | None = None, **headers: str) -> Ears:
        """A visitor's line, of the kind that this test is about."""
        if self.line == "polling":
            asking = Asking((server or self.server).other, key, **headers)
            self._lines.append(asking)
            return await asking.connect()
        return await self._open(server, "/visitor", {"site": "demo", "visitor": key}, **headers)

    async def expert(self, name: str, *, status: str = "online", server: Server | None = None) -> Socket:
        """Sign in and open the desk's socket; `status` is set, "" leaves it."""
        token = (await self.sign_in(name, server))["token"]
        self.at_desks.add(name)
        socket = await self._open(server, "/expert", {"token": token})
        if status:
            await socket.done("presence.set", {"status": status})
        return socket

    async def expert_by(self, token: str, server: Server | None = None) -> Socket:
        """The desk's socket by a token or ticket, whatever was signed in before."""
        return await self._open(server, "/expert", {"token": token})

    async def sign_in(self, name: str, server: Server | None = None) -> dict[str, Any]:
        """{token, me}; signing in costs a password hash, so it is done once per person and server."""
        known = (server or self.server).sessions
        if name not in known:
            answer = await self.http.post(
                f"{(server or self.server).other}/api/session",
                json={"email": f"{name}@demo.example", "password": PASSWORD},
            )
            assert answer.status_code == 200, answer.text
            known[name] = answer.json()
        return known[name]

    async def api(self, name: str, path: str, server: Server | None = None) -> Any:
        """GET something as a person of the demo."""
        token = (await self.sign_in(name, server))["token"]
        answer = await self.http.get(
            f"{(server or self.server).other}{path}", headers={"Authorization": f"Bearer {token}"}
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def _open(self, server: Server | None, namespace: str, auth: dict[str, Any], **headers: str) -> Socket:
        socket = Socket()
        self._lines.append(socket)
        return await socket.connect(server or self.server, namespace, auth, **headers)

    async def close(self) -> None:
        for line in self._lines:
            with contextlib.suppress(Exception):
                await line.close()
        await self.http.aclose()


@contextlib.asynccontextmanager
async def people_of(server: Server) -> AsyncIterator[People]:
    people = People(server)
    try:
        yield people
    finally:
        await people.close()
