"""What a push service takes: a message that only one browser can read (RFC 8291), signed by us (RFC 8292).

A few lines over `cryptography` rather than a package for it: those bring HTTP clients of their own, and what leaves
this house goes through one (`service.outgoing.client`).
"""

import base64
import os
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

#: Every message is as long as this (more, where it has to be), so that its length says nothing of what is in it.
PADDED = 1_024
#: The record size that the head names; there is one record.
_RECORD = 4_096
#: A signature is good for so long; push services take up to a day.
_SIGNED_FOR = 12 * 3_600
_CURVE = ec.SECP256R1()


def new_private() -> bytes:
    """A key of ours (PKCS 8, DER)."""
    made = ec.generate_private_key(_CURVE)
    return made.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def public_text(private: bytes) -> str:
    """What a browser is given to subscribe with."""
    return to_text(_raw(_loaded(private).public_key()))


def fits(p256dh: str, auth: str) -> bool:
    """Whether these are keys that a browser could have made."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, from_text(p256dh))
        return len(from_text(p256dh)) == 65 and len(from_text(auth)) == 16
    except ValueError:
        return False


def encrypt(
    plain: bytes, p256dh: str, auth: str, *, once: ec.EllipticCurvePrivateKey | None = None, salt: bytes | None = None
) -> bytes:
    """The body of a push message. `once`, `salt`: made anew for each, unless a known answer is asked for; then nothing
    is padded either."""
    padding = b"" if salt is not None else bytes(max(0, PADDED - len(plain)))
    once, salt = once or ec.generate_private_key(_CURVE), salt or os.urandom(16)
    theirs, ours = from_text(p256dh), _raw(once.public_key())
    shared = once.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs))
    key = _derive(shared, from_text(auth), b"WebPush: info\0" + theirs + ours, 32)
    content_key = _derive(key, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derive(key, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + _RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(content_key).encrypt(nonce, plain + b"\x02" + padding, None)


def vapid(private: bytes, endpoint: str, contact: str, seconds: int) -> str:
    """The `Authorization` of a request to this endpoint at that time (seconds since 1970). `contact`: `mailto:…` or an
    https address, to whom a push service may complain."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": seconds + _SIGNED_FOR, "sub": contact}
    return f"vapid t={jwt.encode(claims, _loaded(private), algorithm='ES256')}, k={public_text(private)}"


def to_text(raw: bytes) -> str:
    """base64url without its tail, as browsers and headers write it."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def from_text(text: str) -> bytes:
    """ValueError for what is none."""
    if not text.isascii():
        raise ValueError("no base64url")
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)


def _raw(public: ec.EllipticCurvePublicKey) -> bytes:
    return public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _loaded(private: bytes) -> ec.EllipticCurvePrivateKey:
    found = load_der_private_key(private, None)
    assert isinstance(found, ec.EllipticCurvePrivateKey), "we made it"
    return found
