"""How likely does a visit end in an order or a chat: the plain rule, the model as plain data, and how it is learned."""

import math
import random
import threading
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import DAY, MINUTE, SECOND, from_rfc3339
from contract.facts import Branch, CustomerFacts, SiteFacts, VisitFacts
from routing.forest import SUREST, Column, Forest, Member, Split, Tree, scorer, sigmoid
from routing.intent import COLUMNS, FEATURES, FORMAT, Learned, Model, decode, encode, features, rule
from routing.intents import KIND, Intents
from routing.learn import forest as learning
from routing.learn.files import Head, model_file, write
from routing.learn.forest import NotLearnable, deal, learn
from routing.learn.intent import Example, learn_intent, standard_error, standing
from service.learning.visits import as_of, moment
from tracker.visit import View

NOON = from_rfc3339("2026-05-10T12:00:00Z")
SITE = SiteFacts(id="s", key="shop", name="Shop", origins=frozenset(), language="en", zone="Asia/Tokyo", currency="EUR")
CUSTOMER = CustomerFacts(
    id="c", name="Carla", tier="standard", owner=None, last_expert=None, orders=2, spent=8400, currency="EUR",
    last_order_at=NOON - 3 * DAY,
)  # fmt: skip


def visit(**changes: Any) -> VisitFacts:
    facts = VisitFacts(
        id="v", site="s", visitor="w", started_at=NOON - 5 * MINUTE, last_at=NOON, heard_at=NOON, number=2, pages=4,
        dwell=90 * SECOND, path=("Garden", "Drip"), depth=2, deepest=3, topic=("Garden",),
        branches=(
            Branch(name="Garden", dwell=60 * SECOND, deepest=3, pages=2),
            Branch(name="Wood", dwell=30 * SECOND, deepest=1, pages=1),
        ),
        url="", title="", arrival="a", came_back=True, left_at=None, bot=False, topic_share=70, channel="search",
        source="google", device="mobile", language="de",
    )  # fmt: skip
    return msgspec.structs.replace(facts, **changes)


# --- the plain rule --------------------------------------------------------------------------------------------------

visits = st.builds(
    visit,
    deepest=st.integers(0, 20),
    dwell=st.integers(0, 10**8),
    pages=st.integers(1, 1_000),
    came_back=st.booleans(),
)
customers = st.one_of(st.none(), st.just(CUSTOMER))


@given(visits, customers, st.booleans())
def test_the_plain_rule_lies_between_0_and_1_and_never_falls_with_more(
    seen: VisitFacts, customer: CustomerFacts | None, cart: bool
) -> None:
    """Deeper, longer, more pages, come back, known, something in the cart: each says more or the same."""
    now = rule(seen, customer, cart=cart)
    assert 0 <= now <= 1
    more = msgspec.structs.replace
    for better in (
        more(seen, deepest=seen.deepest + 1),
        more(seen, dwell=seen.dwell + MINUTE),
        more(seen, pages=seen.pages + 1),
        more(seen, came_back=True),
    ):
        assert rule(better, customer, cart=cart) >= now
    assert rule(seen, CUSTOMER, cart=cart) >= now
    assert rule(seen, customer, cart=True) >= now


def test_what_the_plain_rule_says() -> None:
    """A glance is next to nothing; a customer and a full cart each take half of what is missing."""
    glance = visit(deepest=0, dwell=0, pages=1, came_back=False)
    assert rule(glance, None) == pytest.approx(0.025)
    assert rule(glance, CUSTOMER) == rule(glance, None, cart=True) == pytest.approx(1 - 0.975 / 2)
    assert rule(visit(deepest=4, dwell=5 * MINUTE, pages=10), None) == 1


# --- features --------------------------------------------------------------------------------------------------------


