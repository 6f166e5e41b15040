"""Time at the edges: whatever is taken in can be written out again."""

import pytest

from contract.clock import from_rfc3339, rfc3339


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00.000Z", "1969-12-31T23:59:59.999Z", "2026-11-22T03:00:00.123Z", "9999-12-31T23:59:59.999Z"],
)
def test_a_time_is_written_as_it_was_read(text: str) -> None:
    assert rfc3339(from_rfc3339(text)) == text


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_a_zone_does_not_lead_out_of_the_years_that_there_are(text: str) -> None:
    """Stored, it would break every list that it stands in."""
    with pytest.raises(OverflowError):
        from_rfc3339(text)


@pytest.mark.parametrize("text", ["", "2026-01-01", "2026-01-01T00:00:00", "2026-02-30T00:00:00Z", "now"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        from_rfc3339(text)
