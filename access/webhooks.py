"""Whom a site tells what happens: its webhooks. The address was checked before it came here (`service.outgoing`)."""

import secrets
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, delete, func, insert, select, update

from access.tables import site, webhook
from contract.errors import Refused
from contract.ids import new_id
from contract.names import Ms, WebhookEvent
from store.lock import lock
from store.prepared import Prepared
from store.sql import counted

#: Of one site: each costs a row and a request for everything that happens.
MOST = 20

_LISTENING = Prepared(
    select(webhook.c.id, webhook.c.events, site.c.key)
    .join(site, site.c.id == webhook.c.site_id)
    .where(webhook.c.site_id == bindparam("site_id"), webhook.c.active)
)


def make_webhook(
    conn: Connection, site_id: str, url: str, events: Iterable[WebhookEvent], now: Ms, *, active: bool = True
) -> RowMapping:
    """A new one with a secret of its own. Refused("too_many")."""
    lock(conn, f"webhooks:{site_id}")
    if counted(conn, webhook, webhook.c.site_id == site_id) >= MOST:
        raise Refused("too_many", str(MOST))
    row = {
        "id": new_id(), "site_id": site_id, "url": url, "secret": secrets.token_urlsafe(32), "events": in_order(events),
        "active": active, "failing_since": None, "error": "", "off_at": None, "created_at": now,
    }  # fmt: skip
    return conn.execute(insert(webhook).values(**row).returning(webhook)).mappings().one()


def change_webhook(
    conn: Connection,
    id_: str,
    *,
    url: str | None = None,
    events: Iterable[WebhookEvent] | None = None,
    active: bool | None = None,
) -> RowMapping:
    """What is given changes. Another address, or to be switched on anew, forgets what went wrong before."""
    values: dict[str, Any] = {}
    if events is not None:
        values["events"] = in_order(events)
    if active is not None:
        values["active"] = active
    if url is not None:
        values["url"] = url
    if url is not None or active:
        values |= {"failing_since": None, "error": "", "off_at": None}
    if values:
        conn.execute(update(webhook).where(webhook.c.id == id_).values(**values))
    return webhook_row(conn, id_)


def new_secret(conn: Connection, id_: str) -> str:
    """From the next try on everything is signed with it."""
    made = secrets.token_urlsafe(32)
    conn.execute(update(webhook).where(webhook.c.id == id_).values(secret=made))
    return made


def remove_webhook(conn: Connection, id_: str) -> None:
    conn.execute(delete(webhook).where(webhook.c.id == id_))


def webhook_row(conn: Connection, id_: str) -> RowMapping:
    """Refused("not_found")."""
    found = find_webhook(conn, id_)
    if found is None:
        raise Refused("not_found")
    return found


def find_webhook(conn: Connection, id_: str) -> RowMapping | None:
    return conn.execute(select(webhook).where(webhook.c.id == id_)).mappings().one_or_none()


def listening(conn: Connection, site_id: str) -> list[tuple[str, frozenset[str], str]]:
    """(id, events, key of the site) of the site's webhooks that are switched on."""
    return [(id_, frozenset(events), key) for id_, events, key in _LISTENING.rows(conn, site_id=site_id)]


def went_well(conn: Connection, id_: str) -> None:
    """Something arrived. Costs a write only after something did not."""
    trouble = (webhook.c.id == id_, webhook.c.failing_since.is_not(None))
    conn.execute(update(webhook).where(*trouble).values(failing_since=None, error=""))


def went_wrong(conn: Connection, id_: str, error: str, now: Ms) -> Ms | None:
    """Since when nothing arrives; None for one that is not there, or was switched off."""
    return conn.execute(
        update(webhook)
        .where(webhook.c.id == id_, webhook.c.active)
        .values(failing_since=func.coalesce(webhook.c.failing_since, now), error=error)
        .returning(webhook.c.failing_since)
    ).scalar_one_or_none()


def turn_off(conn: Connection, id_: str, now: Ms) -> bool:
    """It has failed too long. False if somebody was quicker."""
    on = (webhook.c.id == id_, webhook.c.active)
    return conn.execute(update(webhook).where(*on).values(active=False, off_at=now)).rowcount == 1


def in_order(events: Iterable[str]) -> list[str]:
    """Each once."""
    return sorted(set(events))
