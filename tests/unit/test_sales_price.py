"""What an order costs: our prices times whole quantities."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.errors import Refused
from sales.price import DEAREST, MOST, FormLine, Offered, at_offers, check_amount, price

BOOTS = FormLine(product="boots", name="Boots", amount=12_950, currency="EUR")
LACES = FormLine(product="laces", name="Laces", amount=395, currency="EUR")
GIFT = FormLine(product="gift", name="A gift", amount=0, currency="EUR")
FORM = [BOOTS, LACES, GIFT]


@pytest.mark.parametrize(
    ("asked", "amount"),
    [
        ([("boots", 1)], 12_950),
        ([("boots", 2), ("laces", 3)], 27_085),
        ([("laces", 3), ("boots", 2)], 27_085),
        ([("laces", 999)], 394_605),
        ([("gift", 999)], 0),
    ],
)
def test_the_total_is_price_times_quantity_summed(asked: list[tuple[str, int]], amount: int):
    """In whole minor units, whatever the order of the lines."""
    assert price(FORM, asked).amount == amount


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([], "no_lines"),
        ([("boots", 0)], "bad_quantity"),
        ([("boots", -1)], "bad_quantity"),
        ([("boots", 1000)], "bad_quantity"),
        ([("boots", 10**9)], "bad_quantity"),
        ([("boots", 10**30)], "bad_quantity"),
        ([("boots", True)], "bad_quantity"),
        ([("boots", 1.0)], "bad_quantity"),
        ([("boots", "1")], "bad_quantity"),
        ([("boots", None)], "bad_quantity"),
        ([("hat", 1)], "unknown_product"),
        ([("boots", 1), ("hat", 1)], "unknown_product"),
        ([("boots", 1), ("boots", 1)], "unknown_product"),
        ([("", 1)], "unknown_product"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused(asked: list[tuple[str, Any]], code: str):
    """Each mistake has its own code."""
    with pytest.raises(Refused) as refused:
        price(FORM, asked)
    assert refused.value.code == code


@pytest.mark.parametrize(("quantity", "code"), [(11, "over_offer"), (999, "over_offer"), (1000, "bad_quantity")])
def test_an_offered_price_is_for_so_many_pieces(quantity: int, code: str):
    """The refusal names the limit; a line at the catalogue's price has none but 999."""
    form = [msgspec.structs.replace(BOOTS, offer="o", most=10), LACES]
    assert price(form, [("laces", 999)]).amount == 394_605
    assert price(form, [("boots", 10)]).lines[0].offer == "o"
    with pytest.raises(Refused) as refused:
        price(form, [("boots", quantity)])
    assert (refused.value.code, refused.value.hint) == (code, "10" if code == "over_offer" else "")


def offered(amount: int, *, id_: str = "o", product: str = "boots", currency: str = "EUR") -> Offered:
    """An offer of up to three pieces."""
    return Offered(offer=id_, product=product, amount=amount, currency=currency, quantity=3)


@pytest.mark.parametrize(
    ("offers", "amount", "offer", "most"),
    [
        ([], 12_950, None, MOST),
        ([offered(9_180)], 9_180, "o", 3),
        ([offered(9_500, id_="newer"), offered(9_180, id_="older")], 9_180, "older", 3),
        ([offered(9_180, id_="newer"), offered(9_180, id_="older")], 9_180, "newer", 3),
        ([offered(12_950)], 12_950, None, MOST),
        ([offered(20_000)], 12_950, None, MOST),
        ([offered(9_180, product="hat")], 12_950, None, MOST),
        ([offered(9_180, currency="USD")], 12_950, None, MOST),
    ],
)
def test_a_line_has_the_best_price_that_was_promised(offers: list[Offered], amount: int, offer: str | None, most: int):
    """An offer makes nothing dearer, and touches no other product."""
    boots, laces = at_offers([BOOTS, LACES], offers)
    assert (boots.amount, boots.offer, boots.most) == (amount, offer, most)
    assert laces == LACES


@given(
    st.dictionaries(
        st.text(min_size=1, max_size=5),
        st.tuples(st.integers(0, DEAREST), st.integers(1, MOST)),
        min_size=1,
        max_size=50,
    )
)
def test_the_total_is_the_sum_of_its_lines_and_fits_the_base(bought: dict[str, tuple[int, int]]):
    """Also for the dearest form that there can be: below what a 64-bit column holds."""
    form = [FormLine(product=id_, name=id_, amount=amount, currency="EUR") for id_, (amount, _) in bought.items()]
    priced = price(form, [(id_, quantity) for id_, (_, quantity) in bought.items()])
    assert priced.amount == sum(amount * quantity for amount, quantity in bought.values())
    assert priced.amount == sum(line.total for line in priced.lines)
    assert priced.amount < 2**63


@pytest.mark.parametrize("amount", [-1, DEAREST + 1, True, 1.5, 10**30])
def test_a_price_of_a_person_has_bounds(amount: Any):
    """From 0 to ten billion minor units, whole."""
    with pytest.raises(Refused):
        check_amount(amount)
