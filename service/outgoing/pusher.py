"""A call for one device as its push service takes it (RFC 8030): encrypted, signed, with an end."""

from collections.abc import Mapping
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import msgspec

from contract.clock import SECOND
from contract.names import Ms
from contract.text import one_line
from service.outbox import Claimed, Push
from service.outgoing.webpush import encrypt, to_text, vapid
from service.settings import Settings

#: What a push service answers for a browser that wants to hear nothing more.
GONE = frozenset({"status:404", "status:410"})
#: It will never take this message: it is not understood, not signed as it likes, too large.
HOPELESS = GONE | {"status:400", "status:401", "status:403", "status:413"}
_TOPIC = 32


def call_of(one: Claimed) -> Push:
    return msgspec.json.decode(one.payload, type=Push)


def request(
    device: Mapping[Any, Any], private: bytes, push: Push, contact: str, now: Ms
) -> tuple[bytes, dict[str, str]]:
    """(body, headers). A later call with the same tag takes the place of one that has not been fetched yet."""
    words = {"title": one_line(push.title), "body": "\n".join(map(one_line, push.body.split("\n")))}
    told = {"kind": push.kind, **words, "tag": push.tag, "to": push.to}
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(max(0, (push.until - now) // SECOND)),
        "Urgency": "normal" if push.kind == "missed" else "high",
        "Topic": to_text(push.tag.encode())[-_TOPIC:],
        "Authorization": vapid(private, device["endpoint"], contact, now // SECOND),
    }
    return encrypt(msgspec.json.encode(told), device["p256dh"], device["auth"]), headers


def contact_of(settings: Settings) -> str:
    """To whom a push service may complain: who writes our letters, else our own address."""
    if settings.mail_from is not None and (address := parseaddr(settings.mail_from)[1]):
        return f"mailto:{address}"
    parts = urlsplit(settings.public_url)
    return settings.public_url if parts.scheme == "https" else f"mailto:postmaster@{parts.hostname or 'localhost'}"
