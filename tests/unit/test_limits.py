"""A bucket is a measure: burst at once, then rate; and the memory it takes is bounded."""

from contextlib import ExitStack
from types import SimpleNamespace
from uuid import uuid4

import pytest

from contract.errors import Refused
from service.callers import VisitorCaller
from service.limits import UPLOADS, WAITS, WIDER, Buckets, Limits, Places, neighbours, network


def test_a_burst_passes_then_one_per_interval():
    buckets = Buckets(rate=2, burst=3)
    assert [buckets.take("a", 0.0) for _ in range(3)] == [0.0, 0.0, 0.0]
    assert buckets.take("a", 0.0) == pytest.approx(0.5)
    assert buckets.take("a", 0.5) == 0.0
    assert buckets.take("a", 0.5) > 0
    assert buckets.take("b", 0.5) == 0.0, "another key has its own measure"


def test_a_bucket_never_holds_more_than_its_burst():
    buckets = Buckets(rate=100, burst=2)
    buckets.take("a", 0.0)
    assert [buckets.take("a", 1_000.0) == 0.0 for _ in range(3)] == [True, True, False]


def test_being_refused_does_not_push_the_end_further_away():
    buckets = Buckets(rate=1, burst=1)
    buckets.take("a", 0.0)
    for tenth in range(9):
        assert buckets.take("a", tenth / 10) > 0
    assert buckets.take("a", 1.0) == 0.0


def test_a_million_keys_take_the_room_of_the_newest():
    buckets = Buckets(rate=1, burst=1, size=100)
    for number in range(10_000):
        buckets.take(number, 0.0)
    assert len(buckets) == 100


def test_a_right_password_does_not_use_up_the_emails_measure():
    limits = Limits(clock=lambda: 0.0)
    for _ in range(50):
        limits.sign_in("10.0.0.1", "anna@demo.example")
        limits.signed_in("10.0.0.1", "anna@demo.example")
    for _ in range(10):
        limits.sign_in("10.0.0.1", "anna@demo.example")


def test_who_guesses_from_elsewhere_does_not_shut_the_owner_out():
    limits = Limits(clock=lambda: 0.0)
    for _ in range(15):
        limits.sign_in("10.6.6.6", "anna@demo.example")
    with pytest.raises(Refused) as refused:
        limits.sign_in("10.6.6.6", "anna@demo.example")
    assert refused.value.code == "rate_limited"
    assert (refused.value.retry_after or 0) >= 1
    limits.sign_in("10.0.0.1", "anna@demo.example")


def test_an_email_guessed_from_everywhere_is_closed_all_the_same():
    limits = Limits(clock=lambda: 0.0)
    for number in range(200):
        limits.sign_in(f"10.0.{number}.1", "anna@demo.example")
    with pytest.raises(Refused):
        limits.sign_in("10.1.0.1", "anna@demo.example")


