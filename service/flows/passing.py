"""Who could take a conversation that a colleague passes on: one person, or by the ladder whoever knows the topic, and
after them whoever is free. Never the one who passes it on, and nobody is waited for: it has a home."""

import msgspec

from contract.facts import SiteFacts
from contract.names import Rung
from routing.ladder import Asked, Step, newcomer_step
from service.flows.people import Crew, Ladderful


class Passing(Ladderful):
    """The ladder of such a bell. `by`: who has it; `to`: who is asked, None for the topic's ladder."""

    def __init__(self, crew: Crew, site: SiteFacts, by: str, to: str | None) -> None:
        super().__init__(crew, site, None, None)
        self._by, self._to = by, to
        self._rungs = ("topic", "anyone") if to is None else ("anyone",)

    def step(
        self, *, after: Rung | None, topic: tuple[str, ...], language: str, asked: tuple[Asked, ...], seed: str
    ) -> Step | None:
        if self._to is None:
            asked = (*asked, Asked(self._by, "left", "declined"))
            return super().step(after=after, topic=topic, language=language, asked=asked, seed=seed)
        if after is not None:
            return None
        crew = self._crew
        for one in crew.look(crew.roster(self._site.id), [self._to]):
            step = newcomer_step("anyone", one, topic, language)
            if one.absent or one.load >= one.capacity:
                return msgspec.structs.replace(step, experts=())
            crew.rang([one.id])
            return step
        return Step(rung="anyone", experts=(), candidates=())

    def newcomer(self, expert_id: str, rung: Rung, topic: tuple[str, ...], language: str) -> Step | None:
        if expert_id == self._by or self._to not in (None, expert_id):
            return None
        return super().newcomer(expert_id, rung, topic, language)
