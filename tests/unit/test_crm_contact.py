"""Which contacts can be used, and in which spelling they are kept."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import Refused
from crm.contact import check_contact, check_email, check_phone, mailbox, regions
from voice.number import check_served


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Ann@Example.COM", "ann@example.com"),
        ("  ann+shop@mail.example.co.uk ", "ann+shop@mail.example.co.uk"),
        ("o'neil@example.ie", "o'neil@example.ie"),
        ("иван@пример.рф", "иван@пример.рф"),
        ("a@b-c.example", "a@b-c.example"),
    ],
)
def test_an_email_is_kept_in_lower_case(typed: str, kept: str):
    """One spelling, so that one person is found again."""
    assert check_email(typed) == kept


@pytest.mark.parametrize(
    "typed",
    [
        "ann", "ann@", "@example.com", "ann@example", "a b@example.com", "ann@exa mple.com", "ann@@example.com",
        "ann@example..com", ".ann@example.com", "ann.@example.com", "a..b@example.com", "ann@-example.com",
        "ann@example.com\r\nBcc: x@y.example", "ann@example.com,b@example.com", "<ann@example.com>", "ann@10.0.0.1",
        "ann\0@example.com", "ann@exam\ud800ple.com", "a" * 65 + "@example.com", "a@" + "b" * 250 + ".example",
    ],
)  # fmt: skip
def test_what_is_no_email_is_refused(typed: str):
    """Also what would only look like one inside a mail header."""
    with pytest.raises(Refused) as refused:
        check_email(typed)
    assert (refused.value.code, refused.value.hint) == ("bad_contact", "email")


@pytest.mark.parametrize(
    ("email", "whose"),
    [
        ("ann@example.com", "ann@example.com"),
        ("ann+1@example.com", "ann@example.com"),
        ("ann+a+b@example.com", "ann@example.com"),
        ("a.n.n@example.com", "a.n.n@example.com"),
        ("a.n.n+1@gmail.com", "ann@gmail.com"),
        ("ann@googlemail.com", "ann@gmail.com"),
        ("+1@example.com", "+1@example.com"),
    ],
)
def test_whose_a_mailbox_is(email: str, whose: str):
    """However its owner may spell it."""
    assert mailbox(email) == whose


@pytest.mark.parametrize(
    ("typed", "language", "kept"),
    [
        ("+49 30 901820", "en", "+4930901820"),
        ("+44 (0)20 7946 0958", "ru", "+442079460958"),
        ("(212) 555-0123", "en-US", "+12125550123"),
        ("020 7946 0958", "en-GB", "+442079460958"),
        ("8 (912) 345-67-89", "ru", "+79123456789"),
        ("030 901820", "de", "+4930901820"),
    ],
)
def test_a_telephone_number_is_kept_in_e164(typed: str, language: str, kept: str):
    """With its country as it is, without one in the countries of the site's language."""
    assert check_phone(typed, language) == kept


@pytest.mark.parametrize(
    ("typed", "language"),
    [("12", "en"), ("call me", "en"), ("+1", "en"), ("+999 123456789", "en"), ("030 901820", "xx"), ("1" * 41, "en"),
     ("+49 30\0901820", "de")],
)  # fmt: skip
def test_what_is_no_telephone_number_is_refused(typed: str, language: str):
    """Too short, no digits, no such country, or no country at all."""
    with pytest.raises(Refused) as refused:
        check_phone(typed, language)
    assert (refused.value.code, refused.value.hint) == ("bad_contact", "phone")


@pytest.mark.parametrize(
    ("typed", "zone", "countries", "kept"),
    [
        ("0900123456", "UTC", [], "phone_country"),
        ("(212) 555-0123", "UTC", [], "phone_country"),
        ("(212) 555-0123", "America/New_York", [], "+12125550123"),
        ("(212) 555-0123", "Europe/London", ["US"], "+12125550123"),
        ("020 7946 0958", "Europe/London", [], "+442079460958"),
        ("020 7946 0958", "UTC", [], "phone_country"),
        ("030 901820", "UTC", ["DE"], "+4930901820"),
        ("030 901820", "UTC", [], "bad_contact"),
        ("+49 30 901820 ext. 99", "UTC", [], "phone_extension"),
        ("+49301234567;ext=99", "UTC", [], "phone_extension"),
    ],
)
def test_a_number_without_its_country_is_never_guessed(typed: str, zone: str, countries: list[str], kept: str):
    """The site's countries, or its clock among those of its language; else one is asked for it. And no extension is
    lost without a word."""
    try:
        number = check_phone(typed, "en", zone, countries)
    except Refused as refused:
        number = refused.code
    assert number == kept


