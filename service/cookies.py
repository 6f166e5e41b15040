"""Our two cookies: the console's session and the chat frame's secret. No script can read either.

`__Host-` cookies need https or a loopback name. Elsewhere (an office network without TLS) the console falls back to a
plain name, and the frame has no cookie: its secret then lives in the frame's memory, for as long as the frame does.
"""

import hashlib
import re
import secrets

CONSOLE, CONSOLE_PLAIN, FRAME = "__Host-shopbell", "shopbell", "__Host-shopbell-frame"
CONSOLE_SECONDS = 30 * 24 * 3600
FRAME_SECONDS = 34_560_000
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")


def cookie(header: str | None, name: str) -> str | None:
    """The first value of `name` in a Cookie header."""
    for part in (header or "").split(";"):
        key, found, value = part.strip().partition("=")
        if found and key == name:
            return value
    return None


def console_token(header: str | None, *, secure: bool) -> str | None:
    """The session in a console's cookie. The plain name counts only where the safe one cannot be kept."""
    return cookie(header, CONSOLE if secure else CONSOLE_PLAIN) or None


def console_cookie(token: str, *, secure: bool) -> str:
    """Set-Cookie for a console's session; an empty token takes it away."""
    name = f"{CONSOLE}={token}; Secure" if secure else f"{CONSOLE_PLAIN}={token}"
    return f"{name}; HttpOnly; SameSite=Strict; Path=/; Max-Age={CONSOLE_SECONDS if token else 0}"


def frame_secret(header: str | None) -> str | None:
    """The frame's secret, if the request brings one that we could have made."""
    value = cookie(header, FRAME)
    return value if value is not None and _SECRET.fullmatch(value) else None


def frame_hash(header: str | None) -> str | None:
    """What a conversation is bound to: the hash of the frame's secret in a Cookie header, or None (contract 4)."""
    secret = frame_secret(header)
    return None if secret is None else hashlib.sha256(secret.encode()).hexdigest()


def frame_cookie(secret: str | None = None) -> str:
    """Set-Cookie for a frame's secret, a new one by default. Partitioned: each shop's frame has its own."""
    value = secret or secrets.token_urlsafe(32)
    return f"{FRAME}={value}; Secure; HttpOnly; SameSite=None; Partitioned; Path=/; Max-Age={FRAME_SECONDS}"
