"""Alembic's entry. The connection is handed over by `service.migrate`, which also owns the transaction."""

from typing import Any, Literal

from alembic import context

from service.schema import metadata
from store.metadata import Json


def plain_types(kind: str, value: Any, _: Any) -> str | Literal[False]:
    """A migration outlives our classes: JSON is written down as the text it is."""
    return "sa.Text()" if kind == "type" and isinstance(value, Json) else False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=metadata,
    render_as_batch=True,
    render_item=plain_types,
    transactional_ddl=False,
)
context.run_migrations()
