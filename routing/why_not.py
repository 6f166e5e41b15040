"""Why Boris was not rung, or why he was: one sentence, from the stored decision and, for whoever stands not in it, from
what they know now."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from routing.match import Knows, match

_SENTENCES: dict[str, dict[str, str]] = {
    language: msgspec.json.decode((Path(__file__).parent / "text" / f"why_not.{language}.json").read_bytes())
    for language in ("en", "ru")
}


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """Whom we are asked about, as they are now."""

    id: str
    name: str
    active: bool
    desk: bool
    sees: bool
    capacity: int
    knows: tuple[Knows, ...]


def why_not(decision: Mapping[Any, Any], topic: tuple[str, ...], asked: Asked) -> tuple[str, dict[str, str]]:
    """(code, values) of a sentence of `why_not.*.json`. `decision`: a row; `topic`: what its alert is about."""
    lines = {one["expert"]: one for one in decision["candidates"]}
    mine, chosen = lines.get(asked.id), [id_ for id_ in decision["chosen"] if id_ in lines]
    first = lines[chosen[0]] if chosen else None
    said = {"name": asked.name, "topic": topic[-1] if topic else "", "chosen": first["name"] if first else ""}
    if asked.id in decision["chosen"]:
        return decision["rung"], said | {"mine": _level(mine, asked, topic)}
    if mine is None:
        return _stranger(asked, topic), said
    reason = mine["excluded"]
    if reason == "full":
        held = round(mine["parts"]["load"] * asked.capacity)
        return "full", said | {"load": str(min(held, asked.capacity)), "capacity": str(asked.capacity)}
    if reason:
        return reason, said
    if first is None:
        return "unseen", said
    return _behind(decision["rung"], mine, first, topic, said)


def _level(mine: Mapping[str, Any] | None, asked: Asked, topic: tuple[str, ...]) -> str:
    if mine is not None and mine["parts"]["level"]:
        return str(mine["parts"]["level"])
    known = match(topic, asked.knows)
    return str(known.level) if known else "0"


def _stranger(asked: Asked, topic: tuple[str, ...]) -> str:
    """Who was no candidate at all."""
    if not asked.active:
        return "gone"
    if not asked.desk:
        return "no_desk"
    if not asked.sees:
        return "no_site"
    if topic and match(topic, asked.knows) is None:
        return "unknown"
    return "unseen"


def _behind(
    rung: str, mine: Mapping[str, Any], first: Mapping[str, Any], topic: tuple[str, ...], said: dict[str, str]
) -> tuple[str, dict[str, str]]:
    """They could have been rung, and somebody else was: the first thing in which the other is ahead."""
    if rung in ("owner", "last"):
        return f"to_{rung}", said
    own, other = mine["parts"], first["parts"]
    if rung == "anyone":
        return ("language" if own["language"] is False and other["language"] else "twenty"), said
    if not own["level"]:
        return ("unknown" if topic else "no_topic"), said
    if own["language"] is False and other["language"]:
        return "language", said
    if own["level"] != other["level"]:
        return "better", said | {"theirs": str(other["level"]), "mine": str(own["level"])}
    if own["nearness"] != other["nearness"]:
        return "nearer", said | {"nearer": topic[round(other["nearness"] * len(topic)) - 1]}
    return ("busier" if own["load"] > other["load"] else "idler"), said


def sentence(code: str, values: Mapping[str, str], language: str) -> str:
    said = _SENTENCES.get(language, _SENTENCES["en"])[code]
    for name, value in values.items():  # not str.format: a topic is somebody's text and may hold braces
        said = said.replace("{" + name + "}", value)
    return said
