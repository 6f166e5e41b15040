"""The people of the house: colleagues for everybody, accounts for administrators."""

from sqlalchemy import Connection, select

import service.flows.staff
from access.do import create_account
from access.passwords import hash_password
from access.queries import account_by_id, account_facts
from access.tables import account as table
from access.tables import account_site
from contract.errors import Refused
from contract.facts import AccountFacts
from contract.rest_experts import Expert, ExpertPatch, ExpertWrite
from routing.do import add_expert, set_breath, set_hours
from routing.hours import checked
from service.api.lists import Listed, asked, page
from service.api.operation import ADMINS, Call, operation
from service.api.people import experts as shown
from service.flows.reachable import Told
from service.flows.staff import topic_rows
from store.sql import db_now


@operation("GET", "/api/experts", gives=Listed[Expert], query=("limit", "cursor", "site", "active"))
async def experts(call: Call) -> Listed[Expert]:
    """The colleagues on one's own sites; with `?active=false`, for administrators, those who left."""
    left = call.text("active") is not None and not call.flag("active")
    if left and call.account.role != "admin":
        raise Refused("forbidden")
    ask, sites = asked(call, (int, str)), await call.site_ids()
    everybody = call.account.role == "admin" and call.text("site") is None

    def read(conn: Connection) -> Listed[Expert]:
        query = select(table).where(table.c.active.is_(not left))
        if not everybody:
            on_sites = select(account_site.c.account_id).where(account_site.c.site_id.in_(sites))
            query = query.where(table.c.id.in_(on_sites) | (table.c.id == call.account.id))
        rows, more = page(conn, query, (table.c.created_at, table.c.id), ask)
        return Listed(items=shown(conn, account_facts(conn, rows), call.account, call.now), next=more)

    return await call.bell.store.read(read)


@operation("GET", "/api/experts/{id}", gives=Expert)
async def expert(call: Call) -> Expert:
    """One colleague."""
    account_id = call.path_id()

    def read(conn: Connection) -> Expert:
        found = account_by_id(conn, account_id)
        if found is None or not _together(call.account, found):
            raise Refused("not_found")
        return shown(conn, [found], call.account, call.now)[0]

    return await call.bell.store.read(read)


def _together(one: AccountFacts, other: AccountFacts) -> bool:
    return one.role == "admin" or one.id == other.id or bool(one.sites & other.sites)


@operation("POST", "/api/experts", roles=ADMINS, takes=ExpertWrite, gives=Expert, status=201)
async def add(call: Call) -> Expert:
    """A new person with a desk. Without `sites`: all there are now."""
    asked: ExpertWrite = call.body
    sites = await _named(call, asked.sites) or [site.id for site in await call.bell.sites.all()]
    hours = None if asked.hours is None else checked(asked.hours)
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
        set_hours(conn, made.id, hours, call.now)
        set_breath(conn, made.id, asked.breath_seconds)
        return shown(conn, [made], call.account, call.now)[0]

    return await call.bell.store.write(write)


@operation("PATCH", "/api/experts/{id}", roles=ADMINS, takes=ExpertPatch, gives=Expert)
async def change(call: Call) -> Expert:
    """Change what is given. A new password signs the person out everywhere."""
    asked: ExpertPatch = call.body
    account_id = call.path_id()
    if asked.active is False:
        raise Refused("invalid", "active")  # whoever leaves is dismissed: one way, with all that follows
    sites = None if asked.sites is None else await _named(call, asked.sites)
    password_hash = None if asked.password is None else await hash_password(asked.password)

    def write(conn: Connection) -> tuple[Expert, Told]:
        told = service.flows.staff.change(
            conn, account_id, asked, sites, password_hash, db_now(conn), learned=call.bell.learned
        )
        row = conn.execute(select(table).where(table.c.id == account_id)).mappings().one()
        return shown(conn, account_facts(conn, [row]), call.account, call.now)[0], told

    person, told = await call.bell.store.write(write)
    told.ring(call.bell.bus, call.bell.timers.announce)
    return person


@operation("DELETE", "/api/experts/{id}", roles=ADMINS)
async def dismiss(call: Call) -> None:
    """They leave: signed out everywhere, bells and conversations go to colleagues; history keeps their name."""
    account_id = call.path_id()

    def write(conn: Connection) -> Told:
        return service.flows.staff.dismiss(conn, account_id, call.account, db_now(conn), learned=call.bell.learned)

    (await call.bell.store.write(write)).ring(call.bell.bus, call.bell.timers.announce)


async def _named(call: Call, names: list[str]) -> list[str]:
    """Ids of sites by key or id. Refused("invalid") if one is none."""
    named = [await call.bell.sites.find(name) for name in names]
    if None in named:
        raise Refused("invalid", "sites")
    return sorted({site.id for site in named if site is not None})


OPERATIONS = [experts, expert, add, change, dismiss]
