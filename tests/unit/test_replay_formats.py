"""What each format's lines become: who, when, where in the tree; and always the same."""

import gzip
from itertools import pairwise
from pathlib import Path

import pytest

from contract.beacons import Custom, PageViewed
from contract.clock import DAY, HOUR, MINUTE, SECOND, from_rfc3339
from service.replay.formats import apache, choose, eshop, jsonl
from service.replay.formats.shape import Happened, Skipped

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:30.0) Gecko/20100101 Firefox/30.0"


def numbered(*lines: str) -> list[tuple[int, bytes]]:
    return [(number, line.encode()) for number, line in enumerate(lines, start=1)]


def happened(read) -> list[Happened]:
    found = list(read)
    assert all(isinstance(one, Happened) for one in found), found
    return found


def log_line(target: str = "/", *, address="192.0.2.7", method="GET", status=200, agent=AGENT, referrer="-") -> str:
    return (
        f'{address} - - [17/May/2015:10:05:03 +0200] "{method} {target} HTTP/1.1" {status} 203 "{referrer}" "{agent}"'
    )


# --- apache ---------------------------------------------------------------------------------------------------------


def test_a_line_of_the_log_is_a_page_view_at_its_own_time():
    """Address and agent make the visitor, the path makes the place."""
    line = log_line("/blog/tags/a%20b?page=2", referrer="http://www.example.com/from?q=1")
    (one,) = happened(apache.read(numbered(line), host="example.com"))
    assert one.at == from_rfc3339("2015-05-17T08:05:03Z")
    assert isinstance(one.event, PageViewed)
    assert one.event.url == "http://example.com/blog/tags/a%20b?page=2"
    assert one.event.path == ["blog", "tags", "a b"]
    assert one.event.referrer == "http://www.example.com/from?q=1"
    assert one.event.at == "2015-05-17T08:05:03.000Z"
    assert one.event.user_agent == AGENT
    assert len(one.visitor) == 32


@pytest.mark.parametrize(
    ("target", "page"),
    [
        ("/", True),
        ("/blog/", True),
        ("/blog/entry.html?utm_source=x", True),
        ("/projects/xdotool.xhtml", True),
        ("/wp-login.php", True),
        ("/notes/release-2.1", True),
        ("/search?q=rss", True),
        ("/downloads/tool.jar/", True),
        ("/images/logo.png", False),
        ("/images/LOGO.PNG?v=2", False),
        ("/favicon.ico", False),
        ("/style.css", False),
        ("/lib/app.js?v=1", False),
        ("/fonts/a.woff2", False),
        ("/robots.txt", False),
        ("/feed/", False),
        ("/blog/index.xml", False),
        ("/blog/tags/puppet?flav=rss20", False),
        ("/?flav=atom", False),
        ("/?feed=rss2", False),
        ("/files/paper.pdf", False),
        ("/files/tool-1.2.tar.gz", False),
    ],
)
def test_what_a_browser_shows_as_a_page(target, page):
    """By the ending of the name; a query decides only where it asks for a feed."""
    assert apache.is_page("GET", 200, target) is page


@pytest.mark.parametrize(
    ("method", "status", "page"),
    [
        ("GET", 200, True),
        ("GET", 304, True),
        ("GET", 206, False),
        ("GET", 301, False),
        ("GET", 404, False),
        ("GET", 500, False),
        ("HEAD", 200, False),
        ("POST", 200, False),
        ("OPTIONS", 200, False),
    ],
)
def test_a_page_was_asked_for_and_given(method, status, page):
    """Errors, redirects and questions of programs show nobody a page."""
    assert apache.is_page(method, status, "/") is page


def test_all_requests_keeps_what_is_no_page():
    """Each request that parses becomes a page view."""
    lines = numbered(log_line("/"), log_line("/a.png"), log_line("/x", status=404), log_line("/y", method="HEAD"))
    assert len(happened(apache.read(lines))) == 1
    assert len(happened(apache.read(lines, all_requests=True))) == 4


