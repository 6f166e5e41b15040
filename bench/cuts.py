"""Ten thousand answers that never arrive: the line is cut between the commit and the acknowledgement, on both sizes.

Visitors say one thing after the other through a proxy that lets every word in and eats most acknowledgements, with the
line they came on. Whoever hears nothing says it again under the same client id, by WebSocket or by HTTP as the dice
fall, until an answer arrives; a repeat may lose its answer too. Each desk listens on a line that nobody cuts. At the
end the base is read. Counted: messages that are there twice, answers that name another number than the base, and
conversations whose order is not the one in which they were said, in the base or on the desk.
`python -m bench.cuts --cuts 500 --size sqlite`.
"""

import asyncio
import contextlib
import json
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from bench.alone import alone
from bench.line import Gone, Line
from bench.machines import SIZES, databases, demo
from bench.talks import SITE, Talk, furnish, visitor
from chat.tables import message
from store.connect import open_store
from tests.proxy import ACKNOWLEDGED, Proxy

CUTS, TALKS, SEED = 10_000, 20, 1
#: So often an acknowledgement is eaten, while there are cuts left.
EATEN = 0.8
#: A command without an answer and without a cut: never seen, and a failure.
PATIENCE = 20.0
REPORT_EVERY = 1_000


class Speaker:
    """A visitor who says `said` in this order; `seqs`: the answer to each; `by_socket`, `by_http`: attempts."""

    def __init__(self, talk: Talk, port: int, dice: random.Random) -> None:
        self.talk, self._port, self._dice = talk, port, dice
        self.said: list[str] = []
        self.seqs: dict[str, int] = {}
        self.by_socket = self.by_http = 0
        self._line: Line | None = None

    async def say(self) -> None:
        """One more message, until its answer arrives."""
        id_ = uuid.uuid4().hex
        self.said.append(id_)
        data = {"conversation": self.talk.conversation, "client_id": id_, "text": f"word {len(self.said)}"}
        while id_ not in self.seqs:
            with contextlib.suppress(Gone, OSError, EOFError):
                async with asyncio.timeout(PATIENCE):
                    answer = await (self._by_socket if self._dice.random() < 0.5 else self._by_http)(data)
                self.seqs[id_] = answer["seq"]

    async def _by_socket(self, data: dict[str, Any]) -> dict[str, Any]:
        self.by_socket += 1
        if self._line is None or self._line.gone.done():
            self._line = await visitor(self._port, self.talk.key)
        return await self._line.done("message.send", data)

    async def _by_http(self, data: dict[str, Any]) -> dict[str, Any]:
        """One request on a connection of its own."""
        self.by_http += 1
        body = json.dumps({"site": SITE, "name": "message.send", "data": data})
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            writer.write(
                f"POST /visitor/command HTTP/1.1\r\nHost: 127.0.0.1:{self._port}\r\nContent-Type: application/json\r\n"
                f"Authorization: Bearer {self.talk.key}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
                f"{body}".encode()
            )
            head = await reader.readuntil(b"\r\n\r\n")
            answer = await reader.read()
        finally:
            writer.close()
        if not answer.endswith(b"}"):
            raise EOFError
        if b" 200 " not in head.split(b"\r\n", 1)[0]:
            raise AssertionError(answer.decode())
        found: dict[str, Any] = json.loads(answer)
        return found

    def leave(self) -> None:
        if self._line is not None:
            self._line.cut()


class Found(msgspec.Struct):
    """What was wrong at the end; `sent`: messages, `attempts`: by socket and by HTTP."""

    cuts: int
    sent: int
    attempts: tuple[int, int]
    twice: int
    other: int
    disorder: int


