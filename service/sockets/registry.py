"""Who is connected to this process. A cache: everything here can be forgotten and read again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from service.callers import ExpertCaller, VisitorCaller


@dataclass(eq=False)
class Connection:
    """One socket in one namespace. `shown` remembers what this socket was told, so that it is not told twice."""

    sid: str
    namespace: str
    caller: VisitorCaller | ExpertCaller
    shown: dict[str, Any] = field(default_factory=dict)

    def news(self, key: str, state: Any) -> bool:
        """True, once, when `state` of `key` is not what this socket has seen."""
        if self.shown.get(key) == state:
            return False
        self.shown[key] = state
        return True


class Registry:
    """Connections by whom they serve. Readers' threads look too, so every answer is a copy made in one step."""

    def __init__(self) -> None:
        self._by_sid: dict[tuple[str, str], Connection] = {}
        self._visitors: dict[str, set[Connection]] = {}
        self._experts: dict[str, set[Connection]] = {}

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

    def told(self, kind: str) -> set[str]:
        """The ids of this kind that any socket here was told about."""
        keys = (key.split(":") for connection in self for key in list(connection.shown))
        return {key[1] for key in keys if key[0] == kind}

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
