"""The shop as a web site: addresses in, pages out. It knows nothing of the bell but its address."""

import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from service.demo import pictures
from service.demo.bell import origins
from service.demo.language import COOKIE, LANGUAGES, choose, local
from service.demo.markup import Html
from service.demo.pages import articles, home, missing, planner, product, search, section
from service.demo.pages.page import Visit
from service.demo.shop import Shop
from service.demo.words import Language

STATIC = Path(__file__).parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_YEAR = 365 * 24 * 3600
_ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "strict-origin-when-cross-origin"}

Answer = tuple[Html, int]  # a page and its status
Handler = Callable[[Request], Awaitable[Response]]


def routes(shop: Shop) -> list[BaseRoute]:
    """All addresses of the shop, below `/`; the last one takes whatever is left, so mount them last."""
    files = {file.name: (file.read_bytes(), _TYPES[file.suffix]) for file in STATIC.iterdir() if file.suffix in _TYPES}
    applications = {
        language: json.dumps(planner.material(shop, language), ensure_ascii=False).encode() for language in LANGUAGES
    }

    def page(answer: Callable[[Visit, Request], Answer]) -> Handler:
        """A handler that finds language and origins, lets `answer` write the page and adds the headers."""

        async def handle(request: Request) -> Response:
            found = origins(request.scope["scheme"], request.headers.get("host", ""))
            if found is None:
                return _refused("This is not a host name.")
            language = choose(request.cookies.get(COOKIE), request.headers.get("accept-language", ""))
            markup, status = answer(Visit(shop, language, found, _here(request)), request)
            headers = {
                **_ALWAYS,
                "Content-Security-Policy": found.policy,
                "Content-Language": language,
                "Vary": "Accept-Language, Cookie",
                "Cache-Control": "private, no-cache",
            }
            return Response(markup, status, headers, "text/html")

        return handle

    def shelf_or_thing(visit: Visit, request: Request) -> Answer:
        url = "/" + request.path_params["rest"].rstrip("/")
        if url in shop.section_at:
            return section.section(visit, shop.section_at[url]), 200
        if url in shop.product_at:
            return product.product(visit, shop.product_at[url]), 200
        return missing.missing(visit), 404

    def plan(visit: Visit, request: Request) -> Answer:
        steps = [step for step in request.path_params.get("steps", "").split("/") if step]
        return (planner.planner(visit), 200) if planner.known(steps) else (missing.missing(visit), 404)

    def read(slug: str) -> Callable[[Visit, Request], Answer]:
        return lambda visit, _: (articles.article(visit, slug), 200)

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in files:
            return _refused("There is no such file.", 404)
        body, kind = files[name]
        return Response(body, 200, {**_ALWAYS, "Cache-Control": "no-cache"}, kind)

    async def application(request: Request) -> Response:
        language: Language | None = next((one for one in LANGUAGES if one == request.path_params["language"]), None)
        if language is None:
            return _refused("There is no such language.", 404)
        return Response(applications[language], 200, {**_ALWAYS, "Cache-Control": "no-cache"}, "application/json")

    async def drawing(request: Request) -> Response:
        thing = shop.by_sku.get(request.path_params["sku"])
        if thing is None:
            return _refused("There is no such picture.", 404)
        headers = {**_ALWAYS, "Cache-Control": "public, max-age=86400", "Content-Security-Policy": "default-src 'none'"}
        return Response(pictures.of(thing), 200, headers, "image/svg+xml")

    return [
        Route("/", page(lambda visit, _: (home.home(visit), 200))),
        Route("/search", page(lambda visit, request: (search.search(visit, request.query_params.get("q", "")), 200))),
        Route("/guides", page(lambda visit, _: (articles.guides(visit), 200))),
        *(Route(f"/{slug}", page(read(slug))) for slug in articles.slugs()),
        Route("/planner", page(plan)),
        Route("/planner/{steps:path}", page(plan)),
        Route("/language/{code}", _language),
        Route("/pictures/{sku}.svg", drawing),
        Route("/shop/planner.{language}.json", application),
        Route("/shop/{name}", file),
        Route("/{rest:path}", page(shelf_or_thing)),
    ]


def _here(request: Request) -> str:
    """Path and query as they were asked for, for the way back from the language switch."""
    # Not from `request.url`, which is put together with the Host header and fails on a broken one.
    query = request.scope["query_string"].decode("latin-1")
    return quote(request.scope["path"], errors="replace") + (f"?{query}" if query else "")


async def _language(request: Request) -> Response:
    """Remembers the language and goes back, never to another site."""
    code = request.path_params["code"]
    if code not in LANGUAGES:
        return _refused("There is no such language.", 404)
    answer = RedirectResponse(local(request.query_params.get("back", "/")), 303, _ALWAYS)
    answer.set_cookie(COOKIE, code, max_age=_YEAR, samesite="lax", httponly=True)
    return answer


def _refused(sentence: str, status: int = 400) -> Response:
    return PlainTextResponse(sentence, status, _ALWAYS)
