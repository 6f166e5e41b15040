"""Reasons as sentences, in the expert's language."""

from pathlib import Path
from typing import Any

import msgspec

_SENTENCES: dict[str, dict[str, str]] = {
    language: msgspec.json.decode((Path(__file__).parent / "text" / f"why.{language}.json").read_bytes())
    for language in ("en", "ru")
}


def sentences(reasons: list[Any], language: str) -> list[str]:
    """`[["depth", {"depth": 3, "topic": "Boots"}]]` -> `["3 levels deep, at Boots"]`."""
    catalogue = _SENTENCES.get(language, _SENTENCES["en"])
    return [_fill(catalogue[_counted(code, values)], values) for code, values in reasons]


def _counted(code: str, values: dict[str, Any]) -> str:
    return f"{code}_one" if code == "depth" and values.get("depth") == 1 else code


def _fill(sentence: str, values: dict[str, Any]) -> str:
    if "amount" in values:
        values = {**values, "money": f"{values['amount'] / 100:,.2f} {values['currency']}"}
    for name, value in values.items():  # not str.format: a topic is somebody's text and may hold braces
        sentence = sentence.replace("{" + name + "}", str(value))
    return sentence
