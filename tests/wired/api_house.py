"""Two sites side by side, with one of everything in each: what may be seen from one must not be seen from the other."""

import contextlib
import functools
import uuid
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import msgspec
from sqlalchemy import Connection, insert, select

import access.push
import chat.blocks
import chat.do
import chat.files
import crm.do
import crm.merging
import crm.queries
import routing.alerts
import routing.do
import sales.do
import tracker.do
import voice.do
from access.do import create_account, create_site
from access.passwords import hashed
from access.sessions import open_session, token_hash
from access.tokens import token_row
from access.webhooks import make_webhook
from chat.articles import create_article, create_canned
from chat.message import Who
from contract.beacons import Beacon
from contract.clock import DAY, now_ms
from contract.facts import SiteFacts
from contract.ids import new_id, node_id
from crm.contact import CheckedContact
from routing.firings import add_trigger
from routing.slots import quarter
from routing.tables import decision, segment
from routing.triggers import Firing
from routing.usual import deep
from sales.price import FormLine, price
from service.bell import Bell
from service.flows.facts import customer_facts
from service.flows.people import Crew
from tests.asgi import served
from tests.pictures import png

LIMIT = 10 * 1024 * 1024
PASSWORD = "a bell over the door"
ROLES = ("admin", "marketer", "expert")


@dataclass
class House:
    """`ours`, `theirs`: id of one of everything by kind, on our site and on the other. `tokens`: by role, on ours."""

    client: httpx.AsyncClient
    bell: Bell
    tokens: dict[str, str]
    ours: dict[str, str]
    theirs: dict[str, str]

    async def ask(self, method: str, path: str, who: str | None = "admin", **more: Any) -> httpx.Response:
        """As somebody, by bearer token; None is nobody."""
        headers = {**more.pop("headers", {})}
        if who is not None:
            headers["Authorization"] = f"Bearer {self.tokens[who]}"
        return await self.client.request(method, path, headers=headers, **more)


@functools.cache
def _password_hash() -> str:
    """Made as the product makes it, once per run: it is meant to be slow."""
    return hashed(PASSWORD)


@contextlib.asynccontextmanager
async def house(database_url: str, folder: Path, **settings: str) -> AsyncIterator[House]:
    """The application on `database_url`, with both sites in it."""
    async with served(database_url, folder, **settings) as (client, bell):
        password_hash = _password_hash()
        mark = uuid.uuid4().hex[:8]
        ours = await _site(bell, f"ours-{mark}", password_hash)
        theirs = await _site(bell, f"theirs-{mark}", password_hash)

        def sessions(conn: Connection) -> dict[str, str]:
            return {role: open_session(conn, ours[role], "token", now_ms()) for role in ROLES}

        tokens = await bell.store.write(sessions)
        yield House(client, bell, tokens, ours, theirs)


async def _bytes(sent: bytes) -> AsyncIterator[bytes]:
    yield sent


