"""A site may wish any colour; what it gets can be read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.accent import DARK_GROUND, ENOUGH, LIGHT_GROUND, contrast, palette


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#777777", 1.0), ("#767676", "#ffffff", 4.54), ("#0b6464", "#fff", 6.9)],
)
def test_contrast_is_that_of_the_standard(one: str, other: str, ratio: float) -> None:
    """Known pairs."""
    other = "#ffffff" if other == "#fff" else other
    assert contrast(one, other) == pytest.approx(ratio, abs=0.1)


@pytest.mark.parametrize(
    ("wished", "light", "dark"),
    [
        ("#0b6464", "#0b6464", None),  # dark enough on light: as wished; lighter on dark
        ("#ffe600", None, "#ffe600"),  # yellow: bright enough on dark; darker on light
        ("#8fd0ff", None, "#8fd0ff"),
        ("#000000", "#000000", None),
        ("#ffffff", None, "#ffffff"),
    ],
)
def test_a_colour_that_can_be_read_stays_as_it_is(wished: str, light: str | None, dark: str | None) -> None:
    """None: it had to move."""
    found = palette(wished)
    assert (found.light.accent == wished) is (light is not None)
    assert (found.dark.accent == wished) is (dark is not None)


@given(st.integers(0, 0xFFFFFF).map("#{:06x}".format))
def test_text_in_it_on_it_and_beside_it_can_be_read(wished: str) -> None:
    """Any colour, both schemes, every pair that is shown."""
    found = palette(wished)
    for one, ground in ((found.light, LIGHT_GROUND), (found.dark, DARK_GROUND)):
        pairs = [(one.accent, ground), (one.accent, one.ink), (one.hover, one.ink), (one.soft, one.soft_ink)]
        assert min(contrast(*pair) for pair in pairs) >= ENOUGH
    assert contrast(found.light.soft, "#182022") >= ENOUGH  # the ink of words in a balloon
    assert contrast(found.dark.soft, "#e8edec") >= ENOUGH
