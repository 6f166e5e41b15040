"""Programs by their own words, on a list of 2,116 crawlers; and how many ordinary browsers are taken for one.

`pytest -s tests/real/test_crawlers.py` prints both figures and every string that is still wrong; docs/bots.md explains
what kinds those are.
"""

from collections.abc import Callable
from pathlib import Path

from tests.real.agent_lists import CRAWLERS, crawlers, false_alarms, instances, ordinary
from tracker.device import agent, is_bot

RECALL, FALSE_ALARMS = 0.99, 0.001
#: In the list of crawlers, and none for us: a person is there, as far as the agent tells.
PEOPLE = (
    "Instagram 406.0.0.58.159 Android",  # a page opened within the telephone's app
    "MetaIAB Facebook",  # the same
    "Code/1.115.0 Chrome/",  # the browser of a programmer's editor
    "Trae/1.107.1 Chrome/",  # the same
    "Fluid/0.9.6 Safari/",  # one site as a program of its own
)


def test_most_crawlers_are_known_by_their_own_words(real_data: Callable[[str], Path]) -> None:
    """At least 99 of 100; those where a person is there count as missed."""
    listed = instances(crawlers(real_data(CRAWLERS)))
    assert len(listed) == 2_116
    missed = [text for text in listed if not is_bot(agent(text))]
    recall = 1 - len(missed) / len(listed)
    print(f"\nrecall {recall:.4f}: {len(listed) - len(missed):,} of {len(listed):,} crawlers; missed:")
    print(*missed, sep="\n")
    assert recall >= RECALL
    assert all(any(part in text for text in missed) for part in PEOPLE)


def test_hardly_an_ordinary_browser_is_taken_for_a_program(real_data: Callable[[str], Path]) -> None:
    """Less what is a program in spite of the list it stands in."""
    known = crawlers(real_data(CRAWLERS))
    total = wrong = 0
    for name, texts in ordinary(real_data).items():
        taken = [text for text in texts if is_bot(agent(text))]
        alarms = false_alarms(taken, known)
        print(f"\n{name}, {len(texts):,}: {len(alarms)} taken for a program, {len(taken) - len(alarms)} that are one:")
        print(*alarms, sep="\n")
        total, wrong = total + len(texts), wrong + len(alarms)
        assert len(alarms) / len(texts) <= FALSE_ALARMS, name
    print(f"\nfalse alarms {wrong / total:.5f}: {wrong} of {total:,}")
    assert wrong / total <= FALSE_ALARMS / 2
