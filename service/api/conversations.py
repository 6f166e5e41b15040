"""What was said in one conversation."""

from sqlalchemy import Connection

import chat.queries
from contract.rest_desk import Transcript
from service import present
from service.api.operation import Call, operation

LIMIT = 100
_LAST = 2**31 - 1


@operation("GET", "/api/conversations/{id}/messages", gives=Transcript, query=("after", "limit"))
async def messages(call: Call) -> Transcript:
    """Messages after a number, in order, at most `limit`; without `after` from the first one."""
    conversation_id = call.path_id()
    after = call.number("after", 0, least=0, most=_LAST)
    limit = call.number("limit", LIMIT, least=1, most=1000)

    def read(conn: Connection) -> Transcript:
        chat.queries.conversation_for_expert(conn, conversation_id, call.account)
        rows = chat.queries.after(conn, conversation_id, after, limit)
        return Transcript(messages=present.messages(conn, rows, call.now))

    return await call.bell.store.read(read)


OPERATIONS = [messages]
