"""A site's tree over the API: its rules, what is imported, where a page would stand, and where page views then do."""

import gzip
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest

from contract.beacons import Beacon
from contract.clock import now_ms
from contract.tree import MOST_ENTRIES, TreeRules
from tests.wired.api_house import House, house

CSV = {"Content-Type": "text/csv"}
XML = {"Content-Type": "application/xml"}
TABLE = b"address;path\n/p/17;Women > Boots > Red boot\n/c/boots;Women > Boots\n/sale/**;Sale\n"
MAP = (
    b'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    b"<url><loc>https://shop.example/women/boots</loc><lastmod>2026-01-01</lastmod></url>"
    b"<url><loc>https://shop.example/men/</loc></url><url><loc>ftp://shop.example/x</loc></url></urlset>"
)


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


def plain(rules: TreeRules) -> Any:
    return msgspec.json.decode(msgspec.json.encode(rules))


def at(here: House, rest: str = "", site: str = "") -> str:
    return f"/api/sites/{site or here.ours['site']}/tree{rest}"


async def send(here: House, body: bytes, headers: dict[str, str], **params: str) -> httpx.Response:
    return await here.ask("POST", at(here, "/import"), content=body, headers=headers, params=params)


async def preview(here: House, url: str, who: str = "marketer", **more: Any) -> dict[str, Any]:
    answer = await here.ask("POST", at(here, "/preview"), who, json={"url": url, **more})
    assert answer.status_code == 200, answer.text
    said: dict[str, Any] = answer.json()
    return said


async def view(here: House, **page: Any) -> dict[str, Any]:
    """A page view as a browser sends it; the page as the visit shows it."""
    site = await here.bell.sites.by_key(here.ours["key"])
    assert site is not None
    event = {"id": str(uuid.uuid4()), "type": "page.viewed", **page}
    beacon = msgspec.convert({"site": site.key, "visitor": uuid.uuid4().hex, "events": [event]}, Beacon)
    told = await here.bell.journey.collect(site, beacon, received_at=now_ms(), user_agent="Mozilla/5.0 Firefox/140.0")
    assert told.visit is not None
    shown: dict[str, Any] = (await here.ask("GET", f"/api/visits/{told.visit.id}")).json()
    return shown


async def test_the_rules_of_a_site_that_set_none_are_the_usual_ones(here: House):
    answer = await here.ask("GET", at(here, "/rules"), "marketer")
    assert answer.json() == plain(TreeRules())


async def test_what_is_packed_is_unpacked_where_nobody_waits_behind_it(here: House, monkeypatch: pytest.MonkeyPatch):
    """However small it is: fifteen million elements fit into sixty kilobytes, and hold up every page view for seconds
    when they are read in this process."""
    here_read: list[object] = []
    monkeypatch.setattr("service.flows.tree.do", here_read.append)
    answer = await send(here, gzip.compress(MAP), XML)
    assert (answer.status_code, here_read) == (200, [])
    assert answer.json()["kept"] == 2


async def test_rules_are_changed_as_a_whole_and_hold_for_the_next_page_view(here: House):
    """What is left out is as usual again; what was stored under other rules stays where it is."""
    before = await view(here, url="https://shop.example/index.php?cat=3&product=7")
    assert before["visit"]["path"] == []
    changed = await here.ask(
        "PUT", at(here, "/rules"), json={"query": ["cat", "product"], "names": {"cat=3": "Boots"}, "ids": "group"}
    )
    assert changed.status_code == 200, changed.text
    assert changed.json()["names"] == {"cat=3": "Boots"}
    after = await view(here, url="https://shop.example/index.php?cat=3&product=7")
    assert after["visit"]["path"] == ["Boots", "*"]
    old = (await here.ask("GET", f"/api/visits/{before['visit']['id']}")).json()
    assert old["visit"]["path"] == []
    again = await here.ask("PUT", at(here, "/rules"), json={"ids": "drop"})
    assert again.json() == plain(TreeRules(ids="drop"))


