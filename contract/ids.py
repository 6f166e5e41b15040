"""Identifiers: UUIDv7 when the server makes them (they sort by time), UUIDv4 when a browser does."""

import re
import uuid

import uuid_utils

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
VISITOR_KEY = re.compile(r"[0-9a-f]{32}")
_TREE = uuid.UUID("5b0c7d8e-2f5f-4c55-9a4e-6c1f0a6f2b11")


def new_id() -> str:
    """A fresh UUIDv7 in canonical lower-case text."""
    return str(uuid_utils.uuid7())


def first_id(at: int) -> str:
    """The least UUIDv7 of this moment (ms since 1970): what was made earlier sorts before it."""
    time = f"{at:012x}"
    return f"{time[:8]}-{time[8:]}-7000-8000-000000000000"


def node_id(site: str, path: tuple[str, ...] | list[str]) -> str:
    """The id of the tree node at `path` of `site`: a name-based UUIDv5, so no look-up is ever needed."""
    return str(uuid.uuid5(_TREE, "\x1f".join((site, *path))))
