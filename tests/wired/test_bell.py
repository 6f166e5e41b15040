"""The main job over the wire, on both sizes: deep visit -> the right bell -> conversation -> order -> return."""

import asyncio
import time
import uuid

import pytest

from tests.ears import hears_typing
from tests.running import People, stayed, viewed

DRIP = ("Garden", "Irrigation", "Drip systems")


async def test_the_bell_rings_at_the_one_who_knows_and_nowhere_else(people: People) -> None:
    """Anna, whose topic it is, hears it within a second of the heartbeat; Boris hears nothing."""
    anna, boris = await people.expert("anna"), await people.expert("boris")
    visitor = people.browser()
    await visitor.collect(viewed(url=visitor.page))
    view = viewed(*DRIP, url=visitor.page, title="Drip systems")
    await visitor.collect(view)
    await visitor.collect(stayed(view["id"], 10_000))
    await asyncio.sleep(0.3)
    assert not anna.alerts(visitor)
    begun = time.monotonic()
    answer = await visitor.collect(stayed(view["id"], 15_000))
    alert = await anna.alert(visitor, 1.0)
    assert time.monotonic() - begun < 1.0
    assert answer.json() == {"engage": True}
    assert (alert["rung"], alert["reason"], alert["customer"]) == ("topic", "deep", None)
    assert alert["visit"]["path"] == list(DRIP)
    assert (alert["visit"]["depth"], alert["visit"]["deepest"], alert["visit"]["pages"]) == (3, 3, 2)
    assert alert["visit"]["title"] == "Drip systems"
    assert any("Garden" in sentence for sentence in alert["why"])
    assert 0 <= alert["importance"] <= 100
    await asyncio.sleep(0.5)
    assert not boris.alerts(visitor)


async def test_an_alert_rings_once_per_visit_however_often_it_is_reported(people: People) -> None:
    """More dwell, the same events again, another deep page: no second bell."""
    anna = await people.expert("anna")
    visitor = people.browser()
    page = await visitor.go_deep(*DRIP)
    alert = await anna.alert(visitor)
    again = stayed(page, 30_000)
    await visitor.collect(again)
    await visitor.collect(again)
    await visitor.collect(viewed(*DRIP, "Balcony kit", url=visitor.page))
    await asyncio.sleep(0.5)
    assert {heard["id"] for heard in anna.alerts(visitor)} == {alert["id"]}


async def test_declining_sends_the_bell_up_the_ladder_at_once(people: People) -> None:
    """Nobody waits for the rung to run out when its expert has said no."""
    anna, boris = await people.expert("anna"), await people.expert("boris")
    browser = people.browser()
    await browser.go_deep(*DRIP)
    alert = await anna.alert(browser)
    await anna.done("alert.decline", {"alert": alert["id"]})
    rung = await boris.alert(browser)
    assert rung["rung"] == "anyone"
    assert (await anna.wait("alert.cleared", id=alert["id"]))["reason"] == "declined"


async def test_exactly_one_expert_gets_the_alert(people: People) -> None:
    """Of two who accept at once one is told that the bell is over, and hears that it was taken."""
    anna, boris, clara = [await people.expert(name) for name in ("anna", "boris", "clara")]
    browser = people.browser()
    await browser.go_deep(*DRIP)
    alert = await anna.alert(browser)
    await anna.done("alert.decline", {"alert": alert["id"]})
    await asyncio.gather(boris.alert(browser), clara.alert(browser))
    answers = await asyncio.gather(*(desk.call("alert.accept", {"alert": alert["id"]}) for desk in (boris, clara)))
    assert sorted("ok" in answer for answer in answers) == [False, True]
    loser, winner = (boris, clara) if "error" in answers[0] else (clara, boris)
    assert next(a["error"]["code"] for a in answers if "error" in a) == "alert_over"
    assert (await winner.wait("alert.cleared", id=alert["id"]))["reason"] == "accepted"
    assert (await loser.wait("alert.cleared", id=alert["id"]))["reason"] == "taken"


