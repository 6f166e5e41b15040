"""Which language a page speaks: the person's own choice, else the browser's wish, else English."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from service.demo.words import Language

LANGUAGES: tuple[Language, ...] = ("en", "ru")
COOKIE = "lang"

_TEXT = Path(__file__).parent / "text"
# One wish of Accept-Language: `ru-RU;q=0.8`; the region does not matter here.
_WISH = re.compile(r"\s*([a-zA-Z]{1,8}|\*)(?:-[a-zA-Z0-9-]{1,32})?\s*(?:;\s*q=([01](?:\.[0-9]{0,3})?))?\s*")


def choose(cookie: str | None, accept_language: str) -> Language:
    """The language for one request, from the `lang` cookie and the Accept-Language header."""
    for language in LANGUAGES:
        if cookie == language:
            return language
    wishes = [_WISH.fullmatch(part) for part in accept_language[:500].split(",")]
    weights = [(float(wish[2] or 1), wish[1].lower()) for wish in wishes if wish]
    # Sorting is stable: of equal wishes the first one counts.
    for weight, name in sorted(weights, key=lambda wish: -wish[0]):
        for language in LANGUAGES:
            if weight > 0 and name == language:
                return language
    return "en"


def local(back: str) -> str:
    """`back` when it is an address on this site, else the home page: a switch never sends people elsewhere."""
    safe = back.startswith("/") and not back.startswith("//") and len(back) <= 2000
    return back if safe and re.fullmatch(r"[!-\[\]-~]+", back) else "/"


@cache
def texts(language: Language) -> dict[str, str]:
    """The shop's sentences by name."""
    words: dict[str, str] = read("", language)
    return words


def read(name: str, language: Language) -> Any:
    """One catalogue of `text/`: `ru.json`, or `guides.ru.json` for name `guides`."""
    file = _TEXT / (f"{name}.{language}.json" if name else f"{language}.json")
    return json.loads(file.read_text(encoding="utf-8"))


def money(cents: int, language: Language) -> str:
    """Euro as people of this language write them: €1,290.00 and 1 290,00 €."""
    euros, rest = divmod(cents, 100)
    if language == "ru":
        return f"{euros:,}".replace(",", "\u00a0") + f",{rest:02d}\u00a0€"
    return f"€{euros:,}.{rest:02d}"


def counted(name: str, n: int, language: Language) -> str:
    """A number with its word in the right form: `goods` and 3 -> `3 things`, `3 вещи`."""
    if language == "ru":
        few = n % 10 in (2, 3, 4) and n % 100 not in (12, 13, 14)
        form = "one" if n % 10 == 1 and n % 100 != 11 else "few" if few else "many"
    else:
        form = "one" if n == 1 else "many"
    return texts(language)[f"{name}_{form}"].format(n=n)
