"""Pure: a conversation as a file to keep, as plain text or as one page without scripts.

Nobody can write a line of somebody else's: in the text only we begin lines at the margin, what was said is indented; in
the page everything is escaped, and a policy inside the page forbids all but its own style.
"""

from collections.abc import Sequence
from html import escape
from itertools import groupby
from typing import Literal

import msgspec

from chat.moments import day, hour, written
from chat.wording import Part, Words, fill
from contract.clock import rfc3339
from contract.names import Language, Ms
from contract.text import is_web_address, one_line

Side = Literal["visitor", "expert", "system", "note"]
_INDENT = "    "
_STYLE = (
    ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}body{max-width:44rem;margin:2rem auto;"
    "padding:0 1rem;overflow-wrap:anywhere}h1{font-size:1.4rem}h2{font-size:1rem;margin-top:2rem}"
    "ol{list-style:none;padding:0}li{margin:.75rem 0;padding:.5rem .75rem;border-left:3px solid #8888}"
    "li.expert{border-color:#27c}li.note{border-style:dashed}li p{margin:0;white-space:pre-wrap}"
    "li p.who{font-weight:600}time{font-weight:400;font-variant-numeric:tabular-nums;margin-right:.5rem}"
    "li.system{border-color:transparent;font-style:italic}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One message in words (`chat.wording`). `name`: who says it, "" for the server itself."""

    at: Ms
    side: Side
    name: str
    parts: tuple[Part, ...]


class Talk(msgspec.Struct, frozen=True, kw_only=True):
    """`site`: its name; `people`: who was there, without the reader; `left_out`: earlier messages that are not among
    the lines; `yours`: the reader is the visitor."""

    site: str
    zone: str
    people: tuple[str, ...]
    lines: tuple[Line, ...]
    left_out: int = 0
    yours: bool = False


def as_text(talk: Talk, words: Words) -> str:
    """Plain text, lines end in LF."""
    made = [*_heading(talk, words)]
    for when, lines in groupby(talk.lines, lambda line: day(line.at, talk.zone)):
        made += ["", f"--- {when} ---"]
        for line in lines:
            made += ["", f"{hour(line.at, talk.zone)}  {_who(line, words)}".rstrip(), *_indented(line.parts)]
    return "\n".join(made) + "\n"


def as_html(talk: Talk, words: Words, language: Language) -> str:
    """One page: no script, no picture, nothing from anywhere."""
    title, *more = map(escape, _heading(talk, words))
    made = [
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">',
        f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1>",
        *(f"<p>{line}</p>" for line in more if line),
    ]
    for when, lines in groupby(talk.lines, lambda line: day(line.at, talk.zone)):
        made += [f"<h2>{escape(when)}</h2><ol>", *(_item(line, talk.zone, words) for line in lines), "</ol>"]
    return "\n".join([*made, "</body></html>", ""])


def _heading(talk: Talk, words: Words) -> list[str]:
    made = [one_line(fill(words["title"], {"site": talk.site}))]
    if talk.people:
        made.append(fill(words["with_you" if talk.yours else "with"], {"names": ", ".join(map(one_line, talk.people))}))
    if not talk.lines:
        return [*made, words["empty"]]
    ends = {name: written(line.at, talk.zone) for name, line in (("from", talk.lines[0]), ("to", talk.lines[-1]))}
    made += [fill(words["period"], ends), fill(words["zone"], {"zone": talk.zone})]
    return [*made, fill(words["left_out"], {"count": talk.left_out})] if talk.left_out else made


def _who(line: Line, words: Words) -> str:
    name = one_line(line.name)
    if line.side == "note":
        return f"{words['note']}, {name}:"
    return f"{name}:" if name else "*"


def _indented(parts: Sequence[Part]) -> list[str]:
    """Every line of what was said, at some distance from the margin, whatever ends a line."""
    return [f"{_INDENT}{line}".rstrip() for part in parts for line in part.text.splitlines()]


def _item(line: Line, zone: str, words: Words) -> str:
    time = f'<time datetime="{rfc3339(line.at)}">{hour(line.at, zone)}</time>'
    said = "".join(f'<p dir="auto">{_linked(part)}</p>' for part in line.parts)
    return f'<li class="{line.side}"><p class="who">{time}<bdi>{escape(_who(line, words))}</bdi></p>{said}</li>'


def _linked(part: Part) -> str:
    text = escape(part.text)
    if not is_web_address(part.url):
        return text
    return f'<a href="{escape(part.url)}" rel="noopener noreferrer nofollow">{text}</a>'
