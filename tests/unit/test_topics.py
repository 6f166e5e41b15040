"""What a text is about: its pieces, what is learned of them, what is asked, and what follows for the match."""

import io
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import routing.learn.files
from bench.topics import read, read_domains, score
from routing.about import AGAINST_READING, SURE, About, Guess, Topic, blend
from routing.learn.files import Head, model_file, write
from routing.learn.topics import FEWEST, MOST_OF_TOPIC, Sample, enough, train, useful
from routing.learn.topics import _Table as Table
from routing.topics import FORMAT, KIND, TopicModel, Topics, about, decode, encode, judged
from routing.words import LONGEST, MOST, letters, phrases, words_of

BOOTS, WINTER, GARDEN, NOTHING = ("Shoes", "Boots"), ("Shoes", "Winter boots"), ("Garden",), ()
WRITTEN = {
    BOOTS: [
        "which boots are made of leather", "do these boots come in size 44", "leather boots for riding",
        "can the sole of my boots be mended", "are the brown boots waterproof", "boots with a zip please",
    ],
    WINTER: [
        "winter boots with fur", "are your winter boots warm in snow", "fur lining, does it keep warm",
        "boots for deep snow and ice", "which winter boots for children", "warm boots for minus twenty",
    ],
    GARDEN: [
        "which spade is for clay soil", "my lawn turns yellow", "seeds for a shady lawn", "a rake for leaves",
        "when do I plant roses", "how deep do I dig for roses", "does the spade have an ash handle",
    ],
    NOTHING: [
        "do you have jobs", "who made your web site", "good morning", "I want to sell you advertising",
        "what is the capital of France", "tell me a joke",
    ],
}  # fmt: skip
SAMPLES = [Sample(text, path) for path, texts in WRITTEN.items() for text in texts]


@pytest.fixture(scope="module")
def model() -> TopicModel:
    learned = train(SAMPLES)
    assert learned is not None
    return learned


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Où est l'Été?", ["ou", "est", "lete"]),
        ("Haven't haven’t HAVENT", ["havent"] * 3),
        ("Ёлка и ель; йод", ["елка", "и", "ель", "иод"]),
        ("Straße STRASSE", ["strasse"] * 2),
        ("ﬁne", ["fine"]),
        ("हिन्दी में", ["हनद", "म"]),
        ("靴は42ですか", ["靴は42てすか"]),
        ("£20, e-mail, snake_case", ["20", "e", "mail", "snake_case"]),
        ("\x00\ud800 \n\t", []),
        ("?!", []),
        ("", []),
    ],
)
def test_words_are_the_same_however_they_are_written(text: str, words: list[str]):
    assert words_of(text) == words


@given(st.text(max_size=3 * MOST))
@settings(max_examples=60, deadline=None)
def test_any_text_has_bounded_pieces_that_point_to_its_words(text: str):
    words = words_of(text)
    pieces = [*phrases(words), *letters(words)]
    assert sum(map(len, words)) <= 2 * MOST  # one letter may be written as two
    assert len(pieces) <= 2 * len(words) + LONGEST * sum(len(word) + 1 for word in words)
    assert all(0 <= piece.key < 2**32 and 0 <= piece.first <= piece.last < len(words) for piece in pieces)


def test_pieces_are_the_same_numbers_on_every_machine():
    """A model that was made elsewhere, or by an older program, would speak of other pieces."""
    assert [piece.key for piece in phrases(["a", "boot"])] == [30331563, 26067462, 1774910559]
    assert [piece.key for piece in letters(["ё"])] == [3626485886, 540941702, 1577694390]


def test_pieces_are_words_pairs_and_letters_in_a_row():
    assert [(piece.first, piece.last) for piece in phrases(["a", "b", "c"])] == [(0, 0), (1, 1), (2, 2), (0, 1), (1, 2)]
    assert len(letters(["ab"])) == len({" a", "ab", "b ", " ab", "ab ", " ab "})
    assert len(letters(["a"])) == len({" a", "a ", " a "})


