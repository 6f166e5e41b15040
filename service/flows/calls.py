"""Whom to call on their devices while no desk of theirs is open, and what for.

Nothing here changes anything: the bell climbs as ever, a desk without a line is offline when its lease is over. These
are looks at the base, which come out the same in every process; `service.calling` puts what they find into the outbox,
each call once. By default a call holds no word of a visitor, and no name.
"""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import Connection

import access.queries
import chat.desks
import chat.history
import chat.queries
import chat.served
import routing.queries
import voice.queries
from access.push import Device
from contract.clock import MINUTE, SECOND
from contract.facts import CustomerFacts, SiteFacts
from contract.names import Ms
from routing.hours import works
from routing.presence import absent, sitting
from routing.tables import ASKED
from service.flows.facts import customer_facts
from service.outbox import Push
from voice.timing import REMIND

Row = Mapping[Any, Any]
#: How long a call is worth anything: for a bell that found them offline, a word, a promise; and how late one is told.
BELL, WORD, PROMISE, MISSED = 2 * MINUTE, 10 * MINUTE, 30 * MINUTE, 60 * MINUTE
#: A bell is looked at so long after it was raised.
FRESH: Ms = 60 * SECOND
#: Rows of one look.
MOST = 200
_LONGEST = 160
_TEXTS: dict[str, dict[str, str]] = {
    language: msgspec.json.decode(
        (Path(__file__).parents[2] / "contract" / "text" / f"push.{language}.json").read_bytes()
    )
    for language in ("en", "ru")
}


class Called(NamedTuple):
    """A bell for which somebody was called, until what it came to is known."""

    push: Push
    device: Device


def look(conn: Connection, devices: Iterable[Device], now: Ms, seen: set[str]) -> list[Called]:
    """All that these devices are to be called for now. `devices`: those of people without a line. `seen`: bells that
    were looked at for whom they found offline, which is done once; it grows."""
    of: dict[str, list[Device]] = {}
    for device in devices:
        of.setdefault(device.account_id, []).append(device)
    return [
        *_bells(conn, of, now),
        *_found_offline(conn, of, now, seen),
        *_words(conn, of, now),
        *_promises(conn, of, now),
    ]


def missed(conn: Connection, called: Called, now: Ms) -> Push | None:
    """What became of a bell, once it is over: None while it rings, or where whoever was called took it."""
    push, device = called
    alert = routing.queries.alert_row(conn, push.ref)
    if alert is None or alert["state"] == "ringing" or alert["expert_id"] == device.account_id:
        return None
    rings = [one for one in routing.queries.rings_of(conn, push.ref) if one["expert_id"] == device.account_id]
    if any(one["outcome"] == "declined" for one in rings):
        return None
    says = _TEXTS[device.language]
    names = access.queries.names(conn, [alert["expert_id"]]) if alert["expert_id"] else {}
    what = says["taken"].format(name=names[alert["expert_id"]]) if names else says["nobody"]
    site = access.queries.site_facts(conn, alert["site_id"])
    return Push(
        device=device.id,
        occasion=f"missed:{push.ref}",
        kind="missed",
        ref=push.ref,
        title=says["missed"],
        body=f"{site.name if site else ''} · {what}",
        tag=push.tag,
        to=push.to,
        until=now + MISSED,
    )


def rings(conn: Connection, alert_id: str) -> bool:
    alert = routing.queries.alert_row(conn, alert_id)
    return alert is not None and alert["state"] == "ringing"


def is_over(conn: Connection, push: Push, now: Ms) -> bool:
    """Whether nobody would be helped by it any more: its time is out, the bell fell silent, the words were read."""
    if push.until <= now:
        return True
    if push.kind == "bell":
        return not rings(conn, push.ref)
    if push.kind == "message":
        row = chat.queries.row(conn, push.ref)
        return row is None or row["state"] != "open" or row["expert_read_seq"] >= push.seq
    if push.kind == "callback":
        promised = voice.queries.row(conn, push.ref)
        return promised is None or promised["state"] != "open"
    return False


def trial(device: Device, occasion: str, now: Ms) -> Push:
    """What is sent to try a device out."""
    says = _TEXTS[device.language]
    return Push(
        device=device.id,
        occasion=f"try:{occasion}",
        kind="try",
        ref="",
        title=says["try"],
        body=says["try_body"],
        tag="try",
        to="",
        until=now + MINUTE,
    )


# --- the looks --------------------------------------------------------------------------------------------------------


def _bells(conn: Connection, of: Mapping[str, list[Device]], now: Ms) -> list[Called]:
    """What rings at their desks, where nobody hears it."""
    rows = routing.queries.ringing_at(conn, list(of), MOST)
    return [one for row in rows for one in _bell(conn, row, of[row["rings_at"]], row["until"], now)]


