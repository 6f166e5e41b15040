"""The front door."""

from service.demo.markup import Html, element
from service.demo.pages.cards import grid, picture, product_card, section_card
from service.demo.pages.page import Visit, page

# One thing from every branch and one more from the first: what the yard would show to a neighbour.
PICKED = ("GA0301", "WO0203", "KI0801", "HE0401", "GA0903", "WO0901", "KI0701", "HE0701")


def home(visit: Visit) -> Html:
    say = visit.say
    shop = visit.shop
    picked = [shop.by_sku[sku] for sku in PICKED]
    hero = element(
        "section",
        element(
            "div",
            element("h1", say("hero_title")),
            element("p", say("hero_lead"), class_="lead"),
            element(
                "p",
                element("a", say("hero_button"), href=shop.sections[0].url, class_="button"),
                element("button", say("ask"), type="button", class_="quiet", data_ask=True),
                class_="actions",
            ),
        ),
        element(
            "div", [picture(product, loading="eager") for product in picked[:4]], class_="collage", aria_hidden="true"
        ),
        class_="hero",
    )
    reasons = element(
        "ul",
        [element("li", element("h2", say(f"why_{n}")), element("p", say(f"why_{n}_text"))) for n in (1, 2, 3)],
        class_="reasons",
    )
    planner = element(
        "section",
        element("h2", say("planner_title")),
        element("p", say("planner_card")),
        element("a", say("to_planner"), href="/planner", class_="button"),
        class_="banner",
    )
    return page(
        visit,
        say("name"),
        hero,
        grid((section_card(visit, branch) for branch in shop.sections), "sections four"),
        reasons,
        element("h2", say("new"), class_="headline"),
        grid((product_card(visit, product) for product in picked), "products"),
        planner,
        canonical="/",
        description=say("footer_tag"),
    )
