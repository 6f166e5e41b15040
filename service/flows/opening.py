"""`chat.open` of those whose conversation stands open: nothing is written, and many are one look.

After the network was away a crowd asks for nothing else.
"""

from collections.abc import Sequence

import structlog
from sqlalchemy import Connection

import chat.do
import chat.queries
import tracker.queries
from contract.answers import ChatOpened
from contract.errors import Refused
from contract.facts import SiteFacts
from service.bell import Bell
from service.callers import VisitorCaller
from service.flows.common import Common
from service.flows.welcome import welcome
from store.sql import db_now

log = structlog.get_logger()


class Opening:
    """One who opens the chat. `answer`: what they get; None where something has to be written for them."""

    def __init__(self, bell: Bell, caller: VisitorCaller, site: SiteFacts) -> None:
        self._bell, self.caller, self.site = bell, caller, site
        self.answer: ChatOpened | None = None

    async def together(self, openings: Sequence["Opening"]) -> None:
        """Look at all of them. What cannot be shown has no answer here, and goes its own way."""
        try:
            answers = await self._bell.store.read(lambda conn: _standing(conn, self._bell, openings))
        except Refused:  # the base is away: each hears it when it asks for itself
            return
        except Exception:
            log.exception("opening.failed", openings=len(openings))
            return
        for opening, answer in zip(openings, answers, strict=True):
            opening.answer = answer


def _standing(conn: Connection, bell: Bell, openings: Sequence[Opening]) -> list[ChatOpened | None]:
    now, visitors = db_now(conn), {one.caller.visitor for one in openings}
    visits = tracker.queries.newest_visit_ids(conn, visitors)
    talks = chat.queries.open_of_each(conn, visitors)
    common = Common(conn, [one.caller for one in openings if one.caller.visitor in talks], now)
    answers: list[ChatOpened | None] = []
    for one in openings:
        caller = one.caller
        row = chat.queries.open_among(talks.get(caller.visitor, []), caller.frame_hash)
        stands = row is not None and chat.do.stands_open(row, caller.frame_hash, visits.get(caller.visitor), now)
        answers.append(welcome(conn, bell, caller, one.site, row, now, common) if row is not None and stands else None)
    return answers
