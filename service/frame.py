"""`GET /frame?site=KEY&origin=ORIGIN`: the document that the chat lives in, on our origin, inside the shop's page.

Only a page of the site may hold it (`frame-ancestors`), and with it comes the frame's secret, a cookie that no script
reads (contract 4). Where no secure cookie is possible there is none: the frame keeps a secret in its memory.
"""

from html import escape

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from access.origin import origin as plain_origin
from contract.facts import SiteFacts
from contract.names import Language
from service.address import client_address, is_secure
from service.cookies import frame_cookie, frame_hash, frame_secret
from service.web import PAGE_POLICY, bell_of, language

__all__ = ["frame_hash", "routes"]

#: The number of the agreement between frame and server; raised when an old frame could no longer talk to us.
CONTRACT = 1
_TITLE: dict[Language, str] = {"en": "Chat", "ru": "Чат"}
_GONE: dict[Language, str] = {"en": "There is no chat here.", "ru": "Здесь нет чата."}


def document(site: SiteFacts, origin: str, tongue: Language) -> str:
    """The frame's page. Everything that varies is an attribute; there is no inline script and no inline style."""
    return (
        f'<!doctype html><html lang="{tongue}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_TITLE[tongue]}</title>"
        '<link rel="stylesheet" href="/assets/frame/frame.css">'
        '<script type="module" src="/assets/frame/frame.js"></script></head>'
        f'<body data-site="{escape(site.key)}" data-origin="{escape(origin)}" data-lang="{tongue}" '
        f'data-contract="{CONTRACT}"></body></html>'
    )


def nothing(tongue: Language) -> Response:
    """The same page for an unknown site and for an origin that is not the site's."""
    page = f'<!doctype html><html lang="{tongue}"><meta charset="utf-8"><title>404</title><p>{_GONE[tongue]}</p></html>'
    return Response(page, 404, {"Cache-Control": "no-store"}, "text/html; charset=utf-8")


async def frame(request: Request) -> Response:
    """The document, with the policy that lets exactly this origin hold it."""
    bell = bell_of(request)
    bell.limits.frame(client_address(request.scope, bell.settings.trusted_proxies))
    asked = request.query_params.get("origin", "")
    site = await bell.sites.by_key(request.query_params.get("site", ""))
    tongue = language(
        request.headers.get("accept-language"), "ru" if site is not None and site.language.startswith("ru") else "en"
    )
    if site is None or plain_origin(asked) != asked or asked not in site.origins:
        return nothing(tongue)
    headers = {"Content-Security-Policy": PAGE_POLICY.format(ancestors=asked), "Cache-Control": "no-store"}
    response = Response(document(site, asked, tongue), 200, headers, "text/html; charset=utf-8")
    secure = is_secure(request.scope, bell.settings.trusted_proxies)
    if secure and frame_secret(request.headers.get("cookie")) is None:
        response.headers.append("Set-Cookie", frame_cookie())
    return response


def routes() -> list[Route]:
    return [Route("/frame", frame)]
