"""What they say: conversations, numbered messages, and the cards that stand on a visitor's page."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text, text

from store.metadata import Id, Json, Time, metadata

#: `frame_hash`: hash of the frame secret that the conversation is bound to (contract 4), null while unbound.
#: `left_id`: who had it and left; it counts as served by them while nobody has taken it over.
#: `trigger_id`: the trigger that invited by itself; null where a person took the conversation. `due_at`: until when
#: the visitor is awaited there (where a trigger invited: their first word); then it is closed, and its place is free.
conversation = Table(
    "conversation",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("visitor_id", Id, nullable=False),
    Column("visit_id", Id, nullable=True),
    Column("expert_id", Id, nullable=True),
    Column("left_id", Id, nullable=True),
    Column("alert_id", Id, nullable=True),
    Column("trigger_id", Id, nullable=True),
    Column("frame_hash", Text, nullable=True),
    Column("state", Text, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("visitor_read_seq", Integer, nullable=False),
    Column("expert_read_seq", Integer, nullable=False),
    Column("opened_at", Time, nullable=False),
    Column("accepted_at", Time, nullable=True),
    Column("visitor_at", Time, nullable=True),
    Column("closed_at", Time, nullable=True),
    Column("due_at", Time, nullable=True),
    CheckConstraint("state IN ('open', 'closed')", name="state"),
    Index("ix_conversation_visitor_id_state", "visitor_id", "state"),
    Index("ix_conversation_expert_id_state", "expert_id", "state"),
    Index("ix_conversation_site_id_opened_at", "site_id", "opened_at"),
    Index("ix_conversation_due_at", "due_at"),
    Index(
        "ix_conversation_reserved",
        "site_id",
        sqlite_where=text("trigger_id IS NOT NULL AND due_at IS NOT NULL"),
        postgresql_where=text("trigger_id IS NOT NULL AND due_at IS NOT NULL"),
    ),
    Index("ix_conversation_site_id_closed_at", "site_id", "closed_at"),
)
message = Table(
    "message",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("client_id", Text, nullable=True),
    Column("author_kind", Text, nullable=False),
    Column("author_id", Id, nullable=True),
    Column("author_name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("data", Json, nullable=True),
    Column("at", Time, nullable=False),
    CheckConstraint("author_kind IN ('visitor', 'expert', 'system')", name="author_kind"),
)
#: A quiet card on the page, with or without a conversation: state until it is used or dismissed. `expert_id`: null
#: where a trigger showed it, in the site's name.
card = Table(
    "card",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("visitor_id", Id, nullable=False),
    Column("visit_id", Id, nullable=True),
    Column("conversation_id", Id, nullable=True),
    Column("expert_id", Id, nullable=True),
    Column("kind", Text, nullable=False),
    Column("ref", Id, nullable=True),
    Column("data", Json, nullable=False),
    Column("at", Time, nullable=False),
    Column("over_at", Time, nullable=True),
    CheckConstraint("kind IN ('info', 'offer', 'order_form')", name="kind"),
    Index("ix_card_visitor_id", "visitor_id"),
)
