"""What happens in a site is told to its webhooks: one row each in the outbox, in the transaction of the happening.

A site without webhooks pays for a look into a small dictionary. Which webhooks there are is known to each process for
two seconds, as the sites are (`access.sites`): one that was just made hears from then on.
"""

import time
from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, RowMapping, select

from access.webhooks import listening
from chat.tables import conversation as table
from contract.clock import rfc3339
from contract.names import Ms, WebhookEvent
from service import outbox
from service.present.goods import order_updated
from store.sql import db_now

Row = Mapping[Any, Any]
FRESH_SECONDS = 2.0
#: Sites are few; where they are not, all is read anew.
_MOST_KEPT = 10_000
#: Site -> when it was read, and (webhook, its events, the site's key). Ids of sites are never used twice.
_kept: dict[str, tuple[float, list[tuple[str, frozenset[str], str]]]] = {}
#: What the server says by itself is told only where it is an event of its own.
_SAID: frozenset[str] = frozenset({"text", "info", "offer", "order_form", "order", "file", "articles"})


def announce(conn: Connection, site_id: str, event: WebhookEvent, data: dict[str, Any], now: Ms | None = None) -> None:
    """`data`: ids and public fields of what happened, never a secret or a hash (docs/webhooks.md lists them)."""
    for webhook_id, events, site_key in _listening(conn, site_id):
        if event in events:
            notice = outbox.Notice(webhook=webhook_id, event=event, site=site_key, data=data)
            outbox.put(conn, notice, db_now(conn) if now is None else now)


def forget(site_id: str) -> None:
    """Read again: the site's webhooks were just changed in this process."""
    _kept.pop(site_id, None)


def conversation_opened(conn: Connection, row: Row, now: Ms) -> None:
    """If it was made just now: `row` is what came of opening it at `now`. One that had to end for it is told first."""
    if row["opened_at"] != now or not _listening(conn, row["site_id"]):
        return
    same = (table.c.visitor_id == row["visitor_id"], table.c.state == "closed", table.c.closed_at == now)
    for ended in conn.execute(select(table).where(*same)).mappings():
        conversation_closed(conn, ended, None, now)
    announce(conn, row["site_id"], "conversation.opened", conversation(row), now)


def conversation_closed(conn: Connection, row: Row, by: str | None, now: Ms) -> None:
    """`row`: the conversation before or after; `by`: the account of whoever closed it, None where nobody did."""
    announce(conn, row["site_id"], "conversation.closed", {**conversation(row), "closed_by": by}, now)


def conversation_rated(conn: Connection, row: Row, score: int, comment: str, now: Ms) -> None:
    """`row`: the conversation; once for each time that the visitor changed their mind."""
    announce(conn, row["site_id"], "conversation.rated", {**conversation(row), "score": score, "comment": comment}, now)


def message_added(conn: Connection, site_id: str, row: RowMapping) -> None:
    """What a person said or showed; the server's own remarks are told as events of their own, or not at all."""
    if row["kind"] not in _SAID or not _listening(conn, site_id):
        return
    said = {
        "conversation": row["conversation_id"],
        "seq": row["seq"],
        "author": {"kind": row["author_kind"], "name": row["author_name"]},
        "kind": row["kind"],
        "text": row["text"],
        "at": rfc3339(row["at"]),
    }
    announce(conn, site_id, "message.added", said, row["at"])


def order_placed(conn: Connection, row: RowMapping, now: Ms) -> None:
    """Whom it goes to is not told: `GET /api/orders/{id}` says it to whoever may read it."""
    if not _listening(conn, row["site_id"]):
        return
    placed = {
        **msgspec.to_builtins(order_updated(conn, row)),
        "conversation": row["conversation_id"],
        "visit": row["visit_id"],
        "visitor": row["visitor_id"],
        "customer": row["customer_id"],
        "expert": row["expert_id"],
    }
    announce(conn, row["site_id"], "order.placed", placed, now)


def callback_changed(conn: Connection, event: WebhookEvent, row: RowMapping, now: Ms) -> None:
    """It was promised, or has changed: kept, missed, somebody else's, at another time. Never the number."""
    promised = {
        "callback": row["id"],
        "conversation": row["conversation_id"],
        "visitor": row["visitor_id"],
        "channel": row["channel"],
        "state": row["state"],
        "at": rfc3339(row["at"]),
        "expert": row["owner_id"],
    }
    announce(conn, row["site_id"], event, promised, now)


def conversation(row: Row) -> dict[str, Any]:
    """What a webhook reads of a conversation."""
    return {
        "conversation": row["id"],
        "visitor": row["visitor_id"],
        "visit": row["visit_id"],
        "expert": row["expert_id"],
        "opened_at": rfc3339(row["opened_at"]),
    }


def _listening(conn: Connection, site_id: str) -> list[tuple[str, frozenset[str], str]]:
    kept = _kept.get(site_id)
    now = time.monotonic()
    if kept is not None and now - kept[0] < FRESH_SECONDS:
        return kept[1]
    if len(_kept) >= _MOST_KEPT:
        _kept.clear()
    found = listening(conn, site_id)
    _kept[site_id] = (now, found)
    return found
