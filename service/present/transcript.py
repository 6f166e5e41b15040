"""A conversation as a transcript: rows into lines, in the reader's language and the site's zone."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import Connection, RowMapping

import access.queries
import chat.history
import chat.notes
import crm.queries
from chat.transcript import Line, Talk
from chat.wording import Part, Speech, parts
from chat.words import TRANSCRIPT
from contract.money import money
from contract.names import Language
from service.present.people import customer_briefs, visitor_name

#: The newest so many messages, and of these so many characters: a file that any program opens.
MESSAGES, CHARACTERS = 2_000, 500_000


def transcript(
    conn: Connection, row: RowMapping, language: Language, *, for_visitor: bool, notes: bool = False
) -> Talk:
    """What both sides read. For a colleague with `notes` also those, which no visitor ever sees."""
    site = access.queries.site_facts(conn, row["site_id"])
    assert site is not None, "a conversation belongs to a site"
    words = TRANSCRIPT[language]
    visitor = words["you"] if for_visitor else _name(conn, row)
    speech = Speech(words=words, money=partial(_money, language), zone=site.zone)
    rows = _newest(chat.history.newest(conn, row["id"], MESSAGES))
    placed = [(one["seq"], line) for one in rows if (line := _line(one, visitor, speech)).parts]
    if notes and not for_visitor:
        placed += [(one["after_seq"], _note(one)) for one in chat.notes.since(conn, row["id"], 0)]
        placed.sort(key=lambda each: each[0])  # a note behind the message after which it was written
    lines = [line for _, line in placed]
    experts = dict.fromkeys(line.name for line in lines if line.side == "expert" and line.name)
    return Talk(
        site=site.name,
        zone=site.zone,
        people=tuple(experts) if for_visitor else (*experts, visitor),
        lines=tuple(lines),
        left_out=row["last_seq"] - len(rows),
        yours=for_visitor,
    )


def _line(row: RowMapping, visitor: str, speech: Speech) -> Line:
    data: dict[str, Any] = row["data"] or {}
    name = row["author_name"]
    if row["author_kind"] == "visitor":
        name = visitor
    said = parts(row["kind"], row["text"], data, speech)
    return Line(at=row["at"], side=row["author_kind"], name=name, parts=tuple(said))


def _note(row: RowMapping) -> Line:
    return Line(at=row["at"], side="note", name=row["author_name"], parts=(Part(row["text"]),))


def _newest(rows: Sequence[RowMapping]) -> Sequence[RowMapping]:
    """As many of the last ones as fit."""
    taken = 0
    for number, row in enumerate(reversed(rows)):
        taken += len(row["text"])
        if taken > CHARACTERS:
            return rows[len(rows) - number :]
    return rows


def _name(conn: Connection, row: RowMapping) -> str:
    """The visitor as colleagues know them."""
    known = crm.queries.customers_by_visitor(conn, [(row["site_id"], row["visitor_id"])]).get(row["visitor_id"])
    customer = customer_briefs(conn, {known}).get(known) if known else None
    return customer.name if customer else visitor_name(row["visitor_id"])


def _money(language: Language, amount: int, currency: str) -> str:
    return money(amount, currency, language)
