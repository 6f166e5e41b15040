"""Seed phrases: what people write who mean a topic, given by an administrator before there is much to learn from."""

from collections.abc import Collection, Iterable

from sqlalchemy import Connection, delete, select

from contract.errors import Refused
from contract.text import has_forbidden
from routing.about import Path
from routing.tables import topic_phrase
from store.sql import upsert


def checked(phrases: Iterable[str]) -> list[str]:
    """Each once and on one line. Refused("invalid", "phrases") for an empty one, or one that no base can keep."""
    kept = list(dict.fromkeys(" ".join(phrase.split()) for phrase in phrases))
    if any(not phrase or has_forbidden(phrase) for phrase in kept):
        raise Refused("invalid", "phrases")
    return kept


def set_phrases(conn: Connection, site_id: str, node_id: str, path: Path, phrases: Iterable[str]) -> list[str]:
    """Replace what is kept for this node; returns it. Refused as by `checked`."""
    kept = checked(phrases)
    if kept:
        row = {"site_id": site_id, "node_id": node_id, "path": list(path), "phrases": kept}
        upsert(conn, topic_phrase, row, ["path", "phrases"])
    else:
        table = topic_phrase.c
        conn.execute(delete(topic_phrase).where(table.site_id == site_id, table.node_id == node_id))
    return kept


def of_nodes(conn: Connection, site_ids: Collection[str], node_ids: Collection[str]) -> dict[str, list[str]]:
    """node id -> its phrases, where there are any."""
    table = topic_phrase.c
    rows = conn.execute(
        select(table.node_id, table.phrases).where(table.site_id.in_(site_ids), table.node_id.in_(node_ids))
    )
    return {row.node_id: row.phrases for row in rows}


def of_site(conn: Connection, site_id: str) -> list[tuple[Path, list[str]]]:
    """All that is kept for a site, in the order of the nodes' ids."""
    table = topic_phrase.c
    rows = conn.execute(select(table.path, table.phrases).where(table.site_id == site_id).order_by(table.node_id))
    return [(tuple(row.path), row.phrases) for row in rows]
