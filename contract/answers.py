"""What a command is answered with, on a socket or over HTTP, after its commit."""

from contract.shapes import Message, Money, Out, Person, Time


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
