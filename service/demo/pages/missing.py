"""The page for an address that leads nowhere."""

from service.demo.markup import Html, element
from service.demo.pages.cards import grid, section_card
from service.demo.pages.page import Visit, page


def missing(visit: Visit) -> Html:
    say = visit.say
    return page(
        visit,
        say("missing_title"),
        element(
            "div",
            element("h1", say("missing_title")),
            element("p", say("missing_lead"), class_="lead"),
            element("p", element("a", say("to_home"), href="/", class_="button")),
            class_="opening",
        ),
        grid((section_card(visit, branch) for branch in visit.shop.sections), "sections four"),
    )
