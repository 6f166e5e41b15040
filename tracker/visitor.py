"""Pure: one browser. We keep the hash of the key that it made itself: who reads our base cannot become that visitor."""

from hashlib import sha256


def key_hash(key: str) -> str:
    """Hex SHA-256 of a visitor key."""
    return sha256(key.encode()).hexdigest()
