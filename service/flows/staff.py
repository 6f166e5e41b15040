"""Whoever works here changes what they do, or leaves: their account, their desk, and those who wait for them.

Parts of a unit of work, as `reachable`.
"""

from collections.abc import Iterable

from sqlalchemy import Connection

import routing.do
import routing.queries
import voice.do
from access.do import ACCOUNTS, patch_account, set_sites
from access.queries import account_facts
from access.tables import account as table
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.ids import node_id
from contract.names import Ms
from contract.rest_experts import ExpertPatch, TopicLevel
from routing.do import TopicRow
from routing.hours import checked
from service.flows.promises import hand_on_promises
from service.flows.reachable import Told, hand_on, may_ring
from service.flows.ringing import leave_desk
from service.learning.learned import NOTHING, Learned
from store.lock import lock
from store.sql import locked

CAPACITY = 4


def topic_rows(topics: Iterable[TopicLevel], sites: Iterable[str]) -> list[TopicRow]:
    """What an expert knows, at the nodes of each of their sites."""
    known = {tuple(topic.path): topic.level for topic in topics}
    return [(node_id(site, path), list(path), level) for site in sorted(sites) for path, level in sorted(known.items())]


def change(
    conn: Connection,
    account_id: str,
    asked: ExpertPatch,
    sites: list[str] | None,
    password_hash: str | None,
    now: Ms,
    learned: Learned = NOTHING,
) -> Told:
    """Change what is given. Refused: not_found, exists (email), invalid, forbidden (the last administrator)."""
    lock(conn, ACCOUNTS)
    lock(conn, voice.do.LOCK)
    before = _anybody(conn, account_id)
    told = Told(experts=[account_id])
    left = before.sites - set(sites) if sites is not None else frozenset[str]()
    if left or asked.role not in (None, before.role):
        told.alerts += leave_desk(conn, account_id, "gone", now)
    patch_account(
        conn,
        account_id,
        email=asked.email,
        name=asked.name,
        role=asked.role,
        password_hash=password_hash,
        languages=asked.languages,
        active=asked.active,
    )
    if sites is not None:
        set_sites(conn, account_id, sites)
    _desk(conn, account_id, asked, before.sites if sites is None else frozenset(sites), now)
    if asked.role not in (None, "expert"):
        routing.do.set_status(conn, account_id, "offline", now)
        hand_on(conn, account_id, now, told, learned=learned)
    elif left:
        hand_on(conn, account_id, now, told, sites=left, learned=learned)
    told.callbacks += hand_on_promises(conn, account_id, now)
    told.alerts += may_ring(conn, account_id, now)
    return told


def dismiss(conn: Connection, account_id: str, by: AccountFacts, now: Ms, *, learned: Learned = NOTHING) -> Told:
    """They do not work here any more: signed out everywhere, and nobody waits for them. History keeps their name.

    Refused: not_found (also for somebody who left before), forbidden (oneself, the last administrator).
    """
    if account_id == by.id:
        raise Refused("forbidden", "oneself")
    lock(conn, ACCOUNTS)
    lock(conn, voice.do.LOCK)
    if not _anybody(conn, account_id).active:  # held before their desk, as everywhere
        raise Refused("not_found")
    told = Told(experts=[account_id])
    told.alerts += leave_desk(conn, account_id, "gone", now)
    routing.do.set_status(conn, account_id, "offline", now)
    patch_account(conn, account_id, active=False)
    hand_on(conn, account_id, now, told, learned=learned)
    told.callbacks += hand_on_promises(conn, account_id, now)
    return told


def _desk(conn: Connection, account_id: str, asked: ExpertPatch, sites: frozenset[str], now: Ms) -> None:
    """A desk for whoever had none, with what is given for it."""
    if routing.queries.desk_row(conn, account_id) is None:
        routing.do.add_expert(conn, account_id, CAPACITY)
    if asked.topics is not None:
        routing.do.set_topics(conn, account_id, topic_rows(asked.topics, sites))
    elif asked.sites is not None:
        known = routing.queries.knowledge(conn, [account_id]).get(account_id, [])
        topics = [TopicLevel(path=path, level=level) for path, level in known]
        routing.do.set_topics(conn, account_id, topic_rows(topics, sites))
    if asked.capacity is not None:
        routing.do.set_capacity(conn, account_id, asked.capacity)
    if asked.breath_seconds is not None:
        routing.do.set_breath(conn, account_id, asked.breath_seconds)
    if asked.hours is None:
        routing.do.set_hours(conn, account_id, None, now)
    elif asked.hours:
        routing.do.set_hours(conn, account_id, checked(asked.hours), now)


def _anybody(conn: Connection, account_id: str) -> AccountFacts:
    """Also somebody who was dismissed: they may come back."""
    row = conn.execute(locked(conn, table.select().where(table.c.id == account_id))).mappings().one_or_none()
    if row is None:
        raise Refused("not_found")
    return account_facts(conn, [row])[0]
