"""Who may see what: sites, accounts, sessions."""

from msgspec import to_builtins
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
)

from contract.ids import new_id
from contract.ladder import USUAL
from contract.look import USUAL as USUAL_LOOK
from contract.talk import USUAL as USUAL_TALK
from store.metadata import Id, Json, Time, metadata

#: `crew_version`: another one after each change of who works there, and of what they know (`access.do.crew_changed`).
#: `articles_version`: the same for its articles (`access.do.articles_changed`).
site = Table(
    "site",
    metadata,
    Column("id", Id, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("origins", Json, nullable=False),
    Column("language", Text, nullable=False),
    Column("zone", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("ladder", Json, nullable=False, default=lambda: to_builtins(USUAL)),
    Column("look", Json, nullable=False, default=lambda: to_builtins(USUAL_LOOK)),
    Column("talk", Json, nullable=False, default=lambda: to_builtins(USUAL_TALK)),
    Column("crew_version", Id, nullable=False, default=""),
    Column("articles_version", Id, nullable=False, default=""),
    Column("test_until", Time, nullable=True),
    Column("tree_rules", Json, nullable=True),
    Column("tree_version", Integer, nullable=False, default=0),
    Column("created_at", Time, nullable=False),
)
#: What an administrator gave of a site's tree, one row per kind, packed (`access.tree`): it is read and replaced whole,
#: and two hundred thousand rows would keep the one writer from everybody else for seconds. `site.tree_version` counts
#: its changes.
site_tree = Table(
    "site_tree",
    metadata,
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("entries", Integer, nullable=False),
    Column("packed", LargeBinary, nullable=False),
    Column("changed_at", Time, nullable=False),
    CheckConstraint("kind IN ('tree', 'sitemap')", name="kind"),
)
#: `good_until`: null for the one that is shown; the one before it stays good a little longer (`access.secret`).
site_secret = Table(
    "site_secret",
    metadata,
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Column("secret", Text, primary_key=True),
    Column("made_at", Time, nullable=False),
    Column("good_until", Time, nullable=True),
)
#: Whose pages tried to send and are not on the list: at most twenty of a site (`access.foreign`).
foreign_origin = Table(
    "foreign_origin",
    metadata,
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Column("origin", Text, primary_key=True),
    Column("first_at", Time, nullable=False),
    Column("last_at", Time, nullable=False),
    Column("count", BigInteger, nullable=False),
)
account = Table(
    "account",
    metadata,
    Column("id", Id, primary_key=True),
    Column("email", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("password_hash", Text, nullable=False),
    Column("languages", Json, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("created_at", Time, nullable=False),
    CheckConstraint("role IN ('admin', 'marketer', 'expert')", name="role"),
)
account_site = Table(
    "account_site",
    metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), primary_key=True),
    Index("ix_account_site_site_id", "site_id"),
)
#: A signed-in browser, an API token or a ticket for one socket handshake; the token itself is never stored. `name` is
#: that of a token that somebody made by hand; `used_at`: of tokens alone, to the minute.
session = Table(
    "session",
    metadata,
    Column("token_hash", Text, primary_key=True),
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("id", Id, nullable=False, unique=True, default=new_id),
    Column("name", Text, nullable=False, default=""),
    Column("created_at", Time, nullable=False),
    Column("used_at", Time, nullable=True),
    Column("expires_at", Time, nullable=False),
    CheckConstraint("kind IN ('browser', 'token', 'ticket')", name="kind"),
    Index("ix_session_account_id", "account_id"),
    Index("ix_session_expires_at", "expires_at"),
)
#: Whom a site tells what happens (docs/webhooks.md). `failing_since`: from the first failed try after the last that
#: went well; `error`: of the last one that failed; `off_at`: when it was given up for failing too long.
webhook = Table(
    "webhook",
    metadata,
    Column("id", Id, primary_key=True),
    Column("site_id", ForeignKey("site.id", ondelete="CASCADE"), nullable=False),
    Column("url", Text, nullable=False),
    Column("secret", Text, nullable=False),
    Column("events", Json, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("failing_since", Time, nullable=True),
    Column("error", Text, nullable=False),
    Column("off_at", Time, nullable=True),
    Column("created_at", Time, nullable=False),
    Index("ix_webhook_site_id", "site_id"),
)
#: A browser that is called while no desk is open in it (docs/notifications.md). `endpoint`: where its push service
#: takes what is for it; `p256dh`, `auth`: with what that is encrypted, so that only this browser reads it. `session`:
#: in which it was made, and with which it ends. `away`, `details`: what its person wants to be called for, and to read
#: there. `failed`: tries in a row that did not arrive, the last because of `error`. `line_at`: when a process last had
#: a line to a desk of this person; kept where there are several processes.
push_subscription = Table(
    "push_subscription",
    metadata,
    Column("id", Id, primary_key=True),
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), nullable=False),
    Column("session", ForeignKey("session.token_hash", ondelete="CASCADE"), nullable=False),
    Column("endpoint", Text, nullable=False, unique=True),
    Column("p256dh", Text, nullable=False),
    Column("auth", Text, nullable=False),
    Column("away", Boolean, nullable=False),
    Column("details", Boolean, nullable=False),
    Column("language", Text, nullable=False),
    Column("made_at", Time, nullable=False),
    Column("line_at", Time, nullable=False, default=0),
    Column("last_ok_at", Time, nullable=True),
    Column("failed", Integer, nullable=False),
    Column("error", Text, nullable=False),
    Index("ix_push_subscription_account_id", "account_id"),
    Index("ix_push_subscription_session", "session"),
)
#: The one key with which push services know us (`access.push`), made on first use.
push_key = Table(
    "push_key",
    metadata,
    Column("id", Text, primary_key=True),
    Column("private", LargeBinary, nullable=False),
    Column("made_at", Time, nullable=False),
)
