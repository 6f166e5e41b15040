"""Callbacks as both sides see them."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping

import crm.queries
from contract.clock import rfc3339
from contract.events import CallbackShown
from contract.facts import AccountFacts
from contract.names import Ms
from contract.rest_callbacks import Callback
from service.present.people import customer_briefs, persons, visitor_name
from service.theirs import is_theirs


def callbacks(conn: Connection, rows: Sequence[RowMapping], reader: AccountFacts | None = None) -> list[Callback]:
    """As the desk sees them, in the order of the rows. Who has become a customer since they asked is one; but
    not whoever asked with their visitor key and was somebody else. What colleagues
    noted is not for a marketer who reads them, as in conversations."""
    noted = reader is None or reader.role != "marketer"
    known = crm.queries.customers_by_visitor(conn, [(row["site_id"], row["visitor_id"]) for row in rows])
    whose = {row["id"]: _whose(conn, row, known.get(row["visitor_id"])) for row in rows}
    customers = customer_briefs(conn, {one for one in whose.values() if one is not None})
    people = persons(conn, {row[hand] for row in rows for hand in ("owner_id", "done_by")})
    found = []
    for row in rows:
        customer = customers.get(whose[row["id"]] or "")
        found.append(
            Callback(
                id=row["id"],
                site=row["site_id"],
                channel=row["channel"],
                state=row["state"],
                at=rfc3339(row["at"]),
                phone=row["phone"],
                topic=row["topic"],
                words=row["words"],
                owner=people.get(row["owner_id"]),
                visitor=row["visitor_id"],
                name=(customer.name if customer else "") or visitor_name(row["visitor_id"]),
                customer=customer,
                stranger=row["stranger"],
                conversation=row["conversation_id"],
                note=row["note"] if noted else "",
                created_at=rfc3339(row["created_at"]),
                reminded_at=_time(row["reminded_at"]),
                done_at=_time(row["done_at"]),
                by=people.get(row["done_by"]),
            )
        )
    return found


def _whose(conn: Connection, row: RowMapping, known: str | None) -> str | None:
    if known is not None and row["stranger"] and not is_theirs(conn, row["visitor_id"], row["frame_hash"]):
        return None
    return known or row["customer_id"]


def callback_shown(conn: Connection, row: RowMapping) -> CallbackShown:
    """As its visitor sees it: no number, whoever else has the visitor key."""
    owner = persons(conn, [row["owner_id"]]).get(row["owner_id"])
    return CallbackShown(
        callback=row["id"],
        channel=row["channel"],
        state=row["state"],
        at=rfc3339(row["at"]),
        expert=owner.name if owner else None,
    )


def _time(at: Ms | None) -> str | None:
    return None if at is None else rfc3339(at)
