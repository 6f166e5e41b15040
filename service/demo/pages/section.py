"""A shelf: the shelves inside it, then its products."""

from service.demo.markup import Html, element
from service.demo.pages.cards import grid, product_card, section_card
from service.demo.pages.page import Crumb, Visit, page
from service.demo.shop import Path, Product, Section

ENOUGH = 8  # products shown as a taste on a page that mainly leads further down


def way(visit: Visit, path: Path) -> list[Crumb]:
    """Breadcrumbs from the top down to the section at `path`."""
    return [Crumb(section.name, section.url) for section in visit.shop.above(path)]


def section(visit: Visit, shelf: Section) -> Html:
    name = shelf.name[visit.language]
    shown = shelf.products or _taste(shelf)
    return page(
        visit,
        name,
        element(
            "div",
            element("h1", name),
            element("p", shelf.note[visit.language], class_="lead"),
            class_="opening",
        ),
        grid(
            (section_card(visit, inner) for inner in shelf.sections), "sections slim" if shelf.products else "sections"
        )
        if shelf.sections
        else None,
        element("h2", visit.say("new"), class_="headline") if shelf.sections and not shelf.products else None,
        grid((product_card(visit, product, 3 if shelf.sections else 2) for product in shown), "products"),
        crumbs=way(visit, shelf.path),
        canonical=shelf.url,
        description=shelf.note[visit.language],
    )


def _taste(shelf: Section) -> list[Product]:
    """A few products from below, one size of each, taken in turn from every inner shelf."""
    rows = [list({product.text: product for product in inner.everything()}.values()) for inner in shelf.sections]
    turns = (row[turn] for turn in range(ENOUGH) for row in rows if turn < len(row))
    return [product for product, _ in zip(turns, range(ENOUGH), strict=False)]
