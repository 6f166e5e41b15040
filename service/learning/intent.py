"""Learning intent for one site: read, learn, put in place what is better than the plain rule, and say so."""

from pathlib import Path

from contract.facts import SiteFacts
from contract.names import Ms
from routing.intent import FORMAT, encode
from routing.intents import KIND
from routing.learn.files import Head, model_file, write
from routing.learn.forest import FOLDS
from routing.learn.intent import Example, Outcome, learn_intent
from service.learning.visits import Say, examples
from store.base import Store

#: How often the person who waits hears of the reading, in visits.
_EVERY = 10_000


async def learn_site(store: Store, site: SiteFacts, data_dir: Path, now: Ms, say: Say) -> list[str]:
    """Returns what to print. Holds no transaction while it learns; the base is only read, a batch of visits at a time.

    Raises OSError where the model cannot be written.
    """
    found: list[Example] = []
    async for batch in examples(store, site, now):
        if len(found) // _EVERY < (len(found) + len(batch)) // _EVERY:
            say(f"{site.key}: {len(found) + len(batch):,} visits read")
        found += batch
    say(f"{site.key}: {len(found):,} visits read, learning")
    outcome = learn_intent(found)
    if outcome.learned is not None:
        head = Head(kind=KIND, format=FORMAT, made_at=now, learned_from=_learned_from(outcome))
        write(model_file(data_dir, site.id, KIND), head, encode(outcome.learned))
    return [
        f"{site.key}: intent",
        *(f"  {line}" for line in lines(outcome, model_file(data_dir, site.id, KIND).exists())),
    ]


def lines(outcome: Outcome, in_place: bool) -> list[str]:
    """What was learned, as a person reads it. `in_place`: there is a model, of now or of an earlier time."""
    said = [f"{outcome.visits:,} visits, {outcome.good:,} of them ended in an order or a chat."]
    if outcome.auc is not None:
        said.append(
            f"On visitors not seen while learning ({FOLDS} folds): AUC {outcome.auc:.3f} ± {outcome.give:.3f}, "
            f"the plain rule {outcome.rule_auc:.3f}. Mean squared error {outcome.error:.4f}, "
            f"of saying the mean for every visit {outcome.blind_error:.4f}."
        )
    if outcome.learned is not None:
        return [*said, "It is better than the plain rule, and in place. A running server takes it over by itself."]
    return [*said, f"{outcome.reason} {'What was learned before' if in_place else 'The plain rule'} stays."]


def _learned_from(outcome: Outcome) -> dict[str, int | float | str]:
    assert outcome.auc is not None, "a forest was measured"
    assert outcome.rule_auc is not None
    return {
        "visits": outcome.visits,
        "good": outcome.good,
        "auc": round(outcome.auc, 4),
        "rule_auc": round(outcome.rule_auc, 4),
    }