def test_what_is_asked_is_seen_as_it_was_learned(model: TopicModel):
    """The product of one text is the row that scikit-learn saw, to a hundred-thousandth."""
    kept = enough(SAMPLES)
    table, rows = Table([words for words, _ in kept], len(model.paths)), np.arange(len(kept))
    scores = table.weighed(rows, table.lift(rows)) @ model.weights + model.bias
    ours = [column for column, path in enumerate(model.paths) if path]
    _, shares = judged(model.scale, scores[:, ours].astype(np.float32), None)
    for (words, _), row in zip(kept, shares, strict=True):
        said = about(model, " ".join(words))
        assert said is not None
        expected = {model.paths[column]: share for column, share in zip(ours, row, strict=True)}
        assert {guess.path: guess.share for guess in said.paths} == pytest.approx(expected, abs=1e-5)


def test_texts_are_placed_and_the_reason_is_a_word_of_theirs(model: TopicModel):
    for text, path, word in (
        ("is the spade good for clay", GARDEN, "spade"),
        ("fur for the snow", WINTER, "fur"),
        ("leather, size 42", BOOTS, "leather"),
    ):
        said = about(model, text)
        assert said is not None
        assert (said.paths[0].path, said.fits) == (path, True)
        assert word in said.because
        assert set(said.because) <= set(words_of(text))


def test_shares_of_all_topics_add_up_to_one(model: TopicModel):
    said = about(model, "boots or a spade?")
    assert said is not None
    assert sum(guess.share for guess in said.paths) == pytest.approx(1, abs=1e-6)
    assert NOTHING not in {guess.path for guess in said.paths}


@pytest.mark.parametrize("text", ["tell me a joke about jobs", "xylophone quartz", "42", "\U0001f45f"])
def test_nobody_fits_is_an_answer(model: TopicModel, text: str):
    said = about(model, text)
    assert said is None or not said.fits
    assert blend(("Garden",), 0.3, said) == Topic(("Garden",), 0.3, False)


@given(st.text(max_size=3 * MOST))
@settings(max_examples=40, deadline=None)
def test_any_text_gets_an_answer(model: TopicModel, text: str):
    said = about(model, text)
    assert (said is None) == (not words_of(text))
    if said is not None:
        assert all(0 <= guess.share <= 1 for guess in said.paths)
        assert len(said.because) <= 3


def test_without_a_model_there_is_no_opinion():
    assert about(None, "boots") is None


@pytest.mark.parametrize(
    "samples",
    [
        [],
        [Sample(text, GARDEN) for text in WRITTEN[GARDEN]],
        [*(Sample(text, GARDEN) for text in WRITTEN[GARDEN]), *(Sample(text, NOTHING) for text in WRITTEN[NOTHING])],
        [*(Sample(text, GARDEN) for text in WRITTEN[GARDEN]), *(Sample(text, BOOTS) for text in WRITTEN[BOOTS][:4])],
        [*(Sample(text, GARDEN) for text in WRITTEN[GARDEN]), *[Sample("boots", BOOTS)] * 50],
        [*(Sample(text, GARDEN) for text in WRITTEN[GARDEN]), *(Sample("?" * n, BOOTS) for n in range(50))],
    ],
    ids=["nothing", "one topic", "one topic and nothing", "four samples", "the same again", "no words"],
)
def test_fewer_than_two_topics_are_no_model(samples: list[Sample]):
    assert train(samples) is None


def test_two_topics_are_a_model():
    """The smallest there is: one separator does for both."""
    model = train([sample for sample in SAMPLES if sample.path in (BOOTS, GARDEN)])
    assert model is not None
    for text, path in (("leather boots", BOOTS), ("a lawn with roses", GARDEN)):
        said = about(model, text)
        assert said is not None
        assert (said.paths[0].path, said.fits) == (path, True)


def test_a_topic_with_few_samples_counts_for_the_one_above():
    def texts(path: tuple[str, ...], many: int) -> list[Sample]:
        return [Sample(f"{'-'.join(path)} {number}", path) for number in range(many)]

    kept = enough([
        *texts(("A", "B"), FEWEST), *texts(("A", "C"), 3), *texts(("A", "D", "E"), 2), *texts(("F", "G"), 4),
        *texts(("H",), 4), *texts((), FEWEST - 1),
    ])  # fmt: skip
    counted = {path: sum(1 for _, other in kept if other == path) for path in {path for _, path in kept}}
    assert counted == {("A", "B"): FEWEST, ("A",): 5}


