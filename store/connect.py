"""From two settings to a store and a bus: SQLite and in process, or PostgreSQL and Redis. The same code above.

What only the other size needs is not loaded: it is a quarter of the time of a start.
"""

from pathlib import Path

from store.base import Store
from store.bus import Bus, LocalBus
from store.sqlite import SqliteStore


def database_url(configured: str | None, data_dir: Path) -> str:
    """The configured address with the driver we use, or a SQLite file in the data folder."""
    if not configured:
        return f"sqlite:///{data_dir / 'shopbell.sqlite3'}"
    scheme, _, rest = configured.partition("://")
    if scheme in ("postgres", "postgresql", "postgresql+asyncpg"):
        return f"postgresql+asyncpg://{rest}"
    if scheme == "sqlite":
        return configured
    raise ValueError("DATABASE_URL must begin with sqlite:/// or postgresql://")


def open_store(url: str) -> Store:
    """A store for an address made by `database_url`."""
    if url.startswith("sqlite:///"):
        path = Path(url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        return SqliteStore(path)
    return _postgres(url)


def open_reader(url: str) -> Store:
    """A store that is only read, for a process beside the one that serves."""
    if url.startswith("sqlite:///"):
        return SqliteStore(Path(url.removeprefix("sqlite:///")), reads_only=True)
    return _postgres(url)


def _postgres(url: str) -> Store:
    from store.postgres import PostgresStore

    return PostgresStore(url)


def open_bus(redis_url: str | None) -> Bus:
    """The bus in process, or over Redis."""
    if not redis_url:
        return LocalBus()
    from store.redis_bus import RedisBus

    return RedisBus(redis_url)
