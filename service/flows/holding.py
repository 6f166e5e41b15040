"""Whom a return rings for while an expert has the visitor's conversation: that expert alone, for it has a home."""

from msgspec.structs import replace

from chat.do import PRESENT_WITHIN
from chat.served import Served
from contract.facts import CustomerFacts, SiteFacts
from contract.names import Ms, Rung
from routing.ladder import Asked, Step, newcomer_step
from service.flows.people import Crew, Ladderful


def has_returned(served: Served, arrived_at: Ms) -> bool:
    """Whether somebody with whom an expert talks came in anew since it was taken. Whoever turns a page meanwhile has
    not; nor has whoever is still awaited in it."""
    return not served.awaited and arrived_at > (served.at or 0)


def holder(served: Served, now: Ms) -> str | None:
    """Who has the visitor's conversation and may keep it: as `chat.do.is_talking`."""
    return served.holder if served.awaited or now - served.there_at < PRESENT_WITHIN else None


def ladder_of(crew: Crew, site: SiteFacts, customer: CustomerFacts | None, served: Served, *, asked: bool) -> Ladderful:
    """Who could answer this visitor. `asked`: it is about a question that nobody has, whoever has another."""
    kept = None if asked else holder(served, crew.now)
    return crew.people(site, customer, served.expert) if kept is None else Holding(crew, site, kept)


class Holding(Ladderful):
    """The ladder of such a bell: one rung, one expert."""

    def __init__(self, crew: Crew, site: SiteFacts, holder: str) -> None:
        super().__init__(crew, site, None, None)
        self._holder = holder
        self._rungs = ("last",)

    def step(
        self, *, after: Rung | None, topic: tuple[str, ...], language: str, asked: tuple[Asked, ...], seed: str
    ) -> Step | None:
        if after is not None:
            return None
        crew = self._crew
        for one in crew.look(crew.roster(self._site.id), [self._holder]):
            step = newcomer_step("last", one, topic, language)
            if reason := one.absent or ("full" if one.load >= one.capacity else ""):
                return replace(step, experts=(), candidates=(replace(step.candidates[0], excluded=reason),))
            crew.rang([one.id])
            return step
        return Step(rung="last", experts=(), candidates=())

    def newcomer(self, expert_id: str, rung: Rung, topic: tuple[str, ...], language: str) -> Step | None:
        return super().newcomer(expert_id, rung, topic, language) if expert_id == self._holder else None
