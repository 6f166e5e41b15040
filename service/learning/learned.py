"""What was learned from the base, as the bell asks for it: how much a visit is worth, what a text is about."""

from pathlib import Path

from contract.facts import CustomerFacts, SiteFacts, VisitFacts
from routing.about import blend
from routing.intent import rule
from routing.intents import Intents
from routing.topics import Topics


class Learned:
    """One per process. Without a folder nothing was ever learned, and the plain rules hold."""

    def __init__(self, data_dir: Path | None = None) -> None:
        self._intents = None if data_dir is None else Intents(data_dir)
        self._topics = None if data_dir is None else Topics(data_dir)

    def intent(self, site: SiteFacts, visit: VisitFacts, customer: CustomerFacts | None) -> float:
        """Where this visit stands among the site's visits by its chance of an order or a chat, 0 to 1."""
        return rule(visit, customer) if self._intents is None else self._intents.standing(site, visit, customer)

    def topic(self, site: SiteFacts, visit: VisitFacts, customer: CustomerFacts | None, text: str) -> tuple[str, ...]:
        """What the bell is about: what the visit read, and what its visitor wrote, if anything.

        Words that fit no topic of the site wake no expert of a topic for a stranger: the general queue takes them. A
        customer is answered by whoever knows what they read.
        """
        about = self._topics.about(site.id, text) if self._topics is not None and text else None
        if about is not None and not about.fits and customer is None:
            return ()
        return blend(visit.topic, visit.topic_share / 100, about).path


#: Nobody has learned anything.
NOTHING = Learned()
