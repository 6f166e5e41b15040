"""Lists of real User-Agents as they lie beside the project, read without a YAML library: one key per line."""

import gzip
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tracker.agents import Agent

FIXTURES = (
    "additional_os_tests", "firefox_user_agent_strings", "opera_mini_user_agent_strings", "pgts_browser_list",
    "podcasting_user_agent_strings", "test_device", "test_os", "test_ua",
)  # fmt: skip
CRAWLERS = "crawler-user-agents/crawler-user-agents.json.gz"
#: What the list of 12,500 old agents holds for a browser that a person looks through; the rest are tools and robots.
_LOOKED_THROUGH = frozenset({
    "IE", "Firefox", "Opera", "Netscape", "Safari", "MyIE2", "Konqueror", "Galeon", "Maxthon", "Epiphany",
    "Crazy Browser", "Camino", "Avant", "K-Meleon", "Bon Echo", "NetFront", "iCab", "Opera Mobile", "Shiira", "OmniWeb",
    "Lunascape", "Phoenix", "Chimera", "SEMC-Browser", "UP.Browser", "Nokia Services (WAP) Browser", "Links", "Lynx",
    "ELinks", "Dillo",
})  # fmt: skip
#: In the lists of browsers, and programs for us: link checkers, libraries and spiders that were filed there.
_PROGRAMS = (
    "Web Link Validator", "InternetSupervision.com/UrlMonitor", "; UrlMonitor)", "Link Checker Pro", "RPT-HTTPClient",
    "Pike HTTP client", "Http Connector Spider", "Huaweisymantecspider", "Nokia SyncML HTTP Client", "PostmanRuntime",
)  # fmt: skip
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


def instances(known: list[dict[str, Any]]) -> list[str]:
    """The strings of all crawlers, each once."""
    return list(dict.fromkeys(text for one in known for text in one.get("instances", [])))


def ordinary(find: Callable[[str], Path]) -> dict[str, list[str]]:
    """Lists of ordinary browsers by name, less what ua-parser calls a spider."""
    old = cases(find(fixture("pgts_browser_list")))
    lists = {
        "browsers of 2005": [one["user_agent_string"] for one in old if one.get("family") in _LOOKED_THROUGH],
        "Firefox": agents(find(fixture("firefox_user_agent_strings"))),
        "Opera Mini": agents(find(fixture("opera_mini_user_agent_strings"))),
        "telephones and tablets": agents(find(fixture("test_device"))),
    }
    return {name: [text for text in dict.fromkeys(texts) if not Agent(text).is_bot] for name, texts in lists.items()}


def false_alarms(taken: list[str], known: list[dict[str, Any]]) -> list[str]:
    """Of strings taken for programs those that are none: neither by the list of crawlers nor by ours above."""
    named = [re.compile(one["pattern"]) for one in known]
    return [
        text
        for text in taken
        if not any(part in text for part in _PROGRAMS) and not any(one.search(text) for one in named)
    ]


def _plain(value: str) -> str:
    if value.startswith("'"):
        return value[1:-1].replace("''", "'")
    return str(json.loads(value)) if value.startswith('"') else value
