"""A conversation as a file to keep: nobody's words run, and nobody's words are somebody else's."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.moments import day, written
from chat.transcript import Line, Talk, as_html, as_text
from chat.wording import Part, Speech, parts, size
from chat.words import TRANSCRIPT
from contract.clock import from_rfc3339
from contract.money import money
from contract.names import MessageKind

AT = from_rfc3339("2026-11-22T13:05:00Z")
EVIL = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&"
EN, RU = TRANSCRIPT["en"], TRANSCRIPT["ru"]


def line(text: str, *, side: Any = "visitor", name: str = "Vera", at: int = AT, url: str = "") -> Line:
    return Line(at=at, side=side, name=name, parts=(Part(text, url),))


def talk(*lines: Line, **more: Any) -> Talk:
    return Talk(**({"site": "Shop", "zone": "Europe/Berlin", "people": ("Anna", "Vera"), "lines": lines} | more))


def test_a_conversation_as_text():
    """In the site's zone, a heading for each day, everybody's words under their name."""
    said = talk(
        line("Is it oak?\nOr beech?"),
        line("Anna joined.", side="system", name="", at=AT + 60_000),
        line("Oak.", side="expert", name="Anna", at=AT + 120_000),
        line("Thanks", at=from_rfc3339("2026-11-22T23:30:00Z")),
    )
    assert as_text(said, EN) == (
        "Conversation at Shop\nWith: Anna, Vera\nFrom 2026-11-22 14:05 to 2026-11-23 00:30\n"
        "Times are those of Europe/Berlin.\n"
        "\n--- 2026-11-22, UTC+01:00 ---\n"
        "\n14:05  Vera:\n    Is it oak?\n    Or beech?\n"
        "\n14:06  *\n    Anna joined.\n"
        "\n14:07  Anna:\n    Oak.\n"
        "\n--- 2026-11-23, UTC+01:00 ---\n"
        "\n00:30  Vera:\n    Thanks\n"
    )


@given(st.lists(st.tuples(st.text(max_size=80), st.text(max_size=20)), min_size=1, max_size=5))
def test_nobody_writes_a_line_of_somebody_else(said: list[tuple[str, str]]):
    """Whatever ends a line in a text or a name: at the margin stand our own lines alone."""
    made = as_text(talk(*(line(text, name=name) for text, name in said)), EN)
    margin = [one for one in made.splitlines()[4:] if one and not one.startswith("    ")]
    assert margin[0].startswith("--- ")
    assert len(margin) == 1 + len(said)
    assert all(re.fullmatch(r"14:05  (.*:|\*)", one) for one in margin[1:])


class Reader(HTMLParser):
    """What a browser would see."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


TAGS = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "ol", "li", "time", "bdi", "a"}


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    reader.close()
    return reader


def test_a_page_escapes_everything_from_outside():
    """Texts, names, the site, addresses: all are text."""
    page = as_html(
        talk(line(EVIL, name=EVIL), line("x", url=f"https://a.example/{EVIL.replace(' ', '')}"), site=EVIL, zone="UTC",
             people=(EVIL,)), EN, "en",
    )  # fmt: skip
    seen = read(page)
    assert {tag for tag, _ in seen.tags} <= TAGS
    assert not [name for _, attributes in seen.tags for name in attributes if name.startswith("on")]
    assert seen.text.count(EVIL) >= 4
    assert "<script" not in page.lower()


@given(st.text(max_size=200), st.text(max_size=60), st.text(max_size=60))
def test_no_text_becomes_a_tag(text: str, name: str, url: str):
    seen = read(as_html(talk(line(text, name=name, url=url)), EN, "en"))
    assert {tag for tag, _ in seen.tags} <= TAGS
    links = [attributes["href"] for tag, attributes in seen.tags if tag == "a"]
    assert all(link is not None and link.startswith(("http://", "https://")) for link in links)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", " https://a.example", "//a.example", "ftp://a"]
)
def test_only_web_addresses_become_links(url: str):
    assert "<a " not in as_html(talk(line("x", url=url)), EN, "en")


def test_a_page_brings_all_it_needs_and_asks_for_nothing():
    page = as_html(talk(line("x", url="https://a.example/b")), EN, "en")
    assert "default-src &#x27;none&#x27;" in page
    assert not re.search(r"src=|<link|@import|url\(", page)
    assert '<a href="https://a.example/b" rel="noopener noreferrer nofollow">' in page


def test_a_note_is_marked_as_one():
    """It is in the hands of colleagues only; there it is not taken for something that was said."""
    said = talk(line("Be careful", side="note", name="Anna"))
    assert "14:05  Internal note, Anna:" in as_text(said, EN)
    assert 'class="note"' in as_html(said, RU, "ru")


def test_an_empty_conversation_says_so():
    assert as_text(talk(people=()), EN) == "Conversation at Shop\nNothing was said here.\n"
    assert "Здесь ещё ничего не сказано." in as_html(talk(), RU, "ru")


