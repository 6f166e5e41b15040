"""What stands in the grids: a card for a section, a card for a product."""

from collections.abc import Iterable

from service.demo.language import counted, money
from service.demo.markup import Html, element
from service.demo.pages.page import Visit
from service.demo.shop import Product, Section


def picture(product: Product, **attributes: object) -> Html:
    """The product's picture; decoration beside a name, so it has no words of its own."""
    return element(
        "img", src=f"/pictures/{product.sku}.svg", alt="", width=320, height=240, **{"loading": "lazy", **attributes}
    )


def product_card(visit: Visit, product: Product, level: int = 3) -> Html:
    language = visit.language
    return element(
        "li",
        element(
            "a",
            picture(product),
            element(f"h{level}", product.name[language]),
            element("p", product.material[language], class_="faint"),
            element("p", money(product.price, language), class_="price"),
            href=product.url,
            class_="card",
        ),
    )


def section_card(visit: Visit, section: Section, level: int = 2) -> Html:
    language = visit.language
    goods = tuple(section.everything())
    return element(
        "li",
        element(
            "a",
            picture(goods[0]),
            element(f"h{level}", section.name[language]),
            element("p", section.note[language]),
            element("p", counted("goods", len(goods), language), class_="faint"),
            href=section.url,
            class_="card section-card",
        ),
    )


def grid(cards: Iterable[Html], kind: str) -> Html:
    """A responsive list of cards; `kind` is `products` or `sections`."""
    return element("ul", list(cards), class_=f"grid {kind}")
