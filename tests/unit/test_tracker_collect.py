"""What an event must be before it enters the base, and what becomes of what it says."""

from typing import Any
from uuid import uuid4

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.beacons import MAX_AGE, Beacon, Event
from contract.clock import rfc3339
from contract.facts import SiteFacts
from tracker.collect import MAX_DWELL, MAX_PROPS, Prepared, prepare
from tracker.reasons import REASONS

NOW = 1_790_000_000_000
ID = "7f0c2b1e-5a0e-4c38-9a63-0a5b6c7d8e9f"
SITE = SiteFacts(id="s", key="k", name="n", origins=frozenset(), language="en", zone="UTC", currency="EUR")


def prepared(*events: dict[str, Any], trusted: bool = False, user_agent: str = "Mozilla/5.0") -> Prepared:
    body = {"site": "k", "visitor": "0" * 32, "events": list(events)}
    beacon = msgspec.json.decode(msgspec.json.encode(body), type=Beacon)
    return prepare(SITE, beacon, received_at=NOW, user_agent=user_agent, trusted=trusted)


def viewed(**said: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "type": "page.viewed", "url": "https://shop.example/a/b"} | said


def stayed(**said: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "type": "page.stayed", "page": ID, "dwell": 1} | said


def custom(**said: Any) -> dict[str, Any]:
    return {"id": str(uuid4()), "type": "custom", "name": "cart.added"} | said


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (viewed(id="1"), "bad_id"),
        (viewed(id=ID.replace("-", "")), "bad_id"),
        (viewed(id=ID + "0"), "bad_id"),
        (viewed(id=""), "bad_id"),
        (viewed(age=-1), "age_out_of_range"),
        (viewed(age=MAX_AGE + 1), "age_out_of_range"),
        (viewed(age=2**63), "age_out_of_range"),
        (viewed(url=""), "bad_url"),
        (viewed(url="/only/a/path"), "bad_url"),
        (viewed(url="javascript:alert(1)"), "bad_url"),
        (viewed(url="data:text/html,x"), "bad_url"),
        (viewed(url="ftp://shop.example/"), "bad_url"),
        (viewed(url="https://"), "bad_url"),
        (viewed(url="https://[::1"), "bad_url"),
        (viewed(url="https://shop.example/" + "a" * 2048), "bad_url"),
        (stayed(page="x"), "bad_page"),
        (stayed(dwell=-1), "bad_dwell"),
        (stayed(dwell=MAX_DWELL + 1), "bad_dwell"),
        (stayed(type="page.left", dwell=2**62), "bad_dwell"),
        (custom(name=" \n"), "bad_name"),
        (custom(props={"a": "x" * MAX_PROPS}), "props_too_large"),
        (custom(props={"a": [[[[[[[["too deep"]]]]]]]]}), "bad_props"),
    ],
)
def test_what_cannot_be_taken_is_refused_alone_with_its_reason(event: dict[str, Any], reason: str) -> None:
    """The events beside it are taken, and the refusal names the event."""
    one = prepared(viewed(), event, custom())
    assert [(refused.id, refused.reason) for refused in one.rejected] == [(event["id"], reason)]
    assert len(one.rows) == 2
    assert reason in REASONS


@pytest.mark.parametrize("event", [viewed(age=0), viewed(age=MAX_AGE), stayed(dwell=0), stayed(dwell=MAX_DWELL)])
def test_the_limits_themselves_are_taken(event: dict[str, Any]) -> None:
    """Limits are included."""
    assert prepared(event).rejected == []


@pytest.mark.parametrize(("scroll", "kept"), [(-5, 0), (0, 0), (55, 55), (100, 100), (101, 100), (2**40, 100)])
def test_scroll_is_a_percentage(scroll: int, kept: int) -> None:
    """Whatever is beyond is clamped, not refused: the dwell beside it is worth more."""
    assert prepared(stayed(scroll=scroll)).rows[0].scroll == kept


def test_time_is_our_clock_less_the_age() -> None:
    """`at`, agent and address that a browser claims are not used."""
    (row,) = prepared(viewed(age=5000, at="2001-01-01T00:00:00Z", user_agent="curl/8", ip="1.2.3.4")).rows
    assert (row.at, row.user_agent) == (NOW - 5000, "Mozilla/5.0")