def test_one_topic_cannot_take_all_the_time():
    kept = enough(Sample(f"word{number}", GARDEN) for number in range(MOST_OF_TOPIC + 10))
    assert len(kept) == MOST_OF_TOPIC


def test_the_same_samples_give_the_same_file(model: TopicModel):
    again = train(SAMPLES)
    assert again is not None
    assert encode(again) == encode(model)


def test_a_file_gives_back_the_model(model: TopicModel):
    read_back = decode(encode(model))
    assert (read_back.paths, read_back.scale, read_back.least, read_back.right) == (
        model.paths, model.scale, model.least, model.right,
    )  # fmt: skip
    for text in ("winter boots", "my lawn", "a joke"):
        assert about(read_back, text) == about(model, text)


def _file(**changed: object) -> bytes:
    head = msgspec.json.encode({"paths": [["A"], ["B"]], "scale": 1.0, "least": 0.0, "right": 1.0})
    arrays: dict[str, object] = {
        "head": np.frombuffer(head, np.uint8), "keys": np.array([1, 2], np.uint32), "lift": np.ones(2, np.float32),
        "weights": np.ones((2, 2), np.float32), "bias": np.ones(2, np.float32),
    }  # fmt: skip
    body = io.BytesIO()
    np.savez(body, **{name: value for name, value in (arrays | changed).items() if value is not None})  # type: ignore[arg-type]
    return body.getvalue()


def _head(**changed: object) -> np.ndarray:
    said = {"paths": [["A"], ["B"]], "scale": 1.0, "least": 0.0, "right": 1.0}
    return np.frombuffer(msgspec.json.encode(said | changed), np.uint8)


def test_a_small_file_is_read():
    assert decode(_file()).paths == (("A",), ("B",))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"PK\x03\x04", b"nothing", _file()[:-40], _file(weights=None), _file(head=np.array([1, 2], np.uint8)),
        _file(head=_head(paths=[["A"]])), _file(head=_head(paths=[["A"], ["B"], ["C"]])), _file(head=_head(scale="x")),
        _file(head=_head(paths=[[], []])), _file(head=_head(paths=[["A"], ["A"]])),
        _file(keys=np.array([2, 1], np.uint32)), _file(keys=np.array([1, 1], np.uint32)),
        _file(keys=np.array([1, 2], np.int64)), _file(keys=np.array([], np.uint32), lift=np.array([], np.float32),
        weights=np.ones((0, 2), np.float32)), _file(weights=np.ones((2, 3), np.float32)),
        _file(weights=np.full((2, 2), np.nan, np.float32)), _file(bias=np.array(["x", "y"], object)),
    ],
)  # fmt: skip
def test_a_file_that_makes_no_sense_is_refused(body: bytes):
    """In one way, and nothing in it is run."""
    with pytest.raises(ValueError):
        decode(body)


