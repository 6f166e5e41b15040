"""Notes among colleagues: for whoever may read the conversation and works with it, never for a visitor."""

from sqlalchemy import Connection

import chat.notes
import chat.queries
from contract.answers import NoteAdded
from contract.clock import rfc3339
from contract.commands import NoteAdd
from contract.errors import Refused
from service.bell import Bell
from service.callers import ExpertCaller
from service.commands import Command
from service.flows.once import once
from service.flows.places import speaker
from store.sql import db_now

#: A bell about a conversation's notes: this, then the conversation's id.
NOTED = "note:"


async def add(bell: Bell, caller: ExpertCaller, data: NoteAdd) -> NoteAdded:
    """Of any conversation of one's sites, a closed one too. Refused: not_found, forbidden (marketers), and as a
    message."""

    def work(conn: Connection) -> tuple[NoteAdded, str | None]:
        now = db_now(conn)

        def keep() -> NoteAdded:
            row = chat.queries.conversation_for_expert(conn, data.conversation, caller.account)
            if caller.account.role == "marketer":
                raise Refused("forbidden")
            kept = chat.notes.add(conn, row, speaker(caller.account), data.text, data.client_id, now)
            return NoteAdded(note=kept["id"], at=rfc3339(kept["at"]))

        added, _ = once(conn, caller, "note.add", data.client_id, now, NoteAdded, keep)
        return added, chat.notes.conversation_of(conn, added.note)

    added, talk = await bell.store.write(work)
    if talk is not None:
        bell.bus.ring("conversation", f"{NOTED}{talk}")
    return added


EXPERT: dict[str, Command] = {"note.add": Command(NoteAdd, add)}
