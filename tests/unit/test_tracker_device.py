"""What a User-Agent says of the device, how much of it is kept, and how much of what was read."""

import subprocess
import sys

import pytest

from contract.beacons import AGENT_LIMIT
from tests.unit.agents import BROWSERS, KINDS
from tracker.device import BYTES, ENTRIES, Said, agent, is_bot, kind, said
from tracker.kept import OVERHEAD, Kept


@pytest.mark.parametrize(("name", "device"), KINDS.items())
def test_every_browser_says_on_what_it_runs(name: str, device: tuple[str, str, str, bool]) -> None:
    """Kind, browser and system with their first number, and whether fingers work on it."""
    found = said(agent(BROWSERS[name]))
    assert (found.kind, found.browser, found.os, found.touch) == device


def test_brand_and_model_are_those_of_the_package() -> None:
    """Where the agent names them."""
    found = said(BROWSERS["Samsung Internet"])
    assert (found.brand, found.model) == ("Samsung", "SM-S918B")


@pytest.mark.parametrize("nothing", ["", " ", None])
def test_nothing_said_is_nothing_known(nothing: str | None) -> None:
    """Unknown, never a bot."""
    unknown = Said(kind="unknown", browser="", os="", brand=None, model=None, touch=False, bot=False)
    assert said(agent(nothing)) == unknown


def test_the_kind_of_a_visit_follows_what_the_visit_is_held_for() -> None:
    """Held for a program it is one, whatever its agent says; un-marked it has the device of its agent."""
    headless = BROWSERS["Chrome on Linux"].replace("Chrome/", "HeadlessChrome/")
    assert is_bot(headless)
    assert kind(headless, bot=True) == "bot"
    assert kind(headless, bot=False) == "pc"
    assert kind(BROWSERS["Safari on iPhone"], bot=True) == "bot"


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("M" * 9_000, "M" * 512),
        ("  Mozilla/5.0 \t", "Mozilla/5.0"),
        ("я" * 400, "я" * 256),
        ("M" + "я" * 400, "M" + "я" * 255),
        ("🔔" * 200, "🔔" * 128),
        ("MMM" + "🔔" * 200, "MMM" + "🔔" * 127),
        ("a\x00b\r\nc", "a\ufffdb\ufffd\nc"),
        ("\x01" * 512, "\ufffd" * 170),
        ("half \ud83d a pair", "half ? a pair"),
    ],
    ids=["long", "spaces", "two bytes", "and odd", "four bytes", "and odd again", "control", "controls", "half"],
)
def test_an_agent_is_cut_at_512_bytes_and_well_formed(raw: str, kept: str) -> None:
    """Between two characters, never within one."""
    assert agent(raw) == kept
    assert len(agent(raw).encode()) <= AGENT_LIMIT
    assert agent(agent(raw)) == agent(raw)


def test_what_was_read_is_kept_within_bounds() -> None:
    """However many agents strangers make up, and however long they are, only the newest stay."""
    calls: list[str] = []

    def read(text: str) -> str:
        calls.append(text)
        return text.upper()

    cache = Kept(read, entries=100, size=100_000, longest=50)
    assert cache("a") == cache("a") == "A"
    assert calls == ["a"]
    for number in range(10_000):
        cache(f"agent {number}")
        cache("asked for again and again")
        assert len(cache) <= 100
    assert calls.count("asked for again and again") == 1
    before = len(calls)
    assert cache("agent 9999") == "AGENT 9999"
    assert len(calls) == before
    size = len(cache)
    assert cache("x" * 51) == "X" * 51
    assert len(cache) == size


def test_wide_texts_count_by_their_bytes() -> None:
    """Half the entries when each is large."""
    cache = Kept(len, entries=1_000_000, size=100 * (OVERHEAD + 400), longest=512)
    for number in range(1_000):
        cache("🔔" * 96 + f"{number:04}")
    assert len(cache) <= 101


def test_the_cache_of_agents_has_its_bounds() -> None:
    """Twenty thousand, sixteen megabytes."""
    assert (ENTRIES, BYTES) == (20_000, 16 * 2**20)
    assert said("x" * 600) == said("x" * 512)


@pytest.mark.parametrize("version", ["²", "١٤", "0" * 400, "１", "1" * 480, "0x1", "-1", "\x00"])
def test_a_version_that_is_no_number_harms_nobody(version: str) -> None:
    """What Python calls a digit is not always one."""
    for form in ("Firefox/{0}", "Mozilla/5.0 (X11; Linux) Gecko/20100101 Firefox/{0}.{0}", "Opera/9.80 (Android {0})"):
        assert said(agent(form.format(version))).kind in ("pc", "mobile", "tablet", "unknown")


def test_nobody_loads_the_tables_before_an_agent_is_read() -> None:
    """The command line starts without them."""
    code = "import sys, service.cli, tracker.device; print('ua_parser' in sys.modules or 'ua_parser_rs' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60)
    assert ran.stdout.strip() == "False"
