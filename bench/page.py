"""One page view of 3 s, ours and the public npm builds of other trackers, side by side in one real Chromium.

Each trial is somebody new who opens the same page, moves the mouse, scrolls, and leaves after 3 s: by a link to another
site, by closing the tab, by the back button, or by hiding the page on a phone and never coming back. Trials of all
products take turns. A stub collector on loopback answers each product as its own server would and counts what crosses
the socket: requests (script and preflights included), bytes both ways with all heads, script gzip -9. Main thread: CPU
of scripts and of all tasks up to the leaving, less that of the same page without a tag. "Lost": nothing that came by
1.5 s after the leaving tells that the page was looked at for at least 2 s. Settings are the defaults, plus the time of
a page where it must be asked for (`bench/trackers/entries`).
"""

import asyncio
import collections
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.trackers.browser import Chromium, Refused, Tab, chromium
from bench.trackers.collector import Collector, Trial
from bench.trackers.products import PRODUCTS, dwell
from tests.running import ROOT

HERE = ROOT / "bench" / "trackers"
ROUNDS = 7
EXITS = ("link", "close", "back", "hide")
STAY_SECONDS, LATE_SECONDS, KNOWN_MS = 3.0, 1.5, 2000
#: By the page's clock. A longer stay is another visit, in which some say more: such a trial does not count.
TOO_LONG_MS = 3900
#: Between the beginnings of two trials: their loading shall not meet. A slow machine gets no more than so many at once.
PAUSE_SECONDS, AT_ONCE = 0.75, 8
#: No round begins later than this.
ENOUGH_SECONDS = 180.0
BARE = ""


@dataclass
class Outcome:
    """One trial: what the collector heard, and CPU of the main thread in ms."""

    product: str
    exit: str
    heard: Trial
    script_ms: float
    task_ms: float
    #: Whether the back-forward cache still held the page after the back button; None where it was not asked.
    kept: bool | None = None


def install() -> None:
    """The other trackers, by their own lock file, into `bench/trackers/node_modules`."""
    stamp, lock = HERE / "node_modules" / ".package-lock.json", HERE / "package-lock.json"
    if not stamp.exists() or stamp.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, check=True, stdout=-3)


def bundles(folder: Path) -> dict[str, bytes]:
    """One classic script for each product: ours as it is built, the others bundled and minified the same way."""
    scripts = {"shopbell": (ROOT / "service" / "assets" / "shopbell.js").read_bytes()}
    for name in PRODUCTS:
        if name not in scripts:
            out = folder / f"{name}.js"
            subprocess.run(
                [
                    str(ROOT / "node_modules" / ".bin" / "rolldown"), f"entries/{name}.js", "--format", "iife",
                    "--minify", "--platform", "browser", "--file", str(out),
                ],
                cwd=HERE, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            )  # fmt: skip
            scripts[name] = out.read_bytes()
    return scripts


def versions() -> dict[str, str]:
    locked = json.loads((HERE / "package-lock.json").read_text())["packages"]
    return {name: locked[f"node_modules/{one.package}"]["version"] for name, one in PRODUCTS.items() if one.package}


async def trial(browser: Chromium, collector: Collector, product: str, way: str) -> Outcome:
    """Somebody comes, looks, and leaves by `way`; Refused when the machine or the browser does not play along."""
    number = collector.begin(product)
    heard = collector.trials[number]
    tab = await browser.visit((collector.elsewhere if way == "back" else collector.shop)(number), phone=way == "hide")
    try:
        if way == "back":
            await tab.until("document.readyState == 'complete' && !!document.querySelector('#shop')")
            await tab.click("#shop")
        await tab.until("document.readyState == 'complete' && !!document.querySelector('#out')")
        cpu = await _look(tab)
        if await tab.says("performance.now()") > TOO_LONG_MS:
            raise Refused("the machine was too slow: the stay became longer")
        await _leave(tab, way)
        await asyncio.sleep(LATE_SECONDS)
        heard.over = True
        kept = await _comes_back(tab) if way == "back" else None
    finally:
        await tab.forget()
    return Outcome(product, way, heard, cpu["ScriptDuration"] * 1000, cpu["TaskDuration"] * 1000, kept)


