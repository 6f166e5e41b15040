"""The supervisor's board, and the bells that one expert missed. On both bases."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, insert, select, update

import chat.do
import routing.do
from chat.message import SYSTEM, Who
from contract.clock import DAY, HOUR, MINUTE, SECOND, now_ms, rfc3339
from contract.ids import new_id
from contract.names import Ms
from routing.tables import alert, expert, ring
from tests.wired.api_house import House, house


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


async def board(here: House) -> dict[str, Any]:
    answer = await here.ask("GET", f"/api/board?site={here.ours['key']}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def missed(here: House) -> list[dict[str, Any]]:
    answer = await here.ask("GET", "/api/missed", "expert")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def sits(here: House, status: Any, lease_until: Ms) -> None:
    await here.bell.store.write(lambda conn: routing.do.set_status(conn, here.ours["expert"], status, lease_until))


async def bell(here: House, rang: str | None = "expert", /, **more: Any) -> str:
    """A bell that rings at somebody's desk; `more`: columns of its alert. Returns its id."""
    id_, now = new_id(), now_ms()
    row = {
        "id": id_, "site_id": here.ours["site"], "visit_id": here.ours["visit"], "visitor_id": here.ours["browser"],
        "customer_id": None, "trigger_id": new_id(), "occasion": new_id(), "reason": "deep", "importance": 50,
        "why": [], "topic": ["Garden"], "language": "en", "state": "ringing", "outcome": None, "rung": "topic",
        "expert_id": None, "raised_at": now, "due_at": now + HOUR, "version": 1, "announced": 1, **more,
    }  # fmt: skip

    def work(conn: Connection) -> None:
        conn.execute(insert(alert).values(**row))
        if rang is not None:
            at = {"at": row["raised_at"], "until": row["raised_at"] + 20 * SECOND}
            conn.execute(insert(ring).values(alert_id=id_, expert_id=here.ours[rang], rung="topic", outcome=None, **at))

    await here.bell.store.write(work)
    return id_


async def says(here: House, kind: Any, at: Ms) -> None:
    """Words in the conversation of the house."""
    who = Who(kind=kind, id=here.ours["expert"] if kind == "expert" else here.ours["browser"], name="Expert")
    await here.bell.store.write(
        lambda conn: chat.do.add(conn, here.ours["conversation"], who, "text", "Well?", None, None, at)
    )


def desk_of(here: House, seen: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in seen["desks"] if one["id"] == here.ours["expert"])
    return found


async def test_a_desk_stands_there_with_its_load_and_its_conversations(here: House) -> None:
    await sits(here, "online", now_ms() + HOUR)
    ringing = await bell(here)
    seen = await board(here)
    desk = desk_of(here, seen)
    assert (desk["status"], desk["deaf_since"], desk["load"], desk["capacity"]) == ("online", None, 1, 4)
    assert (desk["ringing"], [one["id"] for one in desk["talks"]]) == (1, [here.ours["conversation"]])
    assert desk["talks"][0]["customer"]["id"] in (here.ours["customer"], here.ours["other"])
    (waits,) = [one for one in seen["waiting"] if one["alert"] == ringing]
    assert [one["id"] for one in waits["rings_at"]] == [here.ours["expert"]]
    assert waits["path"] == ["Garden", "Tools"]


async def test_only_those_who_answer_have_a_seat(here: House) -> None:
    assert [one["id"] for one in (await board(here))["desks"]] == [here.ours["expert"]]


@pytest.mark.parametrize(("status", "deaf"), [("online", True), ("away", True), ("offline", False)])
async def test_a_desk_is_deaf_since_its_line_was_lost_unless_its_person_has_gone(
    here: House, status: str, deaf: bool
) -> None:
    lost = now_ms() - MINUTE
    await sits(here, status, lost)
    lease = update(expert).where(expert.c.id == here.ours["expert"]).values(lease_until=lost)
    await here.bell.store.write(lambda conn: conn.execute(lease).close())
    desk = desk_of(here, await board(here))
    assert (desk["status"], desk["deaf_since"]) == ("offline", rfc3339(lost) if deaf else None)


