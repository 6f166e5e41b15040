"""All tables of all rooms: what migrations, `doctor` and the tests load, so that nobody ever has half a schema."""

import access.tables
import chat.tables
import crm.tables
import routing.tables
import sales.tables
import store.tables
import tracker.tables
import voice.tables
from store.metadata import metadata

__all__ = ["access", "chat", "crm", "metadata", "routing", "sales", "store", "tracker", "voice"]