def test_who_reads_their_own_copy_is_not_named_in_it():
    """The visitor reads who talked with them; a colleague's copy names both sides."""
    said = {"people": ("Anna",), "yours": True}
    assert "With: Anna\n" in as_text(talk(line("x"), **said), EN)
    assert "С вами говорили: Anna\n" in as_text(talk(line("x"), **said), RU)
    assert "With: Anna, Maria\n" in as_text(talk(line("x"), people=("Anna", "Maria")), EN)


def test_what_is_left_out_is_said():
    assert "Earlier messages are left out: 12." in as_text(talk(line("x"), left_out=12), EN)


def test_a_night_with_two_o_clock_twice_keeps_its_order():
    """The offset stands beside the day; an unknown zone is UTC."""
    first, second = from_rfc3339("2026-10-25T00:30:00Z"), from_rfc3339("2026-10-25T01:30:00Z")
    assert (day(first, "Europe/Berlin"), day(second, "Europe/Berlin")) == (
        "2026-10-25, UTC+02:00",
        "2026-10-25, UTC+01:00",
    )
    assert written(first, "Europe/Berlin") == written(second, "Europe/Berlin") == "2026-10-25 02:30"
    assert written(first, "Nowhere/Land") == "2026-10-25 00:30"
    assert written("no time", "UTC") == ""


HANDED = {"name": "conversation.transferred", "by": "Anna", "state": "waiting"}
PRICE = {"amount": 1990, "currency": "EUR"}
SPEECH = Speech(words=EN, money=lambda amount, currency: money(amount, currency, "en"), zone="Europe/Berlin")


@pytest.mark.parametrize(
    ("kind", "data", "wanted"),
    [
        ("text", {}, ["said"]),
        ("info", {"title": "Care", "text": "Oil", "url": "http://a.example"}, ["Care", "Oil", "http://a.example"]),
        ("info", {"title": "Care", "text": "", "url": "javascript:x"}, ["Care"]),
        ("offer", {"product": {"name": "Spade"}, "price": PRICE, "text": "now"}, ["Offer: Spade for €19.90", "now"]),
        ("order_form", {"lines": [{"name": "Spade", "price": PRICE}]}, ["Order form:", "Spade: €19.90"]),
        ("order", {"number": "7", "total": PRICE, "lines": [{"name": "Spade", "quantity": 2, "total": PRICE}]},
         ["Order 7, €19.90", "2 × Spade: €19.90"]),
        ("file", {"name": "a.pdf", "size": 1_300_000}, ["File: a.pdf (1.3 MB)"]),
        ("articles", {"articles": [{"title": "Oak", "quote": "Hard.", "url": ""}]},
         ["From the knowledge base:", "Oak", "Hard."]),
        ("event", {"name": "expert.joined", "expert": "{site}"}, ["{site} joined."]),
        ("event", {"name": "callback.agreed", "expert": "Anna", "at": "2026-11-23T08:15:00Z"},
         ["Agreed: Anna calls or writes at 2026-11-23 09:15."]),
        ("event", {"name": "callback.agreed", "expert": "Anna"}, ["said"]),
        ("event", {"name": "callback.cancelled", "expert": "Anna", "at": "2026-11-23T08:15:00Z"},
         ["The callback at 2026-11-23 09:15 was cancelled by the visitor."]),
        ("event", {**HANDED, "to": "Boris", "topic": []}, ["Anna asked Boris to take over."]),
        ("event", {**HANDED, "to": "", "topic": ["Garden", "Hoses"]},
         ["Anna asked a colleague who knows Hoses to take over."]),
        ("event", {**HANDED, "to": "", "topic": []}, ["Anna asked a colleague to take over."]),
        ("event", {**HANDED, "to": "Anna", "topic": [], "state": "returned"},
         ["The conversation stayed with Anna."]),
        ("event", {"name": "queue.waiting", "position": 2}, []),
        ("event", {"name": "something.new"}, ["said"]),
        ("event", {}, ["said"]),
        ("offer", {"kept": "otherwise"}, ["said"]),
    ],
)  # fmt: skip
def test_every_kind_of_message_has_words(kind: MessageKind, data: dict[str, Any], wanted: list[str]):
    """The server's own words in the reader's language; what is unknown keeps the words it came with."""
    assert [part.text for part in parts(kind, "said", data, SPEECH)] == wanted


@pytest.mark.parametrize(
    ("number", "english", "russian"),
    [
        (1, "1 KB", "1 КБ"),
        (14_400, "14 KB", "14 КБ"),
        (123_007, "123 KB", "123 КБ"),
        (2_000_000, "2 MB", "2 МБ"),
        (10 * 1024 * 1024, "10.5 MB", "10,5 МБ"),
    ],
)
def test_sizes_are_written_as_people_do(number: int, english: str, russian: str):
    assert (size(number, EN), size(number, RU)) == (english, russian)
