"""A browser with a push subscription, as far as a push message can tell: its keys, and how it reads what comes."""

import os
from dataclasses import dataclass, field
from typing import Any

import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service.outgoing.webpush import from_text, to_text
from tests.receivers import Got

_CURVE = ec.SECP256R1()


@dataclass
class Device:
    """`private`, `secret`: what never leaves a browser, and what it tells those who may send to it."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(_CURVE))
    secret: bytes = field(default_factory=lambda: os.urandom(16))

    @property
    def point(self) -> bytes:
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def p256dh(self) -> str:
        return to_text(self.point)

    @property
    def auth(self) -> str:
        return to_text(self.secret)

    def asks(self, endpoint: str, **more: Any) -> dict[str, Any]:
        """What `POST /api/push` takes."""
        return {"endpoint": endpoint, "keys": {"p256dh": self.p256dh, "auth": self.auth}, **more}

    def reads(self, got: Got) -> Any:
        """What a service worker would be given."""
        assert got.headers["content-encoding"] == "aes128gcm"
        return read_by(self, got.body)


def read_by(device: Device, body: bytes) -> Any:
    """What was said to this browser."""
    return msgspec.json.decode(opened_by(device, body))


def opened_by(device: Device, body: bytes) -> bytes:
    """RFC 8188 and 8291, written from their side: head, keys, one record, its delimiter."""
    salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
    theirs, sealed = body[21 : 21 + length], body[21 + length :]
    assert len(sealed) <= size, "one record"
    sender = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, theirs)
    shared = device.private.exchange(ec.ECDH(), sender)
    mixed = HKDF(SHA256(), 32, device.secret, b"WebPush: info\x00" + device.point + theirs).derive(shared)
    key = HKDF(SHA256(), 16, salt, b"Content-Encoding: aes128gcm\x00").derive(mixed)
    nonce = HKDF(SHA256(), 12, salt, b"Content-Encoding: nonce\x00").derive(mixed)
    plain = AESGCM(key).decrypt(nonce, sealed, None).rstrip(b"\x00")
    assert plain[-1] == 2, "the last record says so"
    return plain[:-1]


def signed_by(got: Got, key: str) -> dict[str, Any]:
    """The claims of a request, if whoever has `key` (as the browser was given it) signed it."""
    scheme, _, rest = got.headers["authorization"].partition(" ")
    said = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, said["k"]) == ("vapid", key)
    public = ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, from_text(key))
    claims: dict[str, Any] = jwt.decode(said["t"], public, algorithms=["ES256"], options={"verify_aud": False})
    return claims
