"""`scripts/bench`: the figures the design promises, each against its floor in the same run.

python -m bench                      all but the longest, printed
python -m bench collect alert        some
python -m bench --write              all, and docs/performance.md anew
python -m bench collect --write      some anew, the others in docs/performance.md as they were measured before

What was measured is kept in `docs/performance.json`, from which the page is made.
"""

import argparse
import json
import signal
import sys
import tempfile
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import (
    agents,
    alert,
    articles,
    choose,
    claims,
    collect,
    crash,
    crowd,
    cuts,
    doorbell,
    frames,
    fuzz,
    live,
    mute,
    orm,
    overload,
    simulate,
    size,
    snippet,
    storage,
    talk_crash,
    triggers,
)
from bench import page as page_view
from bench.machines import machine
from tests.running import ROOT

FIGURES: dict[str, Callable[[Path], Iterable[dict[str, Any]]]] = {
    "snippet": snippet.measure,
    "page": page_view.measure,
    "collect": collect.measure,
    "storage": storage.measure,
    "triggers": triggers.measure,
    "agents": agents.measure,
    "alert": alert.measure,
    "doorbell": doorbell.measure,
    "choose": choose.measure,
    "articles": articles.measure,
    "claims": claims.measure,
    "simulate": simulate.measure,
    "live": live.measure,
    "overload": overload.measure,
    "orm": orm.measure,
    "mute": mute.measure,
    "crowd": crowd.measure,
    "fuzz": fuzz.measure,
    "frames": frames.measure,
    "cuts": cuts.measure,
    "crash": crash.measure,
    "talk_crash": talk_crash.measure,
    "size": size.measure,
}
#: These take a quarter of an hour each: they run when they are named, and with `--write`.
LONG = ("claims", "simulate", "crowd", "fuzz", "frames", "cuts", "crash", "talk_crash", "size")
_COLUMNS = ("what", "floor", "ours", "ratio", "reach", "met", "rounds", "measured")
KEPT, PAGE = ROOT / "docs" / "performance.json", ROOT / "docs" / "performance.md"


def main() -> None:
    asked = argparse.ArgumentParser(prog="scripts/bench", description="Measures figures, each against its floor.")
    asked.add_argument("names", nargs="*", choices=[*FIGURES, []], help="which; without, all but the longest")
    asked.add_argument("--write", action="store_true", help="write docs/performance.md")
    options = asked.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers are stopped on the way out
    measured: dict[str, list[dict[str, Any]]] = {}
    usual = [name for name in FIGURES if options.write or name not in LONG]
    for name in options.names or usual:
        measured[name] = []
        with tempfile.TemporaryDirectory(prefix="sb-bench-") as folder:
            for figure in FIGURES[name](Path(folder)):
                print(json.dumps(figure), flush=True)
                measured[name].append({**figure, "measured": f"{datetime.now(UTC):%Y-%m-%d}"})
    figures = [figure for name in FIGURES for figure in measured.get(name, [])]
    print("\n" + table(figures) + beside(figures))
    if options.write:
        kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else {}
        kept |= measured
        KEPT.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
        PAGE.write_text(page([figure for name in FIGURES for figure in kept.get(name, [])]), encoding="utf-8")
        print("docs/performance.md is written.", file=sys.stderr)


def table(figures: list[dict[str, Any]], columns: Sequence[str] = _COLUMNS) -> str:
    rows = [columns, ["---" for _ in columns], *([figure[column] for column in columns] for figure in figures)]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def beside(figures: list[dict[str, Any]]) -> str:
    """The tables of everybody that some figures bring along."""
    return "".join(
        "\n\n" + table(figure["beside"], list(figure["beside"][0])) for figure in figures if "beside" in figure
    )


def page(figures: list[dict[str, Any]]) -> str:
    """The document: figures, date, machine, method."""
    methods = "\n\n".join(f"**`bench/{name}.py`.** {_plain(module.__doc__)}" for name, module in _MODULES.items())
    return f"""# Performance

Measured with `scripts/bench --write`, which made this page. Machine: {machine()}.

{table(figures)}{beside(figures)}

The figures to reach are those of the design. What counts is the ratio to the floor measured in the same run: absolute
times of another machine, or of a busy one, say little. CPU is user and system time of the server's process with all
its threads; the processes of PostgreSQL are not in it. "noisy" means that fewer than three rounds were quiet enough:
such a figure is not met, whatever it says.

## Method

Everything runs on loopback of one machine: the server in one process, its caller in another, nothing pinned.

{methods}
"""


_MODULES = {
    "snippet": snippet,
    "page": page_view,
    "collect": collect,
    "storage": storage,
    "triggers": triggers,
    "agents": agents,
    "alert": alert,
    "doorbell": doorbell,
    "choose": choose,
    "articles": articles,
    "claims": claims,
    "simulate": simulate,
    "live": live,
    "overload": overload,
    "orm": orm,
    "mute": mute,
    "crowd": crowd,
    "fuzz": fuzz,
    "frames": frames,
    "cuts": cuts,
    "crash": crash,
    "talk_crash": talk_crash,
    "size": size,
}


def _plain(text: str | None) -> str:
    return (text or "").strip().replace("\n\n", " ").replace("\n", " ")


if __name__ == "__main__":
    main()