async def test_a_table_is_imported_listed_and_used(here: House):
    """Heading and semicolons are understood; addresses and patterns hold for the next page view."""
    told = (await send(here, TABLE, CSV)).json()
    assert told == {
        "kind": "tree", "read": 3, "kept": 3, "repeated": 0, "left_out": 0, "by_depth": {"1": 1, "2": 1, "3": 1},
        "sitemaps": [],
    }  # fmt: skip
    listed = (await here.ask("GET", at(here), "marketer")).json()
    assert [(item["address"], item["path"], item["kind"]) for item in listed["items"]] == [
        ("/c/boots", ["Women", "Boots"], "tree"),
        ("/p/17", ["Women", "Boots", "Red boot"], "tree"),
        ("/sale/**", ["Sale"], "tree"),
    ]
    assert len({item["id"] for item in listed["items"]}) == 3
    seen = await view(here, url="https://shop.example/en/p/17/?utm_source=x", path=["en", "p", "17"], source="url")
    assert (seen["visit"]["path"], seen["visit"]["depth"]) == (["Women", "Boots", "Red boot"], 3)
    assert (await view(here, url="https://shop.example/sale/a/b"))["visit"]["path"] == ["Sale"]
    given = await view(here, url="https://shop.example/p/17", path=["Mine"], source="breadcrumb")
    assert given["visit"]["path"] == ["Mine"], "the page's own word is better"


async def test_a_sitemap_says_which_addresses_are_pages(here: House):
    """Its pages stand where the rules read their address; what is no address of a page is counted."""
    told = (await send(here, gzip.compress(MAP), {"Content-Type": "application/gzip"})).json()
    assert (told["kind"], told["read"], told["kept"], told["left_out"]) == ("sitemap", 3, 2, 1)
    assert told["by_depth"] == {"1": 1, "2": 1}
    assert (await preview(here, "https://shop.example/women/boots/"))["source"] == "sitemap"
    assert (await preview(here, "https://shop.example/elsewhere"))["source"] == "url"
    listed = (await here.ask("GET", at(here), params={"kind": "sitemap"})).json()["items"]
    assert [(item["address"], item["path"]) for item in listed] == [("/men", None), ("/women/boots", None)]
    assert (await here.ask("GET", at(here), params={"kind": "tree"})).json()["items"] == []


async def test_an_import_replaces_its_own_kind_or_adds_to_it(here: House):
    await send(here, TABLE, CSV)
    await send(here, MAP, XML)
    assert (await send(here, b"/new,New\n/p/17,Other", CSV, add="true")).json()["kept"] == 4
    assert (await preview(here, "https://shop.example/p/17"))["path"] == ["Other"]
    assert (await send(here, b"/only,Only", CSV)).json()["kept"] == 1
    kinds = [item["kind"] for item in (await here.ask("GET", at(here))).json()["items"]]
    assert sorted(kinds) == ["sitemap", "sitemap", "tree"]
    assert (await here.ask("DELETE", at(here), params={"kind": "sitemap"})).status_code == 204
    assert [item["address"] for item in (await here.ask("GET", at(here))).json()["items"]] == ["/only"]
    assert (await here.ask("DELETE", at(here))).status_code == 204
    assert (await here.ask("GET", at(here))).json() == {"items": [], "next": None}


async def test_a_sitemap_index_names_what_to_send_and_changes_nothing(here: House):
    await send(here, MAP, XML)
    index = (
        b'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        b"<sitemap><loc>https://shop.example/a.xml.gz</loc></sitemap></sitemapindex>"
    )
    told = (await send(here, index, XML)).json()
    assert (told["sitemaps"], told["kept"]) == (["https://shop.example/a.xml.gz"], 0)
    assert len((await here.ask("GET", at(here))).json()["items"]) == 2


