"""Signing in and out, who am I, and the ticket for a socket."""

from sqlalchemy import Connection
from starlette.responses import Response

from access.passwords import check_password
from access.queries import account_by_id, credentials, plain_email
from access.sessions import LASTS, authenticate, end_session, expiry, needs_renewal, open_session, renew
from contract.clock import SECOND
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.rest_experts import CurrentSession, Session, SignIn, Ticket, WhoIsHere
from service.api.operation import Call, as_json, operation, presented
from service.api.people import me
from service.cookies import console_cookie, console_token
from service.web import MAX_BODY

TICKET_SECONDS = LASTS["ticket"] // SECOND


@operation("POST", "/api/session", roles=None, takes=SignIn, gives=Session, limit=min(MAX_BODY, 16_384))
async def sign_in(call: Call) -> Response:
    """Sign in: a cookie for browsers, a token for everybody else."""
    asked: SignIn = call.body
    origin = call.request.headers.get("origin")
    if origin is not None and origin not in call.bell.settings.own_origins:
        raise Refused("missing_csrf")  # a foreign page may not sign its visitor in here
    email = plain_email(asked.email)
    call.bell.limits.sign_in(call.address, email)
    known = await call.bell.store.read(lambda conn: credentials(conn, email))
    right = await check_password(None if known is None else known[1], asked.password)
    if known is None or not right:
        raise Refused("wrong_password")
    call.bell.limits.signed_in(call.address, email)
    account_id, before = known[0], console_token(call.request.headers.get("cookie"), secure=call.secure)

    def enter(conn: Connection) -> Session:
        account = account_by_id(conn, account_id)
        if account is None:
            raise Refused("wrong_password")
        if before is not None:
            end_session(conn, before)  # whoever sat here before has left
        token = open_session(conn, account_id, "token" if origin is None else "browser", call.now)
        return Session(token=token, me=me(conn, account, call.now))

    entered = await call.bell.store.write(enter)
    response = as_json(entered)
    response.headers.append("Set-Cookie", console_cookie(entered.token, secure=call.secure))
    return response


@operation("GET", "/api/session", gives=CurrentSession)
async def current(call: Call) -> Response:
    """Who is signed in here. A browser's session that is used lasts 30 days more."""
    token, by_cookie = presented(call.request, secure=call.secure)
    assert token is not None
    return await _goes_on(call, call.account, token, by_cookie=by_cookie)


@operation("GET", "/api/session/here", roles=None, gives=WhoIsHere)
async def here(call: Call) -> Response:
    """The same for a page that does not know yet whether anybody is signed in: nobody is an answer, and no error."""
    token, by_cookie = presented(call.request, secure=call.secure)
    if token is None:
        return as_json(WhoIsHere(me=None))
    known = await call.bell.store.read(lambda conn: authenticate(conn, token, call.now))
    if known is None:
        return as_json(WhoIsHere(me=None))
    call.bell.limits.api(known.id)
    return await _goes_on(call, known, token, by_cookie=by_cookie)


async def _goes_on(call: Call, account: AccountFacts, token: str, *, by_cookie: bool) -> Response:
    known = await call.bell.store.read(lambda conn: expiry(conn, token))
    shown = await call.bell.store.read(lambda conn: me(conn, account, call.now))
    response = as_json(CurrentSession(me=shown))
    if known is not None and by_cookie and needs_renewal(*known, call.now):
        await call.bell.store.write(lambda conn: renew(conn, token, call.now))
        response.headers.append("Set-Cookie", console_cookie(token, secure=call.secure))
    return response


@operation("DELETE", "/api/session")
async def sign_out(call: Call) -> Response:
    """Sign out: this session, and the socket tickets of the account."""
    token = call.token
    assert token is not None
    await call.bell.store.write(lambda conn: end_session(conn, token))
    call.bell.bus.ring("expert", call.account.id)
    response = Response(None, 204)
    response.headers.append("Set-Cookie", console_cookie("", secure=call.secure))
    return response


@operation("POST", "/api/session/socket", gives=Ticket)
async def socket_ticket(call: Call) -> Ticket:
    """A token for one socket handshake: the console's own session never leaves its cookie."""
    token = await call.bell.store.write(
        lambda conn: open_session(conn, call.account.id, "ticket", call.now, within=call.token)
    )
    return Ticket(token=token, seconds=TICKET_SECONDS)


OPERATIONS = [sign_in, current, here, sign_out, socket_ticket]
