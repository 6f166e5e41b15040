"""What comes in on the two sockets: the shape of every command, and of what it is answered with.

Unknown fields are ignored. `VISITOR_COMMANDS` and `EXPERT_COMMANDS` are the allow-lists of `service.sockets`: a name
that is not in them never reaches code.
"""

from typing import Annotated

from msgspec import Meta

from contract.answers import (
    ArticlesFound,
    ArticleShown,
    CallbackAgreed,
    ChatOpened,
    Done,
    Messages,
    NoteAdded,
    OfferAnswered,
    Opened,
    Ordered,
    Pushed,
    Sent,
    Slots,
    Transferring,
)
from contract.names import CallbackChannel, Status
from contract.shapes import ClientId, Id, In, Name, Out, Seq, Text

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


class CallbackCancel(In):
    """Not wanted any more. Only from the frame in which it was asked for."""

    callback: Id


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
    """`amount` may be lower than the catalogue's; `quantity`: the most pieces at this price; `minutes` until it
    expires."""

    product: Id
    amount: int | None = None
    quantity: Annotated[int, Meta(ge=1, le=999)] = 10
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
    "callback.cancel": (CallbackCancel, Done),
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
