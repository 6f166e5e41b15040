"""What they say: conversations, numbered messages with what is attached, the cards on a visitor's page; what is
looked up."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from store.metadata import Id, Json, Time, metadata

#: `frame_hash`: hash of the frame secret that the conversation is bound to (contract 4), null while unbound.
#: `left_id`: who had it and left; it counts as served by them while nobody has taken it over.
#: `kept_for`: to whom it belongs, which was written while nobody was there, until `kept_until`; then to anybody
#: (`service.flows.mornings`).
#: `trigger_id`: the trigger that invited by itself; null where a person took the conversation. `due_at`: until when
#: the visitor is awaited there (where a trigger invited: their first word); then it is closed, and its place is free.
#: `spoken_at`: when a person last said or did something there; `ends_at`: when it ends, after both were told so.
#: `transfer_id`: the offer to colleagues that was made last, until somebody takes it.
#: `score`, `comment`, `rated_at`: how the visitor rated it, and when first;
#: `rating_changes`: how often they have changed that.
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
    Column("spoken_at", Time, nullable=True),
    Column("ends_at", Time, nullable=True),
    Column("transfer_id", Id, nullable=True),
    Column("score", Integer, nullable=True),
    Column("comment", Text, nullable=True),
    Column("rated_at", Time, nullable=True),
    Column("rating_changes", Integer, nullable=False, default=0),
    Column("kept_for", Id, nullable=True),
    Column("kept_until", Time, nullable=True),
    CheckConstraint("state IN ('open', 'closed')", name="state"),
    CheckConstraint("score BETWEEN 1 AND 5", name="score"),
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
    Index(
        "ix_conversation_silent",
        "site_id",
        "spoken_at",
        sqlite_where=text("state = 'open' AND expert_id IS NOT NULL AND ends_at IS NULL"),
        postgresql_where=text("state = 'open' AND expert_id IS NOT NULL AND ends_at IS NULL"),
    ),
    Index(
        "ix_conversation_ends_at",
        "ends_at",
        sqlite_where=text("ends_at IS NOT NULL"),
        postgresql_where=text("ends_at IS NOT NULL"),
    ),
    Index(
        "ix_conversation_kept",
        "site_id",
        "kept_until",
        sqlite_where=text("kept_until IS NOT NULL AND expert_id IS NULL AND state = 'open'"),
        postgresql_where=text("kept_until IS NOT NULL AND expert_id IS NULL AND state = 'open'"),
    ),
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
#: where a trigger showed it, in the site's name. `frame_hash`: the frame in which was done what it came of; it is for
#: that frame alone.
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
    Column("frame_hash", Text, nullable=True),
    Column("data", Json, nullable=False),
    Column("at", Time, nullable=False),
    Column("over_at", Time, nullable=True),
    CheckConstraint("kind IN ('info', 'offer', 'order_form')", name="kind"),
    Index("ix_card_visitor_id", "visitor_id"),
)
#: An attachment: the row of a message of kind file; its bytes lie in the data folder under the same id
#: (`service.files`). There is never a row without bytes. `author_kind`: who sent it, the visitor or an expert.
file = Table(
    "file",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("visitor_id", Id, nullable=False),
    Column("author_kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("width", Integer, nullable=True),
    Column("height", Integer, nullable=True),
    Column("at", Time, nullable=False),
    ForeignKeyConstraint(["conversation_id", "seq"], ["message.conversation_id", "message.seq"]),
    Index("ix_file_conversation_id_seq", "conversation_id", "seq"),
    Index("ix_file_visitor_id_at", "visitor_id", "at"),
)
#: A transcript that went by mail, kept for a day: so few may be sent of one conversation. To whom, nobody remembers.
mailing = Table(
    "mailing",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("at", Time, nullable=False),
    Index("ix_mailing_conversation_id_at", "conversation_id", "at"),
)
#: What experts and the widget look up. `path`: the topic it belongs to, [] for the whole shop. Each change gives the
#: site another `articles_version`.
article = Table(
    "article",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("path", Json, nullable=False),
    Column("state", Text, nullable=False),
    Column("author_id", Id, nullable=True),
    Column("created_at", Time, nullable=False),
    Column("updated_at", Time, nullable=False),
    CheckConstraint("state IN ('draft', 'published')", name="state"),
    Index("ix_article_site_id", "site_id"),
)
#: What an expert says again and again, under a short name of its own.
canned = Table(
    "canned",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), nullable=False),
    Column("shortcut", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("created_at", Time, nullable=False),
    UniqueConstraint("site_id", "language", "shortcut"),
)
#: What colleagues tell each other about a conversation. No message: numbers of messages have no gap.
note = Table(
    "note",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("after_seq", Integer, nullable=False),
    Column("client_id", Text, nullable=True),
    Column("author_id", Id, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("at", Time, nullable=False),
    Index("ix_note_conversation_id_at", "conversation_id", "at"),
)
#: A conversation that `from_id` offered to `to_id`, or to whoever knows the topic; its bell is `alert_id`, which has
#: the time (`due_at`). `outcome` is null while it rings.
transfer = Table(
    "transfer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id"), nullable=False),
    Column("alert_id", Id, nullable=False, unique=True),
    Column("from_id", Id, nullable=False),
    Column("to_id", Id, nullable=True),
    Column("topic", Json, nullable=False),
    Column("note", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("ended_at", Time, nullable=True),
    Column("outcome", Text, nullable=True),
    CheckConstraint("outcome IN ('accepted', 'declined', 'expired', 'gone')", name="outcome"),
    Index("ix_transfer_conversation_id", "conversation_id"),
    Index(
        "ix_transfer_waiting",
        "id",
        sqlite_where=text("outcome IS NULL"),
        postgresql_where=text("outcome IS NULL"),
    ),
)
#: What a visitor has typed and not sent, where the site has it read. Gone when it is sent, or after a minute.
preview = Table(
    "preview",
    metadata,
    Column("conversation_id", ForeignKey("conversation.id"), primary_key=True),
    Column("text", Text, nullable=False),
    Column("at", Time, nullable=False),
    Index("ix_preview_at", "at"),
)
#: A visitor who may not write to us. `until`: when it ends, or was ended by hand.
block = Table(
    "block",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("visitor_id", Id, nullable=False),
    Column("account_id", Id, nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("until", Time, nullable=False),
    Index("ix_block_visitor_id_until", "visitor_id", "until"),
    Index("ix_block_until", "until"),
    Index("ix_block_site_id_at", "site_id", "at"),
)
