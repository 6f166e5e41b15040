"""What the visitor thinks of a conversation: a score, and a comment for those who work here."""

from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from chat.do import add, hold
from chat.history import answered
from chat.message import SYSTEM, check_optional
from chat.tables import conversation, message
from contract.clock import DAY
from contract.errors import Refused
from contract.names import Ms

#: It may be changed for so long after it was given first.
CHANGED_WITHIN: Ms = DAY
#: And so often: who thinks better of it is heard, a script that changes it all day is not.
CHANGES = 3
LONGEST = 2_000
#: The newest of these says where the visitor's word stands.
_TURNS = ("conversation.rated", "conversation.reopened")
#: So many of the server's remarks are looked at in search of it: where there are more in between, it is said anew.
_LOOKS = 20


def rate(conn: Connection, conversation_id: str, score: int, comment: str, now: Ms) -> bool:
    """Keep it; both sides read the score as one message of kind event, which says the newest. Without a comment the one
    that stands is kept. False if it says nothing new.

    Refused: not_found (nobody served them there), too_late (after a day, or changed too often), bad_text,
    message_too_long.
    """
    comment = check_optional(comment)
    if len(comment) > LONGEST:
        raise Refused("message_too_long", str(LONGEST))
    row = hold(conn, conversation_id)
    if not _served(conn, row):
        raise Refused("not_found")
    comment = comment or row["comment"] or ""
    if (row["score"], row["comment"] or "") == (score, comment):
        return False
    first = row["rated_at"] is None
    if not first and (now - row["rated_at"] > CHANGED_WITHIN or row["rating_changes"] >= CHANGES):
        raise Refused("too_late")
    if row["score"] != score:
        _tell(conn, conversation_id, score, now)
    kept = {"rated_at": now} if first else {"rating_changes": row["rating_changes"] + 1}
    conn.execute(
        update(conversation).where(conversation.c.id == conversation_id).values(score=score, comment=comment, **kept)
    )
    return True


def _served(conn: Connection, row: RowMapping) -> bool:
    """Whether a person did: took it, or, where a trigger invited in their name, answered there."""
    had = row["expert_id"] is not None or row["left_id"] is not None
    return had and (row["trigger_id"] is None or answered(conn, row["id"]))


def _tell(conn: Connection, conversation_id: str, score: int, now: Ms) -> None:
    """In the words that stand there already, unless the conversation was taken up again since: then it is judged anew,
    and a screen asks for it."""
    said: dict[str, Any] = {"text": f"Rated {score} of 5.", "data": {"name": "conversation.rated", "score": score}}
    told = said_of(conn, conversation_id)
    if told is None:
        add(conn, conversation_id, SYSTEM, "event", said["text"], said["data"], None, now, even_closed=True)
        return
    same = (message.c.conversation_id == conversation_id, message.c.seq == told["seq"])
    conn.execute(update(message).where(*same).values(**said))


def said_of(conn: Connection, conversation_id: str) -> RowMapping | None:
    """The message that says the newest score, unless the conversation was taken up again since."""
    events = select(message).where(message.c.conversation_id == conversation_id, message.c.kind == "event")
    for row in conn.execute(events.order_by(message.c.seq.desc()).limit(_LOOKS)).mappings():
        if (name := (row["data"] or {}).get("name")) in _TURNS:
            return row if name == _TURNS[0] else None
    return None
