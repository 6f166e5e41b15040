"""Learning topics for one site: what visitors wrote in conversations that went well, and the phrases that were given.

A conversation that led to an order was about what was ordered. Any other was about what the visitor was reading, if the
expert who took it knows that: then the bell rang at the right desk. All the others say nothing of what they were about,
and are left out.
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import Connection, select

import routing.phrases
import tracker.queries
from chat.tables import conversation, message
from contract.facts import SiteFacts
from contract.names import Ms
from routing.about import Path as Place
from routing.learn.files import Head, model_file, write
from routing.learn.topics import FEWEST, LEAST_RIGHT, Sample, train, useful
from routing.match import Knows, match
from routing.queries import knowledge
from routing.topics import FORMAT, KIND, TopicModel, encode
from routing.words import MOST
from sales.tables import order, order_line, product
from service.learning.visits import Say
from store.base import Store

#: The newest conversations of a site that are learned from, and how many are read at once.
CONVERSATIONS = 20_000
_BATCH = 500


class Talk(NamedTuple):
    """A closed conversation that an expert had taken."""

    id: str
    visit: str | None
    expert: str


async def learn_site(store: Store, site: SiteFacts, data_dir: Path, now: Ms, say: Say) -> list[str]:
    """Returns what to print. Holds no transaction while it learns; the base is only read.

    Raises OSError where the model cannot be written.
    """
    given, talked = await samples(store, site.id)
    if talked or given:
        say(f"{site.key}: {len(talked):,} conversations and {len(given):,} phrases read, learning topics")
    model, file = train([*given, *talked]), model_file(data_dir, site.id, KIND)
    if model is None or not useful(model):
        file.unlink(missing_ok=True)  # what it was learned from is no longer there, or teaches nothing
    else:
        learned_from: dict[str, int | float | str] = {
            "conversations": len(talked),
            "phrases": len(given),
            "right": round(model.right, 4),
        }
        write(file, Head(kind=KIND, format=FORMAT, made_at=now, learned_from=learned_from), encode(model))
    return [f"{site.key}: topics", *(f"  {line}" for line in lines(len(talked), len(given), model))]


def lines(talked: int, given: int, model: TopicModel | None) -> list[str]:
    """What was learned, as a person reads it."""
    said = f"{talked:,} conversations that went well, {given:,} phrases that were given."
    if model is None:
        return [
            said,
            f"Fewer than 2 topics have {FEWEST} different texts: what visitors write has no say. Phrases can be given "
            "with PATCH /api/topics/{id}.",
        ]
    topics = sum(1 for path in model.paths if path)
    if not useful(model):
        return [
            said,
            f"{topics} topics; of {model.judged:,} texts not seen while learning {model.right:.0%} were placed right, "
            f"and whoever always says the largest topic places {model.largest:.0%}.",
            f"It must be surely more than that, and at least {LEAST_RIGHT:.0%}: what visitors write has no say. "
            "More conversations or more phrases help (PATCH /api/topics/{id}).",
        ]
    return [
        said,
        f"{topics} topics learned; of texts not seen while learning {model.right:.0%} were placed right. "
        "A running server takes it over by itself.",
    ]


async def samples(store: Store, site_id: str) -> tuple[list[Sample], list[Sample]]:
    """(of given phrases, of conversations), the newest conversations first."""

    def read(conn: Connection) -> tuple[list[Sample], list[Talk]]:
        given = routing.phrases.of_site(conn, site_id)
        return [Sample(phrase, path) for path, phrases in given for phrase in phrases], _talks(conn, site_id)

    given, talks = await store.read(read)
    found: list[Sample] = []
    for start in range(0, len(talks), _BATCH):
        some = talks[start : start + _BATCH]
        found += await store.read(lambda conn, some=some: list(of_talks(conn, some)))  # type: ignore[misc]
    return given, found


def _talks(conn: Connection, site_id: str) -> list[Talk]:
    rows = conn.execute(
        select(conversation.c.id, conversation.c.visit_id, conversation.c.expert_id)
        .where(
            conversation.c.site_id == site_id,
            conversation.c.state == "closed",
            conversation.c.expert_id.is_not(None),
        )
        .order_by(conversation.c.opened_at.desc(), conversation.c.id)
        .limit(CONVERSATIONS)
    )
    return [Talk(*row) for row in rows]


def of_talks(conn: Connection, talks: Sequence[Talk]) -> Iterator[Sample]:
    """What the visitor wrote in each, with what it was about, where that is known and something was written."""
    ids = [talk.id for talk in talks]
    wrote, ordered = _wrote(conn, ids), _ordered(conn, ids)
    visits = tracker.queries.visit_rows(conn, [talk.visit for talk in talks if talk.visit is not None])
    knows = {
        expert: tuple(Knows(tuple(path), level) for path, level in topics)
        for expert, topics in knowledge(conn, {talk.expert for talk in talks}).items()
    }
    for talk in talks:
        read = visits.get(talk.visit or "")
        path = ordered.get(talk.id) or about(tuple(read["topic"]) if read else (), knows.get(talk.expert, ()))
        if path and wrote.get(talk.id):
            yield Sample(wrote[talk.id], path)


def about(read: Place, knows: tuple[Knows, ...]) -> Place:
    """The topic that was read, if the expert who answered knows it; else (), nobody can tell."""
    return read if match(read, knows) is not None else ()


def _wrote(conn: Connection, ids: Sequence[str]) -> Mapping[str, str]:
    """conversation -> all that the visitor wrote, a line for each message, as it is given to the model later."""
    rows = conn.execute(
        select(message.c.conversation_id, message.c.text)
        .where(message.c.conversation_id.in_(ids), message.c.author_kind == "visitor", message.c.kind == "text")
        .order_by(message.c.conversation_id, message.c.seq)
    )
    found: dict[str, str] = {}
    for id_, text in rows:
        if len(found.get(id_, "")) < MOST:
            found[id_] = f"{found[id_]}\n{text}" if id_ in found else text
    return found


def _ordered(conn: Connection, ids: Sequence[str]) -> Mapping[str, Place]:
    """conversation -> the place of the dearest line of the last order that it led to."""
    rows = conn.execute(
        select(order.c.conversation_id, product.c.path)
        .join(order_line, order_line.c.order_id == order.c.id)
        .join(product, product.c.id == order_line.c.product_id)
        .where(order.c.conversation_id.in_(ids))
        .order_by(order.c.at, order_line.c.total, order_line.c.position.desc())
    )
    return {id_: tuple(path) for id_, path in rows}
