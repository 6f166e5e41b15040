"""Promises to call somebody, or to write to them, at a time."""

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, literal_column, text

from store.metadata import Id, Json, Time, metadata

#: `owner_id`: whose promise it is; null is nobody's, for all of the site to see. `phone`: E.164, "" where somebody
#: writes. `topic`: the place of the tree that it is about; `words`: the visitor's own. `customer_id`: who they were
#: when they asked. `due_at`: when something happens to it by itself next (`voice.timing`), null once it is over.
#: `done_by`: who said what became of it; null where its time ran out.
callback = Table(
    "callback",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("visitor_id", Id, nullable=False),
    Column("customer_id", Id, nullable=True),
    Column("conversation_id", Id, nullable=True),
    Column("owner_id", Id, nullable=True),
    Column("channel", Text, nullable=False),
    Column("phone", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("topic", Json, nullable=False),
    Column("words", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("note", Text, nullable=False),
    Column("created_at", Time, nullable=False),
    Column("reminded_at", Time, nullable=True),
    Column("done_at", Time, nullable=True),
    Column("done_by", Id, nullable=True),
    Column("due_at", Time, nullable=True),
    CheckConstraint("channel IN ('call', 'write')", name="channel"),
    CheckConstraint("state IN ('open', 'done', 'missed')", name="state"),
    Index("ix_callback_site_id_at", "site_id", "at"),
    Index("ix_callback_visitor_id", "visitor_id"),
    Index("ix_callback_site_id_phone_created_at", "site_id", "phone", "created_at"),
    # One promise per expert and slot: the last word, should two ever be made at the same moment.
    Index(
        "ix_callback_promised",
        "owner_id",
        "at",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
    Index(
        "ix_callback_due_at",
        "due_at",
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)
#: Written out, not bound: only then do both databases see that the partial indexes of open promises apply.
OPEN = callback.c.state == literal_column("'open'")
