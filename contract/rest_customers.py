"""Customers, and how two records of one person become one."""

from typing import Annotated

import msgspec
from msgspec import Meta

from contract.names import MergeProof
from contract.shapes import In, Money, Out, Person, Time


class Customer(Out):
    id: str
    name: str
    tier: str
    owner: Person | None
    emails: list[str]
    phones: list[str]
    orders: int
    spent: Money | None
    last_contact: Time | None
    visits: int
    since: Time


class Merge(Out):
    """`gone` turned out to be the same person as `kept`. `moved`: how many identities of each kind, visits and orders
    came along, and 1 for the owner. An undone one says when and by whom."""

    id: str
    site: str
    kept: Person
    gone: Person
    proof: MergeProof
    reason: str
    by: Person | None
    at: Time
    moved: dict[str, int]
    undone_at: Time | None
    undone_by: Person | None


class MergeWrite(In):
    """`from`: the customer who is the same person, or `visit`: whoever is on that visit, a stranger until now.
    `force`: also where both have signed in at the site."""

    from_: Annotated[str, Meta(min_length=1, max_length=64)] | None = msgspec.field(name="from", default=None)
    visit: Annotated[str, Meta(min_length=1, max_length=64)] | None = None
    reason: Annotated[str, Meta(max_length=500)] = ""
    force: bool = False


class ContactConfirm(In):
    """Which parts of an order's contact somebody has seen to be right."""

    email: bool = False
    phone: bool = False


class Confirmed(Out):
    """Who placed the order, and whom they turned out to be."""

    customer: Customer
    merges: list[Merge]
