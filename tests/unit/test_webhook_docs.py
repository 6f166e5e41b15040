"""What docs/webhooks.md tells a receiver to write believes us, and nobody else."""

import json
import re
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest

from contract.names import WebhookEvent
from service.outgoing.signature import signature

TEXT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
SECRET = "s" * 43
BODY = '{"id": "1", "event": "message.added", "data": {"text": "Лопата"}}'.encode()
#: name -> of a moment: (signature, body, is it ours)
CASES: dict[str, Callable[[int], tuple[str, bytes, bool]]] = {
    "ours": lambda now: (signature(SECRET, BODY, now), BODY, True),
    "another secret": lambda now: (signature("t" * 43, BODY, now), BODY, False),
    "one byte more": lambda now: (signature(SECRET, BODY, now), BODY + b" ", False),
    "old": lambda now: (signature(SECRET, BODY, now - 301), BODY, False),
    "of the future": lambda now: (signature(SECRET, BODY, now + 400), BODY, False),
    "another moment": lambda now: (signature(SECRET, BODY, now).replace(f"t={now}", f"t={now - 1}"), BODY, False),
    "no signature": lambda now: (f"t={now}", BODY, False),
    "empty signature": lambda now: (f"t={now},v1=", BODY, False),
    "no time": lambda _: ("v1=" + "0" * 64, BODY, False),
    "nothing": lambda _: ("", BODY, False),
}


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", CASES)
def test_the_python_example_believes_us_alone(name: str):
    names: dict[str, Any] = {}
    exec(example("python"), names)
    header, body, ours = CASES[name](int(time.time()))
    assert names["is_shopbell"](SECRET, header, body) is ours


def test_the_node_example_believes_us_alone():
    made = {name: case(int(time.time())) for name, case in CASES.items()}
    cases = [[header, body.decode()] for header, body, _ in made.values()]
    program = (
        example("js")
        + f"\nconst cases = {json.dumps(cases)};"
        + f'\nconst said = cases.map(([header, body]) => isShopbell("{SECRET}", header, Buffer.from(body)));'
        + "\nconsole.log(JSON.stringify(said));"
    )
    done = subprocess.run(
        ["node", "--input-type=module", "-"],
        input=program,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert dict(zip(CASES, json.loads(done.stdout), strict=True)) == {name: case[2] for name, case in made.items()}


def test_every_event_and_every_word_for_a_failure_is_explained():
    for event in get_args(WebhookEvent):
        assert f"| `{event}` |" in TEXT
    source = "".join(
        (Path(__file__).parents[2] / "service" / "outgoing" / name).read_text()
        for name in ("client.py", "addresses.py", "sender.py")
    )
    words = {*re.findall(r'(?:Undelivered|BadAddress)\(f?"([a-z]+)[:"]', source), "spelling", "insecure", "address"}
    assert len(words) >= 11
    calls = (Path(__file__).parents[2] / "docs" / "notifications.md").read_text(encoding="utf-8")
    assert re.search("`late`", calls), "a word of calls on devices alone"
    for word in words - {"late"}:
        assert re.search(rf"`{word}[:`]", TEXT), word