async def _site(bell: Bell, key: str, password_hash: str) -> dict[str, str]:
    """A site with one of everything; returns their ids by kind, the people's by role."""

    def people(conn: Connection) -> tuple[SiteFacts, dict[str, str]]:
        site = create_site(conn, key=key, name=key.title(), now=now_ms(), origins=[f"https://{key}.example"])
        made = {"site": site.id, "key": key, "topic": node_id(site.id, ["Garden"])}
        for role in ROLES:
            account = create_account(
                conn,
                email=f"{role}@{key}.example",
                name=role.title(),
                password_hash=password_hash,
                role=role,  # type: ignore[arg-type]
                now=now_ms(),
                sites=[site.id],
            )
            routing.do.add_expert(conn, account.id, 4, [(node_id(site.id, ["Garden"]), ["Garden"], 4)])
            made[role] = account.id
        return site, made

    site, made = await bell.store.write(people)
    bell.sites.forget()
    visitor, view = uuid.uuid4().hex, str(uuid.uuid4())
    event = {"id": view, "type": "page.viewed", "url": f"https://{key}.example/", "path": ["Garden", "Tools"]}
    beacon = msgspec.convert({"site": key, "visitor": visitor, "events": [event]}, Beacon)
    told = await bell.journey.collect(site, beacon, received_at=now_ms(), user_agent="Mozilla/5.0 Firefox/140.0")
    assert told.visit is not None
    visit = told.visit

    kept = await bell.files.take(_bytes(png()), LIMIT)

    def things(conn: Connection) -> dict[str, str]:
        now, expert = now_ms(), made["expert"]
        trigger = add_trigger(conn, site.id, "deep", deep(3, 0), now)
        group = new_id()
        about = {"title": "Delivery", "text": f"Free at {key}.", "language": "en", "path": [], "state": "published"}
        article = create_article(conn, site.id, about, made["admin"], now)["id"]
        hello = {"shortcut": "hi", "title": "Hello", "text": "Hello {name}.", "language": "en"}
        answer = create_canned(conn, site.id, hello, now)["id"]
        when = {"all": [{"kind": "pages", "at_least": 2}]}
        conn.execute(insert(segment).values(id=group, site_id=site.id, name="readers", conditions=when, created_at=now))
        product = sales.do.create_product(
            conn, site_id=site.id, sku="spade", name="Spade", path=["Garden"], amount=1990, currency="EUR", now=now
        )
        contact = CheckedContact(name="Vera", email=f"vera@{key}.example", phone="", address="")
        customer = crm.do.know(conn, site.id, visit.visitor, contact, now)
        other = crm.do.create(conn, site.id, "Vera P.", now)
        known = crm.queries.people(conn, [customer, other])
        same = crm.merging.join(conn, known[customer], known[other], proof="hand", now=now, by=expert)
        talk = chat.do.open_for_expert(
            conn,
            site_id=site.id,
            visitor_id=visit.visitor,
            visit_id=visit.id,
            expert_id=expert,
            alert_id=None,
            name="Expert",
            now=now,
        )
        bystander = tracker.do.ensure_visitor(conn, site.id, uuid.uuid4().hex, now)
        over = chat.blocks.add(conn, site.id, bystander, expert, "rude", now, now)
        chat.files.add(conn, talk, Who(kind="expert", id=expert, name="Expert"), kept, "spade.png", None, now)
        offer = sales.do.propose_offer(
            conn,
            site_id=site.id,
            product_id=product["id"],
            amount=1500,
            minutes=60,
            text="for you",
            visitor_id=visit.visitor,
            visit_id=visit.id,
            conversation_id=talk["id"],
            expert_id=expert,
            now=now,
        )
        lines = [FormLine(product=product["id"], name="Spade", amount=1990, currency="EUR")]
        form = sales.do.make_form(
            conn,
            site_id=site.id,
            lines=lines,
            visitor_id=visit.visitor,
            visit_id=visit.id,
            conversation_id=talk["id"],
            expert_id=expert,
            now=now,
        )
        order = sales.do.place_order(conn, form, price(lines, [(product["id"], 2)]), customer, {"name": "Vera"}, now)
        firing = Firing(trigger=trigger, name="deep", occasion=visit.arrival or visit.id)
        vera = customer_facts(conn, site.id, [visit.visitor])[visit.visitor]
        people = Crew(conn, now).people(site, vera, expert)
        alert = routing.alerts.raise_alert(conn, firing, visit, vera, people, now)
        decided = conn.execute(select(decision.c.id).where(decision.c.alert_id == alert)).scalar_one()
        token = token_row(conn, open_session(conn, made["admin"], "token", now, name="till"))
        hook = make_webhook(conn, site.id, "http://127.0.0.1:9/hook", ["order.placed"], now)
        device = access.push.subscribe(
            conn,
            expert,
            token_hash(open_session(conn, expert, "browser", now)),
            now,
            endpoint=f"http://127.0.0.1:9/{key}",
            p256dh="",
            auth="",
            away=True,
            details=False,
            language="en",
        )
        promised = voice.do.request(
            conn,
            site_id=site.id,
            visitor_id=visit.visitor,
            customer_id=customer,
            conversation_id=None,
            owner_id=expert,
            channel="call",
            phone="+12025550123",
            at=quarter(now + DAY),
            topic=["Garden"],
            words="",
            now=now,
        )
        return {
            "token": token["id"],
            "webhook": hook["id"],
            "push": device["id"],
            "callback": promised["id"],
            "trigger": trigger,
            "decision": decided,
            "segment": group,
            "product": product["id"],
            "customer": customer,
            "other": other,
            "merge": same,
            "conversation": talk["id"],
            "file": kept.id,
            "bystander": bystander,
            "block": over["id"],
            "offer": offer["id"],
            "order": order["id"],
            "article": article,
            "canned": answer,
        }

    return made | {"visit": visit.id, "visitor": visitor, "browser": visit.visitor} | await bell.store.write(things)


def missing() -> str:
    """An id that nothing has."""
    return new_id()
