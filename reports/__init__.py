"""Questions about what happened. Reads across all rooms' tables, changes nothing; only `service` imports it."""
