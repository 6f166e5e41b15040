"""The knowledge base and canned answers: what experts and the widget look up, and what is said again and again."""

from typing import Annotated

from msgspec import Meta

from contract.names import ArticleState
from contract.shapes import In, Line, Name, Out, Person, Time
from contract.text import END

_SiteId = Annotated[str, Meta(min_length=1, max_length=64)]
_Tongue = Annotated[str, Meta(pattern="^[a-z]{2,3}" + END)]
_Body = Annotated[str, Meta(min_length=1, max_length=50_000)]
_Topic = Annotated[list[Name], Meta(max_length=20)]
#: Behind the slash: letters, digits, hyphen and underscore of any language; capitals make no difference.
_Shortcut = Annotated[str, Meta(min_length=1, max_length=40, pattern=r"^[\w-]+" + END)]
_Said = Annotated[str, Meta(min_length=1, max_length=8_000)]


class ArticleWrite(In):
    """`text`: paragraphs between empty lines; **bold**, *italic*, lists, http(s) links; never HTML."""

    site: _SiteId
    title: Line
    text: _Body
    language: _Tongue = "en"
    path: _Topic = []
    state: ArticleState = "draft"


class ArticlePatch(In):
    """What is given is changed."""

    title: Line | None = None
    text: _Body | None = None
    language: _Tongue | None = None
    path: _Topic | None = None
    state: ArticleState | None = None


class ArticleBrief(Out):
    """One line of the list. `length`: characters of its text."""

    id: str
    site: str
    title: str
    language: str
    path: list[str]
    state: ArticleState
    length: int
    updated_at: Time


class Article(Out):
    """`author`: who wrote it first; null where nobody of the house did."""

    id: str
    site: str
    title: str
    text: str
    language: str
    path: list[str]
    state: ArticleState
    author: Person | None
    created_at: Time
    updated_at: Time


class ArticleHit(Out):
    """`quote`: letter for letter of its text. `score`: 0 to 1. `fits`: a visitor would get it. `words`: those of the
    question that were found in it."""

    id: str
    title: str
    quote: str
    score: float
    fits: bool
    language: str
    words: list[str]


class ArticleHits(Out):
    """Best first. `least`: the score from which on something fits. `unknown`: words that no article has."""

    items: list[ArticleHit]
    least: float
    unknown: list[str]


class CannedWrite(In):
    """`text` may hold {name} (the visitor's), {expert}, {site} and {topic}; the desk fills them in."""

    site: _SiteId
    shortcut: _Shortcut
    title: Line
    text: _Said
    language: _Tongue = "en"


class CannedPatch(In):
    """What is given is changed."""

    shortcut: _Shortcut | None = None
    title: Line | None = None
    text: _Said | None = None
    language: _Tongue | None = None


class Canned(Out):
    id: str
    site: str
    shortcut: str
    title: str
    text: str
    language: str
