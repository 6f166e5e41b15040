"""Money as people of a language write it, the same that a browser's Intl writes on the cards: `€91.80`, `91,80 €`.

The currencies' digits and signs are those of Unicode CLDR, in `contract/text/money.json`.
"""

import unicodedata
from collections.abc import Mapping
from pathlib import Path

import msgspec

from contract.names import Language


class _Currencies(msgspec.Struct, frozen=True):
    """`digits`: how many of them are minor units, where it is not two. `signs`: where it is not the code."""

    digits: Mapping[str, int]
    signs: Mapping[Language, Mapping[str, str]]


_KNOWN = msgspec.json.decode((Path(__file__).parent / "text" / "money.json").read_bytes(), type=_Currencies)
_SPACE = "\N{NO-BREAK SPACE}"
#: What stands between thousands, and before the cents. A number is never broken over two lines.
_MARKS: Mapping[Language, tuple[str, str]] = {"en": (",", "."), "ru": (_SPACE, ",")}


def money(amount: int, currency: str, language: Language) -> str:
    """Minor units with the currency's own digits, and its sign where the language has it."""
    digits = _KNOWN.digits.get(currency, 2)
    whole, rest = divmod(abs(amount), 10**digits)
    thousands, point = _MARKS[language]
    number = f"{whole:,}".replace(",", thousands) + (f"{point}{rest:0{digits}d}" if digits else "")
    sign = _KNOWN.signs[language].get(currency, currency)
    minus = "-" if amount < 0 else ""
    if language == "ru":
        return f"{minus}{number}{_SPACE}{sign}"
    # Letters stand apart from the number, a sign does not (CLDR, currency spacing).
    apart = "" if unicodedata.category(sign[-1])[0] in "SZ" else _SPACE
    return f"{minus}{sign}{apart}{number}"
