"""The catalogue."""

from sqlalchemy import ColumnElement, Connection, RowMapping, or_, select

from contract.errors import Refused
from contract.rest_goods import Product, ProductPatch, ProductWrite
from sales.do import create_product, update_product
from sales.queries import product_row
from sales.tables import product as table
from service import present
from service.api.lists import Listed, asked, page
from service.api.operation import ADMINS, Call, operation

#: Of a search; further ones are left out.
MOST_WORDS = 8


@operation("GET", "/api/products", gives=Listed[Product], query=("site", "active", "q", "limit", "cursor"))
async def products(call: Call) -> Listed[Product]:
    """The products of one's sites in the order they were made. `q`: words, each of them in the name or the SKU."""
    ask, sites = asked(call, (int, str)), await call.site_ids()
    query = select(table).where(table.c.site_id.in_(sites))
    if call.text("active") is not None:
        query = query.where(table.c.active.is_(call.flag("active")))
    for word in (call.text("q") or "").split()[:MOST_WORDS]:
        query = query.where(_has(word))
    rows, more = await call.bell.store.read(lambda conn: page(conn, query, (table.c.created_at, table.c.id), ask))
    return Listed(items=[present.product(row) for row in rows], next=more)


@operation("GET", "/api/products/{id}", gives=Product)
async def product(call: Call) -> Product:
    """One product."""
    product_id = call.path_id()
    return await call.bell.store.read(lambda conn: present.product(_seen(conn, call, product_id)))


@operation("POST", "/api/products", roles=ADMINS, takes=ProductWrite, gives=Product, status=201)
async def add(call: Call) -> Product:
    """A new product, priced in the site's currency."""
    asked: ProductWrite = call.body
    site = await call.site(asked.site)
    return await call.bell.store.write(
        lambda conn: present.product(
            create_product(
                conn,
                site_id=site.id,
                sku=asked.sku,
                name=asked.name,
                path=asked.path,
                amount=asked.price,
                currency=site.currency,
                active=asked.active,
                now=call.now,
            )
        )
    )


@operation("PATCH", "/api/products/{id}", roles=ADMINS, takes=ProductPatch, gives=Product)
async def change(call: Call) -> Product:
    """Change what is given. Forms and offers that are open keep their prices."""
    asked, product_id = call.body, call.path_id()

    def write(conn: Connection) -> Product:
        _seen(conn, call, product_id)
        changed = update_product(
            conn, product_id, name=asked.name, path=asked.path, amount=asked.price, active=asked.active
        )
        return present.product(changed)

    return await call.bell.store.write(write)


def _has(word: str) -> ColumnElement[bool]:
    """SQLite lowers the letters A to Z alone: a word is also looked for as people spell names (as customers are)."""
    spelled = sorted({word, word.lower(), word.capitalize(), word.upper()})
    return or_(*(column.icontains(one, autoescape=True) for one in spelled for column in (table.c.name, table.c.sku)))


def _seen(conn: Connection, call: Call, product_id: str) -> RowMapping:
    row = product_row(conn, product_id)
    if row is None or not call.account.may_see(row["site_id"]):
        raise Refused("not_found")
    return row


OPERATIONS = [products, product, add, change]
