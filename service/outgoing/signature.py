"""Pure: how a receiver knows that a delivery is ours, and of this moment (docs/webhooks.md has the other side)."""

import hashlib
import hmac

HEADER = "Shopbell-Signature"


def signature(secret: str, body: bytes, seconds: int) -> str:
    """`t=1790000000,v1=...`: of the moment of this try (seconds since 1970) and of every byte of the body."""
    signed = hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256)
    return f"t={seconds},v1={signed.hexdigest()}"
