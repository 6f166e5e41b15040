"""Pure: why an event was not taken: the closed list. A site sees these words beside its rejected events."""

from typing import Literal, get_args

Reason = Literal[
    "bad_id",  # no UUID
    "age_out_of_range",  # older than a week, or from the future
    "bad_time",  # `at` of a trusted server is no time, or more than a minute ahead
    "bad_url",  # neither http nor https, no host, or too long
    "bad_page",  # `page` is no UUID
    "bad_dwell",  # below nothing or above a week
    "bad_name",  # a custom event without a name
    "bad_props",  # properties that JSON cannot hold
    "props_too_large",
    "visit_full",  # its visit has as many page views as a visit may have
]
REASONS: tuple[Reason, ...] = get_args(Reason)


class NotTaken(Exception):
    """Raised by a `drop_` step; only `tracker.collect` catches it."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason
