"""A short look of what `python -m bench.fuzz` looks at for long: no request breaks the server."""

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bench.fuzz import fuzzer
from tests.fuzzing import COLLECT, EVENTS, IDENTIFY, Case, Fuzzer, send_all
from tests.running import People, Server, viewed

CASES = 1_000
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=20),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=8), inside, max_size=3),
    max_leaves=5,
)
events = st.fixed_dictionaries(
    {},
    optional={
        "id": st.uuids(version=4).map(str) | anything,
        "type": st.sampled_from(["page.viewed", "page.stayed", "page.left", "custom"]) | anything,
        "age": st.integers(-1, 7 * 24 * 3_600_000 + 1) | anything,
        "url": st.from_regex(r"\Ahttps?://[^/ ]*/.*", fullmatch=True) | anything,
        "title": st.text() | anything, "referrer": st.text() | anything, "name": st.text() | anything,
        "path": st.lists(st.text(), max_size=30) | anything, "source": st.sampled_from(["call", "url"]) | anything,
        "page": st.uuids().map(str) | anything, "dwell": st.integers() | anything, "scroll": st.integers() | anything,
        "props": st.dictionaries(st.text(), anything, max_size=5) | anything, "at": st.datetimes().map(str) | anything,
        "user_agent": st.text() | anything, "ip": st.ip_addresses().map(str) | anything,
    },
)  # fmt: skip
bodies = st.fixed_dictionaries(
    {},
    optional={
        "site": st.sampled_from(["demo", "demo", "other"]) | anything,
        "visitor": st.from_regex(r"\A[0-9a-f]{32}\Z", fullmatch=True) | anything,
        "events": st.lists(events, max_size=4) | anything,
        "token": st.from_regex(r"\A[\w-]+\.[\w-]+\.[\w-]*\Z", fullmatch=True) | anything,
    },
)


async def check_alive(server: Server, people: People) -> None:
    """An honest visitor is served as if nothing had been."""
    browser = people.browser()
    assert (await browser.collect(viewed(url=browser.page))).status_code == 204


@pytest.mark.timeout(180)
async def test_no_request_breaks_the_server(server: Server, people: People):
    """No 5xx but 503, no traceback, an answer to everything whose frame is whole, and nobody else is harmed."""
    made = await fuzzer(server, seed=3)
    sent = await send_all(server.port, made.cases(CASES))
    assert sent.wrong == []
    assert sent.without_words == []
    assert {200, 204, 400, 403, 413, 415, 422} <= sent.statuses.keys()
    assert "Traceback" not in server.said()
    await check_alive(server, people)


async def test_no_shape_breaks_the_server(server: Server, people: People):
    """The same for whatever can be put into the fields of a body."""
    maker = await fuzzer(server, seed=0)

    def as_case(path: str, body: Any) -> Case:
        return maker.request_of(path, body)

    found: list[Case] = []

    @given(path=st.sampled_from([COLLECT, EVENTS, IDENTIFY]), body=bodies)
    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    def collect(path: str, body: Any) -> None:
        found.append(as_case(path, body))

    await asyncio.to_thread(collect)
    sent = await send_all(server.port, iter(found))
    assert sent.wrong == []
    assert sent.without_words == []
    assert "Traceback" not in server.said()
    await check_alive(server, people)


def test_a_seed_gives_the_same_cases_again():
    """What was found can be looked at again; signed words carry the time and may differ."""
    once, again = ([case.raw for case in Fuzzer(5, "http://x", "t", "s" * 64).cases(50) if case.path == COLLECT]
                   for _ in range(2))  # fmt: skip
    assert once == again
