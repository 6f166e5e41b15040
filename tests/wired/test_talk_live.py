"""Notes, passing on, reading along and what stands unsent, over the wire and between processes' sockets, both sizes."""

from typing import Any
from uuid import uuid4

from tests.ears import Ears
from tests.running import People, Socket, viewed


async def talking(people: People, desk: Socket) -> tuple[Ears, str]:
    """A visitor with a page open, and the conversation that this desk has with them."""
    guest = people.browser()
    await guest.collect(viewed("Garden", url=guest.page))
    line = await people.visitor(guest.key)
    talk = (await line.done("chat.open"))["conversation"]
    await says(desk, talk, "Hello")
    await line.wait("message.added", 10, conversation=talk, text="Hello")
    return line, talk


async def says(line: Ears, talk: str, text: str) -> dict[str, Any]:
    return await line.done("message.send", {"conversation": talk, "client_id": uuid4().hex, "text": text})


async def set_talk(people: People, **values: Any) -> None:
    site = (await people.api("admin", "/api/sites"))["items"][0]
    token = (await people.sign_in("admin"))["token"]
    answer = await people.http.patch(
        f"{people.server.other}/api/sites/{site['id']}",
        json={"talk": {**site["talk"], **values}},
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 200, answer.text
    assert {name: answer.json()["talk"][name] for name in values} == values


async def test_notes_come_to_the_desks_that_have_it_and_to_no_visitor(people: People) -> None:
    """Once each, also to whom they were written by; the list has them all."""
    anna, boris = await people.expert("anna"), await people.expert("boris")
    line, talk = await talking(people, anna)
    said = await boris.done("note.add", {"conversation": talk, "client_id": uuid4().hex, "text": "Prefers oak."})
    heard = await anna.wait("note.added", 10, id=said["note"])
    assert (heard["text"], heard["conversation"], heard["author"]["name"][:5]) == ("Prefers oak.", talk, "Boris")
    await says(line, talk, "Hello you")
    await anna.wait("message.added", 10, text="Hello you", seq=3)
    assert (line.heard("note.added"), len(anna.heard("note.added"))) == ([], 1)
    assert (await people.api("anna", f"/api/conversations/{talk}/notes"))["items"] == [heard]


async def test_a_conversation_changes_hands_and_both_desks_and_the_visitor_hear_of_it(people: People) -> None:
    """The bell says who passes it on; afterwards only one desk has it."""
    anna, boris = await people.expert("anna"), await people.expert("boris")
    line, talk = await talking(people, anna)
    boris_id = next(
        one["id"] for one in (await people.api("admin", "/api/experts"))["items"] if one["name"][:5] == "Boris"
    )
    asked = {"conversation": talk, "expert": boris_id, "note": "Wants oak."}
    bell = (await anna.done("conversation.transfer", asked))["alert"]
    raised = await boris.wait("alert.raised", 10, id=bell)
    assert (raised["transfer"]["note"], raised["transfer"]["conversation"]) == ("Wants oak.", talk)
    await line.wait("message.added", 10, data=lambda data: bool(data) and data.get("state") == "waiting")
    await boris.done("alert.accept", {"alert": bell})
    await line.wait("expert.joined", 10, name=lambda name: name.startswith("Boris"))
    await anna.wait(
        "conversation.changed", 10,
        conversation=lambda one: one["id"] == talk and one["expert"]["id"] == boris_id,
    )  # fmt: skip
    await says(boris, talk, "I have it")
    await line.wait("message.added", 10, text="I have it")
    assert await anna.refused("message.send", {"conversation": talk, "client_id": "x", "text": "x"}) == "forbidden"


async def test_a_no_is_heard_by_the_sender_and_the_visitor(people: People) -> None:
    """At once, by what they read."""
    anna, boris = await people.expert("anna"), await people.expert("boris")
    line, talk = await talking(people, anna)
    experts = (await people.api("admin", "/api/experts"))["items"]
    boris_id = next(one["id"] for one in experts if one["name"].startswith("Boris"))
    bell = (await anna.done("conversation.transfer", {"conversation": talk, "expert": boris_id}))["alert"]
    await boris.wait("alert.raised", 10, id=bell)
    await boris.done("alert.decline", {"alert": bell})
    for side in (line, anna):
        await side.wait("message.added", 10, data=lambda data: bool(data) and data.get("state") == "returned")
    await says(anna, talk, "Here I am")
    await line.wait("message.added", 10, text="Here I am")


async def test_an_administrator_reads_along_and_what_stands_unsent_is_shown_where_the_site_says_so(
    people: People,
) -> None:
    """Until they stop. The visitor is told of the preview."""
    anna, chief = await people.expert("anna"), await people.expert("admin", status="")
    people.at_desks.discard("admin")
    line, talk = await talking(people, anna)
    assert (await chief.done("conversation.watch", {"conversation": talk, "on": True}))["seq"] == 2
    await says(line, talk, "Is anybody reading?")
    await chief.wait("message.added", 10, text="Is anybody reading?")
    await line.done("typing", {"conversation": talk, "text": "not for you"})
    assert (await anna.wait("typing", 10, author="visitor"))["text"] is None
    await set_talk(people, preview=True)
    try:
        assert (await line.done("chat.open"))["talk"]["preview"] is True
        await line.done("typing", {"conversation": talk, "text": "I would li"})
        for side in (anna, chief):
            await side.wait("typing", 10, text="I would li")
    finally:
        await set_talk(people, preview=False)
    await chief.done("conversation.watch", {"conversation": talk, "on": False})
    await says(line, talk, "And now?")
    await anna.wait("message.added", 10, text="And now?")
    assert [one["text"] for one in chief.heard("message.added") if one["text"] == "And now?"] == []


async def test_a_desk_that_came_later_hears_who_took_what_was_nobodys(people: People) -> None:
    """It knows the conversation from its snapshot alone; and the one who takes it has it, as ever."""
    guest = people.browser()
    await guest.collect(viewed("Garden", url=guest.page))
    line = await people.visitor(guest.key)
    talk = (await line.done("chat.open"))["conversation"]
    await says(line, talk, "Is nobody here?")
    boris = await people.expert("boris", status="")
    rows = {one["id"]: one for one in (await people.api("boris", "/api/desk"))["conversations"]}
    assert rows[talk]["expert"] is None
    anna = await people.expert("anna")
    await says(anna, talk, "I am")
    for desk in (boris, anna):
        await desk.wait(
            "conversation.changed", 10,
            conversation=lambda one: one["id"] == talk and (one["expert"] or {"name": ""})["name"].startswith("Anna"),
        )  # fmt: skip
    before = len(boris.events)
    await says(line, talk, "Good")
    await anna.wait("message.added", 10, text="Good")
    assert [data for name, data in boris.events[before:] if name in ("message.added", "conversation.changed")] == []


async def test_who_thinks_better_of_a_rating_sees_it_in_every_tab(people: People, line: str) -> None:
    """In the words that stand there, on either line; and so does the desk. What says nothing new is not told again."""
    anna = await people.expert("anna")
    guest = people.browser()
    await guest.collect(viewed("Garden", url=guest.page))
    first, other = await people.visitor(guest.key), await people.visitor(guest.key)
    talk = (await first.done("chat.open"))["conversation"]
    await other.done("chat.open")
    await says(anna, talk, "Hello")
    seqs = set()
    for score in (2, 5, 4):
        await first.done("conversation.rate", {"conversation": talk, "score": score, "comment": ""})
        for side in (first, other, anna):
            told = await side.wait("message.added", 10, text=f"Rated {score} of 5.")
            assert told["data"] == {"name": "conversation.rated", "score": score}
            seqs.add(told["seq"])
    assert len(seqs) == 1
    await says(anna, talk, "Thank you")
    for side in (first, other, anna):
        await side.wait("message.added", 10, text="Thank you")
        assert [one["text"] for one in side.heard("message.added") if one["kind"] == "event"][-3:] == [
            "Rated 2 of 5.", "Rated 5 of 5.", "Rated 4 of 5."
        ]  # fmt: skip


async def test_whom_it_comes_back_to_hears_how_far_it_went_and_reads_it_all(people: People) -> None:
    """A colleague took it, wrote and left; then the visitor writes: each desk is told the newest number."""
    anna, boris = await people.expert("anna"), await people.expert("boris")
    line, talk = await talking(people, anna)
    experts = (await people.api("admin", "/api/experts"))["items"]
    boris_id = next(one["id"] for one in experts if one["name"].startswith("Boris"))
    bell = (await anna.done("conversation.transfer", {"conversation": talk, "expert": boris_id}))["alert"]
    await boris.wait("alert.raised", 10, id=bell)
    before = (await anna.done("messages.after", {"conversation": talk, "seq": 0}))["messages"][-1]["seq"]
    await boris.done("alert.accept", {"alert": bell})
    await says(boris, talk, "I have it")
    await boris.done("presence.set", {"status": "offline"})
    newest = (await says(line, talk, "Is anybody there?"))["seq"]
    told = await anna.wait(
        "conversation.changed", 10,
        conversation=lambda one: one["id"] == talk and one["expert"] is None and one["last_seq"] >= newest,
    )  # fmt: skip
    missed = (await anna.done("messages.after", {"conversation": talk, "seq": before}))["messages"]
    assert [one["seq"] for one in missed] == list(range(before + 1, told["conversation"]["last_seq"] + 1))
    names = [(one["data"] or {}).get("name") or one["text"] for one in missed]
    assert names.index("expert.joined") < names.index("I have it") < names.index("expert.left")
    assert "Is anybody there?" in names
