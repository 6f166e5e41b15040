"""The two namespaces: what may come in (`packets`), who it is (`handshake`), what it does (`server`), what goes out
(`delivery`)."""

from store.lean import without

# Clients of message queues: fan-out between processes is `store.redis_bus`.
with without("redis", "valkey"):
    import socketio  # noqa: F401
