"""The folder of attachments: nothing half-written under its name, nothing in memory, nothing left behind for long."""

import asyncio
import os
import time
import tracemalloc
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import pytest

from contract.errors import Refused
from contract.ids import new_id
from service.files import (
    AT_ONCE,
    FOR_EXPERTS,
    FOR_SERVED,
    ORPHAN_SECONDS,
    RESERVE,
    SURPRISING,
    Files,
    Sender,
)
from tests.pictures import HOSTILE, exif, in_jpeg, jpeg, pdf, png, rest_of, segment

MIB = 1024 * 1024
LIMIT = 10 * MIB
STRANGERS = AT_ONCE - FOR_EXPERTS - FOR_SERVED


async def parts(*made: bytes) -> AsyncIterator[bytes]:
    for part in made:
        yield part


async def slow(go_on: asyncio.Event) -> AsyncIterator[bytes]:
    """A file that begins and takes its time."""
    yield png()[:16]
    await go_on.wait()
    yield png()[16:]


def everything(folder: Path) -> list[Path]:
    return sorted(one for one in folder.rglob("*") if one.is_file())


async def test_what_is_taken_lies_in_its_place_byte_for_byte(tmp_path: Path):
    """Under the last two digits of its id, readable by ourselves alone."""
    files = Files(tmp_path / "files")
    sent = pdf(os.urandom(700_000))
    kept = await files.take(parts(*(sent[at : at + 50_000] for at in range(0, len(sent), 50_000))), LIMIT)
    place = files.path(kept.id)
    assert everything(tmp_path) == [place]
    assert place == tmp_path / "files" / kept.id[-2:] / kept.id
    assert place.read_bytes() == sent
    assert (kept.size, kept.seen.type) == (len(sent), "application/pdf")
    assert place.stat().st_mode & 0o077 == 0
    assert place.parent.stat().st_mode & 0o077 == 0
    assert b"".join([piece async for piece in files.pieces(kept.id)]) == sent
    assert files.lies_here(kept.id, len(sent))
    assert not files.lies_here(kept.id, len(sent) + 1)


async def test_what_a_camera_wrote_beside_a_picture_is_not_kept(tmp_path: Path):
    """The picture is moved together in its place, however long its parts are, and its size is what is left."""
    files, place = Files(tmp_path / "files"), b"59.3293 N 18.0686 E"
    scan = os.urandom(700_001).replace(b"\xff", b"\xfe")
    parts_ = [segment(0xE1, b"Exif\0\0" + exif(6, place)), *[segment(0xFE, place + b"x" * 60_000)] * 3]
    sent = in_jpeg(jpeg()[:-2] + scan + b"\xff\xd9" + place, *parts_)
    kept = await files.take(parts(*(sent[at : at + 50_000] for at in range(0, len(sent), 50_000))), LIMIT)
    lies = files.path(kept.id).read_bytes()
    assert lies == rest_of(sent)
    assert (scan in lies, place in lies, kept.size) == (True, False, len(lies))
    assert (kept.seen.width, kept.seen.height) == (3, 2)
    assert files.lies_here(kept.id, kept.size)


async def test_too_much_is_refused_while_it_comes(tmp_path: Path):
    """Of an endless file no more is read than the limit, and nothing stays."""
    taken = 0

    async def endless() -> AsyncIterator[bytes]:
        nonlocal taken
        yield b"%PDF-1.7\n" + b" " * 100
        while True:
            taken += 65_536
            yield b" " * 65_536

    with pytest.raises(Refused) as refused:
        await Files(tmp_path).take(endless(), LIMIT)
    assert refused.value.code == "file_too_large"
    assert taken <= LIMIT + 65_536
    assert everything(tmp_path) == []


async def test_a_large_file_is_never_in_memory(tmp_path: Path):
    """Forty megabytes go through less than one."""
    files, part = Files(tmp_path), b" " * 65_536

    async def large() -> AsyncIterator[bytes]:
        yield b"%PDF-1.7\n"
        for _ in range(640):
            yield part

    tracemalloc.start()
    try:
        kept = await files.take(large(), 100 * MIB)
        async for _ in files.pieces(kept.id):
            pass
        assert tracemalloc.get_traced_memory()[1] < MIB
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", HOSTILE)
async def test_what_we_do_not_take_leaves_nothing(tmp_path: Path, name: str):
    with pytest.raises(Refused) as refused:
        await Files(tmp_path).take(parts(HOSTILE[name]), LIMIT)
    assert refused.value.code == "file_type"
    assert everything(tmp_path) == []


