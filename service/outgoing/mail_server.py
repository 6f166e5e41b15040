"""Pure: the mail server of `SHOPBELL_SMTP_URL`: `smtps://user:password@mail.example:465`, and how it is spoken to."""

from typing import Literal
from urllib.parse import unquote, urlsplit

import msgspec

#: `tls`: encrypted from the first byte; `starttls`: after a word in the clear, and never without; `plain`: never.
Manner = Literal["tls", "starttls", "plain"]
_MANNERS: dict[str, tuple[Manner, int]] = {
    "smtps": ("tls", 465),
    "smtp": ("starttls", 587),
    "smtp+plain": ("plain", 25),
}


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """`user` is None where nobody signs in."""

    host: str
    port: int
    manner: Manner
    user: str | None
    password: str


def read_mail_server(url: str) -> MailServer:
    """ValueError with a sentence for what is no address of a mail server; the sentence never holds the password."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if parts.scheme not in _MANNERS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(
            "SHOPBELL_SMTP_URL looks like smtps://user:password@mail.example:465, smtp://mail.example:587 (STARTTLS), "
            "or smtp+plain://mail.office:25 (not encrypted)"
        )
    manner, usual = _MANNERS[parts.scheme]
    if parts.username and manner == "plain":
        raise ValueError("SHOPBELL_SMTP_URL: a password does not travel unencrypted; use smtps:// or smtp://")
    return MailServer(
        host=parts.hostname,
        port=port or usual,
        manner=manner,
        user=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password or ""),
    )
