"""What was said in one conversation, and what colleagues noted about it."""

from sqlalchemy import Connection, select

import chat.history
import chat.queries
from chat.tables import note
from contract.events import ConversationBrief
from contract.rest_desk import Transcript
from contract.rest_talk import Note
from service import present
from service.api.lists import Listed, asked, page
from service.api.operation import EXPERTS, Call, operation

LIMIT = 100
_LAST = 2**31 - 1


@operation("GET", "/api/conversations/{id}", gives=ConversationBrief)
async def conversation(call: Call) -> ConversationBrief:
    """One conversation of your sites, as its line on a desk; also a colleague's, and one that was closed long ago."""
    conversation_id = call.path_id()

    def read(conn: Connection) -> ConversationBrief:
        row = chat.queries.conversation_for_expert(conn, conversation_id, call.account)
        return present.conversation_briefs(conn, [row], call.now)[0]

    return await call.bell.store.read(read)


@operation("GET", "/api/conversations/{id}/messages", gives=Transcript, query=("after", "limit"))
async def messages(call: Call) -> Transcript:
    """Messages after a number, in order, at most `limit`; without `after` from the first one."""
    conversation_id = call.path_id()
    after = call.number("after", 0, least=0, most=_LAST)
    limit = call.number("limit", LIMIT, least=1, most=1000)

    def read(conn: Connection) -> Transcript:
        chat.queries.conversation_for_expert(conn, conversation_id, call.account)
        rows = chat.history.after(conn, conversation_id, after, limit)
        return Transcript(messages=present.messages(conn, rows, call.now))

    return await call.bell.store.read(read)


@operation("GET", "/api/conversations/{id}/notes", roles=EXPERTS, gives=Listed[Note], query=("limit", "cursor"))
async def notes(call: Call) -> Listed[Note]:
    """What colleagues noted about it, the oldest first; visitors and marketers never see it."""
    conversation_id, ask = call.path_id(), asked(call, (int, str))

    def read(conn: Connection) -> Listed[Note]:
        chat.queries.conversation_for_expert(conn, conversation_id, call.account)
        mine = select(note).where(note.c.conversation_id == conversation_id)
        rows, more = page(conn, mine, (note.c.at, note.c.id), ask)
        return Listed(items=present.notes(rows), next=more)

    return await call.bell.store.read(read)


OPERATIONS = [conversation, messages, notes]
