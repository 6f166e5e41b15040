"""Time at the edges: whatever is taken in can be written out again."""

import pytest

from contract.clock import day_began, from_rfc3339, rfc3339


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


@pytest.mark.parametrize(
    ("zone", "at", "began"),
    [
        ("UTC", "2026-03-29T12:00:00Z", "2026-03-29T00:00:00.000Z"),
        ("Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-28T23:00:00.000Z"),
        ("Europe/Berlin", "2026-03-29T22:30:00Z", "2026-03-29T22:00:00.000Z"),
        ("America/New_York", "2026-07-02T03:59:59Z", "2026-07-01T04:00:00.000Z"),
        ("Asia/Kolkata", "2026-07-01T18:30:00Z", "2026-07-01T18:30:00.000Z"),
        ("No/Such", "2026-07-01T18:30:00Z", "2026-07-01T00:00:00.000Z"),
    ],
)
def test_a_day_begins_at_midnight_of_its_zone(zone: str, at: str, began: str) -> None:
    """Also on the day on which the clock is put forward."""
    assert rfc3339(day_began(zone, from_rfc3339(at))) == began
