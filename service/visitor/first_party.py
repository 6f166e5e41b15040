"""The visitor's cookie, set by our answer where the bell lives on a subdomain of the site (contract 3).

Browsers keep what a script stored for as little as seven days, and what a server of the site set for 400. The cookie
says which visitor key this browser has had, and opens nothing: no script can read it, and no route but this one does.
A page asks for it by `"first_party": true` in the body; without that none of this runs.
"""

import ipaddress
import re

from sqlalchemy import Connection
from starlette.types import Scope

import crm.queries
import tracker.queries
from contract.beacons import Beacon, Collected
from contract.facts import SiteFacts, VisitFacts
from contract.ids import VISITOR_KEY
from service.bell import Bell
from service.cookies import cookie
from tracker.visitor import key_hash

Headers = list[tuple[bytes, bytes]]
NAME, PATH = "shopbell_v_", "/collect"
SECONDS = 400 * 24 * 3600
CREDENTIALS = (b"access-control-allow-credentials", b"true")
_SITE = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Kept:
    """What this browser's cookie said of one beacon: `taken_back` is the key that the page had lost, or ""."""

    def __init__(self, site: SiteFacts, key: str, domain: str | None, *, known: bool, taken_back: str = "") -> None:
        self._site, self._key, self._domain, self._known, self.taken_back = site, key, domain, known, taken_back

    def said(self, answer: Collected | None) -> Collected | None:
        """The answer, with the key that the page takes back."""
        if not self.taken_back:
            return answer
        answer = answer or Collected()
        answer.visitor = self.taken_back
        return answer

    def headers(self, visit: VisitFacts | None) -> Headers:
        """That the page may read the answer, and the cookie: when it is new, and again with each visit."""
        renewed = not self._known or (visit is not None and visit.pages <= 1)
        return [CREDENTIALS, *(set_cookie(self._site, self._key, self._domain) if renewed else ())]


async def recognised(bell: Bell, site: SiteFacts, beacon: Beacon, scope: Scope, origin: bytes) -> Kept:
    """Whose beacon this is: `beacon.visitor` becomes the key of the cookie, if the page came with another one.

    Only a key under which somebody is known to us stands against the cookie: it was given to a person who signed in
    where another one had (`service.visitor.identify`), and the cookie is still the other's.
    """
    headers = {name: value.decode("latin-1") for name, value in scope["headers"] if name in (b"cookie", b"host")}
    domain = shared_domain(host_of(origin.decode("latin-1")), host_of(headers.get(b"host", "")))
    before = cookie(headers.get(b"cookie"), NAME + site.key)
    if before is None or not VISITOR_KEY.fullmatch(before):
        return Kept(site, beacon.visitor, domain, known=False)
    if before == beacon.visitor:
        return Kept(site, before, domain, known=True)
    hashed = key_hash(beacon.visitor)

    def somebody(conn: Connection) -> bool:
        visitor_id = tracker.queries.visitor_by_key(conn, site.id, hashed)
        return visitor_id is not None and bool(crm.queries.customers_of(conn, site.id, [visitor_id]))

    if await bell.store.read(somebody):
        return Kept(site, beacon.visitor, domain, known=False)
    beacon.visitor = before
    return Kept(site, before, domain, known=True, taken_back=before)


async def may_read(bell: Bell, origin: bytes | None) -> bool:
    """Whether a refusal may be read by a page that sent its cookie: pages of our sites must know a 403 from a dead
    server, or they would send the same for ever."""
    if origin is None:
        return False
    try:
        sites = await bell.sites.all()
    except Exception:  # noqa: BLE001  the base is away, which is what is being told
        return False
    return any(origin.decode("latin-1") in site.origins for site in sites)


def forgotten(site: SiteFacts, scope: Scope, origin: bytes | None) -> Headers:
    """The cookie taken away: the visitor has said no."""
    host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
    return set_cookie(site, "", shared_domain(host_of((origin or b"").decode("latin-1")), host_of(host)))


def set_cookie(site: SiteFacts, key: str, domain: str | None) -> Headers:
    """Set-Cookie for `domain`, or nothing where there is no domain that page and bell share. No key: taken away."""
    if domain is None or not _SITE.fullmatch(site.key):
        return []
    lasts = SECONDS if key else 0
    value = f"{NAME}{site.key}={key}; Domain={domain}; Path={PATH}; Max-Age={lasts}; HttpOnly; Secure; SameSite=Lax"
    return [(b"set-cookie", value.encode("ascii"))]


def host_of(text: str) -> str:
    """The host of an origin or of a Host header, without port: `https://Shop.example:8443` -> `shop.example`."""
    rest = text.rpartition("://")[2].lower()
    return rest if rest.endswith("]") else (rest.rpartition(":")[0] or rest).rstrip(".")


def shared_domain(page: str, bell: str) -> str | None:
    """The longest domain that both hosts belong to, of two labels at least; None for addresses and strangers.

    That it may be a public suffix, such as co.uk, is the browser's to know: it drops such a cookie.
    """
    shared: list[str] = []
    for one, other in zip(reversed(page.split(".")), reversed(bell.split(".")), strict=False):
        if one != other or not re.fullmatch(r"[a-z0-9_-]{1,63}", one):
            break
        shared.insert(0, one)
    domain = ".".join(shared)
    return None if len(shared) < 2 or _is_address(page) or _is_address(bell) else domain


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return host.rpartition(".")[2].isdigit()
    return True
