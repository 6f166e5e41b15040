"""Rows that belong to no business subject: what was already answered to whom."""

from sqlalchemy import Column, Index, Table, Text

from store.metadata import Json, Time, metadata

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
