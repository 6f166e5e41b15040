"""The people of the house: colleagues for everybody, accounts for administrators."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from access.do import create_account, patch_account
from access.passwords import hash_password
from access.queries import account_by_id, account_facts
from access.tables import account as table
from access.tables import account_site
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.ids import node_id
from contract.rest_experts import Expert, ExpertPatch, ExpertWrite, TopicLevel
from routing.do import TopicRow, add_expert, set_capacity, set_topics
from service.api.lists import Listed, asked, page
from service.api.operation import ADMINS, Call, operation
from service.api.people import experts as shown


def topic_rows(topics: Iterable[TopicLevel], sites: Iterable[str]) -> list[TopicRow]:
    """What an expert knows, at the nodes of each of their sites."""
    known = {tuple(topic.path): topic.level for topic in topics}
    return [(node_id(site, path), list(path), level) for site in sorted(sites) for path, level in sorted(known.items())]


@operation("GET", "/api/experts", gives=Listed[Expert], query=("limit", "cursor", "site"))
async def experts(call: Call) -> Listed[Expert]:
    """The colleagues on one's own sites."""
    ask, sites = asked(call, (int, str)), await call.site_ids()
    everybody = call.account.role == "admin" and call.text("site") is None

    def read(conn: Connection) -> Listed[Expert]:
        query = select(table).where(table.c.active)
        if not everybody:
            on_sites = select(account_site.c.account_id).where(account_site.c.site_id.in_(sites))
            query = query.where(table.c.id.in_(on_sites) | (table.c.id == call.account.id))
        rows, more = page(conn, query, (table.c.created_at, table.c.id), ask)
        return Listed(items=shown(conn, account_facts(conn, rows), call.now), next=more)

    return await call.bell.store.read(read)


@operation("GET", "/api/experts/{id}", gives=Expert)
async def expert(call: Call) -> Expert:
    """One colleague."""
    account_id = call.path_id()

    def read(conn: Connection) -> Expert:
        found = account_by_id(conn, account_id)
        if found is None or not _together(call.account, found):
            raise Refused("not_found")
        return shown(conn, [found], call.now)[0]

    return await call.bell.store.read(read)


def _together(one: AccountFacts, other: AccountFacts) -> bool:
    return one.role == "admin" or one.id == other.id or bool(one.sites & other.sites)


@operation("POST", "/api/experts", roles=ADMINS, takes=ExpertWrite, gives=Expert, status=201)
async def add(call: Call) -> Expert:
    """A new person with a desk. Without `sites`: all there are now."""
    asked: ExpertWrite = call.body
    every = await call.bell.sites.all()
    named = {name: await call.bell.sites.find(name) for name in asked.sites}
    if None in named.values():
        raise Refused("invalid", "sites")
    sites = [site.id for site in named.values() if site is not None] or [site.id for site in every]
    password_hash = await hash_password(asked.password)

    def write(conn: Connection) -> Expert:
        made = create_account(
            conn,
            email=asked.email,
            name=asked.name,
            password_hash=password_hash,
            role=asked.role,
            now=call.now,
            languages=asked.languages,
            sites=sites,
        )
        add_expert(conn, made.id, asked.capacity, topic_rows(asked.topics, sites))
        return shown(conn, [made], call.now)[0]

    return await call.bell.store.write(write)


@operation("PATCH", "/api/experts/{id}", roles=ADMINS, takes=ExpertPatch, gives=Expert)
async def change(call: Call) -> Expert:
    """Change what is given. A new password signs the person out everywhere."""
    asked: ExpertPatch = call.body
    account_id = call.path_id()
    password_hash = None if asked.password is None else await hash_password(asked.password)

    def write(conn: Connection) -> Expert:
        found = account_by_id(conn, account_id)
        if found is None:
            raise Refused("not_found")
        patch_account(conn, account_id, name=asked.name, password_hash=password_hash, languages=asked.languages)
        if asked.topics is not None:
            set_topics(conn, account_id, topic_rows(asked.topics, found.sites))
        if asked.capacity is not None:
            set_capacity(conn, account_id, asked.capacity)
        changed = account_by_id(conn, account_id)
        assert changed is not None
        return shown(conn, [changed], call.now)[0]

    person = await call.bell.store.write(write)
    call.bell.bus.ring("expert", account_id)
    return person


OPERATIONS = [experts, expert, add, change]