def test_what_is_seen_of_a_visit() -> None:
    """Each feature by its name; the hour and the day are those of the site."""
    assert dict(zip(FEATURES, features(visit(), CUSTOMER, "Asia/Tokyo"), strict=True)) == {
        "pages": 4, "dwell": 90, "dwell_per_page": 22.5, "lasted": 300, "depth": 2, "deepest": 3, "topic_share": 70,
        "topic_depth": 1, "places": 0, "branches": 2, "busiest": "Garden", "busiest_dwell": 60, "busiest_pages": 2,
        "busiest_deepest": 3, "busiest_share": pytest.approx(2 / 3), "number": 2, "came_back": 1, "hour": 21,
        "weekday": 6, "channel": "search", "source": "google", "campaign": "", "device": "mobile", "language": "de",
        "known": 1, "orders": 2, "spent": 8400, "days_since_order": 3,
    }  # fmt: skip


def test_a_visit_of_which_nothing_is_known_has_all_features() -> None:
    """No branch, no customer, no dwell: numbers all the same."""
    row = features(visit(branches=(), topic=(), pages=0, dwell=0), None, "UTC")
    assert all(math.isfinite(value) for value in row if not isinstance(value, str))
    assert [isinstance(value, str) for value in row] == [column.kind == "word" for column in COLUMNS]


# --- the forest ------------------------------------------------------------------------------------------------------


def walk(tree: Tree, row: Sequence[Any]) -> float:
    """A tree asked the long way."""
    at = 0 if tree.splits else -1
    while at >= 0:
        split = tree.splits[at]
        at = split.left if row[split.column] <= split.most else split.right
    return tree.leaves[-1 - at]


def the_long_way(forest: Forest, row: Sequence[Any]) -> float:
    small, votes = [], []
    for member in forest.members:
        coded = list(row)
        for column, codes in member.codes.items():
            coded[column] = codes.get(coded[column], member.other)
        small.append(member.start + sum(walk(tree, coded) for tree in member.trees))
        votes += [walk(tree, coded) for tree in member.voters]
    share = max(SUREST, min(1 - SUREST, sum(votes) / len(votes)))
    raw = 0.5 * sum(small) / len(small) + 0.5 * math.log(share / (1 - share))
    return sigmoid(forest.slope * raw + forest.offset)


COLS = (Column("a", "number"), Column("b", "number"), Column("w", "word"))
values = st.sampled_from([-1.0, 0.0, 0.25, 0.5, 0.75, 1.0, 2.0])


@st.composite
def trees(draw: Callable[..., Any], most: int, leaf: Any) -> Tree:
    leaves, splits = draw(st.lists(leaf, min_size=1, max_size=most)), list[Split]()

    def grow(first: int, last: int) -> int:
        if first == last:
            return -1 - first
        number, middle = len(splits), draw(st.integers(first, last - 1))
        splits.append(Split(0, 0.0, 0, 0))
        left = grow(first, middle)
        splits[number] = Split(draw(st.integers(0, 2)), draw(values), left, grow(middle + 1, last))
        return number

    grow(0, len(leaves) - 1)
    return Tree(tuple(splits), tuple(leaves))


codes = st.dictionaries(st.sampled_from(["x", "y", "z"]), values)
members = st.builds(
    lambda start, small, large, words, other: Member(start, tuple(small), tuple(large), {2: words}, other),
    st.floats(-3, 3),
    st.lists(trees(8, st.floats(-2, 2)), max_size=4),
    st.lists(trees(20, st.floats(0, 1)), min_size=1, max_size=3),
    codes,
    values,
)
forests = st.builds(
    lambda some, slope, offset: Forest(COLS, tuple(some), slope, offset),
    st.lists(members, min_size=1, max_size=3),
    st.floats(0.1, 2),
    st.floats(-1, 1),
)


@given(forests, st.lists(st.tuples(values, values, st.sampled_from(["x", "y", "z", "?"])), min_size=1, max_size=5))
def test_all_trees_at_once_say_what_each_says_alone(forest: Forest, rows: list[tuple[float, float, str]]) -> None:
    """Whatever the trees, on and beside every border, for words that were seen and others; also out of its file."""
    again = msgspec.json.decode(msgspec.json.encode(forest), type=Forest)
    ask, ask_again = scorer(forest), scorer(again)
    for row in rows:
        assert ask(row) == pytest.approx(the_long_way(forest, row), abs=1e-12)
        assert ask(row) == ask_again(row)


