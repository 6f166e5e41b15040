"""Text from outside: every string is hostile until it went through here."""

import re
import unicodedata

#: Ends a pattern of a shape: in Python `$` alone also stands before a last newline. The same in JSON Schema's dialect.
END = r"(?!\n)$"
#: A text of one line. Other control characters are refused everywhere (`has_forbidden`).
ONE_LINE = r"^[^\t\n\r]*" + END
#: What shapes the letters beside it: Persian, Indian, emoji.
JOINERS = "\u200c\u200d"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_FORBIDDEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str, limit: int) -> str:
    """Cut to `limit` characters; NUL and control characters other than tab and newline become U+FFFD."""
    text = text[:limit]
    return _CONTROL.sub("\ufffd", text) if _CONTROL.search(text) else text


def has_forbidden(text: str) -> bool:
    """True if `text` holds NUL, another control character, or half a surrogate pair (what no base can keep)."""
    return _FORBIDDEN.search(text) is not None


def one_line(text: str) -> str:
    """One line of what can be seen, for a place where nothing else keeps order (a subject, a notification): without
    line ends, and without whatever hides or turns the reading around (control characters, direction marks)."""
    return " ".join("".join(map(_seen, text)).split())


def _seen(one: str) -> str:
    kind = unicodedata.category(one)
    if kind == "Cc":
        return " "
    return "" if kind[0] == "C" and one not in JOINERS else one


def is_web_address(url: str) -> bool:
    """True for http and https only: the one test before anything of a visitor or expert becomes a link."""
    return url.startswith(("http://", "https://")) and not has_forbidden(url) and " " not in url
