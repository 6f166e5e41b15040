"""What was learned comes into place whole, is taken over without a restart, and is refused when it is no good."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from structlog.testing import capture_logs

from routing.learn import files
from routing.learn.files import BadModel, Head, Models, model_file, read, write

HEAD = Head(kind="intent", format=3, made_at=1_764_000_000_000, learned_from={"rows": 1200})


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The clock by which a server looks at its files; `now[0] += 2` and it looks again."""
    moment = [1_000.0]
    monkeypatch.setattr("routing.learn.files.time.monotonic", lambda: moment[0])
    return moment


def words(body: bytes) -> list[str]:
    return body.decode().split()


def test_what_is_written_is_read(tmp_path: Path) -> None:
    """Head and body, byte for byte; nothing else is left in the folder."""
    file = model_file(tmp_path, "site-1", "intent")
    write(file, HEAD, b"any\nbytes\x00\xff")
    head, body = read(file, "intent", 3)
    assert (head.made_at, head.learned_from, body) == (HEAD.made_at, {"rows": 1200}, b"any\nbytes\x00\xff")
    assert [path.name for path in file.parent.iterdir()] == ["intent.model"]


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (lambda whole: whole[:-1], "changed or cut off"),
        (lambda whole: whole.partition(b"\n")[0], "cut off"),
        (lambda whole: whole[:20], "no model of ours"),
        (lambda whole: b"", "no model of ours"),
        (lambda whole: b"\x80\x04\x95" + whole, "no model of ours"),
        (lambda whole: whole.replace(b'"format":3', b'"format":4'), "newer version"),
        (lambda whole: whole.replace(b'"format":3', b'"format":2'), "older version"),
        (lambda whole: whole.replace(b'"intent"', b'"topics"'), "another kind"),
        (lambda whole: whole.replace(b"1200", b"9" * 70_000), "no model of ours"),
    ],
)
def test_a_file_that_is_no_good_is_refused_with_its_reason(tmp_path: Path, spoil, reason: str) -> None:
    """Cut off, changed, of another version or kind: never half used."""
    file = model_file(tmp_path, "s", "intent")
    write(file, HEAD, b"the model")
    file.write_bytes(spoil(file.read_bytes()))
    with pytest.raises(BadModel, match=reason):
        read(file, "intent", 3)


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong file of many gigabytes takes no memory."""
    monkeypatch.setattr(files, "MOST_BYTES", 1_000)
    file = model_file(tmp_path, "s", "intent")
    write(file, HEAD, b"x" * 1_001)
    with pytest.raises(BadModel, match="larger"):
        read(file, "intent", 3)


@pytest.mark.parametrize("site_id", ["", "..", "a/b", "a\x00b"])
def test_no_id_leads_out_of_the_folder(tmp_path: Path, site_id: str) -> None:
    """A path is made of plain names only."""
    with pytest.raises(ValueError, match="letters"):
        model_file(tmp_path, site_id, "intent")


def test_a_write_that_fails_leaves_the_old_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is full in the middle of it: what was there still is, and nothing lies about."""
    file = model_file(tmp_path, "s", "intent")
    write(file, HEAD, b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("routing.learn.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write(file, HEAD, b"new")
    assert read(file, "intent", 3)[1] == b"old"
    assert [path.name for path in file.parent.iterdir()] == ["intent.model"]


def test_a_reader_sees_the_old_or_the_new_and_nothing_between(tmp_path: Path) -> None:
    """Two models are written over each other while another thread reads."""
    file = model_file(tmp_path, "s", "intent")
    bodies = [b"a" * 200_000, b"b" * 200_000]
    write(file, HEAD, bodies[0])
    over = threading.Event()

    def write_on() -> None:
        for number in range(60):
            write(file, HEAD, bodies[number % 2])
        over.set()

    writer = threading.Thread(target=write_on)
    writer.start()
    while not over.is_set():
        assert read(file, "intent", 3)[1] in bodies
    writer.join()


def test_a_new_file_is_taken_over_within_two_seconds(tmp_path: Path, now: list[float]) -> None:
    """And the disk is not looked at more often than that."""
    models = Models(tmp_path, "intent", 3, words, background=False)
    file = model_file(tmp_path, "s", "intent")
    assert models.get("s") is None
    write(file, HEAD, b"one")
    assert models.get("s") is None
    now[0] += files.EVERY
    assert models.get("s") == ["one"]
    write(file, HEAD, b"two")
    assert models.get("s") == ["one"]
    now[0] += files.EVERY
    assert models.get("s") == ["two"]
    file.unlink()
    now[0] += files.EVERY
    assert models.get("s") is None


def test_a_bad_file_is_told_once_and_the_plain_rule_holds(tmp_path: Path, now: list[float]) -> None:
    """The log names the file and the reason, not every two seconds; a good file is taken after it."""
    models = Models(tmp_path, "intent", 3, words, background=False)
    file = model_file(tmp_path, "s", "intent")
    write(file, msgspec.structs.replace(HEAD, format=4), b"one")
    with capture_logs() as said:
        for _ in range(5):
            now[0] += files.EVERY
            assert models.get("s") is None
    assert [(one["event"], "newer version" in one["reason"]) for one in said] == [("model.refused", True)]
    write(file, HEAD, b"good again")
    now[0] += files.EVERY
    assert models.get("s") == ["good", "again"]


def test_a_body_that_makes_no_sense_is_refused(tmp_path: Path, now: list[float]) -> None:
    """What the kind itself cannot read is no model either."""
    write(model_file(tmp_path, "s", "intent"), HEAD, b"\xff")
    with capture_logs() as said:
        assert Models(tmp_path, "intent", 3, words, background=False).get("s") is None
    assert said[0]["event"] == "model.refused"


def test_who_asks_never_waits_for_the_disk(tmp_path: Path, now: list[float]) -> None:
    """A slow file is read beside; until it is there, the answer is what was known."""
    go = threading.Event()

    def slow(body: bytes) -> list[str]:
        assert go.wait(10)
        return words(body)

    write(model_file(tmp_path, "s", "intent"), HEAD, b"one")
    models = Models(tmp_path, "intent", 3, slow)
    assert models.get("s") is None
    now[0] += files.EVERY
    assert models.get("s") is None
    go.set()
    deadline = time.time() + 10
    while models.get("s") is None and time.time() < deadline:
        time.sleep(0.005)
    assert models.get("s") == ["one"]


@pytest.mark.parametrize("error", [RuntimeError, NotImplementedError, MemoryError, RecursionError, OverflowError])
@pytest.mark.parametrize("background", [False, True])
def test_whatever_a_file_does_to_its_reader_it_is_read_once(
    tmp_path: Path, now: list[float], error: type[Exception], background: bool
) -> None:
    """No thread dies of it, again and again; the log says why once, and a file that is written anew is read again."""
    asked = []

    def break_(body: bytes) -> list[str]:
        asked.append(body)
        if len(asked) == 1:
            raise error
        return words(body)

    write(model_file(tmp_path, "s", "intent"), HEAD, b"one")
    models = Models(tmp_path, "intent", 3, break_, background=background)
    with capture_logs() as said:
        for _ in range(5):
            assert models.get("s") is None
            wait_for(lambda: not models._reading)
            now[0] += files.EVERY
    assert [(one["event"], one["reason"]) for one in said] == [("model.refused", error.__name__)]
    assert asked == [b"one"]
    write(model_file(tmp_path, "s", "intent"), HEAD, b"two")
    models.get("s")
    wait_for(lambda: models.get("s") == ["two"])


def wait_for(holds: Callable[[], bool]) -> None:
    deadline = time.time() + 10
    while not holds() and time.time() < deadline:
        time.sleep(0.002)
    assert holds()


def test_a_model_of_another_site_is_refused(tmp_path: Path) -> None:
    """Copied or linked: what one site's visitors do says nothing of another's."""
    mine, theirs = model_file(tmp_path, "a", "intent"), model_file(tmp_path, "b", "intent")
    write(mine, HEAD, b"one")
    theirs.parent.mkdir()
    theirs.write_bytes(mine.read_bytes())
    with pytest.raises(BadModel, match="another site"):
        read(theirs, "intent", 3)
    theirs.unlink()
    theirs.symlink_to(mine)
    with pytest.raises(BadModel, match="another site"):
        read(theirs, "intent", 3)


@pytest.mark.parametrize("what", ["file", "folder"])
def test_no_link_leads_out_of_the_folder(tmp_path: Path, what: str) -> None:
    """Even to a file that would do."""
    inside, outside = model_file(tmp_path / "data", "a", "intent"), model_file(tmp_path / "out", "a", "intent")
    write(outside, HEAD, b"one")
    if what == "file":
        inside.parent.mkdir(parents=True)
        inside.symlink_to(outside)
    else:
        inside.parents[1].mkdir(parents=True)
        inside.parent.symlink_to(outside.parent)
    with pytest.raises(BadModel, match="somewhere else"):
        read(inside, "intent", 3)


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """What is no file is refused at once."""
    file = model_file(tmp_path, "a", "intent")
    file.parent.mkdir(parents=True)
    os.mkfifo(file)
    with pytest.raises(BadModel, match="no file"):
        read(file, "intent", 3)


def test_the_sites_keep_apart(tmp_path: Path, now: list[float]) -> None:
    """One site's model is not another's."""
    write(model_file(tmp_path, "a", "intent"), HEAD, b"one")
    models = Models(tmp_path, "intent", 3, words, background=False)
    assert (models.get("a"), models.get("b")) == (["one"], None)
    assert not os.path.exists(tmp_path / "models" / "b")
