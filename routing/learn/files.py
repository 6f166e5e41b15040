"""What was learned, as files that a running server takes over: DATA_DIR/models/SITE/KIND.model.

A file is one line of JSON, which says what it is and whose, and carries the checksum of the rest, and then the model
itself, in whatever shape its kind has; nothing in it is ever run. It comes into place whole or not at all, and a file
that is broken, foreign, another site's or newer than this program is refused with a reason while the plain rule holds.
"""

import contextlib
import hashlib
import os
import stat
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import msgspec
import structlog

from contract.names import Ms

#: How often a server looks whether there is a newer file, in seconds.
EVERY = 2.0
#: A model is some hundred kilobytes; what is larger than this is none of ours.
MOST_BYTES = 64 * 2**20
_HEAD_BYTES = 64 * 2**10
#: Where a file was found: a new one differs in at least one of inode, time of change, size.
_Print = tuple[int, int, int]
T = TypeVar("T")
log = structlog.get_logger()


class BadModel(Exception):
    """A sentence that says why a file is not used."""


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first line. `learned_from`: what a person may want to know of it, such as how many rows; `site` (its id) and
    `sha256` of the body are filled in by `write`."""

    kind: str
    format: int
    made_at: Ms
    learned_from: dict[str, int | float | str]
    site: str = ""
    sha256: str = ""


def model_file(data_dir: Path, site_id: str, kind: str) -> Path:
    """Where the model of this kind of this site stands; `site_id` and `kind` are ours, never a visitor's."""
    if not _plain(site_id) or not _plain(kind):
        raise ValueError("an id or a kind of model is letters, digits and dashes")
    return data_dir / "models" / site_id / f"{kind}.model"


def write(file: Path, head: Head, body: bytes) -> None:
    """Put a model in place, or leave everything as it was: whoever reads sees the old file or the new one, whole.

    Raises OSError where the folder cannot be written.
    """
    head = msgspec.structs.replace(head, site=file.parent.name, sha256=hashlib.sha256(body).hexdigest())
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", dir=file.parent)
    try:
        with os.fdopen(handle, "wb") as opened:
            opened.write(msgspec.json.encode(head) + b"\n")
            opened.write(body)
            opened.flush()
            os.fsync(opened.fileno())
        os.replace(name, file)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def read(file: Path, kind: str, format: int) -> tuple[Head, bytes]:
    """The head and the body. Raises BadModel for a file that is not to be used, FileNotFoundError where there is none,
    OSError where it cannot be read."""
    if not file.resolve().is_relative_to(file.parents[1].resolve()):
        raise BadModel("it is a link to somewhere else")
    with os.fdopen(os.open(file, os.O_RDONLY | os.O_NONBLOCK), "rb") as opened:  # a pipe would be waited for
        if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
            raise BadModel("it is no file")
        whole = opened.read(MOST_BYTES + 1)
    if len(whole) > MOST_BYTES:
        raise BadModel(f"it is larger than {MOST_BYTES // 2**20} MiB")
    line, found, body = whole.partition(b"\n")
    try:
        if not found or len(line) > _HEAD_BYTES:
            raise BadModel("it is no model of ours, or was cut off")
        head = msgspec.json.decode(line, type=Head)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadModel("it is no model of ours") from error
    if head.kind != kind:
        raise BadModel(f"it is a model of another kind, {head.kind[:40]!r}")
    if head.site != file.parent.name:
        raise BadModel(f"it was learned for another site, {head.site[:64]!r}")
    if head.format > format:
        raise BadModel(f"it was made by a newer version (format {head.format}, this one knows {format})")
    if head.format < format:
        raise BadModel(f"it was made by an older version (format {head.format}); `shopbell learn` makes a new one")
    if head.sha256 != hashlib.sha256(body).hexdigest():
        raise BadModel("it was changed or cut off after it was made")
    return head, body


class Models(Generic[T]):
    """The models of one kind that a server has at hand, by site; newer files are taken over without a restart.

    `decode` makes of a body what is asked, and raises ValueError or BadModel for one that makes no sense. With
    `background` a file is read in a thread of its own: who asks meanwhile gets what was there before, never a delay.
    """

    def __init__(
        self, data_dir: Path, kind: str, format: int, decode: Callable[[bytes], T], *, background: bool = True
    ) -> None:
        self._data_dir, self._kind, self._format, self._decode = data_dir, kind, format, decode
        self._background = background
        self._found: dict[str, T | None] = {}
        self._prints: dict[str, _Print | None] = {}
        self._look_at: dict[str, float] = {}
        self._reading: set[str] = set()
        self._lock = threading.Lock()

    def get(self, site_id: str) -> T | None:
        """The model of this site, None where there is none that can be used. A look into a dictionary, most times."""
        if time.monotonic() >= self._look_at.get(site_id, 0.0):
            self._look(site_id)
        return self._found.get(site_id)

    def _look(self, site_id: str) -> None:
        self._look_at[site_id] = time.monotonic() + EVERY
        file = model_file(self._data_dir, site_id, self._kind)
        seen = _print(file)
        with self._lock:
            if seen == self._prints.get(site_id) or site_id in self._reading:
                return
            self._reading.add(site_id)
        if self._background:
            threading.Thread(
                target=self._take, args=(site_id, file, seen), name=f"model-{self._kind}", daemon=True
            ).start()
        else:
            self._take(site_id, file, seen)

    def _take(self, site_id: str, file: Path, seen: _Print | None) -> None:
        try:
            self._found[site_id] = self._read(file) if seen is not None else None
        finally:
            with self._lock:
                self._prints[site_id] = seen  # whatever came of it: not again until the file changes
                self._reading.discard(site_id)

    def _read(self, file: Path) -> T | None:
        """What stands there now; a file that is no good leaves the plain rule, and says so once.

        A file may break a reader in more ways than anybody can list (memory, depth, what a library does not know).
        """
        try:
            return self._decode(read(file, self._kind, self._format)[1])
        except Exception as bad:  # noqa: BLE001  (see above; the reason is in the log)
            log.warning("model.refused", file=str(file), reason=str(bad) or type(bad).__name__)
            return None


def _print(file: Path) -> _Print | None:
    try:
        found = file.stat()
    except OSError:
        return None
    return (found.st_ino, found.st_mtime_ns, found.st_size)


def _plain(name: str) -> bool:
    return bool(name) and all(char.isascii() and (char.isalnum() or char in "-_") for char in name)
