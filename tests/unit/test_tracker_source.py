"""Where a visit came from."""

import pytest

from tracker.referrer import kept
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


@pytest.mark.parametrize(
    ("referrer", "channel", "name"),
    [
        # assistants
        ("https://chatgpt.com/", "ai", "chatgpt"),
        ("https://chat.openai.com/", "ai", "chatgpt"),
        ("https://www.perplexity.ai/", "ai", "perplexity"),
        ("https://gemini.google.com/app", "ai", "gemini"),
        ("https://copilot.microsoft.com/", "ai", "copilot"),
        ("https://www.bing.com/chat?q=x", "ai", "copilot"),
        ("https://claude.ai/", "ai", "claude"),
        ("https://you.com/", "ai", "you"),
        ("https://chat.deepseek.com/", "ai", "deepseek"),
        ("https://chat.mistral.ai/", "ai", "mistral"),
        ("https://grok.com/", "ai", "grok"),
        ("https://www.meta.ai/", "ai", "meta ai"),
        ("https://www.phind.com/", "ai", "phind"),
        ("https://kagi.com/assistant/17", "ai", "kagi assistant"),
        ("https://alice.yandex.ru/", "ai", "alice"),
        ("https://giga.chat/", "ai", "gigachat"),
        # searches, by every form of their names
        ("https://kagi.com/search", "search", "kagi"),
        ("https://www.google.com.br/", "search", "google"),
        ("https://images.google.de/", "search", "google"),
        ("https://yandex.ru/", "search", "yandex"),
        ("https://es.search.yahoo.com/", "search", "yahoo"),
        ("https://uk.yahoo.com/", "search", "yahoo"),
        ("https://html.duckduckgo.com/html/", "search", "duckduckgo"),
        ("https://go.mail.ru/search", "search", "mail.ru"),
        ("https://suche.web.example/", "search", "web"),
        # what only sounds like one
        ("https://docs.google.com/document/1", "referral", "docs.google.com"),
        ("https://google.blog.example/", "referral", "google.blog.example"),
        ("https://www.askme.example/", "referral", "askme.example"),
        ("https://ask.example.org/", "referral", "ask.example.org"),
        ("https://openai.com/", "referral", "openai.com"),
        ("https://mailboxes.example/", "referral", "mailboxes.example"),
        ("https://email-shop.example/", "referral", "email-shop.example"),
        # networks and mailboxes
        ("https://lm.facebook.com/l.php", "social", "facebook"),
        ("https://out.reddit.com/t3", "social", "reddit"),
        ("https://away.vk.com/", "social", "vk"),
        ("https://web.telegram.org/", "social", "telegram"),
        ("https://my.mail.ru/", "social", "my.mail.ru"),
        ("https://news.ycombinator.com/item", "social", "hackernews"),
        ("https://webmail.provider.example/", "mail", "provider"),
        ("https://mail.company.example/owa", "mail", "company"),
        ("https://deref-gmx.net/mail", "mail", "gmx"),
        # who is paid for it
        ("https://googleads.g.doubleclick.net/", "paid", "google"),
        ("https://yabs.yandex.ru/", "paid", "yandex"),
        # apps of Android
        ("android-app://com.google.android.googlequicksearchbox/", "search", "google"),
        ("android-app://com.google.android.gm", "mail", "gmail"),
        ("android-app://org.telegram.messenger/", "social", "telegram"),
        ("android-app://com.openai.chatgpt", "ai", "chatgpt"),
        ("android-app://com.slack/", "referral", "com.slack"),
        ("android-app://nonsense", "direct", ""),
    ],
)
def test_a_referrer_says_its_channel(referrer: str, channel: str, name: str) -> None:
    """The most exact host wins; a name that only contains another is none."""
    found = source(SHOP, referrer)
    assert (found.channel, found.name) == (channel, name)


@pytest.mark.parametrize(
    ("marks", "referrer", "channel", "name"),
    [
        ("utm_source=chatgpt.com", "", "ai", "chatgpt"),
        ("utm_source=perplexity", "", "ai", "perplexity"),
        ("utm_source=chatgpt.com&utm_medium=cpc", "", "paid", "chatgpt.com"),
        ("utm_source=poe&utm_medium=chatbot", "", "ai", "poe"),
        ("fbclid=1", "", "social", "facebook"),
        ("fbclid=1", "https://blog.example/", "referral", "blog.example"),
        ("ysclid=1", "", "search", "yandex"),
        ("yclid=1&ysclid=1", "https://yandex.ru/", "paid", "yandex"),
        ("GCLID=1", "", "paid", "google"),
        ("mc_cid=1", "", "mail", "mailchimp"),
        ("utm_medium=organic", "https://www.bing.com/", "search", "bing"),
        ("utm_source=x&utm_medium=made-up", "https://claude.ai/", "ai", "x"),
    ],
)
def test_marks_that_others_put_behind_an_address(marks: str, referrer: str, channel: str, name: str) -> None:
    """An advertisement's mark says most; one that is added to every link says something only if nothing else does."""
    found = source(f"{SHOP}?{marks}", referrer)
    assert (found.channel, found.name) == (channel, name)


@pytest.mark.parametrize(
    ("raw", "stored"),
    [
        ("https://www.google.com/search?q=how+to+leave+him", "https://www.google.com/search"),
        ("https://mail.example/inbox#message/17", "https://mail.example/inbox"),
        ("https://www.shop.example/search?q=boots&page=2", "https://www.shop.example/search?q=boots&page=2"),
        ("https://shop.example/?q=boots", "https://shop.example/?q=boots"),
        ("android-app://com.Slack/path", "android-app://com.slack"),
        ("android-app://x", ""),
        ("javascript:alert(1)", ""),
        ("about:client", ""),
        ("", ""),
    ],
)
def test_what_was_asked_elsewhere_is_not_kept(raw: str, stored: str) -> None:
    """Of another site only the page, of an app only its name; of our own site all but secrets."""
    assert kept(raw, SHOP) == stored
