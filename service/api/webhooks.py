"""Webhooks: whom a site tells what happens, what became of it, and once more. For administrators."""

import time

from sqlalchemy import Connection, RowMapping, select

import service.flows.announce
from access.tables import webhook as table
from access.webhooks import change_webhook, make_webhook, new_secret, remove_webhook, webhook_row
from contract.clock import rfc3339
from contract.errors import Refused
from contract.ids import new_id
from contract.names import Ms
from contract.rest_webhooks import (
    Delivery,
    Retried,
    Webhook,
    WebhookPatch,
    WebhookSecret,
    WebhookTested,
    WebhookWrite,
)
from service import outbox
from service.api.lists import Listed, asked, page
from service.api.operation import ADMINS, Call, operation
from service.outgoing.client import Undelivered
from store.sql import db_now
from store.tables import outbox as deliveries_table

STATES = ("waiting", "sent", "dead")


def shown(conn: Connection, row: RowMapping) -> Webhook:
    waiting, dead = outbox.counts(conn, row["id"])
    return Webhook(
        id=row["id"],
        site=row["site_id"],
        url=row["url"],
        events=row["events"],
        active=row["active"],
        waiting=waiting,
        dead=dead,
        failing_since=_time(row["failing_since"]),
        error=row["error"],
        off_at=_time(row["off_at"]),
        created_at=rfc3339(row["created_at"]),
    )


def shown_delivery(row: RowMapping) -> Delivery:
    return Delivery(
        id=row["id"],
        event=row["event"],
        state=row["state"],
        tries=row["tries"],
        error=row["error"],
        body=row["payload"],
        put_at=rfc3339(row["put_at"]),
        due_at=_time(row["due_at"]) if row["state"] == "waiting" else None,
        done_at=_time(row["done_at"]),
    )


@operation("GET", "/api/webhooks", roles=ADMINS, gives=Listed[Webhook], query=("site", "limit", "cursor"))
async def webhooks(call: Call) -> Listed[Webhook]:
    """The webhooks of one's sites, oldest first."""
    ask, sites = asked(call, (int, str)), await call.site_ids()
    query = select(table).where(table.c.site_id.in_(sites))

    def read(conn: Connection) -> Listed[Webhook]:
        rows, more = page(conn, query, (table.c.created_at, table.c.id), ask)
        return Listed(items=[shown(conn, row) for row in rows], next=more)

    return await call.bell.store.read(read)


@operation("POST", "/api/webhooks", roles=ADMINS, takes=WebhookWrite, gives=Webhook, status=201)
async def add(call: Call) -> Webhook:
    """A new webhook. Its address is looked up at once; Refused("bad_receiver") where it would not be called."""
    asked_for: WebhookWrite = call.body
    site = await call.site(asked_for.site)
    url = await _callable(call, asked_for.url)

    def write(conn: Connection) -> Webhook:
        made = make_webhook(conn, site.id, url, asked_for.events, call.now, active=asked_for.active)
        return shown(conn, made)

    made = await call.bell.store.write(write)
    service.flows.announce.forget(site.id)
    return made


@operation("GET", "/api/webhooks/{id}", roles=ADMINS, gives=Webhook)
async def webhook(call: Call) -> Webhook:
    """One webhook."""
    id_ = call.path_id()
    return await call.bell.store.read(lambda conn: shown(conn, _seen(conn, call, id_)))


@operation("PATCH", "/api/webhooks/{id}", roles=ADMINS, takes=WebhookPatch, gives=Webhook)
async def change(call: Call) -> Webhook:
    """Change what is given. Another address is looked up as a new one is."""
    asked_for: WebhookPatch = call.body
    id_ = call.path_id()
    await call.bell.store.read(lambda conn: _seen(conn, call, id_))  # a foreign one costs no look-up
    url = None if asked_for.url is None else await _callable(call, asked_for.url)

    def write(conn: Connection) -> Webhook:
        _seen(conn, call, id_)
        return shown(conn, change_webhook(conn, id_, url=url, events=asked_for.events, active=asked_for.active))

    changed = await call.bell.store.write(write)
    service.flows.announce.forget(changed.site)
    return changed


@operation("DELETE", "/api/webhooks/{id}", roles=ADMINS)
async def remove(call: Call) -> None:
    """Nothing more is sent there, and nothing of it is kept."""
    id_ = call.path_id()

    def write(conn: Connection) -> str:
        row = _seen(conn, call, id_)
        remove_webhook(conn, id_)
        outbox.forget_target(conn, id_)
        return str(row["site_id"])

    service.flows.announce.forget(await call.bell.store.write(write))


