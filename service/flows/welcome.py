"""What a visitor's chat begins with: the conversation, a greeting for whom we know, what the site has in its chat."""

from sqlalchemy import Connection, RowMapping

import access.queries
import chat.queries
import chat.reopening
import chat.served
import crm.queries
import routing.queries
import sales.queries
from contract.answers import Away, ChatOpened, ClosedTalk, Greeting, Opened, TalkOffered
from contract.clock import rfc3339
from contract.facts import SiteFacts
from contract.names import Ms
from routing.presence import absent
from service import present
from service.bell import Bell
from service.callers import VisitorCaller
from service.flows.common import Common
from service.flows.slots import Asking, shown
from service.theirs import frames


def welcome(
    conn: Connection,
    bell: Bell,
    caller: VisitorCaller,
    site: SiteFacts,
    row: RowMapping,
    now: Ms,
    common: Common | None = None,
) -> ChatOpened:
    """The conversation `row` as `chat.open` gives it. `site`: as it is now, not as it was when they came. `common`: of
    several who open it in this moment."""
    common = common or Common(conn, [caller], now)
    nobody = row["expert_id"] is None and not common.somebody_there(site.id)
    opened = present.opened(conn, row["id"]) if row["last_seq"] else Opened(conversation=row["id"], seq=0, messages=[])
    talk = site.talk
    return ChatOpened(
        conversation=opened.conversation,
        seq=opened.seq,
        messages=opened.messages,
        ends_at=None if row["ends_at"] is None else rfc3339(row["ends_at"]),
        greeting=_greeting(conn, caller, common.customers.get(caller.visitor), now),
        closed=_closed(conn, caller, now) if caller.visitor in common.closed else None,
        away=_away(conn, bell, caller, now) if nobody else None,
        talk=TalkOffered(
            preview=talk.preview,
            files=talk.files,
            ratings=talk.ratings,
            night=talk.night,
            mail=bell.settings.mail,
        ),
    )


def _away(conn: Connection, bell: Bell, caller: VisitorCaller, now: Ms) -> Away:
    """Nobody is there: the first time that `callback.slots` would name."""
    free = Asking(conn, caller.site, caller.visitor, caller.frame_hash, learned=bell.learned).free(now, 1)
    first = shown(free)[0] if free else None
    return Away(at=first.at if first else None, expert=first.expert if first else None)


def _greeting(conn: Connection, caller: VisitorCaller, customer_id: str | None, now: Ms) -> Greeting | None:
    """Only for a customer, and where they are known to be the one: whoever has the visitor key alone learns no name
    (contract 4)."""
    known = crm.queries.people(conn, [customer_id]).get(customer_id) if customer_id is not None else None
    if known is None or not known.name or not _is_theirs(conn, caller):
        return None
    expert, since = _who_helped(conn, known.id)
    expert = expert or known.owner
    desks = routing.queries.candidates(conn, [expert]) if expert is not None else []
    account = access.queries.account_by_id(conn, expert) if expert is not None else None
    if account is None or not account.active:
        return Greeting(name=known.name, expert=None, since=None, here=False)
    return Greeting(
        name=known.name,
        expert=account.name,
        since=None if since is None else rfc3339(since),
        here=bool(desks) and not absent(desks[0], now),
    )


def _is_theirs(conn: Connection, caller: VisitorCaller) -> bool:
    """Whether this connection is that of the customer: the frame in which they ordered; else, where somebody served
    them in a frame, that one; else the site itself has said by a signed token who is in front of this browser."""
    if known := frames(conn, caller.visitor):
        return caller.frame_hash in known
    return crm.queries.is_signed_in(conn, caller.site.id, caller.visitor)


def _who_helped(conn: Connection, person_id: str) -> tuple[str | None, Ms | None]:
    """The last one who talked with them, or to whom an order counts."""
    visitors = crm.queries.visitors_of_all(conn, [person_id]).get(person_id, [])
    times = [
        (last.at, last.expert)
        for last in chat.served.served(conn, visitors).values()
        if last.at is not None and last.expert is not None
    ]
    total = sales.queries.totals_of(conn, {person_id: person_id}).get(person_id)
    if total is not None and total.last_expert is not None:
        times.append((total.last_at, total.last_expert))
    if not times:
        return None, None
    at, expert = max(times)
    return expert, at


def _closed(conn: Connection, caller: VisitorCaller, now: Ms) -> ClosedTalk | None:
    row = chat.reopening.newest_closed(conn, caller.visitor, caller.frame_hash, now)
    if row is None:
        return None
    who = row["expert_id"] or row["left_id"]
    return ClosedTalk(
        conversation=row["id"],
        expert=access.queries.names(conn, [who]).get(who) if who is not None else None,
        closed_at=rfc3339(row["closed_at"]),
        until=rfc3339(row["closed_at"] + chat.reopening.WITHIN),
        score=row["score"],
    )
