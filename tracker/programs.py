"""Pure: what calls itself a program in its User-Agent: our own list of words, and the form of a browser's name.

Every browser that can run our snippet calls itself `Mozilla/5.0 (system) engine ...`. Who names neither a system, nor a
device, nor an engine, or writes an address where browsers have none, is something else, whatever its name; so a tool
of next year needs no line here. docs/bots.md says what this reaches and what not.

The words are looked for by the compiled matcher that comes with ua-parser: half a microsecond for all of them, where
`re` needs fifteen. It takes a moment to load, so this file is imported with the first agent (`tracker.device`).
"""

import re

import ua_parser_rs

#: Parts of words, in lower case, that stand in no browser's name.
_WORDS = (
    # what it does
    "crawl", "spider", "slurp", "robot", "scraper", "scraping", "scrapy", "archiver", "archiving", "headless",
    "synthetic", "uptime", "monitor", "checker", "link check", "linkcheck", "validator", "detector", "inspector",
    "scanner", "scan/", "scanning", "contentscan", "survey", "optimizer", "pagespeed", "page speed", "speedtest",
    "sitemap", "screenshot", "feedfetch", "feedburner", "feedly", "feedpars", "feedbin", "feed fetch", "feed pars",
    "simplepie", "linkpreview", "link preview", "bingpreview", "uripreview", "web preview", "previewer",
    "page-preview", "imageproxy", "prefetch", "fetcher", "libfetch", "+http", "onlyscans", "loadtest", "webcopier",
    "sitesucker", "webcapture", "parser/", "exporter",
    # tools that drive a browser, measure a page, look for holes
    "phantomjs", "slimerjs", "puppeteer", "playwright", "selenium", "webdriver", "cypress/", "lighthouse", "gtmetrix",
    "webpagetest", "pingdom", "dareboost", "splash version", "testlocally", "appinsights", "zgrab", "nmap", "nikto",
    "sqlmap", "openvas", "nessus", "acunetix", "masscan", "watchtowr", "foregenix", "hardenize", "cookiehub",
    "securityheaders", "netcraft", "httrack", "heritrix",
    # libraries
    "wget", "libwww-perl", "lwp-", "lwp::", "python", "aiohttp", "httpx", "httpie", "http_get", "check_http",
    "httpunit", "go-http", "okhttp", "axios", "node-fetch", "guzzle", "restsharp", "winhttp", "postman",
    "apache-http", "http client", "http-client", "httpclient", "http_client", "urlconnection",
    # who shows a link to others, who reads for a machine, who sells what it read
    "facebookexternalhit", "facebookcatalog", "meta-external", "embedly", "skypeuri", "mediapartners",
    "googleother", "googleagent", "playstore-google", "chatgpt", "gptbot", "claude-", "anthropic", "perplexity-",
    "cohere-", "outbrain", "siteimprove", "linktiger", "marketgoo", "newsnow", "collapsify", "hotjar", "manus-user",
    "banner detection", "test certificate", "safeassign", "geedo",
)  # fmt: skip
#: Words that need a look at what stands beside them, and that look. "cubot" is a make of telephone, "Google-TR" was a
#: toolbar, and telephones speak of "SEMC-Java/2.0".
_MAYBE = (
    "bot", "curl", "fetch", "perl", "ruby/", "rss", "subscriber", "google-", "java", "scan", "agent", "ai/", "-ai",
    "rigor", "whatsapp/",
)  # fmt: skip
_INDEED = re.compile(
    r"(?<!cu)bots?\b|(?<!cu)bot[\d_]|\bcurl\b|\bfetch\b|\bperl\b|\bruby/|\brss|\bsubscribers?\b|google-(?!tr-)[a-z]{3}"
    r"|^whatsapp/|^java/|[ (]java/1\.|\(java\)|\bscan\b|\bagent\)|\bai/|-ai\b|; ?rigor\)"
    r"|(?:http|ips|data|web|link|research|optimizer|synthetics)-?agent\b"
)
_BROWSERS = ("mozilla/", "opera/")
#: Browsers whose own name comes first: of text terminals, of early telephones, from before all were called Mozilla.
_PLAIN = re.compile(
    r"(?:e?links|lynx|w3m|dillo|netsurf|galeon|konqueror|icab|avant browser|netscape|arexx|lth browser|ncsa|ibrowse"
    r"|omniweb|browsex|opera|mozilla|msie|gecko|firefox|user-?agent|j2me|ucweb|mqqbrowser|\[fban)\b"
)
#: What nobody but a browser says behind `Mozilla/5.0`. Nothing behind it, or nothing but a bracket, tells nothing.
_ENGINE = re.compile(
    r"gecko|webkit|khtml|msie|trident|presto|opera|netscape|konqueror|firefox|galeon|chrome|safari|version/|browser"
    r"|^mozilla/5\.0*\s*(?:\([^)]*\))?$"
)
#: Programs call themselves "compatible"; so did these browsers. A telephone may say what it likes.
_COMPATIBLE = re.compile(r"compatible *[;,)]")
_WERE_COMPATIBLE = re.compile(
    r"msie|konqueror|omniweb|icab|opera|amiga ?os|crazy browser|avant|netfront|netscape|webtv|links|lynx|galeon|maxthon"
    r"|go\.web|firefox/[01]\."
)
_NO_TELEPHONE = frozenset({"Other", "Mac", "iPhone", "Generic Smartphone"})
_ADDRESS = (r"https?:/", r"[a-z0-9_.-]@[a-z0-9_-]+\.[a-z]", r"\b[a-z][a-z0-9-]*\.(?:com|net|org|io|ai|ru)\b")
#: Where addresses are no sign: toolbars of old, home-made systems of telephones, names of mobile networks, translators.
_OFTEN_ADDRESSED = re.compile(
    r"msie [1-8]\.|rv:[01]\.|build/|fbcr/|\(via translate|opera/[1-8]\.|konqueror|avant browser"
)
_NOBODY = frozenset({"Other", "Spider"})


def _matcher(*expressions: str) -> ua_parser_rs.DeviceExtractor:
    """Finds any of `expressions`, without looking around them."""
    return ua_parser_rs.DeviceExtractor([(each, None, "found", None, None) for each in expressions])


_words = _matcher(*(re.escape(word).replace(r"\ ", " ").replace(r"\-", "-") for word in _WORDS))
_maybe = _matcher(*_MAYBE)
_address = _matcher(*_ADDRESS)


def is_program(text: str, system: str, device: str) -> bool:
    """True if `text`, a User-Agent, is no browser's. `system`, `device`: what it says of them, "Other" for nothing."""
    low = text.lower()
    if not low:
        return False
    if device == "Spider" or _words.extract(low):
        return True
    if _maybe.extract(low) and _INDEED.search(low):
        return True
    nowhere = system == "Other" and device in _NOBODY
    if not low.startswith(_BROWSERS):
        return (nowhere or "https://" in low) and not _PLAIN.match(low) and "browser" not in low
    if nowhere and low.startswith("mozilla/5") and not _ENGINE.search(low):
        return True
    if device in _NO_TELEPHONE and _COMPATIBLE.search(low) and not _WERE_COMPATIBLE.search(low):
        return True
    return _address.extract(low) is not None and not _OFTEN_ADDRESSED.search(low)
