"""`shopbell learn`: what each site's own past teaches, put where a running server takes it over.

It is a command and no part of the server: it may take minutes and a core, and changes nothing in the base.
"""

from collections.abc import Awaitable, Callable
from importlib.util import find_spec
from pathlib import Path

import access.queries
from contract.facts import SiteFacts
from contract.names import Ms
from service.learning.visits import Say
from store.base import Store

#: One thing that can be learned of a site; returns what to print.
Learner = Callable[[Store, SiteFacts, Path, Ms, Say], Awaitable[list[str]]]


class CannotLearn(Exception):
    """A sentence that says what to do."""


def learners() -> list[Learner]:
    """Everything that is learned, in the order in which it is printed."""
    from service.learning.intent import learn_site as intent
    from service.learning.topics import learn_site as topics

    return [intent, topics]


async def run(store: Store, data_dir: Path, key: str | None, now: Ms, say: Say) -> list[str]:
    """Learn for the site with this key, without one for all. Returns the lines to print."""
    if find_spec("sklearn") is None:
        raise CannotLearn("Learning needs the extra: pip install 'shopbell[learn]'. The plain rules hold without it.")
    sites = await store.read(access.queries.all_sites)
    if key is not None:
        sites = [site for site in sites if site.key == key]
        if not sites:
            raise CannotLearn(f"There is no site {key}. `shopbell site add` makes one.")
    said: list[str] = []
    for site in sites:
        for learner in learners():
            try:
                said += await learner(store, site, data_dir, now, say)
            except OSError as error:
                raise CannotLearn(f"{error.filename or data_dir} cannot be written: {error.strerror}.") from error
    return said or ["There is no site yet. `shopbell site add` makes one."]
