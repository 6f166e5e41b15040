"""What leaves the house as one line (a subject, a notification) holds nothing that hides or turns what is read."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.text import JOINERS, one_line
from service.outbox import Mail, Push
from service.outgoing.mailer import letter
from service.outgoing.pusher import request
from service.outgoing.webpush import new_private
from tests.push import Device, read_by


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("photo\u202egpj.exe", "photogpj.exe"),
        ("\u2066Vera\u2069 \u061c\u200f\u200e!", "Vera !"),
        ("a\r\nBcc: b\tc\x00d", "a Bcc: b c d"),
        ("one\u2028two\u2029three\u00a0four", "one two three four"),
        ("z\u200be\ufeffr\u00ado", "zero"),
        ("half \ud83d a pair", "half a pair"),
        ("می\u200cخواهم 👩\u200d🚒", "می\u200cخواهم 👩\u200d🚒"),
        ("שלום, Вера, 山", "שלום, Вера, 山"),
        ("\u202e\u202d ", ""),
    ],
)
def test_a_line_is_what_can_be_seen(text: str, line: str):
    assert one_line(text) == line


@given(st.text())
def test_a_line_has_no_control_and_is_the_same_made_again(text: str):
    line = one_line(text)
    assert not [one for one in line if unicodedata.category(one)[0] == "C" and one not in JOINERS]
    assert len(line.splitlines()) <= 1
    assert one_line(line) == line


def test_nobody_turns_the_subject_of_a_letter_around():
    mail = Mail(to="vera@shop.example", subject="Your talk with \u202eknab ruoY\u202c\n", text="x")
    assert letter(mail, "Shop <shop@mail.example>", "id-1")["Subject"] == "Your talk with knab ruoY"


def test_nobody_turns_a_notification_around():
    device = Device()
    push = Push(
        device="d", occasion="o", kind="message", ref="r", title="\u202eareV\x07", body="Goods\u2067\n\u202enoitseuq A",
        tag="conversation:1", to="conversation/1", until=1_790_000_060_000,
    )  # fmt: skip
    keys = {"endpoint": "https://push.example/x", "p256dh": device.p256dh, "auth": device.auth}
    body, _ = request(keys, new_private(), push, "mailto:shop@mail.example", 1_790_000_000_000)
    told = read_by(device, body)
    assert (told["title"], told["body"]) == ("areV", "Goods\nnoitseuq A")
    assert (told["tag"], told["to"]) == ("conversation:1", "conversation/1")
