"""What the yard knows: articles and canned answers, in both of its languages."""

from functools import cache
from typing import Any

from sqlalchemy import Connection

from chat.articles import create_article, create_canned
from contract.names import Ms
from service.demo.language import LANGUAGES, read
from service.demo.words import Language


@cache
def articles(language: Language) -> dict[str, dict[str, Any]]:
    """Title, path and text by a short name that is the same in both languages."""
    found: dict[str, dict[str, Any]] = read("knowledge", language)["articles"]
    return found


@cache
def canned(language: Language) -> dict[str, dict[str, str]]:
    """Title and text by shortcut."""
    found: dict[str, dict[str, str]] = read("knowledge", language)["canned"]
    return found


def write_down(conn: Connection, site_id: str, now: Ms) -> None:
    """All of it, published."""
    for language in LANGUAGES:
        for number, one in enumerate(articles(language).values()):
            create_article(conn, site_id, {**one, "language": language, "state": "published"}, None, now + number)
        for number, (shortcut, one) in enumerate(canned(language).items()):
            create_canned(conn, site_id, {**one, "shortcut": shortcut, "language": language}, now + number)
