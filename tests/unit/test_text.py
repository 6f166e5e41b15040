"""Whatever a person reads exists in English and in Russian, with the same gaps to fill."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from contract import names
from tracker.reasons import REASONS

ROOT = Path(__file__).parents[2]
GAP = re.compile(r"\{(\w+)\}")
PLURALS = {"zero", "one", "two", "few", "many", "other"}
CATALOGUES = sorted(
    path
    for pattern in ("*/text/*.en.json", "*/text/en.json", "*/*/text/*.en.json", "*/*/text/en.json")
    for path in ROOT.glob(pattern)
    if not {"node_modules", ".venv"} & set(path.parts)
)


def twin(path: Path) -> Path:
    """The Russian file beside an English one."""
    return path.with_name(re.sub(r"en\.json$", "ru.json", path.name))


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Every text with its place. Plural forms of one text count as one: languages have different numbers of them."""
    if isinstance(value, dict) and value and set(value) <= PLURALS:
        yield key, " ".join(str(form) for form in value.values())
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, f"{key}/{name}")
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{key}/{number}")
    else:
        yield key, str(value)


def joined(texts: dict[str, str]) -> dict[str, str]:
    """The same with `visits.one`, `visits.few`, `visits.other` as one text `visits`."""
    result: dict[str, str] = {}
    for key, text in texts.items():
        stem, _, form = key.rpartition(".")
        place = stem if form in PLURALS and f"{stem}.other" in texts else key
        result[place] = f"{result[place]} {text}" if place in result else text
    return result


def read(path: Path) -> dict[str, str]:
    """All texts of a catalogue by place; a key that stands twice is a mistake."""

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = [name for name, _ in pairs]
        twice = {name for name in names if names.count(name) > 1}
        assert not twice, f"{path.name} has these keys twice: {twice}"
        return dict(pairs)

    return joined(dict(leaves(json.loads(path.read_text(encoding="utf-8"), object_pairs_hook=once))))


def test_there_are_catalogues() -> None:
    """The rule below is about something."""
    assert CATALOGUES


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_text_has_a_twin_with_the_same_gaps(path: Path) -> None:
    """The Russian catalogue has the same keys, the same {gaps}, and leaves no text empty."""
    assert twin(path).is_file(), f"{twin(path).relative_to(ROOT)} is missing"
    english, russian = read(path), read(twin(path))
    assert set(english) - set(russian) == set(), "not in Russian"
    assert set(russian) - set(english) == set(), "only in Russian"
    gaps = {
        key: (english[key], russian[key])
        for key in english
        if set(GAP.findall(english[key])) != set(GAP.findall(russian[key]))
    }
    assert gaps == {}, "different gaps"
    empty = [key for key in english if bool(english[key].strip()) != bool(russian[key].strip())]
    assert empty == [], "empty in one language"


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_plurals_have_all_forms_of_their_language(path: Path) -> None:
    """English counts one and other; Russian one, few, many and other."""
    for file, forms in ((path, {"one", "other"}), (twin(path), {"one", "few", "many", "other"})):
        keys = set(json.loads(file.read_text(encoding="utf-8")))
        stems = {key.removesuffix(".other") for key in keys if key.endswith(".other")}
        plural = {stem for stem in stems if f"{stem}.one" in keys}
        assert {stem: forms - {form for form in forms if f"{stem}.{form}" in keys} for stem in plural} == {
            stem: set() for stem in plural
        }


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: str(path.relative_to(ROOT)))
def test_russian_is_russian(path: Path) -> None:
    """A long text without one Cyrillic letter was forgotten."""
    russian = read(twin(path))
    forgotten = [
        key for key, text in russian.items() if len(text.split()) > 3 and not re.search("[а-яё]", text.lower())
    ]
    assert forgotten == []


def test_no_russian_catalogue_stands_alone() -> None:
    """Each ru.json has its en.json: English is the original."""
    alone = [
        path
        for path in ROOT.glob("*/**/text/*ru.json")
        if not {"node_modules", ".venv"} & set(path.parts)
        and not path.with_name(re.sub(r"ru\.json$", "en.json", path.name)).is_file()
    ]
    assert alone == []


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ("reason", REASONS),
        *(
            (group, get_args(words))
            for group, words in (
                ("rule.then", names.Action), ("channel", names.Channel), ("device", names.DeviceKind),
                ("event_type", names.EventType), ("outcome", names.EventOutcome), ("path_source", names.PathSource),
                ("role", names.Role), ("rung", names.Rung), ("status", names.Status), ("step", names.FunnelStep),
                ("tier", names.Tier),
            )
        ),
    ],
)  # fmt: skip
def test_the_desk_has_a_word_for_each_word_of_a_closed_list(group: str, words: tuple[str, ...]) -> None:
    """Nobody has to read `bad_url`. What is not known at all is left out, not said."""
    said = read(ROOT / "console" / "text" / "en.json")
    assert [word for word in words if f"/{group}.{word}" not in said and word != "unknown"] == []
