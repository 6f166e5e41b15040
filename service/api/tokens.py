"""API tokens: made with a name and an end, shown once, seen in use, taken back. For administrators."""

from sqlalchemy import Connection, RowMapping

import access.tokens
from access.sessions import open_session, token_hash
from access.tables import session as table
from contract.clock import DAY, rfc3339
from contract.rest_tokens import Token, TokenMade, TokenWrite
from contract.shapes import Person
from service.api.lists import Listed, asked, page
from service.api.operation import ADMINS, Call, operation


def shown(row: RowMapping, current: str) -> Token:
    return Token(
        id=row["id"],
        name=row["name"],
        account=Person(id=row["account_id"], name=row["account_name"]),
        created_at=rfc3339(row["created_at"]),
        used_at=None if row["used_at"] is None else rfc3339(row["used_at"]),
        expires_at=rfc3339(row["expires_at"]),
        current=row["token_hash"] == current,
    )


@operation("GET", "/api/tokens", roles=ADMINS, gives=Listed[Token], query=("limit", "cursor"))
async def tokens(call: Call) -> Listed[Token]:
    """The tokens of all accounts that are good now, newest first."""
    ask, current = asked(call, (int, str)), token_hash(call.token or "")

    def read(conn: Connection) -> Listed[Token]:
        keys = (table.c.created_at, table.c.id)
        rows, more = page(conn, access.tokens.tokens(call.now), keys, ask, newest=True)
        return Listed(items=[shown(row, current) for row in rows], next=more)

    return await call.bell.store.read(read)


@operation("POST", "/api/tokens", roles=ADMINS, takes=TokenWrite, gives=TokenMade, status=201)
async def add(call: Call) -> TokenMade:
    """A new token of one's own account. It is in this answer and nowhere else."""
    asked_for: TokenWrite = call.body

    def write(conn: Connection) -> TokenMade:
        access.tokens.check_room(conn, call.account.id, call.now)
        lasts = asked_for.days * DAY
        token = open_session(conn, call.account.id, "token", call.now, lasts=lasts, name=asked_for.name.strip())
        row = access.tokens.token_row(conn, token)
        return TokenMade(id=row["id"], name=row["name"], token=token, expires_at=rfc3339(row["expires_at"]))

    return await call.bell.store.write(write)


@operation("DELETE", "/api/tokens/{id}", roles=ADMINS)
async def revoke(call: Call) -> None:
    """It opens nothing any more, and the sockets that came in by it close."""
    id_ = call.path_id()
    account_id = await call.bell.store.write(lambda conn: access.tokens.revoke(conn, id_))
    call.bell.bus.ring("expert", account_id)


OPERATIONS = [tokens, add, revoke]
