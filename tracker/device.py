"""Pure: what a User-Agent says. A bot is one only by its own words; a missing agent is unknown, never a bot."""

import re

from contract.beacons import AGENT_LIMIT
from contract.text import clean
from tracker.remembered import remembered

#: Words that programs use of themselves. "cubot" is a make of telephone.
_BOT = re.compile(
    r"(?<!cu)bot\b|(?<!cu)bot[/;_ -]|crawl|spider|slurp|scrap|headlesschrome|phantomjs|puppeteer|playwright|selenium"
    r"|lighthouse|curl/|wget|libwww|python-|python/|aiohttp|httpx|go-http-client|okhttp|java/|perl|ruby|axios|node-fetch|guzzle"
    r"|apache-httpclient|http_?client|facebookexternalhit|embedly|preview|monitor|pingdom|uptime|validator|archiver"
    r"|feed(?:fetcher|burner|ly|parser)|\brss|mediapartners|bingpreview|whatsapp/|\+https?://",
    re.IGNORECASE,
)


def agent(text: str | None) -> str:
    """A User-Agent as we keep it: cut to 512, "" for none."""
    return clean(text.strip(), AGENT_LIMIT) if text else ""


@remembered
def is_bot(user_agent: str) -> bool:
    """True if this agent calls itself a program."""
    return _BOT.search(user_agent) is not None
