"""How often a conversation was sent by mail today. To whom is not kept: the letter knows, and that is forgotten."""

from sqlalchemy import Connection, delete, insert, select

import chat.do
from chat.tables import mailing
from contract.clock import DAY, SECOND
from contract.errors import Refused
from contract.ids import new_id
from contract.names import Ms

#: Of one conversation, within 24 hours.
MOST = 3


def add(conn: Connection, conversation_id: str, now: Ms) -> int:
    """One more goes out; how many may follow today. Refused("rate_limited"). Holds the conversation's row."""
    chat.do.hold(conn, conversation_id)
    today = select(mailing.c.at).where(mailing.c.conversation_id == conversation_id, mailing.c.at > now - DAY)
    sent = list(conn.execute(today.order_by(mailing.c.at)).scalars())
    if len(sent) >= MOST:
        raise Refused("rate_limited", retry_after=(sent[0] + DAY - now) // SECOND + 1)
    conn.execute(delete(mailing).where(mailing.c.conversation_id == conversation_id, mailing.c.at <= now - DAY))
    conn.execute(insert(mailing).values(id=new_id(), conversation_id=conversation_id, at=now))
    return MOST - len(sent) - 1
