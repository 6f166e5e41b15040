"""Who is the same person as whom: told by hand, shown, and taken back."""

from sqlalchemy import Connection, or_, select

from contract.errors import Refused
from contract.rest_customers import Confirmed, ContactConfirm, Merge, MergeWrite
from crm.queries import merge_row
from crm.tables import merge as table
from service import present
from service.api.lists import Listed, asked, page
from service.api.operation import EXPERTS, Call, operation
from service.flows import identity


@operation("GET", "/api/customers/{id}/merges", gives=Listed[Merge], query=("limit", "cursor"))
async def merges(call: Call) -> Listed[Merge]:
    """Whom this person was made of, and whom they were told apart from, newest first."""
    ask, customer_id = asked(call, (int, str)), call.path_id()

    def read(conn: Connection) -> Listed[Merge]:
        members = identity.seen(conn, call.account, customer_id).members
        query = select(table).where(or_(table.c.kept.in_(members), table.c.gone.in_(members)))
        rows, more = page(conn, query, (table.c.at, table.c.id), ask, newest=True)
        return Listed(items=present.merges(conn, rows), next=more)

    return await call.bell.store.read(read)


@operation("POST", "/api/customers/{id}/merge", roles=EXPERTS, takes=MergeWrite, gives=Merge)
async def merge(call: Call) -> Merge:
    """Another customer, or whoever is on a visit, is the same person as this one."""
    said: MergeWrite = call.body
    made = await identity.merge_by_hand(call.bell, call.account, call.path_id(), said)
    return await _shown(call, made)


@operation("POST", "/api/merges/{id}/undo", roles=EXPERTS, gives=Merge)
async def undo(call: Call) -> Merge:
    """They are two after all; twice is like once."""
    merge_id = call.path_id()
    await identity.undo_merge(call.bell, call.account, merge_id)
    return await _shown(call, merge_id)


@operation("POST", "/api/orders/{id}/confirm", roles=EXPERTS, takes=ContactConfirm, gives=Confirmed)
async def confirm(call: Call) -> Confirmed:
    """The contact of an order is right: who else has proved it is the same person."""
    said: ContactConfirm = call.body
    customer_id, made = await identity.confirm_contact(
        call.bell, call.account, call.path_id(), email=said.email, phone=said.phone
    )

    def read(conn: Connection) -> Confirmed:
        return Confirmed(customer=present.customers(conn, [customer_id])[0], merges=present.merges(conn, made))

    return await call.bell.store.read(read)


async def _shown(call: Call, merge_id: str) -> Merge:
    def read(conn: Connection) -> Merge:
        row = merge_row(conn, merge_id)
        if row is None:
            raise Refused("not_found")
        return present.merges(conn, [row])[0]

    return await call.bell.store.read(read)


OPERATIONS = [merges, merge, undo, confirm]
