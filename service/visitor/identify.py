"""`POST /visitor/identify`: the site says, by a token it has signed, who is signed in (docs/identity.md).

Answered beside `/collect`, after the same checks. 204: this visitor is known as that user now. 200 {"visitor": ...}:
somebody else had signed in here; from now on the page uses this key, so that no visitor ever holds two people.
"""

from contract.beacons import Identified, Identify
from contract.facts import SiteFacts
from service.bell import Bell
from service.flows import identity
from service.visitor.farewell import say_farewell


async def identify(bell: Bell, site: SiteFacts, asked: Identify) -> Identified | None:
    """None is a 204. Refused("bad_token") with what is wrong with it."""
    fresh = await identity.identify(bell, site, asked)
    if fresh is None:
        return None
    say_farewell(bell, site, asked.visitor)
    return Identified(visitor=fresh)
