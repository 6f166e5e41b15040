"""One thing: picture, price, what it is made of, and whom to ask."""

from service.demo.language import counted, money
from service.demo.markup import Html, element
from service.demo.pages.cards import grid, picture, product_card
from service.demo.pages.page import Crumb, Visit, page
from service.demo.pages.section import way
from service.demo.shop import Product


def product(visit: Visit, thing: Product) -> Html:
    say, language = visit.say, visit.language
    shelf = visit.shop.by_path[thing.path]
    facts = (
        ("size", thing.size[language]),
        ("material", thing.material[language]),
        ("care", thing.care[language]),
        ("guarantee", counted("years", thing.guarantee, language)),
        ("sku", thing.sku),
    )
    related = [other for other in shelf.products if other is not thing][:4]
    return page(
        visit,
        thing.name[language],
        element(
            "article",
            picture(thing, loading="eager", class_="large"),
            element(
                "div",
                element("h1", thing.name[language]),
                element("p", thing.text[language], class_="lead"),
                element("p", money(thing.price, language), class_="price big"),
                element("p", say("tax"), class_="faint"),
                element("p", say("in_stock"), class_="stock"),
                element("p", element("button", say("ask_product"), type="button", class_="button", data_ask=True)),
                element("h2", say("details")),
                element(
                    "dl", [element("div", element("dt", say(name)), element("dd", value)) for name, value in facts]
                ),
            ),
            class_="product",
        ),
        element("h2", say("related"), class_="headline"),
        grid((product_card(visit, other) for other in related), "products"),
        crumbs=[*way(visit, thing.path), Crumb(thing.name, thing.url)],
        canonical=thing.url,
        description=thing.text[language],
    )