def test_a_body_costs_what_it_holds():
    """Else one address with full bodies would keep the one writer from everybody."""
    limits = Limits(clock=lambda: 0.0)
    for _ in range(1_000 // 21):
        limits.collect("site", "10.6.6.6", 200)
    with pytest.raises(Refused) as refused:
        limits.collect("site", "10.6.6.6", 200)
    assert refused.value.retry_after == 1
    for _ in range(1_000):
        limits.collect("site", "10.0.0.1", 3)


def test_a_network_has_so_many_calls_waiting_and_places_come_free():
    """Another network's are its own; whoever leaves, however, gives the place back; nothing is kept of nobody."""
    limits = Limits()
    with ExitStack() as inside:
        for number in range(WAITS):
            inside.enter_context(limits.waiting(f"2001:db8::{number:x}"))
        with pytest.raises(Refused) as refused, limits.waiting("2001:db8::ffff"):
            pass
        assert (refused.value.code, refused.value.retry_after) == ("rate_limited", 30)
        with limits.waiting("2001:db8:0:1::1"):
            pass
    with limits.waiting("2001:db8::ffff"):
        pass
    places = Places(1)
    with pytest.raises(ZeroDivisionError), places.one("a", 1):
        raise ZeroDivisionError
    with places.one("a", 1):
        assert len(places) == 1
    assert len(places) == 0


@pytest.mark.parametrize(("what", "most"), [("uploading", UPLOADS), ("waiting", WAITS)])
def test_many_networks_of_one_customer_have_little_more_than_one(what: str, most: int):
    """A /48 is what one gets; the next one has its own, IPv4 has none; who was refused holds nothing."""
    limits = Limits()
    place = getattr(limits, what)
    with ExitStack() as inside:
        for number in range(WIDER * most):
            inside.enter_context(place(network(f"2001:db8:1:{number // most:x}::1")))
        for number in (WIDER, WIDER + 1, WIDER):
            with pytest.raises(Refused) as refused, place(network(f"2001:db8:1:{number:x}::1")):
                pass
            assert refused.value.code == "rate_limited"
        for other in ("2001:db8:2::1", "192.0.2.7", "192.0.2.8"):
            with place(network(other)):
                pass
    for number in range(WIDER + 2):
        with place(network(f"2001:db8:1:{number:x}::1")):
            pass


@pytest.mark.parametrize(
    ("one", "all_of_them"),
    [
        ("2001:db8:1:2::/64", "2001:db8:1::/48"),
        ("2001:db8::/64", "2001:db8::/48"),
        ("192.0.2.7", None),
        ("unknown", None),
        ("01890a5d-ac96-774b-bcce-b302099a8057", None),
    ],
)
def test_whose_neighbours_a_network_has(one: str, all_of_them: str | None):
    assert neighbours(one) == all_of_them


def test_limits_that_are_off_refuse_nobody():
    limits = Limits(on=False)
    caller = SimpleNamespace(person="account:1")
    for _ in range(5_000):
        limits.collect("site", "10.0.0.1")
        limits.command(caller)  # type: ignore[arg-type]
    with ExitStack() as inside:
        for _ in range(WAITS + 1):
            inside.enter_context(limits.waiting("10.0.0.1"))


@pytest.mark.parametrize(
    ("address", "measured"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9%eth0", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("unknown", "unknown"),
        ("not:an:address", "not:an:address"),
    ],
)
def test_a_household_of_ipv6_addresses_is_one_caller(address, measured):
    assert network(address) == measured


def buyer(address: str, site: str = "site") -> VisitorCaller:
    facts = SimpleNamespace(id=site)
    return VisitorCaller(
        site=facts,  # type: ignore[arg-type]
        visitor=uuid4().hex,
        frame_hash=None,
        language="en",
        network=network(address),
    )


def test_orders_are_measured_by_the_address_and_not_by_the_visitor_key():
    """Else one machine would make customers by the dozen, each above every stranger; a family still buys at once."""
    now = [0.0]
    limits = Limits(clock=lambda: now[0])
    for _ in range(20):
        limits.order(buyer("2001:db8:1:2::1"))
    with pytest.raises(Refused) as refused:
        limits.order(buyer("2001:db8:1:2::ffff"))
    assert (refused.value.code, refused.value.retry_after) == ("rate_limited", 10)
    limits.order(buyer("192.0.2.7"))
    limits.order(buyer("2001:db8:1:2::1", site="another"))
    now[0] = 10.0
    limits.order(buyer("2001:db8:1:2::1"))
    off = Limits(on=False)
    for _ in range(100):
        off.order(buyer("192.0.2.7"))


def test_a_new_key_for_every_handshake_is_measured_by_its_address():
    """Else each key would come with a measure of commands of its own."""
    limits = Limits(clock=lambda: 0.0)
    for _ in range(500):
        limits.join("2001:db8:1:2::1")
    with pytest.raises(Refused):
        limits.join("2001:db8:1:2::ffff")
    limits.join("192.0.2.7")


def test_one_address_with_many_keys_looks_into_the_articles_thirty_times_then_twice_a_second():
    now = 0.0
    limits = Limits(clock=lambda: now)
    site = SimpleNamespace(id="s")

    def look() -> bool:
        caller = VisitorCaller(site=site, visitor=uuid4().hex, frame_hash=None, language="en", network="10.0.0.1")  # type: ignore[arg-type]
        try:
            limits.search(caller)
        except Refused as refused:
            return refused.code != "rate_limited"
        return True

    assert sum(look() for _ in range(100)) == 30
    now = 10.0
    assert sum(look() for _ in range(100)) == 20


def test_three_letters_a_day_go_to_one_mailbox_however_it_is_spelled():
    """A tag behind a plus, and dots where its host reads past them, are the same mailbox."""
    limits = Limits(clock=lambda: 0.0)
    for number, spelled in enumerate(("ann.lee@gmail.com", "annlee+1@gmail.com", "a.nnlee+2@googlemail.com")):
        limits.mail(f"10.0.0.{number}", spelled)
    with pytest.raises(Refused):
        limits.mail("10.0.0.9", "annlee@gmail.com")
    limits.mail("10.0.0.9", "annlees@gmail.com")
