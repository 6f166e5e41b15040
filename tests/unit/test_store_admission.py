"""Who may join a queue, as a table."""

import pytest

from store.admission import ALWAYS, PATIENCE, Admission

EACH = 0.000_2


def after(*commits: tuple[int, float]) -> Admission:
    """Commits as (items, seconds)."""
    made = Admission(room=4096)
    for items, seconds in commits:
        made.took(items, seconds)
    return made


@pytest.mark.parametrize(
    ("commits", "most"),
    [
        ([], 4096),
        ([(250, 250 * EACH)], 250),
        ([(250, 250 * EACH / 10)], 2500),
        ([(250, 250 * EACH / 100)], 4096),
        ([(250, 2.0)], ALWAYS),
        ([(1, 0.05)], ALWAYS),
    ],
    ids=[
        "nothing is known", "as many as can be served soon", "ten times as quick", "never more than there is room",
        "slow, but never nobody", "small groups foretell nothing",
    ],
)  # fmt: skip
def test_how_many_may_be_ahead(commits: list[tuple[int, float]], most: int) -> None:
    """One more is too many."""
    admission = after(*commits)
    assert admission.admits(most - 1)
    assert not admission.admits(most + 1)


def test_the_last_commits_decide() -> None:
    """A stall is forgotten as soon as the base is quick again, and noticed as soon as it is slow."""
    quick, slow = [(250, 0.01)] * 60, [(250, 1.0)] * 5
    assert not after(*quick, *slow).admits(500)
    assert after(*slow, *quick, *quick).admits(500)


def test_under_twice_the_load_nobody_who_is_in_waits_long() -> None:
    """Two come for each that can be served: half are refused, and the wait stays within the patience and one group."""
    admission, waiting, waits, refused, came = Admission(), 0, [], 0, 0.0
    for _ in range(400):
        group, waiting = min(waiting, 256), max(waiting - 256, 0)
        seconds = 0.002 + group * EACH
        came += seconds * 2 / EACH
        while came >= 1:
            came -= 1
            if admission.admits(waiting + group):
                waits.append((waiting + group) * EACH)
                waiting += 1
            else:
                refused += 1
        admission.took(group, seconds)
    assert max(waits) < PATIENCE + 256 * EACH
    assert 0.3 < refused / (refused + len(waits)) < 0.7