def test_a_line_that_is_cut_short_is_skipped_and_named():
    """The closing quote is missing: we do not guess what stood there."""
    found = list(apache.read(numbered(log_line("/a"), log_line("/b")[:-1], "", log_line("/c")), all_requests=True))
    assert [type(one) for one in found] == [Happened, Skipped, Happened]
    assert isinstance(found[1], Skipped)
    assert found[1].line == 2


@pytest.mark.parametrize(
    "line",
    [
        "nonsense",
        log_line().replace("May", "Mai"),
        log_line().replace("17/May", "99/May"),
        log_line().replace("+0200", "+9900"),
        '"""""',
        "\x00\xff",
    ],
)
def test_lines_from_elsewhere_are_skipped(line):
    """Nothing raises, whatever stands in the file."""
    (one,) = apache.read(numbered(line), all_requests=True)
    assert isinstance(one, Skipped)


def test_quotes_inside_a_field_belong_to_it():
    """The server writes them as backslash and quote."""
    (one,) = happened(apache.read(numbered(log_line(agent=r"a \"b\" c"))))
    assert one.event.user_agent == r"a \"b\" c"


def test_visitors_are_addresses_with_agents():
    """Either of the two differs: somebody else. No agent is unknown, not a name."""
    lines = [log_line(), log_line(agent="other"), log_line(address="192.0.2.8"), log_line(), log_line(agent="-")]
    found = happened(apache.read(numbered(*lines)))
    assert len({one.visitor for one in found}) == 4
    assert found[0].visitor == found[3].visitor
    assert found[4].event.user_agent is None


def test_the_same_line_again_in_one_file_is_another_event_and_in_a_copy_the_same():
    """Ids come from number and content."""
    lines = numbered(log_line(), log_line())
    first, second = (one.event.id for one in happened(apache.read(lines)))
    assert first != second
    assert [one.event.id for one in happened(apache.read(lines))] == [first, second]


def test_the_site_is_the_host_that_most_referrers_name():
    """With or without `www.`, and no referrer says nothing."""
    lines = [log_line(referrer=f"http://{host}/") for host in ("www.a.example", "b.example", "a.example")]
    assert apache.host_of(numbered(*lines, log_line())) == "a.example"
    assert apache.host_of(numbered(log_line())) == ""


def test_a_path_of_only_spaces_keeps_its_depth():
    """A name that would vanish stays as it was written."""
    assert apache.path_of("//a/%20/b%2Fc/") == ["a", "%20", "b/c"]


def test_an_address_that_is_too_long_loses_its_query():
    """The place in the tree is the same."""
    (one,) = happened(apache.read(numbered(log_line("/a/b?" + "x" * 5000))))
    assert isinstance(one.event, PageViewed)
    assert one.event.url.endswith("/a/b")
    assert one.event.path == ["a", "b"]


# --- eshop ----------------------------------------------------------------------------------------------------------

HEAD = (
    "year;month;day;order;country;session ID;page 1 (main category);page 2 (clothing model);colour;location;"
    "model photography;price;price 2;page"
)


def test_a_click_stands_in_shop_category_model():
    """The shop is home, so a click has depth 2."""
    (one,) = happened(eshop.read(numbered(HEAD, "2008;4;1;1;29;7;2;B4;10;2;1;52;1;3")))
    assert isinstance(one.event, PageViewed)
    assert one.event.path == ["Skirts", "B4"]
    assert one.event.url == "http://shop.example/skirts/B4?page=3"
    assert one.event.user_agent is None
    assert one.at is not None
    assert one.at - one.at % DAY == from_rfc3339("2008-04-01T00:00:00Z")


def test_a_session_is_one_visit_within_its_day():
    """Invented times rise by 10 to 20 seconds and stay far from midnight, even in the longest session known."""
    for session in range(300):
        times = [eshop.time_of(str(session), order) for order in range(1, 193)]
        gaps = {after - before for before, after in pairwise(times)}
        assert min(gaps) >= 10 * SECOND
        assert max(gaps) <= 20 * SECOND < 30 * MINUTE
        assert 8 * HOUR <= times[0] < times[-1] < DAY


