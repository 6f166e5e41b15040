"""How well intent is learned, on the visits of a real shop (`data/online-shoppers-intention`).

python -m bench.intent --train A --test B [--tracker-only]

Prints {"auc", "average_precision", "top_decile_precision"} as its last line. Learner and model are the product's own
(`routing.learn.forest`, `routing.forest`); only the columns are those of the file, for it tells of visits without
their pages. `--tracker-only` leaves out what a shop's analytics tool adds (PageValues, BounceRates, ExitRates): a part
of that is known only once a visit is over.
"""

import argparse
import csv
import gzip
import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from routing.forest import Column, Forest, scorer
from routing.learn.forest import NotLearnable, learn

#: Page types of the file; each has a number of pages, and seconds.
_KINDS = ("Administrative", "Informational", "ProductRelated")
_NUMBERS = ("SpecialDay",)
_ANALYTICS = ("BounceRates", "ExitRates", "PageValues")
_WORDS = ("Month", "OperatingSystems", "Browser", "Region", "TrafficType", "VisitorType")
Row = list[float | str]


def read(file: Path) -> list[dict[str, str]]:
    """The rows as they stand there, packed or not."""
    with file.open("rb") as opened:
        packed = opened.read(2) == b"\x1f\x8b"
    with gzip.open(file, "rt", newline="") if packed else file.open(newline="") as opened_text:
        rows = list(csv.DictReader(opened_text))
    if not rows:
        raise ValueError(f"{file} holds no visits")
    return rows


def ended_well(row: Mapping[str, str]) -> bool:
    return row["Revenue"].strip().upper() in ("TRUE", "1")


def features(row: Mapping[str, str], *, tracker_only: bool) -> dict[str, float | str]:
    """One visit: what the file says, and what follows from that: sums, time per page, shares."""
    pages = {kind: float(row[kind]) for kind in _KINDS}
    seconds = {kind: float(row[f"{kind}_Duration"]) for kind in _KINDS}
    all_pages, all_seconds = sum(pages.values()), sum(seconds.values())
    found: dict[str, float | str] = {f"{kind} pages": pages[kind] for kind in _KINDS}
    found |= {f"{kind} seconds": seconds[kind] for kind in _KINDS}
    found |= {
        "pages": all_pages,
        "seconds": all_seconds,
        "seconds per page": all_seconds / max(all_pages, 1),
        "seconds per product": seconds["ProductRelated"] / max(pages["ProductRelated"], 1),
        "seconds per administrative page": seconds["Administrative"] / max(pages["Administrative"], 1),
        "share of product pages": pages["ProductRelated"] / max(all_pages, 1),
        "share of product seconds": seconds["ProductRelated"] / max(all_seconds, 1e-9),
        "weekend": float(row["Weekend"].strip().upper() in ("TRUE", "1")),
    }
    found |= {name: float(row[name]) for name in _NUMBERS}
    found |= {name: row[name].strip() for name in _WORDS}
    if not tracker_only:
        found |= {name: float(row[name]) for name in _ANALYTICS}
        found["exit over bounce"] = float(row["ExitRates"]) - float(row["BounceRates"])
        found["value of products"] = float(row["PageValues"]) * pages["ProductRelated"]
    return found


def table(rows: Sequence[Mapping[str, str]], *, tracker_only: bool) -> tuple[list[Column], list[Row]]:
    """Columns and rows as the learner takes them."""
    made = [features(row, tracker_only=tracker_only) for row in rows]
    columns = [Column(name, "word" if isinstance(value, str) else "number") for name, value in made[0].items()]
    return columns, [list(row.values()) for row in made]


def measure(
    train: Sequence[Mapping[str, str]], test: Sequence[Mapping[str, str]], *, tracker_only: bool
) -> tuple[list[bool], list[float]]:
    """Learned from `train`: for each visit of `test`, whether it ended well, and how likely that seemed. The model goes
    the way of the product, through its file. How long it took is said on standard error."""
    columns, rows = table(train, tracker_only=tracker_only)
    began = time.perf_counter()
    body = msgspec.json.encode(learn(columns, rows, [ended_well(row) for row in train]).forest)
    print(f"learned in {time.perf_counter() - began:.1f} s, {len(body) / 1e6:.1f} MB", file=sys.stderr)
    began = time.perf_counter()
    probability = scorer(msgspec.json.decode(body, type=Forest))
    print(f"read in {(time.perf_counter() - began) * 1e3:.0f} ms", file=sys.stderr)
    _, asked = table(test, tracker_only=tracker_only)
    began = time.thread_time()
    likely = [probability(row) for row in asked]
    each = (time.thread_time() - began) / max(len(asked), 1)
    print(f"{each * 1e6:.0f} us for each of {len(asked)} visits", file=sys.stderr)
    return [ended_well(row) for row in test], likely


def figures(good: Sequence[bool], likely: Sequence[float]) -> dict[str, float]:
    """What is printed. The top decile: the tenth of the visits, rounded down, that seem likeliest."""
    from sklearn.metrics import average_precision_score, roc_auc_score

    tenth = max(1, len(good) // 10)
    best = sorted(range(len(good)), key=lambda visit: -likely[visit])[:tenth]
    return {
        "auc": round(float(roc_auc_score(good, likely)), 4),
        "average_precision": round(float(average_precision_score(good, likely)), 4),
        "top_decile_precision": round(sum(good[visit] for visit in best) / tenth, 4),
    }


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m bench.intent", description="How well intent is learned.")
    asked.add_argument("--train", type=Path, required=True, help="visits to learn from")
    asked.add_argument("--test", type=Path, required=True, help="visits to be judged")
    asked.add_argument("--tracker-only", action="store_true", help="without what an analytics tool adds")
    options = asked.parse_args()
    try:
        train, test = read(options.train), read(options.test)
        good, likely = measure(train, test, tracker_only=options.tracker_only)
    except (OSError, ValueError, NotLearnable) as error:
        raise SystemExit(f"{error}") from error
    except KeyError as column:
        raise SystemExit(f"a file has no column {column}") from column
    print(json.dumps(figures(good, likely)))


if __name__ == "__main__":
    main()
