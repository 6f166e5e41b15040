"""Which triggers know only customers, and so have nobody to leave alone for the comparison."""

import pytest

from contract.triggers import InSegment, InTier, Known, Orders, Pages, When
from routing.sense import of_strangers

CUSTOMERS = When(all=(InTier(tiers=("vip",)),))


@pytest.mark.parametrize(
    ("when", "strangers"),
    [
        (When(), True),
        (When(all=(Pages(at_least=2),)), True),
        (When(all=(Known(is_=False),)), True),
        (When(all=(Known(is_=True),)), False),
        (CUSTOMERS, False),
        (When(all=(Orders(at_least=1),)), False),
        (When(all=(Orders(at_most=0),)), True),
        (When(any=(Known(is_=True), Pages(at_least=2))), True),
        (When(any=(Known(is_=True), Orders(at_least=2))), False),
        (When(none=(Known(is_=False),)), False),
        (When(none=(Orders(at_most=0),)), False),
        (When(none=(Known(is_=True),)), True),
        (When(all=(InSegment(segment="s"),)), False),
        (When(any=(InSegment(segment="s"), Pages(at_least=2))), True),
        (When(all=(InSegment(segment="gone"),)), True),
    ],
)
def test_whether_a_trigger_can_fire_on_a_stranger(when: When, strangers: bool) -> None:
    """A tier, an order, a segment of such people: only of customers."""
    assert of_strangers(when, {"s": CUSTOMERS}) is strangers