def test_sessions_do_not_share_visitors_and_the_order_of_columns_is_free():
    """One visitor per session id."""
    mixed = "session ID;order;day;month;year;page 2 (clothing model);page 1 (main category)"
    found = happened(eshop.read(numbered(mixed, "1;1;1;4;2008;A1;1", "2;1;1;4;2008;A1;1", "1;2;1;4;2008;A2;1")))
    assert found[0].visitor == found[2].visitor != found[1].visitor


def test_a_file_without_these_columns_is_refused_with_a_sentence():
    """The missing ones are named."""
    with pytest.raises(ValueError, match="session id"):
        list(eshop.read(numbered("year;month;day", "2008;1;1")))


@pytest.mark.parametrize(
    "row", ["2008;4;1;0;29;7;2;B4", "2008;4;31;1;29;7;2;B4", "2008;4;1;x;29;7;2;B4", "2008", ";;;;;;;"]
)
def test_rows_that_say_nothing_are_skipped(row):
    """No click number, no such day, no session."""
    assert [type(one) for one in eshop.read(numbered(HEAD, row))] == [Skipped]


# --- jsonl ----------------------------------------------------------------------------------------------------------


def test_a_line_is_a_body_or_one_event():
    """Both say the same."""
    event = '"type":"page.viewed","url":"https://x.example/","at":"2026-05-01T10:00:00Z","id":"i"'
    body, single = happened(
        jsonl.read(numbered(f'{{"visitor":"v","events":[{{{event}}}]}}', f'{{"visitor":"v","site":"z",{event}}}'))
    )
    assert body == single
    assert body.at == from_rfc3339("2026-05-01T10:00:00Z")
    assert len(body.visitor) == 32


def test_a_key_of_the_contract_stays_and_a_missing_id_is_made():
    """The same file gives the same id."""
    line = f'{{"visitor":"{"a" * 32}","type":"custom","name":"cart.added","age":5}}'
    (one,) = happened(jsonl.read(numbered(line)))
    assert one.visitor == "a" * 32
    assert isinstance(one.event, Custom)
    assert one.at is None
    assert [one] == happened(jsonl.read(numbered(line)))


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "1",
        '{"visitor":7,"events":[]}',
        '{"visitor":"v","type":"unheard.of"}',
        '{"visitor":"v","type":"page.viewed"}',
        '{"visitor":"v","type":"page.viewed","url":"u","at":"yesterday"}',
        '{"visitor":"v","events":[3]}',
        '{"visitor":"v","events":3}',
        r'{"visitor":"\ud800","type":"custom","name":"n"}',
    ],
)
def test_what_is_no_event_is_skipped(line):
    """Each with its reason."""
    assert [type(one) for one in jsonl.read(numbered(line))] == [Skipped]


def test_one_bad_event_of_a_body_does_not_take_the_others_along():
    """The good one is kept."""
    line = '{"visitor":"v","events":[{"type":"nothing"},{"type":"custom","name":"n"}]}'
    assert [type(one) for one in jsonl.read(numbered(line))] == [Skipped, Happened]


# --- files ----------------------------------------------------------------------------------------------------------


def test_packed_or_not_the_file_says_the_same(tmp_path):
    """Known by its first bytes; the end of a line does not matter."""
    (tmp_path / "plain").write_bytes(log_line().encode() + b"\r\n")
    (tmp_path / "packed").write_bytes(gzip.compress(log_line().encode() + b"\n"))
    plain, packed = (list(choose.read(tmp_path / name, "apache")) for name in ("plain", "packed"))
    assert plain == packed != []


def test_an_unknown_format_is_refused_with_the_known_ones():
    """The sentence names them."""
    with pytest.raises(ValueError, match="apache, eshop, jsonl"):
        choose.read(Path("x"), "iis")
