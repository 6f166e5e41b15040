"""Who waits for an expert, and how long."""

from contract.shapes import CustomerBrief, Out, Time


class Queued(Out):
    """One who waits, the first of all at `position` 1. `waited` and `estimate` in seconds; `estimate`: until an expert
    has a place, null where that is not known. `asked`: they wrote, and were told their place."""

    alert: str
    visit: str
    reason: str
    asked: bool
    importance: int
    position: int
    waited: int
    estimate: int | None
    raised_at: Time
    customer: CustomerBrief | None
