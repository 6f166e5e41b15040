"""Fills a base with a day that is too much for anybody: so many bells at one desk, so many open conversations."""

import uuid

from sqlalchemy import Connection, create_engine, insert, select, update

from access.tables import account, site
from chat.tables import conversation, message
from contract.clock import HOUR, MINUTE, SECOND, now_ms
from contract.ids import new_id
from contract.names import Ms
from routing.tables import alert, expert, ring
from tests.running import Server
from tracker.tables import visit, visitor

PLACES = ("Drip systems", "Hoses", "Watering cans", "Rain barrels")


def fill(server: Server, name: str, *, bells: int, own: int, nobodys: int, messages: int) -> None:
    """The server is not running. `own` and `nobodys`: open conversations on that desk, which has 100 places."""
    engine = create_engine(f"sqlite:///{server.data_dir / 'shopbell.sqlite3'}")
    with engine.begin() as conn:
        site_id = conn.execute(select(site.c.id).where(site.c.key == "demo")).scalar_one()
        who = conn.execute(select(account.c.id).where(account.c.email == f"{name}@demo.example")).scalar_one()
        now = now_ms()
        there = {"status": "online", "status_at": now, "lease_until": now + HOUR}
        conn.execute(update(expert).where(expert.c.id == who).values(capacity=100, **there))
        for number in range(bells):
            _bell(conn, site_id, who, number, now)
        for number in range(own + nobodys):
            mine = number < own
            _talk(conn, site_id, who if mine else None, number, messages if mine else 3, now)
    engine.dispose()


def _somebody(conn: Connection, site_id: str, number: int, now: Ms) -> tuple[str, str]:
    """A visitor on a page; (visitor, visit)."""
    who, sitting = new_id(), new_id()
    conn.execute(
        insert(visitor).values(
            id=who, site_id=site_id, key_hash=uuid.uuid4().hex, first_at=now, last_at=now, bot=False, early=False,
            stamp=0,
        )
    )  # fmt: skip
    path = ["Garden", "Irrigation", PLACES[number % len(PLACES)]]
    conn.execute(
        insert(visit).values(
            id=sitting, site_id=site_id, visitor_id=who, started_at=now - MINUTE, last_at=now, heard_at=now, number=1,
            pages=4, dwell=40_000, path=path, depth=3, deepest=3, topic=path, topic_share=100, branches=[],
            url="http://localhost/", title=path[-1], source={"channel": "direct", "name": "", "campaign": ""},
            user_agent="", language="en", bot=False,
        )
    )  # fmt: skip
    return who, sitting


def _bell(conn: Connection, site_id: str, expert_id: str, number: int, now: Ms) -> None:
    who, sitting = _somebody(conn, site_id, number, now)
    id_, until = new_id(), now + HOUR
    conn.execute(
        insert(alert).values(
            id=id_, site_id=site_id, visit_id=sitting, visitor_id=who, trigger_id=new_id(), occasion=new_id(),
            reason="deep", importance=20 + number % 60, why=[], topic=["Garden", "Irrigation"],
            language="en", state="ringing", rung="topic", raised_at=now - number * SECOND, due_at=until, version=1,
            announced=1,
        )
    )  # fmt: skip
    conn.execute(
        insert(ring).values(alert_id=id_, expert_id=expert_id, rung="topic", at=now, until=until, outcome=None)
    )


def _talk(conn: Connection, site_id: str, expert_id: str | None, number: int, messages: int, now: Ms) -> None:
    who, sitting = _somebody(conn, site_id, number, now)
    id_, began = new_id(), now - HOUR + number * SECOND
    conn.execute(
        insert(conversation).values(
            id=id_, site_id=site_id, visitor_id=who, visit_id=sitting, expert_id=expert_id, state="open",
            last_seq=messages, visitor_read_seq=0, expert_read_seq=0, opened_at=began,
            accepted_at=began if expert_id else None, visitor_at=now,
        )
    )  # fmt: skip
    rows = []
    for seq in range(1, messages + 1):
        mine = expert_id is not None and seq % 2 == 0
        text = f"Message {seq} of conversation {number}: is it watertight at two bar, and does it fit a balcony?"
        rows.append(
            {
                "conversation_id": id_, "seq": seq, "author_kind": "expert" if mine else "visitor",
                "author_id": expert_id if mine else who, "author_name": "Anna Lindqvist" if mine else "",
                "kind": "text", "text": text, "at": began + seq * SECOND,
            }
        )  # fmt: skip
    conn.execute(insert(message), rows)
