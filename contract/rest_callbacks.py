"""Callbacks: who is called back or written to, when, and by whom."""

from contract.names import CallbackChannel, CallbackState
from contract.shapes import CustomerBrief, In, Out, Person, Time


class Callback(Out):
    """`owner`: whose promise it is; null is nobody's, for everybody of the site to see. `phone`: E.164 (+4930123456),
    "" where somebody writes. `topic`: the place it is about, `words`: the visitor's own. `reminded_at`: since when the
    owner's desk says that its time comes. `name`: the customer's, or what we call the stranger. `by`: who of the house
    said what became of it; null while it is open, where its time ran out, and where its visitor cancelled it.
    `stranger`: nobody here knew them when they asked.
    """

    id: str
    site: str
    channel: CallbackChannel
    state: CallbackState
    at: Time
    phone: str
    topic: list[str]
    words: str
    owner: Person | None
    visitor: str
    name: str
    customer: CustomerBrief | None
    stranger: bool
    conversation: str | None
    note: str
    created_at: Time
    reminded_at: Time | None
    done_at: Time | None
    by: Person | None


class CallbacksCleared(Out):
    """`more`: there are some left; ask again."""

    cleared: int
    more: bool


class CallbackPatch(In):
    """`owner`: the id of an expert. `at`: RFC 3339, another time; one that was missed is open again then."""

    owner: str | None = None
    at: str | None = None
