"""Pure: what may be said, and who says it: the rules for the text of a message."""

import unicodedata

import msgspec

from contract.errors import Refused
from contract.names import AuthorKind
from contract.text import has_forbidden

LONGEST = 8_000


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """The author of a message. `id`: the visitor or the account; `name` may stay empty for a visitor."""

    kind: AuthorKind
    id: str | None = None
    name: str = ""


SYSTEM = Who(kind="system")


def check_text(text: str, longest: int = LONGEST) -> str:
    """The text as it is kept: line ends are LF, nothing around it.

    Raises Refused: bad_text (control characters, half a surrogate pair), empty_message (nothing that can be seen),
    message_too_long (more than `longest` characters).
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if has_forbidden(text):
        raise Refused("bad_text")
    text = text.strip()
    if not any(map(_can_be_seen, text)):
        raise Refused("empty_message")
    if len(text) > longest:
        raise Refused("message_too_long", str(longest))
    return text


def check_optional(text: str) -> str:
    """As `check_text`, but nothing at all is fine too: words that go with a card."""
    return check_text(text) if text.strip() else ""


def check_title(text: str, limit: int = 200) -> str:
    """One line. Raises Refused: bad_text, empty_message, message_too_long."""
    text = " ".join(check_text(text).split())
    if len(text) > limit:
        raise Refused("message_too_long", str(limit))
    return text


def _can_be_seen(character: str) -> bool:
    """False for spaces of every kind and for the invisible (zero-width space, direction marks)."""
    return unicodedata.category(character)[0] not in "ZC"