async def test_the_wrong_kind_is_refused_at_its_first_bytes(tmp_path: Path):
    """Nobody sends ten megabytes of a film to hear that we take none, however small the pieces are that it comes in."""
    read = 0

    async def film() -> AsyncIterator[bytes]:
        nonlocal read
        for byte in b"\0\0\0\x18ftypmp42" + b"\0" * 100_000:
            read += 1
            yield bytes([byte])

    with pytest.raises(Refused) as refused:
        await Files(tmp_path).take(film(), LIMIT)
    assert refused.value.code == "file_type"
    assert read == 16


@pytest.mark.parametrize("free", [0, RESERVE - 1, RESERVE + LIMIT - 1])
async def test_a_disk_without_room_is_said_so_before_anything_is_written(tmp_path: Path, free: int):
    """What is left belongs to the base: words go before pictures."""
    with pytest.raises(Refused) as refused:
        await Files(tmp_path, free=lambda _: free).take(parts(png()), LIMIT)
    assert refused.value.code == "unavailable"
    assert everything(tmp_path) == []


async def test_files_on_their_way_count_as_if_they_were_there(tmp_path: Path):
    """Room for two at a time: a third one is refused while they come, and taken afterwards."""
    files, go_on = Files(tmp_path, free=lambda _: RESERVE + 2 * LIMIT), asyncio.Event()

    async def slow() -> AsyncIterator[bytes]:
        yield png()
        await go_on.wait()

    coming = [asyncio.create_task(files.take(slow(), LIMIT)) for _ in range(2)]
    await asyncio.sleep(0.1)
    with pytest.raises(Refused) as refused:
        await files.take(parts(png()), LIMIT)
    assert refused.value.code == "unavailable"
    go_on.set()
    await asyncio.gather(*coming)
    await files.take(parts(png()), LIMIT)


async def test_more_uploads_than_a_process_should_have_are_refused(tmp_path: Path):
    """Those of strangers leave places for whom somebody talks with, both leave some for whoever works here, who may
    have them all."""
    files, go_on, coming = Files(tmp_path, free=lambda _: 2**50), asyncio.Event(), []
    most = {"stranger": STRANGERS, "served": FOR_SERVED, "expert": FOR_EXPERTS}
    for kind, places in most.items():
        sender = Sender(cast(Any, kind))
        coming += [asyncio.create_task(files.take(slow(go_on), LIMIT, sender)) for _ in range(places)]
        await asyncio.sleep(0.1)
        with pytest.raises(Refused) as refused:
            await files.take(parts(png()), LIMIT, sender)
        assert (refused.value.code, refused.value.retry_after) == ("busy", 5)
    go_on.set()
    assert len({kept.id for kept in await asyncio.gather(*coming)}) == AT_ONCE
    await files.take(parts(png()), LIMIT)


async def test_networks_that_fill_all_places_make_room_for_one_that_has_none(tmp_path: Path):
    """Five of them have twelve each, and are slow. Whoever comes from elsewhere gets a place, and keeps it; the one
    that is given up was the oldest; nobody is put out for a network that has as many."""
    files, go_on = Files(tmp_path, free=lambda _: 2**50), asyncio.Event()
    held = {
        name: [asyncio.create_task(files.take(slow(go_on), LIMIT, Sender("stranger", name))) for _ in range(12)]
        for name in "abcde"
    }
    await asyncio.sleep(0.1)
    with pytest.raises(Refused):
        await files.take(parts(png()), LIMIT, Sender("stranger", "a"))
    for honest in range(3):
        await files.take(parts(png()), LIMIT, Sender("stranger", f"home {honest}"))
    await files.take(parts(png()), LIMIT, Sender("served", "a"))
    home = asyncio.create_task(files.take(slow(go_on), LIMIT, Sender("stranger", "home")))
    await asyncio.sleep(0.1)
    for name, coming in held.items():
        put_out = [one.done() for one in coming]
        assert put_out in ([False] * 12, [True] + [False] * 11), name
    everybody = [one for coming in held.values() for one in coming]
    (given_up,) = [one.exception() for one in everybody if one.done()]
    assert isinstance(given_up, Refused)
    assert (given_up.code, given_up.retry_after) == ("busy", 5)
    assert not home.done()
    go_on.set()
    kept = await asyncio.gather(home, *everybody, return_exceptions=True)
    assert sum(isinstance(one, Refused) for one in kept) == 1
    assert not list(tmp_path.rglob("*.part"))


async def test_where_nothing_is_measured_nobody_is_put_out(tmp_path: Path):
    files, go_on = Files(tmp_path, free=lambda _: 2**50), asyncio.Event()
    coming = [asyncio.create_task(files.take(slow(go_on), LIMIT)) for _ in range(STRANGERS)]
    await asyncio.sleep(0.1)
    with pytest.raises(Refused):
        await files.take(parts(png()), LIMIT, Sender("stranger", "home"))
    go_on.set()
    await asyncio.gather(*coming)


