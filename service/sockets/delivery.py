"""From a doorbell to the screens: each bell says where to look, this looks and tells those who may know.

Every connection remembers what it was told (`Connection.news`), so a bell that rings twice tells once, and a lost bell
is made good by the next one, by a sweep, or by the client's own question (`messages.after`).
"""

import asyncio
from collections.abc import Callable, Sequence

import msgspec
from sqlalchemy import Connection as Base
from sqlalchemy import RowMapping

import access.queries
import access.sessions
import chat.queries
import routing.queries
import sales.queries
from contract import frames
from contract.clock import MINUTE, SECOND, now_ms
from contract.facts import AccountFacts
from contract.names import AlertEnd, AuthorKind, Ms
from routing.queries import Row
from service import present
from service.bell import Bell
from service.callers import ExpertCaller, VisitorCaller
from service.flows.presence import came_free
from service.sockets.live import LiveList
from service.sockets.registry import Connection
from service.sockets.server import Sockets

#: A message this old is not told by itself to somebody who was not listening: they ask for it.
RECENT: Ms = MINUTE
#: An order is news to a desk that has just connected for so long; after that it stands in the history.
JUST_NOW: Ms = 15 * SECOND
BATCH = 50
#: Who says what: (connection, event, shape).
Saying = tuple[Connection, str, msgspec.Struct]


