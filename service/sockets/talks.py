"""What both sides are told of a conversation: its messages, who has read them, that it ended; notes; who types.

Beside its expert and its visitor an administrator may read along; whose desk it stands on is told how it is. Parts of
`delivery`: they look, note what each connection was told, and return what is to be said.
"""

from collections.abc import Callable

import msgspec
from sqlalchemy import Connection as Base
from sqlalchemy import RowMapping

import chat.notes
import chat.preview
import chat.queries
from contract import frames
from contract.clock import MINUTE, now_ms
from contract.names import AuthorKind, Ms
from service import present
from service.callers import VisitorCaller
from service.flows.notes import NOTED
from service.sockets.asking import Asking
from service.sockets.pages import page
from service.sockets.registry import Connection, Registry, Saying

#: A message this old is not told by itself to somebody who was not listening: they ask for it.
RECENT: Ms = MINUTE
BATCH = 50


def conversation(conn: Base, registry: Registry, conversation_id: str) -> list[Saying]:
    """What was said since, and how it stands."""
    row = chat.queries.row(conn, conversation_id)
    if row is None:
        return []
    visitors = [c for c in registry.of_visitor(row["visitor_id"]) if _may_read(c, row["frame_hash"])]
    experts = _experts(registry, row)
    readers = experts + _watchers(registry, row, experts)
    key = f"conversation:{conversation_id}"
    said: list[Saying] = []
    if visitors or readers:
        floor = _floor(conn, conversation_id, row["last_seq"])
        # Whoever is further behind than a batch asks for the rest, and holds up nobody else.
        oldest = max(min(c.shown.get(f"{key}:seq", floor) for c in visitors + readers), row["last_seq"] - BATCH)
        for message in chat.queries.after(conn, conversation_id, oldest, BATCH):
            shape = present.message(message)
            for connection in visitors + readers:
                if message["seq"] > connection.shown.get(f"{key}:seq", floor):
                    connection.shown[f"{key}:seq"] = message["seq"]
                    said.append((connection, "message.added", shape))
    for connection in visitors:
        said += page(conn, [connection])
        if row["state"] == "closed" and connection.news(f"{key}:closed", row["closed_at"]):
            said.append((connection, "conversation.closed", frames.ConversationClosed(conversation=conversation_id)))
        if row["expert_read_seq"] and connection.news(f"{key}:read", row["expert_read_seq"]):
            said.append((connection, "message.read", _read(conversation_id, row["expert_read_seq"], "expert")))
    for connection in experts:
        if row["visitor_read_seq"] and connection.news(f"{key}:read", row["visitor_read_seq"]):
            said.append((connection, "message.read", _read(conversation_id, row["visitor_read_seq"], "visitor")))
    if desks := readers + _other_desks(conn, registry, row, f"{key}:brief", readers):
        brief = present.conversation_briefs(conn, [row], now_ms())[0]
        for connection in desks:
            if connection.news(f"{key}:brief", plain_bytes(brief)):
                said.append((connection, "conversation.changed", frames.ConversationChanged(conversation=brief)))
            if row["expert_id"] and connection not in readers:
                del connection.shown[f"{key}:brief"]  # it is a colleague's now, and no more news here
    return said


def asked(conn: Base, registry: Registry, asking: Asking) -> list[Saying]:
    """Everything that is not as a waiting call was last told, and what it has not read: where that is more than one
    answer holds, the rest comes with the next."""
    said = page(conn, [asking])
    if asking.conversation:
        seq = f"conversation:{asking.conversation}:seq"  # a bell may have been quicker than this look
        rows = chat.queries.after(conn, asking.conversation, asking.shown[seq])
        for shape in present.messages(conn, rows, now_ms()):
            asking.shown[seq] = shape.seq
            said.append((asking, "message.added", shape))
        if len(rows) < chat.queries.LIMIT:
            said += conversation(conn, registry, asking.conversation)
    return said


