"""Who could call somebody back, and when: the ladder without a bell, over the experts' working hours.

Parts of a unit of work. Who promises something holds `voice.do.LOCK` from before the look to the end.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import islice
from zlib import crc32

from sqlalchemy import Connection

import chat.served
import routing.hours
import tracker.queries
import voice.queries
from contract.answers import Slot
from contract.clock import rfc3339
from contract.facts import SiteFacts
from contract.names import CallbackChannel, Ms
from routing.known import roster_at
from routing.match import tongue
from routing.roster import Member
from routing.slots import SLOT, Bookable, FreeSlot, Share, Taken, free_slots, who
from service.flows.facts import customer_facts
from service.learning.learned import NOTHING, Learned
from service.theirs import is_theirs

#: So many who know the topic, and so many people altogether, are looked at on a large site.
BEST, MOST = 256, 512
#: So many slots are offered in a message; `callback.slots` gives more.
OFFERED = 4


class Asking:
    """One visitor who wants to be called back, and who could do it: the first of `people` who can, does.

    `topic`: the place that it is about: as given, else what the visitor reads now, their words counted in.
    `besides`: the callback that is to be moved. A call takes its quarter of an hour; what is answered in writing does
    not, and many may stand in one. `stranger`: no customer, and nobody has talked with them yet.
    `frame_hash`: the frame that asks, None for the key alone. Where it is not one of those of the person we know
    (`service.theirs`) a stranger asks: nobody's name, nobody's colleague.
    """

    def __init__(
        self,
        conn: Connection,
        site: SiteFacts,
        visitor_id: str,
        frame_hash: str | None,
        *,
        topic: Sequence[str] = (),
        words: str = "",
        learned: Learned = NOTHING,
        without: str | None = None,
        channel: CallbackChannel = "call",
        besides: str | None = None,
    ) -> None:
        visit = tracker.queries.newest_visit(conn, visitor_id)
        theirs = is_theirs(conn, visitor_id, frame_hash)
        customer = customer_facts(conn, site.id, [visitor_id]).get(visitor_id) if theirs else None
        self.customer = customer.id if customer else None
        self.topic = tuple(topic)
        if not self.topic and visit is not None:
            self.topic = learned.topic(site, visit, customer, words)
        if customer is not None:
            last = customer.last_expert
        elif not theirs:
            last = None
        else:
            last = chat.served.served(conn, [visitor_id]).get(visitor_id, chat.served.NOBODY).expert
        self.stranger = customer is None and last is None
        roster = roster_at(conn, site.id)
        language = tongue(visit.language) if visit else ""
        named = [customer.owner if customer else None, last]
        best = islice(roster.best(self.topic, language, visitor_id), BEST)
        chosen = dict.fromkeys(id_ for id_ in [*named, *best] if id_ in roster.members and id_ != without)
        others = [one for one in roster.members.values() if one.id not in chosen and one.id != without]
        others.sort(key=lambda one: _scattered(one, visitor_id))
        others = others[: max(0, MOST - len(chosen))]
        promises = voice.queries.promises(conn, [*chosen, *(one.id for one in others)])
        promises = [one for one in promises if one.id != besides]
        busy = Counter(one.owner for one in promises)
        others.sort(key=lambda one: (bool(language) and language not in one.speaks, busy[one.id]))
        same = [one for one in promises if one.channel == channel]
        self.taken: Taken = {(one.owner, one.at) for one in same} if channel == "call" else ()
        self._strangers = [(one.owner, one.at) for one in same if one.stranger]
        self.people = [
            Bookable(id=one.id, name=one.name, hours=one.hours)
            for one in [*(roster.members[id_] for id_ in chosen), *others]
        ]
        self._own = self.people[0] if any(id_ in chosen for id_ in named) else None

    def free(self, now: Ms, most: int) -> list[FreeSlot]:
        """The next slots that are free; whom they know is among them, however late they begin."""
        return free_slots(now, self.people, self.taken, most, self._share(now), own=self._own)

    def who(self, at: Ms, now: Ms) -> Bookable | None:
        """Whose promise it would be."""
        return who(at, self.people, self.taken, self._share(now))

    def _share(self, now: Ms) -> Share | None:
        return Share(now, self._strangers) if self.stranger else None


def shown(slots: Sequence[FreeSlot]) -> list[Slot]:
    """As a visitor sees them."""
    return [Slot(at=rfc3339(one.at), expert=one.expert.name) for one in slots]


def still_works(conn: Connection, site_id: str, expert_id: str, at: Ms) -> bool:
    """Whether this expert is there to keep what they promised for that slot."""
    member = roster_at(conn, site_id).members.get(expert_id)
    return member is not None and routing.hours.works_through(member.hours, at, at + SLOT)


def _scattered(one: Member, seed: str) -> int:
    """An order that differs from visitor to visitor, so that all are asked equally often."""
    return crc32(f"{seed}{one.id}".encode())