class Delivery:
    """Listens to the bus, reads the base, speaks to the sockets of this process."""

    def __init__(self, bell: Bell, sockets: Sockets) -> None:
        self._bell, self._sockets, self._registry = bell, sockets, sockets.registry
        self._turn, self._bells = asyncio.Lock(), asyncio.Lock()
        sockets.joined = self.joined
        live = LiveList(bell, sockets)
        bell.background(live.run())
        for kind, handler in (
            ("alert", self.alert),
            ("conversation", self.conversation),
            ("visitor", self.visitor),
            ("expert", self.expert),
            ("visit", live.changed),
        ):
            bell.bus.on(kind, handler)  # type: ignore[arg-type]
        bell.bus.on_sweep(self.sweep)

    # --- somebody joined ----------------------------------------------------------------------------------------

    async def joined(self, connection: Connection) -> None:
        """What stands open is state: it is told again on every connect."""
        if isinstance(connection.caller, VisitorCaller):
            await self._tell(lambda conn: self._for_visitor(conn, [connection]))
            return
        await self._bell.timers.renew([connection.caller.account.id])
        await came_free(self._bell, connection.caller.account.id)
        await self._what_rings([connection])
        self._bell.bus.ring("expert", connection.caller.account.id)

    async def sweep(self) -> None:
        """Bells may have been lost: look at everything that somebody here is waiting for, or was told about."""
        for visitor_id in self._registry.visitor_ids():
            await self.visitor(visitor_id)
        for account_id in self._registry.expert_ids():
            await self.expert(account_id)
        talking = await self._bell.store.read(
            lambda conn: chat.queries.open_here(conn, self._registry.visitor_ids(), self._registry.expert_ids())
        )
        for conversation_id in talking | self._registry.told("conversation"):
            await self.conversation(conversation_id)
        for alert_id in self._registry.told("alert"):
            await self.alert(alert_id)

    # --- bells --------------------------------------------------------------------------------------------------

    async def alert(self, alert_id: str) -> None:
        """A bell waits for no other news: it has a turn of its own, and a look that goes to no other thread."""
        due: list[Ms] = []
        async with self._bells:
            await self._say(await self._bell.store.glance(lambda conn: self._alert(conn, alert_id, due)))
        for at in due:
            self._bell.timers.wake_at(at)

    async def conversation(self, bell_id: str) -> None:
        if bell_id.startswith("typing-"):
            await self._typing(bell_id)
            return
        await self._tell(lambda conn: self._conversation(conn, bell_id))

    async def visitor(self, visitor_id: str) -> None:
        self._bell.waiting.wake(visitor_id)
        connections = self._registry.of_visitor(visitor_id)
        if connections:
            await self._tell(lambda conn: self._for_visitor(conn, connections))

    async def expert(self, account_id: str) -> None:
        if len(self._registry):
            await self._still_here(account_id)
            await self._tell(lambda conn: self._for_expert(conn, account_id))
            await self._what_rings(self._registry.of_expert(account_id))

    async def _what_rings(self, connections: list[Connection]) -> None:
        """All bells of a desk, for those of its sockets that have not heard of them."""
        if connections:
            async with self._bells:
                await self._say(
                    await self._bell.store.read(
                        lambda conn: [saying for one in connections for saying in self._ringing(conn, one)]
                    )
                )

    async def _still_here(self, account_id: str) -> None:
        """Who signed out, whose password was changed, whose account was closed: the sockets end with the session.

        A changed account (other sites, another name) ends them too: they come back as who they are now.
        """
        mine = {connection: _session(connection) for connection in self._registry.of_expert(account_id)}
        if not mine:
            return
        alive, account = await self._bell.store.read(
            lambda conn: (
                access.sessions.alive(conn, mine.values(), now_ms()),
                access.queries.account_by_id(conn, account_id),
            )
        )
        for connection, session in mine.items():
            if session not in alive or account != connection.caller.account:  # type: ignore[union-attr]
                await self._sockets.drop(connection)

    # --- looking ------------------------------------------------------------------------------------------------

    def _alert(self, conn: Base, alert_id: str, due: list[Ms]) -> list[Saying]:
        row = routing.queries.alert_row(conn, alert_id)
        if row is None:
            return []
        if row["state"] == "ringing":
            due.append(row["due_at"])
        rings = routing.queries.rings_of(conn, alert_id)
        said: list[Saying] = []
        raised: dict[str, frames.AlertRaised] = {}
        for ring in rings:
            here = row["state"] == "ringing" and ring["outcome"] is None and ring["rung"] == row["rung"]
            for connection in self._registry.of_expert(ring["expert_id"]):
                if here:
                    if connection.news(f"alert:{alert_id}", row["version"]):
                        language = connection.caller.language
                        if language not in raised:
                            raised[language] = present.alert_raised(conn, row, ring["until"], language, now_ms())
                        said.append((connection, "alert.raised", raised[language]))
                elif not _rings_elsewhere(rings, ring, row) and connection.shown.pop(f"alert:{alert_id}", None):
                    reason = _reason(row, ring)
                    said.append((connection, "alert.cleared", frames.AlertCleared(id=alert_id, reason=reason)))
        return said

    def _ringing(self, conn: Base, connection: Connection) -> list[Saying]:
        assert isinstance(connection.caller, ExpertCaller)
        now = now_ms()
        return [
            (
                connection,
                "alert.raised",
                present.alert_raised(conn, row, row["until"], connection.caller.language, now),
            )
            for row in routing.queries.ringing_for(conn, connection.caller.account.id)
            if connection.news(f"alert:{row['id']}", row["version"])
        ]

    def _conversation(self, conn: Base, conversation_id: str) -> list[Saying]:
        row = chat.queries.row(conn, conversation_id)
        if row is None:
            return []
        visitors = [c for c in self._registry.of_visitor(row["visitor_id"]) if _may_read(c, row["frame_hash"])]
        experts = self._registry.of_expert(row["expert_id"]) if row["expert_id"] else []
        key = f"conversation:{conversation_id}"
        said: list[Saying] = []
        floor = self._floor(conn, conversation_id, row["last_seq"])
        if visitors or experts:
            oldest = min((c.shown.get(f"{key}:seq", floor) for c in visitors + experts), default=floor)
            for message in chat.queries.after(conn, conversation_id, oldest, BATCH):
                shape = present.message(message)
                for connection in visitors + experts:
                    if message["seq"] > connection.shown.get(f"{key}:seq", floor):
                        connection.shown[f"{key}:seq"] = message["seq"]
                        said.append((connection, "message.added", shape))
        for connection in visitors:
            said += self._for_visitor(conn, [connection])
            if row["state"] == "closed" and connection.news(f"{key}:closed", True):
                said.append(
                    (connection, "conversation.closed", frames.ConversationClosed(conversation=conversation_id))
                )
            if row["expert_read_seq"] and connection.news(f"{key}:read", row["expert_read_seq"]):
                said.append((connection, "message.read", _read(conversation_id, row["expert_read_seq"], "expert")))
        for connection in experts:
            if row["visitor_read_seq"] and connection.news(f"{key}:read", row["visitor_read_seq"]):
                said.append((connection, "message.read", _read(conversation_id, row["visitor_read_seq"], "visitor")))
        if desks := experts + self._other_desks(conn, row, f"{key}:brief", experts):
            brief = present.conversation_briefs(conn, [row], now_ms())[0]
            for connection in desks:
                if connection.news(f"{key}:brief", plain_bytes(brief)):
                    said.append((connection, "conversation.changed", frames.ConversationChanged(conversation=brief)))
                if row["expert_id"] and connection not in experts:
                    del connection.shown[f"{key}:brief"]  # it is a colleague's now, and no more news here
        return said

    def _other_desks(self, conn: Base, row: RowMapping, told: str, experts: list[Connection]) -> list[Connection]:
        """Whose desk it stands on beside its expert's: once somebody had to leave it, it is on every desk of the site,
        until it is somebody's again."""
        others = {connection for connection in self._registry.experts() if told in connection.shown}
        if row["expert_id"] is None and row["state"] == "open":
            last = chat.queries.last_messages(conn, [row["id"]]).get(row["id"])
            if last is not None and (last["data"] or {}).get("name") == "expert.left":
                others.update(self._registry.experts_of_site(row["site_id"]))
        return [connection for connection in others if connection not in experts]

    def _floor(self, conn: Base, conversation_id: str, last_seq: int) -> int:
        """Messages up to this one are too old to be told to a socket that never heard of the conversation."""
        recent = chat.queries.first_since(conn, conversation_id, now_ms() - RECENT)
        return last_seq if recent is None else max(recent - 1, last_seq - BATCH)

    def _for_visitor(self, conn: Base, connections: list[Connection]) -> list[Saying]:
        """Invitation, cards, orders: state of the visitor's page."""
        caller = connections[0].caller
        assert isinstance(caller, VisitorCaller)
        now = now_ms()
        cards = chat.queries.cards_of_visitor(conn, caller.visitor, now)
        orders = sales.queries.recent_orders_of_visitor(conn, caller.visitor, now - 30 * MINUTE)
        said: list[Saying] = []
        for connection in connections:
            assert isinstance(connection.caller, VisitorCaller)
            row = chat.queries.open_for(conn, caller.visitor, connection.caller.frame_hash)
            if row is not None and row["expert_id"]:
                invited = present.chat_invited(conn, row)
                if connection.news(f"invited:{row['id']}", (row["expert_id"], row["accepted_at"])):
                    said.append((connection, "chat.invited", invited))
                    if invited.expert is not None and row["visitor_at"] is not None:
                        joined = frames.ExpertJoined(conversation=row["id"], name=invited.expert.name)
                        said.append((connection, "expert.joined", joined))
            mine = [card for card in cards if _may_see(conn, card["conversation_id"], connection.caller)]
            shown = {card["id"] for card in mine}
            for card in mine:
                if connection.news(f"card:{card['id']}", True):
                    said.append((connection, *present.card_event(conn, card)))
            for key in [k for k in connection.shown if k.startswith("card:") and k[5:] not in shown]:
                del connection.shown[key]
                said.append((connection, "card.gone", frames.CardGone(card=key[5:])))
            for order in orders:
                if _may_see(conn, order["conversation_id"], connection.caller) and connection.news(
                    f"order:{order['id']}", order["status"]
                ):
                    said.append((connection, "order.updated", present.order_updated(conn, order)))
        return said

    def _for_expert(self, conn: Base, account_id: str) -> list[Saying]:
        """Presence for the colleagues; new orders for the one who served."""
        now = now_ms()
        desk = routing.queries.desks(conn, [account_id]).get(account_id)
        said: list[Saying] = []
        account = access.queries.account_by_id(conn, account_id)
        if desk is not None:
            changed = frames.PresenceChanged(
                expert=account_id,
                status=routing.queries.status_now(desk, now),
                reason=routing.queries.reason_now(desk, now),
            )
            said += [
                (connection, "presence.changed", changed)
                for connection in self._registry.experts()
                if (f"presence:{account_id}" in connection.shown or _colleagues(connection, account))
                and connection.news(f"presence:{account_id}", (changed.status, changed.reason))
            ]
        mine = self._registry.of_expert(account_id)
        if mine:
            for order in sales.queries.recent_orders_of_expert(conn, account_id, now - JUST_NOW):
                shape = present.order_placed(conn, order)
                said += [(c, "order.placed", shape) for c in mine if c.news(f"order:{order['id']}", order["status"])]
        return said

    async def _typing(self, bell_id: str) -> None:
        """Never stored: told to the other side if it is listening, else forgotten."""
        kind, _, conversation_id = bell_id.partition(":")
        row = await self._bell.store.read(lambda conn: chat.queries.row(conn, conversation_id))
        if row is None:
            return
        author: AuthorKind = "visitor" if kind == "typing-v" else "expert"
        shape = frames.TypingShown(conversation=conversation_id, author=author)
        if author == "expert":
            hearing = [c for c in self._registry.of_visitor(row["visitor_id"]) if _may_read(c, row["frame_hash"])]
        else:
            hearing = self._registry.of_expert(row["expert_id"]) if row["expert_id"] else []
        await self._say([(connection, "typing", shape) for connection in hearing])

    async def _tell(self, look: Callable[[Base], list[Saying]]) -> None:
        """Look and speak, one bell at a time: what a connection was told is noted while looking, maybe in a reader's
        thread, and what was seen first is said first."""
        async with self._turn:
            await self._say(await self._bell.store.read(look))

    async def _say(self, said: list[Saying]) -> None:
        for connection, event, shape in said:
            await self._sockets.emit(connection, event, shape)