async def test_who_sends_nothing_that_is_a_file_takes_no_place(tmp_path: Path):
    """Fifteen bytes are none yet, and no line of theirs keeps others out."""
    files, go_on = Files(tmp_path, free=lambda _: 2**50), asyncio.Event()

    async def begins() -> AsyncIterator[bytes]:
        yield png()[:15]
        await go_on.wait()
        yield png()[15:]

    coming = [asyncio.create_task(files.take(begins(), LIMIT)) for _ in range(AT_ONCE)]
    await asyncio.sleep(0.1)
    await files.take(parts(png()), LIMIT)
    assert len(everything(tmp_path)) == 1
    for each in coming:
        each.cancel()
    await asyncio.gather(*coming, return_exceptions=True)


async def test_who_hangs_up_in_the_middle_leaves_nothing(tmp_path: Path):
    """A line that breaks, and a process that is told to stop."""

    async def breaks() -> AsyncIterator[bytes]:
        yield pdf(b"x" * 400_000)
        raise ConnectionResetError

    files = Files(tmp_path)
    with pytest.raises(Refused):
        await files.take(breaks(), LIMIT)
    assert everything(tmp_path) == []

    async def hangs() -> AsyncIterator[bytes]:
        yield pdf(b"x" * 400_000)
        await asyncio.sleep(60)

    for seconds in (0, 0.001, 0.01, 0.05):
        coming = asyncio.create_task(files.take(hangs(), LIMIT))
        await asyncio.sleep(seconds)
        coming.cancel()
        await asyncio.gather(coming, return_exceptions=True)
        assert everything(tmp_path) == []


async def test_a_folder_that_cannot_be_written_is_a_clear_refusal(tmp_path: Path):
    (tmp_path / "files").write_text("no folder")
    with pytest.raises(Refused) as refused:
        await Files(tmp_path / "files").take(parts(png()), LIMIT)
    assert refused.value.code == "unavailable"


def lies(files: Files, *, age: float, name: str = "") -> Path:
    """A file that was written so many seconds ago."""
    place = files.path(new_id())
    place = place.with_name(name.replace("*", place.name)) if name else place
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(jpeg())
    os.utime(place, (time.time() - age, time.time() - age))
    return place


def knowing(*places: Path) -> Callable:
    async def known(ids: list[str]) -> set[str]:
        assert len(ids) <= 500
        return {place.name for place in places} & set(ids)

    return known


async def test_the_sweep_removes_what_has_no_row_after_a_day_and_nothing_else(tmp_path: Path):
    files = Files(tmp_path)
    kept = [lies(files, age=ORPHAN_SECONDS * days) for days in (0, 0.9, 2, 400)]
    young = [lies(files, age=10), lies(files, age=ORPHAN_SECONDS - 100, name="*.part")]
    orphans = [lies(files, age=ORPHAN_SECONDS + 100), lies(files, age=ORPHAN_SECONDS * 9, name="*.part")]
    strange = [lies(files, age=ORPHAN_SECONDS * 9, name="readme"), lies(files, age=ORPHAN_SECONDS * 9, name="*.bak")]
    (tmp_path / "notes.txt").write_text("not ours")
    assert await files.sweep(knowing(*kept), time.time()) == len(orphans)
    assert not any(place.exists() for place in orphans)
    assert all(place.exists() for place in [*kept, *young, *strange, tmp_path / "notes.txt"])
    assert await files.sweep(knowing(*kept), time.time()) == 0


async def test_a_base_that_knows_none_of_many_files_costs_none_of_them(tmp_path: Path):
    """An old folder beside a new base, or the wrong one: removing would be for ever."""
    files = Files(tmp_path)
    old = [lies(files, age=ORPHAN_SECONDS * 2) for _ in range(SURPRISING + 1)]
    assert await files.sweep(knowing(), time.time()) == 0
    assert all(place.exists() for place in old)
    assert await files.sweep(knowing(*old[1:]), time.time()) == 1


async def test_the_sweep_of_a_folder_that_is_not_there_is_nothing(tmp_path: Path):
    assert await Files(tmp_path / "none").sweep(knowing(), time.time()) == 0


async def test_dropping_twice_is_like_once(tmp_path: Path):
    files = Files(tmp_path)
    kept = await files.take(parts(png()), LIMIT)
    for _ in range(2):
        await files.drop([kept.id])
    assert everything(tmp_path) == []
