"""The record of a choice: who was considered, who was chosen, who was left out and why."""

from collections import Counter

from sqlalchemy import Connection

from contract.ids import new_id
from contract.names import Ms
from routing import statements as sql
from routing.ladder import Step
from routing.queries import Row

#: A decision keeps so many candidates by name, those who were chosen first; the others it counts.
SHOWN = 64


def decide(
    conn: Connection,
    of: Row,
    step: Step,
    chosen: tuple[str, ...],
    now: Ms,
    *,
    alert_id: str | None = None,
    firing_id: str | None = None,
    outcome: str = "",
) -> None:
    """Keep a choice: for an alert, or for a firing that rings nobody. `of`: its site_id and visit_id."""
    shown = sorted(step.candidates, key=lambda one: one.expert not in chosen)[:SHOWN]
    sql.DECIDE.change(
        conn,
        id=new_id(),
        site_id=of["site_id"],
        alert_id=alert_id,
        firing_id=firing_id,
        visit_id=of["visit_id"],
        rung=step.rung,
        at=now,
        chosen=chosen,
        candidates=shown,
        others=dict(Counter(one.excluded or "behind" for one in step.candidates[SHOWN:])) | step.others,
        outcome=outcome or ("ringing" if chosen else "nobody"),
    )
