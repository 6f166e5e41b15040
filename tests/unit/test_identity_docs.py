"""What docs/identity.md tells a shop to write makes tokens that we believe. (PHP is read, not run.)"""

import re
import subprocess
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from access.token import signed_in
from contract.facts import SignedIn

TEXT = (Path(__file__).parents[2] / "docs" / "identity.md").read_text(encoding="utf-8")
SECRET = "s" * 43
VERA = SignedIn(user="4711", email="vera@shop.example", name="Вера Lee")


def example(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1]


def believed(token: str) -> SignedIn:
    return signed_in(token, [SECRET], time.time_ns() // 1_000_000)


def test_the_python_example_signs_who_is_there():
    names: dict[str, Any] = {"SHOPBELL_SECRET": SECRET}
    exec(example("python"), names)
    user = SimpleNamespace(id=4711, email="vera@shop.example", name="Вера Lee")
    assert believed(names["shopbell_token"](user)) == VERA


def test_the_node_example_signs_who_is_there():
    before = f'const SHOPBELL_SECRET = "{SECRET}", user = {{id: 4711, email: "vera@shop.example", name: "Вера Lee"}};\n'
    done = subprocess.run(
        ["node", "--input-type=module", "-"], input=before + example("js") + "process.stdout.write(token);",
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert believed(done.stdout) == VERA


def test_each_example_takes_five_lines_at_most():
    """Not counting what it imports."""
    for language in ("python", "php", "js"):
        lines = [line for line in example(language).splitlines() if line and not line.startswith("import")]
        assert len(lines) <= 5, language