STUMP = Tree((Split(0, 0.5, -1, -2),), (-1.0, 1.0))
VOTER = Tree((), (0.3,))
FOREST = Forest((Column("a", "number"),), (Member(0.0, (STUMP,), (VOTER,)),), 1.0, 0.0)


def spoilt(*, tree: Tree | None = None, voter: Tree | None = None, **changes: Any) -> Forest:
    member = Member(0.0, (tree or STUMP,), (voter or VOTER,))
    return msgspec.structs.replace(FOREST, **{"members": (member,), **changes})


@pytest.mark.parametrize(
    ("forest", "reason"),
    [
        (spoilt(members=()), "without members"),
        (spoilt(members=(Member(0.0, (STUMP,), ()),)), "no voters"),
        (spoilt(columns=()), "columns"),
        (spoilt(slope=math.inf), "calibration"),
        (spoilt(members=(Member(math.nan, (STUMP,), (VOTER,)),)), "no number"),
        (spoilt(members=(Member(0.0, (STUMP,) * 5_001, (VOTER,)),)), "more than"),
        (spoilt(columns=(Column("a", "word"),)), "words"),
        (spoilt(tree=Tree((Split(1, 0.5, -1, -2),), (0.0, 1.0))), "column that is not there"),
        (spoilt(tree=Tree((Split(0, 0.5, -2, -1),), (0.0, 1.0))), "not in order"),
        (spoilt(tree=Tree((Split(0, 0.5, -1, -1),), (0.0, 1.0))), "not in order"),
        (spoilt(tree=Tree((Split(0, 0.5, 0, -1),), (0.0, 1.0))), "none"),
        (spoilt(tree=Tree((Split(0, 0.5, 7, -1),), (0.0, 1.0))), "none"),
        (spoilt(tree=Tree((Split(0, math.nan, -1, -2),), (0.0, 1.0))), "no number"),
        (spoilt(tree=Tree((), ())), "0 leaves"),
        (spoilt(tree=Tree((Split(0, 0.5, -1, -2),), (0.0, 1.0, 2.0))), "3 leaves and 1 splits"),
        (spoilt(tree=Tree(tuple(Split(0, n, n + 1, n - 9) for n in range(8)), (0.0,) * 9)), "9 leaves"),
        (spoilt(voter=Tree((Split(0, 0.5, -1, 0),), (0.0, 1.0))), "none"),
    ],
)
def test_what_is_no_forest_is_refused(forest: Forest, reason: str) -> None:
    """Before any visit meets it: no loop without end, no index beyond the row."""
    assert 0 < scorer(FOREST)([1.0]) < 1
    with pytest.raises(ValueError, match=reason):
        scorer(forest)


# --- learning --------------------------------------------------------------------------------------------------------


def people(count: int, seed: int = 1) -> tuple[list[list[float | str]], list[bool], list[float]]:
    """Rows (two numbers, a word), their ends, and how likely those were."""
    dice = random.Random(seed)
    rows: list[list[float | str]] = []
    truth = []
    for _ in range(count):
        a, b, word = dice.gauss(0, 1), float(dice.randint(0, 9)), dice.choice(["x", "y", "z"])
        rows.append([a, b, word])
        truth.append(sigmoid(1.2 * a - 2 + (1.5 if word == "x" else 0) + (0.2 * b if a > 0 else 0)))
    return rows, [dice.random() < likely for likely in truth], truth


@pytest.fixture(scope="module")
def learned() -> learning.Learned:
    rows, ends, _ = people(3_000)
    return learn(COLS, rows, ends)


def brier(said: Sequence[float], ends: Sequence[bool]) -> float:
    return sum((p - end) ** 2 for p, end in zip(said, ends, strict=True)) / len(said)


