"""Dates of a question are days of the site's zone."""

import pytest

from contract.clock import HOUR, from_rfc3339
from contract.errors import Refused
from reports.period import bounds


@pytest.mark.parametrize(
    ("zone", "first", "last", "begins", "ends"),
    [
        ("UTC", "2015-05-17", "2015-05-17", "2015-05-17T00:00:00Z", "2015-05-18T00:00:00Z"),
        ("Europe/Berlin", "2026-01-01", "2026-01-02", "2025-12-31T23:00:00Z", "2026-01-02T23:00:00Z"),
        ("America/New_York", "2026-07-04", "2026-07-04", "2026-07-04T04:00:00Z", "2026-07-05T04:00:00Z"),
        ("Not/AZone", "2026-07-04", "2026-07-04", "2026-07-04T00:00:00Z", "2026-07-05T00:00:00Z"),
    ],
)
def test_both_ends_are_included(zone, first, last, begins, ends):
    """From midnight to the midnight after the last day."""
    assert bounds(zone, first, last) == (from_rfc3339(begins), from_rfc3339(ends))


def test_an_end_may_be_open():
    """No date, no limit."""
    assert bounds("UTC", None, None) == (None, None)
    assert bounds("UTC", "2026-01-01", None) == (from_rfc3339("2026-01-01T00:00:00Z"), None)


@pytest.mark.parametrize(("day", "hours"), [("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)])
def test_a_day_is_as_long_as_it_was(day, hours):
    """Clock changes make days of 23 and 25 hours."""
    begins, ends = bounds("Europe/Berlin", day, day)
    assert begins is not None
    assert ends is not None
    assert ends - begins == hours * HOUR


@pytest.mark.parametrize(
    ("first", "last"), [("2026-02-30", None), (None, "2026-13-01"), ("2026-05-02", "2026-05-01"), ("20260502", None)]
)
def test_what_is_no_span_is_refused(first, last):
    """Impossible dates, and an end before the beginning."""
    with pytest.raises(Refused) as refused:
        bounds("UTC", first, last)
    assert refused.value.code == "invalid"
