"""Programs by their own words, on a list of 2,116 crawlers; and how many ordinary browsers are taken for one.

`pytest -s tests/real/test_crawlers.py` prints both figures and every string that is still wrong; docs/bots.md explains
what kinds those are.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.real.agent_lists import CRAWLERS, agents, cases, crawlers, fixture
from tracker.agents import parse
from tracker.device import agent, is_bot

RECALL, FALSE_ALARMS = 0.99, 0.001
#: What the list of 12,500 old agents holds for a browser that a person looks through; the rest are tools and robots.
LOOKED_THROUGH = frozenset({
    "IE", "Firefox", "Opera", "Netscape", "Safari", "MyIE2", "Konqueror", "Galeon", "Maxthon", "Epiphany",
    "Crazy Browser", "Camino", "Avant", "K-Meleon", "Bon Echo", "NetFront", "iCab", "Opera Mobile", "Shiira", "OmniWeb",
    "Lunascape", "Phoenix", "Chimera", "SEMC-Browser", "UP.Browser", "Nokia Services (WAP) Browser", "Links", "Lynx",
    "ELinks", "Dillo",
})  # fmt: skip
#: In the list of crawlers, and none for us: a person is there, as far as the agent tells.
PEOPLE = (
    "Instagram 406.0.0.58.159 Android",  # a page opened within the telephone's app
    "MetaIAB Facebook",  # the same
    "Code/1.115.0 Chrome/",  # the browser of a programmer's editor
    "Trae/1.107.1 Chrome/",  # the same
    "Fluid/0.9.6 Safari/",  # one site as a program of its own
)
#: In the lists of browsers, and programs for us: link checkers, libraries and spiders that were filed there.
PROGRAMS = (
    "Web Link Validator", "InternetSupervision.com/UrlMonitor", "; UrlMonitor)", "Link Checker Pro", "RPT-HTTPClient",
    "Pike HTTP client", "Http Connector Spider", "Huaweisymantecspider", "Nokia SyncML HTTP Client", "PostmanRuntime",
)  # fmt: skip


@pytest.fixture
def known(real_data: Callable[[str], Path]) -> list[dict[str, Any]]:
    return crawlers(real_data(CRAWLERS))


@pytest.fixture
def browsers(real_data: Callable[[str], Path]) -> dict[str, list[str]]:
    """Lists of ordinary browsers, less what ua-parser calls a spider."""
    old = cases(real_data(fixture("pgts_browser_list")))
    lists = {
        "browsers of 2005": [one["user_agent_string"] for one in old if one.get("family") in LOOKED_THROUGH],
        "Firefox": agents(real_data(fixture("firefox_user_agent_strings"))),
        "Opera Mini": agents(real_data(fixture("opera_mini_user_agent_strings"))),
        "telephones and tablets": agents(real_data(fixture("test_device"))),
    }
    return {name: [text for text in dict.fromkeys(texts) if not parse(text).is_bot] for name, texts in lists.items()}


def test_most_crawlers_are_known_by_their_own_words(known: list[dict[str, Any]]) -> None:
    """At least 99 of 100; those where a person is there count as missed."""
    listed = list(dict.fromkeys(text for one in known for text in one.get("instances", [])))
    assert len(listed) == 2_116
    missed = [text for text in listed if not is_bot(agent(text))]
    recall = 1 - len(missed) / len(listed)
    print(f"\nrecall {recall:.4f}: {len(listed) - len(missed):,} of {len(listed):,} crawlers; missed:")
    print(*missed, sep="\n")
    assert recall >= RECALL
    assert all(any(part in text for text in missed) for part in PEOPLE)


def test_hardly_an_ordinary_browser_is_taken_for_a_program(
    known: list[dict[str, Any]], browsers: dict[str, list[str]]
) -> None:
    """Less what is a program in spite of the list it stands in: by the list of crawlers, or named above."""
    named = [re.compile(one["pattern"]) for one in known]
    total = wrong = 0
    for name, texts in browsers.items():
        taken = [text for text in texts if is_bot(agent(text))]
        alarms = [
            text
            for text in taken
            if not any(part in text for part in PROGRAMS) and not any(one.search(text) for one in named)
        ]
        print(f"\n{name}, {len(texts):,}: {len(alarms)} taken for a program, {len(taken) - len(alarms)} that are one:")
        print(*alarms, sep="\n")
        total, wrong = total + len(texts), wrong + len(alarms)
        assert len(alarms) / len(texts) <= FALSE_ALARMS, name
    print(f"\nfalse alarms {wrong / total:.5f}: {wrong} of {total:,}")
    assert wrong / total <= FALSE_ALARMS / 2
