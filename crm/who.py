"""Pure: who is this, when a site says who is signed in? Never are two people made one because a browser was shared.

The site's word (a signed token) proves two things: this browser is in the hands of this user now, and this e-mail is
theirs. What somebody typed into an order proves nothing. Two people who have both signed in are never one by
themselves, nor are two whom a person told apart (an undone merge).
"""

from typing import Literal

import msgspec

from contract.names import Ms

#: What makes an e-mail or a telephone number somebody's own. "order" is missing: it was only typed.
PROVEN = ("token", "confirmed")

#: known: nothing to do. new: make a customer. sign: the browser's customer is this user. join: the browser is theirs.
#: merge: the browser's customer is the user's. newcomer: somebody else's browser, which gets a new visitor key.
Meeting = Literal["known", "new", "sign", "join", "merge", "newcomer"]
#: known: it is theirs already. take: it becomes theirs. merge: its customer is they. leave: it stays somebody else's.
Claim = Literal["known", "take", "merge", "leave"]


class Known(msgspec.Struct, frozen=True, kw_only=True):
    """A person as all their customer records together say. `members`: those records, the one that stands for them
    first. `users`: under which of the site's own ids they have signed in."""

    id: str
    site: str
    name: str
    tier: str
    owner: str | None
    since: Ms
    members: tuple[str, ...]
    users: frozenset[str] = frozenset()


def meet(user: Known | None, browser: Known | None, *, parted: bool) -> Meeting:
    """`user`: whom the site's user id leads to. `browser`: whom the visitor leads to. `parted`: told apart by hand."""
    if browser is None:
        return "new" if user is None else "join"
    if user is None:
        return "newcomer" if browser.users else "sign"
    if user.id == browser.id:
        return "known"
    return "newcomer" if browser.users or parted else "merge"


def claim(mine: Known, holder: Known | None, proof: str, *, parted: bool) -> Claim:
    """An address that was just proved to be `mine`; `holder` has had it by `proof` (see `crm.tables.identity`)."""
    if holder is None:
        return "take"
    if holder.id == mine.id:
        return "known" if proof in PROVEN else "take"
    if proof not in PROVEN:
        return "take"
    return "leave" if parted or (mine.users and holder.users) else "merge"


def kept_of(one: Known, other: Known) -> tuple[Known, Known]:
    """(who stays, who goes): whoever has signed in stays, else whom we have known longer."""
    first, second = sorted((one, other), key=lambda known: (not known.users, known.since, known.id))
    return first, second


def below(edges: dict[str, str], top: str) -> set[str]:
    """`top` and all that hang on it, however deep. `edges`: gone -> kept, of the merges that are in force."""
    found = {top}
    while more := {gone for gone, kept in edges.items() if kept in found} - found:
        found |= more
    return found
