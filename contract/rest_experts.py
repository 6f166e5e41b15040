"""Those who work here: signing in, and who knows what."""

from typing import Annotated

import msgspec
from msgspec import Meta

from contract.names import Role, Status
from contract.shapes import In, Name, Out


class TopicLevel(msgspec.Struct, kw_only=True):
    """An expert knows the node at `path`, and all below it, at `level` 1 (a little) to 5 (best)."""

    path: Annotated[list[Name], Meta(min_length=1, max_length=20)]
    level: Annotated[int, Meta(ge=1, le=5)] = 3


class SignIn(In):
    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=1024)]


class Me(Out):
    id: str
    email: str
    name: str
    role: Role
    languages: list[str]
    sites: list[str]
    topics: list[TopicLevel]
    status: Status
    capacity: int


class Session(Out):
    token: str
    me: Me


class CurrentSession(Out):
    me: Me


class Ticket(Out):
    """A token for one socket handshake; good for `seconds`."""

    token: str
    seconds: int


class ExpertWrite(In):
    email: Annotated[str, Meta(min_length=3, max_length=254)]
    name: Name
    password: Annotated[str, Meta(min_length=8, max_length=1024)]
    role: Role = "expert"
    languages: list[Annotated[str, Meta(max_length=35)]] = msgspec.field(default_factory=lambda: ["en"])
    topics: list[TopicLevel] = []
    sites: list[str] = []
    capacity: Annotated[int, Meta(ge=1, le=100)] = 4


class ExpertPatch(In):
    name: Name | None = None
    password: Annotated[str, Meta(min_length=8, max_length=1024)] | None = None
    languages: list[Annotated[str, Meta(max_length=35)]] | None = None
    topics: list[TopicLevel] | None = None
    capacity: Annotated[int, Meta(ge=1, le=100)] | None = None


class Expert(Out):
    id: str
    email: str
    name: str
    role: Role
    languages: list[str]
    topics: list[TopicLevel]
    status: Status
    capacity: int
