"""What both sides are told of a conversation: its messages, who has read them, that it ended; notes; who types.

Beside its expert and its visitor an administrator may read along; whose desk it stands on is told how it is. Parts of
`delivery`: they look, note what each connection was told, and return what is to be said.
"""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection as Base
from sqlalchemy import RowMapping

import chat.desks
import chat.history
import chat.notes
import chat.preview
import chat.queries
import chat.rating
from contract import events
from contract.clock import MINUTE, now_ms
from contract.names import AuthorKind, Ms
from service import present
from service.callers import ExpertCaller, VisitorCaller
from service.flows.notes import NOTED
from service.sockets.asking import Asking
from service.sockets.noted import apart
from service.sockets.pages import page
from service.sockets.registry import Connection, Registry, Saying

#: A message this old is not told by itself to somebody who was not listening: they ask for it.
RECENT: Ms = MINUTE
BATCH = 50


class _Look:
    """One conversation as it stands, and what was said that anybody who hears it has not heard."""

    def __init__(self, conn: Base, registry: Registry, row: RowMapping, last: RowMapping | None) -> None:
        self.row, self.key = row, f"conversation:{row['id']}"
        self.visitors = [
            c for c in registry.of_visitor(row["visitor_id"]) if _may_read(c, row["frame_hash"]) and _has_begun(c, row)
        ]
        self.experts = _experts(registry, row)
        self.readers = self.experts + _watchers(registry, row, self.experts)
        self.floor, self.messages = row["last_seq"], list[RowMapping]()
        if hearing := self.visitors + self.readers:
            # Whoever was told something of it before is told what follows; how far back others are told, is looked up.
            if any(f"{self.key}:seq" not in c.shown for c in hearing):
                self.floor = _floor(conn, row["id"], row["last_seq"])
            # Whoever is further behind than a batch asks for the rest, and holds up nobody else.
            oldest = max(min(c.shown.get(f"{self.key}:seq", self.floor) for c in hearing), row["last_seq"] - BATCH)
            if oldest == row["last_seq"] - 1 and last is not None and last["seq"] == row["last_seq"]:
                self.messages = [last]
            elif oldest < row["last_seq"]:
                self.messages = list(chat.history.after(conn, row["id"], oldest, BATCH))

    def say(self, conn: Base) -> list[Saying]:
        """To each what it has not heard; that it was told is noted."""
        row, key, id_ = self.row, self.key, self.row["id"]
        rated = self._rated(conn)
        said: list[Saying] = []
        for message in self.messages:
            shape = present.message(message)
            for connection in self.visitors + self.readers:
                if message["seq"] > connection.shown.get(f"{key}:seq", self.floor):
                    connection.note(f"{key}:seq", message["seq"])
                    said.append((connection, "message.added", shape))
        # Words change nothing else on the visitor's page; what does, comes with a message of its own kind, or none.
        words = bool(said) and all(message["kind"] == "text" for message in self.messages)
        for connection in self.visitors:
            if not words:
                said += apart(page, conn, [connection])
            if row["state"] == "closed" and connection.news(f"{key}:closed", row["closed_at"]):
                said.append((connection, "conversation.closed", events.ConversationClosed(conversation=id_)))
            if row["expert_read_seq"] and connection.news(f"{key}:read", row["expert_read_seq"]):
                said.append((connection, "message.read", _read(id_, row["expert_read_seq"], "expert")))
        for connection in self.experts:
            if row["visitor_read_seq"] and connection.news(f"{key}:read", row["visitor_read_seq"]):
                said.append((connection, "message.read", _read(id_, row["visitor_read_seq"], "visitor")))
        return said + rated

    def _rated(self, conn: Base) -> list[Saying]:
        """Another score stands in the words that were told already: to whoever has them they are told again."""
        changes, key = self.row["rating_changes"], f"{self.key}:rated"
        waiting = [c for c in self.visitors + self.readers if changes and c.news(key, changes)]
        message = chat.rating.said_of(conn, self.row["id"]) if waiting else None
        if message is None:
            return []
        has = [c for c in waiting if message["seq"] <= c.shown.get(f"{self.key}:seq", self.floor)]
        shape = present.message(message)
        return [(connection, "message.added", shape) for connection in has]


def words(conn: Base, registry: Registry, ids: Sequence[str]) -> list[Saying]:
    """What was said in each since, and who has read it: one look for all that rang meanwhile, and a short one, because
    somebody waits for the words.

    What may fail is read before it is noted as told.
    """
    looks = [_Look(conn, registry, row, last) for row, last in chat.queries.standing(conn, ids)]
    return [saying for look in looks for saying in look.say(conn)]


