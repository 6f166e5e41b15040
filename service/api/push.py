"""Being called while no desk is open: the key to subscribe with, and one's own devices. For whoever answers people."""

from urllib.parse import urlsplit

from sqlalchemy import Connection, RowMapping

import access.push
from access.push import Device
from access.sessions import session_of
from contract.clock import rfc3339
from contract.errors import Refused
from contract.ids import new_id
from contract.rest_push import Push, PushDevice, PushTried, PushWrite
from service.api.operation import EXPERTS, Call, operation
from service.flows.calls import trial
from service.outgoing.client import Undelivered
from service.outgoing.webpush import fits, new_private, public_text
from store.sql import db_now


def shown(row: RowMapping) -> PushDevice:
    return PushDevice(
        id=row["id"],
        service=urlsplit(row["endpoint"]).netloc,
        away=row["away"],
        details=row["details"],
        language=row["language"],
        made_at=rfc3339(row["made_at"]),
        last_ok_at=None if row["last_ok_at"] is None else rfc3339(row["last_ok_at"]),
        failed=row["failed"],
        error=row["error"],
    )


@operation("GET", "/api/push", roles=EXPERTS, gives=Push)
async def push(call: Call) -> Push:
    """What a browser needs to subscribe, and my devices."""
    me = call.account.id
    private, devices = await call.bell.store.read(lambda conn: (access.push.kept_key(conn), access.push.mine(conn, me)))
    if private is None:
        made = new_private()
        private = await call.bell.store.write(lambda conn: access.push.keep_key(conn, made, db_now(conn)))
    return Push(key=public_text(private), devices=[shown(row) for row in devices])


@operation("POST", "/api/push", roles=EXPERTS, takes=PushWrite, gives=PushDevice, status=201)
async def subscribe(call: Call) -> PushDevice:
    """This browser is called from now on, or otherwise than before, until I sign out of this session.

    Its address is looked up at once; Refused("bad_receiver") where it would not be called: `name` is also what a server
    without a way out says.
    """
    asked: PushWrite = call.body
    if not fits(asked.keys.p256dh, asked.keys.auth):
        raise Refused("invalid", "keys")
    assert call.bell.outgoing is not None, "the application sends"
    assert call.token is not None, "this operation is not open"
    try:
        endpoint = await call.bell.outgoing.client.check(asked.endpoint)
    except Undelivered as undelivered:
        raise Refused("bad_receiver", undelivered.error) from None
    mine = session_of(call.token)

    def write(conn: Connection) -> PushDevice:
        return shown(
            access.push.subscribe(
                conn,
                call.account.id,
                mine,
                db_now(conn),
                endpoint=endpoint,
                p256dh=asked.keys.p256dh,
                auth=asked.keys.auth,
                away=asked.away,
                details=asked.details,
                language=asked.language,
            )
        )

    return await call.bell.store.write(write)


@operation("DELETE", "/api/push/{id}", roles=EXPERTS)
async def remove(call: Call) -> None:
    """This device is called no more."""
    id_ = call.path_id()

    def write(conn: Connection) -> None:
        _own(conn, call, id_)
        access.push.remove(conn, id_)

    await call.bell.store.write(write)


@operation("POST", "/api/push/{id}/try", roles=EXPERTS, gives=PushTried)
async def try_out(call: Call) -> PushTried:
    """Call this device now, once: what its push service says."""
    id_ = call.path_id()
    row = await call.bell.store.read(lambda conn: _own(conn, call, id_))
    assert call.bell.outgoing is not None, "the application sends"
    device = Device(id_, call.account.id, call.account.role, row["away"], row["details"], row["language"])
    try:
        status = await call.bell.outgoing.push_now(trial(device, new_id(), call.now))
    except Undelivered as undelivered:
        _, _, said = undelivered.error.partition(":")
        return PushTried(ok=False, status=int(said) if said else None, error=undelivered.error)
    return PushTried(ok=True, status=status, error="")


def _own(conn: Connection, call: Call, id_: str) -> RowMapping:
    """A colleague's is as good as missing."""
    row = access.push.find(conn, id_)
    if row is None or row["account_id"] != call.account.id:
        raise Refused("not_found")
    return row


OPERATIONS = [push, subscribe, remove, try_out]
