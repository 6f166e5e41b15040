"""What a supervisor sees at a glance, and what one expert missed."""

from contract.names import AlertEnd, Rung, Status
from contract.shapes import CustomerBrief, Out, Person, Time


class BoardTalk(Out):
    """An open conversation of an expert. `waits_since`: when the visitor wrote what nobody has answered yet; null where
    the last word is the expert's."""

    id: str
    visitor: str
    visit: str | None
    customer: CustomerBrief | None
    live: bool
    last_seq: int
    opened_at: Time
    waits_since: Time | None


class BoardDesk(Out):
    """`deaf_since`: they said that they are there, and their line is lost since then. `load`: places taken, of
    `capacity`, at all sites; `talks`: those of this site. `ringing`: bells that ring there now."""

    id: str
    name: str
    status: Status
    status_reason: str
    status_at: Time | None
    deaf_since: Time | None
    load: int
    capacity: int
    ringing: int
    talks: list[BoardTalk]


class BoardWaiting(Out):
    """Somebody whom nobody has taken: a bell that rings (at the desks of `rings_at`, maybe at none), or words in a
    conversation for which no bell rings any more (`alert` null). `asked`: they wrote."""

    alert: str | None
    conversation: str | None
    visit: str | None
    visitor: str
    customer: CustomerBrief | None
    asked: bool
    importance: int | None
    rung: Rung | None
    rings_at: list[Person]
    path: list[str]
    since: Time


class BoardMissed(Out):
    """A bell that ended without anybody."""

    alert: str
    visit: str
    visitor: str
    customer: CustomerBrief | None
    asked: bool
    end: AlertEnd
    path: list[str]
    raised_at: Time
    ended_at: Time


class Board(Out):
    """One site at one moment. `missed`: the newest of today (in the site's zone); `missed_today`: how many in all."""

    at: Time
    desks: list[BoardDesk]
    waiting: list[BoardWaiting]
    missed: list[BoardMissed]
    missed_today: int


class MissedBell(Out):
    """A bell that rang at one's own desk from `at` to `until` and was not answered there. `taken_by`: who took it in
    the end; `end`: how it ended, null while it is open; `rings`: at a colleague's desk, now."""

    alert: str
    visit: str
    visitor: str
    site: str
    customer: CustomerBrief | None
    asked: bool
    rung: Rung
    path: list[str]
    at: Time
    until: Time
    end: AlertEnd | None
    rings: bool
    taken_by: Person | None
