"""What rings, and why it rang for these people."""

from contract.shapes import Out, Person, Time


class CandidateParts(Out):
    """What a score is made of: `level` 1-5 and `nearness` 0-1 add up to it. `language`: whether they speak that of the
    visitor (null: it is not known); `load`: the share of their places that was taken or rang."""

    level: int
    nearness: float
    language: bool | None
    load: float


class Candidate(Out):
    """`score`: how well they know the topic; `excluded`: why they could not be rung, or ""."""

    expert: str
    name: str
    score: float
    excluded: str
    parts: CandidateParts


class DecisionOrder(Out):
    id: str
    number: int


class Decision(Out):
    """Why this one was rung, and why the others were not; or, for the `firing` of a trigger that invites by itself, why
    the invitation came from this one. And what came of it.

    `topic`: what it was about; `language`: what the visitor's browser asks for ("" where that is not known). `others`:
    reason -> how many more there were. `answered_at`: the first words of the expert who accepted, or of the visitor who
    was invited. `solved`: an expert closed the conversation (null: nobody accepted, or answered). `rated`: the
    visitor's score, null without one. `ordered`: the first order in that conversation, or of that visitor within
    24 hours.
    """

    id: str
    alert: str | None
    firing: str | None
    visit: str
    topic: list[str]
    language: str
    rung: str
    at: Time
    chosen: list[Person]
    candidates: list[Candidate]
    others: dict[str, int]
    outcome: str
    answered_at: Time | None
    solved: bool | None
    rated: int | None
    ordered: DecisionOrder | None


class Why(Out):
    """One sentence."""

    text: str