async def test_a_visitor_waits_since_the_first_word_that_nobody_answered(here: House) -> None:
    """Not since the newest: who writes three times waits no shorter."""
    now = now_ms()

    async def waits_since() -> Any:
        return desk_of(here, await board(here))["talks"][0]["waits_since"]

    await says(here, "expert", now - 9 * MINUTE)
    assert await waits_since() is None
    await says(here, "visitor", now - 5 * MINUTE)
    await says(here, "visitor", now - MINUTE)
    assert await waits_since() == rfc3339(now - 5 * MINUTE)
    await says(here, "expert", now)
    assert await waits_since() is None


async def test_words_that_nobody_has_and_no_bell_rings_for_wait_too_and_only_once(here: House) -> None:
    """Since the first word that nobody answered; who opened the chat and wrote nothing waits for nothing."""
    now = now_ms()

    def wordless(conn: Connection) -> None:
        row = chat.do.open_for_visitor(
            conn, site_id=here.ours["site"], visitor_id=new_id(), visit_id=None, frame_hash=None, now=now - HOUR
        )
        chat.do.add(conn, row["id"], SYSTEM, "event", "Nobody is free.", {"name": "nobody.free"}, None, now)

    def orphan(conn: Connection) -> str:
        row = chat.do.open_for_visitor(
            conn, site_id=here.ours["site"], visitor_id=new_id(), visit_id=None, frame_hash=None, now=now - HOUR
        )
        chat.do.add(
            conn, row["id"], Who(kind="visitor", id=row["visitor_id"]), "text", "Hello?", None, None, now - MINUTE
        )
        return str(row["id"])

    talk = await here.bell.store.write(orphan)
    await here.bell.store.write(wordless)

    async def waiting() -> list[Any]:
        return [one["alert"] for one in (await board(here))["waiting"] if one["conversation"] == talk]

    assert await waiting() == [None]
    (only,) = [one for one in (await board(here))["waiting"] if one["alert"] is None]
    assert (only["conversation"], only["since"], only["asked"]) == (talk, rfc3339(now - MINUTE), True)
    rings = await bell(here, None, reason="asked", trigger_id=talk)
    assert await waiting() == [rings]


@pytest.mark.parametrize("end", ["expired", "gone", "declined"])
async def test_what_ended_without_anybody_today_was_missed(here: House, end: str) -> None:
    """Not what a colleague passed on and has still."""
    lost = await bell(here, state="ended", outcome=end, ended_at=now_ms())
    await bell(here, state="ended", outcome=end, reason="transfer", ended_at=now_ms())
    await bell(here, state="accepted", outcome="accepted", expert_id=here.ours["expert"], ended_at=now_ms())
    await bell(here, state="ended", outcome=end, raised_at=now_ms() - 2 * DAY, ended_at=now_ms() - 2 * DAY)
    seen = await board(here)
    assert [(one["alert"], one["end"]) for one in seen["missed"]] == [(lost, end)]
    assert seen["missed_today"] == 1


async def test_another_site_is_no_business_of_this_board(here: House) -> None:
    """Nothing of theirs stands on ours; and a site that nobody has looks like one that does not exist."""
    ours = str(await board(here))
    assert not [kind for kind in ("visit", "browser", "expert", "conversation") if here.theirs[kind] in ours]
    answer = await here.ask("GET", "/api/board?site=nowhere")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("outcome", "more", "shown"),
    [
        ("silent", {}, True),
        ("offline", {}, True),
        ("expired", {"state": "ended", "outcome": "expired"}, True),
        ("gone", {"state": "ended", "outcome": "gone"}, True),
        ("declined", {}, False),
        ("taken", {"state": "accepted", "outcome": "accepted"}, False),
        ("full", {}, False),
        (None, {}, False),
        ("silent", {"raised_at": now_ms() - 2 * DAY}, False),
    ],
)
async def test_a_bell_was_missed_by_whoever_let_it_ring_out(
    here: House, outcome: str | None, more: dict[str, Any], shown: bool
) -> None:
    """Not by whoever declined it, had no place for it, or saw a colleague take it in time."""
    ended = {"ended_at": now_ms()} if more.get("state") in ("ended", "accepted") else {}
    rang = await bell(here, **more, **ended)

    def answered(conn: Connection) -> None:
        conn.execute(update(ring).where(ring.c.alert_id == rang).values(outcome=outcome))

    await here.bell.store.write(answered)
    assert [one["alert"] for one in await missed(here)] == ([rang] if shown else [])


