"""Who waits for an expert now: what a desk and its supervisor look at."""

from sqlalchemy import Connection

from contract.clock import SECOND, rfc3339
from contract.rest_queue import Queued
from routing.tables import ASKED
from service import present
from service.api.lists import Listed
from service.api.operation import Call, operation
from service.flows.queue import queue_at
from store.sql import db_now


@operation("GET", "/api/queue", gives=Listed[Queued], query=("site",))
async def queue(call: Call) -> Listed[Queued]:
    """Those whose bell nobody hears yet, in the order in which they are offered, with an estimate of the wait."""
    site = await call.site()

    def read(conn: Connection) -> Listed[Queued]:
        now = db_now(conn)
        places = queue_at(conn, site.id, now)
        known = {place.alert["customer_id"] for place in places} - {None}
        customers = present.customer_briefs(conn, known)
        items = [
            Queued(
                alert=place.alert["id"],
                visit=place.alert["visit_id"],
                reason=place.alert["reason"],
                asked=place.alert["reason"] == ASKED,
                importance=place.alert["importance"],
                position=place.position,
                waited=max(0, now - place.alert["raised_at"]) // SECOND,
                estimate=None if place.seconds is None else round(place.seconds),
                raised_at=rfc3339(place.alert["raised_at"]),
                customer=customers.get(place.alert["customer_id"]),
            )
            for place in places
        ]
        return Listed(items=items, next=None)

    return await call.bell.store.read(read)


OPERATIONS = [queue]
