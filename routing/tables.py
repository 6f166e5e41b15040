"""Who should answer: what experts know, who is there, which bells ring, and why."""

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    Table,
    Text,
    and_,
    literal_column,
    text,
)

from store.metadata import Id, Json, Time, metadata

#: The person at a desk. `lease_until` (database time) is renewed while a socket of theirs answers.
#: `status_at`: when they last said where they are, `status_reason`: why. `hours`: when they work (`contract.hours`),
#: kept as text because it is compared, and taken apart once; null is always. After a conversation no bell rings until
#: `rest_until`. `wake_at`: when waiting alerts may ring here again by themselves. `missed`: bells in a row that rang
#: out here and nowhere else, the last at `missed_at`. `handed_on`: conversations that were taken from them while their
#: line was lost.
#: `busy`: 1 while all their places were taken when they were last counted: a hint for who is looked for first, never
#: the last word.
expert = Table(
    "expert",
    metadata,
    Column("id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("capacity", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_at", Time, nullable=False),
    Column("status_reason", Text, nullable=False),
    Column("lease_until", Time, nullable=False),
    Column("assigned_at", Time, nullable=False),
    Column("busy", Integer, nullable=False, default=0),
    Column("hours", Text, nullable=True),
    Column("breath_seconds", Integer, nullable=False),
    Column("rest_until", Time, nullable=False),
    Column("wake_at", Time, nullable=True),
    Column("missed", Integer, nullable=False),
    Column("missed_at", Time, nullable=False),
    Column("handed_on", Integer, nullable=False),
    CheckConstraint("status IN ('online', 'away', 'offline')", name="status"),
    CheckConstraint("capacity BETWEEN 1 AND 100", name="capacity"),
    CheckConstraint("breath_seconds BETWEEN 0 AND 600", name="breath_seconds"),
    Index("ix_expert_wake_at", "wake_at"),
    Index(
        "ix_expert_idle",
        "assigned_at",
        "id",
        sqlite_where=text("status = 'online' AND busy = 0"),
        postgresql_where=text("status = 'online' AND busy = 0"),
    ),
)
expertise = Table(
    "expertise",
    metadata,
    Column("expert_id", ForeignKey("expert.id", ondelete="CASCADE"), primary_key=True),
    Column("node_id", Id, primary_key=True),
    Column("path", Json, nullable=False),
    Column("level", Integer, nullable=False),
    CheckConstraint("level BETWEEN 1 AND 5", name="level"),
)
#: What people write who mean this topic, as an administrator gave it: learned from beside conversations.
topic_phrase = Table(
    "topic_phrase",
    metadata,
    Column("site_id", ForeignKey("site.id"), primary_key=True),
    Column("node_id", Id, primary_key=True),
    Column("path", Json, nullable=False),
    Column("phrases", Json, nullable=False),
)
#: conditions, content, caps, quiet: the shapes of `contract.triggers`.
trigger = Table(
    "trigger",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("conditions", Json, nullable=False),
    Column("action", Text, nullable=False),
    Column("content", Json, nullable=False),
    Column("caps", Json, nullable=False),
    Column("quiet", Json, nullable=True),
    Column("hold_out", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Time, nullable=False),
    CheckConstraint("hold_out BETWEEN 0 AND 50", name="hold_out"),
    Index("ix_trigger_site_id", "site_id"),
)
#: Conditions under a name, for triggers to refer to.
segment = Table(
    "segment",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("conditions", Json, nullable=False),
    Column("created_at", Time, nullable=False),
    Index("ix_segment_site_id", "site_id"),
)
#: What a trigger did, or left alone, once for each occasion. `ref`: the alert, conversation or card that came of it.
#: Outlives its trigger.
firing = Table(
    "firing",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("trigger_id", Id, nullable=False),
    Column("occasion", Id, nullable=False),
    Column("visit_id", Id, nullable=False),
    Column("visitor_id", Id, nullable=False),
    Column("customer_id", Id, nullable=True),
    Column("at", Time, nullable=False),
    Column("arm", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("ref", Id, nullable=True),
    CheckConstraint("arm IN ('treated', 'held_out')", name="arm"),
    Index("ix_firing_occasion_trigger_id", "occasion", "trigger_id", unique=True),
    Index("ix_firing_visit_id", "visit_id"),
    Index("ix_firing_visitor_id_trigger_id", "visitor_id", "trigger_id"),
    Index("ix_firing_trigger_id_at", "trigger_id", "at"),
)
#: Written out, not bound: only then do both databases see that the partial index of who could be rung applies.
IDLE = and_(expert.c.status == literal_column("'online'"), expert.c.busy == literal_column("0"))
#: The bell. `occasion` makes it unique: a trigger fires once per visit, or once per return.
alert = Table(
    "alert",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("visit_id", Id, nullable=False),
    Column("visitor_id", Id, nullable=False),
    Column("customer_id", Id, nullable=True),
    Column("trigger_id", Id, nullable=False),
    Column("occasion", Id, nullable=False),
    Column("reason", Text, nullable=False),
    Column("importance", Integer, nullable=False),
    Column("why", Json, nullable=False),
    Column("topic", Json, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("outcome", Text, nullable=True),
    Column("rung", Text, nullable=True),
    Column("expert_id", Id, nullable=True),
    Column("raised_at", Time, nullable=False),
    Column("due_at", Time, nullable=False),
    Column("gone_at", Time, nullable=True),
    Column("ended_at", Time, nullable=True),
    Column("version", Integer, nullable=False),
    Column("announced", Integer, nullable=False),
    CheckConstraint("state IN ('ringing', 'accepted', 'ended')", name="state"),
    Index("ix_alert_occasion_trigger_id", "occasion", "trigger_id", unique=True),
    Index("ix_alert_visit_id", "visit_id"),
    Index("ix_alert_site_id_raised_at", "site_id", "raised_at"),
    Index(
        "ix_alert_ringing",
        "site_id",
        "customer_id",
        sqlite_where=text("state = 'ringing'"),
        postgresql_where=text("state = 'ringing'"),
    ),
    Index(
        "ix_alert_due_at",
        "due_at",
        sqlite_where=text("state = 'ringing'"),
        postgresql_where=text("state = 'ringing'"),
    ),
    Index(
        "ix_alert_unannounced",
        "id",
        sqlite_where=text("announced < version"),
        postgresql_where=text("announced < version"),
    ),
)
#: Written out, not bound: only then do both databases see that the partial indexes of open alerts apply.
RINGING = alert.c.state == literal_column("'ringing'")
#: The reason of an alert that no trigger raised: the visitor wrote, and nobody has this conversation.
ASKED = "asked"
#: Whom an alert has rung, on which rung, and what came of it. `outcome` is null while it rings there.
ring = Table(
    "ring",
    metadata,
    Column("alert_id", ForeignKey("alert.id"), primary_key=True),
    Column("expert_id", Id, primary_key=True),
    Column("rung", Text, primary_key=True),
    Column("at", Time, nullable=False),
    Column("until", Time, nullable=False),
    Column("outcome", Text, nullable=True),
    Index(
        "ix_ring_open",
        "expert_id",
        "alert_id",
        sqlite_where=text("outcome IS NULL"),
        postgresql_where=text("outcome IS NULL"),
    ),
)
#: The stored record of one choice: for an alert, or for the firing of a trigger that invites by itself. `others`:
#: reason -> how many more there were.
decision = Table(
    "decision",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id"), nullable=False),
    Column("alert_id", ForeignKey("alert.id"), nullable=True),
    Column("firing_id", Id, nullable=True),
    Column("visit_id", Id, nullable=False),
    Column("rung", Text, nullable=False),
    Column("at", Time, nullable=False),
    Column("chosen", Json, nullable=False),
    Column("candidates", Json, nullable=False),
    Column("others", Json, nullable=False),
    Column("outcome", Text, nullable=False),
    Index("ix_decision_visit_id", "visit_id"),
    Index("ix_decision_alert_id", "alert_id"),
)
