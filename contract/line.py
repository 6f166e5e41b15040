"""What the chat frame says over HTTP where its WebSocket is blocked: the same commands, the same events.

The visitor's key travels in `Authorization: Bearer`, the frame's secret in its cookie; neither stands in a body.
"""

from typing import Annotated, Any

from msgspec import Meta

from contract.beacons import SiteKey
from contract.shapes import In, Out, Seq

#: As large as one frame of the socket.
MAX_BODY = 64 * 1024
STATE_LIMIT = 16 * 1024
PATIENCE = 24


class VisitorCommand(In):
    """`POST /visitor/command`. The answer is what the socket would acknowledge."""

    site: SiteKey
    name: Annotated[str, Meta(max_length=64)]
    data: dict[str, Any] = {}
    language: str = ""


class VisitorWait(In):
    """`POST /visitor/wait` of a frame. `after`: the last message it has of `conversation`. `state`: of its last answer,
    "" at first. `frame`: made by the frame's document; a newer call of the same one ends the older. `patience`: how
    many seconds it waits if there is nothing to tell."""

    site: SiteKey
    conversation: Annotated[str, Meta(max_length=64)] = ""
    after: Seq = 0
    state: Annotated[str, Meta(max_length=STATE_LIMIT)] = ""
    frame: Annotated[str, Meta(max_length=64)] = ""
    patience: Annotated[int, Meta(ge=0, le=PATIENCE)] = PATIENCE
    language: str = ""


class Waited(Out):
    """`events`: names and data as the socket would have told them, in order. `state`: for the next call."""

    state: str
    events: list[list[Any]]
