"""Pure: when a promise is for, as the server says it in English: today, tomorrow, on 24 November, at 09:15."""

from datetime import datetime, timedelta

from contract.clock import SECOND, zone_named
from contract.names import CallbackChannel, Ms

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DOES = {"call": "calls", "write": "writes"}
_IS = {"call": "call", "write": "answer"}


def spoken(at: Ms, zone: str, now: Ms) -> str:
    """By the clock of that zone: "at 09:15", "tomorrow at 09:15", "on 24 November at 09:15"."""
    there, today = (datetime.fromtimestamp(one // SECOND, zone_named(zone)) for one in (at, now))
    clock = f"at {there:%H:%M}"
    if there.date() == today.date():
        return clock
    if there.date() == today.date() + timedelta(days=1):
        return f"tomorrow {clock}"
    return f"on {there.day} {_MONTHS[there.month - 1]} {clock}"


def promise(name: str | None, channel: CallbackChannel, when: str) -> str:
    """ "Anna calls tomorrow at 09:15." """
    return f"{name or 'One of us'} {_DOES[channel]} {when}."


def cancellation(channel: CallbackChannel, when: str) -> str:
    """ "The call tomorrow at 09:15 is cancelled." """
    return f"The {_IS[channel]} {when} is cancelled."


def offer(name: str | None, when: str) -> str:
    """What is said where nobody is: "Nobody is here just now. Anna calls or writes tomorrow at 09:15." """
    return f"Nobody is here just now. {name or 'One of us'} calls or writes {when}."
