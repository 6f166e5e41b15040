"""Strangers who walk through the demo shop by themselves, so that the desk is alive while nobody is about.

They take the same journey as any page view, a few at a time, each in a browser of their own that nobody saw before.
Most look at a shelf or two and go. A few go deep, quickly, as people who compare do; only after the first quarter of an
hour does one now and then linger so deep that a bell rings: who tries the demo first is not disturbed by it.
"""

import asyncio
import contextlib
import random
import secrets
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import msgspec
import structlog

from contract.beacons import Beacon, Event, PageLeft, PageStayed, PageViewed
from contract.clock import MINUTE, SECOND, now_ms
from contract.errors import Refused
from contract.names import Ms
from service.demo.bell import SITE
from service.demo.catalogue import shop
from service.demo.shop import Path, Product, Section
from service.replay.live import marks

if TYPE_CHECKING:
    from service.bell import Bell

#: In the shop at the same time, on average.
AT_ONCE = 3
UNDISTURBED: Ms = 15 * MINUTE
#: How many in a hundred linger deep, once that time is over.
LINGERING = 5
#: A stranger who does not linger has left a branch before the demo's trigger (15 s of dwell on one branch) is complete.
_SHORT: Ms = 13 * SECOND
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/18.4 Safari/605.1.15",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 "
    "Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
)
_REFERRERS = ("", "", "https://www.google.com/", "https://duckduckgo.com/", "https://www.instagram.com/")
log = structlog.get_logger()


class Look(msgspec.Struct, frozen=True):
    """A page of the shop, opened and looked at for `look` ms."""

    path: Path
    url: str
    title: str
    look: Ms


async def walk_in(bell: "Bell") -> None:
    """Until cancelled: somebody new comes in as soon as there is room."""
    dice = random.Random()
    began = asyncio.get_running_loop().time()
    inside: set[asyncio.Task[None]] = set()
    try:
        while True:
            await asyncio.sleep(dice.uniform(2, 12))
            if len(inside) < AT_ONCE:
                passed = (asyncio.get_running_loop().time() - began) * SECOND
                may_linger = passed > UNDISTURBED and dice.randrange(100) < LINGERING
                stranger = asyncio.create_task(_visit(bell, dice, may_linger))
                inside.add(stranger)
                stranger.add_done_callback(inside.discard)
    finally:
        for stranger in inside:
            stranger.cancel()


def walk(dice: random.Random, *, lingers: bool = False) -> Iterator[Look]:
    """The pages of one visit: in at the home page, down one branch, sometimes across to another."""
    branches = list(shop().sections)
    dice.shuffle(branches)
    yield Look((), "/", "Linden Yard", dice.randint(2_000, 9_000))
    for branch in branches[: dice.choice((1, 1, 1, 2))]:
        pages = list(_down(dice, branch))
        wanted = len(pages) if lingers or dice.random() < 0.2 else dice.choice((1, 1, 2))
        room = _SHORT
        for page in pages[:wanted]:
            look = dice.randint(8_000, 20_000) if lingers else min(dice.randint(1_500, 6_000), room)
            room -= look
            if look < SECOND:
                break
            yield Look(_path(page), page.url, page.name.en, look)


def _down(dice: random.Random, section: Section) -> Iterator[Section | Product]:
    """From a branch to one of its products, shelf by shelf."""
    yield section
    if section.sections:
        yield from _down(dice, dice.choice(section.sections))
    elif section.products:
        yield dice.choice(section.products)


def _path(page: Section | Product) -> Path:
    return page.page if isinstance(page, Product) else page.path


async def _visit(bell: "Bell", dice: random.Random, lingers: bool) -> None:
    key, agent = secrets.token_hex(16), dice.choice(_AGENTS)
    referrer = dice.choice(_REFERRERS)
    base = bell.settings.public_url

    async def tell(event: Event) -> None:
        site = await bell.sites.by_key(SITE)
        if site is not None:
            beacon = Beacon(site=SITE, visitor=key, events=[event])
            with contextlib.suppress(Refused):  # busy or away: a stranger who was not seen
                await bell.journey.collect(site, beacon, received_at=now_ms(), user_agent=agent)

    try:
        for page in walk(dice, lingers=lingers):
            url, view = base + page.url, str(uuid.uuid4())
            await tell(
                PageViewed(
                    id=view, url=url, title=page.title, referrer=referrer, path=list(page.path), source="breadcrumb"
                )
            )
            passed = 0
            for mark in (*marks(page.look), page.look):
                await asyncio.sleep((mark - passed) / SECOND)
                passed = mark
                kind = PageLeft if mark == page.look else PageStayed
                await tell(kind(id=str(uuid.uuid4()), page=view, dwell=mark, scroll=min(100, 20 + mark // 200)))
            referrer = url
    except Exception:
        log.exception("stranger.stumbled")
