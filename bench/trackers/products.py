"""What each tracker's own server would answer, and where in its words the time of a page stands.

Written from what the packages send and what they do with the answer. Nothing here is a server of theirs.
"""

import base64
import binascii
import gzip
import json
import re
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote_plus, urlsplit

JSON = "application/json"
TEXT = "text/plain"


@dataclass
class Request:
    """One request as it came. `at`: seconds, monotonic."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes
    at: float

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}

    @property
    def form(self) -> dict[str, str]:
        """Parameters of a body that is a form."""
        return {name: values[0] for name, values in parse_qs(self.body.decode("utf-8", "replace")).items()}


@dataclass
class Answer:
    status: int = 200
    kind: str = TEXT
    body: bytes = b""


@dataclass(frozen=True)
class Product:
    """`answer`: what its server would say. `times`: dwells (ms) in a request. `offers`: how it tells a page's time."""

    name: str
    package: str
    offers: str
    answer: Callable[[Request], Answer]
    times: Callable[[Request], Iterable[float]]


def _said(value: Any, status: int = 200) -> Answer:
    return Answer(status, JSON, json.dumps(value).encode())


# Ours: contract 3 ----------------------------------------------------------------------------------------------------

_KEY = re.compile(r"[0-9a-f]{32}")
_TYPES = ("page.viewed", "page.stayed", "page.left", "custom")
MOST_BYTES, MOST_AGE = 65_536, 7 * 86_400_000


def ours(asked: Request) -> Answer:
    """204 for a body as the contract has it; 413, 415, 400 in this order."""
    if asked.path != "/collect":
        return Answer(404)
    if len(asked.body) > MOST_BYTES:
        return Answer(413)
    if asked.headers.get("content-type", "").partition(";")[0] not in (TEXT, JSON):
        return Answer(415)
    try:
        body = json.loads(asked.body)
        assert body["site"] == "shop"
        assert _KEY.fullmatch(body["visitor"])
        assert body["events"]
        for event in body["events"]:
            assert str(uuid.UUID(event["id"])) == event["id"]
            assert event["type"] in _TYPES
            assert 0 <= event["age"] <= MOST_AGE
            assert event["type"] != "page.viewed" or {"url", "title", "path", "source"} <= set(event)
            assert not event["type"].startswith("page.") or event["type"] == "page.viewed" or event["dwell"] >= 0
    except (ValueError, KeyError, TypeError, AssertionError):
        return Answer(400)
    return Answer(204)


def _ours_times(asked: Request) -> Iterable[float]:
    if asked.path == "/collect":
        yield from (one["dwell"] for one in json.loads(asked.body)["events"] if "dwell" in one)


# Plausible -----------------------------------------------------------------------------------------------------------


def plausible(asked: Request) -> Answer:
    return Answer(202, TEXT, b"ok")


def _plausible_times(asked: Request) -> Iterable[float]:
    said = json.loads(asked.body or b"{}")
    if said.get("n") == "engagement":
        yield said["e"]


# Snowplow ------------------------------------------------------------------------------------------------------------


def snowplow(asked: Request) -> Answer:
    return Answer(200, TEXT, b"ok")


def _snowplow_times(asked: Request) -> Iterable[float]:
    """A ping says "2 s more": how many came is the time."""
    for event in json.loads(asked.body or b"{}").get("data", []):
        if event.get("e") == "pp":
            yield 2000.0


# PostHog -------------------------------------------------------------------------------------------------------------

_CONFIG = {
    "supportedCompression": ["gzip", "gzip-js"],
    "hasFeatureFlags": False,
    "captureDeadClicks": False,
    "capturePerformance": False,
    "autocapture_opt_out": False,
    "autocaptureExceptions": False,
    "analytics": {"endpoint": "/i/v0/e/"},
    "elementsChainAsString": True,
    "sessionRecording": False,
    "heatmaps": False,
    "defaultIdentifiedOnly": True,
    "siteApps": [],
    "isAuthenticated": False,
    "toolbarParams": {},
}


def posthog(asked: Request) -> Answer:
    """A project in which only page views and clicks are on. Not a word of surveys: even "none" loads their script."""
    if asked.path.endswith("/config.js"):
        text = f"window._POSTHOG_REMOTE_CONFIG={{'phc_shop':{{config:{json.dumps(_CONFIG)},siteApps:[]}}}}"
        return Answer(200, "text/javascript", text.encode())
    if asked.path.endswith("/config"):
        return _said(_CONFIG)
    if asked.path.startswith("/flags"):
        return _said({"flags": {}, "errorsWhileComputingFlags": False, "requestId": str(uuid.uuid4())})
    return _said({"status": "Ok"})


def _posthog_events(asked: Request) -> list[dict[str, Any]]:
    body = asked.body
    if asked.query.get("compression") == "gzip-js" or body[:2] == b"\x1f\x8b":
        body = gzip.decompress(body)
    elif asked.query.get("compression") == "base64" or body.startswith(b"data="):
        body = base64.b64decode(unquote_plus(body.decode()).removeprefix("data="))
    said = json.loads(body)
    return list(said if isinstance(said, list) else said.get("batch") or said.get("data") or [said])


def _posthog_times(asked: Request) -> Iterable[float]:
    if asked.path.startswith(("/e", "/i/v0/e", "/batch")) and asked.body:
        for event in _posthog_events(asked):
            if event["event"] in ("$pageleave", "$pageview"):
                yield 1000.0 * (event["properties"].get("$prev_pageview_duration") or 0)


# Countly -------------------------------------------------------------------------------------------------------------


def countly(asked: Request) -> Answer:
    if asked.path.startswith("/o"):
        return _said({})
    return _said({"result": "Success"})


def _countly_times(asked: Request) -> Iterable[float]:
    for said in (asked.query, asked.form):
        yield 1000.0 * float(said.get("session_duration") or 0)
        for event in json.loads(said.get("events") or "[]"):
            if event["key"] == "[CLY]_view":
                yield 1000.0 * float(event.get("dur") or 0)


# Ackee ---------------------------------------------------------------------------------------------------------------


def ackee(asked: Request) -> Answer:
    if b"updateRecord" in asked.body:
        return _said({"data": {"updateRecord": {"success": True}}})
    return _said({"data": {"createRecord": {"payload": {"id": str(uuid.uuid4())}}}})


def _ackee_times(asked: Request) -> Iterable[float]:
    if b"updateRecord" in asked.body:
        yield 15_000.0


PRODUCTS = {
    product.name: product
    for product in (
        Product("shopbell", "", "time and scroll, on leaving and as it goes on", ours, _ours_times),
        Product(
            "plausible", "@plausible-analytics/tracker", "time and scroll, on leaving", plausible, _plausible_times
        ),
        Product(
            "snowplow",
            "@snowplow/browser-tracker",
            "pings while it goes on (here every 2 s)",
            snowplow,
            _snowplow_times,
        ),
        Product("posthog", "posthog-js", "time and scroll, on leaving", posthog, _posthog_times),
        Product("countly", "countly-sdk-web", "time, on leaving and every minute", countly, _countly_times),
        Product("ackee", "ackee-tracker", "a word every 15 s", ackee, _ackee_times),
    )
}


def dwell(product: Product, requests: Iterable[Request]) -> float:
    """The time (ms) of the page that these requests tell; pings add up, totals do not."""
    times: list[float] = []
    for asked in requests:
        try:
            times += product.times(asked)
        except (ValueError, KeyError, TypeError, OSError, binascii.Error):
            continue
    return sum(times) if product.name == "snowplow" else max(times, default=0.0)
