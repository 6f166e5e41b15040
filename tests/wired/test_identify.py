"""Who is signed in, by the site's word: one person on many devices, many people on one, nobody by what they typed."""

import asyncio
import time
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import jwt
import pytest
from sqlalchemy import update

from contract.beacons import MAX_BODY
from sales.tables import order
from tests.wired.api_house import House, house

AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture
async def here(fresh_database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    async with house(fresh_database_url, tmp_path) as built:
        yield built


class Shop:
    """The site's own server and its pages, as far as we can tell."""

    def __init__(self, house: House, whose: dict[str, str] | None = None) -> None:
        self.house, self.whose = house, whose or house.ours
        self.key = self.whose["key"]
        self.origin = f"https://{self.key}.example"

    async def secret(self) -> str:
        answer = await self.house.ask("GET", f"/api/sites/{self.whose['site']}/secret")
        return str(answer.json()["secret"])

    async def token(self, user: str, **claims: Any) -> str:
        said = {"sub": user, "exp": int(time.time()) + 300} | claims
        return jwt.encode(said, await self.secret(), algorithm="HS256")

    async def post(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        usual = {"Origin": self.origin, "Content-Type": "text/plain", "User-Agent": AGENT}
        return await self.house.client.post(path, json=body, headers=usual | headers)

    async def identify(self, key: str, user: str, **claims: Any) -> httpx.Response:
        token = await self.token(user, **claims)
        return await self.post("/visitor/identify", {"site": self.key, "visitor": key, "token": token})

    async def view(self, key: str, *path: str, **body: Any) -> httpx.Response:
        event = {
            "id": str(uuid.uuid4()), "type": "page.viewed", "url": f"{self.origin}/{'/'.join(path)}",
            "path": list(path), "source": "call",
        }  # fmt: skip
        return await self.post("/collect", {"site": self.key, "visitor": key, "events": [event], **body})

    async def who(self, key: str) -> dict[str, Any] | None:
        """The customer behind a browser, as the desk sees them."""
        visits = await self.house.ask("GET", "/api/visits", params={"site": self.key, "live": "true"})
        place = f"/{key}"
        found = [one for one in visits.json()["items"] if one["url"].endswith(place)]
        assert found, "look at a page whose path ends with the key first"
        customer: dict[str, Any] | None = found[0]["customer"]
        return customer

    async def goes(self, key: str, seconds: float = 5.0) -> None:
        """The desk sees the browser that looked at the page of this key leave; after that the list drops it."""
        until = time.monotonic() + seconds
        while True:
            visits = await self.house.ask("GET", "/api/visits", params={"site": self.key, "live": "true"})
            [found] = [one for one in visits.json()["items"] if one["url"].endswith(f"/{key}")]
            if found["left"]:
                return
            assert time.monotonic() < until, "still on the site"
            await asyncio.sleep(0.05)

    async def seen(self, key: str) -> dict[str, Any] | None:
        """A page view of this browser, then `who`."""
        assert (await self.view(key, key)).is_success
        return await self.who(key)

    async def timeline(self, customer: str) -> list[dict[str, Any]]:
        answer = await self.house.ask("GET", f"/api/customers/{customer}/timeline")
        items: list[dict[str, Any]] = answer.json()["items"]
        return items


@pytest.fixture
def shop(here: House) -> Shop:
    return Shop(here)


def new_key() -> str:
    return uuid.uuid4().hex


async def test_a_signed_in_user_is_known_by_name_and_address(shop: Shop):
    """204, and the desk knows them; the same again changes nothing."""
    key = new_key()
    assert await shop.seen(key) is None
    for _ in range(2):
        answer = await shop.identify(key, "u1", name="Ada", email="Ada@Mail.example", phone="+49 30 123456")
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["access-control-allow-origin"] == shop.origin
        assert "access-control-allow-credentials" not in answer.headers
    brief = await shop.seen(key)
    assert brief is not None
    customer = (await shop.house.ask("GET", f"/api/customers/{brief['id']}")).json()
    assert (customer["name"], customer["emails"], customer["phones"], customer["visits"]) == (
        "Ada", ["ada@mail.example"], ["+4930123456"], 1,
    )  # fmt: skip


async def test_a_token_may_come_before_the_first_page_view(shop: Shop):
    key = new_key()
    assert (await shop.identify(key, "u1", name="Ada")).status_code == 204
    brief = await shop.seen(key)
    assert brief is not None
    assert brief["name"] == "Ada"


async def test_the_same_person_on_two_devices_has_one_timeline(shop: Shop):
    """What each of them did before signing in comes along."""
    phone, desk = new_key(), new_key()
    for key in (phone, desk):
        await shop.seen(key)
        assert (await shop.identify(key, "u1", name="Ada")).status_code == 204
    one, other = await shop.seen(phone), await shop.seen(desk)
    assert one is not None
    assert one == other
    items = await shop.timeline(one["id"])
    assert {item["data"]["url"].rpartition("/")[2] for item in items if item["kind"] == "visit"} == {phone, desk}
    assert (await shop.house.ask("GET", f"/api/customers/{one['id']}")).json()["visits"] == 2


async def test_a_guest_who_ordered_and_signs_in_later_keeps_their_orders(shop: Shop):
    """Signed in first elsewhere: the guest's record joins the user's, and its id answers with the user's."""
    guest, ours = shop.house.ours["visitor"], shop.house.ours
    phone = new_key()
    await shop.identify(phone, "u1", name="Vera Lee")
    assert (await shop.identify(guest, "u1", name="Vera Lee")).status_code == 204
    brief = await shop.seen(guest)
    assert brief is not None
    assert (brief["name"], brief["orders"], brief["spent"]["amount"]) == ("Vera Lee", 1, 3980)
    assert brief["id"] not in (ours["customer"], ours["other"])
    for gone in ("customer", "other"):
        assert (await shop.house.ask("GET", f"/api/customers/{ours[gone]}")).json()["id"] == brief["id"]
        assert await shop.timeline(ours[gone]) == await shop.timeline(brief["id"])
    orders = (await shop.house.ask("GET", "/api/orders", params={"customer": brief["id"]})).json()["items"]
    assert [one["id"] for one in orders] == [ours["order"]]
    assert orders[0]["customer"]["id"] == brief["id"]
    merges = (await shop.house.ask("GET", f"/api/customers/{brief['id']}/merges")).json()["items"]
    assert [(one["proof"], one["by"] is None) for one in merges] == [("token", True), ("hand", False)]
    assert merges[0]["moved"] == {"visitor": 1, "email": 1, "visits": 1, "orders": 1, "owner": 0}
    assert merges[0]["gone"] == {"id": ours["customer"], "name": "Vera"}
    listed = (await shop.house.ask("GET", "/api/customers", params={"site": shop.key})).json()["items"]
    assert [one["id"] for one in listed] == [brief["id"]], "one person is one line"


async def test_a_guest_who_signs_in_here_first_is_that_user_from_then_on(shop: Shop):
    """No second record: the guest's own becomes the user's."""
    guest = shop.house.ours["visitor"]
    assert (await shop.identify(guest, "u1", name="Vera Lee")).status_code == 204
    brief = await shop.seen(guest)
    assert brief is not None
    assert (brief["id"], brief["name"]) == (shop.house.ours["customer"], "Vera")


async def test_two_people_at_one_computer_stay_two(shop: Shop):
    """The second gets a visitor key of their own, the same however often asked; back and forth, and nobody's history
    comes to the other."""
    key = new_key()
    await shop.view(key, key)
    await shop.identify(key, "u1", name="Ada")
    answers = [await shop.identify(key, "u2", name="Ben") for _ in range(3)]
    assert {answer.status_code for answer in answers} == {200}
    keys = {answer.json()["visitor"] for answer in answers}
    assert len(keys) == 1
    [bens] = keys
    assert bens != key
    assert len(bens) == 32
    ben, ada = await shop.seen(bens), await shop.seen(key)
    assert ben is not None
    assert ada is not None
    assert (ben["name"], ada["name"]) == ("Ben", "Ada")
    assert ben["id"] != ada["id"]
    for whose, own, others in ((ben, bens, key), (ada, key, bens)):
        text = str(await shop.timeline(whose["id"]))
        assert own in text
        assert others not in text
    back = await shop.identify(bens, "u1", name="Ada")
    assert back.status_code == 200
    again = await shop.seen(back.json()["visitor"])
    assert again is not None
    assert again["id"] == ada["id"], "a third key, and the same Ada"
    merges = (await shop.house.ask("GET", f"/api/customers/{ada['id']}/merges")).json()["items"]
    assert merges == []


async def test_the_newcomers_key_cannot_be_worked_out_from_the_old_one(shop: Shop):
    """It hangs on the site's secret: another site with the same people gives another key."""
    key, other = new_key(), Shop(shop.house, shop.house.theirs)
    answers = []
    for site in (shop, other):
        await site.identify(key, "u1")
        answers.append((await site.identify(key, "u2")).json()["visitor"])
    assert answers[0] != answers[1]


async def test_an_address_that_was_only_typed_joins_nobody(shop: Shop):
    """A stranger typed Vera's e-mail into an order. When Vera signs in, it is hers; the stranger stays a stranger."""
    typed = f"vera@{shop.key}.example"
    vera = new_key()
    await shop.identify(vera, "u1", name="Vera herself", email=typed)
    brief = await shop.seen(vera)
    assert brief is not None
    customer = (await shop.house.ask("GET", f"/api/customers/{brief['id']}")).json()
    assert (customer["emails"], customer["orders"]) == ([typed], 0)
    stranger = (await shop.house.ask("GET", f"/api/customers/{shop.house.ours['customer']}")).json()
    assert (stranger["id"], stranger["emails"], stranger["orders"]) == (shop.house.ours["customer"], [], 1)


async def test_a_confirmed_contact_joins_and_so_does_a_second_token(shop: Shop):
    """An expert confirms the order's contact; then whoever proves the same address is that person, in either order."""
    typed, ours = f"vera@{shop.key}.example", shop.house.ours
    await _contact(shop, typed)
    confirmed = await shop.house.ask("POST", f"/api/orders/{ours['order']}/confirm", "expert", json={"email": True})
    assert confirmed.json()["merges"] == []
    vera = new_key()
    await shop.identify(vera, "u1", name="Vera Lee", email=typed)
    brief = await shop.seen(vera)
    assert brief is not None
    assert (brief["name"], brief["orders"]) == ("Vera Lee", 1)
    [token, _] = (await shop.house.ask("GET", f"/api/customers/{brief['id']}/merges")).json()["items"]
    assert (token["proof"], token["kept"]["name"], token["gone"]["name"]) == ("token", "Vera Lee", "Vera")


async def test_confirming_after_the_token_joins_too_and_says_whose_hand_it_was(shop: Shop):
    typed, ours = f"vera@{shop.key}.example", shop.house.ours
    await _contact(shop, typed)
    await shop.identify(new_key(), "u1", name="Vera Lee", email=typed)
    for count in (1, 0):
        answer = await shop.house.ask("POST", f"/api/orders/{ours['order']}/confirm", "expert", json={"email": True})
        assert len(answer.json()["merges"]) == count
        assert (answer.json()["customer"]["name"], answer.json()["customer"]["orders"]) == ("Vera Lee", 1)
    [hand, _] = (await shop.house.ask("GET", f"/api/customers/{ours['customer']}/merges")).json()["items"]
    assert (hand["proof"], hand["by"]["id"]) == ("order", ours["expert"])
    nothing = await shop.house.ask("POST", f"/api/orders/{ours['order']}/confirm", "expert", json={})
    assert nothing.json()["merges"] == []


async def test_an_order_says_that_its_contact_was_confirmed(shop: Shop):
    """Only once something of it was: in the list, and in the person's own story."""
    await _contact(shop, f"vera@{shop.key}.example")
    ours = shop.house.ours
    for said, right in (({}, False), ({"phone": True}, False), ({"email": True}, True), ({}, True)):
        await shop.house.ask("POST", f"/api/orders/{ours['order']}/confirm", "expert", json=said)
        placed = (await shop.house.ask("GET", f"/api/orders/{ours['order']}", "expert")).json()
        assert (placed["confirmed_at"] is not None) is right
        told = (await shop.house.ask("GET", f"/api/customers/{ours['customer']}/timeline", "expert")).json()["items"]
        assert [one["data"]["confirmed_at"] for one in told if one["kind"] == "order"] == [placed["confirmed_at"]]


async def test_two_who_have_both_signed_in_are_not_joined_by_an_address(shop: Shop):
    """A family's e-mail in two accounts: whoever proved it first keeps it."""
    one, other = new_key(), new_key()
    await shop.identify(one, "u1", name="Ada", email="family@mail.example")
    await shop.identify(other, "u2", name="Ben", email="family@mail.example")
    ada, ben = await shop.seen(one), await shop.seen(other)
    assert ada is not None
    assert ben is not None
    assert ada["id"] != ben["id"]
    emails = [(await shop.house.ask("GET", f"/api/customers/{each['id']}")).json()["emails"] for each in (ada, ben)]
    assert emails == [["family@mail.example"], []]


async def test_whom_a_hand_told_apart_no_token_joins_again(shop: Shop):
    """An expert undid it: the next time the user signs in at that computer they get a key of their own."""
    guest = shop.house.ours["visitor"]
    await shop.identify(new_key(), "u1", name="Ada")
    await shop.identify(guest, "u1", name="Ada")
    merges = (await shop.house.ask("GET", f"/api/customers/{shop.house.ours['customer']}/merges")).json()["items"]
    undone = await shop.house.ask("POST", f"/api/merges/{merges[0]['id']}/undo", "expert")
    assert (undone.status_code, undone.json()["undone_by"]["name"]) == (200, "Expert")
    vera = await shop.seen(guest)
    assert vera is not None
    assert (vera["id"], vera["name"], vera["orders"]) == (shop.house.ours["customer"], "Vera", 1)
    answer = await shop.identify(guest, "u1", name="Ada")
    assert answer.status_code == 200
    ada = await shop.seen(answer.json()["visitor"])
    assert ada is not None
    assert (ada["name"], ada["orders"]) == ("Ada", 0)


async def test_by_hand_two_who_signed_in_are_joined_only_when_said_twice(shop: Shop):
    """two_people first, then with force; the record says by whom and why; undone, they are two again."""
    one, other = new_key(), new_key()
    await shop.identify(one, "u1", name="Ada")
    await shop.identify(other, "u2", name="Ben")
    ada, ben = await shop.seen(one), await shop.seen(other)
    assert ada is not None
    assert ben is not None
    path, body = f"/api/customers/{ada['id']}/merge", {"from": ben["id"], "reason": "called and said so"}
    refused = await shop.house.ask("POST", path, "expert", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "two_people")
    done = (await shop.house.ask("POST", path, "expert", json={**body, "force": True})).json()
    assert (done["kept"]["name"], done["gone"]["name"], done["reason"], done["by"]["id"]) == (
        "Ada", "Ben", "called and said so", shop.house.ours["expert"],
    )  # fmt: skip
    assert (await shop.house.ask("POST", path, "expert", json={**body, "force": True})).json() == done
    assert (await shop.seen(other)) == (await shop.seen(one))
    assert (await shop.identify(other, "u1")).status_code == 204, "one person now, whichever account"
    undone = await shop.house.ask("POST", f"/api/merges/{done['id']}/undo", "expert")
    assert undone.json()["undone_at"]
    assert (await shop.house.ask("POST", f"/api/merges/{done['id']}/undo", "expert")).json() == undone.json()
    assert (await shop.seen(other)) == ben


async def test_a_stranger_whom_an_expert_knows_is_that_customer_until_it_is_undone(shop: Shop):
    """By the visit they are on; undone, they are a stranger again and nothing is left of it."""
    key, vera = new_key(), shop.house.ours["customer"]
    assert await shop.seen(key) is None
    visits = (await shop.house.ask("GET", "/api/visits", params={"site": shop.key, "live": "true"})).json()["items"]
    [visit] = [one["id"] for one in visits if one["url"].endswith(key)]
    made = [await shop.house.ask("POST", f"/api/customers/{vera}/merge", "expert", json={"visit": visit})] * 2
    assert made[0].json() == made[1].json()
    assert made[0].json()["moved"] == {"visitor": 1, "visits": 1, "orders": 0, "owner": 0}
    brief = await shop.seen(key)
    assert brief is not None
    assert (brief["id"], brief["name"]) == (vera, "Vera")
    await shop.house.ask("POST", f"/api/merges/{made[0].json()['id']}/undo", "expert")
    assert await shop.seen(key) is None
    for body in ({}, {"visit": visit, "from": shop.house.ours["other"]}):
        refused = await shop.house.ask("POST", f"/api/customers/{vera}/merge", "expert", json=body)
        assert (refused.status_code, refused.json()["code"]) == (422, "invalid")
    theirs = {"visit": shop.house.theirs["visit"]}
    assert (await shop.house.ask("POST", f"/api/customers/{vera}/merge", "expert", json=theirs)).status_code == 404


async def test_a_hand_reaches_no_other_site(here: House):
    """Their customer looks like none, on either side of the merge."""
    for kept, gone in (("ours", "theirs"), ("theirs", "ours")):
        body = {"from": getattr(here, gone)["customer"]}
        answer = await here.ask("POST", f"/api/customers/{getattr(here, kept)['customer']}/merge", "expert", json=body)
        assert answer.status_code == 404
    body = {"from": here.theirs["customer"]}
    across = await here.ask("POST", f"/api/customers/{here.ours['customer']}/merge", "admin", json=body)
    assert (across.status_code, across.json()["code"]) == (422, "invalid"), "two sites are never one, whoever asks"
    itself = await here.ask(
        "POST", f"/api/customers/{here.ours['customer']}/merge", json={"from": here.ours["customer"]}
    )
    assert itself.status_code == 422


async def test_who_was_here_before_somebody_else_signed_in_is_seen_leaving(shop: Shop):
    """Nobody uses that key any more: no ghost stays on the list, not even of a page that was under way. Said again,
    nothing is new; the one who signed in is there."""
    key = new_key()
    await shop.seen(key)
    assert (await shop.identify(key, "u1", name="Ada")).status_code == 204
    for _ in range(2):
        fresh = (await shop.identify(key, "u2", name="Ben")).json()["visitor"]
    await shop.goes(key)
    await shop.view(key, "late", key)
    await shop.goes(key)
    assert await shop.seen(fresh)
    visits = await shop.house.ask("GET", "/api/visits", params={"site": shop.key, "live": "true"})
    assert [one["left"] for one in visits.json()["items"] if one["url"].endswith(f"/{fresh}")] == [False]


async def test_who_says_no_is_seen_leaving(shop: Shop):
    """And a key that nobody had is nobody's farewell."""
    key = new_key()
    await shop.seen(key)
    for said in (key, key, new_key()):
        assert (await shop.post("/visitor/forget", {"site": shop.key, "visitor": said})).status_code == 204
    await shop.goes(key)


async def test_one_user_in_twenty_browsers_at_once_is_one_customer(shop: Shop):
    keys, token = [new_key() for _ in range(20)], await shop.token("u1", name="Ada", email="ada@mail.example")
    bodies = [{"site": shop.key, "visitor": key, "token": token} for key in keys]
    answers = await asyncio.gather(*(shop.post("/visitor/identify", body) for body in bodies))
    assert {answer.status_code for answer in answers} == {204}
    found = (await shop.house.ask("GET", "/api/customers", params={"q": "ada@mail.example"})).json()["items"]
    assert [one["name"] for one in found] == ["Ada"]


async def test_ten_users_in_one_browser_at_once_are_ten_customers(shop: Shop):
    """One of them has it, each of the others gets a key of their own."""
    key = new_key()
    answers = await asyncio.gather(*(shop.identify(key, f"u{each}", name=f"User {each}") for each in range(10)))
    given = [answer.json()["visitor"] for answer in answers if answer.status_code == 200]
    assert (len(given), len(set(given)), [a.status_code for a in answers].count(204)) == (9, 9, 1)
    found = (await shop.house.ask("GET", "/api/customers", params={"q": "User"})).json()["items"]
    assert len(found) == 10


async def test_pages_are_seen_while_hands_merge_and_part(shop: Shop):
    """Whoever is whom in the middle of a page view: it is stored, and the desk is shown."""
    phone, ours = new_key(), shop.house.ours
    await shop.identify(phone, "u1", name="Ada")
    ada = await shop.seen(phone)
    assert ada is not None
    body = {"from": ours["customer"], "force": True}

    async def hands() -> None:
        for _ in range(15):
            made = await shop.house.ask("POST", f"/api/customers/{ada['id']}/merge", "expert", json=body)
            assert made.is_success, made.text
            undone = await shop.house.ask("POST", f"/api/merges/{made.json()['id']}/undo", "expert")
            assert undone.is_success, undone.text

    async def pages(key: str) -> None:
        for _ in range(30):
            assert (await shop.view(key, key)).is_success
            listed = await shop.house.ask("GET", "/api/visits", params={"site": shop.key, "live": "true"})
            assert listed.is_success, listed.text

    await asyncio.gather(hands(), pages(phone), pages(ours["visitor"]))
    names = [(await shop.seen(key) or {}).get("name") for key in (phone, ours["visitor"])]
    assert names == ["Ada", "Vera"]


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"exp": 1}, "exp: expired"),
    ({"exp": 2**40}, "exp: more than 10 minutes ahead"),
    ({"sub": ""}, "sub"),
    ({"sub": "guest"}, "sub"),
]


