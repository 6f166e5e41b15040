"""What the server says on the two sockets by itself. Built by us: complete, and a field that is not named here cannot
be sent. `VISITOR_EVENTS` and `EXPERT_EVENTS` are all there is."""

from contract.names import (
    AlertEnd,
    AuthorKind,
    CallbackChannel,
    CallbackState,
    ConversationState,
    OrderStatus,
    Rung,
    Status,
    TransferState,
)
from contract.rest_callbacks import Callback
from contract.rest_talk import Note
from contract.shapes import (
    CustomerBrief,
    FormLine,
    Message,
    Money,
    Named,
    OrderLine,
    Out,
    Person,
    ProductRef,
    Time,
    VisitBrief,
)

# --- events to the visitor ----------------------------------------------------------------------------------------


class ChatInvited(Out):
    """Given again on every connect while the conversation is open."""

    conversation: str
    seq: int
    text: str
    expert: Named | None
    opened: bool


class InfoShown(Out):
    """`expert`, here and on the other cards: who shows it; the site's name where a trigger does."""

    card: str
    conversation: str | None
    title: str
    url: str
    text: str
    expert: Named


class OfferShown(Out):
    """`quantity`: the most pieces at this price."""

    card: str
    conversation: str | None
    offer: str
    product: ProductRef
    price: Money
    quantity: int
    expires_at: Time
    text: str
    expert: Named


class OrderFormShown(Out):
    card: str
    conversation: str | None
    visit: str | None
    form: str
    lines: list[FormLine]
    expert: Named


class ExpertJoined(Out):
    conversation: str
    name: str


class ConversationClosed(Out):
    conversation: str


class OrderUpdated(Out):
    order: str
    number: str
    status: OrderStatus
    total: Money
    lines: list[OrderLine]


class CallbackShown(Out):
    """`callback.updated` to its visitor; given again on every connect while it is open."""

    callback: str
    channel: CallbackChannel
    state: CallbackState
    at: Time
    expert: str | None


class CardGone(Out):
    """A card was used, dismissed in another tab, or has expired."""

    card: str


class TypingShown(Out):
    """`text`: what a visitor has typed and not sent, for experts of a site that has it read; else null."""

    conversation: str
    author: AuthorKind
    text: str | None


class MessageReadShown(Out):
    conversation: str
    seq: int
    by: AuthorKind


# --- events to the expert -----------------------------------------------------------------------------------------


class Transfer(Out):
    """A conversation that `by` offers to colleagues: to `to`, or for `topic` (a path, else []). With `state` declined,
    expired or gone nobody took it, and it stayed where it was."""

    alert: str
    conversation: str
    by: Person
    to: Person | None
    topic: list[str]
    note: str
    state: TransferState
    at: Time


class AlertRaised(Out):
    """`turn`: its place among those that wait, as a moment: importance and age in one, the earliest goes first.
    `transfer`: a colleague offers you a conversation of theirs."""

    id: str
    reason: str
    rung: Rung
    raised_at: Time
    expires_at: Time
    importance: int
    turn: Time
    why: list[str]
    left: bool
    visit: VisitBrief
    customer: CustomerBrief | None
    transfer: Transfer | None


class AlertCleared(Out):
    id: str
    reason: AlertEnd


class VisitChanged(Out):
    visit: VisitBrief


class VisitsChanged(Out):
    """The same for a crowd. `gone`: ids of visits that are over. `again`: some was not told: ask for the whole list."""

    visits: list[VisitBrief]
    gone: list[str]
    again: bool


class OrderPlaced(Out):
    order: str
    number: str
    conversation: str | None
    visit: str | None
    total: Money
    lines: list[OrderLine]
    customer: CustomerBrief | None


class Rating(Out):
    """The visitor's word on a conversation: 1 to 5."""

    score: int
    comment: str
    at: Time


class ConversationBrief(Out):
    """One line of the desk. `unread`: messages of the visitor after `read_seq`; `visitor_read_seq`: what they saw.
    `trigger`: the name of the trigger that invited by itself, while the visitor has not appeared. `turn`: as of an
    alert, for what nobody has taken yet; null for the others. `ends_at`: it ends then unless somebody writes.
    `transfer`: offered to a colleague now, or come back from there a moment ago. `kept_for`: whose morning it waits
    for, which was written while nobody was there and nobody has taken yet. `last`: the newest message; of what nobody
    has, the visitor's newest, if there is one."""

    id: str
    state: ConversationState
    turn: Time | None
    visitor: str
    visit: str | None
    site: str
    name: str
    live: bool
    customer: CustomerBrief | None
    expert: Person | None
    last_seq: int
    read_seq: int
    visitor_read_seq: int
    unread: int
    opened_at: Time
    last: Message | None
    trigger: str | None
    closed_at: Time | None
    ends_at: Time | None
    rating: Rating | None
    transfer: Transfer | None
    kept_for: str | None


class ConversationChanged(Out):
    conversation: ConversationBrief


class PresenceChanged(Out):
    """`reason`: the person's own words, or "idle" (nobody touched the desk), "missed" (bells rang out there)."""

    expert: str
    status: Status
    reason: str


VISITOR_EVENTS: dict[str, type[Out]] = {
    "chat.invited": ChatInvited,
    "message.added": Message,
    "message.read": MessageReadShown,
    "typing": TypingShown,
    "expert.joined": ExpertJoined,
    "info.shown": InfoShown,
    "offer.shown": OfferShown,
    "order_form.shown": OrderFormShown,
    "card.gone": CardGone,
    "order.updated": OrderUpdated,
    "conversation.closed": ConversationClosed,
    "callback.updated": CallbackShown,
}
EXPERT_EVENTS: dict[str, type[Out]] = {
    "alert.raised": AlertRaised,
    "alert.cleared": AlertCleared,
    "visit.changed": VisitChanged,
    "visits.changed": VisitsChanged,
    "message.added": Message,
    "message.read": MessageReadShown,
    "typing": TypingShown,
    "order.placed": OrderPlaced,
    "order.updated": OrderUpdated,
    "conversation.changed": ConversationChanged,
    "note.added": Note,
    "presence.changed": PresenceChanged,
    "callback.requested": Callback,
    "callback.updated": Callback,
}
