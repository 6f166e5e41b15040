"""What colleagues tell each other about a conversation: kept beside its messages, never among them.

No function here is for visitors: whoever calls has decided that the reader works here.
"""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, insert, select

from chat.message import Who, check_text
from chat.tables import note
from contract.ids import new_id
from contract.names import Ms


def add(
    conn: Connection, conversation: RowMapping, author: Who, text: str, client_id: str | None, now: Ms
) -> RowMapping:
    """Keep it, after what has been said so far. A closed conversation takes notes, too.

    Raises Refused: bad_text, empty_message, message_too_long.
    """
    return (
        conn.execute(
            insert(note)
            .values(
                id=new_id(),
                conversation_id=conversation["id"],
                after_seq=conversation["last_seq"],
                client_id=client_id,
                author_id=author.id,
                author_name=author.name,
                text=check_text(text),
                at=now,
            )
            .returning(note)
        )
        .mappings()
        .one()
    )


def conversation_of(conn: Connection, note_id: str) -> str | None:
    """Where this note stands; None where it was forgotten."""
    return conn.execute(select(note.c.conversation_id).where(note.c.id == note_id)).scalar_one_or_none()


def since(conn: Connection, conversation_id: str, at: Ms) -> Sequence[RowMapping]:
    """Those that are not older than `at`, in order."""
    mine = select(note).where(note.c.conversation_id == conversation_id, note.c.at >= at)
    return conn.execute(mine.order_by(note.c.at, note.c.id)).mappings().all()