async def test_one_bad_line_and_nothing_is_taken(here: House):
    """The problem names each line with a sentence in the person's language; what was there stays."""
    await send(here, TABLE, CSV)
    body = b"/a,A\nnot an address,B\n/c\n/d,D,,E\n"
    refused = await send(here, body, {**CSV, "Accept-Language": "ru"})
    assert (refused.status_code, refused.headers["content-type"]) == (422, "application/problem+json")
    said = refused.json()
    assert (said["code"], said["faulty"]) == ("invalid", 3)
    assert [fault["line"] for fault in said["faults"]] == [2, 3, 4]
    assert said["detail"] == "Строка 2: Адрес начинается с / или https://."
    assert len((await here.ask("GET", at(here))).json()["items"]) == 3


HOSTILE = {
    "nothing": (CSV, b""),
    "spaces": (CSV, b" \n \n"),
    "not utf-8": (CSV, b"/a,\xff\n"),
    "an open quote": (CSV, b'/a,"A\n'),
    "nul": (CSV, b"/a,A\x00\n"),
    "javascript": (CSV, b"javascript:alert(1),A\n"),
    "too deep": (CSV, b"/a," + b" > ".join([b"x"] * 21)),
    "a long name": (CSV, b"/a," + b"x" * 201),
    "a long line": (CSV, b"/a," + b"x" * 1_000_000),
    "a long address": (CSV, b"/" + b"x" * 3_000 + b",A"),
    "stars in the middle": (CSV, b"/**/a,A"),
    "nothing xml": (XML, b""),
    "no xml": (XML, b"hello"),
    "another xml": (XML, b"<html><body/></html>"),
    "half": (XML, MAP[:100]),
    "a document type": (XML, b'<!DOCTYPE x [<!ENTITY a "b">]>' + MAP[21:]),
    "a bomb": (XML, b'<!DOCTYPE l [<!ENTITY a "aaa"><!ENTITY b "&a;&a;">]><urlset><url><loc>&b;</loc></url></urlset>'),
    "an outside entity": (XML, b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><urlset>&a;</urlset>'),
    "an unknown entity": (XML, b"<urlset><url><loc>&a;</loc></url></urlset>"),
    "deep": (XML, b"<urlset>" + b"<a>" * 100_000),
    "an unknown encoding": (XML, b'<?xml version="1.0" encoding="none-such"?><urlset/>'),
    "broken gzip": ({"Content-Type": "application/gzip"}, gzip.compress(MAP)[:40]),
    "gzip of nothing": ({"Content-Type": "application/gzip"}, gzip.compress(b"")),
}  # fmt: skip


async def test_a_hostile_file_is_refused_with_a_line(here: House):
    for name, (headers, body) in HOSTILE.items():
        answer = await send(here, body, headers)
        assert answer.status_code == 422, (name, answer.text)
        assert answer.json()["faults"][0]["line"] >= 1, name
    assert (await here.ask("GET", at(here))).json()["items"] == []


async def test_what_is_too_large_is_refused_before_it_is_unpacked(here: House):
    bomb = gzip.compress(b"<urlset>" + b" " * 70_000_000, 9)
    assert (await send(here, bomb, {"Content-Type": "application/gzip"})).status_code == 413
    many = b"".join(b"/%d,A\n" % number for number in range(MOST_ENTRIES + 1))
    refused = await send(here, many, CSV)
    assert (refused.status_code, refused.json()["code"]) == (413, "too_large")
    assert (await send(here, b"/a,A", {"Content-Type": "application/json"})).status_code == 415


async def test_who_may(here: House):
    """Marketers look and try out, administrators change, experts have no business here; a foreign site is missing."""
    for method, rest, body in (
        ("GET", "", None),
        ("GET", "/rules", None),
        ("POST", "/preview", {"url": "https://x.e/"}),
    ):
        assert (await here.ask(method, at(here, rest), "marketer", json=body)).status_code == 200
        assert (await here.ask(method, at(here, rest), "expert", json=body)).status_code == 403
        assert (await here.ask(method, at(here, rest, here.theirs["site"]), "marketer", json=body)).status_code == 404
    assert (await here.ask("PUT", at(here, "/rules"), "marketer", json={})).status_code == 403
    assert (await here.ask("DELETE", at(here), "marketer")).status_code == 403
    assert (await here.ask("POST", at(here, "/import"), "marketer", content=TABLE, headers=CSV)).status_code == 403


async def test_the_preview_tells_every_step(here: House):
    """Each rule that did something, with the parts before and after it, in the person's language."""
    draft = {"ignored": ["c"], "facets": ["*=*"]}
    said = await preview(here, "https://shop.example/de-AT/c/boots/colour=red/index.html", rules=draft)
    assert (said["path"], said["depth"], said["source"], said["reason"]) == (["boots"], 1, "url", "url")
    assert [step["rule"] for step in said["steps"]] == ["folders", "index", "locale", "ignored", "facet"]
    assert said["steps"][2] == {
        "rule": "locale", "before": ["de-AT", "c", "boots", "colour=red"], "after": ["c", "boots", "colour=red"],
        "says": "de-AT only says the language.",
    }  # fmt: skip
    assert (await here.ask("GET", at(here, "/rules"))).json() == plain(TreeRules()), "a draft is not saved"
    given = await preview(here, "https://shop.example/x", path=["A", "B"], source="microdata")
    assert (given["path"], given["source"], given["reason"]) == (["A", "B"], "microdata", "given")
    canonical = await preview(here, "https://shop.example/x?y=1", canonical="https://shop.example/en/a/b.html")
    assert (canonical["path"], canonical["source"]) == (["a", "b.html"], "canonical")
    for url in ("javascript:alert(1)", "", "x" * 60_000, "https://", "https://[", "data:text/html,x"):
        assert (await preview(here, url))["reason"] == "unreadable"


async def test_a_list_is_walked_to_its_end(here: House):
    await send(here, b"".join(b"/%03d,A,B\n" % number for number in range(250)), CSV)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        params = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
        page = (await here.ask("GET", at(here), params=params)).json()
        seen += [item["address"] for item in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == [f"/{number:03d}" for number in range(250)]


async def test_steps_and_the_deepest_place_of_a_visit_and_of_a_person(here: House):
    """Each page view says which way it led; a person's branches add up over all visits."""
    site = await here.bell.sites.by_key(here.ours["key"])
    assert site is not None
    paths = [[], ["Women"], ["Women", "Boots"], ["Women"], ["Men"], ["Men"]]
    start = now_ms() - 60_000
    events: list[dict[str, Any]] = []
    for number, path in enumerate(paths):
        id_ = str(uuid.uuid4())
        age = 50_000 - 1_000 * number
        page = {"url": f"https://shop.example/{number}", "path": path, "source": "call"}
        events.append({"id": id_, "type": "page.viewed", "age": age, **page})
        stay = {"id": str(uuid.uuid4()), "type": "page.stayed", "age": age - 500, "page": id_, "dwell": 400}
        events.append(stay)
    beacon = msgspec.convert({"site": site.key, "visitor": uuid.uuid4().hex, "events": events}, Beacon)
    told = await here.bell.journey.collect(site, beacon, received_at=start + 60_000, user_agent="Mozilla/5.0 Firefox/1")
    assert told.visit is not None
    shown = (await here.ask("GET", f"/api/visits/{told.visit.id}", "expert")).json()
    assert [one["direction"] for one in shown["views"]] == [None, "in", "in", "out", "across", None]
    assert shown["direction"] == {"in": 2, "out": 1, "across": 1}
    assert shown["deepest_path"] == ["Women", "Boots"]
    person = (await here.ask("GET", f"/api/customers/{here.ours['customer']}/tree", "expert")).json()
    assert (person["visits"], person["deepest_path"], person["depth"]) == (1, ["Garden", "Tools"], 2)
    assert [branch["path"] for branch in person["branches"]] == [["Garden"]]
    foreign = await here.ask("GET", f"/api/customers/{here.theirs['customer']}/tree", "expert")
    assert foreign.status_code == 404