def test_a_newer_file_is_taken_over_without_a_restart(
    model: TopicModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(routing.learn.files, "EVERY", 0.0)
    topics, file = Topics(tmp_path, background=False), model_file(tmp_path, "site", KIND)
    assert topics.about("site", "leather boots") is None
    head = Head(kind=KIND, format=FORMAT, made_at=0, learned_from={})
    write(file, head, encode(model))
    said = topics.about("site", "leather boots")
    assert said is not None
    assert said.paths[0].path == BOOTS
    assert topics.about("other", "leather boots") is None
    write(file, head, b"nothing")
    assert topics.about("site", "leather boots") is None, "a broken file is no opinion"
    write(file, head, encode(model))
    assert topics.about("site", "leather boots") is not None
    file.unlink()
    assert topics.about("site", "leather boots") is None


def marked(body: bytes, *, flags: int = 0, method: int = 0) -> bytes:
    """The same archive, whose members say that they are locked, or packed in some way."""
    changed = bytearray(body)
    for sign, flag_at, method_at in ((b"PK\x03\x04", 6, 8), (b"PK\x01\x02", 8, 10)):
        at = changed.find(sign)
        while at != -1:
            changed[at + flag_at] |= flags
            changed[at + method_at] = method or changed[at + method_at]
            at = changed.find(sign, at + 4)
    return bytes(changed)


def with_weights(body: bytes, weights: bytes, packing: int = zipfile.ZIP_STORED) -> bytes:
    """The same archive with other weights."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(made, "w", packing) as new:
        for name in old.namelist():
            new.writestr(name, weights if name == "weights.npy" else old.read(name))
    return made.getvalue()


def claiming(shape: tuple[int, ...], dtype: str = "<f4") -> bytes:
    """The head of an array, and nothing after it."""
    head = io.BytesIO()
    np.lib.format.write_array_header_1_0(head, {"descr": dtype, "fortran_order": False, "shape": shape})
    return head.getvalue()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: marked(body, flags=1),
        lambda body: marked(body, method=99),
        lambda body: with_weights(body, claiming((10**6, 10**6))),
        lambda body: with_weights(body, claiming((10**12, 10**12))),
        lambda body: with_weights(body, claiming((2, 2), "|O") + b"12345678" * 4),
        lambda body: with_weights(body, b"\0" * 10**7, zipfile.ZIP_DEFLATED),
        lambda body: with_weights(body, b""),
        lambda body: body[: len(body) // 2],
    ],
    ids=["locked", "unknown packing", "4 TB", "more than there is", "objects", "packed", "empty", "half"],
)
def test_a_broken_archive_is_a_value_error_and_takes_no_memory(model: TopicModel, spoil: Callable[[bytes], bytes]):
    """Nothing is reserved for what a file claims of itself, and nothing else than ValueError comes out."""
    body = spoil(encode(model))
    tracemalloc.start()
    with pytest.raises(ValueError):
        decode(body)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 3 * len(encode(model)) + 10**6


def test_the_product_runs_without_the_extra(model: TopicModel, tmp_path: Path):
    """No numpy: nobody has an opinion, and nothing fails."""
    write(model_file(tmp_path, "site", KIND), Head(kind=KIND, format=FORMAT, made_at=0, learned_from={}), encode(model))
    program = (
        "import sys; sys.modules.update(dict.fromkeys(['numpy', 'scipy', 'sklearn']))\n"
        "from pathlib import Path; from routing.topics import Topics, blend\n"
        "said = Topics(Path(sys.argv[1]), background=False).about('site', 'leather boots')\n"
        "assert said is None; assert blend(('A',), 0.5, said).path == ('A',)"
    )
    run = subprocess.run([sys.executable, "-c", program, str(tmp_path)], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert "numpy is missing" in run.stdout + run.stderr


A, B, AB, AC, ABD = ("A",), ("B",), ("A", "B"), ("A", "C"), ("A", "B", "D")


def said(*guesses: tuple[tuple[str, ...], float], fits: bool = True) -> About:
    return About(paths=tuple(Guess(path, share) for path, share in guesses), fits=fits)


@pytest.mark.parametrize(
    ("about", "depth", "rolled"),
    [
        (said((AB, 0.4), (AC, 0.35), (B, 0.25)), 1, [(A, 0.75), (B, 0.25)]),
        (said((AB, 0.4), (AC, 0.35), (B, 0.25)), 2, [(AB, 0.4), (AC, 0.35), (B, 0.25)]),
        (said((AB, 0.4), (A, 0.4), (B, 0.2)), 1, [(A, 0.8), (B, 0.2)]),
        (said((B, 0.5), (A, 0.5)), 1, [(A, 0.5), (B, 0.5)]),
    ],
)
def test_shares_add_up_the_tree(about: About, depth: int, rolled: list[tuple[tuple[str, ...], float]]):
    assert [(guess.path, round(guess.share, 9)) for guess in about.at(depth)] == rolled


@pytest.mark.parametrize(
    ("about", "sure"),
    [
        (said((AB, 0.9), (B, 0.1)), (AB, 0.9)),
        (said((AB, 0.4), (AC, 0.35), (B, 0.25)), (A, 0.75)),
        (said((ABD, 0.5), (AC, 0.3), (B, 0.2)), (ABD, 0.5)),
        (said((A, 0.4), (B, 0.3), (("C",), 0.3)), None),
        (said((AB, 0.9), (B, 0.1), fits=False), None),
        (said(), None),
    ],
)
def test_a_text_is_sure_of_the_deepest_place_that_has_half_of_it(
    about: About, sure: tuple[tuple[str, ...], float] | None
):
    found = about.sure()
    assert (None if found is None else (found.path, round(found.share, 9))) == sure


@pytest.mark.parametrize(
    ("read", "share", "written", "topic"),
    [
        (AB, 0.6, None, Topic(AB, 0.6, False)),
        ((), 0.0, None, Topic((), 0.0, False)),
        (AB, 0.6, said((B, 0.99), (A, 0.01), fits=False), Topic(AB, 0.6, False)),
        (AB, 0.6, said((B, 0.4), (AC, 0.3), (("C",), 0.3)), Topic(AB, 0.6, False)),
        ((), 0.0, said((AB, 0.7), (B, 0.3)), Topic(AB, 0.7, True)),
        (A, 0.9, said((AB, 0.7), (B, 0.3)), Topic(AB, 0.9, True)),
        (AB, 0.4, said((A, 0.8), (B, 0.2)), Topic(AB, 0.8, False)),
        (AB, 0.9, said((AB, 0.6), (B, 0.4)), Topic(AB, 0.9, False)),
        (AB, 1.0, said((B, 0.74), (A, 0.26)), Topic(AB, 1.0, False)),
        (AB, 1.0, said((B, 0.75), (A, 0.25)), Topic(B, 0.75, True)),
        (AB, 0.2, said((B, 0.56), (A, 0.44)), Topic(B, 0.56, True)),
        (AB, 0.2, said((AC, 0.56), (B, 0.44)), Topic(AC, 0.56, True)),
    ],
    ids=[
        "no opinion", "no opinion, nothing read", "nobody fits", "not sure", "nothing read", "written is deeper",
        "read is deeper", "the same", "contradict, not sure enough", "contradict, just sure enough",
        "contradict, little read", "contradict within a branch",
    ],
)  # fmt: skip
def test_what_was_read_and_what_was_written_are_one_topic(
    read: tuple[str, ...], share: float, written: About | None, topic: Topic
):
    assert blend(read, share, written) == topic


@given(st.floats(0, 1), st.floats(0, 1), st.booleans())
def test_words_of_which_nobody_is_sure_never_change_what_was_read(share: float, sure: float, fits: bool):
    found = blend(AB, share, said((B, sure), (AC, 1 - sure), fits=fits))
    if not fits or max(sure, 1 - sure) < SURE + AGAINST_READING * share:
        assert found == Topic(AB, share, False)
    else:
        assert found.written


def test_the_bench_reads_both_forms(tmp_path: Path):
    table, lists, domains = tmp_path / "a.csv", tmp_path / "b.json", tmp_path / "domains.json"
    table.write_text('text,category\n"one, two",a\nthree,b\n')
    lists.write_text('{"test": [["one", "a"]], "oos_test": [["two", "oos"]]}')
    domains.write_text('{"D": ["a", "b"]}')
    assert read(table) == [Sample("one, two", ("a",)), Sample("three", ("b",))]
    assert read(lists, read_domains(domains)) == [Sample("one", ("D", "a")), Sample("two", ())]
    table.write_text("words,label\n")
    with pytest.raises(ValueError, match="no columns"):
        read(table)


def test_the_bench_counts_the_branch_and_what_was_refused():
    answers = [
        (Sample("1", AB), said((AC, 0.9), (B, 0.1))),
        (Sample("2", AB), said((B, 0.9), (A, 0.1), fits=False)),
        (Sample("3", B), said((B, 0.9), (A, 0.1), fits=False)),
        (Sample("4", B), None),
        (Sample("5", ()), said((B, 0.9), fits=False)),
        (Sample("6", ()), said((B, 0.9))),
    ]
    assert score(answers) == {
        "accuracy": 0.5, "top3": 0.75, "out_of_scope_recall": 0.5, "accepted_accuracy": 0.25,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("right", "judged", "largest", "good"),
    [
        (0.38, 19, 0.53, False),
        (0.59, 1_000, 0.02, False),
        (0.61, 1_000, 0.02, True),
        (1.0, 10, 0.5, True),
        (0.75, 12, 0.5, False),
        (0.75, 120, 0.5, True),
        (0.9, 1_000, 0.95, False),
        (0.0, 0, 1.0, False),
    ],
)
def test_a_model_has_a_say_only_if_it_is_surely_better_than_the_largest_topic(
    model: TopicModel, right: float, judged: int, largest: float, good: bool
):
    """And places six of ten."""
    assert useful(msgspec.structs.replace(model, right=right, judged=judged, largest=largest)) is good
