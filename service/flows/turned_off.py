"""A webhook turned itself off: its administrators read so, each in their own language."""

from pathlib import Path

import msgspec
from sqlalchemy import Connection

import access.queries
import access.webhooks
from contract.names import Ms
from service import outbox

_TEXTS: dict[str, dict[str, str]] = {
    language: msgspec.json.decode(
        (Path(__file__).parents[2] / "contract" / "text" / f"mail.{language}.json").read_bytes()
    )
    for language in ("en", "ru")
}


def tell_administrators(conn: Connection, webhook_id: str, now: Ms) -> int:
    """A letter to each; how many that are."""
    hook = access.webhooks.webhook_row(conn, webhook_id)
    site = access.queries.site_facts(conn, hook["site_id"])
    assert site is not None, "a webhook goes with its site"
    told = [account for account in access.queries.accounts(conn) if account.role == "admin"]
    for account in told:
        says = _TEXTS["ru" if next(iter(account.languages), "en").startswith("ru") else "en"]
        values = {"site": site.name, "name": account.name, "url": hook["url"], "error": hook["error"]}
        subject, text = (says[f"webhook_off.{part}"].format(**values) for part in ("subject", "text"))
        outbox.put(conn, outbox.Mail(to=account.email, subject=subject, text=text), now)
    return len(told)
