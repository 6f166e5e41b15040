"""The commands on a folder of their own: what a person types, what is said, what then stands in the base."""

import base64
import hashlib
import re
import socket
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from service.cli import app
from service.static import snippet

SITE = ("site", "add", "myshop", "--name", "My shop", "--origin", "https://shop.example")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder; nothing of the caller's environment counts."""
    for name in ("DATABASE_URL", "PUBLIC_URL", "PORT", "HOST"):
        monkeypatch.delenv(f"SHOPBELL_{name}", raising=False)
    monkeypatch.setenv("SHOPBELL_DATA_DIR", str(tmp_path))
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_a_new_site_can_ring(folder: Path) -> None:
    """A site that was just added has its two triggers, and its snippet is printed."""
    assert run("migrate").exit_code == 0
    added = run(*SITE, "--deep", "2", "--stay", "20")
    assert added.exit_code == 0
    assert 'data-site="myshop"' in added.output
    with closing(sqlite3.connect(folder / "shopbell.sqlite3")) as base:
        found = dict(base.execute("SELECT name, conditions FROM trigger").fetchall())
    assert sorted(found) == ["back", "deep"]
    assert '"depth":2' in found["deep"].replace(" ", "")
    assert '"dwell":20' in found["deep"].replace(" ", "")


def test_a_site_has_two_tags(folder: Path) -> None:
    """The newest script, and one whose bytes the browser checks: its hashes are those of the file that we serve."""
    assert run("migrate").exit_code == 0
    body = snippet()
    assert body is not None, "the front-end is built before the tests"
    made, shown = run(*SITE), run("site", "show", "myshop")
    assert made.output == shown.output
    newest, pinned = re.findall("<script [^>]+></script>", shown.output)
    assert re.search(r'src="\S+/shopbell\.js"', newest)
    assert f"/shopbell.{hashlib.sha256(body).hexdigest()[:16]}.js" in pinned
    assert f'integrity="sha384-{base64.b64encode(hashlib.sha384(body).digest()).decode()}"' in pinned
    assert 'crossorigin="anonymous"' in pinned
    assert 'data-site="myshop"' in pinned


def test_a_sites_secret_is_printed_when_asked_for_and_made_anew(folder: Path) -> None:
    """With --secret alone; the same each time until it is rotated; the old one stays good ten minutes unless told."""
    assert run("migrate").exit_code == 0
    made = run(*SITE)
    shown = run("site", "show", "myshop", "--secret").output.strip()
    assert len(shown) == 43
    assert shown not in made.output + run("site", "show", "myshop").output
    assert run("site", "secret", "myshop").output.strip() == shown
    new = run("site", "secret", "myshop", "--rotate").output.strip()
    assert run("site", "show", "myshop", "--secret").output.strip() == new != shown
    for rotate, kept in (((), {shown, new}), (("--rotate", "--at-once"), set())):
        last = run("site", "secret", "myshop", *rotate).output.strip()
        with closing(sqlite3.connect(folder / "shopbell.sqlite3")) as base:
            assert {row[0] for row in base.execute("SELECT secret FROM site_secret")} == kept | {last}
    assert "There is no site" in run("site", "secret", "other").output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((*SITE[:6], "shop.example"), "--origin is the address"),
        ((*SITE, "--zone", "Nowhere/Land"), "--zone is a time zone"),
        (("expert", "token", "nobody@shop.example"), "There is no account"),
        (("replay", "visits.jsonl", "--url", "http://localhost:1", "--site", "myshop"), "Give --token"),
    ],
)
def test_what_is_wrong_is_said(folder: Path, words: tuple[str, ...], said: str) -> None:
    """A wrong word on the command line is answered by a sentence about that word."""
    assert run("migrate").exit_code == 0
    answer = run(*words)
    assert answer.exit_code == 1
    assert said in answer.output


@pytest.mark.parametrize("words", [SITE, ("site", "show", "myshop")])
def test_a_base_that_is_not_set_up_is_said(folder: Path, words: tuple[str, ...]) -> None:
    """Without `migrate` a command says so."""
    answer = run(*words)
    assert answer.exit_code == 1
    assert "Run `shopbell migrate` first" in answer.output


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_port_that_is_taken_is_said_first(folder: Path, command: str) -> None:
    """Nothing is set up and no address is announced when somebody else listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        answer = run(command, "--port", str(taken.getsockname()[1]))
    assert answer.exit_code == 1
    assert "Choose another port" in answer.output
    assert not (folder / "shopbell.sqlite3").exists()
