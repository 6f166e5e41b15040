"""What a trigger does besides ringing: it invites to a chat, or shows information, an offer, an order form."""

import msgspec
from sqlalchemy import Connection

from chat.queries import Served
from contract.facts import CustomerFacts, SiteFacts, VisitFacts
from contract.names import BellKind, Ms
from routing.triggers import Firing
from service.flows.people import Crew


class Acted(msgspec.Struct, frozen=True):
    """`ref`: the conversation or card that came of it; `rings`: doorbells for after the commit."""

    ref: str
    rings: list[tuple[BellKind, str]]


def act(
    conn: Connection,
    site: SiteFacts,
    firing: Firing,
    visit: VisitFacts,
    customer: CustomerFacts | None,
    served: Served,
    crew: Crew,
    now: Ms,
) -> Acted | None:
    """Do it; None where it cannot be done now."""
    return None