@pytest.mark.parametrize(
    ("name", "email", "phone", "address", "hint"),
    [
        ("", "ann@example.com", "", "", "name"),
        ("  ", "ann@example.com", "", "", "name"),
        ("\u200b\u2060", "ann@example.com", "", "", "name"),
        ("\u202e\u2066 \u2069", "ann@example.com", "", "", "name"),
        ("\u200d", "ann@example.com", "", "", "name"),
        ("\u3164\u2800", "ann@example.com", "", "", "name"),
        ("\u034f\ufe0f", "ann@example.com", "", "", "name"),
        ("Ann", "", "", "1 High Street", "email, phone"),
        ("Ann", "ann", "+49 30 901820", "", "email"),
        ("Ann", "ann@example.com", "12", "", "phone"),
        ("A\0nn", "ann@example.com", "", "", "name"),
        ("A" * 201, "ann@example.com", "", "", "name"),
        ("Ann", "ann@example.com", "", "x" * 501, "address"),
        ("Ann", "ann@example.com", "", "a\ud800", "address"),
    ],
)
def test_a_contact_that_cannot_be_used_is_refused_and_says_where(
    name: str, email: str, phone: str, address: str, hint: str
):
    """A name, and an e-mail or a telephone number; whatever is given must be right."""
    with pytest.raises(Refused) as refused:
        check_contact(name, email, phone, address, "en")
    assert (refused.value.code, refused.value.hint) == ("bad_contact", hint)


@pytest.mark.parametrize(
    ("phone", "language", "order", "callback"),
    [
        ("+49 30 901820", "de", "+4930901820", "+4930901820"),
        ("030 901820", "de", "+4930901820", "+4930901820"),
        ("+1 212 555 0123", "de", "+12125550123", "foreign"),
        ("+881 612 345 678", "de", "+881612345678", "foreign"),
        ("+49 900 1234567", "de", "premium", "premium"),
        ("0900 1234567", "de", "premium", "premium"),
        ("+1 900 555 0123", "de", "premium", "premium"),
        ("+49 180 5 123456", "de", "premium", "premium"),
        ("+49 118 33", "de", "premium", "premium"),
        ("+979 123 456 789", "de", "premium", "premium"),
        ("+49 110", "de", "premium", "premium"),
        ("12", "de", "phone", "phone"),
    ],
)
def test_an_order_takes_a_number_that_reaches_somebody_and_a_callback_one_that_we_pay_for(
    phone: str, language: str, order: str, callback: str
):
    """One check of what a number is, for both; where it is matters to whoever dials it alone."""

    def called() -> str:
        number = check_phone(phone, language, "Europe/Berlin")
        check_served(number, regions(language), "Europe/Berlin")
        return number

    def ordered() -> str:
        return check_contact("Ann", "", phone, "", language, "Europe/Berlin").phone

    def said(check: Callable[[], str]) -> str:
        try:
            return check()
        except Refused as refused:
            return refused.hint

    assert (said(ordered), said(called)) == (order, callback)


def test_a_contact_is_kept_in_one_spelling():
    """Spaces collapse in a name; an address keeps its lines."""
    contact = check_contact(" Ann  Lee ", "", "+49 30 901820", " 1 High Street\r\nOxford ", "en")
    assert (contact.name, contact.email, contact.phone) == ("Ann Lee", "", "+4930901820")
    assert contact.address == "1 High Street\nOxford"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("A\u200bnn \u202eeeL\u202c", "Ann eeL"),
        ("\ufeffAnn\u2060", "Ann"),
        ("Ann \u200d Lee\u200c", "Ann Lee"),
        ("\u0639\u0644\u06cc\u200c\u0631\u0636\u0627", "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"),
    ],
)
def test_a_name_is_what_is_seen_of_it(typed: str, kept: str):
    """Nothing that hides or turns what is read; what joins the letters of a Persian word stays."""
    assert check_contact(typed, "ann@example.com", "", "", "en").name == kept


def test_the_country_in_a_language_comes_first():
    """`en-GB` reads national numbers as British before any other."""
    assert regions("en-GB")[0] == "GB"
    assert regions("en_gb")[0] == "GB"
    assert regions("xx") == ()


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.text(max_size=6))
def test_no_contact_breaks_us(name: str, email: str, phone: str, address: str, language: str):
    """Whatever is typed is kept in a spelling that stays the same, or refused."""
    try:
        kept = check_contact(name, email, phone, address, language)
    except Refused:
        return
    assert check_contact(kept.name, kept.email, kept.phone, kept.address, language) == kept
