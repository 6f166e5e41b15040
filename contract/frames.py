"""What travels on the two sockets: the shape of every command and of every event that the server sends.

Commands come from outside: unknown fields are ignored. Events are built by us: they are complete, and a field that
is not named here cannot be sent. `COMMANDS` and `EVENTS` are the allow-lists of `service.sockets`.
"""

from typing import Annotated

from msgspec import Meta

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
    ClientId,
    CustomerBrief,
    FormLine,
    Id,
    In,
    Message,
    Money,
    Name,
    Named,
    OrderLine,
    Out,
    Person,
    ProductRef,
    Seq,
    Text,
    Time,
    VisitBrief,
)

# --- visitor: commands --------------------------------------------------------------------------------------------


class ChatOpen(In):
    pass


class MessageSend(In):
    conversation: Id
    client_id: ClientId
    text: Text


class MessagesAfter(In):
    conversation: Id
    seq: Seq = 0


class MessageRead(In):
    conversation: Id
    seq: Seq


class Typing(In):
    """`text`: what stands unsent, of a visitor whose site has it read (`Talk.preview`); ignored elsewhere."""

    conversation: Id
    text: str | None = None


class OfferAnswer(In):
    offer: Id
    answer: str


class SubmittedLine(In):
    """Whatever else a browser adds, a price for instance, is ignored: the price is ours."""

    product: Id
    quantity: int


class Contact(In):
    name: str = ""
    email: str = ""
    phone: str = ""
    address: str = ""


class OrderSubmit(In):
    form: Id
    client_id: ClientId
    lines: list[SubmittedLine]
    contact: Contact


class CardDismiss(In):
    card: Id


class ChatDecline(In):
    """Not now: an invitation that came by itself is taken back."""

    conversation: Id


class ArticlesSearch(In):
    """A question to the knowledge base; needs no conversation."""

    query: Annotated[str, Meta(min_length=1, max_length=500)]


class ArticleGet(In):
    article: Id


class ConversationReopen(In):
    """A visitor: their newest closed one, within 24 hours. An expert: one that was theirs."""

    conversation: Id


class ConversationRate(In):
    """Once; again within 24 hours changes it."""

    conversation: Id
    score: Annotated[int, Meta(ge=1, le=5)]
    comment: Text = ""


#: A place of the site's tree, or what it is about in the visitor's own words.
CallbackTopic = Annotated[list[Name], Meta(max_length=20)] | Annotated[str, Meta(max_length=300)]


class CallbackRequest(In):
    """`when`: RFC 3339, or "" for the next free slot. `phone`: needed for a call, not where somebody writes."""

    client_id: ClientId
    phone: str = ""
    when: str = ""
    topic: CallbackTopic = ""
    channel: CallbackChannel = "call"


class CallbackSlots(In):
    topic: CallbackTopic = ""


# --- expert: commands ---------------------------------------------------------------------------------------------


class PresenceSet(In):
    """`reason` is shown to colleagues. "idle": the desk itself says so, nobody touched it; it is no person's act."""

    status: Status
    reason: Annotated[str, Meta(max_length=100)] = ""


class AlertAccept(In):
    alert: Id


class AlertDecline(In):
    alert: Id


class ChatInvite(In):
    visit: Id
    text: Text = ""


class InfoPush(In):
    title: str
    conversation: Id | None = None
    visit: Id | None = None
    url: str = ""
    text: str = ""


class ProposedOffer(In):
    """`price` may be lower than the catalogue's; `minutes` until it expires."""

    product: Id
    amount: int | None = None
    minutes: Annotated[int, Meta(ge=1, le=60 * 24 * 60)] = 60 * 24
    text: str = ""


class OfferPush(In):
    """`offer`: the id of an offer made before, or a new proposal."""

    offer: Id | ProposedOffer
    conversation: Id | None = None
    visit: Id | None = None


class OrderFormPush(In):
    products: Annotated[list[Id], Meta(min_length=1, max_length=50)]
    conversation: Id | None = None
    visit: Id | None = None


class ConversationClose(In):
    conversation: Id


class ConversationTransfer(In):
    """Offer it to one colleague, or by the ladder to whoever knows `topic` (a path). It stays yours until somebody
    takes it. `note` is for colleagues alone."""

    conversation: Id
    expert: Id | None = None
    topic: Annotated[list[Annotated[str, Meta(max_length=200)]], Meta(max_length=30)] | None = None
    note: Text = ""


class ConversationWatch(In):
    """Read along, for administrators: its messages, notes and typing come too, until `on` is false or the line ends."""

    conversation: Id
    on: bool


class NoteAdd(In):
    conversation: Id
    client_id: ClientId
    text: Text


class CallbackDone(In):
    callback: Id
    note: str = ""


class CallbackMissed(In):
    """Nobody was reached, or nobody tried."""

    callback: Id
    note: str = ""


# --- answers ------------------------------------------------------------------------------------------------------


