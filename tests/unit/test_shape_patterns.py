"""A pattern of a shape means the whole text: nothing hides behind a last newline, or in digits of another script."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection

from access.do import create_account, known_zone
from contract.clock import is_zone
from contract.errors import Refused
from contract.export import schema
from contract.hours import ClockTime, DayOff, Hours
from contract.rest_reports import Day
from contract.rest_sites import SiteWrite
from contract.rest_triggers import SegmentWrite, TriggerPatch
from contract.shapes import Line
from contract.text import clean
from contract.triggers import Clock, Did, FromSource, InBranch, Tongue
from routing.hours import checked
from routing.phrases import checked as phrases

GOOD = {
    "clock": (Clock, "09:00"),
    "hours": (ClockTime, "09:00"),
    "end of a day": (ClockTime, "24:00"),
    "day off": (DayOff, "2026-12-24"),
    "day": (Day, "2026-12-24"),
    "two letters": (Tongue, "en"),
    "three letters": (Tongue, "ast"),
    "line": (Line, "A name, of any kind"),
}


@pytest.mark.parametrize(("shape", "text"), GOOD.values(), ids=GOOD)
def test_a_text_is_taken_whole_and_with_nothing_after_it(shape: Any, text: str) -> None:
    """A newline behind it is part of it, and wrong."""
    assert msgspec.convert(text, shape) == text
    for more in ("\n", "\r", "\n\n", "\nx", "\t"):
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert(text + more, shape)


@pytest.mark.parametrize(("shape", "text"), [(ClockTime, "0\u0669:00"), (DayOff, "\u0662\u0660\u0662\u0666-01-01")])
def test_digits_are_ours(shape: Any, text: str) -> None:
    """`int` would read the others, and a browser would not show them back."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(text, shape)


@pytest.mark.parametrize(("field", "text"), [("key", "shop\n"), ("currency", "EUR\n")])
def test_a_site_is_set_up_with_plain_words(field: str, text: str) -> None:
    """Its key stands in a tag, its currency in every price."""
    right = {"key": "shop", "name": "Shop", "currency": "EUR"}
    msgspec.convert(right, SiteWrite)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**right, field: text}, SiteWrite)


@pytest.mark.parametrize("name", ["a\nb", "a\tb", "a\rb", "a\n"])
def test_the_name_of_a_trigger_or_segment_is_one_line(name: str) -> None:
    """It stands in lists and in the reason of a bell."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"name": name}, TriggerPatch)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"site": "s", "name": name, "conditions": {}}, SegmentWrite)


def patterns(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("pattern"), str) and value.get("type") == "string":
            yield value["pattern"]
        for inner in value.values():
            yield from patterns(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from patterns(inner)


def test_the_patterns_mean_the_same_to_a_browser() -> None:
    """JSON Schema's dialect is that of JavaScript: each pattern of the exported schema is one there, and agrees."""
    node = shutil.which("node")
    assert node is not None
    found = sorted(set(patterns(schema())))
    assert len(found) >= 6
    program = (
        "const [patterns, texts] = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(patterns.map(p => texts.map(t => new RegExp(p, 'u').test(t)))))"
    )
    texts = [text + more for _, text in GOOD.values() for more in ("", "\n", "\r", "\nx")]
    texts += ["shop", "EUR", "a" * 32, "0\u0669:00"]
    asked = json.dumps([found, texts])
    said = json.loads(
        subprocess.run([node, "-e", program], input=asked, capture_output=True, check=True, text=True).stdout
    )
    for pattern, answers in zip(found, said, strict=True):
        assert answers == [fits(pattern, text) for text in texts], pattern


def fits(pattern: str, text: str) -> bool:
    """As a shape with this pattern takes it."""
    try:
        msgspec.convert(text, Annotated[str, msgspec.Meta(pattern=pattern)])
    except msgspec.ValidationError:
        return False
    return True


@given(st.text(min_size=1, max_size=200))
def test_a_condition_keeps_a_name_as_the_tracker_does(name: str) -> None:
    """Else it could never be equal to what came from a page; a name of nothing is refused."""
    kept = clean(name.strip(), 200).strip()
    if kept:
        assert msgspec.convert({"kind": "event", "name": name}, Did).name == kept
        assert msgspec.convert({"kind": "branch", "below": [name]}, InBranch).below == (kept,)
        source = msgspec.convert({"kind": "source", "names": [name], "campaigns": [name]}, FromSource)
        assert source.names == source.campaigns == (kept,)
    else:
        with pytest.raises(msgspec.ValidationError):
            msgspec.convert({"kind": "event", "name": name}, Did)


NO_ZONE = [
    "", "posixrules", "localtime", "Factory", "right/UTC", "right/Europe/Berlin", "posix/UTC", "Europe", "UTC\n",
    "UTC\0", "zone.tab", "tzdata.zi", "leapseconds", "../../etc", "/etc/passwd", "Europe/../UTC", "europe/berlin", "ÿ",
]  # fmt: skip


@pytest.mark.parametrize("name", NO_ZONE)
def test_what_is_no_place_is_no_zone(name: str) -> None:
    """For a site and for hours: other files of the table, and what depends on the machine."""
    assert not is_zone(name)
    with pytest.raises(Refused):
        known_zone(name)
    with pytest.raises(Refused):
        checked(msgspec.convert({"zone": name or "-", "week": {}}, Hours))


@pytest.mark.parametrize(
    "name", ["UTC", "Etc/GMT-14", "Europe/Berlin", "America/Argentina/Ushuaia", "Asia/Kolkata", "CET"]
)
def test_places_are_zones(name: str) -> None:
    """UTC and the zones of the sea, too."""
    assert is_zone(name)
    assert known_zone(name) == name


@pytest.mark.parametrize("email", ["a\n@b", "a@b\nc", "a b@c", "a@b\0c", "a\u2028@b", "@b", "a@"])
def test_an_address_is_one_word(email: str) -> None:
    """It is refused before the base is asked."""
    nowhere: Connection = None  # type: ignore[assignment]
    with pytest.raises(Refused):
        create_account(nowhere, email=email, name="A", password_hash="", role="expert", now=0)


def test_a_phrase_is_one_line() -> None:
    """Learning reads a text line by line."""
    assert phrases(["warm\n boots", " warm boots ", "hat\t\r"]) == ["warm boots", "hat"]
    with pytest.raises(Refused):
        phrases(["a\0b"])
