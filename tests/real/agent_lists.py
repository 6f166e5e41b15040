"""Lists of real User-Agents as they lie beside the project, read without a YAML library: one key per line."""

import gzip
import json
import re
from pathlib import Path
from typing import Any

FIXTURES = (
    "additional_os_tests", "firefox_user_agent_strings", "opera_mini_user_agent_strings", "pgts_browser_list",
    "podcasting_user_agent_strings", "test_device", "test_os", "test_ua",
)  # fmt: skip
CRAWLERS = "crawler-user-agents/crawler-user-agents.json.gz"
_LINE = re.compile(r"\s*(-\s*)?(\w+):\s?(.*)")


def fixture(name: str) -> str:
    """Where a list of ua-parser's lies below the folder of real data."""
    return f"ua-parser-fixtures/{name}.yaml.gz"


def cases(file: Path) -> list[dict[str, str]]:
    """`user_agent_string`, `family` and what else the list says of each, empty values left out."""
    found: list[dict[str, str]] = []
    with gzip.open(file, "rt", encoding="utf-8") as opened:
        for line in opened:
            read = _LINE.match(line.rstrip("\n"))
            if read is None or read[2] == "test_cases":
                continue
            if read[1]:
                found.append({})
            if value := _plain(read[3].strip()):
                found[-1][read[2]] = value
    return found


def agents(file: Path) -> list[str]:
    """The strings of a list, in its order; one of them is empty."""
    return [case.get("user_agent_string", "") for case in cases(file)]


def crawlers(file: Path) -> list[dict[str, Any]]:
    """Each with its `pattern`, `instances` and `tags`."""
    with gzip.open(file) as opened:
        read: list[dict[str, Any]] = json.load(opened)
    return read


def _plain(value: str) -> str:
    if value.startswith("'"):
        return value[1:-1].replace("''", "'")
    return str(json.loads(value)) if value.startswith('"') else value
