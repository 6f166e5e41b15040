"""Promises to call somebody, or to write to them, at a time."""

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Table, Text, literal_column, text

from store.metadata import Id, Json, Time, metadata

#: `owner_id`: whose promise it is; null is nobody's, for all of the site to see. `phone`: E.164, "" where somebody
#: writes. `topic`: the place of the tree that it is about; `words`: the visitor's own. `customer_id`: who they were
#: when they asked. `due_at`: when something happens to it by itself next (`voice.timing`), null once it is over.
#: `done_by`: who of the house said what became of it; null where its time ran out, or its visitor cancelled it.
#: `stranger`: nobody here knew them when they asked. `network`: a keyed hash of where they asked from, forgotten after
#: a day. `asked`: when they asked again.
#: `frame_hash`: the frame in which it was asked for, null where there was none: only there it is moved and told of.
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
    Column("stranger", Boolean, nullable=False, default=False),
    Column("network", Text, nullable=True),
    Column("asked", Json, nullable=False, default=list),
    Column("frame_hash", Text, nullable=True),
    CheckConstraint("channel IN ('call', 'write')", name="channel"),
    CheckConstraint("state IN ('open', 'done', 'missed', 'cancelled')", name="state"),
    Index("ix_callback_site_id_at", "site_id", "at"),
    Index("ix_callback_visitor_id", "visitor_id"),
    Index("ix_callback_site_id_phone_created_at", "site_id", "phone", "created_at"),
    # One call per expert and slot: the last word, should two ever be promised at the same moment.
    Index(
        "ix_callback_promised",
        "owner_id",
        "at",
        unique=True,
        sqlite_where=text("state = 'open' AND channel = 'call'"),
        postgresql_where=text("state = 'open' AND channel = 'call'"),
    ),
    Index(
        "ix_callback_owner_id", "owner_id", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")
    ),
    Index(
        "ix_callback_nobodys",
        "site_id",
        sqlite_where=text("state = 'open' AND owner_id IS NULL"),
        postgresql_where=text("state = 'open' AND owner_id IS NULL"),
    ),
    Index(
        "ix_callback_network",
        "network",
        "created_at",
        sqlite_where=text("network IS NOT NULL"),
        postgresql_where=text("network IS NOT NULL"),
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
