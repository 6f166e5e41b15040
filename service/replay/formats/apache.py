r"""Apache's combined log: `address - user [time] "GET /path HTTP/1.1" status bytes "referrer" "user agent"`.

A visitor is an address with a user agent. A page view is what a browser showed to somebody as a page: a GET that was
answered (200) or known to be unchanged (304), whose name does not end like an image, style, script, font, feed, archive
or other file. Errors, redirects, partial answers, feeds and `robots.txt` are no pages. `all_requests` keeps every line
that parses, as a page view. Depth is the number of names in the path; the query does not count. The log does not say
whose it is: the host that most referrers name is taken for the site's own. A line that is cut short is skipped.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta, timezone
from urllib.parse import parse_qsl, unquote, urlsplit

from contract.beacons import AGENT_LIMIT, URL_LIMIT, PageViewed
from contract.clock import rfc3339
from contract.names import Ms
from service.replay.formats.shape import Happened, Line, Skipped, event_id, visitor_key

_QUOTED = r'"((?:[^"\\]|\\.)*)"'
_LINE = re.compile(rf"(\S+) \S+ .*?\[([^\]]+)\] {_QUOTED} (\d{{3}}) (?:\d+|-) {_QUOTED} {_QUOTED}\s*")
_TIME = re.compile(r"(\d\d)/(\w{3})/(\d{4}):(\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_MONTHS = {
    name: number
    for number, name in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
}
#: What a name with one of these endings holds is no page. No ending, `.html`, `.php` and any unknown one are pages.
_FILES = _words(
    """
    png jpg jpeg gif webp avif bmp tif tiff ico svg svgz
    css less scss js mjs map json jsonld wasm
    ttf otf eot woff woff2
    xml xsl xslt rss rdf atom opml kml dtd xsd
    txt log csv tsv conf cfg ini yml yaml toml sql tex ics vcf
    pdf ps eps doc docx xls xlsx ppt pptx odt ods odp rtf epub mobi
    zip gz tgz bz2 tbz xz 7z rar tar jar war deb rpm gem whl egg exe msi dmg iso bin apk swf pcap class pyc so o
    mp3 ogg oga wav flac m4a mp4 m4v webm ogv avi mov mkv wmv flv m3u8 ts
    c h cc cpp hpp py rb lua sh java go rs vim m4 mk patch diff spec xs access
    """
)
_FEED_NAMES = _words("feed feeds rss atom rdf")
_FEED_PARAMETERS = _words("feed flav flavor flavour format output type alt view mode")
_FEED_VALUE = re.compile(r"(?:rss|atom|rdf)[\d.]*|feed", re.IGNORECASE)
_UNKNOWN_HOST = "site.example"


def read(lines: Iterable[Line], *, all_requests: bool = False, host: str = "") -> Iterator[Happened | Skipped]:
    """Page views in the order of the log, each at its own second. `host`: whose log it is (see `host_of`)."""
    base = f"http://{host or _UNKNOWN_HOST}"
    for line in lines:
        text = line[1].decode("utf-8", "replace")
        found = _LINE.fullmatch(text)
        at = _time(found[2]) if found else None
        if found is None or at is None:
            if text.strip():
                yield Skipped(line=line[0], why="not a line of the combined format")
            continue
        address, _, request, status, referrer, agent = found.groups()
        method, _, rest = request.partition(" ")
        target = rest.rsplit(" HTTP/", 1)[0]
        if all_requests or is_page(method, int(status), target):
            yield Happened(
                visitor=visitor_key(address, agent),
                at=at,
                event=PageViewed(
                    id=event_id(line),
                    at=rfc3339(at),
                    url=_url(base, target),
                    referrer=referrer if referrer.startswith(("http://", "https://")) else "",
                    path=path_of(target),
                    source="url",
                    user_agent=agent[:AGENT_LIMIT] if agent not in ("", "-") else None,
                ),
            )


def host_of(lines: Iterable[Line]) -> str:
    """The host that most referrers name, less `www.`: people reach a page mostly from its own site. "" for none."""
    hosts: Counter[str] = Counter()
    for _, content in lines:
        found = _LINE.fullmatch(content.decode("utf-8", "replace"))
        if found and found[5].startswith(("http://", "https://")):
            hosts[_host(found[5])] += 1
    del hosts[""]
    return max(hosts, key=lambda host: (hosts[host], host), default="")


def is_page(method: str, status: int, target: str) -> bool:
    """Whether a browser showed this to somebody as a page."""
    if method != "GET" or status not in (200, 304):
        return False
    path, _, query = target.partition("#")[0].partition("?")
    folder, _, name = unquote(path).lower().rpartition("/")
    if (name or folder.rpartition("/")[2]) in _FEED_NAMES or any(
        _is_feed(key.lower(), value) for key, value in parse_qsl(query)
    ):
        return False
    return "." not in name or name.rpartition(".")[2] not in _FILES


def _is_feed(parameter: str, value: str) -> bool:
    return parameter in _FEED_PARAMETERS and _FEED_VALUE.fullmatch(value) is not None


def path_of(target: str) -> list[str]:
    """`/blog/tags/a%20b?x=1` -> ["blog", "tags", "a b"]."""
    names = [name for name in target.partition("#")[0].partition("?")[0].split("/") if name]
    return [unquote(name, errors="replace").strip() or name for name in names]


def _url(base: str, target: str) -> str:
    """The address; the query is left out where it would be too long to keep."""
    url = base + (target if target.startswith("/") else f"/{target}")
    url = "".join(letter if letter.isprintable() and letter != " " else "%20" for letter in url)
    return url if len(url) <= URL_LIMIT else url.partition("?")[0][:URL_LIMIT]


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def _time(text: str) -> Ms | None:
    """`17/May/2015:10:05:03 +0000` in ms; not by strptime, whose month names depend on the machine's language."""
    found = _TIME.fullmatch(text)
    if found is None or found[2] not in _MONTHS:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        zone = timezone(-ahead if sign == "-" else ahead)
        moment = datetime(int(year), _MONTHS[month], int(day), int(hour), int(minute), int(second), tzinfo=zone)
    except ValueError:
        return None
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