def notes(conn: Base, registry: Registry, conversation_id: str) -> list[Saying]:
    """The newest notes, for whose desk it stands on and who reads along. Never for a visitor."""
    row = chat.queries.row(conn, conversation_id)
    if row is None:
        return []
    key = f"conversation:{conversation_id}"
    experts = _experts(registry, row)
    readers = experts + _watchers(registry, row, experts)
    readers += _other_desks(conn, registry, row, f"{key}:brief", readers)
    if not readers:
        return []
    return [
        (connection, "note.added", shape)
        for shape in present.notes(chat.notes.since(conn, conversation_id, now_ms() - RECENT))
        for connection in readers
        if connection.news(f"{key}:note:{shape.id}", True)
    ]


def visitor_types(conn: Base, registry: Registry, conversation_id: str) -> list[Saying]:
    """For the expert, with what stands unsent where the site has it read."""
    row = chat.queries.row(conn, conversation_id)
    if row is None:
        return []
    experts = _experts(registry, row)
    readers = experts + _watchers(registry, row, experts)
    if not readers:
        return []
    shape = _typing(conversation_id, "visitor", chat.preview.text_of(conn, conversation_id))
    return [(connection, "typing", shape) for connection in readers]


def expert_types(conn: Base, registry: Registry, conversation_id: str) -> list[Saying]:
    """For the visitor, and for who reads along. Never stored."""
    row = chat.queries.row(conn, conversation_id)
    if row is None:
        return []
    hearing = [c for c in registry.of_visitor(row["visitor_id"]) if _may_read(c, row["frame_hash"])]
    hearing += _watchers(registry, row, _experts(registry, row))
    return [(connection, "typing", _typing(conversation_id, "expert", None)) for connection in hearing]


#: What stands in front of the id in a bell that is not about the whole conversation.
LOOKS: dict[str, Callable[[Base, Registry, str], list[Saying]]] = {
    NOTED: notes,
    "typing-v:": visitor_types,
    "typing-e:": expert_types,
}


def _experts(registry: Registry, row: RowMapping) -> list[Connection]:
    return registry.of_expert(row["expert_id"]) if row["expert_id"] else []


def _watchers(registry: Registry, row: RowMapping, but: list[Connection]) -> list[Connection]:
    return [connection for connection in registry.watchers(row["id"]) if connection not in but]


def _other_desks(
    conn: Base, registry: Registry, row: RowMapping, told: str, readers: list[Connection]
) -> list[Connection]:
    """Whose desk it stands on beside its expert's: once somebody had to leave it, it is on every desk of the site,
    until it is somebody's again."""
    others = {connection for connection in registry.experts() if told in connection.shown}
    if row["expert_id"] is None and row["state"] == "open":
        last = chat.queries.last_messages(conn, [row["id"]]).get(row["id"])
        if last is not None and (last["data"] or {}).get("name") == "expert.left":
            others.update(registry.experts_of_site(row["site_id"]))
    return [connection for connection in others if connection not in readers]


def _floor(conn: Base, conversation_id: str, last_seq: int) -> int:
    """Messages up to this one are too old to be told to a socket that never heard of the conversation."""
    recent = chat.queries.first_since(conn, conversation_id, now_ms() - RECENT)
    return last_seq if recent is None else max(recent - 1, last_seq - BATCH)


def _may_read(connection: Connection, frame_hash: str | None) -> bool:
    """The two secrets of contract 4: a bound conversation is read by its own frame alone."""
    caller = connection.caller
    return isinstance(caller, VisitorCaller) and frame_hash in (None, caller.frame_hash)


def _read(conversation_id: str, seq: int, by: AuthorKind) -> frames.MessageReadShown:
    return frames.MessageReadShown(conversation=conversation_id, seq=seq, by=by)


def _typing(conversation_id: str, author: AuthorKind, text: str | None) -> frames.TypingShown:
    return frames.TypingShown(conversation=conversation_id, author=author, text=text)


def plain_bytes(shape: msgspec.Struct) -> bytes:
    return msgspec.json.encode(shape)
