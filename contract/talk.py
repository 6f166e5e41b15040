"""How a site wants its conversations: when a silent one ends, and what visitors may do in it."""

from typing import Annotated

import msgspec
from msgspec import Meta


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """`idle_minutes`: after so long without a word a conversation that somebody has is told that it ends (0: never),
    `warn_minutes` before it does. `preview`: experts read what a visitor types before it is sent, and the visitor is
    told so. `files`, `ratings`: visitors may send files, may rate. `night`: where nobody is there, articles answer."""

    idle_minutes: Annotated[int, Meta(ge=0, le=10_080)] = 60
    warn_minutes: Annotated[int, Meta(ge=1, le=60)] = 5
    preview: bool = False
    files: bool = True
    ratings: bool = True
    night: bool = True


USUAL = Talk()
