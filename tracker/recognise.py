"""Who is it: the visitors of a group of bodies, found by the hash of their key, made where they are new."""

from collections import defaultdict

import msgspec
from sqlalchemy import Connection

from contract.ids import new_id
from contract.names import Ms
from tracker import statements as sql
from tracker.bots import marked
from tracker.collect import Prepared, Row
from tracker.device import is_bot


class Visitor(msgspec.Struct):
    """A visitor while a group is written, its fields in the order of the table. `new`: made by this transaction."""

    id: str
    site_id: str
    key_hash: str
    first_at: Ms
    last_at: Ms
    bot: bool
    bot_said: bool | None = None
    new: bool = False


def recognise(conn: Connection, items: list[Prepared]) -> dict[tuple[str, str], Visitor]:
    """The visitors of `items` by (site id, key hash), locked until the end of the transaction.

    Whoever sent nothing that can be taken is not made a visitor.
    """
    by_site: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    for item in items:
        by_site[item.site.id][item.key_hash].extend(item.rows)
    found: dict[tuple[str, str], Visitor] = {}
    for site, rows in sorted(by_site.items()):
        for known in _of_site(conn, site, rows):
            found[site, known.key_hash] = known
    return found


def remember(conn: Connection, seen: list[tuple[Visitor, list[Row]]]) -> None:
    """Write down when these visitors were seen, from events that are new."""
    changes = []
    for known, rows in seen:
        first, last = min(row.at for row in rows), max(row.at for row in rows)
        bot = any(is_bot(row.user_agent) for row in rows)
        now = (min(known.first_at, first), max(known.last_at, last), marked(known.bot or bot, known.bot_said))
        if now != (known.first_at, known.last_at, known.bot):
            known.first_at, known.last_at, known.bot = now
            changes.append({"id": known.id, "first_at": now[0], "last_at": now[1], "bot": now[2]})
    sql.SET_VISITOR.apply(conn, changes)


def _of_site(conn: Connection, site: str, rows: dict[str, list[Row]]) -> list[Visitor]:
    known = _find(conn, site, sorted(rows))
    missing = [key_hash for key_hash in sorted(rows) if key_hash not in known and rows[key_hash]]
    if missing:
        made = {key_hash: _new(site, key_hash, rows[key_hash]) for key_hash in missing}
        new = sql.NEW_VISITORS.insert(conn, [_row(one) for one in made.values()])
        known |= {key_hash: one for key_hash, one in made.items() if one.id in new}
        if len(new) < len(made):  # another process was faster: wait for it, and go on with what it stored
            known |= _find(conn, site, [key_hash for key_hash, one in made.items() if one.id not in new])
    return list(known.values())


def _new(site: str, key_hash: str, rows: list[Row]) -> Visitor:
    return Visitor(
        id=new_id(), site_id=site, key_hash=key_hash, new=True,
        first_at=min(row.at for row in rows), last_at=max(row.at for row in rows),
        bot=any(is_bot(row.user_agent) for row in rows),
    )  # fmt: skip


def _row(one: Visitor) -> dict[str, str | int | bool | None]:
    return {
        "id": one.id, "site_id": one.site_id, "key_hash": one.key_hash, "first_at": one.first_at,
        "last_at": one.last_at, "bot": one.bot, "bot_said": one.bot_said,
    }  # fmt: skip


def _find(conn: Connection, site: str, hashes: list[str]) -> dict[str, Visitor]:
    statement = sql.VISITORS_LOCKED if conn.dialect.name == "postgresql" else sql.VISITORS
    return {row.key_hash: Visitor(*row) for row in conn.execute(statement, {"site": site, "hashes": hashes})}
