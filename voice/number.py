"""Would we call this number? Whoever asks for a call names a number that we pay for.

Satellite and other far prefixes are how strangers make money of a shop that calls back: countries that a site does not
serve are refused. What a number costs is in no list; its country is, in the numbering plans of `phonenumbers`. That it
is no premium number, `crm.contact.check_phone` has seen to: nobody is reached there, whoever pays.
"""

from collections.abc import Collection

import phonenumbers
from phonenumbers import PhoneNumber, timezone

from contract.errors import Refused

#: Calling codes that are no country's: satellites, networks, premium.
_NOWHERE = "001"
#: Under the code of a country that does not run them: what they cost is no call home (Abkhazia, under Russia's).
_FAR = ("+7840", "+7940")


def check_served(phone: str, countries: Collection[str], zone: str) -> None:
    """Raises Refused("number_refused") with the hint "foreign". `phone` is E.164.

    A site serves the countries of its language (`countries`), those that have its clock (`zone`), and all of Europe if
    it stands there.
    """
    if phone.startswith(_FAR) or not _served(phonenumbers.parse(phone, None), countries, zone):
        raise Refused("number_refused", "foreign")


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
