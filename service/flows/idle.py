"""Conversations in which nobody writes end by themselves, after a warning. Nothing is asked per page view or message:
one look at the open conversations every few seconds, through an index that holds nothing else."""

import msgspec
from sqlalchemy import Connection

import access.queries
import chat.queries
import chat.silence
from contract.facts import SiteFacts
from contract.names import Ms
from service.flows import announce
from service.flows.ended import held_to_end
from service.flows.reachable import conversation_over


class Moved(msgspec.Struct):
    """`conversations` were told of their end, or ended; `freed`: experts who have a place again."""

    conversations: list[str] = msgspec.field(default_factory=list)
    freed: list[str] = msgspec.field(default_factory=list)


def due(conn: Connection, now: Ms) -> list[tuple[str, str]]:
    """(conversation, site) of those that are to be told of their end, or have come to it."""
    found = chat.silence.ending(conn, now)
    for site_id in chat.silence.silent_since(conn):
        site = access.queries.site_facts(conn, site_id)
        if site is not None:
            found += [(id_, site_id) for id_ in chat.silence.quiet(conn, site_id, site.talk, now)]
    return found


def move(conn: Connection, asked: list[tuple[str, str]], now: Ms) -> Moved:
    """Tell or end each of them, if that is still so once it is held. A part of `ended.ending`."""
    moved, sites = Moved(), dict[str, SiteFacts | None]()
    some = sorted(asked)[: chat.silence.MOST]
    held_to_end(conn, [seen for id_, _ in some if (seen := chat.queries.row(conn, id_)) is not None])
    for conversation_id, site_id in some:
        if site_id not in sites:
            sites[site_id] = access.queries.site_facts(conn, site_id)
        site = sites[site_id]
        row = chat.silence.move(conn, conversation_id, site.talk, now) if site is not None else None
        if row is None:
            continue
        moved.conversations.append(conversation_id)
        if row["over"]:
            announce.conversation_closed(conn, row, None, now)
            conversation_over(conn, row["expert_id"], now)
            moved.freed.append(row["expert_id"])
    return moved
