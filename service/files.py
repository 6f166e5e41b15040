"""The bytes of attachments: DATA_DIR/files/XX/ID, XX being the last two digits of the id. Several machines share it.

First the bytes, then the row: they are written under another name, forced to the disk, named, and only then is the
message said. A process that dies in between leaves bytes that nobody knows; `sweep` removes them after a day. So there
is never a message whose file is not there.
"""

import asyncio
import contextlib
import mmap
import os
import shutil
import threading
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from pathlib import Path
from typing import Literal, NamedTuple

import structlog

from chat.files import Kept
from chat.sniff import HEAD, kind, sniff
from chat.stripped import Piece, stripped
from contract.clock import DAY, SECOND
from contract.errors import Refused
from contract.ids import UUID, new_id

#: What must stay free on the disk: the base lies there, too, and whatever is said goes before what is attached.
RESERVE = 512 * 1024 * 1024
#: Uploads of one process at a time. Each holds a piece in memory, the rest is on the disk.
AT_ONCE = 100
#: So many of these are for those who work here, however many visitors send something; and so many of the visitors'
#: for those with whom somebody talks, however many strangers do.
FOR_EXPERTS, FOR_SERVED = 20, 20
PIECE = 128 * 1024
#: Bytes without a row are younger than this while their message may still be on its way.
ORPHAN_SECONDS = DAY // SECOND
#: More unknown files than this, and more than known ones: this is another installation's folder, or the wrong base.
SURPRISING = 100
_ASK = 500
_PART = ".part"
log = structlog.get_logger()


class Sender(NamedTuple):
    """`kind`: who works here, a visitor with whom one of them talks, any other. `place`: the network they share with
    others, "" where nothing is measured."""

    kind: Literal["expert", "served", "stranger"]
    place: str = ""


SOMEBODY = Sender("stranger")


def free_bytes(folder: Path) -> int:
    """What the disk of `folder` has left for us."""
    return shutil.disk_usage(folder).free


