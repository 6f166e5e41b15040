"""Where a visit came from, and who is a program."""

import pytest

from tracker.device import agent, is_bot
from tracker.source import Source, source

SHOP = "https://www.shop.example/women"


@pytest.mark.parametrize(
    ("url", "referrer", "channel", "name", "campaign"),
    [
        (SHOP, "", "direct", "", ""),
        (SHOP, "https://shop.example/", "internal", "shop.example", ""),
        (SHOP, "https://www.shop.example:8443/", "internal", "shop.example", ""),
        (SHOP, "https://www.google.com/", "search", "google", ""),
        (SHOP, "https://www.google.co.uk/search?q=boots", "search", "google", ""),
        (SHOP, "https://duckduckgo.com/", "search", "duckduckgo", ""),
        (SHOP, "https://ya.ru/", "search", "yandex", ""),
        (SHOP, "https://t.co/abc", "social", "twitter", ""),
        (SHOP, "https://l.facebook.com/l.php", "social", "facebook", ""),
        (SHOP, "https://mail.google.com/", "mail", "gmail", ""),
        (SHOP, "https://e.mail.ru/", "mail", "mail.ru", ""),
        (SHOP, "https://blog.example/post", "referral", "blog.example", ""),
        (SHOP, "https://notgoogle.example/", "referral", "notgoogle.example", ""),
        (SHOP + "?gclid=1", "https://www.google.com/", "paid", "google", ""),
        (SHOP + "?utm_source=news&utm_medium=email&utm_campaign=May", "", "mail", "news", "May"),
        (SHOP + "?utm_source=google&utm_medium=CPC&utm_campaign=x", "", "paid", "google", "x"),
        (SHOP + "?utm_source=insta&utm_medium=social", "", "social", "insta", ""),
        (SHOP + "?utm_source=partner", "", "referral", "partner", ""),
        (SHOP + "?utm_campaign=spring", "https://www.bing.com/", "search", "bing", "spring"),
        (SHOP + "?utm_source=%FF%00", "", "referral", "\ufffd\ufffd", ""),
    ],
)
def test_marks_in_the_address_come_before_the_referrer(
    url: str, referrer: str, channel: str, name: str, campaign: str
) -> None:
    """Click ids and utm marks say more than the referrer, and the referrer more than nothing."""
    found = source(url, referrer)
    assert (found.channel, found.name, found.campaign) == (channel, name, campaign)
    assert isinstance(found, Source)


BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
    "Mozilla/5.0 (Linux; Android 10; CUBOT X30) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile "
    "Safari/537.36",
    "",
)
PROGRAMS = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/140.0.0.0 Safari/537.36",
    "curl/8.1.2",
    "python-requests/2.32",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)",
    "Wget/1.21",
    "facebookexternalhit/1.1",
    "UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/",
)


@pytest.mark.parametrize("user_agent", BROWSERS)
def test_a_browser_is_no_bot_and_nothing_is_unknown(user_agent: str) -> None:
    """Only its own words make a program of it."""
    assert not is_bot(agent(user_agent))


@pytest.mark.parametrize("user_agent", PROGRAMS)
def test_who_calls_itself_a_program_is_one(user_agent: str) -> None:
    """A headless browser is one, too."""
    assert is_bot(agent(user_agent))


def test_an_agent_is_cut() -> None:
    """512 characters are enough for anybody."""
    assert len(agent("M" * 9000)) == 512
    assert agent(None) == ""
