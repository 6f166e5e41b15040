"""A prepared statement answers what SQLAlchemy would answer, on both databases, in the same transaction."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from access.tables import account, site
from store.base import Store
from store.connect import open_store
from store.prepared import InsertNew, Prepared, among

ADD = Prepared(insert(site))
ADD_NEW = InsertNew(site)
HELD = Prepared(select(site.c.name).where(site.c.id == bindparam("id")).with_for_update(skip_locked=True))
COUNTED = Prepared(select(func.count()).select_from(site).where(site.c.key == bindparam("key")))
NAMED = Prepared(select(site).where(among(site.c.id, "ids"), site.c.language == "en").order_by(site.c.name))
RENAME = Prepared(update(site).where(site.c.id == bindparam("which")).values(name=bindparam("name")))
ADD_ACCOUNT = Prepared(insert(account).returning(account.c.id, account.c.active))


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[Store]:
    opened = open_store(database_url)
    yield opened
    await opened.close()


def row(**more: Any) -> dict[str, Any]:
    id_ = str(uuid4())
    return {
        **{column.name: None if column.nullable else 0 for column in site.c},
        "id": id_, "key": id_, "name": "Shop", "origins": ["https://shop.example"], "language": "en", "zone": "UTC",
        "currency": "EUR", "ladder": {}, "look": {}, "talk": {}, "crew_version": "", "articles_version": "",
        "created_at": 1, **more,
    }  # fmt: skip


async def test_rows_come_as_core_gives_them(store: Store):
    """JSON, numbers and texts: the same values under the same names; a list of any length is one parameter."""
    rows = [row(name=name) for name in ("b", "a", "c")]

    def work(conn: Connection) -> None:
        ADD.change_all(conn, rows)
        ids = [one["id"] for one in rows]
        core = conn.execute(select(site).where(site.c.id.in_(ids)).order_by(site.c.name)).mappings()
        assert NAMED.dicts(conn, ids=ids) == [dict(one) for one in core]
        assert NAMED.rows(conn, ids=[]) == []
        assert NAMED.first(conn, ids=["nobody"]) is None
        assert NAMED.scalar(conn, ids=ids[:1]) == ids[0]

    await store.write(work)


async def test_a_change_says_how_many_rows_it_touched(store: Store):
    """None for an id that is not there."""
    one = row()

    def work(conn: Connection) -> None:
        ADD.change(conn, **one)
        assert RENAME.change(conn, which=one["id"], name="New") == 1
        assert RENAME.change(conn, which="nobody", name="New") == 0
        assert NAMED.dicts(conn, ids=[one["id"]])[0]["name"] == "New"

    await store.write(work)


async def test_what_is_returned_has_its_type(store: Store):
    """A truth value is True, not 1."""
    id_ = str(uuid4())
    who = {
        "id": id_, "email": f"{id_}@shop.example", "name": "Anna", "role": "expert", "password_hash": "x",
        "languages": ["en"], "active": True, "created_at": 1,
    }  # fmt: skip
    returned = await store.write(lambda conn: ADD_ACCOUNT.dicts(conn, **who))
    assert returned == [{"id": id_, "active": True}]


async def test_an_error_is_sqlalchemys_and_undoes_the_transaction(store: Store):
    """The same key twice: IntegrityError, without what was written in the message, and nothing is stored."""
    one = row(name="unspoken")

    def work(conn: Connection) -> None:
        ADD.change(conn, **one)
        ADD.change(conn, **one)

    with pytest.raises(IntegrityError) as caught:
        await store.write(work)
    assert "unspoken" not in str(caught.value)
    assert await store.read(lambda conn: NAMED.rows(conn, ids=[one["id"]])) == []


async def test_a_row_is_stored_once(store: Store):
    """The same primary key, or another unique key, again: nothing is stored, nothing is raised, and it says so."""
    one = row()

    def work(conn: Connection) -> None:
        assert ADD_NEW.one(conn, one)
        assert not ADD_NEW.one(conn, {**one, "name": "Again"})
        assert not ADD_NEW.one(conn, row(key=one["key"]))
        assert NAMED.scalars(conn, ids=[one["id"]]) == [one["id"]]
        assert COUNTED.scalar(conn, key=one["key"]) == 1

    await store.write(work)


async def test_a_rule_that_is_broken_is_still_an_error(store: Store):
    """Only a row that is there already is passed over: one without what it must have is our own mistake."""
    with pytest.raises(IntegrityError):
        await store.write(lambda conn: ADD_NEW.one(conn, row(name=None)))


async def test_a_lock_is_taken_where_there_are_locks(store: Store):
    """The clause is no error on SQLite, where one writer needs none."""
    one = row()

    def work(conn: Connection) -> None:
        ADD.change(conn, **one)
        assert HELD.scalar(conn, id=one["id"]) == "Shop"

    await store.write(work)