def _found_offline(conn: Connection, of: Mapping[str, list[Device]], now: Ms, seen: set[str]) -> list[Called]:
    """Bells of people who are theirs, that passed them over because they are offline, within their hours."""
    away = {id_: [one for one in devices if one.away] for id_, devices in of.items()}
    away = {id_: devices for id_, devices in away.items() if devices}
    accounts = {one.id: one for one in access.queries.accounts(conn, away)} if away else {}
    sites = {site for account in accounts.values() for site in account.sites}
    desks = routing.queries.desks(conn, away) if away else {}
    called: list[Called] = []
    for row in routing.queries.newly_ringing(conn, sites, now - FRESH, MOST):
        if row["id"] in seen:
            continue
        seen.add(row["id"])
        asked = {one["expert_id"] for one in routing.queries.rings_of(conn, row["id"])}
        for id_ in _whose(conn, row) - asked:
            desk = desks.get(id_)
            if desk is None or row["site_id"] not in accounts[id_].sites:
                continue
            if absent(sitting(desk), now) == "offline" and works(desk["hours"], now):
                called += _bell(conn, row, away[id_], row["raised_at"] + BELL, now)
    return called


def _whose(conn: Connection, row: Row) -> set[str]:
    """The owner and whoever served them last, as far as the site rings them first."""
    site = access.queries.site_facts(conn, row["site_id"])
    if site is None:
        return set()
    customer = _customer(conn, site, row["visitor_id"])
    if customer is not None:
        owner, last = customer.owner, customer.last_expert
    else:
        owner = None
        last = chat.served.served(conn, [row["visitor_id"]]).get(row["visitor_id"], chat.served.NOBODY).expert
    rungs = site.ladder.order
    return {id_ for rung, id_ in (("owner", owner), ("last", last)) if id_ is not None and rung in rungs}


def _bell(conn: Connection, row: Row, devices: Collection[Device], until: Ms, now: Ms) -> list[Called]:
    site = access.queries.site_facts(conn, row["site_id"])
    if site is None or until <= now:
        return []
    customer = _customer(conn, site, row["visitor_id"]) if any(one.details for one in devices) else None
    made = []
    for device in devices:
        says = _TEXTS[device.language]
        about = says["about_asked" if row["reason"] == ASKED else "about"]
        body = about.format(site=site.name, importance=row["importance"])
        title = says["bell"]
        if device.details:
            title = customer.name if customer else says["stranger"]
            body = "\n".join(part for part in (" › ".join(row["topic"]), *_asked(conn, row), body) if part)
        push = Push(
            device=device.id,
            occasion=f"bell:{row['id']}",
            kind="bell",
            ref=row["id"],
            title=_short(title),
            body=body,
            tag=f"alert:{row['id']}",
            to=f"alert/{row['id']}/{row['visit_id']}",
            until=until,
        )
        made.append(Called(push, device))
    return made


def _asked(conn: Connection, row: Row) -> list[str]:
    said = chat.history.asked(conn, row["trigger_id"], 1) if row["reason"] == ASKED else []
    return [_short(text) for text in said]


def _words(conn: Connection, of: Mapping[str, list[Device]], now: Ms) -> list[Called]:
    """What was written in their own conversations and not read."""
    called = []
    for row in chat.desks.unheard(conn, list(of), now - WORD, MOST).values():
        site = access.queries.site_facts(conn, row["site_id"])
        if site is None:
            continue
        customer = None
        for device in of[row["expert_id"]]:
            says = _TEXTS[device.language]
            title, body = says["message"], site.name
            if device.details:
                customer = customer or _customer(conn, site, row["visitor_id"])
                title = says["message_from"].format(who=customer.name if customer else says["stranger"])
                body = _short(row["text"]) or says["attachment"]
            push = Push(
                device=device.id,
                occasion=f"message:{row['id']}:{row['seq']}",
                kind="message",
                ref=row["id"],
                seq=row["seq"],
                title=_short(title),
                body=body,
                tag=f"conversation:{row['id']}",
                to=f"conversation/{row['id']}",
                until=row["at"] + WORD,
            )
            called.append(Called(push, device))
    return called


def _promises(conn: Connection, of: Mapping[str, list[Device]], now: Ms) -> list[Called]:
    """Callbacks of theirs that are due soon, or now."""
    called = []
    for row in voice.queries.due_of(conn, list(of), now - PROMISE, now + REMIND, MOST):
        site = access.queries.site_facts(conn, row["site_id"])
        if site is None:
            continue
        soon = row["at"] > now
        clock = datetime.fromtimestamp(row["at"] / SECOND, UTC).astimezone(ZoneInfo(site.zone)).strftime("%H:%M")
        for device in of[row["owner_id"]]:
            says = _TEXTS[device.language]
            word = ("write" if row["channel"] == "write" else "callback") + ("_soon" if soon else "")
            body = says["at"].format(site=site.name, time=clock)
            if device.details:
                body = "\n".join(part for part in (body, row["phone"], _short(row["words"])) if part)
            push = Push(
                device=device.id,
                occasion=f"callback:{row['id']}:{row['at']}:{'soon' if soon else 'now'}",
                kind="callback",
                ref=row["id"],
                title=says[word],
                body=body,
                tag=f"callback:{row['id']}",
                to="",
                until=row["at"] if soon else row["at"] + PROMISE,
            )
            called.append(Called(push, device))
    return called


def _customer(conn: Connection, site: SiteFacts, visitor_id: str) -> CustomerFacts | None:
    return customer_facts(conn, site.id, [visitor_id]).get(visitor_id)


def _short(text: str) -> str:
    """One line, as long as a notification shows."""
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rstrip()}…"
