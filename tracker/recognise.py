"""Who is it: the visitors of a group of bodies, found by the hash of their key, made where they are new."""

import random
from collections import defaultdict

from sqlalchemy import Connection

from contract.ids import new_id
from tracker import statements as sql
from tracker.bots import marked
from tracker.collect import Prepared, Row
from tracker.device import is_bot
from tracker.memory import Memory, Visitor

Key = tuple[str, str]


def new_stamp() -> int:
    """A value that no other writer of the same visitor will ever set (`tracker.memory`)."""
    return random.getrandbits(62)


def recognise(conn: Connection, items: list[Prepared], memory: Memory, stamp: int) -> dict[Key, Visitor]:
    """The visitors of `items` by (site id, key hash), locked until the end of the transaction.

    Whoever sent nothing that can be taken is not made a visitor.
    """
    by_site: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        by_site[item.site.id][item.key_hash].extend(item.rows)
    found: dict[Key, Visitor] = {}
    for site, rows in sorted(by_site.items()):
        for known in _of_site(conn, site, rows, memory, stamp):
            found[site, known.key_hash] = known
    return found


def remember(conn: Connection, seen: list[tuple[Visitor, list[Row]]], stamp: int) -> None:
    """Write down when these visitors were seen, from events that are new, and that something of them changed."""
    changes = []
    for known, rows in seen:
        first, last = min(row.at for row in rows), max(row.at for row in rows)
        bot = any(is_bot(row.user_agent) for row in rows)
        if not known.new:  # a new one was made of all that came, repeated events too
            first, last, bot = min(known.first_at, first), max(known.last_at, last), known.bot or bot
        known.first_at, known.last_at, known.bot = first, last, marked(bot, known.bot_said)
        known.stamp = stamp
        changes.append((known.first_at, known.last_at, known.bot, known.early, stamp, known.id))
    sql.SET_VISITOR.apply(conn, changes)


def _of_site(conn: Connection, site: str, rows: dict[str, list[Row]], memory: Memory, stamp: int) -> list[Visitor]:
    known = _find(conn, site, sorted(rows), memory)
    missing = [key_hash for key_hash in sorted(rows) if key_hash not in known and rows[key_hash]]
    if missing:
        made = {key_hash: _new(site, key_hash, rows[key_hash], stamp) for key_hash in missing}
        new = sql.NEW_VISITORS.insert_new(conn, [_row(one) for one in made.values()])
        known |= {key_hash: one for key_hash, one in made.items() if one.id in new}
        if len(new) < len(made):  # another process was faster: wait for it, and go on with what it stored
            known |= _find(conn, site, [key_hash for key_hash, one in made.items() if one.id not in new], memory)
    return list(known.values())


def _new(site: str, key_hash: str, rows: list[Row], stamp: int) -> Visitor:
    return Visitor(
        id=new_id(), site_id=site, key_hash=key_hash, new=True,
        first_at=min(row.at for row in rows), last_at=max(row.at for row in rows),
        bot=any(is_bot(row.user_agent) for row in rows), bot_said=None, early=False, stamp=stamp,
    )  # fmt: skip


def _row(one: Visitor) -> tuple[object, ...]:
    return (
        one.id, one.site_id, one.key_hash, one.first_at, one.last_at, one.bot, one.bot_said, one.early, one.stamp,
    )  # fmt: skip


def _find(conn: Connection, site: str, hashes: list[str], memory: Memory) -> dict[str, Visitor]:
    found = {}
    for row in sql.VISITORS[conn.dialect.name].rows(conn, site=site, hashes=hashes):
        visitor = Visitor(*row)
        found[visitor.key_hash] = memory.take(visitor.id, visitor.stamp) or visitor
    return found