@pytest.mark.parametrize(
    ("at", "taken"),
    [
        ("1999-12-31T23:59:59.250Z", 946_684_799_250),
        (rfc3339(NOW), NOW),
        (rfc3339(NOW + 60_000), NOW + 60_000),
        (rfc3339(NOW + 60_001), None),
        ("2015-05-17T10:05:03+02:00", 1_431_849_903_000),
        ("2015-05-17T10:05:03", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_a_trusted_server_says_when(at: str, taken: int | None) -> None:
    """Any past time with a zone, and at most a minute ahead."""
    one = prepared(viewed(at=at), trusted=True)
    assert [row.at for row in one.rows] == ([] if taken is None else [taken])
    assert [refused.reason for refused in one.rejected] == (["bad_time"] if taken is None else [])


def test_the_agent_of_a_trusted_server_says_nothing() -> None:
    """What counts is the agent beside each event; none is unknown."""
    one = prepared(viewed(), viewed(user_agent="curl/8.1"), trusted=True, user_agent="python-httpx/1")
    assert [row.user_agent for row in one.rows] == ["", "curl/8.1"]
    assert one.bot
    assert not prepared(viewed(), trusted=True, user_agent="python-httpx/1").bot
    assert prepared(viewed(), user_agent="python-httpx/1").bot


def test_only_a_page_view_says_who_looks() -> None:
    """Some browsers send the farewell of a page under another name."""
    one = prepared(viewed(), stayed(), custom(), user_agent="curl/8.1")
    assert [row.user_agent for row in one.rows] == ["curl/8.1", "", ""]
    assert not prepared(stayed(), custom(), user_agent="curl/8.1").bot


def test_events_are_applied_oldest_first_and_ties_as_they_stand() -> None:
    """The order in the body decides only between equal ages."""
    one = prepared(
        viewed(title="3", age=0), viewed(title="1", age=9), viewed(title="4", age=0), viewed(title="2", age=5)
    )
    assert [(row.title, row.position) for row in one.rows] == [("1", 0), ("2", 1), ("3", 2), ("4", 3)]


def test_ids_are_kept_in_small_letters() -> None:
    """The same id in capitals is the same event."""
    one = prepared(stayed(id=ID.upper(), page=ID.upper()))
    assert (one.rows[0].id, one.rows[0].page) == (ID, ID)


def test_text_from_outside_is_cleaned() -> None:
    """NUL and control characters become U+FFFD, titles are cut, props too."""
    one = prepared(viewed(title=" a\x00b\x1b " + "x" * 400), custom(name="n\x00", props={"k\x00": ["v\x07", 1, None]}))
    assert one.rows[0].title.startswith("a\ufffdb\ufffd x")
    assert len(one.rows[0].title) == 300
    assert (one.rows[1].name, one.rows[1].props) == ("n\ufffd", {"k\ufffd": ["v\ufffd", 1, None]})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("https://shop.example/a?x=1&token=abc&y=2", "https://shop.example/a?x=1&y=2"),
        ("https://shop.example/a?access_token=1", "https://shop.example/a"),
        ("https://shop.example/a?PASSWORD=1&Email=a%40b.example&q=boots", "https://shop.example/a?q=boots"),
        ("https://shop.example/a?who=anna@shop.example", "https://shop.example/a"),
        ("https://shop.example/a?key=1&code=2&secret=3&sessionid=4&api_key=5", "https://shop.example/a"),
        ("https://anna:pw@shop.example/a", "https://shop.example/a"),
        ("https://shop.example/a#/list?token=1&p=2", "https://shop.example/a#/list?p=2"),
        ("https://shop.example/#access_token=1&state=2", "https://shop.example/"),
        ("https://shop.example/keyboards?monkey=1&barcode=2", "https://shop.example/keyboards?monkey=1&barcode=2"),
        ("https://shop.example/a b", "https://shop.example/a%20b"),
        ("https://shop.example/a?q=" + "x" * 3000, "https://shop.example/a"),
    ],
)
def test_secrets_in_addresses_never_enter_the_base(given: str, kept: str) -> None:
    """Neither in the address nor in the referrer; a query that is too long is left out."""
    (row,) = prepared(viewed(url=given, referrer=given)).rows
    assert (row.url, row.referrer) == (kept, kept)


def test_a_referrer_that_is_no_address_is_none() -> None:
    """The view is taken all the same."""
    assert [row.referrer for row in prepared(viewed(referrer="android-app://x"), viewed(referrer="x")).rows] == ["", ""]


def test_a_refused_event_is_kept_without_its_secrets() -> None:
    """The site sees why and what, not the token in the address."""
    one = prepared(
        viewed(age=-1, url="https://shop.example/?token=abc"), viewed(id="7" * 900, url="mailto:a?token=abc")
    )
    assert "abc" not in str(one.refused)
    assert len(one.refused[1].id) == 64


ANY_TEXT = st.text(max_size=60)
ANY_INT = st.integers(-(2**63), 2**63 - 1)
ANY_JSON = st.recursive(
    st.none() | st.booleans() | ANY_INT | ANY_TEXT, lambda inner: st.lists(inner) | st.dictionaries(ANY_TEXT, inner)
)


@given(
    st.lists(
        st.one_of(
            st.fixed_dictionaries({
                "type": st.just("page.viewed"), "id": ANY_TEXT | st.just(ID), "age": ANY_INT | st.just(0),
                "url": ANY_TEXT | ANY_TEXT.map("https://h/".__add__) | ANY_TEXT.map("https://".__add__),
                "title": ANY_TEXT, "referrer": ANY_TEXT | ANY_TEXT.map("http://".__add__),
                "path": st.none() | st.lists(ANY_TEXT, max_size=30),
            }),
            st.fixed_dictionaries({
                "type": st.sampled_from(["page.stayed", "page.left"]), "id": st.just(ID),
                "page": ANY_TEXT | st.just(ID), "dwell": ANY_INT, "scroll": ANY_INT, "at": ANY_TEXT,
            }),
            st.fixed_dictionaries({
                "type": st.just("custom"), "id": st.just(ID), "name": ANY_TEXT,
                "props": st.dictionaries(ANY_TEXT, ANY_JSON),
            }),
        ),
        min_size=1, max_size=4,
    ),
    st.booleans(),
)  # fmt: skip
def test_nothing_that_fits_the_shape_breaks_it(events: list[dict[str, Any]], trusted: bool) -> None:
    """Every event becomes a row or a refusal."""
    one = prepared(*events, trusted=trusted)
    assert len(one.rows) + len(one.refused) == len(events)
    for row in one.rows:
        assert row.path == tuple(name for name in row.path if name.strip())
        assert len(row.path) <= 20
        assert len(row.url) <= 2048


def test_every_type_of_event_has_its_steps() -> None:
    """A new event shape cannot be forgotten."""
    from typing import get_args

    from tracker.collect import STEPS

    assert set(STEPS) == set(get_args(Event))
