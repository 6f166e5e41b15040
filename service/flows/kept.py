"""What was kept for somebody's morning is over with the promise that came of it: an expert has settled that promise, or
cleared it away. A part of a unit of work, and its doorbells after the commit."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping

import chat.do
import chat.history
import chat.queries
import routing.answers
from contract.facts import AccountFacts
from contract.names import Ms
from service.bell import Bell
from service.flows import announce


class Over:
    """The conversations that have ended with their promises."""

    def __init__(self) -> None:
        self._talks: list[RowMapping] = []
        self._bells: list[str] = []

    def end(self, conn: Connection, promises: Sequence[RowMapping], by: AccountFacts, now: Ms) -> None:
        """Those of these callbacks' conversations that are kept and nobody's. One in which the visitor wrote after the
        time that was promised goes on: nobody has settled those words."""
        self._talks, self._bells = [], []
        ids = {row["conversation_id"]: row for row in promises if row["conversation_id"] is not None}
        for talk in sorted(chat.queries.rows(conn, list(ids)), key=lambda one: str(one["id"])):
            if talk["kept_until"] is None or talk["expert_id"] is not None or talk["state"] != "open":
                continue
            if (chat.history.newest_asked(conn, talk["id"]) or 0) > ids[talk["id"]]["at"]:
                continue
            self._bells += routing.answers.settled(conn, talk["site_id"], talk["visitor_id"], talk["id"], by.id, now)
            if chat.do.close(conn, talk["id"], now, by.name):
                announce.conversation_closed(conn, talk, by.id, now)
                self._talks.append(talk)

    def ring(self, bell: Bell) -> None:
        """After the commit."""
        bell.timers.announce(self._bells)
        for talk in self._talks:
            bell.bus.ring("conversation", talk["id"])
            bell.bus.ring("visitor", talk["visitor_id"])