async def test_a_token_that_cannot_be_believed_is_refused_with_what_is_wrong(shop: Shop):
    """403 bad_token, in the person's language, and nobody is made."""
    key = new_key()
    for claims, wrong in WRONG:
        answer = await shop.identify(key, "u1", **claims)
        assert (answer.status_code, answer.json()["code"]) == (403, "bad_token"), claims
        assert wrong in answer.json()["detail"]
    theirs = await Shop(shop.house, shop.house.theirs).token("u1")
    body = {"site": shop.key, "visitor": key, "token": theirs}
    answer = await shop.post("/visitor/identify", body, **{"Accept-Language": "ru"})
    assert answer.status_code == 403
    assert "Слову сайта" in answer.json()["detail"]
    assert "signature" in answer.json()["detail"]
    assert await shop.seen(key) is None


async def test_identify_is_checked_like_collect(shop: Shop):
    """Size, type, JSON, shape, site, origin, method, in that order, and CORS on every answer."""
    key, path = new_key(), "/visitor/identify"
    good = {"site": shop.key, "visitor": key, "token": await shop.token("u1")}
    table: list[tuple[dict[str, Any], dict[str, str], int]] = [
        ({**good, "x": "y" * MAX_BODY}, {}, 413),
        (good, {"Content-Type": "application/xml"}, 415),
        (good, {"Content-Encoding": "gzip"}, 415),
        ({**good, "visitor": "x"}, {}, 422),
        ({**good, "token": ""}, {}, 422),
        ({**good, "token": "x" * 8193}, {}, 422),
        ({**good, "token": 1}, {}, 422),
        ({"site": shop.key, "visitor": key}, {}, 422),
        ({**good, "site": "nowhere"}, {}, 403),
        (good, {"Origin": "https://evil.example"}, 403),
        (good, {"Origin": "null"}, 403),
    ]
    for body, headers, status in table:
        answer = await shop.post(path, body, **headers)
        assert answer.status_code == status, (body, headers, answer.text)
        assert answer.headers["access-control-allow-origin"] == headers.get("Origin", shop.origin)
        assert "access-control-allow-credentials" not in answer.headers
    malformed = await shop.house.client.post(path, content=b"{", headers={"Content-Type": "text/plain"})
    assert malformed.status_code == 400
    assert (await shop.house.client.get(path)).status_code == 405
    assert (await shop.post(path, good)).status_code == 204


