"""Rows that belong to no business subject: what was already answered to whom."""

from sqlalchemy import CheckConstraint, Column, Index, Integer, Table, Text, literal_column, text

from store.metadata import Id, Json, Time, metadata

#: A success, remembered under the client's own id for 30 days, so that a repeat gets the same answer (contract 4).
receipt = Table(
    "receipt",
    metadata,
    Column("person", Text, primary_key=True),
    Column("client_id", Text, primary_key=True),
    Column("command", Text, nullable=False),
    Column("answer", Json, nullable=False),
    Column("at", Time, nullable=False),
    Index("ix_receipt_at", "at"),
)
#: What leaves the house: webhooks, mail and push, each stored in the transaction of its cause and sent afterwards
#: (`service.outbox`). `target`: the id of the webhook or of the device, "" for mail; `event`: the word it tells of.
#: `due_at`: from when somebody may send it; while somebody does, the end of their lease, which the number in `tries`
#: stands for. `error`: why the last try failed. `payload` is what is sent, as text; it is forgotten once it was.
outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("target", Id, nullable=False),
    Column("event", Text, nullable=False),
    Column("payload", Text, nullable=True),
    Column("state", Text, nullable=False),
    Column("due_at", Time, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Column("put_at", Time, nullable=False),
    Column("done_at", Time, nullable=True),
    CheckConstraint("kind IN ('webhook', 'mail', 'push')", name="kind"),
    CheckConstraint("state IN ('waiting', 'sent', 'dead')", name="state"),
    Index(
        "ix_outbox_due_at",
        "due_at",
        "id",
        sqlite_where=text("state = 'waiting'"),
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("ix_outbox_target_id", "target", "id"),
    Index("ix_outbox_target_state", "target", "state", "id"),
    Index("ix_outbox_done_at", "done_at"),
)
#: Written out, not bound: only then do both databases see that the partial index applies.
WAITING = outbox.c.state == literal_column("'waiting'")
