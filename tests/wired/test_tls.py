"""https without a proxy: a certificate made here, a real server, and each mistake in one sentence."""

import ssl
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import httpx
import pytest
import socketio
import trustme
from typer.testing import CliRunner

from service.cli import app
from tests.running import PASSWORD, Server


@dataclass
class Papers:
    """Files of one authority of our own: `cert` and `key` belong together, `other` is another's key."""

    authority: trustme.CA
    cert: Path
    key: Path
    other: Path


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    folder = tmp_path_factory.mktemp("papers")
    authority = trustme.CA()
    ours, theirs = authority.issue_cert("localhost", "127.0.0.1"), authority.issue_cert("other.example")
    found = Papers(authority, folder / "cert.pem", folder / "key.pem", folder / "other.pem")
    for number, part in enumerate(ours.cert_chain_pems):
        part.write_to_path(str(found.cert), append=number > 0)
    ours.private_key_pem.write_to_path(str(found.key))
    theirs.private_key_pem.write_to_path(str(found.other))
    return found


@pytest.fixture(scope="module")
def trusting(papers: Papers) -> ssl.SSLContext:
    """Whoever knows our authority, and nobody else."""
    context = ssl.create_default_context()
    papers.authority.configure_trust(context)
    return context


@pytest.fixture(scope="module")
def server(papers: Papers, trusting: ssl.SSLContext, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A demo over https: people, a site and a desk are there."""
    started = Server(
        tmp_path_factory.mktemp("data"), SHOPBELL_TLS_CERT=str(papers.cert), SHOPBELL_TLS_KEY=str(papers.key)
    )
    started.url = started.url.replace("http:", "https:")
    started.other = started.other.replace("http:", "https:")
    started.verify = trusting
    started.start()
    yield started
    started.stop()
    assert "Traceback" not in started.said(), started.said()[-3000:]


def signed_in(server: Server, trusting: ssl.SSLContext) -> httpx.Response:
    return httpx.post(
        f"{server.url}/api/session",
        json={"email": "anna@demo.example", "password": PASSWORD},
        headers={"Origin": server.url, "X-CSRF": "1"},
        verify=trusting,
    )


def test_the_desk_comes_over_https_with_a_cookie_for_it_alone(server: Server, trusting: ssl.SSLContext) -> None:
    """The console is served, browsers are told to stay with https, and the cookie is bound to it."""
    desk = httpx.get(f"{server.url}/console/", verify=trusting)
    assert desk.status_code == 200
    assert desk.headers["strict-transport-security"] == "max-age=31536000"
    answer = signed_in(server, trusting)
    assert answer.status_code == 200
    assert answer.headers["set-cookie"].startswith("__Host-shopbell=")
    assert "; Secure;" in answer.headers["set-cookie"]


def test_the_tag_and_the_frame_name_the_safe_address(server: Server, trusting: ssl.SSLContext) -> None:
    """What goes into pages says https, and plain http is no answer at all."""
    token = signed_in(server, trusting).json()["token"]
    headers = {"Authorization": f"Bearer {token}"}
    assert httpx.get(f"{server.url}/api/session", headers=headers, verify=trusting).status_code == 200
    shop = httpx.get(f"{server.url}/", verify=trusting).text
    assert f"{server.other}/shopbell.js" in shop
    with pytest.raises(httpx.HTTPError):
        httpx.get(server.url.replace("https:", "http:") + "/healthz")


async def test_the_desks_line_is_a_safe_socket(server: Server, trusting: ssl.SSLContext) -> None:
    """wss opens with a session, commands are answered on it."""
    token = signed_in(server, trusting).json()["token"]
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(ssl=trusting)) as http:
        line = socketio.AsyncClient(reconnection=False, http_session=http)
        await line.connect(
            server.url, auth={"token": token}, namespaces=["/expert"], transports=["websocket"], wait_timeout=5
        )
        answer = await line.call("presence.set", {"status": "online"}, namespace="/expert", timeout=10)
        assert answer["ok"] is True
        await line.disconnect()


def test_each_mistake_is_one_sentence(papers: Papers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, a folder, mismatched, no certificate, locked, one without the other: said before anything is set up."""
    for name in ("DATABASE_URL", "PUBLIC_URL", "PORT", "HOST", "TLS_CERT", "TLS_KEY"):
        monkeypatch.delenv(f"SHOPBELL_{name}", raising=False)
    nonsense, locked = tmp_path / "nonsense.pem", tmp_path / "locked.pem"
    nonsense.write_text("no certificate")
    locked.write_bytes(_locked(papers.key.read_bytes()))
    cases = [
        ((tmp_path / "missing.pem", papers.key), "certificate file", "cannot be read: No such file"),
        ((papers.cert, tmp_path / "missing.pem"), "key file", "cannot be read: No such file"),
        ((tmp_path, papers.key), "certificate file", "cannot be read: Is a directory"),
        ((papers.cert, papers.other), "does not belong to the certificate", ""),
        ((nonsense, papers.key), "are not a certificate and its key in PEM form", ""),
        ((papers.cert, nonsense), "are not a certificate and its key in PEM form", ""),
        ((papers.cert, locked), "is protected by a password", ""),
        ((papers.cert, None), "--tls-cert, --tls-key) go together", ""),
    ]
    for (cert, key), *said in cases:
        words = ["serve", "--data-dir", str(tmp_path / "data"), "--tls-cert", str(cert)]
        answer = CliRunner().invoke(app, words if key is None else [*words, "--tls-key", str(key)])
        assert answer.exit_code == 1, answer.output
        assert len(answer.output.strip().splitlines()) == 1, answer.output
        for part in said:
            assert part in answer.output
        assert not (tmp_path / "data" / "shopbell.sqlite3").exists()


def _locked(key: bytes) -> bytes:
    """The same key behind a password."""
    from cryptography.hazmat.primitives import serialization

    found = serialization.load_pem_private_key(key, None)
    return found.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"a bell"),
    )
