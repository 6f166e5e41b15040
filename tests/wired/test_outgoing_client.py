"""The outbound client against real listeners: it calls the address that it checked, and lets nobody hold it."""

import asyncio
import ssl
import time
from pathlib import Path

import pytest

from service.outgoing.client import LONGEST_ANSWER, Client, Undelivered
from tests.receivers import Receiver, receiver, silence, status, until
from tests.unit.test_webhook_addresses import CLOSED, ODD

PUBLIC = "9.9.9.9"


def resolving(*answers: list[str]):
    """A resolver that gives each answer once, the last one for ever; `asked` counts."""
    left = list(answers)

    async def resolve(host: str, port: int) -> list[str]:
        resolve.asked.append(host)  # type: ignore[attr-defined]
        return left.pop(0) if len(left) > 1 else left[0]

    resolve.asked = []  # type: ignore[attr-defined]
    return resolve


async def error(client: Client, url: str, body: bytes = b"{}") -> str:
    try:
        await client.post(url, body, {})
    except Undelivered as undelivered:
        return undelivered.error
    return ""


async def test_a_request_arrives_whole():
    async with receiver() as there:
        client = Client(inside=True)
        assert await client.post(there.url + "?a=b", b'{"x": 1}', {"Shopbell-Event": "test"}) == 204
        (got,) = there.got
        assert (got.path, got.body) == ("/hook?a=b", b'{"x": 1}')
        assert got.headers["host"] == f"127.0.0.1:{there.port}"
        assert got.headers["shopbell-event"] == "test"
        assert got.headers["connection"] == "close"


@pytest.mark.parametrize("url", [*CLOSED, *ODD])
async def test_no_spelling_reaches_a_listener_of_this_machine(url: str):
    """Neither at the check nor at the delivery; and a name that means the same does not, either."""
    async with receiver() as there:
        client = Client(inside=False, seconds=1.0)
        for at in (url, f"{url.removesuffix('/')}:{there.port}/"):
            assert await error(client, at) in ("address", "spelling")
            with pytest.raises(Undelivered):
                await client.check(at)
        assert there.connections == 0


@pytest.mark.parametrize("host", ["localhost", "localhost.", "LOCALHOST", "ip6-localhost"])
async def test_a_name_counts_by_what_it_resolves_to(host: str):
    """By this machine's own resolver."""
    async with receiver() as there:
        assert await error(Client(inside=False), f"https://{host}:{there.port}/") in ("address", "name")
        assert there.connections == 0


async def test_a_name_that_turns_inside_after_the_check_is_not_called():
    """Rebinding: public when it is saved, this machine when something is sent."""
    async with receiver() as there:
        resolve = resolving([PUBLIC], ["127.0.0.1"])
        client = Client(inside=False, resolve=resolve)
        url = f"https://shop.example:{there.port}/hook"
        assert await client.check(url) == url
        assert await error(client, url) == "address"
        assert there.connections == 0


async def test_what_was_looked_up_once_is_what_is_called():
    """One question to the resolver for each request: between check and call there is nothing to turn."""
    async with receiver() as there:
        resolve = resolving(["127.0.0.1"], ["127.0.0.2"])
        client = Client(inside=True, resolve=resolve)
        assert await client.post(f"http://shop.example:{there.port}/", b"{}", {}) == 204
        assert resolve.asked == ["shop.example"]
        assert there.got[0].headers["host"] == f"shop.example:{there.port}"


@pytest.mark.parametrize(
    "answers",
    [
        ["127.0.0.1", PUBLIC],
        [PUBLIC, "::1"],
        [PUBLIC, "10.0.0.1"],
        ["::ffff:127.0.0.1"],
        ["fe80::1%lo"],
        ["64:ff9b::7f00:1"],
    ],
)
async def test_one_address_inside_closes_the_whole_name(answers: list[str]):
    client = Client(inside=False, resolve=resolving(answers))
    assert await error(client, "https://shop.example/") == "address"


@pytest.mark.parametrize("answers", [[], ["nonsense"]])
async def test_a_name_without_an_address_is_said_so(answers: list[str]):
    assert await error(Client(inside=False, resolve=resolving(answers)), "https://shop.example/") == "name"


async def test_a_redirect_is_not_followed():
    """Not even to the very place that it was asked for: least of all inside."""
    async with receiver() as inside:
        for code in (301, 302, 303, 307, 308):
            async with receiver(status(code, f"Location: {inside.url}")) as there:
                assert await error(Client(inside=True), there.url) == f"redirect:{code}"
        assert inside.connections == 0


@pytest.mark.parametrize("code", [400, 401, 404, 410, 429, 500, 503])
async def test_only_a_yes_is_a_yes(code: int):
    async with receiver(status(code)) as there:
        assert await error(Client(inside=True), there.url) == f"status:{code}"


@pytest.mark.parametrize("body", [b"SSH-2.0-OpenSSH\r\n", b"", b"HTTP/1.1 two hundred\r\n\r\n", b"\x00" * 100_000])
async def test_what_does_not_speak_http_is_said_so(body: bytes):
    async with receiver(body) as there:
        assert await error(Client(inside=True), there.url) in ("answer", "connect")


async def test_whoever_says_nothing_is_cut():
    async with receiver(silence) as there:
        began = time.monotonic()
        assert await error(Client(inside=True, seconds=0.4), there.url) == "timeout"
        assert time.monotonic() - began < 2
        await asyncio.wait_for(there.left.wait(), 2)  # the connection is gone, too


