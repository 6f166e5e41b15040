"""How a file is sent: bodies that fit, one after another per visitor, patient with a busy server."""

import asyncio
import contextlib
import json
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from contract.beacons import MAX_BODY, Beacon
from service.replay import client as replay_client
from service.replay.replay import ReplayError, replay

Answer = tuple[int, dict[str, str], object]


class Listening:
    """A real server on loopback whose answers a test writes; it keeps what it was told."""

    def __init__(self, answer: Callable[[int, Beacon], Answer]) -> None:
        self.answer = answer
        self.bodies: list[Beacon] = []
        self.paths: list[str] = []
        self.sizes: list[int] = []
        self.agents: list[str] = []
        self._callers: set[asyncio.Task[None] | None] = set()

    async def __aenter__(self) -> "Listening":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_) -> None:
        self._server.close()
        await asyncio.gather(*(caller for caller in self._callers if caller))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._callers.add(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode()
                fields = dict(line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if line)
                raw = await reader.readexactly(int(fields["content-length"]))
                body = msgspec.json.decode(raw, type=Beacon)
                self.bodies.append(body)
                self.sizes.append(len(raw))
                self.paths.append(head.split()[1])
                self.agents.append(fields["user-agent"])
                status, more, said = self.answer(len(self.bodies), body)
                content = json.dumps(said).encode() if said is not None else b""
                extra = "".join(f"{name}: {value}\r\n" for name, value in more.items())
                writer.write(f"HTTP/1.1 {status} X\r\n{extra}content-length: {len(content)}\r\n\r\n".encode() + content)
                await writer.drain()
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def stored(_: int, body: Beacon) -> Answer:
    return 200, {}, {"stored": len(body.events), "duplicates": 0, "rejected": []}


def a_file(folder: Path, events: list[dict[str, object]]) -> Path:
    file = folder / "events.jsonl"
    file.write_text("\n".join(json.dumps(event) for event in events))
    return file


def custom(visitor: str = "v", **more: object) -> dict[str, object]:
    return {"visitor": visitor, "type": "custom", "name": "n", "at": "2026-05-01T10:00:00Z", **more}


async def sent(server: Listening, file: Path) -> dict[str, int]:
    return await replay(file, "jsonl", server.url, "s", "token", progress=lambda line: None)


async def test_bodies_have_at_most_200_events_and_64_kib(tmp_path):
    """However many and however large the events of one visitor are."""
    events = [custom(props={"text": "x" * (size % 3000)}) for size in range(0, 700 * 37, 37)]
    async with Listening(stored) as server:
        counts = await sent(server, a_file(tmp_path, events))
    assert counts == {"sent": 700, "stored": 700, "duplicates": 0, "rejected": 0}
    assert max(len(body.events) for body in server.bodies) <= 200
    assert max(server.sizes) <= MAX_BODY
    assert set(server.paths) == {"/api/events"}
    assert {body.site for body in server.bodies} == {"s"}


async def test_each_visitors_events_go_in_order_of_time(tmp_path):
    """Whatever the order of the lines."""
    events = [custom(f"v{minute % 3}", at=f"2026-05-01T10:{minute:02d}:00Z") for minute in reversed(range(60))]
    async with Listening(stored) as server:
        await sent(server, a_file(tmp_path, events))
    assert len(server.bodies) == 3
    for body in server.bodies:
        times = [event.at or "" for event in body.events]
        assert times == sorted(times)


async def test_a_busy_server_is_asked_again(tmp_path, monkeypatch):
    """429 and 503 are no refusals: the same body comes again."""
    monkeypatch.setattr(replay_client, "_LONGEST_WAIT", 0.01)

    def busy_at_first(number: int, body: Beacon) -> Answer:
        if number <= 3:
            return (503 if number % 2 else 429), {"retry-after": "1"}, {"detail": "later"}
        return stored(number, body)

    async with Listening(busy_at_first) as server:
        assert (await sent(server, a_file(tmp_path, [custom()])))["stored"] == 1
    assert len(server.bodies) == 4


async def test_of_a_refused_body_only_the_bad_event_is_lost(tmp_path):
    """It is sent once more, one by one."""

    def refuses_bad(number: int, body: Beacon) -> Answer:
        if any(event.id == "bad" for event in body.events):
            return 422, {}, {"detail": "no"}
        return stored(number, body)

    async with Listening(refuses_bad) as server:
        counts = await sent(server, a_file(tmp_path, [custom(id="bad"), custom(id="a"), custom(id="b")]))
    assert counts == {"sent": 3, "stored": 2, "duplicates": 0, "rejected": 1}


async def test_duplicates_and_rejected_events_are_told(tmp_path):
    """As the server counts them."""
    said = {"stored": 1, "duplicates": 1, "rejected": [{"id": "c", "reason": "bad_id"}]}
    async with Listening(lambda number, body: (200, {}, said)) as server:
        counts = await sent(server, a_file(tmp_path, [custom(), custom(), custom()]))
    assert counts == {"sent": 3, "stored": 1, "duplicates": 1, "rejected": 1}


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_server_that_does_not_let_us_in_ends_it_with_a_sentence(tmp_path, status):
    """Its own words are in it."""
    async with Listening(lambda number, body: (status, {}, {"detail": "Not with this token."})) as server:
        with pytest.raises(ReplayError, match=r"Not with this token\."):
            await sent(server, a_file(tmp_path, [custom(f"v{number}") for number in range(20)]))


async def test_a_server_that_is_not_there_ends_it_with_a_sentence(tmp_path, monkeypatch):
    """After some patience."""
    monkeypatch.setattr(replay_client, "TRIES", 2)
    async with Listening(stored) as server:
        pass
    with pytest.raises(ReplayError, match="does not answer"):
        await sent(server, a_file(tmp_path, [custom()]))


async def test_live_walks_now_and_by_new_visitors_each_time(tmp_path):
    """Pages, heartbeats and leaving through /collect, no token, no times of the past."""
    pages: list[dict[str, object]] = [
        {"visitor": "v", "type": "page.viewed", "url": f"https://x.example/{n}", "at": f"2026-05-01T10:00:{n:02d}Z"}
        for n in (0, 6)
    ]
    async with Listening(lambda number, body: (204, {}, None)) as server:
        counts = await replay(
            a_file(tmp_path, pages),
            "jsonl",
            server.url,
            "s",
            live=True,
            speed=400,
            passes=2,
            progress=lambda line: None,
        )
    kinds = [type(body.events[0]).__name__ for body in server.bodies]
    assert kinds == ["PageViewed", "PageLeft", "PageViewed", "PageLeft"] * 2
    assert counts["sent"] == counts["stored"] == 8
    assert len({body.visitor for body in server.bodies}) == 2
    assert len({event.id for body in server.bodies for event in body.events}) == 8
    assert all(event.at is None and event.age == 0 for body in server.bodies for event in body.events)
    assert set(server.paths) == {"/collect"}
    assert all(agent.startswith("mozilla/5.0") for agent in server.agents)
