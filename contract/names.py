"""The closed word lists. A new word of the product enters here, so that Python, SQL, JSON and screen share it."""

from typing import Literal

#: Milliseconds since 1970-01-01 UTC, or a duration in milliseconds. RFC 3339 only at the edge (`contract.clock`).
Ms = int

EventType = Literal["page.viewed", "page.stayed", "page.left", "custom"]
EventOutcome = Literal["accepted", "duplicate", "rejected"]
PathSource = Literal["call", "attribute", "breadcrumb", "microdata", "tree", "sitemap", "canonical", "url"]
Channel = Literal["direct", "search", "social", "ai", "mail", "paid", "referral", "internal"]
Role = Literal["admin", "marketer", "expert"]
Status = Literal["online", "away", "offline"]
#: What keeps somebody who was just saved from being rung as one would expect.
ExpertWarning = Literal["no_topics"]
Rung = Literal["owner", "last", "topic", "anyone"]
RUNGS: tuple[Rung, ...] = ("owner", "last", "topic", "anyone")
#: "nothing" looks on: its firings are counted, and nobody is disturbed.
Action = Literal["alert", "invite", "information", "offer", "order_form", "nothing"]
#: Whether a firing acted, or was left alone for the comparison.
Arm = Literal["treated", "held_out"]
#: "superseded": another bell for the same person goes on, and says more.
AlertEnd = Literal["accepted", "taken", "declined", "expired", "gone", "superseded"]
ConversationState = Literal["open", "closed"]
#: Of a conversation that was offered to a colleague, and what came of it.
TransferState = Literal["waiting", "accepted", "declined", "expired", "gone"]
AuthorKind = Literal["visitor", "expert", "system"]
MessageKind = Literal["text", "info", "offer", "order_form", "order", "event", "file", "articles"]
#: What may be attached: what the bytes say, never what somebody calls it (`chat.sniff`).
FileType = Literal["image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf"]
TranscriptFormat = Literal["text", "html"]
ArticleState = Literal["draft", "published"]
CardKind = Literal["info", "offer", "order_form"]
OfferState = Literal["open", "accepted", "declined", "expired"]
OrderStatus = Literal["placed", "cancelled"]
IdentityKind = Literal["visitor", "email", "phone", "user"]
MergeProof = Literal["token", "order", "hand"]
Tier = Literal["standard", "gold"]
FunnelStep = Literal["viewed", "deep", "alert", "chat", "offer", "order"]
Language = Literal["en", "ru"]
DeviceKind = Literal["mobile", "tablet", "pc", "bot", "unknown"]
#: What leaves the house by itself (`service.outbox`), and how far it got.
OutboxKind = Literal["webhook", "mail", "push"]
OutboxState = Literal["waiting", "sent", "dead"]
#: What a webhook may be told of; each once per happening and webhook.
WebhookEvent = Literal[
    "conversation.opened", "conversation.closed", "message.added", "order.placed", "callback.requested",
    "callback.updated", "conversation.rated",
]  # fmt: skip
#: Why somebody is called while no desk of theirs is open.
PushKind = Literal["bell", "missed", "message", "callback", "try"]
BellKind = Literal["alert", "conversation", "visitor", "expert", "visit", "callback"]
#: How somebody is answered later: by telephone, or in writing in their conversation.
CallbackChannel = Literal["call", "write"]
#: cancelled: by its visitor, who wants it no more.
CallbackState = Literal["open", "done", "missed", "cancelled"]
#: A step between two page views: to a place below, to one above, or elsewhere.
Direction = Literal["in", "out", "across"]
#: What an administrator gave of a site's tree: paths of its own (CSV), or a list of its pages (sitemap).
TreeKind = Literal["tree", "sitemap"]
#: Why a page stands where it stands.
TreeReason = Literal[
    "given", "tree", "pattern", "sitemap", "home", "route", "query", "canonical", "url", "unreadable"
]  # fmt: skip
TreeRule = Literal[
    "given", "home", "hash", "canonical", "folders", "index", "tree", "pattern", "sitemap", "locale", "ignored",
    "facet", "query", "id", "ending", "lower_case", "name", "limit", "home_name",
]  # fmt: skip
