"""Whom a site tells what happens, and what became of each telling."""

from typing import Annotated

from msgspec import Meta

from contract.names import OutboxState, WebhookEvent
from contract.shapes import In, Out, Time

#: Its rules have a code of their own (`bad_receiver`).
Receiver = Annotated[str, Meta(min_length=1, max_length=4_000)]
Events = Annotated[list[WebhookEvent], Meta(min_length=1, max_length=20)]


class WebhookWrite(In):
    """`site`: key or id."""

    site: Annotated[str, Meta(max_length=64)]
    url: Receiver
    events: Events
    active: bool = True


class WebhookPatch(In):
    """What is given changes; `active` true begins anew after it turned itself off."""

    url: Receiver | None = None
    events: Events | None = None
    active: bool | None = None


class Webhook(Out):
    """`waiting`, `dead`: deliveries that are still tried, and that were given up. `failing_since`: nothing has arrived
    from then on; `error`: the word for why (docs/webhooks.md), or "". `off_at`: when it turned itself off."""

    id: str
    site: str
    url: str
    events: list[WebhookEvent]
    active: bool
    waiting: int
    dead: int
    failing_since: Time | None
    error: str
    off_at: Time | None
    created_at: Time


class WebhookSecret(Out):
    """With it deliveries are signed; for administrators alone."""

    secret: str


class WebhookTested(Out):
    """Of one signed request just now. `status`: of the answer, null where there was none; `error`: "" if it went well.
    `took`: ms."""

    ok: bool
    status: int | None
    error: str
    took: int


class Delivery(Out):
    """`due_at`: the next try, while it waits. `body`: what is sent; null once it has arrived."""

    id: str
    event: WebhookEvent
    state: OutboxState
    tries: int
    error: str
    body: str | None
    put_at: Time
    due_at: Time | None
    done_at: Time | None


class Retried(Out):
    """How many are tried again now."""

    retried: int
