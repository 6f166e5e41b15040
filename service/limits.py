"""How much one address, one account, one e-mail may ask for: token buckets in this process's memory.

They keep a single caller from using what belongs to all; they are no defence against many callers at once (that is the
room check of `collect` and the bounded queues of the store). Switched off by `RATE_LIMITS=off`.
"""

import contextlib
import ipaddress
import math
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

from contract.errors import Refused
from crm.contact import mailbox
from service.callers import ExpertCaller, VisitorCaller

#: Beyond so many, every further so many events of a body cost like one body more.
EVENTS_A_TOKEN = 10
#: Files, or megabytes of them, that one address may send at once; and how many may be on their way from there.
FILES_BURST, UPLOADS = 200, 6
#: Calls that one network may have waiting at once, of snippets and frames together: an office, not a machine's ports.
WAITS = 300
#: Many networks of IPv6 may be one customer's: together they have so many times what one has.
WIDER = 3
#: One in 24 hours, as tokens a second.
A_DAY = 1 / (24 * 3600)


class Buckets:
    """Token buckets by key: `burst` at once, then `rate` a second. The least recently used of many is forgotten."""

    def __init__(self, *, rate: float, burst: int, size: int = 50_000) -> None:
        self._rate, self._burst, self._size = rate, burst, size
        self._filled: OrderedDict[object, tuple[float, float]] = OrderedDict()

    def take(self, key: object, now: float, cost: int = 1) -> float:
        """0.0 and so many tokens are gone, or the seconds until they are there. `now` in seconds, monotonic."""
        tokens, at = self._filled.pop(key, (float(self._burst), now))
        tokens = min(float(self._burst), tokens + (now - at) * self._rate)
        allowed = tokens >= cost
        self._filled[key] = (tokens - cost if allowed else tokens, now)
        if len(self._filled) > self._size:
            self._filled.popitem(last=False)
        return 0.0 if allowed else (cost - tokens) / self._rate

    def give_back(self, key: object) -> None:
        """The last token taken is returned: it turned out not to count."""
        if key in self._filled:
            tokens, at = self._filled[key]
            self._filled[key] = (min(float(self._burst), tokens + 1.0), at)

    def __len__(self) -> int:
        return len(self._filled)


