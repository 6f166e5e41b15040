"""Who is held for a program: by its own words, by its rhythm, by a person's word; and who never is."""

import random

import pytest

from contract.clock import MINUTE, SECOND
from tests.unit.agents import BROWSERS
from tracker.bots import FEW, behaves_like_a_program, marked
from tracker.device import agent, is_bot

PROGRAMS = {
    "a crawler": "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "a crawler as a telephone": "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X Build/MMB29P) AppleWebKit/537.36 (KHTML, "
    "like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "a headless browser": BROWSERS["Chrome on Linux"].replace("Chrome/", "HeadlessChrome/"),
    "a browser that is driven": f"{BROWSERS['Chrome on Linux']} Playwright/1.55",
    "a measuring browser": f"{BROWSERS['Chrome on Linux']} Chrome-Lighthouse",
    "a spider": "Mozilla/5.0 (compatible; Baiduspider/2.0)",
    "who reads for a machine": "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
    "+https://openai.com/gptbot)",
    "who asks for a person": "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; Claude-User/1.0; "
    "+Claude-User@anthropic.com)",
    "curl": "curl/8.1.2",
    "wget": "Wget/1.21",
    "a library": "python-requests/2.32",
    "another library": "okhttp/5.0.0",
    "a third": "Java/17.0.2",
    "who shows a link": "facebookexternalhit/1.1",
    "who shows a link to a friend": "WhatsApp/2.23.20.0",
    "a reader of feeds": "UniversalFeedParser/4.2-pre-314-svn +http://feedparser.org/",
    "a tool of next year": "SomethingNew/0.1",
    "a tool that pretends a little": "Mozilla/5.0 SomethingNew/0.1",
    "who is compatible": "Mozilla/5.0 (compatible; SomethingNew/0.1)",
    "who leaves an address": f"{BROWSERS['Chrome on Linux']} (+https://something.example/about)",
    "who leaves a mailbox": f"{BROWSERS['Firefox on Linux']} something@example.org",
}


@pytest.mark.parametrize("name", BROWSERS)
def test_an_ordinary_browser_is_no_program(name: str) -> None:
    """Within an app, on a television, of yesterday, of a text terminal."""
    assert not is_bot(agent(BROWSERS[name]))


@pytest.mark.parametrize("name", PROGRAMS)
def test_who_calls_itself_a_program_is_one(name: str) -> None:
    """By a word, or by a form that no browser has."""
    assert is_bot(agent(PROGRAMS[name]))


def steps(*pauses: int) -> list[int]:
    at, views = 0, [0]
    for pause in pauses:
        at += pause
        views.append(at)
    return views


def uneven(count: int, usual: int, spread: float, seed: int = 7) -> list[int]:
    chance = random.Random(seed)
    return steps(*(int(usual * chance.uniform(1 - spread, 1 + spread)) for _ in range(count - 1)))


@pytest.mark.parametrize(
    ("views", "dwell", "signs"),
    [
        ([], 0, 0),
        ([0], 0, 0),
        (uneven(40, 5 * SECOND, 0.8), 150 * SECOND, 40),
        (steps(*[0] * 30), 0, 0),
        (steps(*[50] * 199), 0, 200),
        (steps(*[300] * 150), 40 * SECOND, 150),
        (uneven(100, 1_100, 0.5), 90 * SECOND, 100),
        (uneven(200, 800, 0.5), 100 * SECOND, 200),
        (uneven(300, 4 * SECOND, 0.6), 0, 0),
        (steps(*[30 * SECOND] * 500), 0, 500),
        (steps(*[5 * SECOND] * 500), 2_400 * SECOND, 500),
        (steps(*[SECOND] * (FEW - 2)), 0, 0),
        (steps(*[0] * 100), 0, 0),
    ],
    ids=[
        "nothing", "one page", "a reader", "thirty tabs at once", "a session of two hundred tabs restored",
        "a fast filter in a single page application", "a fast clicker", "a faster one who looks", "a log without dwell",
        "a dashboard that reloads in the background", "a slide show", "few", "all at one moment",
    ],
)  # fmt: skip
def test_people_are_not_held_for_programs(views: list[int], dwell: int, signs: int) -> None:
    """Fast readers, openers of tabs, pages that move by themselves."""
    assert not behaves_like_a_program(views, dwell, signs)


@pytest.mark.parametrize(
    ("views", "dwell", "signs"),
    [
        (steps(*[500] * 300), 0, 0),
        (uneven(300, 500, 0.5), 0, 300),
        (uneven(1_000, 200, 0.9), 5 * SECOND, 1_000),
        (steps(*[10 * SECOND] * (FEW - 1)), 0, 0),
        (uneven(100, 3 * SECOND, 0.02), 0, 0),
    ],
    ids=["a loop", "a loop with chance, that says it left", "a quick one", "a clock", "a clock on a slow line"],
)
def test_what_no_person_can_do_is_a_program(views: list[int], dwell: int, signs: int) -> None:
    """More than a page a second for minutes, hardly looked at; or the pauses of a clock, and no sign of leaving."""
    assert behaves_like_a_program(views, dwell, signs)


def test_the_pace_is_judged_only_when_it_lasts() -> None:
    """Two minutes, to the page."""
    fast = [number * 900 for number in range(1 + 2 * MINUTE // 900)]
    assert not behaves_like_a_program(fast, 0, 1)
    assert behaves_like_a_program([*fast, fast[-1] + 900], 0, 1)


@pytest.mark.parametrize(
    ("seen", "said", "held"),
    [(False, None, False), (True, None, True), (True, False, False), (False, True, True), (True, True, True)],
)
def test_a_person_has_the_last_word(seen: bool, said: bool | None, held: bool) -> None:
    """Whatever was seen before and is seen after."""
    assert marked(seen, said) is held
