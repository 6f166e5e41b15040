"""Conversations to measure: visitors, desks that have taken their conversations, and the two ends of each line."""

import asyncio
import random
import time
import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

import access.do
import access.queries
import access.sessions
import chat.do
import routing.do
import tracker.do
from bench.line import Line
from contract.clock import now_ms
from store.connect import open_store
from tracker.visitor import key_hash

SITE = "demo"
#: Conversations of one desk: more than anybody has, so that the desks are not what is measured.
EACH = 10
#: What has not come after so many seconds, never comes.
LATEST = 5.0


class Talk(msgspec.Struct, frozen=True):
    """One conversation: the visitor's key, and the token and number of the desk that has it."""

    key: str
    conversation: str
    token: str
    desk: int


async def furnish(url: str, talks: int, salt: str) -> list[Talk]:
    """So many conversations on the demo's base at `url`, each taken by one of our desks; the server may run."""
    store = open_store(url)
    try:
        return await store.write(lambda conn: _furnish(conn, talks, salt))
    finally:
        await store.close()


def _furnish(conn: Connection, talks: int, salt: str) -> list[Talk]:
    now, made = now_ms(), []
    site = next(one for one in access.queries.all_sites(conn) if one.key == SITE)
    for desk in range(-(-talks // EACH)):
        account = access.do.create_account(
            conn, email=f"desk-{salt}-{desk}@shop.example", name=f"Desk {desk}", password_hash="-", role="expert",
            now=now, sites=[site.id],
        )  # fmt: skip
        routing.do.add_expert(conn, account.id, EACH)
        routing.do.set_status(conn, account.id, "online", now)
        token = access.sessions.open_session(conn, account.id, "token", now)
        for _ in range(min(EACH, talks - desk * EACH)):
            key = uuid.uuid4().hex
            visitor = tracker.do.ensure_visitor(conn, site.id, key_hash(key), now)
            row = chat.do.open_for_visitor(conn, site.id, visitor, None, None, now)
            chat.do.take(conn, row, account.id, account.name, now)
            made.append(Talk(key, row["id"], token, desk))
    return made


async def visitor(port: int, key: str, heard: Any = None, **more: Any) -> Line:
    return await Line.to(port, "/visitor", {"site": SITE, "visitor": key, **more}, heard)


class Pairs:
    """Both ends of some conversations on one server, and how long words take from one to the other."""

    def __init__(self, port: int, talks: Sequence[Talk]) -> None:
        self._port, self._talks = port, talks
        self._sent: dict[str, float] = {}
        self._visitors: list[Line] = []
        self._desks: list[Line] = []
        self.took: list[float] = []

    async def join(self) -> None:
        mine: dict[int, list[Talk]] = {}
        for talk in self._talks:
            mine.setdefault(talk.desk, []).append(talk)
        for talks in mine.values():
            auth = {"token": talks[0].token, "conversations": [one.conversation for one in talks]}
            self._desks.append(await Line.to(self._port, "/expert", auth, self._heard))
        for talk in self._talks:
            self._visitors.append(await visitor(self._port, talk.key, conversations=[talk.conversation]))

    def _heard(self, event: str, data: Any) -> None:
        if event == "message.added" and (began := self._sent.pop(data["client_id"] or "", None)) is not None:
            self.took.append(time.perf_counter() - began)

    async def talk(self, seconds: float, every: float, dice: random.Random) -> list[float]:
        """Each visitor says something every so often; seconds from there to the desk. What never came is inf."""
        self.took, until = [], time.monotonic() + seconds

        async def one(line: Line, talk: Talk) -> None:
            await asyncio.sleep(dice.random() * every)
            while time.monotonic() < until:
                id_ = uuid.uuid4().hex
                self._sent[id_] = time.perf_counter()
                said = {"conversation": talk.conversation, "client_id": id_, "text": "Do you have this in blue?"}
                await line.done("message.send", said)
                await asyncio.sleep(every * (0.5 + dice.random()))

        await asyncio.gather(*(one(line, talk) for line, talk in zip(self._visitors, self._talks, strict=True)))
        deadline = time.monotonic() + LATEST
        while self._sent and time.monotonic() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.02)
        lost, self._sent = len(self._sent), {}
        return self.took + [float("inf")] * lost

    def leave(self) -> None:
        for line in self._visitors + self._desks:
            line.cut()