class Files:
    """The folder. Everything that waits for the disk runs in a thread."""

    def __init__(self, root: Path, free: Callable[[Path], int] = free_bytes) -> None:
        self._root, self._free = root, free
        #: Each upload on its way, the oldest first: its end, and who sends it.
        self._coming: dict[asyncio.Timeout, Sender] = {}

    def path(self, file_id: str) -> Path:
        """Where the bytes lie. The id's last digits are random; its first are the time, the same for hours."""
        assert UUID.fullmatch(file_id)
        return self._root / file_id[-2:] / file_id

    async def take(self, parts: AsyncIterator[bytes], limit: int, sender: Sender = SOMEBODY) -> Kept:
        """Write what comes, look at what it is, and leave it in its place, safe from a sudden death.

        Who has sent nothing that looks like a file has no place.
        Refused: file_too_large (more than `limit` bytes came), file_type, unavailable (no room), busy.
        """
        try:
            first = await _first(parts)
            async with self._place(sender):
                return await self._take(first, parts, limit)
        except OSError as error:
            log.error("files.refused", error=repr(error))
            raise Refused("unavailable") from error

    @contextlib.asynccontextmanager
    async def _place(self, sender: Sender) -> AsyncIterator[None]:
        """Held while it lasts, unless another network needs it more. Refused("busy")."""
        while not self._has_place(sender):
            self._make_place(sender)
        try:
            async with asyncio.timeout(None) as turn:
                self._coming[turn] = sender
                try:
                    yield
                finally:
                    self._coming.pop(turn, None)
        except TimeoutError as over:
            if not turn.expired():
                raise
            raise Refused("busy", retry_after=5) from over

    def _has_place(self, sender: Sender) -> bool:
        kinds = Counter(one.kind for one in self._coming.values())
        strangers, visitors = kinds["stranger"], kinds["stranger"] + kinds["served"]
        return (
            len(self._coming) < AT_ONCE
            and (sender.kind == "expert" or visitors < AT_ONCE - FOR_EXPERTS)
            and (sender.kind != "stranger" or strangers < AT_ONCE - FOR_EXPERTS - FOR_SERVED)
        )

    def _make_place(self, sender: Sender) -> None:
        """Of strangers' networks, the one that has most gives one up to a network that then has no more than it: the
        oldest, for whoever takes places to keep them is slow. Refused("busy") where all have the same.
        """
        held = Counter(one.place for one in self._coming.values() if one.kind == "stranger" and one.place)
        most, places = max(((place, count) for place, count in held.items()), key=lambda one: one[1], default=("", 0))
        if sender.kind != "stranger" or not sender.place or places <= held[sender.place] + 1:
            raise Refused("busy", retry_after=5)
        turn = next(turn for turn, one in self._coming.items() if one == Sender("stranger", most))
        del self._coming[turn]
        turn.reschedule(asyncio.get_running_loop().time())

    async def _take(self, first: bytes, parts: AsyncIterator[bytes], limit: int) -> Kept:
        taking = _Taking(self.path(new_id()))
        try:
            await asyncio.to_thread(taking.begin, self._has_room, limit)
            if taking.add(first, limit):
                await asyncio.to_thread(taking.write)
            async for part in parts:
                if taking.add(part, limit):
                    await asyncio.to_thread(taking.write)
            return await asyncio.to_thread(taking.end)
        finally:
            await asyncio.to_thread(taking.leave)

    def _has_room(self, limit: int) -> bool:
        return self._free(self._root) - len(self._coming) * limit >= RESERVE

    async def pieces(self, file_id: str) -> AsyncIterator[bytes]:
        """The bytes, piece by piece. Raises OSError where they are not."""
        opened = await asyncio.to_thread(self.path(file_id).open, "rb")
        try:
            while piece := await asyncio.to_thread(opened.read, PIECE):
                yield piece
        finally:
            await asyncio.to_thread(opened.close)

    def lies_here(self, file_id: str, size: int) -> bool:
        """Whether the bytes are there, all of them."""
        try:
            return self.path(file_id).stat().st_size == size
        except OSError:
            return False

    async def drop(self, file_ids: list[str]) -> None:
        """Remove the bytes of files that have no row (any more). What is gone already is fine."""
        await asyncio.to_thread(self._drop, [self.path(file_id) for file_id in file_ids])

    def _drop(self, places: list[Path]) -> int:
        gone = 0
        for place in places:
            with contextlib.suppress(OSError):
                place.unlink()
                gone += 1
        return gone

    async def sweep(self, known: Callable[[list[str]], Awaitable[set[str]]], now: float) -> int:
        """Remove what has lain for a day and has no row: left behind by a sudden death. Returns how many.

        `known`: those of these ids that have a row. `now`: seconds since 1970, as the disk counts. Where most files are
        unknown nothing is removed: a new base beside an old folder must not cost what may still be joined again.
        """
        old = await asyncio.to_thread(self._old, now - ORPHAN_SECONDS)
        orphans = [place for place in old if place.suffix == _PART]
        named = [place for place in old if place.suffix != _PART]
        here: set[str] = set()
        for start in range(0, len(named), _ASK):
            here |= await known([place.name for place in named[start : start + _ASK]])
        unknown = [place for place in named if place.name not in here]
        if len(unknown) > max(SURPRISING, len(here)):
            log.error("files.unknown", unknown=len(unknown), known=len(here), folder=str(self._root))
            unknown = []
        return await asyncio.to_thread(self._drop, [*orphans, *unknown])

    def _old(self, before: float) -> list[Path]:
        """Our files that were last written before then; what has another name is not ours."""
        found = []
        for folder in sorted(self._root.glob("[0-9a-f][0-9a-f]")):
            for place in folder.iterdir():
                with contextlib.suppress(OSError):
                    if UUID.fullmatch(place.name.removesuffix(_PART)) and place.lstat().st_mtime < before:
                        found.append(place)
        return found


