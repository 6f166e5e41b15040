"""A push message is read by its browser alone (RFC 8291) and signed by us (RFC 8292)."""

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from hypothesis import given
from hypothesis import strategies as st

from service.outgoing.webpush import encrypt, fits, from_text, new_private, public_text, to_text, vapid
from tests.push import Device, opened_by


def key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from_text(text), "big"), ec.SECP256R1())


def test_the_known_answer_of_rfc_8291():
    """Its appendix A, byte by byte."""
    body = encrypt(
        b"When I grow up, I want to be a watermelon",
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "BTBZMqHH6r4Tts7J_aSIgg",
        once=key("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"),
        salt=from_text("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert to_text(body) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl"
        "7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


@given(plain=st.binary(max_size=2_000))
def test_its_browser_reads_what_was_said_and_nobody_sees_how_much(plain: bytes):
    device, other = Device(), Device()
    body = encrypt(plain, device.p256dh, device.auth)
    assert opened_by(device, body) == plain
    assert len(body) == 86 + 1 + 16 + max(1_024, len(plain))
    with pytest.raises(InvalidTag):
        opened_by(other, body)


def test_no_two_messages_look_alike():
    device = Device()
    assert len({encrypt(b"the same", device.p256dh, device.auth) for _ in range(20)}) == 20


def test_the_signature_is_ours_and_for_this_push_service_alone():
    private = new_private()
    scheme, _, rest = vapid(
        private, "https://push.example:8443/send/abc?x=1", "mailto:a@b.example", 1_790_000_000
    ).partition(" ")
    said = dict(part.strip().split("=", 1) for part in rest.split(","))
    assert (scheme, said["k"]) == ("vapid", public_text(private))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), from_text(said["k"]))
    claims = jwt.decode(
        said["t"], public, algorithms=["ES256"], audience="https://push.example:8443", options={"verify_exp": False}
    )
    assert claims == {
        "aud": "https://push.example:8443",
        "exp": 1_790_000_000 + 12 * 3_600,
        "sub": "mailto:a@b.example",
    }
    stranger = ec.generate_private_key(ec.SECP256R1()).public_key()
    with pytest.raises(jwt.InvalidSignatureError):
        jwt.decode(said["t"], stranger, algorithms=["ES256"], options={"verify_aud": False, "verify_exp": False})


@pytest.mark.parametrize(
    ("p256dh", "auth", "right"),
    [
        (Device().p256dh, to_text(b"0123456789abcdef"), True),
        (Device().p256dh, to_text(b"too short"), False),
        (to_text(b"\x04" + b"\x01" * 64), to_text(b"0123456789abcdef"), False),
        (to_text(from_text(Device().p256dh)[:40]), to_text(b"0123456789abcdef"), False),
        ("", "", False),
        ("ключ", "ключ", False),
        ("!!!!", "????", False),
    ],
    ids=["a browser's", "short secret", "off the curve", "cut off", "nothing", "other letters", "no base64"],
)
def test_keys_that_no_browser_makes_are_seen(p256dh: str, auth: str, right: bool):
    assert fits(p256dh, auth) is right
