"""Rows into the shapes of the contract: the one place that knows both. Reads only; few statements for a whole list."""

from service.present.bell import alert_raised
from service.present.callbacks import callback_shown, callbacks
from service.present.goods import (
    card_event,
    money,
    offers,
    order_lines,
    order_placed,
    order_updated,
    orders,
    product,
)
from service.present.people import customer_brief, customer_briefs, customers, merges, persons, visitor_name
from service.present.talk import chat_invited, conversation_briefs, message, messages, notes, opened
from service.present.transfers import transfers
from service.present.visits import briefs_of_rows, is_live, visit_briefs

__all__ = [
    "alert_raised",
    "briefs_of_rows",
    "callback_shown",
    "callbacks",
    "card_event",
    "chat_invited",
    "conversation_briefs",
    "customer_brief",
    "customer_briefs",
    "customers",
    "is_live",
    "merges",
    "message",
    "messages",
    "money",
    "notes",
    "offers",
    "opened",
    "order_lines",
    "order_placed",
    "order_updated",
    "orders",
    "persons",
    "product",
    "transfers",
    "visit_briefs",
    "visitor_name",
]
