"""Learning intent from a site's own visits: enough of them? better than the plain rule? then a model, else a reason."""

import math
from collections.abc import Sequence

import msgspec

from routing.intent import COLUMNS, Learned
from routing.learn.forest import NotLearnable, learn

#: The least to learn from, and how many of these must have ended in an order or a chat.
VISITS, GOOD = 1_000, 200
#: A model replaces the plain rule where it stands above it, and above chance, by this many standard errors.
SURE = 2.0
#: How finely the standing of a visit among the others is kept.
STEPS = 200


class Example(msgspec.Struct, frozen=True):
    """A visit at some moment of it: its features (`routing.intent.COLUMNS`), what the plain rule says, and the end."""

    visitor: str
    row: list[float | str]
    by_rule: float
    good: bool


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What came of learning. `learned`: None where the plain rule stays, and `reason` says why.

    `auc`, `rule_auc`: how often a visit that ended well stands above one that did not, 0.5 by chance; of the model on
    visits of visitors it had not seen. `give`: what `auc` may be off by. `error`: mean squared error of its
    probabilities (Brier); `blind_error`: of saying the mean of all for every visit.
    """

    visits: int
    good: int
    learned: Learned | None = None
    auc: float | None = None
    give: float | None = None
    rule_auc: float | None = None
    error: float | None = None
    blind_error: float | None = None
    reason: str = ""


def learn_intent(examples: Sequence[Example]) -> Outcome:
    """A model of these visits, if they are enough and it is better than the plain rule."""
    labels = [example.good for example in examples]
    visits, good = len(labels), sum(labels)
    missing = [
        f"{VISITS - visits:,} more visits" if visits < VISITS else "",
        f"{GOOD - good:,} more that ended in an order or a chat" if good < GOOD else "",
    ]
    if any(missing):
        return Outcome(visits=visits, good=good, reason=f"There must be {' and '.join(filter(None, missing))}.")
    try:
        found = learn(COLUMNS, [one.row for one in examples], labels, [one.visitor for one in examples])
    except NotLearnable as reason:
        return Outcome(visits=visits, good=good, reason=str(reason))
    from sklearn.metrics import brier_score_loss, roc_auc_score

    by_rule = [one.by_rule for one in examples]
    auc, rule_auc = (float(roc_auc_score(labels, said)) for said in (found.unseen, by_rule))
    give = SURE * standard_error(auc, good, visits - good)
    better = auc - give > max(rule_auc, 0.5)
    return Outcome(
        visits=visits,
        good=good,
        learned=Learned(found.forest, standing(found.unseen)) if better else None,
        auc=auc,
        give=give,
        rule_auc=rule_auc,
        error=float(brier_score_loss(labels, found.unseen)),
        blind_error=good / visits * (1 - good / visits),
        reason="" if better else "What was learned is not surely better than the plain rule.",
    )


def standing(probabilities: Sequence[float]) -> tuple[float, ...]:
    """So many of them, evenly spaced in their order."""
    ordered = sorted(probabilities)
    return tuple(ordered[round(step * (len(ordered) - 1) / STEPS)] for step in range(STEPS + 1))


def standard_error(auc: float, good: int, other: int) -> float:
    """Of an area under the curve of so many visits of each kind (Hanley and McNeil, 1982)."""
    both_good, both_other = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    spread = auc * (1 - auc) + (good - 1) * (both_good - auc * auc) + (other - 1) * (both_other - auc * auc)
    return math.sqrt(spread / (good * other))
