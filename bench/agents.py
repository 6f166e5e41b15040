"""CPU to read one User-Agent, on the real strings of ua-parser's lists beside the project, against the package itself.

Not seen before: `user_agents.parse`, whose own small cache does not hold them, and our whole reading, the decision
whether it is a program included, take turns over the same strings, each string once per turn. Seen before: our cache
alone. And what the decision reaches: crawlers found by their own words, ordinary browsers taken for one.
"""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import user_agents

from tests.real.agent_lists import CRAWLERS, FIXTURES, agents, crawlers, false_alarms, fixture, instances, ordinary
from tests.running import ROOT
from tracker.device import agent, is_bot, read, said

DATA = Path(os.environ.get("SHOPBELL_REAL_DATA") or ROOT.parent / "shared" / "data")
ROUNDS, EACH = 7, 3_000
FASTER, HIT_US, MISS_US, RECALL, ALARMS = 20, 3.0, 50.0, 0.98, 0.001


def measure(folder: Path) -> list[dict[str, Any]]:
    """Four figures; without the lists beside the project there is nothing to measure."""
    strings = list(dict.fromkeys(text for name in FIXTURES for text in agents(_find(fixture(name)))))
    floors, ours, hits = [], [], []
    _cost(read, strings[-EACH:])  # the tables are loaded when a server starts, and what they need first is in memory
    for number in range(ROUNDS):
        sample = strings[number :: len(strings) // EACH]
        floors.append(_cost(user_agents.parse, sample))
        ours.append(_cost(read, sample))
        for text in sample:
            said(text)
        hits.append(_cost(said, sample * 4))
    ratios = [floor / our for floor, our in zip(floors, ours, strict=True)]
    miss, hit, faster = statistics.median(ours), statistics.median(hits), statistics.median(ratios)
    return [
        _figure(
            "a User-Agent not seen before", f"{statistics.median(floors):.0f} us", f"{miss:.1f} us",
            f"1/{faster:.1f} [1/{max(ratios):.1f}-1/{min(ratios):.1f}]", f"1/{FASTER} and {MISS_US:.0f} us",
            faster >= FASTER and miss <= MISS_US, f"{ROUNDS} of {len(sample):,}",
        ),
        _figure("a User-Agent seen before", "", f"{hit:.2f} us", "", f"{HIT_US:.0f} us", hit <= HIT_US,
                f"{ROUNDS} of {len(sample) * 4:,}"),
        *_reached(),
    ]  # fmt: skip


def _reached() -> list[dict[str, Any]]:
    known = crawlers(_find(CRAWLERS))
    listed = instances(known)
    found = sum(is_bot(agent(text)) for text in listed)
    browsers = [text for texts in ordinary(_find).values() for text in texts]
    wrong = len(false_alarms([text for text in browsers if is_bot(agent(text))], known))
    return [
        _figure("crawlers known by their own words", "", f"{found:,} of {len(listed):,}", f"{found / len(listed):.2%}",
                f"{RECALL:.0%}", found / len(listed) >= RECALL, ""),
        _figure("ordinary browsers taken for a program", "", f"{wrong} of {len(browsers):,}",
                f"{wrong / len(browsers):.3%}", f"{ALARMS:.1%}", wrong / len(browsers) <= ALARMS, ""),
    ]  # fmt: skip


def _cost(reading: Callable[[str], Any], texts: list[str]) -> float:
    """CPU per text in microseconds."""
    begun = time.process_time_ns()
    for text in texts:
        reading(text)
    return (time.process_time_ns() - begun) / len(texts) / 1_000


def _figure(what: str, floor: str, ours: str, ratio: str, reach: str, met: bool, rounds: str) -> dict[str, Any]:
    return {"what": what, "floor": floor, "ours": ours, "ratio": ratio, "reach": reach, "met": "yes" if met else "no",
            "rounds": rounds}  # fmt: skip


def _find(name: str) -> Path:
    if not (DATA / name).is_file():
        raise SystemExit(f"The real input {name} is missing: it belongs into ../shared/data beside the project.")
    return DATA / name
