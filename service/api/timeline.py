"""Pages of a timeline. Its sort key is the time alone: items of one millisecond are never torn apart."""

from collections.abc import Callable

from sqlalchemy import Connection

from contract.clock import from_rfc3339
from contract.names import Ms
from contract.rest_visits import TimelineItem
from service.api.lists import Listed, asked, cursor
from service.api.operation import Call

Read = Callable[[Connection, int, Ms | None], list[TimelineItem]]


async def timeline(call: Call, read: Read) -> Listed[TimelineItem]:
    """`read(conn, limit, before)` gives what is older than `before`, newest first."""
    ask = asked(call, (int,))
    before = int(ask.after[0]) if ask.after else None
    items = await call.bell.store.read(lambda conn: read(conn, ask.limit, before))
    if call.account.role == "marketer":  # what colleagues noted is not for them, as in conversations
        for item in items:
            if item.kind == "callback":
                item.data["note"] = ""
    more = cursor([from_rfc3339(items[-1].at)]) if len(items) >= ask.limit else None
    return Listed(items=items, next=more)
