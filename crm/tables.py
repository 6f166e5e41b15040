"""What we know of a person: customers, the identities that lead to them, and who turned out to be whom."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text, text

from store.metadata import Id, Json, Time, metadata

#: `person_id`: the customer that stands for this person now; its own id until it is merged into another. Whatever else
#: holds a customer's id (identities, orders) holds the one that was true when it was written, for ever, and is read
#: through this column: so a merge rewrites nothing, and undoing it leaves no trace.
customer = Table(
    "customer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("person_id", Id, nullable=False),
    Column("name", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("owner_id", Id, nullable=True),
    Column("created_at", Time, nullable=False),
    Index("ix_customer_site_id_created_at", "site_id", "created_at"),
    Index("ix_customer_person_id", "person_id"),
)
#: kind: visitor, email, phone, user. A value leads to one customer only. `proof` says why we believe it: "order" is
#: what somebody typed, which proves nothing; "token" and "confirmed" do (`crm.who.PROVEN`).
identity = Table(
    "identity",
    metadata,
    Column("site_id", ForeignKey("site.id"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("value", Text, primary_key=True),
    Column("customer_id", ForeignKey("customer.id"), nullable=False),
    Column("proof", Text, nullable=False),
    Column("at", Time, nullable=False),
    Index("ix_identity_customer_id", "customer_id"),
)
#: `gone` is the same person as `kept`; both stood for themselves at that moment. proof: token, order, hand.
#: `account_id`: whose hand it was, null where a token proved it. `moved`: how much came along, for whoever looks later.
merge = Table(
    "merge",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("kept", ForeignKey("customer.id"), nullable=False),
    Column("gone", ForeignKey("customer.id"), nullable=False),
    Column("proof", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("account_id", Id, nullable=True),
    Column("at", Time, nullable=False),
    Column("moved", Json, nullable=False),
    Column("undone_at", Time, nullable=True),
    Column("undone_by", Id, nullable=True),
    Index("ix_merge_kept", "kept"),
    Index("ix_merge_gone", "gone"),
    Index(
        "ix_merge_in_force",
        "gone",
        unique=True,
        sqlite_where=text("undone_at IS NULL"),
        postgresql_where=text("undone_at IS NULL"),
    ),
)
