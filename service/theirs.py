"""Whether what is done with a visitor key is done by the person behind it: every script of the shop's page can read the
key, and none the frame's secret (contract 4)."""

from sqlalchemy import Connection

import chat.queries
import sales.queries


def frames(conn: Connection, visitor_id: str) -> set[str]:
    """The frames in which this visitor has ordered; of one who has not, those in which somebody served them."""
    return sales.queries.frames_of_orders(conn, visitor_id) or chat.queries.frames_served(conn, visitor_id)


def is_theirs(conn: Connection, visitor_id: str, frame_hash: str | None) -> bool:
    """Whether the person we know may have done it: it was in a frame of theirs, or none of theirs is known, so that
    the key is all there ever was (a native client, a page without secure cookies)."""
    known = frames(conn, visitor_id)
    return not known or frame_hash in known
