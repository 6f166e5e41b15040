"""Is this a contact that we can use? Name, e-mail and telephone as typed, turned into one agreed spelling."""

import re
import unicodedata
from collections.abc import Sequence

import msgspec
import phonenumbers
from phonenumbers import is_possible_number, is_valid_number, timezone

from contract.errors import Refused
from contract.text import JOINERS, has_forbidden
from crm.earning import earns

NAME, EMAIL, PHONE, ADDRESS = 200, 254, 40, 500
#: Which countries' national numbers a site of this language takes, if it names none itself.
REGIONS = {
    "en": ("US", "GB", "IE", "AU", "NZ"),
    "ru": ("RU", "BY", "KZ"),
    "de": ("DE", "AT", "CH"),
    "fr": ("FR", "BE", "CH"),
    "es": ("ES", "MX", "AR"),
    "it": ("IT", "CH"),
    "pt": ("PT", "BR"),
    "nl": ("NL", "BE"),
    "uk": ("UA",),
    "cs": ("CZ",),
    "sv": ("SE",),
    "da": ("DK",),
    "el": ("GR",),
    "ja": ("JP",),
    "zh": ("CN", "TW", "HK"),
    "ko": ("KR",),
}
#: Letters and signs by their category, of which nothing is seen: fillers of Hangul, a pattern of Braille without dots.
_BLANK = "\u115f\u1160\u2800\u3164\uffa0"
#: One host under two names, to whom dots in front of the @ say nothing.
_DOTLESS = ("gmail.com", "googlemail.com")


class CheckedContact(msgspec.Struct, frozen=True, kw_only=True):
    """`email` in lower case or "", `phone` in E.164 (+4930123456) or "". At least one of the two is there."""

    name: str
    email: str
    phone: str
    address: str


def check_contact(
    name: str, email: str, phone: str, address: str, language: str, zone: str = "", countries: Sequence[str] = ()
) -> CheckedContact:
    """The contact in our spelling; the site says which country a number without one belongs to (`check_phone`).

    A name keeps nothing that only turns or hides what is read (direction marks, zero-width spaces).
    Raises Refused("bad_contact") with the field as hint: no visible name, neither e-mail nor telephone, or one
    that is none; and what `check_phone` refuses.
    """
    checked = CheckedContact(
        name=_line(name, NAME, "name"),
        email=check_email(email) if email.strip() else "",
        phone=check_phone(phone, language, zone, countries) if phone.strip() else "",
        address=_lines(address, ADDRESS),
    )
    if not checked.name:
        raise Refused("bad_contact", "name")
    if not checked.email and not checked.phone:
        raise Refused("bad_contact", "email, phone")
    return checked


def check_email(email: str) -> str:
    """In lower case. Raises Refused("bad_contact")."""
    email = email.strip()
    if len(email) > EMAIL or has_forbidden(email) or not _is_email(email):
        raise Refused("bad_contact", "email")
    return email.lower()


def mailbox(email: str) -> str:
    """Whose an address of `check_email` is, for measures alone; what is sent goes to the address as it was typed.

    What follows a plus is a tag of its owner's, nearly everywhere (RFC 5233); Gmail reads past dots as well.
    """
    local, _, domain = email.rpartition("@")
    local = local.partition("+")[0] or local
    if domain in _DOTLESS:
        local, domain = local.replace(".", ""), _DOTLESS[0]
    return f"{local}@{domain}"


def check_phone(phone: str, language: str, zone: str = "", countries: Sequence[str] = ()) -> str:
    """In E.164. A number without its country is one of the site's `countries`, else of its language; where it is one
    in several of them, the site's clock (`zone`) decides.

    Raises Refused: "bad_contact"; "phone_country" if it may be of several countries, for nobody calls a guess;
    "phone_extension", for none is dialled; "number_refused" with the hint "premium" (`crm.earning`).
    """
    phone = phone.strip()
    if len(phone) > PHONE or has_forbidden(phone):
        raise Refused("bad_contact", "phone")
    where = (None,) if phone.startswith("+") else tuple(countries) or _national(language)
    read = [(region, number) for region in where if (number := _parsed(phone, region)) is not None]
    # With its country a number need only be possible: new ranges open faster than any list learns of them.
    fits = [one for region, one in read if (is_possible_number if region is None else is_valid_number)(one)]
    if any(one.extension for one in fits):
        raise Refused("phone_extension")
    there = [one for one in fits if zone and zone in timezone.time_zones_for_number(one)]
    found = {_e164(one): one for one in fits}
    if len(found) > 1 and there:
        found = {_e164(one): one for one in there}
    if not found:
        raise Refused("bad_contact", "phone")
    if len(found) > 1:
        raise Refused("phone_country")
    ((kept, number),) = found.items()
    if earns(number):
        raise Refused("number_refused", "premium")
    return kept


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def regions(language: str) -> tuple[str, ...]:
    """`en-GB` -> Great Britain first, then the other countries of that language."""
    known, country = REGIONS.get(_base(language), ()), _country(language)
    return (country, *(one for one in known if one != country)) if country else known


def _national(language: str) -> tuple[str, ...]:
    """Whose numbers are meant where no country is said: a language that names one means that one alone."""
    return regions(language)[:1] if _country(language) else regions(language)


def _base(language: str) -> str:
    return language.replace("_", "-").partition("-")[0].lower()


def _country(language: str) -> str:
    country = language.replace("_", "-").partition("-")[2].upper()
    return country if re.fullmatch("[A-Z]{2}", country) else ""


def _parsed(phone: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    try:
        return phonenumbers.parse(phone, region)
    except phonenumbers.NumberParseException:
        return None


def _is_email(email: str) -> bool:
    local, _, domain = email.rpartition("@")
    labels = domain.split(".")
    return (
        0 < len(local) <= 64
        and not re.search(r"[\s@<>()\[\]\\,;:\"]", local)
        and not local.startswith(".")
        and not local.endswith(".")
        and ".." not in local
        and len(labels) > 1
        and all(re.fullmatch(r"[^\W_](?:[\w-]{0,61}[^\W_])?", label) for label in labels)
        and not labels[-1].isdigit()
    )


def _line(text: str, limit: int, field: str) -> str:
    text = text.strip()
    if has_forbidden(text) or len(text) > limit:
        raise Refused("bad_contact", field)
    seen = "".join(one for one in text if one in JOINERS or unicodedata.category(one) != "Cf")
    words = " ".join(word for one in seen.split() if (word := one.strip(JOINERS)))
    return words if any(map(_is_visible, words)) else ""


def _is_visible(one: str) -> bool:
    return one not in _BLANK and unicodedata.category(one)[0] in "LNPS"


def _lines(text: str, limit: int) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if has_forbidden(text) or len(text) > limit:
        raise Refused("bad_contact", "address")
    return text
