"""Pure: one message in words that stand by themselves, for a transcript: no button, no picture, nothing to look up.

What the server itself said is told in the reader's language by the name of the event. What a reader of tomorrow cannot
use any more (the place in a queue) is left out.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from chat.moments import written
from contract.names import MessageKind
from contract.text import is_web_address

Words = Mapping[str, str]
Money = Callable[[int, str], str]
#: What was true for a moment only.
PASSING = frozenset({"queue.waiting", "conversation.ending"})
_GAP = re.compile(r"\{(\w+)\}")
_KB, _MB = 1_000, 1_000_000


class Part(msgspec.Struct, frozen=True):
    """A paragraph. `url`: where it leads, http or https, or ""."""

    text: str
    url: str = ""


class Speech(msgspec.Struct, frozen=True, kw_only=True):
    """What a reader's language and place need: `words` of the catalogue, `money` of minor units and currency."""

    words: Words
    money: Money
    zone: str


def parts(kind: MessageKind, text: str, data: Mapping[str, Any], speech: Speech) -> list[Part]:
    """The paragraphs of one message; none for what is left out."""
    if kind == "event":
        return _event(text, data, speech)
    made = _OF.get(kind)
    if made is None:
        return [Part(text)]
    try:
        return [part for part in made(data, speech) if part.text]
    except (KeyError, TypeError, AttributeError):  # kept in another shape once: the words are there all the same
        return [Part(text)]


def fill(sentence: str, values: Mapping[str, Any]) -> str:
    """In one pass, and not by str.format: a value is somebody's text and may hold braces."""
    return _GAP.sub(lambda gap: str(values.get(gap[1], gap[0])), sentence)


def size(number: int, words: Words) -> str:
    """`1.2 MB`, `14 KB`, at least 1 KB."""
    if number < _MB:
        return fill(words["kilobytes"], {"number": max(1, round(number / _KB))})
    return fill(words["megabytes"], {"number": f"{number / _MB:.1f}".removesuffix(".0").replace(".", words["point"])})


def _event(text: str, data: Mapping[str, Any], speech: Speech) -> list[Part]:
    name = str(data.get("name", ""))
    if name in PASSING:
        return []
    sentence = speech.words.get(f"event.{name}{_how(name, data)}")
    values = {key: written(value, speech.zone) if key == "at" else value for key, value in data.items()}
    if isinstance(topic := data.get("topic"), list):
        values["topic"] = topic[-1] if topic else ""
    if sentence is None or not all(values.get(gap) not in (None, "") for gap in _GAP.findall(sentence)):
        return [Part(text)]
    return [Part(fill(sentence, values))]


def _how(name: str, data: Mapping[str, Any]) -> str:
    """A conversation is offered to somebody, to whoever knows a topic, to anybody; or it stayed where it was."""
    if name != "conversation.transferred":
        return ""
    if data.get("state") != "waiting":
        return f".{data.get('state')}"
    return ".waiting" if data.get("to") else ".topic" if data.get("topic") else ".anybody"


def _info(data: Mapping[str, Any], speech: Speech) -> list[Part]:
    url = _address(data)
    return [Part(str(data.get("title", ""))), Part(str(data.get("text", ""))), Part(url, url)]


def _offer(data: Mapping[str, Any], speech: Speech) -> list[Part]:
    values = {"product": data["product"]["name"], "price": _amount(data["price"], speech)}
    return [Part(fill(speech.words["offer"], values)), Part(str(data.get("text", "")))]


def _order_form(data: Mapping[str, Any], speech: Speech) -> list[Part]:
    lines = [f"{line['name']}: {_amount(line['price'], speech)}" for line in data["lines"]]
    return [Part(speech.words["order_form"]), *map(Part, lines)]


def _order(data: Mapping[str, Any], speech: Speech) -> list[Part]:
    values = {"number": data["number"], "total": _amount(data["total"], speech)}
    lines = [f"{line['quantity']} × {line['name']}: {_amount(line['total'], speech)}" for line in data["lines"]]
    return [Part(fill(speech.words["order"], values)), *map(Part, lines)]


def _file(data: Mapping[str, Any], speech: Speech) -> list[Part]:
    return [Part(fill(speech.words["file"], {"name": data["name"], "size": size(data["size"], speech.words)}))]


def _articles(data: Mapping[str, Any], speech: Speech) -> list[Part]:
    found = [Part(speech.words["articles"])]
    for one in data["articles"]:
        url = _address(one)
        found += [Part(str(one.get("title", ""))), Part(str(one.get("quote", ""))), Part(url, url)]
    return found


def _amount(money: Mapping[str, Any], speech: Speech) -> str:
    return speech.money(money["amount"], money["currency"])


def _address(data: Mapping[str, Any]) -> str:
    url = str(data.get("url") or "")
    return url if is_web_address(url) else ""


_OF: dict[str, Callable[[Mapping[str, Any], Speech], list[Part]]] = {
    "info": _info,
    "offer": _offer,
    "order_form": _order_form,
    "order": _order,
    "file": _file,
    "articles": _articles,
}
