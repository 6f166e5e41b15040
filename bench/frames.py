"""A hundred thousand frames as no client sends them, while two honest people talk, on both sizes.

Frames are bent at every level: WebSocket (opcodes, reserved bits, pieces, lengths that lie, no mask), Engine.IO (packet
types, pings nobody asked for), Socket.IO (namespaces, events that only the library may raise, acknowledgements, binary
packets), and the commands of the contract with fields of another kind, too much, or nothing. All of it from a seed.
Counted: tracebacks in the server's log, and what the honest pair noticed: messages that were lost, came twice or late.
`python -m bench.frames --frames 5000 --seed 3 --size sqlite`.
"""

import asyncio
import contextlib
import json
import os
import random
import struct
import sys
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.alone import alone
from bench.crowd import p99
from bench.line import Gone, Line
from bench.machines import SIZES, databases, demo, resident
from bench.talks import SITE, Pairs, Talk, furnish
from contract.commands import EXPERT_COMMANDS, VISITOR_COMMANDS
from tests.fuzzing import NASTY, TEXTS

FRAMES, SEED, ATTACKERS = 100_000, 1, 12
#: An attacker's line lives for so many frames, unless the server cuts it before.
EACH_LINE = 60
#: At most so late may a message of the honest pair be, in seconds.
LATE = 2.0
NAMESPACES = ("/visitor", "/expert", "/", "/admin", "/visitor?x=1", "/" + "x" * 300, "")
LIBRARYS = ("connect", "disconnect", "connect_error", "message", "error", "__class__", "trigger_event", "", "x" * 500)


class Bender:
    """One seed, the same frames. `talk`: a real conversation, so that some commands reach what they ask for."""

    def __init__(self, seed: int, talk: Talk) -> None:
        self._dice, self._talk = random.Random(seed), talk

    def frame(self, namespace: str) -> bytes:
        dice = self._dice
        chance = dice.random()
        if chance < 0.70:
            return wrapped(self._command(namespace).encode("utf-8", "surrogatepass"))
        if chance < 0.85:
            return wrapped(self._packet(namespace).encode("utf-8", "surrogatepass"))
        return self._raw()

    def _command(self, namespace: str) -> str:
        dice = self._dice
        table = VISITOR_COMMANDS if dice.random() < 0.5 else EXPERT_COMMANDS
        event = dice.choice(LIBRARYS) if dice.random() < 0.1 else dice.choice(sorted(table))
        fields = table[event][0].__struct_fields__ if event in table else ("conversation", "text")
        parts = [f"{json.dumps(name)}:{self._value(name)}" for name in fields if dice.random() < 0.85]
        body = "{" + ",".join(parts) + "}" if dice.random() < 0.9 else dice.choice(NASTY)
        more = "," + dice.choice(NASTY) if dice.random() < 0.05 else ""
        number = dice.choice(("", str(dice.randrange(1000)), "9" * 40, "-1"))
        return f"42{namespace},{number}[{json.dumps(event)},{body}{more}]"

    def _value(self, name: str) -> str:
        dice = self._dice
        if name == "conversation" and dice.random() < 0.5:
            return json.dumps(self._talk.conversation)
        if name in ("client_id", "text") and dice.random() < 0.4:
            return json.dumps(uuid.UUID(int=dice.getrandbits(128)).hex)
        if dice.random() < 0.5:
            return dice.choice(NASTY)
        return json.dumps(dice.choice(TEXTS))

    def _packet(self, namespace: str) -> str:
        dice = self._dice
        other = dice.choice(NAMESPACES)
        return dice.choice((
            "", "1", "2", "3", "2probe", "3probe", "5", "6", "7", "9", "4", "40", "41", "43", "44", "45", "46", "49",
            f"40{other},{dice.choice(NASTY)}", f"40{namespace},", f"41{namespace},", f"42{other},[]",
            f"42{namespace},[", f"42{namespace},[1,2]", f"42{namespace},[null]", f"42{namespace},[[\"a\"]]",
            f"43{namespace},{'9' * 50}[1]", f"43{namespace},[]", f"44{namespace},{{}}",
            f'451-{namespace},["message.send",{{"_placeholder":true,"num":0}}]', f'45{"9" * 30}-{namespace},["x"]',
            f'46{namespace},1[{{"_placeholder":true,"num":99}}]', "4" + "2" * 5000, "b" + "A" * 400,
            f"42{namespace},{'1' * 5000}", f"4{dice.choice(NASTY)}", "\x1e".join(["2"] * 200), "42" + "/" * 9000,
        ))  # fmt: skip

    def _raw(self) -> bytes:
        dice = self._dice
        body = dice.randbytes(dice.choice((0, 1, 5, 125, 126, 500)))
        return dice.choice((
            lambda: wrapped(body, opcode=2),
            lambda: wrapped(body, opcode=dice.randrange(16)),
            lambda: wrapped(body[:125], opcode=9),
            lambda: wrapped(body, opcode=1, end=False),
            lambda: wrapped(body, opcode=0),
            lambda: wrapped(body, reserved=dice.randrange(1, 8)),
            lambda: wrapped(body, masked=False),
            lambda: wrapped(b"\xff\xfe" + body, opcode=1),
            lambda: wrapped(struct.pack("!H", dice.choice((0, 999, 1000, 1005, 1006, 4999, 65535))), opcode=8),
            lambda: wrapped(b"4" + b"x" * dice.choice((65_000, 66_000, 200_000))),
            lambda: struct.pack("!BBQ", 0x81, 0xFF, dice.choice((2**63, 2**32, 70_000))) + os.urandom(4) + body,
            lambda: dice.randbytes(40),
        ))()  # fmt: skip


