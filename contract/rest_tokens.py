"""What programs sign in with: API tokens."""

from typing import Annotated

from msgspec import Meta

from contract.shapes import In, Line, Out, Person, Time


class TokenWrite(In):
    """A token of one's own account; `days`: how long it is good."""

    name: Line
    days: Annotated[int, Meta(ge=1, le=3650)] = 90


class Token(Out):
    """`name`: "" where a program signed in by itself. `account`: whose rights it has. `used_at`: to the minute, null if
    it never was. `current`: this very request was made with it."""

    id: str
    name: str
    account: Person
    created_at: Time
    used_at: Time | None
    expires_at: Time
    current: bool


class TokenMade(Out):
    """`token` is shown this once: only its hash is kept."""

    id: str
    name: str
    token: str
    expires_at: Time
