"""Does whoever is called earn by it? Then it is no number to reach a person at, in an order or for a callback.

Premium, shared cost, personal numbers that are sent on, pagers, voice boxes: which those are stands in the numbering
plans of `phonenumbers`. An exchange stops listening where a number is whole, so digits behind one change nothing.
"""

from collections.abc import Iterator

import phonenumbers
from phonenumbers import PhoneNumber, is_possible_short_number
from phonenumbers import PhoneNumberType as Kind

_EARNS = {Kind.PREMIUM_RATE, Kind.SHARED_COST, Kind.PERSONAL_NUMBER, Kind.PAGER, Kind.VOICEMAIL}
#: What no numbering plan lists as earning, and is: German information services, and the premium numbers of before 0900.
_SOLD = ("+49118", "+49190")
#: No number is longer (E.164), its country's code counted in.
_LONGEST = 15


def earns(number: PhoneNumber) -> bool:
    """Whether it is of such a kind; of one that is in no plan, whether it would be with fewer digits or with more, or
    is a short number (emergency, information): nobody has these at home."""
    if phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164).startswith(_SOLD):
        return True
    kind = phonenumbers.number_type(number)
    if kind != Kind.UNKNOWN:
        return kind in _EARNS
    return is_possible_short_number(number) or any(
        phonenumbers.number_type(one) in _EARNS for one in _other_lengths(number)
    )


def _other_lengths(number: PhoneNumber) -> Iterator[PhoneNumber]:
    """What begins like this number: cut, and gone on with ones."""
    digits = phonenumbers.national_significant_number(number)
    most = _LONGEST - len(str(number.country_code))
    for length in range(2, most + 1):
        one = PhoneNumber()
        one.merge_from(number)
        one.national_number = int(digits[:length].ljust(length, "1"))
        yield one
