"""`GET /frame?site=KEY&origin=ORIGIN&lang=TAG`: the document that the chat lives in, on our origin, in
the shop's page.

Only a page of the site may hold it (`frame-ancestors`), and with it comes the frame's secret, a cookie that no script
reads (contract 4). Where no secure cookie is possible there is none: the frame keeps a secret in its memory.

It is one answer that can be used at once: its style and a small script that meets the page stand in it (named by their
hashes in the policy), and so does a field to write in, which the program takes over when it has arrived.
"""

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from pathlib import Path

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from access.origin import origin as plain_origin
from contract.accent import Accent, palette
from contract.facts import SiteFacts
from contract.names import Language
from service.address import client_address, is_secure
from service.cookies import frame_cookie, frame_hash, frame_secret
from service.static import FOLDER, version_of
from service.web import PAGE_POLICY, bell_of, language

__all__ = ["frame_hash", "routes"]

#: The number of the agreement between frame and server; raised when an old frame could no longer talk to us.
CONTRACT = 1
_TITLE: dict[Language, str] = {"en": "Talk to us", "ru": "Напишите нам"}
_WRITE: dict[Language, str] = {"en": "Write a message", "ru": "Напишите сообщение"}
_GONE: dict[Language, str] = {"en": "There is no chat here.", "ru": "Здесь нет чата."}


@dataclass(frozen=True)
class Parts:
    """What the front-end's build gave for the document. `script`: the address of the program."""

    style: str
    boot: str
    script: str


def read_parts(folder: Path = FOLDER) -> Parts:
    """Read once, at start. Empty while nothing is built."""

    def text(name: str) -> str:
        file = folder / "frame" / name
        return file.read_text() if file.is_file() else ""

    script = folder / "frame" / "frame.js"
    seen = f"?v={version_of(script.read_bytes())}" if script.is_file() else ""
    return Parts(style=text("frame.css"), boot=text("boot.js"), script=f"/assets/frame/frame.js{seen}")


@lru_cache(maxsize=1000)
def colours(accent: str) -> str:
    """The style that puts a site's own colour, made readable, in the place of ours."""
    if not accent:
        return ""
    found = palette(accent)

    def pair(name: str, light: str, dark: str) -> str:
        return f"--{name}:light-dark({light},{dark});"

    def both(name: str, field: str) -> str:
        return pair(name, getattr(found.light, field), getattr(found.dark, field))

    fields = [field for field in Accent.__struct_fields__ if field != "accent"]
    named = "".join(both(f"accent-{field.replace('_', '-')}", field) for field in fields)
    return f":root{{{both('accent', 'accent')}{both('focus', 'accent')}{named}}}"


def said_of(site: SiteFacts) -> str:
    """What the frame is told of its site, as JSON."""
    told = {"title": site.look.title, "welcome": site.look.welcome}
    return msgspec.json.encode(told).decode()


def document(site: SiteFacts, origin: str, tongue: Language, parts: Parts) -> tuple[str, str]:
    """The frame's page, and its policy."""
    style = parts.style + colours(site.look.accent)
    accent = palette(site.look.accent).light.accent if site.look.accent else ""
    title = getattr(site.look.title, tongue) or _TITLE[tongue]
    page = (
        f'<!doctype html><html lang="{tongue}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{escape(title)}</title><script type="module" src="{parts.script}"></script>'
        f"<style>{style}</style></head>"
        f'<body data-site="{escape(site.key)}" data-origin="{escape(origin)}" data-lang="{tongue}" '
        f'data-contract="{CONTRACT}" '
        f'data-side="{site.look.side}" data-accent="{accent}" '
        f'data-told="{escape(said_of(site))}">'
        f'<main class="panel" hidden><header><h1>{escape(title)}</h1></header><div class="thread"></div>'
        f'<form class="composer"><textarea rows="1" maxlength="8000" aria-label="{_WRITE[tongue]}" '
        f'placeholder="{_WRITE[tongue]}"></textarea></form></main><script>{parts.boot}</script></body></html>'
    )
    policy = PAGE_POLICY.format(ancestors=origin)
    policy = policy.replace("script-src 'self'", f"script-src 'self' {_hash(parts.boot)}")
    policy = policy.replace("style-src 'self'", f"style-src 'self' {_hash(style)}")
    # What is shown of a file is fetched with the visitor's key and held as a blob.
    return page, policy.replace("img-src 'self' data:", "img-src 'self' data: blob:")


@lru_cache(maxsize=1000)
def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def nothing(tongue: Language) -> Response:
    """The same page for an unknown site and for an origin that is not the site's."""
    page = f'<!doctype html><html lang="{tongue}"><meta charset="utf-8"><title>404</title><p>{_GONE[tongue]}</p></html>'
    return Response(page, 404, {"Cache-Control": "no-store"}, "text/html; charset=utf-8")


def routes(folder: Path = FOLDER) -> list[Route]:
    """The document, with the policy that lets exactly the asking origin hold it."""
    parts = read_parts(folder)

    async def frame(request: Request) -> Response:
        bell = bell_of(request)
        bell.limits.frame(client_address(request.scope, bell.settings.trusted_proxies))
        asked = request.query_params.get("origin", "")
        site = await bell.sites.by_key(request.query_params.get("site", ""))
        ours: Language = "ru" if site is not None and site.language.startswith("ru") else "en"
        tongue = language(request.query_params.get("lang") or request.headers.get("accept-language"), ours)
        if site is None or plain_origin(asked) != asked or asked not in site.origins:
            return nothing(tongue)
        page, policy = document(site, asked, tongue, parts)
        headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
        body = page.encode()
        if "gzip" in request.headers.get("accept-encoding", ""):
            body, headers["Content-Encoding"] = gzip.compress(body, 6), "gzip"
        response = Response(body, 200, headers, "text/html; charset=utf-8")
        secure = is_secure(request.scope, bell.settings.trusted_proxies)
        if secure and frame_secret(request.headers.get("cookie")) is None:
            response.headers.append("Set-Cookie", frame_cookie())
        return response

    return [Route("/frame", frame)]
