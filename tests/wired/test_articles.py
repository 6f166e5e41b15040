"""The knowledge base on both databases: written by those who may, found by everybody, of one's own site alone."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import chat.articles
import chat.library
from access.sites import FRESH_SECONDS, Sites
from chat.library import Library
from chat.ranking import Analysed, Index, analysed
from contract.clock import now_ms
from contract.errors import Refused
from contract.facts import SiteFacts
from service.demo.knowledge import articles, canned
from service.demo.language import LANGUAGES
from tests.running import People, visitor_key
from tests.wired.api_house import House, house, missing
from tests.wired.counter import Shop

FREE = {"title": "Delivery", "text": "Delivery is free.", "language": "en", "path": [], "state": "published"}
QUESTIONS = json.loads((Path(__file__).parents[1] / "unit" / "questions.json").read_text(encoding="utf-8"))


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


@pytest.fixture
async def shop(fresh_database_url: str) -> AsyncIterator[Shop]:
    opened = await Shop.open(fresh_database_url)
    opened.bell.sites = Sites(opened.store)
    yield opened
    await opened.close()


async def found(here: House, question: str, who: str = "expert", **more: str) -> list[str]:
    """The titles that a visitor would be answered with."""
    params = {"site": here.ours["key"], "q": question, **more}
    answer = await here.ask("GET", "/api/articles/search", who, params=params)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"] if item["fits"]]


async def test_an_article_is_written_published_found_changed_and_gone(here: House):
    body = {
        "site": here.ours["key"],
        "title": "Repairs",
        "text": " We mend what we sold.\r\n\r\nAlways. ",
        "path": ["Garden"],
    }
    made = await here.ask("POST", "/api/articles", "marketer", json=body)
    assert made.status_code == 201, made.text
    one = made.json()
    assert (one["state"], one["language"], one["path"]) == ("draft", "en", ["Garden"])
    assert one["text"] == "We mend what we sold.\n\nAlways."
    assert one["author"]["id"] == here.ours["marketer"]
    assert await found(here, "do you mend it?") == [], "a draft is nobody's answer"
    path = f"/api/articles/{one['id']}"
    assert (await here.ask("PATCH", path, "admin", json={"state": "published"})).json()["state"] == "published"
    assert await found(here, "do you mend it?") == ["Repairs"], "at once where it was changed"
    await here.ask("PATCH", path, "marketer", json={"text": "Bring it to the cobbler."})
    assert await found(here, "do you mend it?") == []
    assert await found(here, "where is the cobbler") == ["Repairs"]
    seen = (await here.ask("GET", path, "expert")).json()
    assert (seen["text"], seen["title"]) == ("Bring it to the cobbler.", "Repairs")
    assert (await here.ask("DELETE", path, "marketer")).status_code == 204
    assert await found(here, "where is the cobbler") == []
    assert (await here.ask("GET", path, "expert")).status_code == 404


async def test_the_list_says_all_but_the_texts(here: House):
    for number in range(3):
        body = {"site": here.ours["key"], "title": f"Статья {number}", "text": "Слово. " * 10, "language": "ru"}
        await here.ask("POST", "/api/articles", json=body)
    page = (await here.ask("GET", "/api/articles", "expert", params={"language": "ru", "state": "draft"})).json()
    assert [(item["title"], item["length"]) for item in page["items"]] == [(f"Статья {n}", 69) for n in range(3)]
    assert "text" not in page["items"][0]
    whole = (await here.ask("GET", "/api/articles", "expert", params={"limit": 1})).json()
    assert [item["title"] for item in whole["items"]] == ["Delivery"]
    assert whole["next"]


WRONG: tuple[dict[str, Any], ...] = (
    {"title": ""}, {"title": " "}, {"title": "a\nb"}, {"title": "x" * 201}, {"text": ""}, {"text": "\u200b"},
    {"text": "x" * 50_001}, {"text": "a\u0000b"}, {"language": "EN"}, {"language": "english"}, {"state": "hidden"},
    {"path": ["x"] * 21}, {"path": [""]}, {"path": "Garden"},
)  # fmt: skip


async def test_what_is_no_article_is_refused(here: House):
    for wrong in WRONG:
        answer = await here.ask("POST", "/api/articles", json={"site": here.ours["key"], **FREE, **wrong})
        assert answer.status_code in (400, 422), (wrong, answer.text)
        changed = await here.ask("PATCH", f"/api/articles/{here.ours['article']}", json=wrong)
        assert changed.status_code in (400, 422), (wrong, changed.text)


async def test_a_site_has_room_for_so_many_and_so_much(here: House, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(chat.articles, "ARTICLES", 2)
    monkeypatch.setattr(chat.articles, "WHOLE", 100)
    body = {"site": here.ours["key"], **FREE}
    second = await here.ask("POST", "/api/articles", json={**body, "text": "x" * 50})
    assert second.status_code == 201
    assert (await here.ask("POST", "/api/articles", json=body)).json()["code"] == "too_many"
    longer = await here.ask("PATCH", f"/api/articles/{second.json()['id']}", json={"text": "y" * 99})
    assert longer.json()["code"] == "too_many", "another one fills the rest"
    assert (await here.ask("PATCH", f"/api/articles/{second.json()['id']}", json={"text": "y" * 60})).is_success
    monkeypatch.setattr(chat.articles, "CANNED", 1)
    said = {"site": here.ours["key"], "shortcut": "more", "title": "More", "text": "More."}
    assert (await here.ask("POST", "/api/canned", json=said)).json()["code"] == "too_many"


async def test_a_shortcut_is_unique_within_its_language(here: House):
    said = {"site": here.ours["key"], "shortcut": "HI", "title": "Hello", "text": "Hello."}
    assert (await here.ask("POST", "/api/canned", json=said)).json()["code"] == "exists", "capitals make no difference"
    russian = await here.ask("POST", "/api/canned", json={**said, "shortcut": "Привет", "language": "ru"})
    assert (russian.status_code, russian.json()["shortcut"]) == (201, "привет")
    assert (await here.ask("POST", "/api/canned", json={**said, "language": "ru"})).status_code == 201
    path = f"/api/canned/{russian.json()['id']}"
    assert (await here.ask("PATCH", path, json={"shortcut": "hi"})).json()["code"] == "exists"
    assert (await here.ask("PATCH", path, json={"shortcut": "привет", "text": "Да."})).json()["text"] == "Да."
    for wrong in ("", "a b", "/hi", "x" * 41, "a\n"):
        assert (await here.ask("PATCH", path, json={"shortcut": wrong})).status_code == 422, wrong
    mine = (await here.ask("GET", "/api/canned", "expert", params={"language": "ru"})).json()["items"]
    assert [one["shortcut"] for one in mine] == ["привет", "hi"]


async def test_the_search_says_why(here: House):
    params = {"site": here.ours["key"], "q": "Is delivery free on Sundays?"}
    said = (await here.ask("GET", "/api/articles/search", "expert", params=params)).json()
    assert said["unknown"] == ["sundays"]
    assert said["items"][0]["words"] == ["delivery", "free"]
    assert said["items"][0]["fits"] is (said["items"][0]["score"] >= said["least"])
    for nothing in ("", "   ", "how do you do", "xyz", "'\"%_;--"):
        answer = await here.ask("GET", "/api/articles/search", params={**params, "q": nothing})
        assert answer.json()["items"] == [], nothing


async def test_articles_of_another_language_answer_where_ones_own_has_nothing(here: House):
    body = {
        "site": here.ours["key"],
        "title": "Гарантия",
        "text": "Гарантия на чугун — 25 лет.",
        "language": "ru",
        "state": "published",
    }
    assert (await here.ask("POST", "/api/articles", json=body)).status_code == 201
    assert await found(here, "Какая гарантия на чугун?", language="en") == ["Гарантия"]
    assert await found(here, "Is delivery free?", language="ru") == ["Delivery"]
    assert await found(here, "Ist die Lieferung frei?", language="de") == []


async def test_another_process_sees_a_change_within_two_seconds(shop: Shop):
    clock = 0.0
    sites = Sites(shop.store, clock=lambda: clock)
    library = Library(shop.store)

    async def answers() -> list[str]:
        seen = await sites.by_id(shop.site.id)
        assert seen is not None
        return [hit.quote for hit in (await library.search(seen, "en", "Is delivery free?")).answers]

    assert await answers() == []
    row = await shop.store.write(lambda conn: chat.articles.create_article(conn, shop.site.id, FREE, None, now_ms()))
    clock += FRESH_SECONDS
    assert await answers() == ["Delivery is free."]
    await shop.store.write(
        lambda conn: chat.articles.update_article(conn, row, {"text": "Delivery is free above 5 euro."}, now_ms())
    )
    clock += FRESH_SECONDS
    assert await answers() == ["Delivery is free above 5 euro."]
    await shop.store.write(lambda conn: chat.articles.delete_article(conn, row))
    clock += FRESH_SECONDS
    assert await answers() == []


async def test_a_visitor_reads_what_is_published_on_their_site_and_nothing_else(shop: Shop):
    def write(conn: Any) -> list[str]:
        rows = (
            (shop.site.id, FREE), (shop.site.id, {**FREE, "title": "Draft delivery", "state": "draft"}),
            (shop.other_site.id, {**FREE, "text": "Delivery costs a fortune elsewhere."}),
        )  # fmt: skip
        return [chat.articles.create_article(conn, site, values, None, now_ms())["id"] for site, values in rows]

    ours, draft, theirs = await shop.store.write(write)
    visitor = await shop.visitor()
    before = await shop.counts()
    answer = await shop.say(visitor, "articles.search", query="delivery")
    assert [one["id"] for one in answer["articles"]] == [ours]
    assert answer["articles"][0]["quote"] == "Delivery is free."
    assert await shop.say(visitor, "article.get", article=ours) == {
        "id": ours,
        "title": "Delivery",
        "text": "Delivery is free.",
    }
    for other in (draft, theirs, missing(), "x", "\u0000"):
        assert await shop.refusal(visitor, "article.get", article=other) == "not_found"
    assert (await shop.say(visitor, "articles.search", query="elsewhere fortune"))["articles"] == []
    assert await shop.counts() == before, "looking something up leaves nothing behind, no conversation either"


async def test_the_demo_answers_the_same_on_both_sizes(people: People):
    """What the running server says is what the pure ranking says of the same texts, whatever it runs on."""
    for language in LANGUAGES:
        socket = await people.visitor(visitor_key(), None, **{"Accept-Language": language})
        texts = [analysed(one["title"], one["title"], one["text"], language) for one in articles(language).values()]
        index = Index(language, texts)
        for one in [each for each in QUESTIONS if each["language"] == language][::5]:
            said = (await socket.done("articles.search", {"query": one["question"]}))["articles"]
            expected = index.search(one["question"]).answers
            assert [(hit["title"], hit["quote"], hit["score"]) for hit in said] == [
                (hit.title, hit.quote, hit.score) for hit in expected
            ]
            for hit in said:
                assert hit["quote"] in (await socket.done("article.get", {"article": hit["id"]}))["text"]
    for wrong in ({}, {"query": ""}, {"query": "x" * 501}, {"query": 5}, {"query": ["a"]}):
        assert await socket.refused("articles.search", wrong) == "invalid"
    known = await people.api("anna", "/api/canned?site=demo")
    assert len(known["items"]) == len(canned("en")) + len(canned("ru")) == 16


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator["Gate"]:
    """Reading stands still at an article with `SLOW` in its title until the gate is opened."""
    held = Gate()
    monkeypatch.setattr(chat.library, "analysed", held.analysed)
    yield held
    held.open.set()


class Gate:
    def __init__(self) -> None:
        self.open, self.read = threading.Event(), list[str]()

    def analysed(self, id_: str, title: str, text: str, language: str, breathe: Callable[[], None]) -> Analysed:
        self.read.append(title)
        if "SLOW" in title:
            assert self.open.wait(30)
        return analysed(id_, title, text, language, breathe)


async def published(shop: Shop, title: str, text: str) -> SiteFacts:
    """The site as it is then."""
    values = {**FREE, "title": title, "text": text}
    await shop.store.write(lambda conn: chat.articles.create_article(conn, shop.site.id, values, None, now_ms()))
    shop.bell.sites.forget()
    site = await shop.bell.sites.by_id(shop.site.id)
    assert site is not None
    return site


async def test_reading_goes_on_when_whoever_asked_is_gone(shop: Shop, gate: Gate):
    """Else what takes longer than anybody waits would never be there."""
    site, library = await published(shop, "SLOW delivery", "Delivery is free."), shop.bell.library
    with pytest.raises(Refused) as refused:
        await library.search(site, "en", "delivery", patience=0.01)
    assert refused.value.code == "unavailable"
    asking = [asyncio.create_task(library.search(site, "en", "delivery")) for _ in range(5)]
    await asyncio.sleep(0.05)
    asking[0].cancel()
    gate.open.set()
    answers = await asyncio.gather(*asking[1:])
    assert [one.answers[0].quote for one in answers] == ["Delivery is free."] * 4
    assert gate.read == ["SLOW delivery"], "read once"


async def test_while_new_articles_are_read_the_older_ones_answer(shop: Shop, gate: Gate, monkeypatch: Any):
    """Within a moment; then the new ones do."""
    monkeypatch.setattr(chat.library, "FRESH", 0.01)
    library = shop.bell.library
    await library.search(await published(shop, "Delivery", "Delivery is free."), "en", "delivery")
    site = await published(shop, "SLOW oak", "Oak is oiled twice a year.")
    assert (await library.search(site, "en", "delivery")).answers[0].quote == "Delivery is free."
    assert (await library.search(site, "en", "oiled oak")).answers == []
    gate.open.set()
    await library.prepare(site)
    assert (await library.search(site, "en", "oiled oak")).answers[0].quote == "Oak is oiled twice a year."
    assert gate.read == ["Delivery", "SLOW oak"]


async def test_what_is_closed_stops_reading(shop: Shop):
    """Within a moment: a stop does not wait for the longest articles."""
    site, library = await published(shop, "Long", "a b. " * 9_000), shop.bell.library
    reading = library.prepare(site)
    library.close()
    await asyncio.wait([reading], timeout=5)
    assert reading.cancelled()


async def test_publishing_begins_to_read(here: House):
    """Nobody has to ask first."""
    body = {"site": here.ours["key"], **FREE}
    bell = here.bell
    site = await bell.sites.find(here.ours["key"])
    assert site is not None
    assert not bell.library.knows(site)
    assert (await here.ask("POST", "/api/articles", json=body)).status_code == 201
    for _ in range(1_000):
        if bell.library.knows(site):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("nothing is read")


async def test_too_many_different_words_are_refused_when_they_are_published(here: House, monkeypatch: Any):
    """With a sentence that says what to do; a draft, the same words again, and what was removed take no room."""
    monkeypatch.setattr(chat.library, "DISTINCT", 100)
    site = {"site": here.ours["key"], "title": "Codes", "state": "published"}
    many = {"text": " ".join(f"ax{n}" for n in range(90))}
    made = await here.ask("POST", "/api/articles", json={**site, **many})
    assert made.status_code == 201
    assert (await here.ask("POST", "/api/articles", json={**site, **many})).status_code == 201, "the same words"
    more = {"text": " ".join(f"by{n}" for n in range(90))}
    refused = await here.ask("POST", "/api/articles", json={**site, **more})
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_words")
    assert "different words" in refused.json()["detail"]
    draft = await here.ask("POST", "/api/articles", json={**site, **more, "state": "draft"})
    assert draft.status_code == 201
    path = f"/api/articles/{draft.json()['id']}"
    assert (await here.ask("PATCH", path, json={"state": "published"})).json()["code"] == "too_many_words"
    assert (await here.ask("PATCH", path, json={"text": "ax1", "state": "published"})).is_success
