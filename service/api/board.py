"""The supervisor's board: who is there, busy, deaf; who waits and how long; what was missed."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

import crm.queries
import reports.board
import routing.queries
import tracker.queries
from contract.clock import DAY, day_began, rfc3339
from contract.names import Ms
from contract.rest_board import Board, BoardDesk, BoardMissed, BoardTalk, BoardWaiting, MissedBell
from contract.shapes import CustomerBrief
from service import present
from service.api.lists import Listed
from service.api.operation import ADMINS, EXPERTS, Call, operation
from service.flows.load import loads
from service.present.people import persons
from service.present.visits import live_visitors
from store.sql import db_now

Row = Mapping[Any, Any]


class _People:
    """Who the visitors of some rows are, asked once for all of them."""

    def __init__(self, conn: Connection, pairs: Iterable[tuple[str, str]], customer_ids: Iterable[str | None]) -> None:
        self._known = crm.queries.customers_by_visitor(conn, list(dict.fromkeys(pairs)))
        ids = {*self._known.values(), *(id_ for id_ in customer_ids if id_ is not None)}
        self._briefs = present.customer_briefs(conn, ids) if ids else {}

    def of(self, visitor_id: str, customer_id: str | None = None) -> CustomerBrief | None:
        return self._briefs.get(customer_id or "") or self._briefs.get(self._known.get(visitor_id, ""))


@operation("GET", "/api/board", roles=ADMINS, gives=Board, query=("site",))
async def board(call: Call) -> Board:
    """Everybody at one site at one moment: desks with their conversations, who waits, what was missed today."""
    site = await call.site()

    def read(conn: Connection) -> Board:
        now = db_now(conn)
        seats = reports.board.seats(conn, site.id)
        ids = [seat["id"] for seat in seats]
        talks = reports.board.talks(conn, site.id, ids)
        bells = reports.board.bells(conn, site.id)
        rings = reports.board.ring_now(conn, [bell["id"] for bell in bells])
        asking = {bell["trigger_id"] for bell in bells if reports.board.asked(bell)}
        nobodys = reports.board.nobodys(conn, site.id, asking)
        missed, in_all = reports.board.missed(conn, site.id, day_began(site.zone, now))
        rows = [*talks, *bells, *nobodys, *missed]
        people = _People(conn, [(site.id, row["visitor_id"]) for row in rows], [row.get("customer_id") for row in rows])
        live = live_visitors(conn, {row["visitor_id"] for row in talks}, now)
        paths = _paths(conn, [*bells, *nobodys, *missed])
        names = persons(conn, {id_ for rung in rings.values() for id_ in rung})
        taken = loads(conn, ids)
        mine: dict[str, list[BoardTalk]] = {}
        for row in talks:
            mine.setdefault(row["expert_id"], []).append(
                BoardTalk(
                    id=row["id"],
                    visitor=row["visitor_id"],
                    visit=row["visit_id"],
                    customer=people.of(row["visitor_id"]),
                    live=row["visitor_id"] in live,
                    last_seq=row["last_seq"],
                    opened_at=rfc3339(row["opened_at"]),
                    waits_since=_time(row["waits_since"]),
                )
            )
        ringing = [id_ for rung in rings.values() for id_ in rung]
        return Board(
            at=rfc3339(now),
            desks=[
                _desk(seat, now, taken.get(seat["id"], 0), ringing.count(seat["id"]), mine.get(seat["id"], []))
                for seat in seats
            ],
            waiting=[
                *(
                    BoardWaiting(
                        alert=bell["id"],
                        conversation=bell["trigger_id"] if reports.board.asked(bell) else None,
                        visit=bell["visit_id"],
                        visitor=bell["visitor_id"],
                        customer=people.of(bell["visitor_id"], bell["customer_id"]),
                        asked=reports.board.asked(bell),
                        importance=bell["importance"],
                        rung=bell["rung"],
                        rings_at=[names[id_] for id_ in rings.get(bell["id"], ()) if id_ in names],
                        path=paths.get(bell["visit_id"], []),
                        since=rfc3339(bell["raised_at"]),
                    )
                    for bell in bells
                ),
                *(
                    BoardWaiting(
                        alert=None,
                        conversation=talk["id"],
                        visit=talk["visit_id"],
                        visitor=talk["visitor_id"],
                        customer=people.of(talk["visitor_id"]),
                        asked=True,
                        importance=None,
                        rung=None,
                        rings_at=[],
                        path=paths.get(talk["visit_id"], []),
                        since=rfc3339(talk["waits_since"]),
                    )
                    for talk in nobodys
                ),
            ],
            missed=[
                BoardMissed(
                    alert=row["id"],
                    visit=row["visit_id"],
                    visitor=row["visitor_id"],
                    customer=people.of(row["visitor_id"], row["customer_id"]),
                    asked=reports.board.asked(row),
                    end=row["outcome"],
                    path=paths.get(row["visit_id"], []),
                    raised_at=rfc3339(row["raised_at"]),
                    ended_at=rfc3339(row["ended_at"] or row["due_at"]),
                )
                for row in missed
            ],
            missed_today=in_all,
        )

    return await call.bell.store.read(read)


@operation("GET", "/api/missed", roles=EXPERTS, gives=Listed[MissedBell])
async def missed(call: Call) -> Listed[MissedBell]:
    """Bells of the last 24 hours that rang at your desk and were not answered there, the newest first."""
    sites, who = await call.site_ids(), call.account.id

    def read(conn: Connection) -> Listed[MissedBell]:
        rows = reports.board.missed_by(conn, who, sites, db_now(conn) - DAY)
        people = _People(
            conn, [(row["site_id"], row["visitor_id"]) for row in rows], [row["customer_id"] for row in rows]
        )
        paths = _paths(conn, rows)
        names = persons(conn, {row["expert_id"] for row in rows})
        heard = reports.board.ring_now(conn, [row["id"] for row in rows if row["outcome"] is None])
        items = [
            MissedBell(
                alert=row["id"],
                visit=row["visit_id"],
                visitor=row["visitor_id"],
                site=row["site_id"],
                customer=people.of(row["visitor_id"], row["customer_id"]),
                asked=reports.board.asked(row),
                rung=row["my_rung"],
                path=paths.get(row["visit_id"], []),
                at=rfc3339(row["rang_at"]),
                until=rfc3339(row["ended_at"] if row["outcome"] == "gone" else row["rang_until"]),
                end=row["outcome"],
                rings=row["id"] in heard,
                taken_by=names.get(row["expert_id"]),
            )
            for row in rows
        ]
        return Listed(items=items, next=None)

    return await call.bell.store.read(read)


def _desk(seat: Row, now: Ms, load: int, ringing: int, talks: list[BoardTalk]) -> BoardDesk:
    lost = seat["status"] != "offline" and seat["lease_until"] <= now
    return BoardDesk(
        id=seat["id"],
        name=seat["name"],
        status=routing.queries.status_now(seat, now),
        status_reason=routing.queries.reason_now(seat, now),
        status_at=_time(seat["status_at"] or None),
        deaf_since=_time(seat["lease_until"] or None) if lost else None,
        load=load,
        capacity=seat["capacity"],
        ringing=ringing,
        talks=talks,
    )


def _paths(conn: Connection, rows: Iterable[Row]) -> dict[str, list[str]]:
    """Visit -> where its visitor is, or was last."""
    visits = tracker.queries.visit_facts(conn, {row["visit_id"] for row in rows} - {None})
    return {id_: list(facts.path) for id_, facts in visits.items()}


def _time(at: Ms | None) -> str | None:
    return None if at is None else rfc3339(at)


OPERATIONS = [board, missed]
