"""A bell rang at one desk alone, and nobody answered: after some of them in a row nobody is believed to sit there.

Only bells of known customers and of visitors who wrote are held against anybody: what a stranger's page views ring
costs the stranger nothing, and a few keys could send a whole house away. That nobody answered them stands in their
rings all the same.
"""

from sqlalchemy import Connection

import chat.desks
import routing.do
import routing.queries
from contract.names import Ms
from routing.queries import Row
from routing.tables import ASKED


def count_missed(conn: Connection, row: Row, now: Ms) -> str | None:
    """Before an alert leaves a rung that ran out: who missed one too many, and is away now (reason "missed").

    A rung that rang at several is nobody's to miss, and bells that rang beside one another are one absence, not many.
    Whoever wrote to a visitor since, was there: one may be too busy to look up.
    """
    if row["customer_id"] is None and row["reason"] != ASKED:
        return None
    rung = [one for one in routing.queries.rings_of(conn, row["id"]) if one["rung"] == row["rung"]]
    if len(rung) != 1 or rung[0]["outcome"] is not None:
        return None
    expert_id: str = rung[0]["expert_id"]
    desk = routing.queries.desk_row(conn, expert_id)
    if desk is None or (desk["missed"] and rung[0]["at"] < desk["missed_at"]):
        return None
    in_a_row = not (desk["missed"] and chat.desks.spoke_since(conn, expert_id, desk["missed_at"]))
    return expert_id if routing.do.missed(conn, expert_id, now, in_a_row=in_a_row) else None
