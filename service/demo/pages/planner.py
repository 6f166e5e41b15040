"""The bed planner: an empty room here, the single-page application in `static/planner.js` furnishes it."""

from typing import Any

from service.demo.language import money, read
from service.demo.markup import Html, element
from service.demo.pages.page import Visit, page
from service.demo.shop import Shop
from service.demo.words import Language

# What an answer asks for, by article number.
NEEDED = {
    "balcony": ("GA1004", "GA0101"),  # window trough, drip kit
    "bed": ("GA0802", "GA0201"),  # raised bed, soaker hose
    "plot": ("GA0803", "GA0402"),  # large raised bed, rain barrel
    "kitchen": ("GA0501", "GA0503", "GA0505"),  # tomato, bean, kale
    "bees": ("GA0601", "GA0604", "GA0705"),  # meadow, sweet pea, ornamental onion
    "calm": ("GA0703", "GA1002"),  # snowdrops, long tom pot
}


def known(steps: list[str]) -> bool:
    """Whether `/planner/` followed by these steps is a page of the planner."""
    answers = read("planner", "en")["answers"]
    return len(steps) <= len(answers) and all(step in answers[place] for place, step in enumerate(steps))


def planner(visit: Visit) -> Html:
    say = visit.say
    return page(
        visit,
        say("planner"),
        element(
            "div",
            element("h1", say("planner_title")),
            element("p", say("planner_card"), class_="lead"),
            class_="opening",
        ),
        element(
            "div",
            element("noscript", element("p", say("planner_needs_script"))),
            id="planner",
            class_="planner",
            data_source=f"/shop/planner.{visit.language}.json",
        ),
        scripts=("/shop/planner.js",),
        description=say("planner_card"),
    )


def material(shop: Shop, language: Language) -> dict[str, Any]:
    """What the application works with: its words, and the goods that each answer asks for."""
    goods = {
        answer: [
            {
                "name": shop.by_sku[sku].name[language],
                "url": shop.by_sku[sku].url,
                "price": money(shop.by_sku[sku].price, language),
                "picture": f"/pictures/{sku}.svg",
            }
            for sku in skus
        ]
        for answer, skus in NEEDED.items()
    }
    return {"words": read("planner", language), "goods": goods}
