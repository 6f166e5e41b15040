"""What the visitor thinks of a conversation: a score, and a comment for those who work here."""

from sqlalchemy import Connection, RowMapping, update

from chat.do import add, hold
from chat.message import SYSTEM, check_optional
from chat.tables import conversation
from contract.clock import DAY
from contract.errors import Refused
from contract.names import Ms

#: It may be changed for so long after it was given first.
CHANGED_WITHIN: Ms = DAY
LONGEST = 2_000


def rate(conn: Connection, conversation_id: str, score: int, comment: str, now: Ms) -> bool:
    """Keep it; both sides read the score once, as a message of kind event. False if it says nothing new.

    Refused: not_found (nobody served them there), too_late, bad_text, message_too_long.
    """
    comment = check_optional(comment)
    if len(comment) > LONGEST:
        raise Refused("message_too_long", str(LONGEST))
    row = hold(conn, conversation_id)
    if row["expert_id"] is None and row["left_id"] is None:
        raise Refused("not_found")
    if (row["score"], row["comment"]) == (score, comment):
        return False
    if row["rated_at"] is not None and now - row["rated_at"] > CHANGED_WITHIN:
        raise Refused("too_late")
    if row["score"] != score:
        told = {"name": "conversation.rated", "score": score}
        add(conn, conversation_id, SYSTEM, "event", f"Rated {score} of 5.", told, None, now, even_closed=True)
    conn.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id)
        .values(score=score, comment=comment, rated_at=_first(row, now))
    )
    return True


def _first(row: RowMapping, now: Ms) -> Ms:
    at: Ms | None = row["rated_at"]
    return now if at is None else at