def test_what_is_learned_is_calibrated(learned: learning.Learned) -> None:
    """Of the visits of which it says one in five, one in five ends well; and calibrating made nothing worse."""
    rows, ends, truth = people(4_000, seed=2)
    ask = scorer(learned.forest)
    said = [ask(row) for row in rows]
    plain = scorer(msgspec.structs.replace(learned.forest, slope=1.0, offset=0.0))
    assert brier(said, ends) <= brier([plain(row) for row in rows], ends) + 1e-4
    assert brier(said, ends) <= brier(truth, ends) + 0.006
    order = sorted(range(len(said)), key=said.__getitem__)
    tenths = [order[start : start + 400] for start in range(0, 4_000, 400)]
    gaps = [abs(sum(said[row] for row in tenth) - sum(ends[row] for row in tenth)) / 400 for tenth in tenths]
    assert sum(gaps) / 10 < 0.025


def test_the_same_visits_give_the_same_model(learned: learning.Learned) -> None:
    """Byte for byte: what a shop reads today it reads tomorrow."""
    rows, ends, _ = people(3_000)
    assert msgspec.json.encode(learn(COLS, rows, ends).forest) == msgspec.json.encode(learned.forest)


def test_our_trees_say_what_those_of_scikit_learn_say() -> None:
    """To a millionth, on what was learned from and on values that only 64 bits can tell from a border."""
    from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier

    dice = np.random.default_rng(3)
    table = np.round(dice.normal(size=(800, 4)), 1) * 1_000.1
    y = (table[:, 0] + table[:, 1] * table[:, 2] / 1_000 + dice.normal(size=800) * 500 > 0).astype(int)
    near = np.repeat(table[:200], 3, axis=0) * (1 + np.tile([-1e-9, 0, 1e-9], 200))[:, None]
    rows = np.vstack([table, near, dice.normal(size=(500, 4)) * 1_000])
    boosted = HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=8, random_state=1).fit(table, y)
    small = [learning._small(stage[0].nodes) for stage in boosted._predictors]
    start = float(boosted._baseline_prediction[0, 0])
    ours = [sigmoid(start + sum(walk(tree, row) for tree in small)) for row in rows]
    assert np.abs(np.array(ours) - boosted.predict_proba(rows)[:, 1]).max() < 1e-6
    crowd = ExtraTreesClassifier(10, max_depth=8, min_samples_leaf=5, random_state=1).fit(table, y)
    large = [learning._large(np, voter.tree_) for voter in crowd.estimators_]
    ours = [sum(walk(tree, row) for tree in large) / 10 for row in rows]
    assert np.abs(np.array(ours) - crowd.predict_proba(rows)[:, 1]).max() < 1e-6


def test_trees_that_are_kept_in_another_way_are_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version of scikit-learn that changes its records puts no wrong model in place."""
    known = learning._small

    def other(nodes: Any) -> Tree:
        tree = known(nodes)
        return msgspec.structs.replace(tree, leaves=tuple(-leaf for leaf in tree.leaves))

    monkeypatch.setattr(learning, "_small", other)
    rows, ends, _ = people(300)
    with pytest.raises(NotLearnable, match="version of scikit-learn"):
        learn(COLS, rows, ends)


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=10, max_size=200))
def test_a_visitor_is_in_one_fold_and_the_good_ends_are_spread(rows: list[tuple[int, bool]]) -> None:
    """No fold has more than one visitor's worth beyond the others."""
    groups, labels = [group for group, _ in rows], [good for _, good in rows]
    fold = deal(groups, labels, 5)
    assert len(set(zip(groups, fold, strict=True))) == len(set(groups))
    largest = max(groups.count(group) for group in groups)
    good = {group for group, label in rows if label}
    for kind in (True, False):
        filled = [
            sum((group in good) == kind for group, at in zip(groups, fold, strict=True) if at == n) for n in range(5)
        ]
        assert max(filled) - min(filled) <= largest


@pytest.mark.parametrize("ends", [[], [True] * 50, [False] * 50, [True] + [False] * 49])
def test_what_nothing_can_be_learned_from_is_said(ends: list[bool]) -> None:
    """Nothing, all good, none good, one good."""
    rows, _, _ = people(len(ends))
    with pytest.raises(NotLearnable):
        learn(COLS, rows, ends)


