"""Who is whom, as tables: what a token, a typed address and a hand may do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.who import Claim, Known, Meeting, below, claim, kept_of, meet


def known(id_: str, *users: str, since: int = 0) -> Known:
    return Known(
        id=id_, site="s", name=id_, tier="standard", owner=None, since=since, members=(id_,), users=frozenset(users)
    )


VERA, GUEST, BORIS = known("vera", "u1"), known("guest"), known("boris", "u2")
MEETINGS: list[tuple[Known | None, Known | None, bool, Meeting]] = [
    # whom the token's user is, whom the browser is, told apart before, what follows
    (None, None, False, "new"),
    (VERA, None, False, "join"),
    (None, GUEST, False, "sign"),
    (None, BORIS, False, "newcomer"),
    (VERA, VERA, False, "known"),
    (VERA, GUEST, False, "merge"),
    (VERA, BORIS, False, "newcomer"),
    (VERA, GUEST, True, "newcomer"),
    (VERA, BORIS, True, "newcomer"),
    (GUEST, GUEST, False, "known"),
]


@pytest.mark.parametrize(("user", "browser", "parted", "follows"), MEETINGS)
def test_a_signed_word_never_makes_two_signed_in_people_one(
    user: Known | None, browser: Known | None, parted: bool, follows: Meeting
):
    assert meet(user, browser, parted=parted) == follows


CLAIMS: list[tuple[Known, Known | None, str, bool, Claim]] = [
    # whose it was proved to be, who has it, by which proof, told apart before, what follows
    (VERA, None, "", False, "take"),
    (VERA, VERA, "order", False, "take"),
    (VERA, VERA, "token", False, "known"),
    (VERA, GUEST, "order", False, "take"),
    (VERA, BORIS, "order", False, "take"),
    (VERA, GUEST, "confirmed", False, "merge"),
    (VERA, GUEST, "token", False, "merge"),
    (VERA, GUEST, "confirmed", True, "leave"),
    (VERA, BORIS, "token", False, "leave"),
    (VERA, BORIS, "confirmed", False, "leave"),
    (GUEST, VERA, "token", False, "merge"),
    (GUEST, known("other"), "confirmed", False, "merge"),
]


@pytest.mark.parametrize(("mine", "holder", "proof", "parted", "follows"), CLAIMS)
def test_an_address_follows_proof_and_typing_it_is_none(
    mine: Known, holder: Known | None, proof: str, parted: bool, follows: Claim
):
    assert claim(mine, holder, proof, parted=parted) == follows


def test_who_has_signed_in_stays_else_whom_we_have_known_longer():
    old, new = known("old", since=1), known("new", since=2)
    assert kept_of(new, old) == (old, new)
    assert kept_of(old, known("new", "u1", since=2))[0].id == "new"


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30), st.integers(0, 9))
def test_below_are_those_whose_way_up_leads_there(pairs: list[tuple[int, int]], top: int):
    """Trees are built as merges build them: a root is hung on another tree."""
    edges: dict[str, str] = {}

    def way(one: str) -> list[str]:
        found = [one]
        while found[-1] in edges:
            found.append(edges[found[-1]])
        return found

    for one, other in pairs:
        gone, kept = way(str(one))[-1], way(str(other))[-1]
        if gone != kept:
            edges[gone] = kept
    assert below(edges, str(top)) == {str(each) for each in range(10) if str(top) in way(str(each))}
