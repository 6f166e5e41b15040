"""How the chat of a site looks: its colour, its side of the page, what it is called and says first."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from contract.text import END, ONE_LINE

#: Where the bell stands on the page.
Side = Literal["left", "right"]
#: Six hex digits, or "" for our own colour.
Colour = Annotated[str, Meta(pattern="^(#[0-9a-fA-F]{6})?" + END)]


class Title(msgspec.Struct, frozen=True, kw_only=True):
    """A line in each language; "" says ours."""

    en: Annotated[str, Meta(max_length=60, pattern=ONE_LINE)] = ""
    ru: Annotated[str, Meta(max_length=60, pattern=ONE_LINE)] = ""


class Welcome(msgspec.Struct, frozen=True, kw_only=True):
    """A few sentences in each language; "" says ours."""

    en: Annotated[str, Meta(max_length=300)] = ""
    ru: Annotated[str, Meta(max_length=300)] = ""


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """`accent` is what the site wishes; what is shown of it can be read (`contract.accent`)."""

    accent: Colour = ""
    side: Side = "right"
    title: Title = Title()
    welcome: Welcome = Welcome()


USUAL = Look()
