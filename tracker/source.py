"""Pure: where a visit came from: the marks in the address of its first page, else the referrer."""

from urllib.parse import parse_qsl

import msgspec

from contract.names import Channel
from contract.text import clean
from tracker.address import host, split
from tracker.channels import APPS, assistant, of_host
from tracker.referrer import app
from tracker.remembered import remembered


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """`name`: who sent them (`google`, a host, a campaign source); `campaign`: what the marketer called it."""

    channel: Channel
    name: str = ""
    campaign: str = ""


DIRECT = Source(channel="direct")
#: A parameter that the one who sent the visitor puts behind the address, and who that is. `fbclid` and `ysclid` are no
#: advertisements: both are added to every link.
_CLICKS: dict[str, tuple[Channel, str]] = {
    "gclid": ("paid", "google"), "gbraid": ("paid", "google"), "wbraid": ("paid", "google"),
    "dclid": ("paid", "google"), "msclkid": ("paid", "bing"), "yclid": ("paid", "yandex"), "ttclid": ("paid", "tiktok"),
    "li_fat_id": ("paid", "linkedin"), "twclid": ("paid", "twitter"), "rdt_cid": ("paid", "reddit"),
    "sccid": ("paid", "snapchat"), "tblci": ("paid", "taboola"), "rb_clickid": ("paid", "vk"),
}  # fmt: skip
_TRACES = {
    "fbclid": Source(channel="social", name="facebook"),
    "igsh": Source(channel="social", name="instagram"),
    "igshid": Source(channel="social", name="instagram"),
    "ysclid": Source(channel="search", name="yandex"),
    "srsltid": Source(channel="search", name="google"),
    "mc_cid": Source(channel="mail", name="mailchimp"),
}
_MEDIA: dict[str, Channel] = {
    **dict.fromkeys(("cpc", "ppc", "cpm", "cpv", "paid", "paidsearch", "paid-search", "paid_search", "paid_social",
                     "paidsocial", "paid-social", "display", "banner", "ads", "ad", "retargeting"), "paid"),
    **dict.fromkeys(("email", "e-mail", "mail", "newsletter"), "mail"),
    **dict.fromkeys(("social", "social-network", "social-media", "social_media", "sm"), "social"),
    **dict.fromkeys(("organic", "search"), "search"),
    **dict.fromkeys(("ai", "llm", "chatbot", "ai-assistant", "ai_assistant"), "ai"),
}  # fmt: skip


@remembered
def source(url: str, referrer: str) -> Source:
    """The source of a visit whose first page was `url`, reached from `referrer` ("" for none).

    A paid click says most, then what a marketer wrote (`utm_medium`), then the referrer, then what others leave behind.
    """
    marks = _marks(url)
    name, campaign = marks.get("utm_source", ""), marks.get("utm_campaign", "")
    clicked = next((_CLICKS[mark] for mark in marks if mark in _CLICKS), None)
    medium = "paid" if clicked else _MEDIA.get(marks.get("utm_medium", "").lower())
    came = _by_referrer(url, referrer)
    if came is DIRECT:
        came = next((_TRACES[mark] for mark in marks if mark in _TRACES), came)
    if medium == "paid":
        return Source(channel="paid", name=name or (clicked[1] if clicked else host(referrer)), campaign=campaign)
    if medium:
        return Source(channel=medium, name=name or came.name, campaign=campaign)
    if assisted := assistant(name):
        return Source(channel="ai", name=assisted, campaign=campaign)
    if name or campaign:
        channel = came.channel if came.channel in ("search", "social", "ai", "mail", "paid") else "referral"
        return Source(channel=channel, name=name or came.name, campaign=campaign)
    return came


def _by_referrer(url: str, referrer: str) -> Source:
    if opened_by := app(referrer):
        channel, name = APPS.get(opened_by, ("referral", opened_by))
        return Source(channel=channel, name=name)
    came_from = host(referrer)
    if not came_from:
        return DIRECT
    if came_from == host(url):
        return Source(channel="internal", name=came_from)
    parts = split(referrer)
    channel, name = of_host(came_from, parts.path if parts else "") or ("referral", came_from)
    return Source(channel=channel, name=name)


def _marks(url: str) -> dict[str, str]:
    parts = split(url)
    if parts is None or not parts.query:
        return {}
    pairs = parse_qsl(parts.query, errors="replace", max_num_fields=None)
    return {name.lower(): clean(value.strip(), 100) for name, value in pairs[:100]}
