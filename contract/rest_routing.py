"""What rings, and why it rang for these people."""

from typing import Any

from contract.shapes import Out, Person, Time


class Decision(Out):
    """Why this one was rung, and why the others were not."""

    id: str
    alert: str
    visit: str
    rung: str
    at: Time
    chosen: list[Person]
    candidates: list[dict[str, Any]]
    outcome: str
