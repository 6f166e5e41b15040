"""The demo's base: one site, its people, products, two triggers, articles, canned answers. Started again it changes
nothing but, if one is given, the password."""

import secrets
from collections.abc import Iterable

from sqlalchemy import Connection, update

import access.do
import access.queries
import routing.do
import sales.do
from access.passwords import hash_password
from access.tables import account, site
from contract.clock import now_ms
from contract.ids import node_id
from contract.ladder import RUNG_SECONDS, USUAL
from contract.names import Ms
from routing.firings import add_trigger
from routing.usual import back, deep
from service.demo.catalogue import products
from service.demo.knowledge import write_down
from service.demo.people import LEVEL, PEOPLE
from service.settings import Settings
from store.base import Store
from store.lock import lock

KEY = "demo"


def origins(settings: Settings, known: Iterable[str] = ()) -> list[str]:
    """Both loopback names at our port, the address under which the demo is reached, and those of other processes."""
    return sorted(settings.own_origins.union(known))


async def seed(store: Store, settings: Settings, password: str | None) -> str | None:
    """Fill an empty base. Returns the password to print: the given one, a fresh one on first start, else None."""
    first = not await store.read(lambda conn: access.queries.site_by_key(conn, KEY))
    chosen = password or (secrets.token_urlsafe(9) if first else None)
    hashed = await hash_password(chosen) if chosen else ""
    now = now_ms()

    def work(conn: Connection) -> None:
        lock(conn, f"seed:{KEY}")
        known = access.queries.site_by_key(conn, KEY)
        if known is None:
            _fill(conn, settings, hashed, now)
            return
        if not settings.own_origins <= known.origins:  # another port, or a second process
            conn.execute(update(site).where(site.c.key == KEY).values(origins=origins(settings, known.origins)))
        if hashed:
            emails = [person.email for person in PEOPLE]
            conn.execute(update(account).where(account.c.email.in_(emails)).values(password_hash=hashed))

    await store.write(work)
    return chosen


def _fill(conn: Connection, settings: Settings, hashed: str, now: Ms) -> None:
    shop = access.do.create_site(
        conn,
        key=KEY,
        name="Linden Yard",
        origins=origins(settings),
        language="en",
        zone="Europe/Berlin",
        currency="EUR",
        ladder=USUAL.all_for(RUNG_SECONDS),
        now=now,
    )
    for person in PEOPLE:
        made = access.do.create_account(
            conn,
            email=person.email,
            name=person.name,
            role=person.role,
            password_hash=hashed,
            languages=list(person.languages),
            sites=[shop.id],
            now=now,
        )
        if person.role == "expert":
            topics = [(node_id(shop.id, path), list(path), LEVEL) for path in person.topics]
            routing.do.add_expert(conn, made.id, 4, topics)
    for number, product in enumerate(products()):
        sales.do.create_product(
            conn,
            site_id=shop.id,
            sku=product.sku,
            name=product.name["en"],
            path=list(product.path),
            amount=product.price,
            currency="EUR",
            active=True,
            now=now + number,
        )
    # The return of a customer is judged first: it is the better reason to ring.
    add_trigger(conn, shop.id, "back", back(), now)
    add_trigger(conn, shop.id, "deep", deep(3, 15), now + 1)
    write_down(conn, shop.id, now)
