"""Promises to call: what happens by itself and when, how many one may have, which numbers we call, what is said."""

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberType as Kind

from contract.clock import DAY, HOUR, MINUTE, SECOND, from_rfc3339
from contract.errors import Refused
from contract.names import Ms
from crm.contact import REGIONS, check_phone, regions
from voice.number import check_served
from voice.timing import MISSED, MOST, REMIND, WITHIN, first_due, step, wait
from voice.words import offer, promise, spoken

AT = 10 * DAY


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (AT - REMIND, ("remind", AT)),
        (AT - SECOND, ("remind", AT)),
        (AT, ("call", AT + MISSED)),
        (AT + MISSED - 1, ("call", AT + MISSED)),
        (AT + MISSED, ("missed", None)),
        (AT + 3 * DAY, ("missed", None)),
    ],
)
def test_a_promise_is_reminded_of_due_and_missed(now: Ms, expected: tuple[str, Ms | None]):
    """Also where a process slept through some of it: the last of what is due happens."""
    assert step(AT, now) == expected


@given(st.integers(0, 2 * DAY), st.integers(0, 3 * HOUR), st.integers(1, 3 * HOUR))
def test_every_promise_ends_in_a_few_steps_however_late_they_come(ahead: Ms, late: Ms, slept: Ms):
    """Reminder, its time, the end; each after the one before."""
    made, seen = AT - ahead, list[str]()
    due: Ms | None = first_due(AT, made)
    assert due is not None
    assert due >= made
    now = due + late
    while due is not None:
        assert due <= now or seen
        now = max(now, due) + slept
        what, due = step(AT, now)
        seen.append(what)
        assert len(seen) <= 3
    assert seen[-1] == "missed"
    assert seen == sorted(seen, key=["remind", "call", "missed"].index)


@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ([], 0),
        ([AT - HOUR] * 2, 0),
        ([AT - HOUR] * 3, WITHIN - HOUR),
        ([AT - 25 * HOUR, AT - HOUR, AT - HOUR], 0),
        ([AT - 23 * HOUR, AT - HOUR, AT - 2 * HOUR], HOUR),
        ([AT - 23 * HOUR, AT - 22 * HOUR, AT - 2 * HOUR, AT - HOUR], 2 * HOUR),
    ],
)
def test_three_a_day_and_the_fourth_waits_until_one_is_a_day_old(made: list[Ms], expected: Ms):
    assert wait(made, AT) == expected


@given(st.lists(st.integers(AT - 2 * DAY, AT), max_size=8))
def test_after_the_wait_one_more_is_possible_and_not_before(made: list[Ms]):
    left = wait(made, AT)
    assert wait(made, AT + left) == 0
    if left:
        assert wait(made, AT + left - 1) > 0
        assert len([at for at in made if at > AT - WITHIN]) >= MOST


@pytest.mark.parametrize(
    ("phone", "language", "zone", "expected"),
    [
        ("+49 30 901820", "en", "Europe/Berlin", "+4930901820"),
        ("030 901820", "de", "Europe/Berlin", "+4930901820"),
        ("+1 202 555 0123", "en", "Europe/Berlin", "+12025550123"),
        ("(202) 555-0123", "en", "America/New_York", "+12025550123"),
        ("+7 495 123-45-67", "ru", "UTC", "+74951234567"),
        ("8 (495) 123-45-67", "ru", "Europe/Moscow", "+74951234567"),
        ("+33 1 23 45 67 89", "de", "Europe/Berlin", "+33123456789"),
        ("+55 11 2345-6789", "pt", "UTC", "+551123456789"),
        ("+1 416 555 0123", "fr", "America/Toronto", "+14165550123"),
        ("+49 900 1234567", "de", "Europe/Berlin", "number_refused premium"),
        ("+44 909 8790000", "en", "Europe/London", "number_refused premium"),
        ("+44 70 1234 5678", "en", "Europe/London", "number_refused premium"),
        ("+1 900 234 5678", "en", "UTC", "number_refused premium"),
        ("+7 809 123 45 67", "ru", "Europe/Moscow", "number_refused premium"),
        ("+7 840 123 45 67", "ru", "Europe/Moscow", "number_refused foreign"),
        ("+7 940 123 45 67", "ru", "Europe/Moscow", "number_refused foreign"),
        ("+881 612 345 678", "en", "Europe/Berlin", "number_refused foreign"),
        ("+882 1612345", "en", "Europe/Berlin", "number_refused foreign"),
        ("+979 123 456 789", "en", "Europe/Berlin", "number_refused premium"),
        ("+253 77 83 10 01", "en", "Europe/Berlin", "number_refused foreign"),
        ("+53 7 1234567", "en", "America/New_York", "number_refused foreign"),
        ("+1 876 523 0123", "en", "America/New_York", "number_refused foreign"),
        ("+49 30 901820", "en", "America/New_York", "number_refused foreign"),
        ("12", "en", "UTC", "bad_contact phone"),
        ("call me", "en", "UTC", "bad_contact phone"),
        ("", "en", "UTC", "bad_contact phone"),
        ("+49 30 90 18 20 11 22 33 44 55", "de", "UTC", "bad_contact phone"),
    ],
)
def test_which_numbers_a_shop_calls_back(phone: str, language: str, zone: str, expected: str):
    """One spelling for what it calls; a clear code for what it does not."""
    try:
        number = check_phone(phone, language, zone)
        check_served(number, regions(language), zone)
    except Refused as refused:
        number = f"{refused.code} {refused.hint}"
    assert number == expected


