"""Pure: where a visit came from: the marks in the address of its first page, else the referrer."""

from urllib.parse import parse_qsl

import msgspec

from contract.names import Channel
from contract.text import clean
from tracker.address import host, split
from tracker.remembered import remembered


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """`name`: who sent them (`google`, a host, a campaign source); `campaign`: what the marketer called it."""

    channel: Channel
    name: str = ""
    campaign: str = ""


DIRECT = Source(channel="direct")
_PAID_CLICK = {
    "gclid": "google", "gbraid": "google", "wbraid": "google", "dclid": "google", "msclkid": "bing", "yclid": "yandex",
    "ttclid": "tiktok", "li_fat_id": "linkedin", "twclid": "twitter",
}  # fmt: skip
_PAID_MEDIUM = frozenset({"cpc", "ppc", "cpm", "cpv", "paid", "paidsearch", "paid-search", "paid_social", "paidsocial",
                          "display", "banner", "ads", "ad", "retargeting"})  # fmt: skip
_MAIL_MEDIUM = frozenset({"email", "e-mail", "mail", "newsletter"})
_SOCIAL_MEDIUM = frozenset({"social", "social-network", "social-media", "sm"})
_SEARCH_MEDIUM = frozenset({"organic", "search"})
#: A label of the host name -> the name we show. `google.co.uk` and `www.google.de` both carry the label `google`.
_SEARCH = {
    "google": "google", "bing": "bing", "duckduckgo": "duckduckgo", "yahoo": "yahoo",
    "yandex": "yandex", "ya": "yandex", "baidu": "baidu", "ecosia": "ecosia", "qwant": "qwant",
    "startpage": "startpage", "seznam": "seznam", "naver": "naver",
    "sogou": "sogou", "ask": "ask", "aol": "aol", "rambler": "rambler",
}  # fmt: skip
_SOCIAL = {
    "facebook.com": "facebook", "fb.com": "facebook", "instagram.com": "instagram", "t.co": "twitter",
    "twitter.com": "twitter", "x.com": "twitter", "linkedin.com": "linkedin", "lnkd.in": "linkedin",
    "pinterest.com": "pinterest", "reddit.com": "reddit", "youtube.com": "youtube", "youtu.be": "youtube",
    "tiktok.com": "tiktok", "vk.com": "vk", "ok.ru": "ok", "t.me": "telegram", "telegram.org": "telegram",
    "whatsapp.com": "whatsapp", "mastodon.social": "mastodon", "bsky.app": "bluesky", "threads.net": "threads",
    "news.ycombinator.com": "hackernews", "plus.google.com": "google+", "plus.url.google.com": "google+",
}  # fmt: skip
_MAIL = {
    "mail.google.com": "gmail", "outlook.live.com": "outlook", "outlook.office.com": "outlook",
    "mail.yahoo.com": "yahoo", "mail.yandex.ru": "yandex", "mail.ru": "mail.ru", "e.mail.ru": "mail.ru",
}  # fmt: skip


@remembered
def source(url: str, referrer: str) -> Source:
    """The source of a visit whose first page was `url`, reached from `referrer` ("" for none)."""
    marks = _marks(url)
    name, campaign = marks.get("utm_source", ""), marks.get("utm_campaign", "")
    medium = marks.get("utm_medium", "").lower()
    clicked = next((engine for click, engine in _PAID_CLICK.items() if click in marks), None)
    if clicked or medium in _PAID_MEDIUM:
        return Source(channel="paid", name=name or clicked or host(referrer), campaign=campaign)
    came = _by_referrer(url, referrer)
    if medium in _MAIL_MEDIUM:
        return Source(channel="mail", name=name or came.name, campaign=campaign)
    if medium in _SOCIAL_MEDIUM:
        return Source(channel="social", name=name or came.name, campaign=campaign)
    if medium in _SEARCH_MEDIUM:
        return Source(channel="search", name=name or came.name, campaign=campaign)
    if name or campaign:
        channel = came.channel if came.channel in ("search", "social", "mail") else "referral"
        return Source(channel=channel, name=name or came.name, campaign=campaign)
    return came


def _by_referrer(url: str, referrer: str) -> Source:
    came_from = host(referrer)
    if not came_from:
        return DIRECT
    if came_from == host(url):
        return Source(channel="internal", name=came_from)
    if known := _known(_MAIL, came_from):
        return Source(channel="mail", name=known)
    if known := _known(_SOCIAL, came_from):
        return Source(channel="social", name=known)
    labels = came_from.split(".")
    if engine := next((_SEARCH[label] for label in labels[:-1] if label in _SEARCH), None):
        return Source(channel="search", name=engine)
    return Source(channel="referral", name=came_from)


def _known(table: dict[str, str], came_from: str) -> str | None:
    """The entry for a host or for any domain above it."""
    while came_from:
        if found := table.get(came_from):
            return found
        came_from = came_from.partition(".")[2]
    return None


def _marks(url: str) -> dict[str, str]:
    parts = split(url)
    if parts is None or not parts.query:
        return {}
    pairs = parse_qsl(parts.query, errors="replace", max_num_fields=None)
    return {name.lower(): clean(value.strip(), 100) for name, value in pairs[:100]}
