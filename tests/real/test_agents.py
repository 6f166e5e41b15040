"""What we say of a User-Agent is what the package `user-agents` says, on every string of ua-parser's own lists.

The package needs half a minute for all of them, so the usual run takes every fortieth and all where we differ;
SHOPBELL_ALL_AGENTS=1 takes all.
"""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import user_agents

from tests.real.agent_lists import FIXTURES, agents, fixture
from tracker.agents import Agent
from tracker.device import agent, said

EVERY = 1 if os.environ.get("SHOPBELL_ALL_AGENTS") else 40
#: The compiled resolver finds a crawler's word anywhere; the package only in the first hundred or so characters (its
#: expressions say `.{0,100}`, which the compiled one reads as `.*` to save memory). So ten long strings with the name
#: of a crawler near their end are programs for us and none for the package. They are programs. By what stands in each:
FARTHER = (
    "SV1; DigExt; FunWebProducts; Media Center PC 3.0; .NET CLR 1.0.3705; MSIECrawler",
    "CDSource=v9e.03; .NET CLR 1.0.3705; .NET CLR 1.1.4322; MSIECrawler",
    "Roadrunner; .NET CLR 1.0.3705; .NET CLR 1.1.4322; MSIECrawler",
    "Media Center PC 3.1; Googlebot/2.1",
    "PingdomPageSpeed/1.0 (pingbot/2.0",
    "GSiteCrawler/v1.12 rev. 260 Snoopy v1.2",
    "msnbot/2.1) Jakarta Commons-HttpClient/3.0-rc3 PHPCrawl",
    "RSScrawler/4.0 (compatible; MSIE 6.0; Windows NT 5.0)",
    "OfficeLivePatch.1.3; .NET CLR 3.0.30729) Jakarta Commons-HttpClient/3.0-rc3 PHPCrawl",
    "SSL-Crawler: http://crawler.dcsec.uni-hannover.de",
)


def differs(text: str) -> bool:
    return any(part in text for part in FARTHER)


def answers(read: user_agents.parsers.UserAgent) -> tuple[Any, ...]:
    """All that the package says."""
    return (
        read.is_mobile, read.is_tablet, read.is_pc, read.is_bot, read.is_touch_capable, read.is_email_client,
        read.browser.family, read.browser.version_string, read.os.family, read.os.version_string, read.device,
        str(read),
    )  # fmt: skip


@pytest.fixture
def strings(real_data: Callable[[str], Path]) -> list[str]:
    """All of them, each once."""
    return list(dict.fromkeys(text for name in FIXTURES for text in agents(real_data(fixture(name)))))


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_our_answers_are_those_of_the_package(strings: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Mobile, tablet, pc, bot, touch; browser, system, device with versions, brand and model."""
    assert len(strings) == 30_872
    compared, other = 0, []
    for text in [text for number, text in enumerate(strings) if number % EVERY == 0 or differs(text)]:
        theirs, ours = user_agents.parse(text), Agent(text)
        compared += 1
        if answers(theirs) != answers(ours):
            other.append(text)
    with capsys.disabled():
        print(f"\n{compared:,} of {len(strings):,} agents compared: {len(other)} differ from the package, as listed")
    assert sorted(other) == sorted(text for text in strings if differs(text))
    assert len(other) == len(FARTHER)
    assert all(Agent(text).is_bot and not user_agents.parse(text).is_bot for text in other)


def test_every_agent_can_be_read_however_it_is_cut(strings: list[str]) -> None:
    """No string of the lists is longer than we keep; what is cut anywhere is still read."""
    for text in strings[::50]:
        assert agent(text) == text.strip()
        for place in range(0, len(text), 7):
            assert said(text[:place]).kind in ("mobile", "tablet", "pc", "unknown")
