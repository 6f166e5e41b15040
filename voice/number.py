"""Would we call this number? Whoever asks for a call names a number that we pay for.

Numbers that earn money for whoever is called (premium, shared cost, personal numbers that are sent on, pagers, voice
boxes) are refused, and so are countries that a site does not serve: satellite and other far prefixes are how strangers
make money of a shop that calls back. What a number costs is in no list; its kind and its country are, in the numbering
plans of `phonenumbers`. An exchange stops listening where a number is whole, so digits behind one change nothing.
"""

from collections.abc import Collection, Iterator

import phonenumbers
from phonenumbers import PhoneNumber, is_possible_short_number, timezone
from phonenumbers import PhoneNumberType as Kind

from contract.errors import Refused

_EARNS = {Kind.PREMIUM_RATE, Kind.SHARED_COST, Kind.PERSONAL_NUMBER, Kind.PAGER, Kind.VOICEMAIL}
#: What no numbering plan lists as earning, and is: German information services, and the premium numbers of before 0900.
_SOLD = ("+49118", "+49190")
#: No number is longer (E.164), its country's code counted in.
_LONGEST = 15
#: Calling codes that are no country's: satellites, networks, premium.
_NOWHERE = "001"
#: Under the code of a country that does not run them: what they cost is no call home (Abkhazia, under Russia's).
_FAR = ("+7840", "+7940")


def check_callable(phone: str, countries: Collection[str], zone: str) -> None:
    """Raises Refused("number_refused") with the hint "premium" or "foreign". `phone` is E.164.

    A site serves the countries of its language (`countries`), those that have its clock (`zone`), and all of Europe if
    it stands there.
    """
    number = phonenumbers.parse(phone, None)
    if phone.startswith(_SOLD) or _earns(number):
        raise Refused("number_refused", "premium")
    if phone.startswith(_FAR) or not _served(number, countries, zone):
        raise Refused("number_refused", "foreign")


def _earns(number: PhoneNumber) -> bool:
    """Whether it is of such a kind; of one that is in no plan, whether it would be with fewer digits or with more, or
    is a short number (emergency, information): nobody has these at home."""
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


def _served(number: PhoneNumber, countries: Collection[str], zone: str) -> bool:
    # Of several countries with one code the number decides; while it is too new to tell, any of them may be meant.
    country = phonenumbers.region_code_for_number(number)
    found = [country] if country else phonenumbers.region_codes_for_country_code(number.country_code or 0)
    if _NOWHERE in found:
        return False
    if any(one in countries for one in found):
        return True
    zones = timezone.time_zones_for_number(number)
    return zone in zones or (_in_europe(zone) and any(map(_in_europe, zones)))


def _in_europe(zone: str) -> bool:
    return zone.startswith("Europe/")
