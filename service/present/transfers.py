"""A conversation that was offered to a colleague, as desks see it."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection

from contract.clock import rfc3339
from contract.events import Transfer
from contract.shapes import Person
from service.present.people import persons


def transfers(conn: Connection, rows: Mapping[str, Mapping[Any, Any]]) -> dict[str, Transfer]:
    """By the same keys; `rows` are of `transfer`."""
    if not rows:
        return {}
    people = persons(conn, {row[side] for row in rows.values() for side in ("from_id", "to_id")})
    return {
        key: Transfer(
            alert=row["alert_id"],
            conversation=row["conversation_id"],
            by=people.get(row["from_id"]) or Person(id=row["from_id"], name=""),
            to=people.get(row["to_id"]),
            topic=list(row["topic"]),
            note=row["note"],
            state=row["outcome"] or "waiting",
            at=rfc3339(row["at"]),
        )
        for key, row in rows.items()
    }
