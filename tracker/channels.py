"""Pure: which channel the host of a referrer belongs to, or the app it names: our own lists, kept short.

Facts that everybody can see in a browser, not a copy of anybody's list. A host counts with everything below it, and
the most exact entry wins: `mail.google.com` is mail, `gemini.google.com` an assistant, `www.google.de` a search.
Engines and mailboxes with a hundred addresses are known by the form of the name.
"""

import re

from contract.names import Channel

Found = tuple[Channel, str]


def _all(channel: Channel, lines: str) -> dict[str, Found]:
    """One line per name: `name: host host host`."""
    table: dict[str, Found] = {}
    for line in lines.strip().splitlines():
        name, _, hosts = line.strip().partition(": ")
        table |= dict.fromkeys(hosts.split(), (channel, name))
    return table


HOSTS: dict[str, Found] = {
    **_all("ai", """
        chatgpt: chatgpt.com chat.openai.com
        perplexity: perplexity.ai
        gemini: gemini.google.com bard.google.com
        copilot: copilot.microsoft.com copilot.com copilot.cloud.microsoft
        claude: claude.ai
        you: you.com
        deepseek: deepseek.com
        mistral: chat.mistral.ai mistral.ai
        grok: grok.com grok.x.ai x.ai
        meta ai: meta.ai
        phind: phind.com
        kagi assistant: assistant.kagi.com
        alice: alice.yandex.ru alice.yandex.com alice.ya.ru
        gigachat: giga.chat gigachat.ru
        duck.ai: duck.ai
        poe: poe.com
        character.ai: character.ai
        pi: pi.ai
        qwen: chat.qwen.ai qwen.ai tongyi.com
        kimi: kimi.com kimi.moonshot.cn kimi.ai
        doubao: doubao.com
        z.ai: chat.z.ai
        lumo: lumo.proton.me
        notebooklm: notebooklm.google.com
        iask: iask.ai
    """),
    **_all("social", """
        facebook: facebook.com fb.com fb.me messenger.com
        workplace: workplace.com
        instagram: instagram.com
        threads: threads.net threads.com
        twitter: t.co twitter.com x.com
        linkedin: linkedin.com lnkd.in
        pinterest: pinterest.com pin.it
        reddit: reddit.com redd.it
        youtube: youtube.com youtu.be
        tiktok: tiktok.com
        snapchat: snapchat.com
        tumblr: tumblr.com
        vk: vk.com vk.ru vkontakte.ru away.vk.com
        ok: ok.ru odnoklassniki.ru
        my.mail.ru: my.mail.ru
        dzen: dzen.ru
        telegram: t.me telegram.org telegram.me
        whatsapp: whatsapp.com wa.me
        viber: viber.com
        discord: discord.com discordapp.com
        mastodon: mastodon.social mastodon.online
        bluesky: bsky.app
        hackernews: news.ycombinator.com
        google+: plus.google.com plus.url.google.com
        quora: quora.com
        weibo: weibo.com weibo.cn
        xing: xing.com
        lnk.bio: lnk.bio
    """),
    **_all("mail", """
        gmail: mail.google.com
        outlook: outlook.live.com outlook.office.com outlook.office365.com mail.live.com outlook.com
        yahoo: mail.yahoo.com mail.yahoo.net
        yandex: mail.yandex.ru mail.yandex.com mail.ya.ru
        mail.ru: mail.ru
        proton: mail.proton.me
        icloud: mail.icloud.com
        rambler: mail.rambler.ru
        bluewin: rich-v01.bluewin.ch rich-v02.bluewin.ch email.bluewin.ch
        gmx: gmx.net deref-gmx.net
        web.de: 3c.web.de 3c-bap.web.de deref-web.de
        mail.com: 3c-lxa.mail.com deref-mail.com mail.com
    """),
    **_all("search", """
        mail.ru: go.mail.ru
        kagi: kagi.com
        brave: search.brave.com
        startpage: startpage.com ixquick.com
        meta.ua: meta.ua
        ask: search-results.com
        aol: aolsearch.com
        dalesearch: dalesearch.com
    """),
    **_all("paid", """
        google: doubleclick.net googlesyndication.com googleadservices.com adsensecustomsearchads.com
        google: syndicatedsearch.goog
        yandex: yabs.yandex.ru an.yandex.ru
        bing: bat.bing.com
    """),
}  # fmt: skip
#: Assistants that live below a path of another host.
PATHS: dict[tuple[str, str], Found] = {
    ("kagi.com", "/assistant"): ("ai", "kagi assistant"),
    ("bing.com", "/chat"): ("ai", "copilot"),
    ("huggingface.co", "/chat"): ("ai", "huggingchat"),
    ("ya.ru", "/alisa"): ("ai", "alice"),
}
#: The name that Android gives to the app that opened the page.
APPS: dict[str, Found] = {
    **_all("search", """
        google: com.google.android.googlequicksearchbox
        yandex: ru.yandex.searchplugin com.yandex.searchapp
        duckduckgo: com.duckduckgo.mobile.android
        bing: com.microsoft.bing
    """),
    **_all("ai", """
        chatgpt: com.openai.chatgpt
        perplexity: ai.perplexity.app.android
        gemini: com.google.android.apps.bard
        claude: com.anthropic.claude
        copilot: com.microsoft.copilot
        deepseek: com.deepseek.chat
        mistral: ai.mistral.chat
        grok: ai.x.grok
        alice: com.yandex.aliceapp
    """),
    **_all("social", """
        facebook: com.facebook.katana com.facebook.lite com.facebook.orca
        instagram: com.instagram.android
        threads: com.instagram.barcelona
        twitter: com.twitter.android
        linkedin: com.linkedin.android
        pinterest: com.pinterest
        reddit: com.reddit.frontpage
        youtube: com.google.android.youtube
        tiktok: com.zhiliaoapp.musically com.ss.android.ugc.trill
        snapchat: com.snapchat.android
        vk: com.vkontakte.android
        ok: ru.ok.android
        telegram: org.telegram.messenger org.telegram.messenger.web
        whatsapp: com.whatsapp com.whatsapp.w4b
        viber: com.viber.voip
        discord: com.discord
        bluesky: xyz.blueskyweb.app
    """),
    **_all("mail", """
        gmail: com.google.android.gm
        outlook: com.microsoft.office.outlook
        yahoo: com.yahoo.mobile.client.android.mail
        mail.ru: ru.mail.mailapp
        yandex: ru.yandex.mail
        proton: ch.protonmail.android
    """),
}  # fmt: skip
#: Assistants by the short names that links of theirs bear in `utm_source`, as far as they mean nothing else.
_ASSISTANTS = frozenset({"chatgpt", "perplexity", "gemini", "copilot", "claude", "deepseek", "mistral", "grok"})

