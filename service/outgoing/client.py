"""The one way in which this program calls an address that somebody chose: looked up once, checked, and then that.

No redirect is followed, no proxy is asked, nothing is kept open. What takes longer than five seconds is cut, and of an
answer only its status counts, and for how long the receiver wants to be left alone; at most 64 KiB of it are read. A
small client of our own on a parser that is not: what must be sure here (that the checked address is the called one,
that nothing else is) is a few lines, and no larger client says so of itself.
"""

import asyncio
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor

import h11

from service.outgoing.addresses import BadAddress, IPAddress, Target, ip_of, may_call, read_target

SECONDS = 5.0
LONGEST_ANSWER = 64 * 1024
_LONGEST_HEAD = 16 * 1024
#: Addresses of one name that are tried, one after the other.
_ADDRESSES = 4
#: Names looked up at once: one that takes long holds nobody else's thread.
_LOOK_UPS = 8
_LONGEST_PAUSE = 3_600
Resolve = Callable[[str, int], Awaitable[Sequence[str]]]


class Undelivered(Exception):
    """`error`: a word of docs/webhooks.md, such as `timeout`, `status:500`. `final`: no later try would end better.
    `after`: seconds for which the receiver asks to be left alone."""

    def __init__(self, error: str, *, final: bool = False, after: int = 0) -> None:
        super().__init__(error)
        self.error, self.final, self.after = error, final, after


class Client:
    """`inside`: addresses of offices may be called, too, and without TLS. `resolve`: a name's addresses, as texts."""

    def __init__(self, *, inside: bool, resolve: Resolve | None = None, seconds: float = SECONDS) -> None:
        self._inside, self._seconds = inside, seconds
        self._threads = ThreadPoolExecutor(_LOOK_UPS, thread_name_prefix="resolve")
        self._resolve = resolve or self._look_up
        self._tls: ssl.SSLContext | None = None

    async def check(self, url: str) -> str:
        """The address in the spelling under which it is kept. Undelivered for what would not be called now."""
        try:
            async with asyncio.timeout(self._seconds):
                target, _ = await self._find(url)
        except TimeoutError:
            raise Undelivered("name") from None
        return target.url

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        """The status of the answer, 200 to 299. Undelivered for everything else that may become of it."""
        answer = _Answer()
        try:
            async with asyncio.timeout(self._seconds):
                target, addresses = await self._find(url)
                await self._exchange(target, addresses, body, headers, answer)
        except TimeoutError:
            if answer.status is None:
                raise Undelivered("timeout") from None
        except ssl.SSLError:
            if answer.status is None:
                raise Undelivered("tls") from None
        except OSError:
            if answer.status is None:
                raise Undelivered("connect") from None
        except h11.RemoteProtocolError:
            if answer.status is None:
                raise Undelivered("answer") from None
        return _accepted(answer)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _find(self, url: str) -> tuple[Target, list[IPAddress]]:
        """Where it is. Every address that the name has must be one that may be called."""
        try:
            target = read_target(url, inside=self._inside)
        except BadAddress as bad:
            raise Undelivered(bad.fault) from None
        literal = ip_of(target.host)
        if literal is not None:
            return target, [literal]
        try:
            found = [ipaddress.ip_address(each) for each in await self._resolve(target.host, target.port)]
        except (OSError, ValueError):
            raise Undelivered("name") from None
        if not found:
            raise Undelivered("name")
        if not all(may_call(each, inside=self._inside) for each in found):
            raise Undelivered("address")
        return target, list(dict.fromkeys(found))[:_ADDRESSES]

    async def _exchange(
        self,
        target: Target,
        addresses: Sequence[IPAddress],
        body: bytes,
        headers: Mapping[str, str],
        answer: "_Answer",
    ) -> None:
        reader, writer = await self._connect(target, addresses)
        try:
            talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
            head = {
                "Host": target.authority,
                "User-Agent": "Shopbell",
                "Accept-Encoding": "identity",
                "Connection": "close",
                "Content-Length": str(len(body)),
                **headers,
            }
            request = h11.Request(method="POST", target=target.path, headers=list(head.items()))
            parts = [talk.send(request), talk.send(h11.Data(data=body)), talk.send(h11.EndOfMessage())]
            writer.write(b"".join(part for part in parts if part))
            await writer.drain()
            await _listen(reader, talk, answer)
        finally:
            writer.transport.abort()  # a polite end could be made to wait

    async def _connect(
        self, target: Target, addresses: Sequence[IPAddress]
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """To one of these addresses, and to no other."""
        for place, address in enumerate(addresses, start=1):
            # One address that swallows everything leaves time for the next.
            patience = self._seconds / 2 ** min(len(addresses) - place + 1, 2) if place < len(addresses) else None
            try:
                async with asyncio.timeout(patience):
                    return await asyncio.open_connection(
                        str(address),
                        target.port,
                        flags=socket.AI_NUMERICHOST,
                        ssl=self._context() if target.secure else None,
                        server_hostname=target.host if target.secure else None,
                    )
            except (TimeoutError, OSError):
                if place == len(addresses):
                    raise
        raise AssertionError("unreachable")

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    async def _look_up(self, host: str, port: int) -> list[str]:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _addresses, host, port)
        return [str(address[0]) for *_, address in found]


class _Answer:
    """What has come of it so far: whoever has said yes has said it, also when the rest is late."""

    status: int | None = None
    after: int = 0


async def _listen(reader: asyncio.StreamReader, talk: h11.Connection, answer: _Answer) -> None:
    left = LONGEST_ANSWER
    while True:
        event = talk.next_event()
        if event is h11.NEED_DATA:
            if left <= 0:
                return
            part = await reader.read(min(left, _LONGEST_HEAD))
            left -= len(part)
            talk.receive_data(part)
        elif isinstance(event, h11.Response):
            answer.status, answer.after = event.status_code, _seconds(event.headers)
        elif event is h11.PAUSED or isinstance(event, h11.EndOfMessage | h11.ConnectionClosed):
            return


def _seconds(headers: Iterable[tuple[bytes, bytes]]) -> int:
    """`Retry-After`, at most an hour; a date there is not read."""
    said = next((value for name, value in headers if name == b"retry-after"), b"").strip()
    return min(int(said[:9]), _LONGEST_PAUSE) if said.isdigit() else 0


def _accepted(answer: _Answer) -> int:
    status = answer.status
    if status is None:
        raise Undelivered("answer")
    if 300 <= status < 400:
        raise Undelivered(f"redirect:{status}")
    if not 200 <= status < 300:
        raise Undelivered(f"status:{status}", after=answer.after)
    return status


def _addresses(host: str, port: int) -> list[tuple[object, object, int, str, tuple[str | int, ...]]]:
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)  # type: ignore[return-value]
