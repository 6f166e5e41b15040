"""Who could answer a visitor: one value for the ladder, out of what four rooms know."""

from sqlalchemy import Connection

import chat.queries
import routing.queries
from contract.facts import CustomerFacts, SiteFacts
from contract.names import Ms
from routing.alerts import People
from routing.ladder import Expert


class Crew:
    """The experts of sites as they are at one moment of one transaction: each site is looked at once.

    Ringing changes neither who is there nor what they carry, so one look serves all bells of a transaction.
    """

    def __init__(self, conn: Connection, now: Ms) -> None:
        self._conn, self.now = conn, now
        self._at: dict[str, tuple[Expert, ...]] = {}

    def at(self, site_id: str) -> tuple[Expert, ...]:
        """The site's experts with what they carry now."""
        found = self._at.get(site_id)
        if found is None:
            desks = routing.queries.desks_at(self._conn, site_id)
            loads = chat.queries.loads(self._conn, [desk.id for desk in desks]) if desks else {}
            found = self._at[site_id] = routing.queries.experts_at(self._conn, site_id, desks, loads, self.now)
        return found

    def available(self, site_id: str) -> bool:
        """Whether somebody there has a free place."""
        return any(expert.online and expert.load < expert.capacity for expert in self.at(site_id))

    def people(self, site: SiteFacts, customer: CustomerFacts | None, last: str | None) -> People:
        """For a visitor who is this customer, or a stranger. `last`: who served this browser last.

        All browsers of a customer count, and their orders: that is in what we know of them.
        """
        return People(
            experts=self.at(site.id),
            owner=customer.owner if customer else None,
            last=customer.last_expert if customer else last,
            rung_seconds=site.rung_seconds,
        )
