"""What is asked of everybody who opens the chat, looked up once for all who open it in the same moment."""

from collections.abc import Collection

from sqlalchemy import Connection

import chat.reopening
import crm.queries
from contract.names import Ms
from service.callers import VisitorCaller
from service.flows.mornings import somebody_there


class Common:
    """`customers`: visitor -> customer, of those we know; `closed`: who may have a conversation to take up again."""

    def __init__(self, conn: Connection, callers: Collection[VisitorCaller], now: Ms) -> None:
        self._conn, self._now = conn, now
        self.customers = crm.queries.customers_by_visitor(conn, {(one.site.id, one.visitor) for one in callers})
        self.closed = chat.reopening.who_may(conn, {one.visitor for one in callers}, now)
        self._there: dict[str, bool] = {}

    def somebody_there(self, site_id: str) -> bool:
        """Whether anybody of the site is at work."""
        if site_id not in self._there:
            self._there[site_id] = somebody_there(self._conn, site_id, self._now)
        return self._there[site_id]