async def test_an_alert_that_nobody_can_hear_rings_whoever_comes_next(people: People) -> None:
    """With all desks offline the alert waits; Anna, coming online, hears it."""
    browser = people.browser()
    await browser.go_deep(*DRIP)
    anna = await people.expert("anna")
    assert (await anna.alert(browser))["rung"] == "anyone"


async def test_a_desk_that_reconnects_is_told_what_rings(people: People) -> None:
    """What rings is state: a new socket hears it without a new event."""
    anna = await people.expert("anna")
    browser = people.browser()
    await browser.go_deep(*DRIP)
    alert = await anna.alert(browser)
    await anna.close()
    again = await people.expert("anna", status="")
    assert (await again.alert(browser))["id"] == alert["id"]


@pytest.mark.usefixtures("line")
async def test_they_talk_both_ways_and_nothing_is_lost(people: People) -> None:
    """Invitation, messages with gapless numbers, typing, resume after a reconnect, one conversation."""
    anna = await people.expert("anna")
    browser = people.browser()
    await browser.go_deep(*DRIP)
    waiting = asyncio.create_task(browser.http.post(
        f"{people.server.other}/visitor/wait", json={"site": "demo", "visitor": browser.key},
        headers={"Content-Type": "text/plain", "Origin": people.server.url},
    ))  # fmt: skip
    alert = await anna.alert(browser)
    accepted = await anna.done("alert.accept", {"alert": alert["id"]})
    assert (await asyncio.wait_for(waiting, 1.0)).json() == {"show": True}
    visitor = await people.visitor(browser.key)
    invited = await visitor.wait("chat.invited")
    assert invited["conversation"] == accepted["conversation"]
    assert invited["expert"] == {"name": "Anna Lindqvist"}
    opened = await visitor.done("chat.open")
    assert opened["conversation"] == accepted["conversation"]
    conversation = opened["conversation"]

    sent = await visitor.done(
        "message.send", {"conversation": conversation, "client_id": "v1", "text": "Hello, anybody?"}
    )
    heard = await anna.wait("message.added", seq=sent["seq"])
    assert (heard["text"], heard["author"]["kind"], heard["client_id"]) == ("Hello, anybody?", "visitor", "v1")
    assert (await hears_typing(anna, visitor, conversation))["author"] == "expert"
    reply = await anna.done(
        "message.send", {"conversation": conversation, "client_id": f"a1 {browser.key}", "text": "Yes, Anna here."}
    )
    assert reply["seq"] == sent["seq"] + 1
    assert (await visitor.wait("message.added", seq=reply["seq"]))["author"] == {
        "kind": "expert",
        "name": "Anna Lindqvist",
    }

    repeated = await visitor.done(
        "message.send", {"conversation": conversation, "client_id": "v1", "text": "Hello, anybody?"}
    )
    assert repeated["seq"] == sent["seq"]
    await visitor.close()
    question = {"conversation": conversation, "client_id": f"a2 {browser.key}", "text": "Still there?"}
    missed = await anna.done("message.send", question)
    back = await people.visitor(browser.key)
    assert (await back.done("chat.open"))["conversation"] == conversation
    after = await back.done("messages.after", {"conversation": conversation, "seq": reply["seq"]})
    assert [message["seq"] for message in after["messages"]] == [missed["seq"]]
    everything = await anna.done("messages.after", {"conversation": conversation, "seq": 0})
    assert [message["seq"] for message in everything["messages"]] == list(range(1, missed["seq"] + 1))


