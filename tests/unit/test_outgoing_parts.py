"""When what failed is tried again; who sends mail, and how a letter looks."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import DAY, HOUR, SECOND
from service.outbox import Mail
from service.outgoing.mail_server import MailServer, read_mail_server
from service.outgoing.mailer import letter
from service.outgoing.pace import FAILED_FOR, FIRST, JITTER, LONGEST, TRIES, is_over, next_try
from service.settings import read_settings

NOW = 1_790_000_000_000


def pause(tries: int, chance: float = 0.5) -> int:
    at = next_try(tries, NOW, chance)
    assert at is not None
    return at - NOW


def test_each_pause_is_twice_the_last_up_to_three_hours():
    pauses = [pause(tries) for tries in range(1, TRIES)]
    assert pauses[:4] == [5 * SECOND, 10 * SECOND, 20 * SECOND, 40 * SECOND]
    assert max(pauses) == pauses[-1] == LONGEST == 3 * HOUR
    assert all(later == min(2 * before, LONGEST) for before, later in pairwise(pauses))


def test_it_is_given_up_after_some_three_days():
    assert next_try(TRIES, NOW, 0.5) is None
    assert 2.5 * DAY < sum(pause(tries) for tries in range(1, TRIES)) < 3.5 * DAY


@given(st.integers(1, TRIES - 1), st.floats(0, 1))
def test_the_lot_shifts_a_pause_by_a_fifth_at_most(tries: int, chance: float):
    plain = min(FIRST * 2 ** (tries - 1), LONGEST)
    assert abs(pause(tries, chance) - plain) <= JITTER * plain + 1


@pytest.mark.parametrize(
    ("since", "over"), [(None, False), (NOW, False), (NOW - FAILED_FOR + 1, False), (NOW - FAILED_FOR, True)]
)
def test_a_webhook_is_over_after_a_week_without_an_arrival(since: int | None, over: bool):
    assert is_over(since, NOW) is over


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtps://mail.example", ("mail.example", 465, "tls", None, "")),
        ("smtps://me%40a.example:p%3Aw@mail.example:466", ("mail.example", 466, "tls", "me@a.example", "p:w")),
        ("smtp://me:pw@mail.example", ("mail.example", 587, "starttls", "me", "pw")),
        ("smtp+plain://mail.office", ("mail.office", 25, "plain", None, "")),
    ],
)
def test_a_mail_server_is_one_address(url: str, server: tuple[str, int, str, str | None, str]):
    names = ("host", "port", "manner", "user", "password")
    assert read_mail_server(url) == MailServer(**dict(zip(names, server, strict=True)))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "url", ["mail.example", "http://mail.example", "smtp://", "smtps://mail.example:no", "smtp://mail.example/inbox",
            "smtp+plain://me:sesame@mail.office"],
)  # fmt: skip
def test_what_is_no_mail_server_is_said_without_its_password(url: str):
    with pytest.raises(ValueError, match="SHOPBELL_SMTP_URL") as said:
        read_mail_server(url)
    assert "sesame" not in str(said.value)


def test_a_mail_server_needs_a_sender_and_the_reverse(tmp_path):
    given_ = {"SHOPBELL_DATA_DIR": str(tmp_path)}
    with pytest.raises(ValueError, match="go together"):
        read_settings({**given_, "SHOPBELL_SMTP_URL": "smtps://mail.example"})
    with pytest.raises(ValueError, match="go together"):
        read_settings({**given_, "SHOPBELL_MAIL_FROM": "shop@mail.example"})
    assert not read_settings(given_).mail
    both = {"SHOPBELL_SMTP_URL": "smtps://mail.example", "SHOPBELL_MAIL_FROM": "shop@mail.example"}
    assert read_settings({**given_, **both}).mail


def test_a_letter_has_one_id_and_both_its_forms():
    mail = Mail(to="vera@shop.example", subject="Your\r\nBcc: all@shop.example", text="Hallo\n", html="<p>Hallo</p>")
    made = letter(mail, "Shop <shop@mail.example>", "id-1")
    assert made["Message-ID"] == "<id-1@mail.example>"
    assert made["Subject"] == "Your Bcc: all@shop.example"
    assert made["Bcc"] is None
    assert [part.get_content_type() for part in made.iter_parts()] == ["text/plain", "text/html"]


@pytest.mark.parametrize(
    "to", ["", "vera", "vera@", "@shop.example", "a@b.example, c@d.example", "a@b.example\nBcc: c@d.example",
           "a b@c.example", "<a@b.example>", " a@b.example"],
)  # fmt: skip
def test_a_letter_goes_to_exactly_one_address(to: str):
    with pytest.raises(ValueError):
        letter(Mail(to=to, subject="x", text="x"), "shop@mail.example", "id-1")
