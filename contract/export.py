"""Writes the contract for the browser: JSON Schema of every shape, from which `npm run contract` makes TypeScript.

`python -m contract.export` writes `contract/generated/contract.schema.json`; with `--check` it changes nothing and
exits 1 if the file, or the TypeScript made from it, is not what the code says.
"""

import inspect
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec

from contract import (
    accent,
    answers,
    beacons,
    commands,
    errors,
    events,
    files,
    line,
    names,
    rest_articles,
    rest_board,
    rest_callbacks,
    rest_customers,
    rest_desk,
    rest_experts,
    rest_goods,
    rest_push,
    rest_queue,
    rest_reports,
    rest_routing,
    rest_sites,
    rest_talk,
    rest_tokens,
    rest_tree,
    rest_triggers,
    rest_visits,
    rest_webhooks,
    shapes,
)
from contract.shapes import In, Out

HERE = Path(__file__).parent / "generated"
SCHEMA = HERE / "contract.schema.json"
TYPESCRIPT = HERE / "contract.ts"
#: Where the shapes are: what a browser sends, the sockets, the bodies of `/api/...`.
MODULES = (
    accent, answers, beacons, commands, events, files, line, shapes, rest_articles, rest_board, rest_customers,
    rest_desk, rest_experts, rest_goods, rest_callbacks, rest_queue, rest_reports, rest_routing, rest_sites,
    rest_talk, rest_tokens, rest_tree, rest_triggers, rest_visits, rest_webhooks, rest_push,
)  # fmt: skip


def _shapes() -> list[type[msgspec.Struct]]:
    seen: dict[str, type[msgspec.Struct]] = {}
    for module in MODULES:
        for name, value in vars(module).items():
            shape = inspect.isclass(value) and issubclass(value, msgspec.Struct) and value not in (In, Out)
            if shape and seen.setdefault(name, value) is not value:
                raise SystemExit(f"two shapes are called {name}")
    return [seen[name] for name in sorted(seen)]


def schema() -> dict[str, Any]:
    """One JSON Schema whose `definitions` hold every shape and every word list."""
    found = _shapes()
    _, definitions = msgspec.json.schema_components(found, ref_template="#/definitions/{name}")
    for shape in found:
        if issubclass(shape, Out):  # what we say is complete: defaults do not make a field optional
            fields = msgspec.structs.fields(shape)
            definitions[shape.__name__]["required"] = [field.encode_name for field in fields]
    words: dict[str, list[str]] = {"ErrorCode": list(errors.CODES)}
    for name, value in vars(names).items():
        if name[0].isupper() and (options := get_args(value)) and all(isinstance(o, str) for o in options):
            words[name] = list(options)
    for name, listed in sorted(words.items()):
        definitions[name if name not in definitions else f"{name}Name"] = {"type": "string", "enum": listed}
    for title, table in (
        ("VisitorCommands", commands.VISITOR_COMMANDS),
        ("ExpertCommands", commands.EXPERT_COMMANDS),
    ):
        definitions[title] = _object(
            {
                command: _object({"send": _ref(sent), "answer": _ref(answer)})
                for command, (sent, answer) in table.items()
            }
        )
    for title, told in (("VisitorEvents", events.VISITOR_EVENTS), ("ExpertEvents", events.EXPERT_EVENTS)):
        definitions[title] = _object({event: _ref(shape) for event, shape in told.items()})
    return {"title": "Contract", "type": "object", "additionalProperties": False, "definitions": definitions}


def _ref(shape: type) -> dict[str, str]:
    return {"$ref": f"#/definitions/{shape.__name__}"}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _typescript() -> str:
    node = shutil.which("node") or "node"
    script = HERE.parent.parent / "scripts" / "contract-ts.mjs"
    return subprocess.run([node, script], input=SCHEMA.read_bytes(), capture_output=True, check=True).stdout.decode()


def main() -> None:
    text = msgspec.json.format(msgspec.json.encode(schema(), order="sorted"), indent=2).decode() + "\n"
    check = "--check" in sys.argv
    if check and (not SCHEMA.exists() or SCHEMA.read_text() != text):
        raise SystemExit("contract/generated is out of date: run `.venv/bin/python -m contract.export` and commit it")
    HERE.mkdir(exist_ok=True)
    SCHEMA.write_text(text)
    made = _typescript()
    if check and (not TYPESCRIPT.exists() or TYPESCRIPT.read_text() != made):
        raise SystemExit("contract.ts is out of date: run `.venv/bin/python -m contract.export` and commit it")
    TYPESCRIPT.write_text(made)


if __name__ == "__main__":
    main()
