"""What is said among colleagues about a conversation, and who may not write to us."""

from typing import Annotated

from msgspec import Meta

from contract.shapes import Id, In, Line, Out, Person, Time

#: A year.
MOST_MINUTES = 60 * 24 * 366


class Note(Out):
    """`note.added`, and an item of a conversation's notes: read by colleagues alone. It is no message: `after_seq` is
    the number of the message after which it stands."""

    id: str
    conversation: str
    after_seq: int
    client_id: str | None
    author: Person
    text: str
    at: Time


class BlockWrite(In):
    """A visitor may not write, and rings no bell, for so long."""

    visitor: Id
    reason: Line
    minutes: Annotated[int, Meta(ge=1, le=MOST_MINUTES)] = 24 * 60


class Block(Out):
    """`name`: what desks call the visitor. `until`: when it ends, or was ended; `active`: it holds now."""

    id: str
    site: str
    visitor: str
    name: str
    by: Person | None
    reason: str
    at: Time
    until: Time
    active: bool
