"""What happened, and who is it: the tree, visitors, visits, events, page views."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from store.metadata import Id, Json, Time, metadata

#: The information tree. The id is made from site and path (`contract.ids.node_id`), so it is known without a look-up.
node = Table(
    "node",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("parent_id", Id, nullable=True),
    Column("name", Text, nullable=False),
    Column("path", Json, nullable=False),
    Column("depth", Integer, nullable=False),
    Index("ix_node_site_id_parent_id", "site_id", "parent_id"),
)
#: `bot`: what we hold it for; `bot_said`: what a person of the house said of it by hand, null until then
#: (`tracker.bots.marked`). `early`: it has rows in `early_mark`. `stamp`: a new one whenever
#: anything of its visits changes (`tracker.memory`).
visitor = Table(
    "visitor",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("key_hash", Text, nullable=False),
    Column("first_at", Time, nullable=False),
    Column("last_at", Time, nullable=False),
    Column("bot", Boolean, nullable=False),
    Column("bot_said", Boolean, nullable=True),
    Column("early", Boolean, nullable=False),
    Column("stamp", BigInteger, nullable=False),
    Index("ix_visitor_site_id_key_hash", "site_id", "key_hash", unique=True),
)
#: One sitting: all signs of life of one visitor with no more than 30 minutes of silence between two of them. Everything
#: from `heard_at` to `left_at` follows from its page views and events (`tracker.visit.summarise`). A sitting without a
#: page view (an old tab that closed hours later) has `pages` 0 and counts nowhere: see `tracker.queries.counted`.
visit = Table(
    "visit",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("visitor_id", ForeignKey("visitor.id"), nullable=False),
    Column("started_at", Time, nullable=False),
    Column("last_at", Time, nullable=False),
    Column("heard_at", Time, nullable=False),
    Column("number", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("dwell", BigInteger, nullable=False),
    Column("path", Json, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("deepest", Integer, nullable=False),
    Column("topic", Json, nullable=False),
    Column("topic_share", Integer, nullable=False),
    Column("branches", Json, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("source", Json, nullable=False),
    Column("arrival", Id, nullable=True),
    Column("left_at", Time, nullable=True),
    Column("user_agent", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("bot", Boolean, nullable=False),
    Column("merged_into", Id, nullable=True),
    Index("ix_visit_visitor_id_started_at", "visitor_id", "started_at"),
    Index("ix_visit_site_id_started_at", "site_id", "started_at"),
    Index("ix_visit_site_id_heard_at", "site_id", "heard_at"),
)
#: A fact, stored once: (site, id) is its identity for ever. Columns that a type does not have are null. `position`: its
#: place in the body that brought it, oldest first; it orders what happened in the same millisecond. `value`:
#: `props.value`, where that is a whole number: triggers ask for it, and need not read the props.
event = Table(
    "event",
    metadata,
    Column("site_id", ForeignKey("site.id"), primary_key=True),
    Column("id", Id, primary_key=True),
    Column("visitor_id", Id, nullable=False),
    Column("type", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("received_at", Time, nullable=False),
    Column("position", Integer, nullable=False),
    Column("page", Id, nullable=True),
    Column("dwell", Integer, nullable=True),
    Column("scroll", Integer, nullable=True),
    Column("name", Text, nullable=True),
    Column("props", Json, nullable=True),
    Column("value", BigInteger, nullable=True),
    Index("ix_event_visitor_id_at", "visitor_id", "at"),
)
#: What was said of staying on a page and leaving it before its view came: looked for when the view comes.
early_mark = Table(
    "early_mark",
    metadata,
    Column("site_id", ForeignKey("site.id"), primary_key=True),
    Column("page", Id, primary_key=True),
    Column("id", Id, primary_key=True),
    Column("visitor_id", Id, nullable=False),
    Column("type", Text, nullable=False),
    Column("dwell", Integer, nullable=False),
    Column("scroll", Integer, nullable=False),
    Column("at", Time, nullable=False),
)
#: What a `page.viewed` event says, and what was learned of that view since. `stayed_at`: the newest sign that somebody
#: is there; `left_at`: the newest leaving, which counts while it is not older than that.
page_view = Table(
    "page_view",
    metadata,
    Column("site_id", ForeignKey("site.id"), primary_key=True),
    Column("id", Id, primary_key=True),
    Column("visit_id", ForeignKey("visit.id"), nullable=False),
    Column("visitor_id", Id, nullable=False),
    Column("node_id", ForeignKey("node.id"), nullable=False),
    Column("at", Time, nullable=False),
    Column("position", Integer, nullable=False),
    Column("depth", Integer, nullable=False),
    Column("dwell", Integer, nullable=False),
    Column("scroll", Integer, nullable=False),
    Column("stayed_at", Time, nullable=False),
    Column("left_at", Time, nullable=True),
    Column("path", Json, nullable=False),
    Column("source", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("referrer", Text, nullable=False),
    Index("ix_page_view_visit_id_at", "visit_id", "at"),
    Index("ix_page_view_site_id_at", "site_id", "at"),
)
rejected_event = Table(
    "rejected_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("at", Time, nullable=False),
    Column("reason", Text, nullable=False),
    Column("event", Json, nullable=False),
    Index("ix_rejected_event_site_id_at", "site_id", "at"),
)
#: While a site is in test mode: what came, whatever became of it. Only the newest are kept (`tracker.testing`).
test_event = Table(
    "test_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("at", Time, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("reason", Text, nullable=True),
    Column("event", Json, nullable=False),
    Column("placed", Json, nullable=True),
    Column("visitor_id", Id, nullable=True),
    Column("visit_id", Id, nullable=True),
    Index("ix_test_event_site_id_id", "site_id", "id"),
)
