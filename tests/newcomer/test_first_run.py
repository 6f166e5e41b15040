"""What somebody sees who has just cloned the project: one command, and the shop is open."""

import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.servers import free_port

ROOT = Path(__file__).parents[2]
FIRST_START_SECONDS = 360
SECOND_START_SECONDS = 60
PAGES = ("/", "/console/", "/readyz")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The committed project in an empty folder."""
    folder = tmp_path_factory.mktemp("newcomer") / "shopbell"
    done = subprocess.run(
        ["git", "clone", "--quiet", str(ROOT), str(folder)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, f"this test needs the project as a git clone: {done.stderr}"
    return folder


def newcomer_environment(home: Path, port: int) -> dict[str, str]:
    """The environment of a person with an empty home. Only the download caches and where packages come from stay."""
    ours = ("SHOPBELL_", "PYTHON", "VIRTUAL_ENV", "CHROMIUM", "PYTEST_", "CI")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    old_home = Path.home()
    caches = {"PIP_CACHE_DIR": old_home / ".cache/pip", "npm_config_cache": old_home / ".npm"}
    configs = {"PIP_CONFIG_FILE": old_home / ".config/pip/pip.conf", "npm_config_userconfig": old_home / ".npmrc"}
    kept = {name: str(path) for name, path in {**caches, **configs}.items() if path.exists()}
    path = f"{Path(sys.base_prefix) / 'bin'}:{os.environ['PATH']}"
    return {**kept, **environment, "HOME": str(home), "PATH": path, "SHOPBELL_PORT": str(port)}


def status(address: str) -> int:
    """The HTTP status at `address`; 0 when nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


@contextmanager
def shopbell(clone: Path, seconds: float) -> Iterator[tuple[str, Path]]:
    """`scripts/run` until every page answers; gives the address and what was printed. Ends what it started."""
    port = free_port()
    address = f"http://localhost:{port}"
    home = clone.parent / "home"
    home.mkdir(exist_ok=True)
    printed = clone.parent / f"printed-{port}"
    with printed.open("wb") as output:
        run = subprocess.Popen(
            ["bash", "scripts/run"],
            cwd=clone,
            env=newcomer_environment(home, port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + seconds
        while waiting := [page for page in PAGES if status(address + page) != 200]:
            text = printed.read_text(errors="replace")[-3000:]
            assert run.poll() is None, f"scripts/run ended with {run.returncode}:\n{text}"
            assert time.monotonic() < deadline, f"after {seconds:.0f} s these do not answer: {waiting}\n{text}"
            time.sleep(0.3)
        yield address, printed
        os.killpg(run.pid, signal.SIGTERM)
        run.wait(20)
    finally:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait(20)


@pytest.mark.slow
@pytest.mark.timeout(FIRST_START_SECONDS + 60)
def test_one_command_opens_the_shop(clone: Path) -> None:
    """From a fresh clone `scripts/run` serves shop and desk, says where, and ends when asked."""
    with shopbell(clone, FIRST_START_SECONDS) as (address, printed):
        assert address in printed.read_text()
    assert "Traceback" not in printed.read_text()


@pytest.mark.slow
@pytest.mark.timeout(SECOND_START_SECONDS + 60)
def test_the_second_start_installs_nothing(clone: Path) -> None:
    """Nothing changed, so nothing is done again; and the clone holds no file that git would show as new."""
    with shopbell(clone, SECOND_START_SECONDS) as (_, printed):
        assert re.findall(r"^shopbell: .* \.\.\. ", printed.read_text(), re.MULTILINE) == []
    changed = subprocess.run(["git", "status", "--porcelain"], cwd=clone, capture_output=True, text=True, check=True)
    assert changed.stdout == ""