async def _look(tab: Tab) -> dict[str, float]:
    """Moves the mouse and scrolls until it is time to leave, by the page's clock; what its main thread did by then."""
    clock = asyncio.get_running_loop().time
    opened = clock() - await tab.says("(window.here = 1, performance.now())") / 1000
    for at, pixels in ((0.8, 400), (2.2, 300)):
        await asyncio.sleep(opened + at - clock())
        await tab.scroll(pixels)
        await tab.point(300, 100 + pixels)
    await asyncio.sleep(opened + STAY_SECONDS - 0.2 - clock())
    cpu = await tab.metrics()
    await asyncio.sleep(opened + STAY_SECONDS - clock())
    return cpu


async def _leave(tab: Tab, way: str) -> None:
    """Until it has happened: how long the browser takes for it is not the tracker's matter."""
    if way == "close":
        await tab.close()
    elif way == "hide":
        await tab.look_elsewhere()
        await tab.until("document.hidden")
    else:
        await (tab.click("#out") if way == "link" else tab.back())
        await tab.until("!!document.querySelector('#shop')")


async def _comes_back(tab: Tab) -> bool:
    """Forward again: is it the page that was left, or a new one?"""
    past = await tab.ask("Page.getNavigationHistory")
    await tab.ask("Page.navigateToHistoryEntry", entryId=past["entries"][past["currentIndex"] + 1]["id"])
    await tab.until("document.readyState == 'complete' && !!document.querySelector('#out')")
    return bool(await tab.says("window.here === 1"))


async def run(folder: Path) -> list[Outcome]:
    """All trials, in turns; the order of products moves on with every round."""
    collector = Collector(bundles(folder))
    await collector.open()
    outcomes: list[Outcome] = []
    failed: list[str] = []
    room = asyncio.Semaphore(AT_ONCE)

    async def one(product: str, way: str) -> None:
        try:
            outcomes.append(await trial(browser, collector, product, way))
        except Refused as refused:
            failed.append(f"{product or 'the bare page'}, {way}: {refused}")
        finally:
            room.release()

    try:
        with tempfile.TemporaryDirectory(prefix="sb-", ignore_cleanup_errors=True) as home:
            async with chromium(Path(home)) as browser, asyncio.TaskGroup() as group:
                for product, way in _turns():
                    await room.acquire()
                    group.create_task(one(product, way))
                    await asyncio.sleep(PAUSE_SECONDS)
    finally:
        collector.close()
    if failed:
        print(
            f"{len(failed)} of {len(failed) + len(outcomes)} trials do not count: {collections.Counter(failed)}",
            file=sys.stderr,
        )
    return outcomes


def _turns() -> Iterator[tuple[str, str]]:
    """Product and way of each trial; the order of products moves on with every way. Whole rounds only."""
    names, began = [BARE, *PRODUCTS], time.monotonic()
    for number, way in itertools.product(range(ROUNDS), EXITS):
        if way == EXITS[0] and time.monotonic() - began > ENOUGH_SECONDS:
            return
        turn = (number * len(EXITS) + EXITS.index(way)) % len(names)
        for product in names[turn:] + names[:turn]:
            yield product, way


# Figures -------------------------------------------------------------------------------------------------------------


def _middle(values: Sequence[float]) -> str:
    low, high = min(values), max(values)
    middle = statistics.median(values)
    digits = 0 if middle >= 20 or all(value == int(value) for value in values) else 1
    if low == high:
        return f"{middle:,.{digits}f}"
    return f"{middle:,.{digits}f} [{low:,.{digits}f}-{high:,.{digits}f}]"


def weigh(outcomes: list[Outcome]) -> dict[str, dict[str, list[float]]]:
    """Product -> kind -> one value for each trial (main thread: less the bare page of the same kind of trial)."""
    alone = [one for one in outcomes if one.product == BARE]
    missing = {BARE, *PRODUCTS} - {one.product for one in outcomes}
    if missing:
        raise RuntimeError(f"no trial of {missing} counts: this machine is too busy")
    bare = {}
    for way in EXITS:
        like = [one for one in alone if one.exit == way] or alone
        bare[way] = tuple(statistics.median(getattr(one, kind) for one in like) for kind in ("script_ms", "task_ms"))
    weights: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for one in outcomes:
        if not one.product:
            continue
        mine = weights[one.product]
        mine["script ms"].append(one.script_ms - bare[one.exit][0])
        mine["task ms"].append(one.task_ms - bare[one.exit][1])
        if one.exit != "hide":  # a hidden page goes on living
            mine["requests"].append(len(one.heard.requests))
            mine["sent"].append(one.heard.bytes_up)
            mine["received"].append(one.heard.bytes_down)
            mine["bytes"].append(one.heard.bytes_up + one.heard.bytes_down)
        mine["script bytes"].append(one.heard.script_bytes)
        lost = dwell(PRODUCTS[one.product], one.heard.requests) < KNOWN_MS
        mine["lost"].append(lost)
        mine[f"lost by {one.exit}"].append(lost)
        if one.kept is not None:
            mine["kept"].append(one.kept)
    return weights