class Places:
    """How many of one thing each key may have at the same time."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken: Counter[str] = Counter()

    @contextlib.contextmanager
    def one(self, key: str, retry_after: int) -> Iterator[None]:
        """Held while it lasts. Refused("rate_limited") where all are taken."""
        if self._taken[key] >= self._most:
            raise Refused("rate_limited", retry_after=retry_after)
        self._taken[key] += 1
        try:
            yield
        finally:
            self._taken[key] -= 1
            if not self._taken[key]:
                del self._taken[key]

    def __len__(self) -> int:
        return len(self._taken)


class Limits:
    """The limits of this installation. Each check raises Refused("rate_limited") with the seconds to wait."""

    def __init__(self, *, on: bool = True, clock: Callable[[], float] = time.monotonic) -> None:
        self._on, self._clock = on, clock
        self._collect = Buckets(rate=100, burst=1000)
        self._sign_in_address = Buckets(rate=1, burst=60)
        self._sign_in_pair = Buckets(rate=1 / 6, burst=15)
        self._sign_in_email = Buckets(rate=1 / 2, burst=200)
        self._setup_address = Buckets(rate=1 / 6, burst=15)
        self._setup = Buckets(rate=1, burst=100)
        self._api = Buckets(rate=100, burst=1000)
        self._frame = Buckets(rate=5, burst=200)
        self._join = Buckets(rate=20, burst=500)
        self._command = Buckets(rate=20, burst=120)
        self._order = Buckets(rate=1 / 10, burst=20)
        self._file = Buckets(rate=1 / 20, burst=FILES_BURST)
        self._fetch = Buckets(rate=20, burst=500)
        self._mail_from = Buckets(rate=5 * A_DAY, burst=5)
        self._mail_to = Buckets(rate=3 * A_DAY, burst=3)
        self._uploading, self._uploading_wide = Places(UPLOADS), Places(WIDER * UPLOADS)
        self._waiting, self._waiting_wide = Places(WAITS), Places(WIDER * WAITS)
        self._search = Buckets(rate=2, burst=30)
        self._callback = Buckets(rate=1 / 60, burst=10)

    @property
    def on(self) -> bool:
        """Whether anything is measured here; what is counted in the base asks this as well."""
        return self._on

    def collect(self, site_id: str, address: str, events: int = 1) -> None:
        """One body of events from one address for one site. It costs what it holds: events are what takes time in the
        one writer that everybody shares, and a body may hold two hundred."""
        self._check(self._collect, (site_id, network(address)), 1 + events // EVENTS_A_TOKEN)

    def frame(self, address: str) -> None:
        """One document of the chat frame."""
        self._check(self._frame, network(address))

    def join(self, address: str) -> None:
        """One handshake of a visitor: keys and frame secrets cost nothing, and each is a person with a measure."""
        self._check(self._join, network(address))

    def command(self, caller: VisitorCaller | ExpertCaller) -> None:
        """One command of one person's sockets, typing included."""
        self._check(self._command, caller.person)

    def order(self, caller: VisitorCaller) -> None:
        """One order that would be placed now. An order makes a customer of whoever typed it, and customers go before
        strangers: one address with many keys makes few of them. Call it after everything else was found right."""
        self._check(self._order, (caller.site.id, caller.network))

    def file(self, caller: VisitorCaller, size: int) -> None:
        """A file of so many bytes from one visitor's address: a megabyte costs as much as a file. Keys cost nothing,
        so that each one's own measure keeps nobody from filling the disk."""
        self._check(self._file, (caller.site.id, caller.network), min(FILES_BURST, 1 + size // (1024 * 1024)))

    def uploading(self, sender: str) -> AbstractContextManager[None]:
        """While a file comes in from this network or account: a few at a time, however slow its line."""
        return self._both(self._uploading, self._uploading_wide, sender, 5)

    def share(self, sender: str) -> str:
        """Whom a network counts as where all share what there is: its neighbours with it; "" where nothing is
        measured."""
        return (neighbours(sender) or sender) if self._on else ""

    def waiting(self, address: str) -> AbstractContextManager[None]:
        """While a call waits: keys cost nothing, and one machine could take all the room there is for waiting."""
        return self._both(self._waiting, self._waiting_wide, network(address), 30)

    @contextlib.contextmanager
    def _both(self, narrow: Places, wide: Places, key: str, retry_after: int) -> Iterator[None]:
        """A place of this network, and one of those that it shares with its neighbours."""
        with contextlib.ExitStack() as places:
            if self._on:
                places.enter_context(narrow.one(key, retry_after))
                if (wider := neighbours(key)) is not None:
                    places.enter_context(wide.one(wider, retry_after))
            yield

    def fetch(self, address: str) -> None:
        """One request of a visitor's key over HTTP: to try many ids takes many."""
        self._check(self._fetch, network(address))

    def mail(self, sender: str, email: str) -> None:
        """One letter that `sender` (a network or an account) has us write to an address: what we send must not become
        a way to fill a stranger's mailbox with words of one's own."""
        self._check(self._mail_from, sender)
        self._check(self._mail_to, mailbox(email))

    def search(self, caller: VisitorCaller) -> None:
        """One look into the articles: some milliseconds of everybody's loop, for one address with many keys too."""
        self._check(self._search, (caller.site.id, caller.network))

    def callback(self, caller: VisitorCaller) -> None:
        """One callback that would be promised now: it takes a quarter of an hour of somebody's day. As `order`."""
        self._check(self._callback, (caller.site.id, caller.network))

    def api(self, person: str) -> None:
        """One request of a signed-in account."""
        self._check(self._api, person)

    def sign_in(self, address: str, email: str) -> None:
        """One try: few for one e-mail from one place, more for it from everywhere, so that a stranger who guesses from
        elsewhere does not shut its owner out. A success is not counted: `signed_in`."""
        self._check(self._sign_in_address, network(address))
        self._check(self._sign_in_pair, (email, network(address)))
        self._check(self._sign_in_email, email)

    def signed_in(self, address: str, email: str) -> None:
        """The try was right: only wrong ones fill up the e-mail's measures."""
        self._sign_in_pair.give_back((email, network(address)))
        self._sign_in_email.give_back(email)

    def setup(self, address: str) -> None:
        """One try to be the first administrator."""
        self._check(self._setup_address, network(address))
        self._check(self._setup, "")

    def _check(self, buckets: Buckets, key: object, cost: int = 1) -> None:
        if self._on and (wait := buckets.take(key, self._clock(), cost)) > 0:
            raise Refused("rate_limited", retry_after=math.ceil(wait))


def network(address: str) -> str:
    """Whom an address stands for: itself, or its /64 in IPv6, of which one household has all addresses."""
    if ":" not in address:
        return address
    try:
        parsed = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.IPv6Network((int(parsed) >> 64 << 64, 64)))


def neighbours(network: str) -> str | None:
    """The /48 of a `network` of IPv6: a customer gets one for the asking, 65,536 networks. None for anything else."""
    try:
        parsed = ipaddress.IPv6Network(network)
    except ValueError:
        return None
    return str(parsed.supernet(new_prefix=48)) if parsed.prefixlen == 64 else None
