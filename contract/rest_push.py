"""On which devices somebody is called while no desk of theirs is open."""

from typing import Annotated

from msgspec import Meta

from contract.names import Language
from contract.shapes import In, Out, Time


class PushKeys(In):
    """As the browser gives them, base64url: its public key, and a secret of 16 bytes."""

    p256dh: Annotated[str, Meta(min_length=1, max_length=200)]
    auth: Annotated[str, Meta(min_length=1, max_length=100)]


class PushWrite(In):
    """This browser, as `PushManager.subscribe` describes it. `away`: also for bells that found me offline; `details`:
    with the words of visitors, their names and numbers; `language`: of what is shown."""

    endpoint: Annotated[str, Meta(min_length=1, max_length=2_000)]
    keys: PushKeys
    away: bool = False
    details: bool = False
    language: Language = "en"


class PushDevice(Out):
    """`service`: the host of its push service. `failed`: tries in a row that did not arrive, the last because of
    `error` (docs/notifications.md)."""

    id: str
    service: str
    away: bool
    details: bool
    language: Language
    made_at: Time
    last_ok_at: Time | None
    failed: int
    error: str


class Push(Out):
    """`key`: with which a browser subscribes (`applicationServerKey`). `devices`: one's own."""

    key: str
    devices: list[PushDevice]


class PushTried(Out):
    """Of one call just now. `status`: of the answer, null where there was none; `error`: "" if it went well."""

    ok: bool
    status: int | None
    error: str
