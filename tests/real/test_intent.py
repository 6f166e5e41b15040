"""What `bench.intent` scores on visits of a real shop, of which one half is learned from and the other judged."""

import hashlib
import json
import random
import statistics
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.intent import ended_well, figures, main, measure, read
from routing.learn.forest import deal

FILE = "online-shoppers-intention/online_shoppers_intention.dev.csv.gz"
Rows = list[dict[str, str]]


def halves(rows: Rows, seed: int) -> tuple[Rows, Rows]:
    """Two halves, as many good ends in each; equal rows lie on the same side."""
    said = [hashlib.blake2b(f"{seed} {row}".encode()).hexdigest() for row in rows]
    side = deal(said, [ended_well(row) for row in rows], 2)
    return [row for row, at in zip(rows, side, strict=True) if at], [
        row for row, at in zip(rows, side, strict=True) if not at
    ]


@pytest.fixture(scope="module")
def rows(real_data: Callable[[str], Path]) -> Rows:
    return read(real_data(FILE))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tracker_only", "least"),
    [
        (False, {"auc": 0.925, "average_precision": 0.735, "top_decile_precision": 0.76}),
        (True, {"auc": 0.755, "average_precision": 0.325, "top_decile_precision": 0.405}),
    ],
)
def test_intent_is_learned_from_half_of_the_visits(rows: Rows, tracker_only: bool, least: dict[str, float]) -> None:
    """Judged on the other half, both ways round: what is reached, less what one split may lie beside it."""
    one, other = halves(rows, 1)
    assert not {json.dumps(row) for row in one} & {json.dumps(row) for row in other}
    found = []
    for train, test in ((one, other), (other, one)):
        good, likely = measure(train, test, tracker_only=tracker_only)
        found.append(figures(good, likely))
        order = sorted(range(len(good)), key=likely.__getitem__)
        tenths = [order[start : start + len(order) // 10] for start in range(0, len(order), len(order) // 10)][:10]
        gaps = [abs(sum(likely[row] - good[row] for row in tenth)) / len(tenth) for tenth in tenths]
        assert statistics.mean(gaps) < 0.025, "calibrated: of one in five, one in five"
    means = {name: statistics.mean(one[name] for one in found) for name in least}
    assert [name for name, reach in least.items() if means[name] < reach] == [], means


def test_the_command_reads_packed_and_unpacked_files_and_prints_one_line(
    rows: Rows, real_data: Callable[[str], Path], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch
) -> None:
    """The last line is JSON with three shares."""
    some = tmp_path / "some.csv"
    test = random.Random(1).sample(rows, 300)
    some.write_text("\r\n".join([",".join(rows[0]), *(",".join(row.values()) for row in test)]), encoding="utf-8")
    monkeypatch.setattr("routing.learn.forest.ROUNDS", 10)
    monkeypatch.setattr("sys.argv", ["intent", "--train", str(real_data(FILE)), "--test", str(some)])
    main()
    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert list(said) == ["auc", "average_precision", "top_decile_precision"]
    assert all(0.5 < share <= 1 for share in said.values())
