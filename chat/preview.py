"""What a visitor has typed and not sent, where the site has it read. It is forgotten when it is sent, or after a minute
without another letter: nobody finds it later."""

from sqlalchemy import Connection, delete, select

from chat.tables import preview
from contract.clock import MINUTE
from contract.names import Ms
from contract.text import clean
from store.sql import upsert

#: So much of it is shown: the end, which is what changes.
LONGEST = 1_000
KEPT: Ms = MINUTE


def keep(conn: Connection, conversation_id: str, text: str, now: Ms) -> None:
    """This stands there now; nothing, if it was taken away."""
    if not text.strip():
        forget(conn, conversation_id)
        return
    row = {"conversation_id": conversation_id, "text": storable(text), "at": now}
    upsert(conn, preview, row, ("text", "at"))


def forget(conn: Connection, conversation_id: str) -> None:
    """It was sent, or the conversation is over."""
    conn.execute(delete(preview).where(preview.c.conversation_id == conversation_id))


def text_of(conn: Connection, conversation_id: str) -> str | None:
    """What stands unsent, None where nothing is known."""
    return conn.execute(select(preview.c.text).where(preview.c.conversation_id == conversation_id)).scalar_one_or_none()


def any_old(conn: Connection, now: Ms) -> bool:
    return conn.execute(select(preview.c.at).where(preview.c.at < now - KEPT).limit(1)).first() is not None


def forget_old(conn: Connection, now: Ms) -> None:
    conn.execute(delete(preview).where(preview.c.at < now - KEPT))


def storable(text: str) -> str:
    """Its end, without what no base can keep: half a character may stand in a text that is still being typed."""
    return clean(text[-LONGEST:].encode("utf-8", "replace").decode(), LONGEST)