def wrapped(body: bytes, *, opcode: int = 1, end: bool = True, reserved: int = 0, masked: bool = True) -> bytes:
    """One WebSocket frame."""
    first = (0x80 if end else 0) | reserved << 4 | opcode
    flag = 0x80 if masked else 0
    size = len(body)
    if size < 126:
        head = struct.pack("!BB", first, flag | size)
    elif size < 65536:
        head = struct.pack("!BBH", first, flag | 126, size)
    else:
        head = struct.pack("!BBQ", first, flag | 127, size)
    return head + (b"\0\0\0\0" if masked else b"") + body  # a mask of zeros leaves it as it is


class Attack:
    """Lines that send bent frames until so many are sent. `sent`: how many."""

    def __init__(self, port: int, bender: Bender, talk: Talk, frames: int) -> None:
        self._port, self._bender, self._talk, self._frames = port, bender, talk, frames
        self.sent = 0

    async def run(self) -> None:
        await asyncio.gather(*(self._one(number) for number in range(ATTACKERS)))

    async def _one(self, number: int) -> None:
        while self.sent < self._frames:
            namespace = "/expert" if number % 3 == 0 else "/visitor"
            mine = {"token": self._talk.token} if number % 3 == 0 else {"site": SITE, "visitor": uuid.uuid4().hex}
            try:
                line = await Line.to(self._port, namespace, mine)
            except (Gone, OSError, TimeoutError):
                await asyncio.sleep(0.05)
                continue
            assert line.transport is not None
            for _ in range(EACH_LINE):
                if line.gone.done() or self.sent >= self._frames:
                    break
                line.transport.write(self._bender.frame(namespace))
                self.sent += 1
                await asyncio.sleep(0)
            await asyncio.sleep(0.02)
            line.cut()


async def _run(port: int, url: str, frames: int, seed: int) -> tuple[int, list[float]]:
    """(frames sent, how long the honest pair's messages took; inf: never came)."""
    honest, victim = await furnish(url, 1, f"honest-{seed}"), await furnish(url, 1, f"bent-{seed}")
    pairs = Pairs(port, honest)
    await pairs.join()
    attack = Attack(port, Bender(seed, victim[0]), victim[0], frames)
    over = asyncio.create_task(attack.run())
    took: list[float] = []
    while not over.done():
        took += await pairs.talk(2.0, 0.1, random.Random(seed))
    await over
    pairs.leave()
    return attack.sent, took


def measure(
    folder: Path, frames: int = FRAMES, seed: int = SEED, sizes: tuple[str, ...] = SIZES
) -> Iterator[dict[str, Any]]:
    """A figure per size."""
    for kind in sizes:
        with contextlib.ExitStack() as stack:
            (base,) = stack.enter_context(databases(kind))
            running, server = stack.enter_context(demo(kind, folder / kind, base))
            url = server.environment["SHOPBELL_DATABASE_URL"] or f"sqlite:///{server.data_dir / 'shopbell.sqlite3'}"
            before, began = resident(running.pid), time.monotonic()
            sent, took = asyncio.run(_run(server.port, url, frames, seed))
            after, seconds = resident(running.pid), time.monotonic() - began
            said = server.said()
        tracebacks, lost = said.count("Traceback"), took.count(float("inf"))
        late = sum(LATE < one < float("inf") for one in took)
        if tracebacks:
            print(said[said.index("Traceback") - 500 :][:5000], file=sys.stderr)
        yield {
            "what": f"bent frames: tracebacks; of an honest pair's messages lost, later than {LATE:.0f} s, {kind}",
            "floor": f"{sent:,} frames in {seconds:.0f} s",
            "ours": f"{tracebacks}; {lost}, {late} of {len(took):,}, p99 {p99(took) * 1e3:.0f} ms; "
            f"memory {before:.0f} -> {after:.0f} MB",
            "ratio": "",
            "reach": "0; 0, 0",
            "met": "yes" if not tracebacks and not lost and not late and sent >= frames else "no",
            "rounds": "1",
        }


if __name__ == "__main__":
    alone("frames", measure, frames=FRAMES, seed=SEED)