async def _first(parts: AsyncIterator[bytes]) -> bytes:
    """What comes first, enough to see what it is. Refused("file_type") where it is nothing of ours: nobody sends ten
    megabytes to hear that."""
    begun = bytearray()
    async for part in parts:
        begun += part
        if len(begun) >= HEAD:
            break
    if kind(bytes(begun[:HEAD])) is None:
        raise Refused("file_type")
    return bytes(begun)


class _Taking:
    """One file on its way in. All but `add` wait for the disk and are called in threads: one that was started may still
    run when whoever waited for it was called away, so that the next one waits for it.
    """

    def __init__(self, place: Path) -> None:
        self._place, self._part = place, place.with_name(place.name + _PART)
        self._fd: int | None = None
        self._left = False
        self._waiting = bytearray()
        self._size = 0
        self._turn = threading.Lock()

    def begin(self, has_room: Callable[[int], bool], limit: int) -> None:
        """Make the folder, see whether there is room, open the file."""
        with self._turn:
            made = _folder(self._place.parent)
            if not has_room(limit):
                raise Refused("unavailable")
            if made:
                _force(self._place.parent.parent)
            if not self._left:
                self._fd = os.open(self._part, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)

    def add(self, part: bytes, limit: int) -> bool:
        """True when so much waits that it should be written. Refused("file_too_large")."""
        self._size += len(part)
        if self._size > limit:
            raise Refused("file_too_large", megabytes(limit))
        self._waiting += part
        return len(self._waiting) >= PIECE

    def write(self) -> None:
        with self._turn:
            self._write()

    def _write(self) -> None:
        waiting, self._waiting = memoryview(self._waiting), bytearray()
        while waiting and self._fd is not None:
            waiting = waiting[os.write(self._fd, waiting) :]

    def end(self) -> Kept:
        """Look at what came, leave out what is nobody's business, force it to the disk, give it its name."""
        with self._turn:
            if self._size < HEAD or self._fd is None:
                raise Refused("file_type")
            self._write()
            with mmap.mmap(self._fd, 0, prot=mmap.PROT_READ) as mapped:
                seen = sniff(mapped)
                pieces = stripped(mapped, seen.type)
            size = _close_up(self._fd, pieces)
            os.fsync(self._fd)
            self._part.rename(self._place)
            _force(self._place.parent)
            return Kept(id=self._place.name, size=size, seen=seen)

    def leave(self) -> None:
        """Close it, and remove it where it did not get its name."""
        with self._turn:
            self._left = True
            if self._fd is not None:
                os.close(self._fd)
                self._fd = None
            self._part.unlink(missing_ok=True)


def _close_up(fd: int, pieces: Iterable[Piece]) -> int:
    """What is left of the file, moved together in its place; its size then. No piece moves towards the end."""
    at = 0
    for piece in pieces:
        if isinstance(piece, bytes):
            at = _put(fd, piece, at)
        elif piece[0] == at:
            at = piece[1]
        else:
            for start in range(*piece, PIECE):
                at = _put(fd, os.pread(fd, min(PIECE, piece[1] - start), start), at)
    os.ftruncate(fd, at)
    return at


def _put(fd: int, data: bytes, at: int) -> int:
    """Write it there; where it ends."""
    waiting = memoryview(data)
    while waiting:
        written = os.pwrite(fd, waiting, at)
        waiting, at = waiting[written:], at + written
    return at


def megabytes(size: int) -> str:
    """A limit as people say it: `10 MB`, or bytes where it is no round number."""
    return f"{size // (1024 * 1024)} MB" if size % (1024 * 1024) == 0 else f"{size} bytes"


def _folder(folder: Path) -> bool:
    """Make it and what it lies in, for ourselves alone; whether it was made now."""
    if folder.is_dir():
        return False
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    return True


def _force(folder: Path) -> None:
    """What names stand in the folder is on the disk."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def disk_now() -> float:
    """Seconds since 1970, as files are dated."""
    return time.time()
