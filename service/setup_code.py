"""The one-time code of the first run: while nobody has an account, it alone opens the door, and no default password.

The code is said where the server was started; a hash of it lies in the data folder. Each start without an account makes
a new one, so that only the last one that was said is good; used, it is gone.
"""

import hashlib
import hmac
import os
import secrets
from pathlib import Path

_FILE = "setup_code"


def make_code(data_dir: Path) -> str:
    """A new code of 144 random bits; the one before is worth nothing from now on."""
    code = secrets.token_urlsafe(18)
    data_dir.mkdir(parents=True, exist_ok=True)
    beside = data_dir / f"{_FILE}.{secrets.token_hex(4)}"
    with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as opened:
        opened.write(_hash(code))
    beside.replace(data_dir / _FILE)
    return code


def is_code(data_dir: Path, said: str) -> bool:
    """Whether `said` is the code. Takes as long for a wrong one as for the right one."""
    try:
        kept = (data_dir / _FILE).read_text()
    except FileNotFoundError:
        kept = ""
    return hmac.compare_digest(kept.encode(), _hash(said).encode())


def forget_code(data_dir: Path) -> None:
    """It was used, or there is an account by other means."""
    (data_dir / _FILE).unlink(missing_ok=True)


def _hash(code: str) -> str:
    return hashlib.sha256(code.encode("utf-8", "replace")).hexdigest()