def test_all_good_ends_of_one_visitor_teach_nothing() -> None:
    """Whoever is left out of learning leaves nobody to learn from."""
    rows, _, _ = people(60)
    with pytest.raises(NotLearnable, match="one visitor"):
        learn(COLS, rows, [True] * 20 + [False] * 40, ["one"] * 20 + [f"v{n}" for n in range(40)])


def test_a_value_that_is_no_number_is_no_row() -> None:
    """Rather no model than one that compared with nothing."""
    rows, ends, _ = people(100)
    rows[7][0] = math.nan
    with pytest.raises(ValueError, match="no number"):
        learn(COLS, rows, ends)


@pytest.mark.parametrize(("auc", "error"), [(0.5, 0.0230), (0.8, 0.0198), (0.95, 0.0110)])
def test_the_error_of_an_area(auc: float, error: float) -> None:
    """200 visits that ended well and 800 that did not; simulated, the spread is within a tenth of these."""
    assert standard_error(auc, 200, 800) == pytest.approx(error, abs=0.0012)


def test_how_many_are_missing_is_said() -> None:
    """Both numbers, or the one that is missing."""
    one = Example("v", [], 0.1, good=True)
    assert learn_intent([one]).reason == (
        "There must be 999 more visits and 199 more that ended in an order or a chat."
    )
    other = msgspec.structs.replace(one, good=False)
    assert learn_intent([other] * 2_000).reason == "There must be 200 more that ended in an order or a chat."


# --- asked -----------------------------------------------------------------------------------------------------------


def depth_counts() -> Learned:
    """Deeper than two levels is more likely; half of the visits it was learned from stand below 0.4."""
    column = Column("deepest", "number")
    tree = Tree((Split(0, 2.0, -1, -2),), (-2.0, 2.0))
    forest = Forest((column,), (Member(0.0, (tree,), (Tree((), (0.5,)),)),), 1.0, 0.0)
    return Learned(forest, (0.1, 0.2, 0.3, 0.4, 0.5, 0.6))


def test_a_site_with_a_model_is_answered_by_it(tmp_path: Path) -> None:
    """Another site keeps the plain rule."""
    head = Head(kind=KIND, format=FORMAT, made_at=NOON, learned_from={})
    write(model_file(tmp_path, "s", KIND), head, encode(depth_counts()))
    asked = Intents(tmp_path, background=False)
    other = msgspec.structs.replace(SITE, id="other")
    deep, shallow = visit(deepest=5), visit(deepest=1)
    assert [asked.probability(SITE, one, None) for one in (deep, shallow)] == [sigmoid(1), sigmoid(-1)]
    assert [asked.standing(SITE, one, None) for one in (deep, shallow)] == [1, pytest.approx(2 / 6)]
    assert asked.probability(other, deep, CUSTOMER) == asked.standing(other, deep, CUSTOMER) == rule(deep, CUSTOMER)
    assert (asked.learned(SITE), asked.learned(other)) == (True, False)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"\xff",
        encode(depth_counts()).replace(b"deepest", b"charisma"),
        encode(depth_counts()).replace(b'"number"', b'"word"'),
        encode(depth_counts()).replace(b"0.3,0.4", b"0.4,0.3"),
        encode(depth_counts()).replace(b"[-2.0,2.0]", b"[-2.0]"),
    ],
)
def test_a_model_that_makes_no_sense_is_refused(body: bytes) -> None:
    """Each a ValueError, of which the plain rule is the remedy; never another error in the middle of a bell."""
    with pytest.raises(ValueError):
        decode(body)


