"""CPU to answer one question out of two thousand articles (five million characters, words as rare as in a language), on
the English questions of tests/unit/questions.json; the dearest one, of nothing but the commonest or of unknown words;
and what it takes to read all of them anew. Against one pass over the texts in search of one word."""

import json
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chat.ranking import QUESTION, Index, analysed
from service.demo.knowledge import articles
from tests.running import ROOT

ARTICLES, LETTERS, WORDS, ROUNDS = 2_000, 2_500, 20_000, 7
P95_MS, WORST_MS = 5.0, 25.0


def measure(folder: Path) -> list[dict[str, Any]]:
    """Three figures, each the median of `ROUNDS`."""
    texts = _texts(random.Random(7))
    read = [analysed(str(number), text[:40], text, "en") for number, text in enumerate(texts)]
    index = Index("en", read)
    known = json.loads((ROOT / "tests" / "unit" / "questions.json").read_text(encoding="utf-8"))
    questions = [one["question"] for one in known if one["language"] == "en"]
    common = " ".join(_words()[:60])[:QUESTION]
    unknown = " ".join(f"s{word}" for word in _words()[-60:])[:QUESTION]
    floors, usual, worst, anew = [], [], [], []
    for _ in range(ROUNDS):
        floors.append(_cost(lambda: sum("delivery" in text for text in texts)))
        costs = sorted(_cost(lambda asked=one: index.search(asked)) for one in questions)  # type: ignore[misc]
        usual.append(costs[len(costs) * 95 // 100])
        worst.append(max(_cost(lambda: index.search(common)), _cost(lambda: index.search(unknown))))
        anew.append(_cost(lambda: Index("en", read)))
    floor = statistics.median(floors)
    return [
        _figure("a question to 2,000 articles, p95", floor, usual, P95_MS),
        _figure("the dearest question to them", floor, worst, WORST_MS),
        _figure("an index of them made anew", floor, anew, None),
    ]


def _texts(chance: random.Random) -> list[str]:
    """Sentences and paragraphs; the n-th word stands a n-th as often as the first."""
    words = _words()
    texts = []
    for _ in range(ARTICLES):
        said, length = [], 0
        while length < LETTERS:
            sentence = " ".join(words[int(WORDS ** chance.random()) - 1] for _ in range(14)).capitalize() + "."
            said.append(sentence + ("\n\n" if chance.random() < 0.25 else " "))
            length += len(said[-1])
        texts.append("".join(said))
    return texts


def _words() -> list[str]:
    """Those of the demo's articles, then made up ones."""
    chance = random.Random(3)
    own = dict.fromkeys(" ".join(one["text"] for one in articles("en").values()).lower().split())
    letters = "abcdefghijklmnopqrstuvwxyz"
    return [*own, *("".join(chance.choices(letters, k=chance.randint(4, 10))) for _ in range(WORDS))][:WORDS]


def _cost(does: Callable[[], object]) -> float:
    """CPU in milliseconds."""
    begun = time.process_time_ns()
    does()
    return (time.process_time_ns() - begun) / 1e6


def _figure(what: str, floor: float, ours: list[float], reach: float | None) -> dict[str, Any]:
    median = statistics.median(ours)
    return {
        "what": what, "floor": f"{floor:.1f} ms", "ours": f"{median:.1f} ms",
        "ratio": f"{median / floor:.1f} [{min(ours) / floor:.1f}-{max(ours) / floor:.1f}]" if reach else "",
        "reach": f"{reach:.0f} ms" if reach else "", "met": ("yes" if median <= reach else "no") if reach else "",
        "rounds": str(ROUNDS),
    }  # fmt: skip
