"""A shop in a base of its own, with people on both sides of the counter: what tests of the flows drive.

The flows run as in the product, on a real store and a real bus; only sockets and timers are left out.
"""

from typing import Any, cast
from uuid import uuid4

import msgspec
from sqlalchemy import Connection, func, insert, select

import access.do
import routing.do
import sales.do
import tracker.do
import tracker.queries
from access.sites import Sites
from chat.library import Library
from contract.clock import now_ms
from contract.errors import Refused
from contract.facts import AccountFacts, SiteFacts
from contract.ids import new_id
from contract.talk import Talk
from routing.triggers import Firing
from service.app import EXPERT, VISITOR
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.flows.judging import raise_and_ring
from service.limits import Limits
from service.settings import read_settings
from service.sockets.registry import Registry
from store.base import Store
from store.bus import LocalBus
from store.connect import open_store
from store.metadata import metadata
from tracker.tables import visit


class Bus(LocalBus):
    """Remembers what was rung."""

    def __init__(self) -> None:
        super().__init__()
        self.rung: list[tuple[str, str]] = []

    def ring(self, kind: Any, id_: str) -> None:
        self.rung.append((kind, id_))


class Timers:
    """The flows tell the timers of alerts, and they ring; nothing is due here."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def announce(self, alert_ids: list[str]) -> None:
        for alert_id in alert_ids:
            self._bus.ring("alert", alert_id)


class Shop:
    """A site with products, visitors and experts; `as_*` call commands by name, as a socket would."""

    site: SiteFacts
    other_site: SiteFacts
    products: list[str]
    bell: Bell
    bus: Bus

    def __init__(self, store: Store) -> None:
        self.store, self.bus = store, Bus()
        nothing = cast(Any, None)
        settings = read_settings({"SHOPBELL_SECRET_KEY": "counter" * 5})
        self.bell = Bell(
            settings=settings, store=store, bus=self.bus, sites=Sites(store), journey=nothing,
            limits=Limits(on=False), waiting=nothing,
            timers=cast(Any, Timers(self.bus)), registry=Registry(), library=Library(store),
        )  # fmt: skip

    @classmethod
    async def open(cls, url: str) -> "Shop":
        shop = cls(open_store(url))
        await shop.store.write(shop._furnish)
        return shop

    async def close(self) -> None:
        """Let go of the base, after what runs in the background has ended."""
        await self.bell.stop_background()
        self.bell.library.close()
        await self.store.close()

    def _furnish(self, conn: Connection) -> None:
        now = now_ms()
        made = access.do.create_site(conn, key=uuid4().hex, name="Shop", now=now)
        # Nobody sits at a desk unless a test says so, and yet it is no night: that is for test_night.py.
        self.site = access.do.patch_site(conn, made.id, {"talk": Talk(night=False)}, now)
        self.other_site = access.do.create_site(conn, key=uuid4().hex, name="Other", now=now)
        self.products = [
            sales.do.create_product(
                conn, site_id=self.site.id, sku=f"sku-{n}", name=f"Thing {n}", path=["Things"], amount=1000 * n + 99,
                currency="EUR", now=now,
            )["id"]
            for n in range(1, 4)
        ]  # fmt: skip
        self.foreign_product = sales.do.create_product(
            conn, site_id=self.other_site.id, sku="x", name="Elsewhere", path=[], amount=1, currency="EUR", now=now
        )["id"]

    async def visitor(self, *, frame: str | None = None, site: SiteFacts | None = None) -> VisitorCaller:
        """A new browser on the site."""
        site = site or self.site
        now = now_ms()
        id_ = await self.store.write(lambda conn: tracker.do.ensure_visitor(conn, site.id, uuid4().hex, now))
        return VisitorCaller(site=site, visitor=id_, frame_hash=frame, language="en")

    async def visit(self, visitor: VisitorCaller) -> str:
        """A visit of this visitor that goes on now; returns its id."""
        now, id_ = now_ms(), new_id()
        row = {
            "id": id_, "site_id": visitor.site.id, "visitor_id": visitor.visitor, "started_at": now, "last_at": now,
            "heard_at": now, "number": 1, "pages": 1, "dwell": 5, "path": ["Things"], "depth": 1, "deepest": 1,
            "topic": ["Things"], "topic_share": 100, "language": "", "branches": [], "title": "Things",
            "url": "https://shop.example/things",
            "source": {"channel": "direct", "name": "", "campaign": ""}, "user_agent": "", "bot": False,
        }  # fmt: skip
        await self.store.write(lambda conn: conn.execute(insert(visit), [row]).close())
        return id_

    async def rings(self, visit_id: str, name: str = "deep", occasion: str = "") -> str:
        """A trigger's bell of this visit; returns its id."""

        def work(conn: Connection) -> str:
            seen = tracker.queries.visit_facts(conn, [visit_id])[visit_id]
            firing = Firing(trigger=name, name=name, occasion=occasion or visit_id)
            raised = raise_and_ring(conn, self.site, firing, seen)
            assert raised is not None
            return raised

        return await self.store.write(work)

    async def expert(self, name: str = "Anna", *, site: SiteFacts | None = None, capacity: int = 50) -> ExpertCaller:
        """Somebody at a desk of the site."""
        site = site or self.site

        def work(conn: Connection) -> AccountFacts:
            account = access.do.create_account(
                conn, email=f"{uuid4().hex}@shop.example", name=name, password_hash="-", role="expert", now=now_ms(),
                sites=[site.id],
            )  # fmt: skip
            routing.do.add_expert(conn, account.id, capacity)
            return account

        return ExpertCaller(account=await self.store.write(work), language="en")

    async def say(self, caller: VisitorCaller | ExpertCaller, command: str, **data: Any) -> dict[str, Any]:
        """Call a command as a socket would: shaped, handled, and the answer as JSON."""
        table = VISITOR if isinstance(caller, VisitorCaller) else EXPERT
        shape = msgspec.convert(data, table[command].shape)
        answer: dict[str, Any] = msgspec.to_builtins(await table[command].handler(self.bell, caller, shape))
        return answer

    async def refusal(self, caller: VisitorCaller | ExpertCaller, command: str, **data: Any) -> str:
        """The code with which this command is refused, or "ok"."""
        try:
            await self.say(caller, command, **data)
        except Refused as refused:
            return refused.code
        return "ok"

    async def open_chat(self, visitor: VisitorCaller, expert: ExpertCaller | None = None) -> str:
        """A conversation of this visitor, taken by the expert if one is given; returns its id."""
        id_: str = (await self.say(visitor, "chat.open"))["conversation"]
        if expert is not None:
            await self.say(expert, "message.send", conversation=id_, client_id=uuid4().hex, text="Hello!")
        return id_

    async def messages(self, caller: VisitorCaller | ExpertCaller, conversation: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.say(caller, "messages.after", conversation=conversation))["messages"]
        return found

    async def counts(self) -> dict[str, int]:
        """How many rows each table has: what a refusal must not change."""
        return await self.store.read(
            lambda conn: {
                table.name: conn.execute(select(func.count()).select_from(table)).scalar_one()
                for table in metadata.sorted_tables
            }
        )


#: A contact that can be used.
ANN = {"name": "Ann Lee", "email": "ann@example.com", "phone": "", "address": "1 High Street"}


async def at_desk(shop: Shop, name: str = "Anna", *, capacity: int = 50) -> ExpertCaller:
    """Somebody at a desk of the site who has said that they are there."""
    caller = await shop.expert(name, capacity=capacity)
    await shop.say(caller, "presence.set", status="online")
    return caller
