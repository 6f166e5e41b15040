"""The frame around every page: head with the bell, header, trail of breadcrumbs, footer."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote

from service.demo.bell import SITE, Origins
from service.demo.language import LANGUAGES, texts
from service.demo.markup import Html, data_script, element, text
from service.demo.shop import Shop
from service.demo.words import Language, Words

LANGUAGE_NAMES: dict[Language, str] = {"en": "English", "ru": "Русский"}


@dataclass(frozen=True, slots=True)
class Crumb:
    """One step of the way from the root: its names, and its address."""

    name: Words
    url: str


@dataclass(frozen=True, slots=True)
class Visit:
    """What a page needs to know about the request it answers."""

    shop: Shop
    language: Language
    origins: Origins
    here: str  # path and query of this request

    def say(self, name: str, **values: object) -> str:
        """The sentence `name` in the language of this visit."""
        sentence = texts(self.language)[name]
        return sentence.format(**values) if values else sentence


def page(
    visit: Visit,
    title: str,
    *content: object,
    crumbs: Sequence[Crumb] = (),
    canonical: str | None = None,
    description: str | None = None,
    scripts: Sequence[str] = (),
    query: str = "",
) -> Html:
    """A whole document. Without `crumbs` a page tells the bell nothing about the tree but its address."""
    say = visit.say
    name = say("name")
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("title", title if title == name else f"{title} – {name}"),
        element("meta", name="description", content=description) if description else None,
        element("meta", name="color-scheme", content="light dark"),
        element("link", rel="canonical", href=visit.origins.shop + canonical) if canonical else None,
        element("link", rel="icon", type="image/svg+xml", href="/shop/logo.svg"),
        element("link", rel="stylesheet", href="/shop/shop.css"),
        data_script(_breadcrumb_list(visit, crumbs)) if crumbs else None,
        element("script", src="/shop/stub.js"),
        # Exactly what a customer pastes into their own pages.
        element("script", async_=True, src=visit.origins.snippet, data_site=SITE),
        element("script", defer=True, src="/shop/shop.js"),
        [element("script", type="module", src=source) for source in scripts],
    )
    body = element(
        "body",
        element("a", say("skip"), class_="skip", href="#content"),
        _header(visit, query),
        element("main", _trail(visit, crumbs), *content, id="content"),
        _footer(visit),
    )
    return Html("<!doctype html>\n" + element("html", head, body, lang=visit.language))


def _breadcrumb_list(visit: Visit, crumbs: Sequence[Crumb]) -> str:
    """schema.org BreadcrumbList for the bell.

    The path is the identity of a place, so its names are the English ones in every language, while the trail
    that people read is translated. The home page is the root and no step: the first section has depth 1.
    """
    steps = [
        {"@type": "ListItem", "position": place, "name": crumb.name.en, "item": visit.origins.shop + crumb.url}
        for place, crumb in enumerate(crumbs, start=1)
    ]
    return json.dumps(
        {"@context": "https://schema.org", "@type": "BreadcrumbList", "itemListElement": steps}, ensure_ascii=False
    )


def _header(visit: Visit, query: str) -> Html:
    say = visit.say
    return element(
        "header",
        element(
            "a",
            element("img", src="/shop/logo.svg", alt="", width=40, height=40),
            element("span", say("name")),
            class_="brand",
            href="/",
        ),
        element(
            "form",
            element("label", say("search_label"), class_="unseen", for_="search"),
            element(
                "input",
                id="search",
                type="search",
                name="q",
                value=query,
                maxlength=80,
                placeholder=say("search_label"),
            ),
            element("button", say("find"), type="submit", class_="quiet"),
            role="search",
            action="/search",
            class_="search",
        ),
        _languages(visit),
        element("button", say("ask"), type="button", class_="ask", data_ask=True),
        element(
            "nav",
            element(
                "ul",
                [
                    element("li", _menu_link(visit, branch.name[visit.language], branch.url))
                    for branch in visit.shop.sections
                ],
                element("li", _menu_link(visit, say("planner"), "/planner"), class_="apart"),
                element("li", _menu_link(visit, say("guides"), "/guides")),
            ),
            aria_label=say("menu"),
            class_="menu",
        ),
        class_="top",
    )


def _menu_link(visit: Visit, name: str, url: str) -> Html:
    here = visit.here.partition("?")[0]
    inside = here == url or here.startswith(url + "/")
    return element("a", name, href=url, aria_current=("page" if here == url else "true") if inside else None)


def _languages(visit: Visit) -> Html:
    links = [
        element(
            "a",
            element("span", code.upper(), aria_hidden="true"),
            element("span", LANGUAGE_NAMES[code], class_="unseen"),
            href=f"/language/{code}?back={quote(visit.here, safe='/')}",
            lang=code,
            hreflang=code,
            rel="nofollow",
            aria_current="true" if code == visit.language else None,
        )
        for code in LANGUAGES
    ]
    return element("div", links, class_="languages", role="group", aria_label=visit.say("language"))


def _trail(visit: Visit, crumbs: Sequence[Crumb]) -> Html | None:
    if not crumbs:
        return None
    home = element("li", element("a", visit.say("home"), href="/"))
    above = [element("li", element("a", crumb.name[visit.language], href=crumb.url)) for crumb in crumbs[:-1]]
    here = element("li", element("span", crumbs[-1].name[visit.language], aria_current="page"))
    return element("nav", element("ol", home, above, here), class_="trail", aria_label=visit.say("breadcrumbs"))


def _footer(visit: Visit) -> Html:
    say = visit.say
    return element(
        "footer",
        element(
            "div",
            element("p", text(say("name")), class_="footer-name"),
            element("p", say("footer_tag")),
        ),
        element(
            "nav",
            element(
                "ul",
                [
                    element("li", element("a", say(name), href=f"/{name}"))
                    for name in ("about", "delivery", "guides", "planner")
                ],
            ),
            aria_label=say("help"),
        ),
        element("p", say("footer_small"), class_="small"),
        class_="bottom",
    )