def lines(conn: Base, registry: Registry, ids: Sequence[str]) -> list[Saying]:
    """How each stands, for the desks that it stands on; behind the words, which it does not hold up."""
    readers: dict[str, list[Connection]] = {}
    desks: dict[str, list[Connection]] = {}
    last: dict[str, RowMapping] = {}
    shown: list[RowMapping] = []
    for row, newest in chat.queries.standing(conn, ids):
        experts = _experts(registry, row)
        mine = readers[row["id"]] = experts + _watchers(registry, row, experts)
        desks[row["id"]] = mine + _other_desks(registry, row, newest, _brief(row["id"]), mine)
        if desks[row["id"]]:
            shown.append(row)
        if newest is not None:
            last[row["id"]] = newest
    said: list[Saying] = []
    for row, brief in zip(shown, present.conversation_briefs(conn, shown, now_ms(), last), strict=True):
        for connection in desks[brief.id]:
            if connection.news(_brief(brief.id), plain_bytes(brief)):
                said.append((connection, "conversation.changed", events.ConversationChanged(conversation=brief)))
            if row["expert_id"] and connection not in readers[brief.id]:
                connection.forget(_brief(brief.id))  # it is a colleague's now, and no more news here
    return said


def conversation(conn: Base, registry: Registry, conversation_id: str) -> list[Saying]:
    """Both, of one."""
    ids = [conversation_id]
    return words(conn, registry, ids) + lines(conn, registry, ids)


def asked(conn: Base, registry: Registry, asking: Asking) -> list[Saying]:
    """Everything that is not as a waiting call was last told, and what it has not read: where that is more than one
    answer holds, the rest comes with the next."""
    said = page(conn, [asking])
    if asking.conversation:
        seq = f"conversation:{asking.conversation}:seq"
        rows = chat.history.after(conn, asking.conversation, asking.after)
        for shape in present.messages(conn, rows, now_ms()):
            asking.note(seq, shape.seq)
            said.append((asking, "message.added", shape))
        if len(rows) < chat.history.LIMIT:
            asking.caught_up = True
            said += conversation(conn, registry, asking.conversation)
    return said


def stand_there(conn: Base, connection: Connection, site_ids: Sequence[str]) -> None:
    """A desk that comes asks for all that stands on it: what is nobody's there counts as told, so that it is told what
    becomes of it, above all that a colleague has it."""
    for conversation_id in chat.desks.nobodys(conn, site_ids):
        if _brief(conversation_id) not in connection.shown:
            connection.note(_brief(conversation_id), b"")


def notes(conn: Base, registry: Registry, conversation_id: str) -> list[Saying]:
    """The newest notes, for whose desk it stands on and who reads along. Never for a visitor or a marketer."""
    row = chat.queries.row(conn, conversation_id)
    if row is None:
        return []
    key = f"conversation:{conversation_id}"
    experts = _experts(registry, row)
    readers = experts + _watchers(registry, row, experts)
    last = chat.history.last_messages(conn, [conversation_id]).get(conversation_id)
    readers += _other_desks(registry, row, last, _brief(conversation_id), readers)
    readers = [one for one in readers if isinstance(one.caller, ExpertCaller) and one.caller.account.role != "marketer"]
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
    registry: Registry, row: RowMapping, last: RowMapping | None, told: str, readers: list[Connection]
) -> list[Connection]:
    """Whose desk it stands on beside its expert's: what nobody answers is on every desk of the site, until it is
    somebody's or is over. `last`: its newest message."""
    others = {connection for connection in registry.experts() if told in connection.shown}
    if row["expert_id"] is None and _nobody_answers(row, (last["data"] if last else None) or {}):
        others.update(registry.experts_of_site(row["site_id"]))
    return [connection for connection in others if connection not in readers]


def _nobody_answers(row: RowMapping, last: dict[str, Any]) -> bool:
    """Somebody had to leave it, nobody was there for it, or nobody took it in time; and when a person has ended that.
    Whoever left is in the row: what was said behind that in the same breath hides it from nobody. `last`: the data of
    its newest message."""
    name = str(last.get("name", ""))
    if row["state"] == "closed":
        return name == "conversation.closed" and bool(last.get("expert"))
    return row["kept_until"] is not None or row["left_id"] is not None or name.startswith("nobody.")


def _brief(conversation_id: str) -> str:
    """Under which a connection remembers how it was last told that the conversation stands."""
    return f"conversation:{conversation_id}:brief"


def _floor(conn: Base, conversation_id: str, last_seq: int) -> int:
    """Messages up to this one are too old to be told to a socket that never heard of the conversation."""
    recent = chat.history.first_since(conn, conversation_id, now_ms() - RECENT)
    return last_seq if recent is None else max(recent - 1, last_seq - BATCH)


def _may_read(connection: Connection, frame_hash: str | None) -> bool:
    """The two secrets of contract 4: a bound conversation is read by its own frame alone."""
    caller = connection.caller
    return isinstance(caller, VisitorCaller) and frame_hash in (None, caller.frame_hash)


def _has_begun(connection: Connection, row: RowMapping) -> bool:
    """Not a waiting call that has still to be told what stands there already (`asked`)."""
    return not isinstance(connection, Asking) or connection.caught_up or connection.conversation != row["id"]


def _read(conversation_id: str, seq: int, by: AuthorKind) -> events.MessageReadShown:
    return events.MessageReadShown(conversation=conversation_id, seq=seq, by=by)


def _typing(conversation_id: str, author: AuthorKind, text: str | None) -> events.TypingShown:
    return events.TypingShown(conversation=conversation_id, author=author, text=text)


def plain_bytes(shape: msgspec.Struct) -> bytes:
    return msgspec.json.encode(shape)