@pytest.mark.usefixtures("line")
async def test_information_offer_and_order_form_work_in_the_chat_and_as_cards(people: People) -> None:
    """The price is ours whatever the browser claims, and what was offered holds in the form; the order shows at the
    desk, in the chat, in the timeline."""
    anna = await people.expert("anna")
    browser = people.browser()
    await browser.go_deep(*DRIP)
    alert = await anna.alert(browser)
    conversation = (await anna.done("alert.accept", {"alert": alert["id"]}))["conversation"]
    visitor = await people.visitor(browser.key)
    await visitor.done("chat.open")
    first, second = (await people.api("anna", "/api/products?limit=2"))["items"]

    await anna.done("info.push", {"conversation": conversation, "title": "Care", "url": "https://shop.example/care"})
    assert (await visitor.wait("info.shown"))["title"] == "Care"
    await anna.done("offer.push", {"conversation": conversation, "offer": {"product": first["id"], "amount": 100}})
    offer = await visitor.wait("offer.shown")
    assert (offer["price"], offer["product"]["price"]) == ({"amount": 100, "currency": "EUR"}, first["price"])
    await anna.done("order_form.push", {"conversation": conversation, "products": [first["id"], second["id"]]})
    form = await visitor.wait("order_form.shown")
    assert [line["price"] for line in form["lines"]] == [offer["price"], second["price"]]
    assert [line["most"] for line in form["lines"]] == [offer["quantity"], 999]

    order = await visitor.done("order.submit", {
        "form": form["form"], "client_id": "o1", "total": {"amount": 1, "currency": "EUR"},
        "lines": [{"product": first["id"], "quantity": 2, "price": 1}, {"product": second["id"], "quantity": 1}],
        "contact": {"name": "Carla Roth", "email": "carla@example.com", "phone": "", "address": "Lindenweg 4"},
    })  # fmt: skip
    expected = 2 * 100 + second["price"]["amount"]
    assert order["total"] == {"amount": expected, "currency": "EUR"}
    placed = await anna.wait("order.placed", order=order["order"])
    assert placed["total"]["amount"] == expected
    assert placed["customer"]["name"] == "Carla Roth"
    assert (await visitor.wait("order.updated"))["number"] == order["number"]
    assert (await visitor.wait("message.added", kind="order"))["data"]["number"] == order["number"]
    transcript = (await people.api("anna", f"/api/conversations/{conversation}/messages"))["messages"]
    assert [one["data"]["state"] for one in transcript if one["kind"] == "order_form"] == ["ordered"]
    timeline = (await people.api("anna", f"/api/customers/{placed['customer']['id']}/timeline"))["items"]
    assert {"visit", "conversation", "order"} <= {item["kind"] for item in timeline}


@pytest.mark.usefixtures("line")
async def test_a_card_needs_no_chat(people: People) -> None:
    """An order form pushed to a visit stands on the page, is shown again on reconnect, and can be ordered from."""
    anna = await people.expert("anna")
    browser = people.browser()
    await browser.go_deep(*DRIP)
    alert = await anna.alert(browser)
    visitor = await people.visitor(browser.key)
    product = (await people.api("anna", "/api/products?limit=1"))["items"][0]
    await anna.done("order_form.push", {"visit": alert["visit"]["id"], "products": [product["id"]]})
    form = await visitor.wait("order_form.shown")
    assert form["conversation"] is None
    await visitor.close()
    again = await people.visitor(browser.key)
    assert (await again.wait("order_form.shown"))["form"] == form["form"]
    order = await again.done("order.submit", {
        "form": form["form"], "client_id": str(uuid.uuid4()), "lines": [{"product": product["id"], "quantity": 1}],
        "contact": {"name": "N. Card", "phone": "+49 30 901820"},
    })  # fmt: skip
    await again.wait("card.gone")
    assert (await anna.wait("order.placed", order=order["order"]))["conversation"] is None


