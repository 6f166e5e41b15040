"""How a site wants its conversations: when a silent one ends, and what visitors may do in it."""

from typing import Annotated

import msgspec
from msgspec import Meta

from contract.text import END


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """`idle_minutes`: after so long without a word a conversation that somebody has is told that it ends (0: never),
    `warn_minutes` before it does. `preview`: experts read what a visitor types before it is sent, and the visitor is
    told so. `files`, `ratings`: visitors may send files, may rate. `night`: where nobody is there, articles answer.
    `countries`: whose telephone numbers may be given without a country (`GB`), instead of those of the language's; they
    are called as well."""

    idle_minutes: Annotated[int, Meta(ge=0, le=10_080)] = 60
    warn_minutes: Annotated[int, Meta(ge=1, le=60)] = 5
    preview: bool = False
    files: bool = True
    ratings: bool = True
    night: bool = True
    countries: Annotated[tuple[Annotated[str, Meta(pattern="^[A-Z]{2}" + END)], ...], Meta(max_length=20)] = ()


USUAL = Talk()