def beside(weights: dict[str, dict[str, list[float]]]) -> list[dict[str, str]]:
    """The table of everybody."""
    version = versions()
    return [
        {
            "tracker": f"{name} {version.get(name, '')}".strip(),
            "tells a page's time": PRODUCTS[name].offers,
            "script, gzip": f"{mine['script bytes'][0]:,.0f}",
            "requests": _middle(mine["requests"]),
            "bytes sent": _middle(mine["sent"]),
            "bytes received": _middle(mine["received"]),
            "script ms": _middle(mine["script ms"]),
            "main-thread ms": _middle(mine["task ms"]),
            "time of the page lost": ", ".join(
                f"{way} {sum(mine[f'lost by {way}']):.0f}/{len(mine[f'lost by {way}'])}" for way in EXITS
            ),
            "kept by the back-forward cache": f"{sum(mine['kept']):.0f}/{len(mine['kept'])}",
        }
        for name, mine in ((name, weights[name]) for name in PRODUCTS)
    ]


def measure(folder: Path) -> list[dict[str, Any]]:
    """Four figures against the best of the others, and the whole table with the first."""
    install()
    outcomes = asyncio.run(run(folder))
    weights = weigh(outcomes)
    refused = sum(one.heard.refused for one in outcomes if one.product == "shopbell")
    if refused:
        raise RuntimeError(f"the stub refused {refused} bodies of ours: they are not of contract 3")
    silent = {one.product for one in outcomes if one.product and not any(r.body for r in one.heard.requests)}
    if silent:
        raise RuntimeError(f"{', '.join(sorted(silent))}: nothing was said at all, so nothing is measured")
    figures = [
        _figure(weights, "requests", "requests"),
        _figure(weights, "bytes", "bytes, both ways"),
        _figure(weights, "task ms", "main-thread ms"),
        _lost(weights),
    ]
    figures[0]["beside"] = beside(weights)
    return figures


def _figure(weights: dict[str, dict[str, list[float]]], kind: str, what: str) -> dict[str, Any]:
    others = {name: statistics.median(mine[kind]) for name, mine in weights.items() if name != "shopbell"}
    best = min(others, key=lambda name: others[name])
    mine = weights["shopbell"][kind]
    ratio = statistics.median(mine) / max(others[best], 0.1)
    return {
        "what": f"page view of {STAY_SECONDS:.0f} s: {what}",
        "floor": f"{_middle(weights[best][kind])} ({best}, least of {len(others)})",
        "ours": _middle(mine),
        "ratio": f"{ratio:.2f}",
        "reach": "",
        "met": "",
        "rounds": f"{len(mine)} trials{_few(weights)}",
    }


def _lost(weights: dict[str, dict[str, list[float]]]) -> dict[str, Any]:
    shares = {name: sum(mine["lost"]) / len(mine["lost"]) for name, mine in weights.items() if name != "shopbell"}
    best = min(shares, key=lambda name: shares[name])
    mine = weights["shopbell"]["lost"]
    return {
        "what": "time of the last page lost",
        "floor": f"{sum(weights[best]['lost']):.0f} ({best}, least of {len(shares)})",
        "ours": f"{sum(mine):.0f}",
        "ratio": "",
        "reach": "0",
        "met": "yes" if not sum(mine) else "no",
        "rounds": f"{len(mine)} leavings by {len(EXITS)} ways{_few(weights)}",
    }


def _few(weights: dict[str, dict[str, list[float]]]) -> str:
    """Nothing, or that somebody has less than three trials in four."""
    least = min(len(mine["lost"]) for mine in weights.values())
    return "" if least >= 0.75 * ROUNDS * len(EXITS) else ", noisy: the machine was too busy for more"
