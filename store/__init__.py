"""The database is the truth; the bus is a doorbell; process memory is a cache."""

from store.lean import without

# Its coloured tracebacks; ours are lines of JSON (`service.serve.logs`).
with without("rich"):
    import structlog  # noqa: F401
