"""Pages to read, without breadcrumbs as on many real sites: the bell has only their address to go by."""

from service.demo.language import read
from service.demo.markup import Html, element
from service.demo.pages.page import Visit, page

GUIDES = "guides/"


def slugs() -> tuple[str, ...]:
    """Addresses of all articles without the leading slash, such as `about` and `guides/clean-fire`."""
    return tuple(read("articles", "en"))


def article(visit: Visit, slug: str) -> Html:
    words = read("articles", visit.language)[slug]
    parts = [(element("h2", title), element("p", body)) for title, body in words["parts"]]
    return page(
        visit,
        words["title"],
        element(
            "article",
            element("h1", words["title"]),
            element("p", words["lead"], class_="lead"),
            parts,
            class_="reading",
        ),
        canonical=f"/{slug}",
        description=words["lead"],
    )


def guides(visit: Visit) -> Html:
    say = visit.say
    articles = read("articles", visit.language)
    cards = [
        element(
            "li",
            element(
                "a",
                element("h2", words["title"]),
                element("p", words["lead"]),
                element("p", f"{say('read')} →", class_="more", aria_hidden="true"),
                href=f"/{slug}",
                class_="card plain",
            ),
        )
        for slug, words in articles.items()
        if slug.startswith(GUIDES)
    ]
    return page(
        visit,
        say("guides"),
        element("div", element("h1", say("guides")), class_="opening"),
        element("ul", cards, class_="grid sections"),
        canonical="/guides",
    )
