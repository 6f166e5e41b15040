"""The first administrator, made in the browser by whoever started the server (docs/first-run.md)."""

from sqlalchemy import Connection
from starlette.responses import Response

from access.do import first_account
from access.passwords import hash_password
from access.queries import has_account
from access.sessions import open_session
from contract.errors import Refused
from contract.rest_experts import Session, Setup, SetupWrite
from service.api.operation import Call, as_json, operation
from service.api.people import me
from service.cookies import console_cookie
from service.setup_code import forget_code, is_code
from service.web import MAX_BODY


@operation("GET", "/api/setup", roles=None, gives=Setup)
async def state(call: Call) -> Setup:
    """Whether the first account is still to be made."""
    return Setup(open=not await call.bell.store.read(has_account))


@operation("POST", "/api/setup", roles=None, takes=SetupWrite, gives=Session, status=201, limit=min(MAX_BODY, 16_384))
async def set_up(call: Call) -> Response:
    """Make the first administrator, and sign them in. Gone for ever once anybody has an account."""
    asked: SetupWrite = call.body
    origin = call.request.headers.get("origin")
    if origin is not None and origin not in call.bell.settings.own_origins:
        raise Refused("missing_csrf")  # a foreign page may not set up what runs beside it
    if await call.bell.store.read(has_account):
        raise Refused("not_found")
    call.bell.limits.setup(call.address)
    data_dir = call.bell.settings.data_dir
    if not is_code(data_dir, asked.code):
        raise Refused("setup_code")
    password_hash = await hash_password(asked.password)

    def write(conn: Connection) -> Session:
        made = first_account(
            conn,
            email=asked.email,
            name=asked.name,
            password_hash=password_hash,
            languages=[call.tongue],
            now=call.now,
        )
        token = open_session(conn, made.id, "token" if origin is None else "browser", call.now)
        return Session(token=token, me=me(conn, made, call.now))

    entered = await call.bell.store.write(write)
    forget_code(data_dir)
    response = as_json(entered, 201)
    response.headers.append("Set-Cookie", console_cookie(entered.token, secure=call.secure))
    return response


OPERATIONS = [state, set_up]
