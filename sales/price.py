"""Pure: what an order costs. Our prices times whole quantities, in minor units; no amount from outside gets in."""

from collections.abc import Iterable, Sequence

import msgspec

from contract.errors import Refused

MOST = 999
#: So many pieces at an offered price, where nobody says how many.
OFFERED = 10
DEAREST = 10**10


class FormLine(msgspec.Struct, frozen=True, kw_only=True):
    """A product on an order form, at the price (minor units) that holds for this form. Kept as JSON in the form.

    `offer`: the personal offer whose price it is; `most`: so many pieces at this price.
    """

    product: str
    name: str
    amount: int
    currency: str
    offer: str | None = None
    most: int = MOST


class Offered(msgspec.Struct, frozen=True, kw_only=True):
    """A personal price for up to `quantity` pieces of a product; `conversation`: where it was named."""

    offer: str
    product: str
    amount: int
    currency: str
    quantity: int
    conversation: str | None = None


class PricedLine(msgspec.Struct, frozen=True, kw_only=True):
    """A bought product; `total` = `amount` times `quantity`. `offer`: the offer that was used up by it."""

    product: str
    name: str
    quantity: int
    amount: int
    total: int
    offer: str | None = None


class Priced(msgspec.Struct, frozen=True, kw_only=True):
    """A whole order: lines in the order of the form, the sum, one currency."""

    lines: tuple[PricedLine, ...]
    amount: int
    currency: str


def price(form: Sequence[FormLine], asked: Iterable[tuple[str, object]]) -> Priced:
    """The order that `asked` (pairs of product id and quantity) makes of this form.

    Raises Refused: no_lines, unknown_product (not on the form, or named twice), bad_quantity (not a whole number from
    1 to 999), over_offer (more than its price is offered for).
    """
    wanted: dict[str, int] = {}
    known = {line.product: line for line in form}
    for product, quantity in asked:
        if product not in known or product in wanted:
            raise Refused("unknown_product")
        wanted[product] = check_quantity(quantity)
        if wanted[product] > known[product].most:
            raise Refused("over_offer", str(known[product].most))
    if not wanted:
        raise Refused("no_lines")
    lines = tuple(
        PricedLine(
            product=line.product,
            name=line.name,
            quantity=wanted[line.product],
            amount=line.amount,
            total=line.amount * wanted[line.product],
            offer=line.offer,
        )
        for line in form
        if line.product in wanted
    )
    return Priced(lines=lines, amount=sum(line.total for line in lines), currency=form[0].currency)


def at_offers(lines: Iterable[FormLine], offered: Iterable[Offered]) -> list[FormLine]:
    """The lines of a form, each at the best price that was promised for it: an offer makes nothing dearer.

    Of two offers at the same price the first one counts.
    """
    best: dict[tuple[str, str], Offered] = {}
    for one in offered:
        key = (one.product, one.currency)
        if key not in best or one.amount < best[key].amount:
            best[key] = one
    made = []
    for line in lines:
        promised = best.get((line.product, line.currency))
        if promised is not None and promised.amount < line.amount:
            line = msgspec.structs.replace(line, amount=promised.amount, offer=promised.offer, most=promised.quantity)
        made.append(line)
    return made


def check_quantity(quantity: object) -> int:
    """A whole number from 1 to 999, else Refused("bad_quantity"). True is no number, and 2.0 is not whole enough."""
    if type(quantity) is not int or not 1 <= quantity <= MOST:
        raise Refused("bad_quantity")
    return quantity


def check_amount(amount: int) -> int:
    """A price that an expert or administrator names: 0 to 10,000,000,000 minor units, else Refused("invalid")."""
    if type(amount) is not int or not 0 <= amount <= DEAREST:
        raise Refused("invalid", "amount")
    return amount