@pytest.mark.usefixtures("line")
async def test_a_customer_who_returns_rings_the_one_who_served_above_strangers(people: People) -> None:
    """Back after closing the browser: rung `last` or `owner`, known by name, more important than a stranger."""
    anna = await people.expert("anna")
    browser = people.browser()
    view = await browser.go_deep(*DRIP)
    alert = await anna.alert(browser)
    conversation = (await anna.done("alert.accept", {"alert": alert["id"]}))["conversation"]
    visitor = await people.visitor(browser.key)
    await visitor.done("chat.open")
    product = (await people.api("anna", "/api/products?limit=1"))["items"][0]
    await anna.done("order_form.push", {"conversation": conversation, "products": [product["id"]]})
    form = await visitor.wait("order_form.shown")
    await visitor.done("order.submit", {
        "form": form["form"], "client_id": "o", "lines": [{"product": product["id"], "quantity": 1}],
        "contact": {"name": "Rita Back", "email": "rita@example.com"},
    })  # fmt: skip
    await visitor.close()
    await browser.collect(stayed(view, 20_000, type="page.left"))
    stranger = people.browser()
    await stranger.go_deep(*DRIP)
    waiting = await anna.alert(stranger)
    await asyncio.sleep(2.2)
    await browser.collect(viewed(url=browser.page))
    back = await anna.alert(browser, 2.0, reason="back")
    assert back["customer"]["name"] == "Rita Back"
    assert back["rung"] in ("owner", "last")
    assert back["customer"]["orders"] == 1
    assert back["visit"]["returning"] is True
    assert back["importance"] > waiting["importance"]
    ringing = [alert["id"] for alert in (await people.api("anna", "/api/desk"))["alerts"]]
    assert ringing.index(back["id"]) < ringing.index(waiting["id"])


async def test_the_bell_climbs_when_a_rung_runs_out(people: People) -> None:
    """Anna lets the rung's seconds pass: then, and only then, Boris hears it too; in the end it expires with a reason.

    The demo's 20 seconds are lived through in the browser's story; here the site is set to 5.
    """
    await set_rung(people, 5)
    try:
        anna, boris = await people.expert("anna"), await people.expert("boris")
        browser = people.browser()
        await browser.go_deep(*DRIP)
        alert = await anna.alert(browser)
        await asyncio.sleep(4)
        assert not boris.alerts(browser)
        rung = await boris.alert(browser, 3.0)
        assert (rung["id"], rung["rung"]) == (alert["id"], "anyone")
        assert (await boris.wait("alert.cleared", 8.0, id=alert["id"]))["reason"] == "expired"
    finally:
        await set_rung(people, 20)


async def set_rung(people: People, seconds: int) -> None:
    """The site's setting, as an administrator changes it."""
    token = (await people.sign_in("admin"))["token"]
    headers = {"Authorization": f"Bearer {token}"}
    sites = (await people.http.get(f"{people.server.other}/api/sites", headers=headers)).json()["items"]
    changed = await people.http.patch(
        f"{people.server.other}/api/sites/{sites[0]['id']}", json={"rung_seconds": seconds}, headers=headers
    )
    assert changed.json()["rung_seconds"] == seconds


@pytest.mark.usefixtures("line")
async def test_a_visitor_who_writes_unasked_rings_the_bell_too(people: People) -> None:
    """Nobody has the conversation: it rings like a trigger, says why, and accepting it continues the same one."""
    anna, boris = await people.expert("anna"), await people.expert("boris")
    browser = people.browser()
    await browser.collect(viewed("Garden", "Roses", url=browser.page))
    visitor = await people.visitor(browser.key)
    conversation = (await visitor.done("chat.open"))["conversation"]
    await visitor.done(
        "message.send", {"conversation": conversation, "client_id": "1", "text": "Do you have red ones?"}
    )
    alert = await anna.alert(browser, 1.0)
    assert (alert["reason"], alert["rung"]) == ("asked", "topic")
    assert alert["why"][0] == "Wrote in the chat and waits for an answer"
    accepted = await anna.done("alert.accept", {"alert": alert["id"]})
    assert accepted["conversation"] == conversation
    assert "Do you have red ones?" in [message["text"] for message in accepted["messages"]]
    await visitor.wait("chat.invited", conversation=conversation)
    assert not boris.alerts(browser)
