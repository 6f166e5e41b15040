"""While nobody is there: what a visitor writes is answered out of the articles, then they are offered a time.

Nothing is invented: an article is quoted as it stands, and where none fits nothing is said. The offer is made once in a
conversation; what they wrote is kept for the expert of the first slot (`service.flows.mornings`). All of it belongs to
the unit of work of the message that asked: with the message it is there, without it it is not.

Articles are looked up in memory, outside of any transaction, and only at night. Whether it is night is known inside:
there `Fell` is raised before anything is done, and the message comes once more with what the articles say to it.
"""

from collections.abc import Sequence

from msgspec import to_builtins
from sqlalchemy import Connection, RowMapping

import access.queries
import chat.do
import chat.history
from chat.message import SYSTEM
from contract.answers import ArticleQuote
from contract.facts import SiteFacts
from contract.names import Ms
from service.flows import announce
from service.flows.mornings import somebody_there
from service.flows.slots import OFFERED, Asking, shown
from service.learning.learned import NOTHING, Learned
from voice.words import offer, spoken

#: So many articles are quoted at once.
QUOTED = 2


class Fell(Exception):
    """Nobody is there: come again with what the articles say."""


def is_night(conn: Connection, site_id: str, now: Ms) -> bool:
    """Whether nobody of the site is there, and it wants visitors to be answered then."""
    if somebody_there(conn, site_id, now):
        return False
    site = access.queries.site_facts(conn, site_id)
    return site is not None and site.talk.night


def answer(
    conn: Connection,
    site: SiteFacts,
    talk: RowMapping,
    text: str,
    articles: Sequence[ArticleQuote],
    now: Ms,
    learned: Learned = NOTHING,
) -> None:
    """To what the visitor just wrote at night into a conversation (`talk`) that nobody has. `articles`: what fits it,
    best first."""
    _quote(conn, site, talk["id"], articles, now)
    if not chat.history.happened(conn, talk["id"], "night.slots"):
        _offer(conn, site, talk, text, now, learned)


def _quote(conn: Connection, site: SiteFacts, conversation_id: str, articles: Sequence[ArticleQuote], now: Ms) -> None:
    """What was quoted here before is not quoted again: it did not help."""
    known = chat.history.quoted(conn, conversation_id)
    fitting = [one for one in articles if (one.id, one.quote) not in known][:QUOTED]
    if fitting:
        words = "\n\n".join(f"{one.title}\n{one.quote}" for one in fitting)
        data = {"articles": [{"id": one.id, "title": one.title, "quote": one.quote} for one in fitting]}
        said = chat.do.add(conn, conversation_id, SYSTEM, "articles", words, data, None, now)
        announce.message_added(conn, site.id, said)


def _offer(conn: Connection, site: SiteFacts, talk: RowMapping, text: str, now: Ms, learned: Learned) -> None:
    """The next times, each with a name. Without any nothing is promised: the ladder's last words are said when the
    bell ends, and whoever comes first is rung."""
    conversation_id = talk["id"]
    asking = Asking(conn, site, talk["visitor_id"], talk["frame_hash"], words=text, learned=learned)
    free = asking.free(now, OFFERED)
    if not free:
        chat.do.keep_for(conn, conversation_id, None, now)
        return
    first = free[0]
    data = {"name": "night.slots", "slots": to_builtins(shown(free))}
    words = offer(first.expert.name, spoken(first.at, site.zone, now))
    chat.do.add(conn, conversation_id, SYSTEM, "event", words, data, None, now)
    chat.do.keep_for(conn, conversation_id, first.expert.id, first.at)