async def test_a_secret_is_the_administrators_and_the_one_before_stays_good_a_while(shop: Shop):
    """In no list, for no other role; rotated, a token of the old one still counts, unless it ends at once."""
    path = f"/api/sites/{shop.whose['site']}/secret"
    old = await shop.secret()
    assert len(old) == 43
    for listed in ("/api/sites", f"/api/sites/{shop.whose['site']}", "/api/desk"):
        assert old not in (await shop.house.ask("GET", listed)).text
    token = await shop.token("u1")
    body = {"site": shop.key, "visitor": new_key(), "token": token}
    new = (await shop.house.ask("POST", path, json={})).json()["secret"]
    assert (await shop.secret()) == new != old
    assert (await shop.post("/visitor/identify", body)).status_code == 204
    await shop.house.ask("POST", path, json={"at_once": True})
    assert (await shop.post("/visitor/identify", body)).json()["code"] == "bad_token"
    assert (await shop.identify(new_key(), "u2")).status_code == 204


FOUND = {
    "ver": True, "VERA": True, "vera@": True, "1001": True, "№ 1001": True, "#1001": True, "9999": False,
    "nobody": False, "%": False, "_era": False, " vera ": True, "9" * 300: False,
}  # fmt: skip


async def test_a_person_is_found_by_name_address_or_order(shop: Shop):
    for words, finds in FOUND.items():
        answer = await shop.house.ask("GET", "/api/customers", "expert", params={"q": words})
        assert answer.is_success, answer.text
        assert [one["id"] for one in answer.json()["items"]] == [shop.house.ours["customer"]] * finds, words
    await shop.identify(new_key(), "u1", name="Жанна Ёлкина")
    for words in ("жанна", "ЖАННА", "ёлкина", "Жанна Ё"):
        items = (await shop.house.ask("GET", "/api/customers", "expert", params={"q": words})).json()["items"]
        assert [one["name"] for one in items] == ["Жанна Ёлкина"], words


async def _contact(shop: Shop, email: str) -> None:
    """The house's order was placed with this contact."""
    placed = order.c.id == shop.house.ours["order"]
    change = update(order).where(placed).values(contact={"name": "Vera", "email": email})
    await shop.house.bell.store.write(lambda conn: conn.execute(change).close())