async def run(port: int, url: str, cuts: int, talks: int = TALKS, seed: int = SEED) -> Found:
    """So many cuts, then the count. The server runs."""
    dice = random.Random(seed)
    made = await furnish(url, talks, f"cuts-{seed}")
    heard: dict[str, list[tuple[int, str]]] = {talk.conversation: [] for talk in made}

    def hears(event: str, data: Any) -> None:
        if event == "message.added" and data["author"]["kind"] == "visitor":
            heard[data["conversation"]].append((data["seq"], data["client_id"]))

    desks = [await Line.to(port, "/expert", {"token": token}, hears) for token in dict.fromkeys(t.token for t in made)]
    with Proxy(port) as proxy:
        speakers = [Speaker(talk, proxy.port, dice) for talk in made]
        eaten = random.Random(seed + 1)  # the proxy has a thread of its own
        with proxy.eating(lambda piece: ACKNOWLEDGED.search(piece) and eaten.random() < EATEN, cuts) as meal:
            told = 0

            async def speak(speaker: Speaker) -> None:
                nonlocal told
                while meal.eaten < cuts:
                    await speaker.say()
                    if meal.eaten // REPORT_EVERY > told:
                        told = meal.eaten // REPORT_EVERY
                        print(f"{meal.eaten:,} cuts", file=sys.stderr, flush=True)

            await asyncio.gather(*(speak(speaker) for speaker in speakers))
        for speaker in speakers:
            speaker.leave()
        await _within(5, lambda: not proxy.open)
    store = open_store(url)
    try:
        found = await store.read(lambda conn: _look(conn, speakers))
    finally:
        await store.close()
    await _within(10, lambda: all(len(heard[one.talk.conversation]) >= len(one.said) for one in speakers))
    for desk in desks:
        desk.cut()
    deaf = 0
    for one in speakers:
        said, got = [(one.seqs[id_], id_) for id_ in one.said], heard[one.talk.conversation]
        if got != said:
            deaf += 1
            print(f"a desk heard {len(got)} of {len(said)}, {len(set(got) & set(said))} right", file=sys.stderr)
    return msgspec.structs.replace(found, cuts=meal.eaten, disorder=found.disorder + deaf)


async def _within(seconds: float, done: Callable[[], bool]) -> None:
    until = time.monotonic() + seconds
    while not done() and time.monotonic() < until:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


def _look(conn: Connection, speakers: list[Speaker]) -> Found:
    found = Found(0, 0, (0, 0), 0, 0, 0)
    for speaker in speakers:
        mine = select(message.c.seq, message.c.client_id).where(message.c.conversation_id == speaker.talk.conversation)
        rows = conn.execute(mine.order_by(message.c.seq)).all()
        words = [row.client_id for row in rows if row.client_id]
        found.sent += len(speaker.said)
        found.twice += len(words) - len(set(words))
        found.other += sum(row.client_id is not None and speaker.seqs.get(row.client_id) != row.seq for row in rows)
        gap = [row.seq for row in rows] != list(range(1, len(rows) + 1))
        found.disorder += words != speaker.said or gap
        found.attempts = (found.attempts[0] + speaker.by_socket, found.attempts[1] + speaker.by_http)
    return found


def measure(
    folder: Path, cuts: int = CUTS, talks: int = TALKS, seed: int = SEED, sizes: tuple[str, ...] = SIZES
) -> Iterator[dict[str, Any]]:
    """A figure per size."""
    for kind in sizes:
        with databases(kind) as (base,), demo(kind, folder / kind, base) as (running, server):
            url = server.environment["SHOPBELL_DATABASE_URL"] or f"sqlite:///{server.data_dir / 'shopbell.sqlite3'}"
            began = time.monotonic()
            found = asyncio.run(run(running.port, url, cuts, talks, seed))
            seconds, tracebacks = time.monotonic() - began, server.said().count("Traceback")
        bad = found.twice + found.other + found.disorder + tracebacks
        yield {
            "what": f"cuts between commit and acknowledgement: twice, another number, another order, {kind}",
            "floor": f"{found.cuts:,} cuts in {seconds:.0f} s, seed {seed}",
            "ours": f"{found.twice}, {found.other}, {found.disorder} of {found.sent:,} messages; attempts by WebSocket "
            f"{found.attempts[0]:,}, by HTTP {found.attempts[1]:,}",
            "ratio": f"{tracebacks} tracebacks",
            "reach": "0, 0, 0",
            "met": "yes" if not bad and found.cuts >= cuts and found.sent else "no",
            "rounds": "1",
        }


if __name__ == "__main__":
    alone("cuts", measure, cuts=CUTS, talks=TALKS, seed=SEED)
