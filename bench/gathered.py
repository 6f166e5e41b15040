"""The crowd of `bench.crowd`, in a process of its own: other visitors are other machines, and what they do must not
make the clock of those who talk late.

It is told what to do on its standard input, a JSON line each, and answers each with one: `{"gather": 5000}`,
`{"storm": 3000, "seed": 3}` (after how many seconds each was back), `{"gone": true}` and `{"leave": true}` (how many
have lost their line meanwhile). `python -m bench.gathered PORT OPENS`.
"""

import asyncio
import contextlib
import json
import random
import sys
import time
import uuid
from collections.abc import AsyncIterator
from typing import Any

from bench.line import Gone, Line
from bench.talks import visitor
from tests.running import ROOT

#: So many handshakes at a time while a crowd gathers.
AT_ONCE = 40
#: As the frame returns (`widget/frame`): seconds.
FIRST, LONGEST, SPREAD = 0.5, 15.0, 0.5


class Crowd:
    """Visitors who have the chat open and say nothing."""

    def __init__(self, port: int, *, opens: bool) -> None:
        self._port, self._opens = port, opens
        self.lines: dict[str, Line] = {}

    async def gather(self, number: int) -> None:
        room = asyncio.Semaphore(AT_ONCE)

        async def one(key: str) -> None:
            async with room:
                await self._join(key)

        await asyncio.gather(*(one(uuid.uuid4().hex) for _ in range(number)))

    async def _join(self, key: str) -> None:
        line = await visitor(self._port, key)
        if self._opens:
            await line.done("chat.open", {})
        self.lines[key] = line

    async def storm(self, number: int, dice: random.Random) -> list[float]:
        """So many are cut at the same moment; each comes back by itself. After how many seconds."""
        lost = dice.sample(sorted(self.lines), number)
        began, back = time.monotonic(), list[float]()
        for key in lost:
            self.lines.pop(key).cut()

        async def come_back(key: str) -> None:
            for attempt in range(20):
                await asyncio.sleep(min(FIRST * 2**attempt, LONGEST) * (1 + SPREAD * (2 * dice.random() - 1)))
                with contextlib.suppress(Gone, OSError, TimeoutError):
                    await self._join(key)
                    back.append(time.monotonic() - began)
                    return

        await asyncio.gather(*(come_back(key) for key in lost))
        return back

    def gone(self) -> int:
        return sum(line.gone.done() for line in self.lines.values())

    def leave(self) -> None:
        for line in self.lines.values():
            line.cut()
        self.lines = {}


class Elsewhere:
    """The same, in another process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def do(self, **what: Any) -> Any:
        """Whatever it answers; Gone where it has broken."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(what).encode() + b"\n")
        if not (answer := await self._process.stdout.readline()):
            raise Gone
        return json.loads(answer)


@contextlib.asynccontextmanager
async def elsewhere(port: int, *, opens: bool) -> AsyncIterator[Elsewhere]:
    """A crowd at this server, until the block ends."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bench.gathered", str(port), str(int(opens)),
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, limit=2**20, cwd=ROOT,
    )  # fmt: skip
    try:
        yield Elsewhere(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


async def _obey(port: int, *, opens: bool) -> None:
    crowd, said = Crowd(port, opens=opens), asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(said), sys.stdin)
    while line := await said.readline():
        what = json.loads(line)
        answer: Any = None
        if "gather" in what:
            await crowd.gather(what["gather"])
        if "storm" in what:
            answer = await crowd.storm(what["storm"], random.Random(what["seed"]))
        if "gone" in what or "leave" in what:
            answer = crowd.gone()
        if "leave" in what:
            crowd.leave()
        print(json.dumps(answer), flush=True)
    crowd.leave()


if __name__ == "__main__":
    asyncio.run(_obey(int(sys.argv[1]), opens=sys.argv[2] == "1"))
