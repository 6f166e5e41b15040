"""What people of two real services wrote, placed by what others of them wrote: through the command that scores it.

Where a part of the data is learned from, so that it takes seconds, the bounds are a little below those of the whole.
"""

import csv
import gzip
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.running import ROOT

BANKING = "banking77/train.csv.gz"
CLINC, DOMAINS = "clinc150/data_full.train_val.json.gz", "clinc150/domains.json"


def scored(*arguments: str) -> dict[str, Any]:
    """What the command prints as its last line."""
    run = subprocess.run(
        [sys.executable, "-m", "bench.topics", *arguments],
        cwd=ROOT, capture_output=True, text=True, timeout=230, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    said: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    return said


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_questions_to_a_bank_find_their_topic_among_77(real_data: Callable[[str], Path], tmp_path: Path) -> None:
    """Fifteen texts of each topic are asked about, all others learned from."""
    with gzip.open(real_data(BANKING), "rt", newline="") as opened:
        rows = list(csv.reader(opened))[1:]
    Random(4).shuffle(rows)
    by_topic: dict[str, list[list[str]]] = {}
    for row in rows:
        by_topic.setdefault(row[1], []).append(row)
    parts = {"train": [row for texts in by_topic.values() for row in texts[15:]]}
    parts["test"] = [row for texts in by_topic.values() for row in texts[:15]]
    for name, part in parts.items():
        with (tmp_path / f"{name}.csv").open("w", newline="") as file:
            csv.writer(file).writerows([["text", "category"], *part])
    said = scored("--train", str(tmp_path / "train.csv"), "--test", str(tmp_path / "test.csv"))
    assert said["accuracy"] >= 0.90
    assert said["top3"] >= 0.96
    assert said["out_of_scope_recall"] is None


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_requests_find_their_branch_and_strange_ones_find_nobody(
    real_data: Callable[[str], Path], tmp_path: Path
) -> None:
    """Ten branches of 15 topics, 50 texts of each topic; a hundred strange texts learned from, a hundred asked."""
    with gzip.open(real_data(CLINC)) as opened:
        data = json.load(opened)
    often: Counter[str] = Counter()
    learned = []
    for text, intent in data["train"]:
        often[intent] += 1
        if often[intent] <= 50:
            learned.append([text, intent])
    (tmp_path / "a.json").write_text(json.dumps({"train": learned, "oos_train": data["oos_train"]}))
    (tmp_path / "b.json").write_text(json.dumps({"test": data["val"], "oos_test": data["oos_val"]}))
    domains = str(real_data(DOMAINS))
    said = scored("--train", str(tmp_path / "a.json"), "--test", str(tmp_path / "b.json"), "--domains", domains)
    assert said["accuracy"] >= 0.95
    assert said["accepted_accuracy"] >= 0.915
    assert said["out_of_scope_recall"] >= 0.6
