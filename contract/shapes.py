"""The pieces that several bodies and frames are made of, and the two kinds of shape: what comes in, what goes out.

The sockets' commands, answers and events are in modules of these names; the bodies of `/api/...` are in the
`contract.rest_...` of their subject: what a client sends (unknown fields ignored) and what it gets (complete).
"""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from contract.names import AuthorKind, DeviceKind, MessageKind
from contract.text import ONE_LINE

Id = Annotated[str, Meta(min_length=1, max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=200)]
Line = Annotated[str, Meta(min_length=1, max_length=200, pattern=ONE_LINE)]
ClientId = Annotated[str, Meta(min_length=1, max_length=64)]
Seq = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Text = str  # its rules (empty, too long, forbidden characters) have codes of their own: `chat.message`
Time = str  # RFC 3339, UTC


class In(msgspec.Struct, kw_only=True):
    """A command from outside."""


class Out(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Something the server says. Every field is always there; what is not known is null."""


class Money(Out):
    """`amount` in minor units (cents); `currency` as in ISO 4217."""

    amount: int
    currency: str


class Author(Out):
    kind: AuthorKind
    name: str


class Message(Out):
    """`message.added`, and an item of `messages`. `data` depends on `kind`."""

    conversation: str
    seq: int
    client_id: str | None
    author: Author
    kind: MessageKind
    text: str
    data: dict[str, Any] | None
    at: Time


class ProductRef(Out):
    id: str
    name: str
    price: Money


class FormLine(Out):
    """`offer`: the personal offer whose price it is; `most`: so many pieces at this price."""

    product: str
    name: str
    price: Money
    offer: str | None
    most: int


class OrderLine(Out):
    product: str
    name: str
    quantity: int
    price: Money
    total: Money


class Named(Out):
    name: str


class Person(Out):
    """A customer, or a colleague, by id and name."""

    id: str
    name: str


class CustomerBrief(Out):
    id: str
    name: str
    tier: str
    owner: Person | None
    orders: int
    spent: Money | None
    last_contact: Time | None


class Source(Out):
    """Where a visit came from. `channel` is one of `contract.names.Channel`."""

    channel: str
    name: str
    campaign: str


class Device(Out):
    """What the visit's User-Agent says. `browser` and `os` with their first number, "" for unknown."""

    kind: DeviceKind
    browser: str
    os: str
    touch: bool


class VisitBrief(Out):
    """A visit as the bell and the live list show it. path, depth, url, title are those of the newest page view."""

    id: str
    visitor: str
    site: str
    started_at: Time
    last_at: Time
    path: list[str]
    depth: int
    deepest: int
    topic: list[str]
    pages: int
    dwell: int
    url: str
    title: str
    source: Source
    device: Device
    returning: bool
    number: int
    live: bool
    left: bool
    bot: bool
    customer: CustomerBrief | None
    alert: str | None
    conversation: str | None
    name: str


class Problem(Out):
    """RFC 9457 problem details; `code` is of the closed list of `contract.errors`."""

    type: str
    title: str
    status: int
    code: str
    detail: str