class Opened(Out):
    """Of `alert.accept`, `chat.invite`, `conversation.reopen`, `conversation.watch`: the conversation and its newest
    messages (at most 100)."""

    conversation: str
    seq: int
    messages: list[Message]


class Greeting(Out):
    """For a customer whom we know. `expert`: who helped them last, `since` when, and whether they are here now."""

    name: str
    expert: str | None
    since: Time | None
    here: bool


class TalkOffered(Out):
    """What the site has in its chat (`contract.talk`). `preview`: what is typed is read before it is sent: say so.
    `mail`: a copy can be sent by mail."""

    preview: bool
    files: bool
    ratings: bool
    night: bool
    mail: bool


class Away(Out):
    """Nobody of the site is there now. `at`: the first time at which somebody (`expert`: their name) could call or
    write; null: none is known."""

    at: Time | None
    expert: str | None


class ClosedTalk(Out):
    """The visitor's newest closed conversation, while it can be reopened: until `until`. `score`: as it was rated."""

    conversation: str
    expert: str | None
    closed_at: Time
    until: Time
    score: int | None


class ChatOpened(Out):
    """Of `chat.open`: as `Opened`, and what the frame begins with. `ends_at`: it ends then unless somebody writes.
    `away`: null while anybody is there."""

    conversation: str
    seq: int
    messages: list[Message]
    ends_at: Time | None
    greeting: Greeting | None
    closed: ClosedTalk | None
    away: Away | None
    talk: TalkOffered


class NoteAdded(Out):
    note: str
    at: Time


class Transferring(Out):
    """`alert`: the bell that rings at `experts` now."""

    alert: str
    experts: list[Person]


class Sent(Out):
    seq: int
    at: Time


class Messages(Out):
    messages: list[Message]


class Done(Out):
    pass


class Ordered(Out):
    order: str
    number: str
    total: Money


class Pushed(Out):
    """`shown`: the id of the information card, offer or order form."""

    shown: str
    seq: int | None


class OfferAnswered(Out):
    state: str
    form: str | None


class ArticleQuote(Out):
    """`quote`: letter for letter of the article's text. `score`: 0 to 1."""

    id: str
    title: str
    quote: str
    score: float


class ArticlesFound(Out):
    """Best first; empty: nothing fits."""

    articles: list[ArticleQuote]


class ArticleShown(Out):
    id: str
    title: str
    text: str


class Slot(Out):
    """A quarter of an hour in which this expert would call or write. `expert`: their name."""

    at: Time
    expert: str | None


class Slots(Out):
    """The next ones that are free, at most 8."""

    slots: list[Slot]


class CallbackAgreed(Out):
    """`expert`: the name of who will call or write; null: whoever is free then."""

    callback: str
    at: Time
    expert: str | None


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
    card: str
    conversation: str | None
    offer: str
    product: ProductRef
    price: Money
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
    for, which was written while nobody was there and nobody has taken yet."""

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


VISITOR_COMMANDS: dict[str, tuple[type[In], type[Out]]] = {
    "chat.open": (ChatOpen, ChatOpened),
    "message.send": (MessageSend, Sent),
    "messages.after": (MessagesAfter, Messages),
    "message.read": (MessageRead, Done),
    "typing": (Typing, Done),
    "offer.answer": (OfferAnswer, OfferAnswered),
    "order.submit": (OrderSubmit, Ordered),
    "card.dismiss": (CardDismiss, Done),
    "chat.decline": (ChatDecline, Done),
    "articles.search": (ArticlesSearch, ArticlesFound),
    "article.get": (ArticleGet, ArticleShown),
    "conversation.reopen": (ConversationReopen, ChatOpened),
    "conversation.rate": (ConversationRate, Done),
    "callback.request": (CallbackRequest, CallbackAgreed),
    "callback.slots": (CallbackSlots, Slots),
}
EXPERT_COMMANDS: dict[str, tuple[type[In], type[Out]]] = {
    "presence.set": (PresenceSet, Done),
    "alert.accept": (AlertAccept, Opened),
    "alert.decline": (AlertDecline, Done),
    "chat.invite": (ChatInvite, Opened),
    "message.send": (MessageSend, Sent),
    "messages.after": (MessagesAfter, Messages),
    "message.read": (MessageRead, Done),
    "typing": (Typing, Done),
    "info.push": (InfoPush, Pushed),
    "offer.push": (OfferPush, Pushed),
    "order_form.push": (OrderFormPush, Pushed),
    "conversation.close": (ConversationClose, Done),
    "conversation.reopen": (ConversationReopen, Opened),
    "conversation.transfer": (ConversationTransfer, Transferring),
    "conversation.watch": (ConversationWatch, Opened),
    "note.add": (NoteAdd, NoteAdded),
    "callback.done": (CallbackDone, Done),
    "callback.missed": (CallbackMissed, Done),
}
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
