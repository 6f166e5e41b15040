"""Is this a contact that we can use? Name, e-mail and telephone as typed, turned into one agreed spelling."""

import re

import msgspec
import phonenumbers

from contract.errors import Refused
from contract.text import has_forbidden

NAME, EMAIL, PHONE, ADDRESS = 200, 254, 40, 500
#: Which countries' national numbers a site of this language takes; the first in which a number is valid wins.
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
#: One host under two names, to whom dots in front of the @ say nothing.
_DOTLESS = ("gmail.com", "googlemail.com")


class CheckedContact(msgspec.Struct, frozen=True, kw_only=True):
    """`email` in lower case or "", `phone` in E.164 (+4930123456) or "". At least one of the two is there."""

    name: str
    email: str
    phone: str
    address: str


def check_contact(name: str, email: str, phone: str, address: str, language: str) -> CheckedContact:
    """The contact in our spelling; `language` of the site says which country a number without one belongs to.

    Raises Refused("bad_contact") with the field as hint: no name, neither e-mail nor telephone, or one that is none.
    """
    checked = CheckedContact(
        name=_line(name, NAME, "name"),
        email=check_email(email) if email.strip() else "",
        phone=check_phone(phone, language) if phone.strip() else "",
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


def check_phone(phone: str, language: str) -> str:
    """In E.164. Raises Refused("bad_contact")."""
    phone = phone.strip()
    if len(phone) > PHONE or has_forbidden(phone):
        raise Refused("bad_contact", "phone")
    for region in (None,) if phone.startswith("+") else regions(language):
        number = _parsed(phone, region)
        # With its country a number need only be possible: new ranges open faster than any list learns of them.
        fits = phonenumbers.is_possible_number if region is None else phonenumbers.is_valid_number
        if number is not None and fits(number):
            return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    raise Refused("bad_contact", "phone")


def regions(language: str) -> tuple[str, ...]:
    """`en-GB` -> Great Britain first, then the other countries of that language."""
    base, _, country = language.replace("_", "-").partition("-")
    known = REGIONS.get(base.lower(), ())
    country = country.upper()
    return (country, *(one for one in known if one != country)) if re.fullmatch("[A-Z]{2}", country) else known


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
    return " ".join(text.split())


def _lines(text: str, limit: int) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if has_forbidden(text) or len(text) > limit:
        raise Refused("bad_contact", "address")
    return text
