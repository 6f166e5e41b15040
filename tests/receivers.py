"""Who gets what leaves the house: a small HTTP server and a small mail server that do as a test says."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from typing import Any

import msgspec

from tests.servers import free_port

Answer = bytes | Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


def status(code: int, *headers: str, body: bytes = b"") -> bytes:
    """A whole answer."""
    lines = [f"HTTP/1.1 {code} Said", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


YES = status(204)


async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Not a word until the caller has gone."""
    await reader.read()


@dataclass
class Got:
    """One request. `headers` in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def told(self) -> Any:
        return msgspec.json.decode(self.body)


@dataclass
class Receiver:
    """Answers each request with `answer`; remembers what came, and how many were there at once."""

    port: int = 0
    answer: Answer = YES
    got: list[Got] = field(default_factory=list)
    connections: int = 0
    here: int = 0
    most: int = 0
    left: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def events(self) -> list[str]:
        return [one.told["event"] for one in self.got]

    async def wait(self, count: int, seconds: float = 10.0) -> list[Got]:
        """Until so many requests came."""
        await until(lambda: len(self.got) >= count, f"{count} deliveries, not {len(self.got)}", seconds)
        return self.got

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.here += 1
        self.most = max(self.most, self.here)
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            headers = {
                name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:] if line)
            }
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.got.append(Got(head[0].split(" ")[1], headers, body))
            if callable(self.answer):
                await self.answer(reader, writer)
            else:
                writer.write(self.answer)
                await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.here -= 1
            self.left.set()
            writer.close()


@contextlib.asynccontextmanager
async def receiver(answer: Answer = YES, port: int = 0) -> AsyncIterator[Receiver]:
    made = Receiver(port or free_port(), answer)
    server = await asyncio.start_server(made.serve, "127.0.0.1", made.port, limit=2**20)
    try:
        yield made
    finally:
        server.close()


@dataclass
class MailServer:
    """Takes letters by SMTP. `says`: what it answers to a command (`RCPT`, `.`, ...) instead of yes."""

    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    letters: list[Message] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    talks: int = 0

    @property
    def url(self) -> str:
        return f"smtp+plain://127.0.0.1:{self.port}"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.talks += 1

        async def say(line: str) -> None:
            writer.write(line.encode() + b"\r\n")
            await writer.drain()

        try:
            if self.says.get("hello") == "silence":
                await reader.read()
            await say("220 mail.example")
            while line := (await reader.readline()).decode().strip():
                word = line.partition(" ")[0].upper()
                if word in self.says:
                    await say(self.says[word])
                elif word == "DATA":
                    await say("354 go on")
                    text = await reader.readuntil(b"\r\n.\r\n")
                    if "." in self.says:
                        await say(self.says["."])
                        continue
                    self.letters.append(message_from_bytes(text[:-3].replace(b"\r\n..", b"\r\n.")))
                    await say("250 kept")
                elif word == "QUIT":
                    await say("221 bye")
                    return
                else:
                    if word == "RCPT":
                        self.to.append(line.partition(":")[2].strip("<> "))
                    await say("250 mail.example")
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()


@contextlib.asynccontextmanager
async def mail_server(port: int = 0, **says: str) -> AsyncIterator[MailServer]:
    made = MailServer(port or free_port(), says)
    server = await asyncio.start_server(made.serve, "127.0.0.1", made.port, limit=2**20)
    try:
        yield made
    finally:
        server.close()


async def until(true: Callable[[], Any], what: str, seconds: float = 10.0) -> None:
    """Look again and again; AssertionError naming `what` after so many seconds."""
    async with asyncio.timeout(seconds) as limit:
        try:
            while not true():  # noqa: ASYNC110  what is waited for knows nothing of us
                await asyncio.sleep(0.02)
        except asyncio.CancelledError:
            if limit.expired():
                raise AssertionError(f"not within {seconds} s: {what}") from None
            raise
