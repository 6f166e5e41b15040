"""What is sold: products, offers, orders."""

from typing import Annotated

from msgspec import Meta

from contract.names import OrderStatus
from contract.shapes import CustomerBrief, In, Money, Name, OrderLine, Out, Person, Time


class ProductWrite(In):
    site: str
    sku: Annotated[str, Meta(min_length=1, max_length=64)]
    name: Name
    price: Annotated[int, Meta(ge=0, le=10**10)]
    path: Annotated[list[Name], Meta(max_length=20)] = []
    active: bool = True


class ProductPatch(In):
    name: Name | None = None
    path: Annotated[list[Name], Meta(max_length=20)] | None = None
    price: Annotated[int, Meta(ge=0, le=10**10)] | None = None
    active: bool | None = None


class Product(Out):
    id: str
    sku: str
    name: str
    path: list[str]
    price: Money
    active: bool


class Offer(Out):
    """`quantity`: the most pieces at this price. `order`: the order in which it was used."""

    id: str
    product: str
    name: str
    price: Money
    quantity: int
    order: str | None
    expires_at: Time
    state: str
    at: Time


class Order(Out):
    """`confirmed_at`: when somebody of the house said that its contact is right."""

    id: str
    number: str
    status: OrderStatus
    total: Money
    lines: list[OrderLine]
    customer: CustomerBrief | None
    contact: dict[str, str]
    expert: Person | None
    conversation: str | None
    visit: str | None
    at: Time
    confirmed_at: Time | None
