"""What we know of a person: customers and the identities that lead to them."""

from sqlalchemy import Column, ForeignKey, Index, Table, Text

from store.metadata import Id, Time, metadata

customer = Table(
    "customer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("tier", Text, nullable=False),
    Column("owner_id", Id, nullable=True),
    Column("created_at", Time, nullable=False),
    Index("ix_customer_site_id_created_at", "site_id", "created_at"),
)
#: kind: visitor, email, phone, user. A value leads to one customer only; `proof` says why we believe it.
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
