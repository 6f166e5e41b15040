"""The ordinary way to write a tracker: a Starlette route, SQLAlchemy's ORM, one transaction per event.

PostgreSQL through the async session and asyncpg, SQLite through the plain session in a thread (which is what its async
driver does, with fewer steps). Fair to it: the body is decoded by msgspec, uvicorn has the product's settings, SQLite
has WAL and synchronous=FULL, and nothing is done that the task does not ask for.
"""

import asyncio
import sys
import time
import uuid
from typing import Any

import msgspec
import uvicorn
import uvloop
from sqlalchemy import BigInteger, Engine, ForeignKey, Text, UniqueConstraint, create_engine, event, select
from sqlalchemy.ext.asyncio import async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, sessionmaker
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from contract.beacons import Beacon, PageViewed

decode = msgspec.json.Decoder(Beacon).decode
SILENCE = 30 * 60 * 1000


class Base(DeclarativeBase):
    pass


class Visitor(Base):
    __tablename__ = "visitor"
    id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(unique=True)
    last_at: Mapped[int] = mapped_column(BigInteger)


class Visit(Base):
    __tablename__ = "visit"
    id: Mapped[str] = mapped_column(primary_key=True)
    visitor_id: Mapped[str] = mapped_column(ForeignKey("visitor.id"), index=True)
    started_at: Mapped[int] = mapped_column(BigInteger)
    last_at: Mapped[int] = mapped_column(BigInteger)
    pages: Mapped[int]


class Event(Base):
    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("site", "id"),)
    id: Mapped[str] = mapped_column(primary_key=True)
    site: Mapped[str]
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"))
    type: Mapped[str]
    at: Mapped[int] = mapped_column(BigInteger, index=True)


class PageView(Base):
    __tablename__ = "page_view"
    id: Mapped[str] = mapped_column(primary_key=True)
    visit_id: Mapped[str] = mapped_column(ForeignKey("visit.id"), index=True)
    at: Mapped[int] = mapped_column(BigInteger)
    url: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(Text)
    dwell: Mapped[int]


def sqlite_engine(url: str) -> Engine:
    made = create_engine(url, connect_args={"timeout": 30})

    @event.listens_for(made, "connect")
    def _settings(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")

    return made


class PostgresTracker:
    def __init__(self, url: str) -> None:
        self._engine = create_async_engine(url, pool_size=20, max_overflow=0)
        self._session = async_sessionmaker(self._engine, expire_on_commit=False)

    async def create(self) -> None:
        async with self._engine.begin() as connection:
            await connection.run_sync(Base.metadata.create_all)

    async def store(self, site: str, key: str, one: Any) -> None:
        async with self._session() as session, session.begin():
            await session.run_sync(store, site, key, one)


class SqliteTracker:
    """SQLite has one writer, so requests queue at a gate instead of failing behind it."""

    def __init__(self, url: str) -> None:
        self._engine = sqlite_engine(url)
        self._session = sessionmaker(self._engine, expire_on_commit=False)
        self._gate = asyncio.Lock()

    async def create(self) -> None:
        Base.metadata.create_all(self._engine)

    async def store(self, site: str, key: str, one: Any) -> None:
        async with self._gate:
            await asyncio.to_thread(self._store, site, key, one)

    def _store(self, site: str, key: str, one: Any) -> None:
        with self._session() as session, session.begin():
            store(session, site, key, one)


def store(session: Session, site: str, key: str, one: Any) -> None:
    """One event, and what follows from it."""
    now = time.time_ns() // 1_000_000 - one.age
    visitor = session.execute(select(Visitor).where(Visitor.key == key)).scalar_one_or_none()
    if visitor is None:
        visitor = Visitor(id=str(uuid.uuid4()), key=key, last_at=now)
        session.add(visitor)
        session.flush()
    visitor.last_at = now
    newest = select(Visit).where(Visit.visitor_id == visitor.id).order_by(Visit.last_at.desc()).limit(1)
    visit = session.execute(newest).scalar_one_or_none()
    if visit is None or now - visit.last_at > SILENCE:
        visit = Visit(id=str(uuid.uuid4()), visitor_id=visitor.id, started_at=now, last_at=now, pages=0)
        session.add(visit)
        session.flush()
    visit.last_at = now
    session.add(Event(id=one.id, site=site, visit_id=visit.id, type=type(one).__name__, at=now))
    if isinstance(one, PageViewed):
        visit.pages += 1
        path = "/".join(one.path or ())
        session.add(PageView(id=one.id, visit_id=visit.id, at=now, url=one.url, title=one.title, path=path, dwell=0))
    elif (page := session.get(PageView, getattr(one, "page", ""))) is not None:
        page.dwell = max(page.dwell, one.dwell)


async def main(port: int, url: str) -> None:
    tracker: PostgresTracker | SqliteTracker = (SqliteTracker if url.startswith("sqlite") else PostgresTracker)(url)
    await tracker.create()

    async def collect(request: Request) -> Response:
        beacon = decode(await request.body())
        for one in beacon.events:
            await tracker.store(beacon.site, beacon.visitor, one)
        return Response(status_code=204)

    app = Starlette(routes=[Route("/collect", collect, methods=["POST"])])
    config = uvicorn.Config(
        app, host="127.0.0.1", port=port, http="httptools", access_log=False, server_header=False, date_header=False,
        proxy_headers=False, lifespan="off", log_level="warning", backlog=4096,
    )  # fmt: skip
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1]), sys.argv[2]))
