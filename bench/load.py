"""A caller that costs little: prepared requests over connections that stay open, answers counted by status."""

import asyncio
import time
from collections import Counter

import msgspec


class Passed(msgspec.Struct, frozen=True):
    """One pass: seconds on the clock, answers by status."""

    seconds: float
    statuses: dict[int, int]


def post(path: str, body: bytes, origin: str, agent: str) -> bytes:
    """A request as a browser's beacon would send it."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: text/plain;charset=UTF-8\r\nOrigin: {origin}\r\n"
        f"User-Agent: {agent}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def drive(port: int, lanes: list[list[bytes]], seconds: float = 120) -> Passed:
    """One connection per lane; a lane's requests follow each other, each after the answer to the one before."""
    statuses: Counter[int] = Counter()

    async def walk(requests: list[bytes]) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for request in requests:
                writer.write(request)
                head = await reader.readuntil(b"\r\n\r\n")
                statuses[int(head[9:12])] += 1
                at = head.lower().find(b"content-length:")
                if at >= 0:
                    await reader.readexactly(int(head[at + 15 : head.index(b"\r", at)]))
        finally:
            writer.close()

    began = time.perf_counter()
    async with asyncio.timeout(seconds):
        await asyncio.gather(*(walk(lane) for lane in lanes))
    return Passed(time.perf_counter() - began, dict(statuses))
