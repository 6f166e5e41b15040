"""Two hundred conversations, a hundred messages a second, and `kill -9` again and again, on both sizes.

Both ends of each conversation behave as the frame and the desk do: what is written is sent until it is acknowledged,
under one client id; whoever loses the line comes back after 0.5 s, then twice as long, up to 15 s, give or take a half,
and asks for what follows the last message it has shown. The server dies at a random moment and starts again on what it
left. At the end the base is read, and what each end has shown. Counted: messages that were acknowledged and are not
there under their number, messages that anybody has twice, ends that show anything else than the base has in its order,
and numbers with a gap. How soon an end is live again counts from the moment the server is ready to the moment it has
caught up. `python -m bench.talk_crash --rounds 20 --talks 50 --size sqlite`.
"""

import asyncio
import contextlib
import random
import statistics
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, select

from bench.alone import alone
from bench.crash import broken
from bench.line import Gone, Line
from bench.machines import SIZES, databases
from bench.talks import SITE, Talk, furnish
from chat.tables import conversation, message
from store.connect import open_store
from tests.running import Server

ROUNDS, TALKS, RATE = 100, 200, 100.0
FIRST, LONGEST, SPREAD = 0.5, 15.0, 0.5
UP_SECONDS = (0.4, 2.5)
AGAIN_WITHIN = 5.0
#: A command that nobody answers is sent again after so long, as the clients do.
PATIENCE = 10.0


class End:
    """One side of a conversation. `shown`: client ids by number, in the order in which they were shown."""

    def __init__(self, talk: Talk, every: float, dice: random.Random) -> None:
        self.talk, self._every, self._dice = talk, every, dice
        self.shown: dict[int, str] = {}
        self.acknowledged: dict[str, int] = {}
        self.unsent: str | None = None
        self.line: Line | None = None
        self.silent = False

    @property
    def last(self) -> int:
        return len(self.shown)

    def take(self, messages: list[dict[str, Any]]) -> bool:
        """Show what follows; True if there is a hole before any of it."""
        for one in sorted(messages, key=lambda one: one["seq"]):
            if one["seq"] == self.last + 1:
                self.shown[one["seq"]] = one["client_id"] or ""
            elif one["seq"] > self.last:
                return True
        return False

    async def catch_up(self, line: Line) -> None:
        while True:
            asked = {"conversation": self.talk.conversation, "seq": self.last}
            answer = await _in_time(line.done("messages.after", asked))
            self.take(answer["messages"])
            if len(answer["messages"]) < 100:
                return

    async def talk_on(self) -> None:
        """Say one thing after the other, until it shall be silent."""
        while True:
            await asyncio.sleep(self._every * (0.5 + self._dice.random()))
            if self.silent:
                return
            self.unsent = self.unsent or uuid.uuid4().hex
            while self.unsent is not None:
                line = self.line
                try:
                    if line is None:
                        raise Gone
                    said = {"conversation": self.talk.conversation, "client_id": self.unsent, "text": self.unsent}
                    answer = await _in_time(line.call("message.send", said))
                except (Gone, TimeoutError):
                    await asyncio.sleep(0.2)
                    continue
                if answer.get("error"):
                    assert answer["error"]["code"] in ("unavailable", "busy"), answer
                    await asyncio.sleep(0.5)
                    continue
                self.acknowledged[self.unsent] = answer["seq"]
                self.unsent = None


async def _in_time(asked: Any) -> Any:
    async with asyncio.timeout(PATIENCE):
        return await asked


