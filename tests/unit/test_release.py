"""One version everywhere, and lock files without addresses."""

import json
import re
import tomllib
from pathlib import Path

import pytest

from scripts.check_locks import PYTHON_LOCKS, problems

ROOT = Path(__file__).parents[2]


def test_the_version_is_the_same_everywhere() -> None:
    """pyproject.toml, package.json and the newest heading of the changelog agree."""
    python = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    node = json.loads((ROOT / "package.json").read_text())["version"]
    headings = re.findall(r"^## (\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert {python, node, headings[0]} == {python}


def test_lock_files_carry_no_addresses() -> None:
    """Who installs decides where packages come from."""
    assert problems() == []


@pytest.mark.parametrize(
    "line",
    ["--index-url x", "  -i x", "thing @ https://example.org/thing.whl", "--find-links wheels", "# from file:///x"],
)
def test_an_address_in_a_lock_file_is_seen(tmp_path: Path, line: str) -> None:
    """The check names file and line."""
    for name in PYTHON_LOCKS:
        (tmp_path / name).write_text("thing==1 \\\n    --hash=sha256:00\n")
    (tmp_path / "requirements.lock").write_text(f"thing==1 \\\n    --hash=sha256:00\n{line}\n")
    assert "requirements.lock:3 records an address." in problems(tmp_path)


def test_every_verb_starts_with_bash_and_has_its_run_bit() -> None:
    """A clone can run them at once."""
    for name in ("install", "run", "test", "check", "bench", "lock"):
        script = ROOT / "scripts" / name
        assert script.read_text().startswith("#!/usr/bin/env bash\n"), name
        assert script.stat().st_mode & 0o111, name
        assert "set -euo pipefail" in script.read_text(), name


def test_the_test_lock_has_the_versions_of_the_run_time_lock() -> None:
    """What is tested is what runs."""
    pins = [
        dict(re.findall(r"^([\w.-]+)==(\S+)", (ROOT / name).read_text(), re.MULTILINE)) for name in PYTHON_LOCKS[:2]
    ]
    run_time, test = pins
    assert run_time
    assert {name: test.get(name) for name in run_time} == run_time