#: Engines under many top level domains, by the name before those.
_ENGINES = {
    "google": "google", "bing": "bing", "duckduckgo": "duckduckgo", "yahoo": "yahoo", "yandex": "yandex",
    "ya": "yandex", "baidu": "baidu", "ecosia": "ecosia", "qwant": "qwant", "seznam": "seznam", "naver": "naver",
    "sogou": "sogou", "ask": "ask", "aol": "aol", "rambler": "rambler", "mojeek": "mojeek", "swisscows": "swisscows",
    "so": "360", "daum": "daum", "brave": "brave",
}  # fmt: skip
#: What may stand before an engine's name when it searches; a country or a language may, too.
_SEARCHING = frozenset({"images", "image", "search", "video", "videos", "news", "lens", "html", "lite", "encrypted",
                        "cse", "mobile", "nova", "aolsearch"})  # fmt: skip
#: Labels that say it of any host.
_SEARCH_LABELS = frozenset({"search", "suche", "isearch", "searchassist", "websearch", "recherche", "buscador"})
_MAIL_LABEL = re.compile(
    r"(?:w(?:eb)?)?e?-?mail\d*$|webmail|lightmailer|mailbusiness$|mailer$|upcmail$|messagerie|deref-|roundcube$|owa$"
)
_SECOND_LEVEL = frozenset({"co", "com", "net", "org", "ne", "or", "gov", "edu", "ac"})


def of_host(host: str, path: str = "") -> Found | None:
    """The channel and name of a host without `www.`, None for any other site. `path`: where on it, if that is known."""
    for (place, below), found in PATHS.items():
        if host == place and path.startswith(below):
            return found
    at = host
    while at:
        if known := HOSTS.get(at):
            return known
        at = at.partition(".")[2]
    return _by_form(host.split("."))


def assistant(name: str) -> str:
    """The assistant that a `utm_source` names (`chatgpt.com`, `perplexity`), or "". Most of them send no referrer."""
    name = name.lower().removeprefix("www.")
    channel, known = HOSTS.get(name, ("", ""))
    return known if channel == "ai" else name if name in _ASSISTANTS else ""


def _by_form(labels: list[str]) -> Found | None:
    before, name = _registered(labels)
    if any(_MAIL_LABEL.match(label) for label in (*before[:1], name)):
        return ("mail", name.removeprefix("deref-"))
    if any(label in _SEARCH_LABELS for label in before):
        return ("search", _ENGINES.get(name, name))
    engine = _ENGINES.get(name)
    if engine and all(len(label) <= 3 or label in _SEARCHING for label in before):
        return ("search", engine)
    return None


def _registered(labels: list[str]) -> tuple[list[str], str]:
    """`es.search.yahoo.co.uk` -> `["es", "search"], "yahoo"`."""
    end = len(labels) - 1
    if end >= 2 and labels[end - 1] in _SECOND_LEVEL and len(labels[end]) == 2:
        end -= 1
    return labels[: max(end - 1, 0)], labels[max(end - 1, 0)]
