"""`POST /api/events`: what a trusted server reports, with its own times."""

from contract.beacons import Beacon, Taken
from contract.errors import Refused
from service.api.operation import ADMINS, Call, operation
from service.visitor.collect import collected

#: A server sends fuller events than a browser, still at most `beacons.MAX_EVENTS` of them.
MAX_BYTES = 1024 * 1024
TYPES = ("application/json", "text/plain")


@operation(
    "POST",
    "/api/events",
    roles=ADMINS,
    takes=Beacon,
    gives=Taken,
    limit=MAX_BYTES,
    types=TYPES,
    as_it_is=True,
    measured=False,
)
async def events(call: Call) -> Taken:
    """The body of /collect with `at`, `user_agent` and `ip` beside each event; rings no bell for the past."""
    beacon: Beacon = call.body
    site = await call.bell.sites.by_key(beacon.site)
    if site is None or not call.account.may_see(site.id):
        raise Refused("unknown_site")
    taken = await call.bell.journey.collect_trusted(site, beacon, call.now)
    for outcome, number in (
        ("stored", taken.stored),
        ("duplicate", taken.duplicates),
        ("rejected", len(taken.rejected)),
    ):
        collected.labels(outcome).inc(number)
    return taken


OPERATIONS = [events]
