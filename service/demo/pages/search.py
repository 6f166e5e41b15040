"""Search: every word must occur in a product's names, its shelf or its article number."""

import re

from service.demo.language import counted
from service.demo.markup import Html, element
from service.demo.pages.cards import grid, product_card
from service.demo.pages.page import Visit, page
from service.demo.shop import Product, Shop

_WORD = re.compile(r"\w+")
LONGEST = 80  # characters of a query that count
MOST = 60  # products on one page of results


def find(shop: Shop, query: str) -> list[Product]:
    """Products that match all words of `query`, in either language, in shop order.

    A word matches where it begins one: `oak` finds the oak barrel and not the soaker hose.
    """
    wanted = [f" {word}" for word in _WORD.findall(query[:LONGEST].casefold())]
    return [one for one in shop.products if wanted and all(word in _words(shop, one) for word in wanted)]


def search(visit: Visit, query: str) -> Html:
    say = visit.say
    query = " ".join(query[:LONGEST].split())
    found = find(visit.shop, query)
    count = counted("goods", len(found), visit.language)
    if not query:
        lead = say("search_hint")
    elif found:
        lead = say("search_result", count=count, query=query)
    else:
        lead = say("search_empty", query=query)
    return page(
        visit,
        say("search"),
        element("div", element("h1", say("search")), element("p", lead, class_="lead"), class_="opening"),
        grid((product_card(visit, product, 2) for product in found[:MOST]), "products") if found else None,
        query=query,
    )


def _words(shop: Shop, product: Product) -> str:
    """Everything a product can be found by: its words in lower case, a space before each."""
    shelves = (word for section in shop.above(product.path) for word in (section.name.en, section.name.ru))
    own = (product.sku, product.name.en, product.name.ru, product.material.en, product.material.ru)
    return "".join(f" {word}" for word in _WORD.findall(" ".join((*own, *shelves)).casefold()))
