"""Those who work here: signing in, and who knows what."""

from typing import Annotated

import msgspec
from msgspec import Meta

from contract.hours import Hours
from contract.names import ExpertWarning, Role, Status
from contract.shapes import In, Name, Out, Time


class TopicLevel(msgspec.Struct, kw_only=True):
    """An expert knows the node at `path`, and all below it, at `level` 1 (a little) to 5 (best)."""

    path: Annotated[list[Name], Meta(min_length=1, max_length=20)]
    level: Annotated[int, Meta(ge=1, le=5)] = 3


class SignIn(In):
    email: Annotated[str, Meta(max_length=254)]
    password: Annotated[str, Meta(max_length=1024)]


class Me(Out):
    """`handed_on`: conversations that went to colleagues while the line was lost, until the next word of theirs."""

    id: str
    email: str
    name: str
    role: Role
    languages: list[str]
    sites: list[str]
    topics: list[TopicLevel]
    status: Status
    status_reason: str
    capacity: int
    hours: Hours | None
    handed_on: int


class Session(Out):
    token: str
    me: Me


class CurrentSession(Out):
    me: Me


class WhoIsHere(Out):
    """`me`: null where nobody has signed in."""

    me: Me | None


class Ticket(Out):
    """A token for one socket handshake; good for `seconds`."""

    token: str
    seconds: int


Email = Annotated[str, Meta(min_length=3, max_length=254)]
Password = Annotated[str, Meta(min_length=8, max_length=1024)]
Languages = list[Annotated[str, Meta(max_length=35)]]
Capacity = Annotated[int, Meta(ge=1, le=100)]
BreathSeconds = Annotated[int, Meta(ge=0, le=600)]


class Setup(Out):
    """`open`: nobody has an account yet; the address that the server said on its start makes the first one."""

    open: bool


class SetupWrite(In):
    """The first administrator; `code`: the one-time code out of that address."""

    code: Annotated[str, Meta(max_length=200)]
    email: Email
    name: Name
    password: Password


class ExpertWrite(In):
    """`hours`: null is always. `breath_seconds`: how long no bell rings after a conversation."""

    email: Email
    name: Name
    password: Password
    role: Role = "expert"
    languages: Languages = msgspec.field(default_factory=lambda: ["en"])
    topics: list[TopicLevel] = []
    sites: list[str] = []
    capacity: Capacity = 4
    hours: Hours | None = None
    breath_seconds: BreathSeconds = 0


class ExpertPatch(In):
    """What is given is changed. `active`: true brings back somebody who was dismissed."""

    email: Email | None = None
    name: Name | None = None
    password: Password | None = None
    role: Role | None = None
    languages: Languages | None = None
    topics: list[TopicLevel] | None = None
    sites: list[str] | None = None
    capacity: Capacity | None = None
    hours: Hours | msgspec.UnsetType | None = msgspec.UNSET
    breath_seconds: BreathSeconds | None = None
    active: bool | None = None


class Expert(Out):
    """`status_at`: when they last said where they are. `sites`: those that the reader may see, too. `load`: places
    that are taken now, of `capacity`. `rest_until`: they draw breath until then. `overtime_until`: they are there by
    their own word outside their hours, and count as there until then. Both null for everybody else."""

    id: str
    email: str
    name: str
    role: Role
    languages: list[str]
    topics: list[TopicLevel]
    sites: list[str]
    status: Status
    status_reason: str
    status_at: Time | None
    capacity: int
    load: int
    hours: Hours | None
    breath_seconds: int
    rest_until: Time | None
    overtime_until: Time | None
    active: bool
    warnings: list[ExpertWarning]