@pytest.mark.parametrize(
    "phone",
    [
        "+4990011234561", "+499001123456123", "+4990012345", "+49137812345678", "+4913712345671", "+4919001234567",
        "+4911833", "+49118331234", "+4919222", "+49115", "+49110", "+49112", "+35860012345678", "+358600123456789",
        "+3989912345678", "+39899123456789", "+61190012345612", "+439011234567890",
    ],
)  # fmt: skip
def test_digits_too_many_or_too_few_hide_no_number_that_earns(phone: str):
    """An exchange stops listening where a number is whole. A short number is nobody's at home."""
    with pytest.raises(Refused) as refused:
        check_served(check_phone(phone, "en"), ("DE", "FI", "IT", "AU", "AT"), "Europe/Berlin")
    assert (refused.value.code, refused.value.hint) == ("number_refused", "premium")


@pytest.mark.parametrize("kind", [Kind.FIXED_LINE, Kind.MOBILE], ids=["fixed", "mobile"])
@pytest.mark.parametrize("country", sorted({one for those in REGIONS.values() for one in those}))
def test_every_countrys_ordinary_numbers_are_called(country: str, kind: int):
    """Of all countries that a language brings with it."""
    example = phonenumbers.example_number_for_type(country, kind)
    assert example is not None
    phone = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    check_served(check_phone(phone, "en"), (country,), "UTC")


@given(st.sampled_from(["DE", "GB", "US", "FR", "RU", "AU", "AT", "FI", "IT"]), st.data())
def test_whatever_is_ordinary_in_a_plan_is_called(country: str, data: st.DataObject):
    """Any number that is one, not only the plan's example."""
    example = phonenumbers.example_number_for_type(country, Kind.MOBILE)
    assert example is not None
    phone = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    phone = phone[:-4] + data.draw(st.text("0123456789", min_size=4, max_size=4))
    number = phonenumbers.parse(phone, None)
    assume(phonenumbers.number_type(number) in (Kind.MOBILE, Kind.FIXED_LINE, Kind.FIXED_LINE_OR_MOBILE))
    check_served(check_phone(phone, "en"), phonenumbers.region_codes_for_country_code(number.country_code or 0), "UTC")


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2026-11-23T08:15:00Z", "at 09:15"),
        ("2026-11-24T08:15:00Z", "tomorrow at 09:15"),
        ("2026-11-23T23:30:00Z", "tomorrow at 00:30"),
        ("2026-11-25T08:15:00Z", "on 25 November at 09:15"),
        ("2026-12-01T08:05:00Z", "on 1 December at 09:05"),
    ],
)
def test_a_time_is_said_by_the_clock_of_the_site(at: str, expected: str):
    assert spoken(from_rfc3339(at), "Europe/Berlin", from_rfc3339("2026-11-23T01:00:00Z")) == expected


def test_what_is_promised_has_a_name_where_there_is_one():
    assert promise("Anna", "call", "at 09:15") == "Anna calls at 09:15."
    assert promise(None, "write", "at 09:15") == "One of us writes at 09:15."
    assert offer("Anna", "at 09:15") == "Nobody is here just now. Anna calls or writes at 09:15."
    assert MINUTE * 60 == MISSED
