"""Passwords: Argon2id, off the event loop, and as slow for an unknown e-mail as for a known one."""

import asyncio
import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: The hash of nobody's password, made with the parameters above, so that an unknown e-mail costs one hash too.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$G1Dtokq3cYjW/Yq6HrYM3A$jirfOgcLZsEzewHwD6pdl03X6d5GqVOL5x3Dmp2choY"
#: Each hash holds 19 MB; a flood of sign-ins waits here instead of filling the memory.
_places = threading.BoundedSemaphore(4)


def hashed(password: str) -> str:
    """Salted Argon2id in its standard text form. Takes some 30 ms: call `hash_password` on the event loop."""
    with _places:
        return _hasher.hash(password)


def matches(stored: str | None, password: str) -> bool:
    """True if `password` made `stored`. With None it hashes all the same and answers False."""
    with _places:
        try:
            _hasher.verify(stored or NOBODY, password)
        except (VerificationError, InvalidHashError):
            return False
    return stored is not None


async def hash_password(password: str) -> str:
    """`hashed`, in a thread."""
    return await asyncio.to_thread(hashed, password)


async def check_password(stored: str | None, password: str) -> bool:
    """`matches`, in a thread."""
    return await asyncio.to_thread(matches, stored, password)