def test_any_thread_may_ask(tmp_path: Path) -> None:
    """While a file is written anew and anew, everybody gets one of the right answers."""
    file, right = model_file(tmp_path, "s", KIND), {sigmoid(1), rule(visit(deepest=5), None)}
    asked, said = Intents(tmp_path, background=False), set[float]()

    def ask() -> None:
        for _ in range(300):
            asked._models._look_at.clear()  # look at the disk each time
            said.add(asked.probability(SITE, visit(deepest=5), None))

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for one in askers:
        one.start()
    for number in range(30):
        head = Head(kind=KIND, format=FORMAT, made_at=NOON + number, learned_from={})
        write(file, head, encode(depth_counts()))
    for one in askers:
        one.join()
    assert said <= right
    asked._models._look_at.clear()
    assert asked.probability(SITE, visit(deepest=5), None) == sigmoid(1)


def test_the_standing_of_a_visit_is_even() -> None:
    """A tenth of the visits lies in each tenth."""
    dice = random.Random(5)
    said = [dice.random() ** 4 for _ in range(5_000)]
    model = Model(Learned(depth_counts().forest, standing(said)))
    found = [model.standing(one) for one in said]
    for tenth in range(10):
        assert abs(sum(tenth / 10 <= one < (tenth + 1) / 10 for one in found) - 500) < 40
    assert all(low <= high for low, high in pairwise(standing(said)))


# --- a moment of a visit ---------------------------------------------------------------------------------------------

signs_of_life = st.lists(
    st.tuples(st.integers(0, 600), st.sampled_from(["view", "stay", "leave"]), st.integers(0, 60), st.integers(0, 5)),
    min_size=1,
    max_size=15,
)
ROW = {"id": "v", "site_id": "s", "visitor_id": "w", "started_at": NOON, "number": 1, "user_agent": "", "language": ""}


def happened(signs: list[tuple[int, str, int, int]]) -> tuple[list[View], list[dict[str, Any]]]:
    """Page views as they came, and all events."""
    views: list[View] = []
    marks: list[dict[str, Any]] = []
    for number, (second, kind, dwell, page) in enumerate(sorted([(0, "view", 0, 0), *signs])):
        at = NOON + second * SECOND
        if kind == "view":
            id_ = f"p{len(views)}"
            path = tuple("abcdef"[:page])
            views.append(View(id_, at, number, path, "https://s.example/", "", "", 0, 0, at, None))
            marks.append({"type": "page.viewed", "at": at, "page": None, "dwell": None, "scroll": None})
        else:
            type_ = "page.stayed" if kind == "stay" else "page.left"
            marks.append({"type": type_, "at": at, "page": f"p{page}", "dwell": dwell * SECOND, "scroll": 1})
    return views, marks


@given(signs_of_life, st.one_of(st.none(), st.integers(1, 600)), st.text("abcdef0123456789", min_size=3))
def test_nothing_of_the_future_is_learned_from(
    signs: list[tuple[int, str, int, int]], end: int | None, visit_id: str
) -> None:
    """The visit at its moment is the same when all that came later had never happened; and that is before its end."""
    views, marks = happened(signs)
    until = None if end is None else NOON + end * SECOND
    at = moment(visit_id, views, marks, until)
    assert at is not None
    assert until is None or at < until
    assert at in {mark["at"] for mark in marks}
    past = [view for view in views if view.at <= at], [mark for mark in marks if mark["at"] <= at]
    assert as_of(ROW, views, marks, at) == as_of(ROW, *past, at)
    assert moment(visit_id, list(reversed(views)), marks, until) == at


def test_the_moments_are_of_the_whole_visit() -> None:
    """Over many visits every page view and every sign is chosen, none much more often than its page's share."""
    views, marks = happened([(60, "stay", 30, 0), (120, "view", 0, 1), (180, "stay", 30, 1), (240, "leave", 60, 1)])
    found = [moment(f"visit {number}", views, marks, None) for number in range(3_000)]
    shares = [found.count(NOON + second * SECOND) / 3_000 for second in (0, 60, 120, 180, 240)]
    assert shares == pytest.approx([1 / 4, 1 / 4, 1 / 6, 1 / 6, 1 / 6], abs=0.03)


def test_a_visit_that_began_with_its_end_is_left_out() -> None:
    """Nothing was known before it."""
    views, marks = happened([])
    assert moment("v", views, marks, NOON) is None
