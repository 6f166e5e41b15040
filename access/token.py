"""A site's signed word on who sits there now: a JWT, HS256 and nothing else, that lives ten minutes at most.

The header of the token is never asked anything: no algorithm, no key, no address is taken from it. What the site says
of its user counts only after the signature did.
"""

import math
from collections.abc import Iterable

import jwt
import msgspec

from contract.clock import SECOND
from contract.errors import Refused
from contract.facts import SignedIn
from contract.names import Ms
from contract.text import clean, has_forbidden

ALGORITHM = "HS256"
LONGEST = 8192
LIVES: Ms = 600 * SECOND
#: How far the site's clock may be ahead of ours where it says since when the token is good.
AHEAD: Ms = 60 * SECOND
USER, NAME, ADDRESS = 200, 200, 320
#: What shops send by mistake for "nobody": with it, all their strangers would be one person.
NOBODY = frozenset(
    {"0", "-1", "null", "nil", "none", "undefined", "nan", "true", "false", "guest", "anonymous", "[object object]"}
)


class _Claims(msgspec.Struct):
    sub: str
    exp: float
    iat: float | None = None
    nbf: float | None = None
    email: str | None = None
    phone: str | None = None
    name: str | None = None


_signatures = jwt.PyJWS(algorithms=[ALGORITHM], options={"verify_signature": True})
_claims = msgspec.json.Decoder(_Claims)


def signed_in(token: str, secrets: Iterable[str], now: Ms) -> SignedIn:
    """Who the site says is signed in. `secrets`: those of the site that are good now.

    Refused("bad_token"), with the claim that is wrong as hint: `signature` (of another site, altered, another
    algorithm, no token at all), `exp` (none, past, or more than ten minutes ahead), `nbf`, `iat` (in the future),
    `sub` (none, longer than 200 characters, or a word for nobody).
    """
    try:
        claims = _claims.decode(_payload(token, secrets))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused("bad_token", "claims") from error
    if not math.isfinite(claims.exp) or claims.exp * SECOND <= now:
        raise Refused("bad_token", "exp: expired")
    if claims.exp * SECOND > now + LIVES:
        raise Refused("bad_token", "exp: more than 10 minutes ahead")
    for name, since in (("iat", claims.iat), ("nbf", claims.nbf)):
        if since is not None and not (math.isfinite(since) and since * SECOND <= now + AHEAD):
            raise Refused("bad_token", f"{name}: in the future")
    user = claims.sub.strip()
    if not user or len(user) > USER or has_forbidden(user) or user.lower() in NOBODY:
        raise Refused("bad_token", "sub")
    return SignedIn(
        user=user,
        email=clean(claims.email or "", ADDRESS),
        phone=clean(claims.phone or "", ADDRESS),
        name=" ".join(clean(claims.name or "", NAME).split()),
    )


def _payload(token: str, secrets: Iterable[str]) -> bytes:
    """What was signed, if one of the secrets signed it."""
    if len(token) <= LONGEST:
        for secret in secrets:
            try:
                payload: bytes = _signatures.decode(token, secret, algorithms=[ALGORITHM])
            except (jwt.PyJWTError, ValueError, TypeError, AttributeError, RecursionError):
                continue
            return payload
    raise Refused("bad_token", "signature")
