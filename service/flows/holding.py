"""Whom a return rings for while an expert has the visitor's conversation: that expert alone, for it has a home."""

from msgspec.structs import replace

from chat.queries import Served
from contract.facts import SiteFacts
from contract.names import Ms, Rung
from routing.ladder import Asked, Step, newcomer_step
from service.flows.people import Crew, Ladderful


def talks_now(served: Served, now: Ms) -> bool:
    """Whether an expert has just invited them and awaits them. Whoever closed the shop and came back rings, at the one
    who has their conversation alone."""
    return served.talking and served.awaited


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