class Socket:
    """One line with the ends that live on it: a visitor's one, or all conversations of a desk."""

    def __init__(self, namespace: str, auth: dict[str, Any], ends: list[End], dice: random.Random) -> None:
        self._namespace, self._auth, self._dice = namespace, auth, dice
        self.ends = {end.talk.conversation: end for end in ends}
        self._catching: set[asyncio.Task[None]] = set()
        self.live_at = 0.0

    async def stay(self, port: int) -> None:
        """Connect, catch up, and again whenever the line is lost."""
        attempt = 0
        while True:
            try:
                line = await Line.to(port, self._namespace, self._auth, self._heard)
                for end in self.ends.values():
                    await end.catch_up(line)
            except (Gone, OSError, TimeoutError):
                delay = min(FIRST * 2**attempt, LONGEST)
                attempt += 1
                await asyncio.sleep(delay * (1 + SPREAD * (2 * self._dice.random() - 1)))
                continue
            self.live_at, attempt = time.monotonic(), 0
            for end in self.ends.values():
                end.line = line
            await line.gone
            self.live_at = 0.0
            for end in self.ends.values():
                end.line = None
            await asyncio.sleep(FIRST * (1 + SPREAD * (2 * self._dice.random() - 1)))

    def _heard(self, event: str, data: Any) -> None:
        end = self.ends.get(data.get("conversation", "")) if event == "message.added" else None
        if end is not None and end.take([data]) and end.line is not None:
            task = asyncio.create_task(self._fill(end, end.line))
            self._catching.add(task)
            task.add_done_callback(self._catching.discard)

    async def _fill(self, end: End, line: Line) -> None:
        with contextlib.suppress(Gone, TimeoutError):
            await end.catch_up(line)


class Found(msgspec.Struct):
    """What was wrong at the end. `again`: seconds from ready to live, of every end and round."""

    acknowledged: int
    lost: int
    twice: int
    disorder: list[str]
    again: list[float]
    rounds: int


async def run(
    server: Server, url: str, rounds: int, talks: int, rate: float = RATE, seed: int = 1, minutes: float = 60
) -> Found:
    """So many deaths, or as many as there is time for, then the count. The server runs already."""
    dice = random.Random(seed)
    made = await furnish(url, talks, f"crash-{seed}")
    every = 2 * talks / rate
    ends = [(End(talk, every, dice), End(talk, every, dice)) for talk in made]
    sockets = [
        Socket("/visitor", {"site": SITE, "visitor": mine.talk.key}, [mine], dice) for mine, _ in ends
    ]  # fmt: skip
    for token in dict.fromkeys(talk.token for talk in made):
        theirs = [end for _, end in ends if end.talk.token == token]
        sockets.append(Socket("/expert", {"token": token}, theirs, dice))
    at_work = [asyncio.create_task(socket.stay(server.port)) for socket in sockets]
    await _live(sockets, 60)
    talking = [asyncio.create_task(end.talk_on()) for both in ends for end in both]
    until, again, wrong, done = time.monotonic() + 60 * minutes, [], [], 0
    try:
        for number in range(rounds):
            await asyncio.sleep(dice.uniform(*UP_SECONDS))
            await asyncio.to_thread(server.kill)
            wrong += broken(url)
            await asyncio.to_thread(server.start, "serve")
            ready = time.monotonic()
            await _live(sockets, 60)
            again += [max(0.0, socket.live_at - ready) for socket in sockets]
            done = number + 1
            if done % 10 == 0:
                said = sum(len(end.acknowledged) for both in ends for end in both)
                print(f"{done} deaths, {said:,} messages", file=sys.stderr, flush=True)
            if time.monotonic() > until or any(task.done() for task in talking):
                break
        for task in talking:
            if task.done():
                task.result()  # says what went wrong
        await _quiet(ends, talking)
        await asyncio.sleep(1)
        for socket in sockets:
            for end in socket.ends.values():
                assert end.line is not None, "the server is up"
                await end.catch_up(end.line)
    finally:
        for task in [*talking, *at_work]:
            task.cancel()
        await asyncio.gather(*talking, *at_work, return_exceptions=True)
        for line in {end.line for both in ends for end in both if end.line is not None}:
            line.cut()
        await asyncio.sleep(0.1)  # until the loop has closed them
    store = open_store(url)
    try:
        found = await store.read(lambda conn: _look(conn, ends))
    finally:
        await store.close()
    return msgspec.structs.replace(found, again=again, rounds=done, disorder=found.disorder + wrong)