def _may_read(connection: Connection, frame_hash: str | None) -> bool:
    """The two secrets of contract 4: a bound conversation is read by its own frame alone."""
    caller = connection.caller
    return isinstance(caller, VisitorCaller) and frame_hash in (None, caller.frame_hash)


def _session(connection: Connection) -> str:
    return connection.caller.session if isinstance(connection.caller, ExpertCaller) else ""


def _may_see(conn: Base, conversation_id: str | None, caller: VisitorCaller) -> bool:
    """Cards and orders of a bound conversation are for its frame alone, as its words are."""
    if conversation_id is None:
        return True
    row = chat.queries.row(conn, conversation_id)
    return row is not None and row["frame_hash"] in (None, caller.frame_hash)


def _colleagues(connection: Connection, other: AccountFacts | None) -> bool:
    """Whether they have a site in common; an administrator has all."""
    if other is None or not isinstance(connection.caller, ExpertCaller):
        return False
    account = connection.caller.account
    return account.id == other.id or "admin" in (account.role, other.role) or bool(account.sites & other.sites)


def _rings_elsewhere(rings: Sequence[Row], ring: Row, row: Row) -> bool:
    """True if the same desk rings for this alert on another, newer rung."""
    return row["state"] == "ringing" and any(
        other["expert_id"] == ring["expert_id"] and other["outcome"] is None for other in rings
    )


def _reason(row: Row, ring: Row) -> AlertEnd:
    outcome = ring["outcome"]
    if outcome in ("accepted", "declined", "taken", "gone"):
        return outcome  # type: ignore[no-any-return]
    return "taken" if row["state"] == "accepted" else "expired"


def _read(conversation_id: str, seq: int, by: AuthorKind) -> frames.MessageReadShown:
    return frames.MessageReadShown(conversation=conversation_id, seq=seq, by=by)


def plain_bytes(shape: msgspec.Struct) -> bytes:
    return msgspec.json.encode(shape)
