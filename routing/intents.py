"""What the serving process asks: how likely is this visit to end in an order or a chat."""

from pathlib import Path

from contract.facts import CustomerFacts, SiteFacts, VisitFacts
from routing.intent import FORMAT, Model, decode, rule
from routing.learn.files import Models

KIND = "intent"


class Intents:
    """The models of all sites, as `shopbell learn` last left them in `data_dir`. One per process; any thread may ask.

    Asking costs some tens of microseconds and never waits: a newer file is read beside, within two seconds of the next
    question, and until then what was known before holds. `background=False` reads it on the spot, for programs.
    """

    def __init__(self, data_dir: Path, *, background: bool = True) -> None:
        self._models: Models[Model] = Models(data_dir, KIND, FORMAT, decode, background=background)

    def probability(
        self, site: SiteFacts, visit: VisitFacts, customer: CustomerFacts | None, *, cart: bool = False
    ) -> float:
        """0 to 1, by the site's own model if there is one, else by the plain rule, which alone looks at `cart`."""
        model = self._models.get(site.id)
        return rule(visit, customer, cart=cart) if model is None else model.probability(visit, customer, site.zone)

    def standing(
        self, site: SiteFacts, visit: VisitFacts, customer: CustomerFacts | None, *, cart: bool = False
    ) -> float:
        """The same for putting visits in an order with points: the share of the site's visits that were less likely.

        One visit in thirty may end well: then nearly all probabilities are near 0, and these lie evenly from 0 to 1.
        The plain rule is meant for points, and the same here.
        """
        model = self._models.get(site.id)
        if model is None:
            return rule(visit, customer, cart=cart)
        return model.standing(model.probability(visit, customer, site.zone))

    def learned(self, site: SiteFacts) -> bool:
        """Whether a model of the site's own visits answers, and not the plain rule."""
        return self._models.get(site.id) is not None
