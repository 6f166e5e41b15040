"""Reasons as sentences, in the expert's language: right plurals, money and numbers as they are written there.

A sentence with a {count} has one key per plural form of its language (`orders.one`, `orders.few` ...), one with a
{number} may have keys for particular numbers (`today_2`).
"""

import re
from pathlib import Path
from typing import Any

import msgspec

from contract.money import money
from contract.names import Language

_TONGUES: tuple[Language, ...] = ("en", "ru")
_SENTENCES: dict[Language, dict[str, str]] = {
    language: msgspec.json.decode((Path(__file__).parent / "text" / f"why.{language}.json").read_bytes())
    for language in _TONGUES
}
_HOLE = re.compile(r"\{(\w+)\}")


def sentences(reasons: list[Any], language: str) -> list[str]:
    """`[["depth", {"count": 3, "topic": "Boots"}]]` -> `["3 levels deep, at Boots"]`."""
    spoken: Language = "ru" if language == "ru" else "en"
    return [_fill(_sentence(code, values, spoken), values, spoken) for code, values in reasons]


def plural(count: int, language: str) -> str:
    """one, few, many or other: the form that a whole number takes (Unicode CLDR's rules for these two languages)."""
    if language == "ru":
        if count % 10 == 1 and count % 100 != 11:
            return "one"
        return "few" if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14) else "many"
    return "one" if count == 1 else "other"


def _sentence(code: str, values: dict[str, Any], language: Language) -> str:
    catalogue = _SENTENCES[language]
    special = f"{code}_{values['number']}" if "number" in values else ""
    formed = f"{code}.{plural(values['count'], language)}" if "count" in values else ""
    return catalogue.get(special) or catalogue.get(formed) or catalogue[code]


def _fill(sentence: str, values: dict[str, Any], language: Language) -> str:
    if "amount" in values:
        values = {**values, "money": money(values["amount"], values["currency"], language)}
    # One pass, and not str.format: a topic is somebody's text and may hold braces.
    return _HOLE.sub(lambda hole: str(values.get(hole[1], hole[0])), sentence)