async def _live(sockets: list[Socket], seconds: float) -> None:
    """Until everybody has their line."""
    deadline = time.monotonic() + seconds
    while not all(socket.live_at for socket in sockets):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{sum(not socket.live_at for socket in sockets)} lines did not come back")
        await asyncio.sleep(0.02)


async def _quiet(ends: list[tuple[End, End]], talking: list[asyncio.Task[None]]) -> None:
    """Nobody says anything new; what is unsent gets through."""
    for both in ends:
        for end in both:
            end.silent = True
    deadline = time.monotonic() + 30
    while any(end.unsent for both in ends for end in both) and time.monotonic() < deadline:  # noqa: ASYNC110
        await asyncio.sleep(0.1)


def _look(conn: Connection, ends: list[tuple[End, End]]) -> Found:
    lost = twice = acknowledged = 0
    disorder: list[str] = []
    for both in ends:
        id_ = both[0].talk.conversation
        mine = select(message.c.seq, message.c.client_id).where(message.c.conversation_id == id_)
        rows = conn.execute(mine.order_by(message.c.seq)).all()
        last = conn.execute(select(conversation.c.last_seq).where(conversation.c.id == id_)).scalar_one()
        if [row.seq for row in rows] != list(range(1, last + 1)):
            disorder.append(f"{id_}: the numbers have a gap")
        base = {row.seq: row.client_id or "" for row in rows}
        said = [row.client_id for row in rows if row.client_id]
        twice += len(said) - len(set(said))
        for name, end in zip(("visitor", "desk"), both, strict=True):
            acknowledged += len(end.acknowledged)
            lost += sum(base.get(seq) != client_id for client_id, seq in end.acknowledged.items())
            if end.shown != base:
                disorder.append(f"{id_}: the {name} shows {len(end.shown)} of {len(base)}, or others")
    return Found(acknowledged, lost, twice, disorder, [], 0)


def measure(
    folder: Path,
    rounds: int = ROUNDS,
    talks: int = TALKS,
    minutes: float = 60,
    seed: int = 1,
    sizes: tuple[str, ...] = SIZES,
) -> Iterator[dict[str, Any]]:
    """A figure per size. `minutes`: of each size, at most; `rounds`: deaths."""
    for kind in sizes:
        with contextlib.ExitStack() as stack:
            own = folder / kind
            (url,) = stack.enter_context(databases(kind))
            url = url or f"sqlite:///{own}/shopbell.sqlite3"
            server = Server(own, url).start()
            stack.callback(server.kill)
            rate = RATE * min(1.0, talks / TALKS)
            found = asyncio.run(run(server, url, rounds, talks, rate, seed, minutes))
            tracebacks = server.said().count("Traceback")
        for one in found.disorder[:10]:
            print(one, file=sys.stderr)
        p95 = statistics.quantiles(found.again, n=20, method="inclusive")[18]
        bad = found.lost + found.twice + len(found.disorder)
        yield {
            "what": f"{talks} conversations, `kill -9`: acknowledged and lost, twice, out of order, {kind}",
            "floor": f"{found.rounds} deaths, seed {seed}",
            "ours": f"{found.lost}, {found.twice}, {len(found.disorder)} of {found.acknowledged:,} messages; "
            f"live again p95 {p95:.1f} s, at most {max(found.again):.1f} s",
            "ratio": f"{tracebacks} tracebacks",
            "reach": f"0, 0, 0; p95 {AGAIN_WITHIN:.0f} s",
            "met": "yes" if not bad and p95 <= AGAIN_WITHIN and found.acknowledged > found.rounds * 20 else "no",
            "rounds": str(found.rounds),
        }


if __name__ == "__main__":
    alone("talk_crash", measure, rounds=ROUNDS, talks=TALKS, minutes=60.0, seed=1)
