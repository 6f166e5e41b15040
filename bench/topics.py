"""What the reading of visitors' texts is worth, on real texts that it has not seen.

`python -m bench.topics --train A --test B [--domains FILE]` learns from A, asks of every text of B what it is about,
with the product's own code (`routing.learn.topics`, `routing.topics`), and prints one line of JSON last:

- `accuracy`: the share of texts whose most probable topic is the right one, whether or not it was sure enough;
- `top3`: the share whose right topic is among the three most probable;
- `out_of_scope_recall`: of the texts that are about none of the topics, the share of which it was said that nobody
  fits; null where B has no such texts;
- `accepted_accuracy`: as `accuracy`, but a text of which it was said that nobody fits counts as wrong. It is the price
  of the line before.

A and B are CSV with the columns `text,category`, or JSON objects of lists of `[text, intent]`: lists whose name begins
with `oos` hold what is about nothing, all others are learned from (of A) and asked about (of B). With `--domains`, a
JSON object of the intents of each domain, every intent is a topic below its domain, and what counts is the domain.
`.gz` is read as it is.
"""

import argparse
import csv
import gzip
import io
import json
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from routing.about import About
from routing.learn.topics import Sample, train
from routing.topics import about, decode, encode


def read(file: Path, domains: Mapping[str, str] | None = None) -> list[Sample]:
    """`domains`: of each intent. ValueError, with a sentence, for what is in neither form."""
    raw = file.read_bytes()
    text = (gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw).decode("utf-8-sig")
    if text.lstrip().startswith("{"):
        lists = msgspec.json.decode(text, type=dict[str, list[tuple[str, str]]])
        return [
            Sample(said, () if name.startswith("oos") else _path(intent, domains))
            for name, pairs in lists.items()
            for said, intent in pairs
        ]
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if not {"text", "category"} <= set(rows.fieldnames or ()):
        raise ValueError(f"{file} has no columns text,category")
    return [Sample(row["text"], _path(row["category"], domains)) for row in rows]


def _path(topic: str, domains: Mapping[str, str] | None) -> tuple[str, ...]:
    if domains is None:
        return (topic,)
    if topic not in domains:
        raise ValueError(f"the intent {topic!r} is in no domain")
    return (domains[topic], topic)


def read_domains(file: Path) -> dict[str, str]:
    """`{"banking": ["transfer"]}` -> `{"transfer": "banking"}`."""
    raw = file.read_bytes()
    lists = msgspec.json.decode(gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw, type=dict[str, list[str]])
    return {intent: domain for domain, intents in lists.items() for intent in intents}


def score(answers: list[tuple[Sample, About | None]]) -> dict[str, float | None]:
    """Branches count: the first name of a path."""
    inside = [(sample.path[:1], said) for sample, said in answers if sample.path]
    outside = [said for sample, said in answers if not sample.path]
    places = [([guess.path for guess in said.at(1)] if said else [], said) for _, said in inside]
    found = [path in named[:1] for (path, _), (named, _) in zip(inside, places, strict=True)]
    among = [path in named[:3] for (path, _), (named, _) in zip(inside, places, strict=True)]
    kept = [right and said is not None and said.fits for right, (_, said) in zip(found, inside, strict=True)]
    return {
        "accuracy": _share(found),
        "top3": _share(among),
        "out_of_scope_recall": _share([said is None or not said.fits for said in outside]),
        "accepted_accuracy": _share(kept),
    }


def _share(truths: list[bool]) -> float | None:
    return round(sum(truths) / len(truths), 4) if truths else None


def main() -> None:
    parser = argparse.ArgumentParser(description="Scores what texts are about.")
    for name in ("train", "test"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    parser.add_argument("--domains", type=Path)
    asked = parser.parse_args()
    try:
        domains = read_domains(asked.domains) if asked.domains else None
        learned_from, asked_about = read(asked.train, domains), read(asked.test, domains)
    except (OSError, ValueError, msgspec.DecodeError) as error:
        raise SystemExit(f"{error}") from error
    began = time.perf_counter()
    learned = train(learned_from)
    if learned is None:
        raise SystemExit(f"{asked.train} has fewer than two topics with enough texts")
    body = encode(learned)
    print(f"learned in {time.perf_counter() - began:.1f} s, {len(body) / 1e6:.1f} MB", file=sys.stderr)
    model = decode(body)
    began = time.perf_counter()
    answers = [(sample, about(model, sample.text)) for sample in asked_about]
    each = (time.perf_counter() - began) / max(len(answers), 1)
    print(f"{each * 1000:.2f} ms for each of {len(answers)} texts", file=sys.stderr)
    print(json.dumps(score(answers)))


if __name__ == "__main__":
    main()