async def test_who_took_it_after_all_missed_nothing_and_a_colleague_is_named(here: House) -> None:
    over = {"state": "accepted", "outcome": "accepted", "ended_at": now_ms()}
    mine = await bell(here, expert_id=here.ours["expert"], **over)
    theirs = await bell(here, expert_id=here.ours["admin"], **over)

    def silent(conn: Connection) -> None:
        conn.execute(update(ring).where(ring.c.alert_id.in_([mine, theirs])).values(outcome="silent"))

    await here.bell.store.write(silent)
    (one,) = await missed(here)
    assert (one["alert"], one["taken_by"]["id"], one["end"]) == (theirs, here.ours["admin"], "accepted")


async def test_what_rings_here_again_is_not_missed_yet(here: House) -> None:
    rang = await bell(here)

    def climbed(conn: Connection) -> None:
        row = dict(conn.execute(select(ring).where(ring.c.alert_id == rang)).mappings().one())
        conn.execute(update(ring).where(ring.c.alert_id == rang).values(outcome="silent"))
        conn.execute(insert(ring).values(**{**row, "rung": "anyone", "at": row["at"] + SECOND, "outcome": None}))

    await here.bell.store.write(climbed)
    assert await missed(here) == []
    ends = update(ring).where(ring.c.alert_id == rang).values(outcome="silent")
    await here.bell.store.write(lambda conn: conn.execute(ends).close())
    assert [(one["rung"], one["end"], one["rings"]) for one in await missed(here)] == [("anyone", None, False)]
    elsewhere = {"alert_id": rang, "expert_id": here.ours["admin"], "rung": "anyone", "at": 1, "until": 2}
    await here.bell.store.write(lambda conn: conn.execute(insert(ring).values(**elsewhere, outcome=None)).close())
    assert [one["rings"] for one in await missed(here)] == [True]


@pytest.mark.parametrize(
    ("since", "by", "gone"),
    [(MINUTE, "expert", True), (MINUTE, "admin", True), (-MINUTE, "expert", False), (MINUTE, "a trigger", False)],
)
async def test_whom_somebody_has_taken_since_was_not_missed(here: House, since: Ms, by: str, gone: bool) -> None:
    """For the board and for whose bell it was, whoever it was; an invitation that a trigger sent is nobody."""
    raised, browser = now_ms() - 2 * MINUTE, new_id()
    lost = await bell(
        here, state="ended", outcome="expired", raised_at=raised, ended_at=raised + SECOND, visitor_id=browser
    )

    expired = update(ring).where(ring.c.alert_id == lost).values(outcome="expired")
    await here.bell.store.write(lambda conn: conn.execute(expired).close())

    def taken(conn: Connection) -> None:
        row = chat.do.open_for_visitor(conn, here.ours["site"], browser, None, None, raised + since)
        who = here.ours["expert" if by == "a trigger" else by]
        trigger = new_id() if by == "a trigger" else None
        chat.do.take(conn, row, who, "Expert", raised + since, trigger_id=trigger)

    assert [one["alert"] for one in await missed(here)] == [lost]
    await here.bell.store.write(taken)
    seen = await board(here)
    assert [one["alert"] for one in await missed(here)] == ([] if gone else [lost])
    assert ([one["alert"] for one in seen["missed"]], seen["missed_today"]) == (([], 0) if gone else ([lost], 1))
