"""Visitors as this process last wrote them, each with the newest visit and its page views: few groups read more.

A picture is true while the visitor's `stamp` in the base is the one it was kept with: whoever changes anything of a
visitor's visits sets a new stamp (`tracker.do.changed`), and a commit that never happened leaves the old one. So it
does not matter who commits what, or in which process.
"""

from collections import OrderedDict

import msgspec

from contract.names import Ms
from tracker.visit import View

#: Page views in all pictures together, each some 1 kB.
VIEWS = 50_000
VISITORS = 20_000


class Visit(msgspec.Struct):
    """A visit while its group is written, its first fields in the order of `statements.VISITS`.

    `number` 0: no page of it was seen yet. `stored`: it has a row. `same`: nothing of this group changes what follows
    from its views; only its end moved. `whole`: `views` holds all its page views.
    """

    id: str
    site_id: str
    visitor_id: str
    started_at: Ms
    last_at: Ms
    number: int = 0
    pages: int = 0
    user_agent: str = ""
    language: str = ""
    bot: bool = False
    heard_at: Ms = 0
    stored: bool = False
    same: bool = False
    whole: bool = False
    views: dict[str, View] = {}


class Visitor(msgspec.Struct):
    """A visitor while a group is written, its first fields in the order of the table.

    `early`: something was said of a page of which no view had come. `new`: made by this transaction. `newest`: the
    visit that began last, whole, or None where it is not known.
    """

    id: str
    site_id: str
    key_hash: str
    first_at: Ms
    last_at: Ms
    bot: bool
    bot_said: bool | None
    early: bool
    stamp: int
    new: bool = False
    newest: Visit | None = None


class Memory:
    """One per process. The least recently seen of many are forgotten."""

    def __init__(self, visitors: int = VISITORS, views: int = VIEWS) -> None:
        self._most_visitors, self._most_views = visitors, views
        self._kept: OrderedDict[str, Visitor] = OrderedDict()
        self._views = 0

    def take(self, visitor_id: str, stamp: int) -> Visitor | None:
        """The picture of this visitor if it is still true. It is given away: what is written goes back by `keep`."""
        found = self._kept.pop(visitor_id, None)
        if found is None:
            return None
        self._views -= _size(found)
        return found if found.stamp == stamp else None

    def keep(self, visitor: Visitor) -> None:
        """Remember what was just written, committed or not: the stamp tells."""
        if visitor.newest is None:
            return
        self._kept[visitor.id] = visitor
        self._views += _size(visitor)
        while len(self._kept) > self._most_visitors or self._views > self._most_views:
            _, gone = self._kept.popitem(last=False)
            self._views -= _size(gone)

    def __len__(self) -> int:
        return len(self._kept)


def _size(visitor: Visitor) -> int:
    return len(visitor.newest.views) if visitor.newest is not None else 0
