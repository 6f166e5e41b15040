"""Who is connected to this process. A cache: everything here can be forgotten and read again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from service.callers import ExpertCaller, VisitorCaller
from service.sockets.noted import noting

#: An expert reads along in so many conversations at once at most.
MOST_WATCHED = 50


@dataclass(eq=False, slots=True)
class Connection:
    """One socket in one namespace. `shown` remembers what this socket was told, so that it is not told twice; it is
    changed by `note` and `forget` alone, so that a look that fails changes nothing (`noted`)."""

    sid: str
    namespace: str
    caller: VisitorCaller | ExpertCaller
    shown: dict[str, Any] = field(default_factory=dict)

    def news(self, key: str, state: Any) -> bool:
        """True, once, when `state` of `key` is not what this socket has seen."""
        if self.shown.get(key) == state:
            return False
        self.note(key, state)
        return True

    def note(self, key: str, state: Any) -> None:
        noting(self, key)
        self.shown[key] = state

    def forget(self, key: str) -> Any:
        """What it was told of this; None if nothing."""
        noting(self, key)
        return self.shown.pop(key, None)

    def told(self, kind: str) -> set[str]:
        """The ids of this kind that it was told about."""
        keys = (key.split(":") for key in list(self.shown))
        return {key[1] for key in keys if key[0] == kind}


#: Who is told what: (connection, event, shape).
Saying = tuple[Connection, str, msgspec.Struct]


class Registry:
    """Connections by whom they serve. Readers' threads look too, so every answer is a copy made in one step."""

    def __init__(self) -> None:
        self._by_sid: dict[tuple[str, str], Connection] = {}
        self._visitors: dict[str, set[Connection]] = {}
        self._experts: dict[str, set[Connection]] = {}
        self._watched: dict[str, tuple[str, ...]] = {}  # account -> conversations, the newest last

    def add(self, connection: Connection) -> None:
        self._by_sid[connection.namespace, connection.sid] = connection
        table, key = self._place(connection)
        table.setdefault(key, set()).add(connection)

    def remove(self, namespace: str, sid: str) -> Connection | None:
        connection = self._by_sid.pop((namespace, sid), None)
        if connection is not None:
            table, key = self._place(connection)
            table[key].discard(connection)
            if not table[key]:
                del table[key]
                if table is self._experts:
                    self._watched.pop(key, None)
        return connection

    def get(self, namespace: str, sid: str) -> Connection | None:
        return self._by_sid.get((namespace, sid))

    def of_visitor(self, visitor_id: str) -> list[Connection]:
        return list(self._visitors.get(visitor_id, ()))

    def of_expert(self, account_id: str) -> list[Connection]:
        return list(self._experts.get(account_id, ()))

    def experts(self) -> list[Connection]:
        return [connection for connections in list(self._experts.values()) for connection in list(connections)]

    def expert_ids(self) -> list[str]:
        return list(self._experts)

    def visitor_ids(self) -> list[str]:
        return list(self._visitors)

    def experts_of_site(self, site_id: str) -> list[Connection]:
        return [c for c in self.experts() if isinstance(c.caller, ExpertCaller) and c.caller.account.may_see(site_id)]

    def watch(self, account_id: str, conversation_id: str, *, on: bool) -> None:
        """This account reads along there, at all its sockets of this process, until the last of them is gone. Of too
        many the one that began first is given up."""
        others = tuple(one for one in self._watched.get(account_id, ()) if one != conversation_id)
        watched = (*others, conversation_id)[-MOST_WATCHED:] if on else others
        if watched and account_id in self._experts:
            self._watched[account_id] = watched
        else:
            self._watched.pop(account_id, None)

    def watchers(self, conversation_id: str) -> list[Connection]:
        """The sockets of those who read along there."""
        accounts = [id_ for id_, watched in list(self._watched.items()) if conversation_id in watched]
        return [connection for id_ in accounts for connection in self.of_expert(id_)]

    def watched(self) -> set[str]:
        """The conversations in which anybody reads along."""
        return {one for watched in list(self._watched.values()) for one in watched}

    def told(self, kind: str) -> set[str]:
        """The ids of this kind that any socket here was told about."""
        return {id_ for connection in self for id_ in connection.told(kind)}

    def __contains__(self, connection: Connection) -> bool:
        return self._by_sid.get((connection.namespace, connection.sid)) is connection

    def __iter__(self) -> Iterator[Connection]:
        return iter(list(self._by_sid.values()))

    def __len__(self) -> int:
        return len(self._by_sid)

    def _place(self, connection: Connection) -> tuple[dict[str, set[Connection]], str]:
        caller = connection.caller
        if isinstance(caller, VisitorCaller):
            return self._visitors, caller.visitor
        return self._experts, caller.account.id
