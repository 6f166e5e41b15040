"""What can be bought, what was proposed, what was ordered. All amounts are minor units, and ours."""

from sqlalchemy import BigInteger, Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, Table, Text

from store.metadata import Id, Json, Time, metadata

product = Table(
    "product",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("sku", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("path", Json, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Time, nullable=False),
    CheckConstraint("amount >= 0", name="amount"),
    Index("ix_product_site_id_sku", "site_id", "sku", unique=True),
)
#: `expert_id`, here and below: null where a trigger showed it, in the site's name. `quantity`: the most pieces at this
#: price. `order_id`: the order that was placed at this price; an offer is good for one.
offer = Table(
    "offer",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("product_id", ForeignKey("product.id"), nullable=False),
    Column("visitor_id", Id, nullable=False),
    Column("visit_id", Id, nullable=True),
    Column("conversation_id", Id, nullable=True),
    Column("expert_id", Id, nullable=True),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("expires_at", Time, nullable=False),
    Column("order_id", Id, nullable=True),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),
    CheckConstraint("state IN ('open', 'accepted', 'declined', 'expired')", name="state"),
    Index("ix_offer_visitor_id", "visitor_id"),
    Index("ix_offer_site_id_at", "site_id", "at"),
)
#: lines: `sales.price.FormLine`, the prices that hold for this form. Of the forms of one conversation only the newest
#: is open; the others were ordered from, or replaced. `frame_hash`: the frame in which the offer was accepted that it
#: came of; it is for that frame alone (contract 4).
order_form = Table(
    "order_form",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("visitor_id", Id, nullable=False),
    Column("visit_id", Id, nullable=True),
    Column("conversation_id", Id, nullable=True),
    Column("expert_id", Id, nullable=True),
    Column("offer_id", ForeignKey("offer.id"), nullable=True),
    Column("lines", Json, nullable=False),
    Column("frame_hash", Text, nullable=True),
    Column("state", Text, nullable=False),
    Column("at", Time, nullable=False),
    CheckConstraint("state IN ('open', 'ordered', 'replaced')", name="state"),
    Index("ix_order_form_visitor_id", "visitor_id"),
)
#: `frame_hash`: the frame in which it was placed, null where there was none: only there it is told of. `confirmed_at`:
#: when somebody of the house said that its contact is right.
order = Table(
    "order",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("form_id", ForeignKey("order_form.id"), nullable=False, unique=True),
    Column("visitor_id", Id, nullable=False),
    Column("visit_id", Id, nullable=True),
    Column("customer_id", Id, nullable=False),
    Column("conversation_id", Id, nullable=True),
    Column("expert_id", Id, nullable=True),
    Column("amount", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    Column("contact", Json, nullable=False),
    Column("frame_hash", Text, nullable=True),
    Column("status", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("confirmed_at", Time, nullable=True),
    CheckConstraint("amount >= 0", name="amount"),
    Index("ix_order_site_id_number", "site_id", "number", unique=True),
    Index("ix_order_site_id_at", "site_id", "at"),
    Index("ix_order_customer_id", "customer_id"),
    Index("ix_order_visitor_id", "visitor_id"),
)
order_line = Table(
    "order_line",
    metadata,
    Column("order_id", ForeignKey("order.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("product_id", ForeignKey("product.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    CheckConstraint("quantity BETWEEN 1 AND 999", name="quantity"),
)
