"""What docs/webhooks.md tells a receiver to write believes us, and nobody else."""

import json
import re
import subprocess
import time
from pathlib import Path
from typing import Any, get_args

import pytest

from contract.names import WebhookEvent
from service.outgoing.signature import signature

TEXT = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text(encoding="utf-8")
SECRET = "s" * 43
BODY = '{"id": "1", "event": "message.added", "data": {"text": "Лопата"}}'.encode()
NOW = int(time.time())
#: name -> (signature, body, is it ours)
CASES: dict[str, tuple[str, bytes, bool]] = {
    "ours": (signature(SECRET, BODY, NOW), BODY, True),
    "another secret": (signature("t" * 43, BODY, NOW), BODY, False),
    "one byte more": (signature(SECRET, BODY, NOW), BODY + b" ", False),
    "old": (signature(SECRET, BODY, NOW - 301), BODY, False),
    "of the future": (signature(SECRET, BODY, NOW + 400), BODY, False),
    "another moment": (signature(SECRET, BODY, NOW).replace(f"t={NOW}", f"t={NOW - 1}"), BODY, False),
    "no signature": (f"t={NOW}", BODY, False),
    "empty signature": (f"t={NOW},v1=", BODY, False),
    "no time": ("v1=" + "0" * 64, BODY, False),
    "nothing": ("", BODY, False),
}


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


@pytest.mark.parametrize("name", CASES)
def test_the_python_example_believes_us_alone(name: str):
    names: dict[str, Any] = {}
    exec(example("python"), names)
    header, body, ours = CASES[name]
    assert names["is_shopbell"](SECRET, header, body) is ours


def test_the_node_example_believes_us_alone():
    cases = [[header, body.decode()] for header, body, _ in CASES.values()]
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
    assert dict(zip(CASES, json.loads(done.stdout), strict=True)) == {name: case[2] for name, case in CASES.items()}


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