@operation("GET", "/api/webhooks/{id}/secret", roles=ADMINS, gives=WebhookSecret)
async def secret(call: Call) -> WebhookSecret:
    """The secret that its deliveries are signed with."""
    id_ = call.path_id()
    return await call.bell.store.read(lambda conn: WebhookSecret(secret=_seen(conn, call, id_)["secret"]))


@operation("POST", "/api/webhooks/{id}/secret", roles=ADMINS, gives=WebhookSecret)
async def rotate(call: Call) -> WebhookSecret:
    """A new secret; all that is sent from now on is signed with it."""
    id_ = call.path_id()

    def write(conn: Connection) -> WebhookSecret:
        _seen(conn, call, id_)
        return WebhookSecret(secret=new_secret(conn, id_))

    return await call.bell.store.write(write)


@operation("POST", "/api/webhooks/{id}/test", roles=ADMINS, gives=WebhookTested)
async def test(call: Call) -> WebhookTested:
    """Send the event `test` now, once, signed as all others; also while the webhook is switched off."""
    id_ = call.path_id()
    row = await call.bell.store.read(lambda conn: _seen(conn, call, id_))
    site = await call.site(row["site_id"])
    assert call.bell.outgoing is not None, "the application sends"
    delivery, began = new_id(), time.monotonic()
    body = outbox.test_body(delivery, site.key, call.now)
    status, error = None, ""
    try:
        status = await call.bell.outgoing.send_now(row["url"], row["secret"], "test", delivery, body)
    except Undelivered as undelivered:
        error = undelivered.error
        _, _, said = error.partition(":")
        status = int(said) if said else None
    return WebhookTested(ok=not error, status=status, error=error, took=int((time.monotonic() - began) * 1000))


@operation(
    "GET", "/api/webhooks/{id}/deliveries", roles=ADMINS, gives=Listed[Delivery], query=("state", "limit", "cursor")
)
async def deliveries(call: Call) -> Listed[Delivery]:
    """What was sent, is tried, or was given up, newest first; `state`: only those."""
    ask, id_, state = asked(call, (str,)), call.path_id(), call.text("state")
    if state is not None and state not in STATES:
        raise Refused("invalid", "state")

    def read(conn: Connection) -> Listed[Delivery]:
        _seen(conn, call, id_)
        query = select(deliveries_table).where(deliveries_table.c.target == id_)
        if state is not None:
            query = query.where(deliveries_table.c.state == state)
        rows, more = page(conn, query, (deliveries_table.c.id,), ask, newest=True)
        return Listed(items=[shown_delivery(row) for row in rows], next=more)

    return await call.bell.store.read(read)


@operation("POST", "/api/webhooks/{id}/deliveries/{delivery}/retry", roles=ADMINS, gives=Delivery)
async def retry(call: Call) -> Delivery:
    """Try one again at once, from the first try on. What has arrived, or is on its way just now, stays as it is."""
    id_, delivery = call.path_id(), call.path_id("delivery")

    def write(conn: Connection) -> Delivery:
        _on(_seen(conn, call, id_))
        if outbox.row(conn, delivery, id_) is None:
            raise Refused("not_found")
        outbox.retry(conn, delivery, db_now(conn))
        row = outbox.row(conn, delivery, id_)
        assert row is not None, "it was there"
        return shown_delivery(row)

    done = await call.bell.store.write(write)
    _wake(call)
    return done


@operation("POST", "/api/webhooks/{id}/retry", roles=ADMINS, gives=Retried)
async def retry_all(call: Call) -> Retried:
    """Try all that was given up again: the receiver works once more."""
    id_ = call.path_id()

    def write(conn: Connection) -> Retried:
        _on(_seen(conn, call, id_))
        return Retried(retried=outbox.retry_all(conn, id_, db_now(conn)))

    done = await call.bell.store.write(write)
    _wake(call)
    return done


async def _callable(call: Call, url: str) -> str:
    """The address as it is kept. Refused("bad_receiver") with the word for what is wrong."""
    assert call.bell.outgoing is not None, "the application sends"
    try:
        return await call.bell.outgoing.client.check(url)
    except Undelivered as undelivered:
        raise Refused("bad_receiver", undelivered.error) from None


def _seen(conn: Connection, call: Call, id_: str) -> RowMapping:
    row = webhook_row(conn, id_)
    if not call.account.may_see(row["site_id"]):
        raise Refused("not_found")
    return row


def _on(row: RowMapping) -> None:
    """What is off is not sent to."""
    if not row["active"]:
        raise Refused("in_use", "active")


def _wake(call: Call) -> None:
    if call.bell.outgoing is not None:
        call.bell.outgoing.wake()


def _time(at: Ms | None) -> str | None:
    return None if at is None else rfc3339(at)


OPERATIONS = [webhooks, add, webhook, change, secret, rotate, test, deliveries, retry, retry_all, remove]
