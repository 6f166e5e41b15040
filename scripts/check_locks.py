"""Lock files carry hashes and no addresses: whoever installs decides where packages come from."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTHON_LOCKS = (
    "requirements.lock",
    "requirements-test.lock",
    "requirements-build.lock",
    "requirements-node.lock",
)
NODE_LOCKS = (
    "package-lock.json",
    "scripts/chromium/package-lock.json",
    "bench/trackers/package-lock.json",
    "bench/node_chat/package-lock.json",
)
FORBIDDEN = ("uv.lock", "pylock.toml")  # both formats record where each package was found

PIP_ADDRESS = re.compile(r"https?:|file:|^\s*(-i|-f|--index-url|--extra-index-url|--find-links|--trusted-host)\b")
NPM_ADDRESS = re.compile(r'"resolved"\s*:')


def problems(root: Path = ROOT) -> list[str]:
    """One sentence for each thing that is wrong with the lock files below `root`."""
    found = []
    for name, address in [(n, PIP_ADDRESS) for n in PYTHON_LOCKS] + [(n, NPM_ADDRESS) for n in NODE_LOCKS]:
        path = root / name
        if not path.is_file():
            found.append(f"{name} is missing.")
            continue
        lines = path.read_text().splitlines()
        found += [
            f"{name}:{number} records an address." for number, line in enumerate(lines, 1) if address.search(line)
        ]
        if name in PYTHON_LOCKS and not any("--hash=sha256:" in line for line in lines):
            found.append(f"{name} has no hashes.")
    found += [f"{name} must not be committed: it records addresses." for name in FORBIDDEN if is_committed(root, name)]
    return found


def is_committed(root: Path, name: str) -> bool:
    """Whether git tracks `name`; outside a git checkout, whether the file is there."""
    listed = subprocess.run(["git", "ls-files", "--", name], cwd=root, capture_output=True, text=True, check=False)
    return bool(listed.stdout.strip()) if listed.returncode == 0 else (root / name).exists()


if __name__ == "__main__":
    sentences = problems()
    print(*sentences, sep="\n", end="\n" if sentences else "")
    sys.exit(bool(sentences))
