"""Every refusal the program can give: one closed list of codes, each with its HTTP status.

The sentences stand in `contract/text/errors.{en,ru}.json`. A refusal is raised where the rule lives and rendered once:
as problem+json by `service.web`, as `{"error": {...}}` by `service.sockets`.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Literal, get_args

import msgspec

Code = Literal[
    "malformed", "invalid", "too_large", "unsupported_type", "unknown_site", "foreign_origin", "unauthenticated",
    "wrong_password", "forbidden", "missing_csrf", "not_found", "rate_limited", "busy", "unavailable",
    "unknown_command",
    "empty_message", "message_too_long", "bad_text", "conversation_closed", "alert_over", "desk_full", "not_online",
    "form_used", "form_replaced", "offer_over", "over_offer",
    "bad_quantity", "unknown_product", "no_lines", "bad_contact", "bad_address",
    "bad_receiver", "exists",
    "bad_token", "two_people", "too_many", "too_many_words", "in_use",
    "method_not_allowed", "not_ready", "websocket_only", "internal",
    "file_type", "file_too_large", "file_limit", "no_mail", "blocked", "too_late", "not_free",
    "number_refused", "no_such_slot", "setup_code", "booked_up",
    "phone_country", "phone_extension",
]  # fmt: skip

STATUS: Mapping[Code, int] = {
    "malformed": 400, "invalid": 422, "too_large": 413, "unsupported_type": 415, "unknown_site": 403,
    "foreign_origin": 403, "unauthenticated": 401, "wrong_password": 401, "forbidden": 403, "missing_csrf": 403,
    "not_found": 404, "rate_limited": 429, "busy": 503, "unavailable": 503, "unknown_command": 400,
    "empty_message": 422,
    "message_too_long": 422, "bad_text": 422, "conversation_closed": 409, "alert_over": 409, "desk_full": 409,
    "not_online": 409, "form_used": 409, "form_replaced": 409, "over_offer": 422,
    "offer_over": 409, "bad_quantity": 422, "unknown_product": 422,
    "no_lines": 422,
    "bad_contact": 422, "bad_address": 422, "bad_receiver": 422, "exists": 409, "bad_token": 403, "two_people": 409,
    "too_many": 409, "too_many_words": 409, "in_use": 409, "number_refused": 422, "no_such_slot": 409,
    "booked_up": 409, "phone_country": 422, "phone_extension": 422,
    "method_not_allowed": 405, "not_ready": 503, "websocket_only": 400, "internal": 500,
    "file_type": 415, "file_too_large": 413, "file_limit": 409, "no_mail": 409,
    "setup_code": 403, "blocked": 403, "too_late": 409, "not_free": 409,
}  # fmt: skip
CODES: tuple[Code, ...] = get_args(Code)
_MINUTE, _HOUR = 60, 3_600


def _catalogue(name: str) -> dict[str, dict[str, str]]:
    text = Path(__file__).parent / "text"
    return {tag: msgspec.json.decode((text / f"{name}.{tag}.json").read_bytes()) for tag in ("en", "ru")}


_SENTENCES, _WAITS = _catalogue("errors"), _catalogue("waits")


class Refused(Exception):
    """A request that the product will not do. `code` is of the closed list; `retry_after` is in seconds."""

    def __init__(self, code: Code, hint: str = "", *, retry_after: int | None = None) -> None:
        super().__init__(code, hint)
        self.code: Code = code
        self.hint = hint
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        return STATUS[self.code]

    def sentence(self, language: str) -> str:
        """The sentence for a person; `hint` (a field or a limit, never user text) follows in brackets. Who has to wait
        for more than a moment reads how long."""
        wait = self.retry_after or 0
        if self.code == "rate_limited" and wait > _MINUTE:
            unit, size = ("hours", _HOUR) if wait > 2 * _HOUR else ("minutes", _MINUTE)
            return _WAITS.get(language, _WAITS["en"])[unit].format(count=-(-wait // size))
        said = _SENTENCES.get(language, _SENTENCES["en"])[self.code]
        return f"{said} ({self.hint})" if self.hint else said