async def test_whoever_drips_is_cut_and_a_yes_before_it_counts():
    async def drip(writer: asyncio.StreamWriter, first: bytes, each: bytes) -> None:
        writer.write(first)
        while not writer.is_closing():
            writer.write(each)
            await writer.drain()
            await asyncio.sleep(0.02)

    async with receiver(lambda _, writer: drip(writer, b"", b"H")) as there:
        assert await error(Client(inside=True, seconds=0.5), there.url) in ("timeout", "answer")
    async with receiver(lambda _, writer: drip(writer, b"HTTP/1.1 200 OK\r\n\r\n", b"x")) as there:
        assert await Client(inside=True, seconds=0.5).post(there.url, b"{}", {}) == 200
    async with receiver(lambda _, writer: drip(writer, b"HTTP/1.1 200 OK\r\n", b"A: b\r\n")) as there:
        assert await error(Client(inside=True, seconds=0.5), there.url) in ("timeout", "answer")


async def test_of_an_endless_answer_no_more_is_read_than_64_kib():
    sent = 0

    async def endless(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        nonlocal sent
        writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 65_536)
            sent += 65_536
            await writer.drain()

    async with receiver(endless) as there:
        began = time.monotonic()
        assert await Client(inside=True).post(there.url, b"{}", {}) == 200
        assert time.monotonic() - began < 4  # cut, and not by the clock
        await asyncio.wait_for(there.left.wait(), 2)
        assert LONGEST_ANSWER <= sent < 32 * 2**20  # what the system's own buffers took


async def test_a_crowd_of_answers_before_the_answer_ends():
    async def hints(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 100)
            await writer.drain()

    async with receiver(hints) as there:
        assert await error(Client(inside=True), there.url) == "answer"


async def test_nobody_there_is_said_so():
    async with receiver() as there:
        url = there.url
    assert await error(Client(inside=True), url) == "connect"


async def test_the_next_address_of_a_name_is_tried():
    async with receiver() as there:
        client = Client(inside=True, resolve=resolving(["127.0.0.9", "127.0.0.1"]))
        assert await client.post(f"http://shop.example:{there.port}/", b"{}", {}) == 204


async def test_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch):
    async with receiver() as proxy, receiver() as there:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert await Client(inside=True).post(there.url, b"{}", {}) == 204
        assert proxy.connections == 0


async def test_a_certificate_is_checked(tmp_path: Path):
    """One that nobody vouches for, and no TLS at all, are refused."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    (tmp_path / "cert.pem").write_text(OWN)
    context.load_cert_chain(tmp_path / "cert.pem")
    there = Receiver()
    server = await asyncio.start_server(there.serve, "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    client = Client(inside=True, resolve=resolving(["127.0.0.1"]))
    assert await error(client, f"https://shop.example:{port}/") == "tls"
    assert there.got == []
    trusting = Client(inside=True, resolve=resolving(["127.0.0.1"]))
    trusting._tls = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
    assert await error(trusting, f"https://other.example:{port}/") == "tls"
    assert await trusting.post(f"https://shop.example:{port}/", b"{}", {}) == 204
    server.close()
    async with receiver(b"hello\r\n") as plain:  # it waits for words that make sense to it
        client = Client(inside=True, resolve=resolving(["127.0.0.1"]), seconds=0.5)
        assert await error(client, f"https://shop.example:{plain.port}/") in ("tls", "timeout")
        assert plain.got == []


async def test_a_lookup_that_hangs_is_cut():
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.sleep(60)
        return []

    client = Client(inside=False, resolve=resolve, seconds=0.2)
    assert await error(client, "https://shop.example/") == "timeout"
    with pytest.raises(Undelivered, match="name"):
        await client.check("https://shop.example/")


async def test_a_receiver_that_does_not_listen_to_the_end_may_answer():
    """A large body, and a yes before it was read."""

    async def early(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(status(200))
        await writer.drain()

    async with receiver(early) as there:
        assert await Client(inside=True).post(there.url, b"x" * 100_000, {}) == 200
        await until(lambda: there.here == 0, "it left")


#: A certificate that shop.example made for itself, and its key: of nobody, for a hundred years.
OWN = """
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgfwgB0A1kQb65+q6+
dBQcBgszN1lWOXKBHrBh8DeuyzqhRANCAAT9q2KdYRpKF7515zRknYrGvDGt7YJc
lztM0ECqEglnXQ02NJlvr+WhgyGasAF9wh9YMeCemWWWtwNNwJ5t+4LL
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBnjCCAUSgAwIBAgIUdCZed1ftmNrMmN2WEz4zdXbCD50wCgYIKoZIzj0EAwIw
FzEVMBMGA1UEAwwMc2hvcC5leGFtcGxlMCAXDTI2MTEyMjExMzYzOVoYDzIxMjYx
MDI5MTEzNjM5WjAXMRUwEwYDVQQDDAxzaG9wLmV4YW1wbGUwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAAT9q2KdYRpKF7515zRknYrGvDGt7YJclztM0ECqEglnXQ02
NJlvr+WhgyGasAF9wh9YMeCemWWWtwNNwJ5t+4LLo2wwajAdBgNVHQ4EFgQUslC+
aAQof31hIyT5724qATa12pYwHwYDVR0jBBgwFoAUslC+aAQof31hIyT5724qATa1
2pYwDwYDVR0TAQH/BAUwAwEB/zAXBgNVHREEEDAOggxzaG9wLmV4YW1wbGUwCgYI
KoZIzj0EAwIDSAAwRQIhAIdcWdCVCiGjRGxoT2K8i/ZVNXeC11gasH+htIOuvXy8
AiARrppYczaMJayW3hN8uIyTDOGRRrfQ4VkdSBn45HjqZQ==
-----END CERTIFICATE-----
"""
