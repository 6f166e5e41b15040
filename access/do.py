"""Changes to sites and accounts. Each takes the connection of a write; passwords come hashed."""

from collections.abc import Iterable
from typing import Any

from msgspec import convert, to_builtins
from sqlalchemy import Connection, delete, select, update

from access.origin import origin
from access.queries import account_by_id, has_account, plain_email, site_of
from access.secret import make_secret
from access.sessions import end_sessions
from access.tables import account, account_site, site
from contract.clock import DAY, is_zone
from contract.errors import Refused
from contract.facts import AccountFacts, SiteFacts
from contract.ids import new_id
from contract.ladder import USUAL, Ladder
from contract.look import USUAL as USUAL_LOOK
from contract.look import Look
from contract.names import Ms, Role
from contract.talk import USUAL as USUAL_TALK
from store.lock import lock
from store.sql import counted, insert_new, locked

TEST_FOR: Ms = DAY
#: The lock of whoever changes accounts: of two administrators who dismiss each other at once, one stays.
ACCOUNTS = "accounts"


def create_site(
    conn: Connection,
    *,
    key: str,
    name: str,
    now: Ms,
    origins: Iterable[str] = (),
    language: str = "en",
    zone: str = "UTC",
    currency: str = "EUR",
    ladder: Ladder = USUAL,
    look: Look = USUAL_LOOK,
) -> SiteFacts:
    """A new site. Refused("exists") if the key is taken, Refused("invalid") for a bad origin, zone or ladder."""
    row: dict[str, Any] = {
        "id": new_id(),
        "key": key,
        "name": name,
        "origins": plain_origins(origins),
        "language": language,
        "zone": known_zone(zone),
        "currency": currency,
        "ladder": plain_ladder(ladder),
        "look": to_builtins(look),
        "talk": to_builtins(USUAL_TALK),
        "crew_version": "",
        "articles_version": "",
        "test_until": None,
        "tree_rules": None,
        "tree_version": 0,
        "created_at": now,
    }
    if not insert_new(conn, site, [row]):
        raise Refused("exists", "key")
    make_secret(conn, row["id"], now)
    return site_of(row)


def patch_site(conn: Connection, site_id: str, changes: dict[str, Any], now: Ms) -> SiteFacts:
    """Change those of name, origins, language, zone, ladder, rung_seconds, look, talk, test_mode that are given.

    Refused("not_found"), Refused("invalid"). Test mode, once switched on, switches itself off after `TEST_FOR`.
    """
    values = {name: value for name, value in changes.items() if value is not None}
    if "origins" in values:
        values["origins"] = plain_origins(values["origins"])
    if "zone" in values:
        values["zone"] = known_zone(values["zone"])
    if "ladder" in values or "rung_seconds" in values:
        values["ladder"] = _changed_ladder(conn, site_id, values.pop("ladder", None), values.pop("rung_seconds", None))
    if "look" in values:
        values["look"] = to_builtins(values["look"])
    if "talk" in values:
        values["talk"] = to_builtins(values["talk"])
    if "test_mode" in values:
        values["test_until"] = now + TEST_FOR if values.pop("test_mode") else 0
    if values:
        conn.execute(update(site).where(site.c.id == site_id).values(**values))
    row = conn.execute(select(site).where(site.c.id == site_id)).mappings().one_or_none()
    if row is None:
        raise Refused("not_found")
    return site_of(row)


def create_account(
    conn: Connection,
    *,
    email: str,
    name: str,
    password_hash: str,
    role: Role,
    now: Ms,
    languages: Iterable[str] = ("en",),
    sites: Iterable[str] = (),
) -> AccountFacts:
    """A new person. `sites`: ids. Refused("exists") if the e-mail is taken, Refused("invalid") for an unknown site."""
    email = _address(email)
    row: dict[str, Any] = {
        "id": new_id(),
        "email": email,
        "name": name,
        "role": role,
        "password_hash": password_hash,
        "languages": list(languages),
        "active": True,
        "created_at": now,
    }
    if not insert_new(conn, account, [row]):
        raise Refused("exists", "email")
    set_sites(conn, row["id"], sites)
    made = account_by_id(conn, row["id"])
    assert made is not None
    return made


def first_account(
    conn: Connection, *, email: str, name: str, password_hash: str, languages: Iterable[str], now: Ms
) -> AccountFacts:
    """The first administrator. Refused("not_found") once anybody has an account: of two at once, one is first."""
    lock(conn, ACCOUNTS)
    if has_account(conn):
        raise Refused("not_found")
    return create_account(
        conn, email=email, name=name, password_hash=password_hash, role="admin", languages=languages, now=now
    )


def patch_account(
    conn: Connection,
    account_id: str,
    *,
    email: str | None = None,
    name: str | None = None,
    role: Role | None = None,
    password_hash: str | None = None,
    languages: Iterable[str] | None = None,
    active: bool | None = None,
) -> None:
    """Change what is given. A new password, or the end of the account, ends all its sessions.

    Refused: exists or invalid (email), forbidden (nobody could administer the house any more).
    """
    lock(conn, ACCOUNTS)
    was_admin = counted(conn, account, account.c.id == account_id, account.c.role == "admin", account.c.active)
    if email is not None:
        email = _address(email)
        taken = conn.execute(select(account.c.id).where(account.c.email == email)).scalar_one_or_none()
        if taken not in (None, account_id):
            raise Refused("exists", "email")
    values: dict[str, Any] = {
        "email": email,
        "name": name,
        "role": role,
        "password_hash": password_hash,
        "languages": None if languages is None else list(languages),
        "active": active,
    }
    values = {column: value for column, value in values.items() if value is not None}
    if values:
        conn.execute(update(account).where(account.c.id == account_id).values(**values))
    if name is not None or role is not None or languages is not None or active is not None:
        crew_changed(conn, account_id)
    if was_admin and not counted(conn, account, account.c.role == "admin", account.c.active):
        raise Refused("forbidden", "the last administrator")
    if password_hash is not None or active is False:
        end_sessions(conn, account_id)


def set_sites(conn: Connection, account_id: str, sites: Iterable[str]) -> None:
    """The sites an account may see, from now on exactly these. Refused("invalid") for one that does not exist."""
    wanted = set(sites)
    known = set(conn.execute(select(site.c.id).where(site.c.id.in_(list(wanted)))).scalars())
    if wanted - known:
        raise Refused("invalid", "sites")
    crew_changed(conn, account_id)
    conn.execute(delete(account_site).where(account_site.c.account_id == account_id))
    if wanted:
        conn.execute(account_site.insert(), [{"account_id": account_id, "site_id": each} for each in sorted(wanted)])
        crew_changed(conn, account_id)


def crew_changed(conn: Connection, account_id: str) -> None:
    """Somebody's sites, topics, languages, name or work have changed: what is kept of their sites' crews is old.

    A version is never used twice, also when a transaction is undone: whoever keeps a crew compares for equality.
    """
    theirs = select(account_site.c.site_id).where(account_site.c.account_id == account_id)
    statement = select(site.c.id).where(site.c.id.in_(theirs)).order_by(site.c.id)
    held = list(conn.execute(locked(conn, statement)).scalars())
    if held:
        conn.execute(update(site).where(site.c.id.in_(held)).values(crew_version=new_id()))


def articles_changed(conn: Connection, site_id: str) -> None:
    """An article of the site was written, changed or removed: what is kept of them is old. As `crew_changed`."""
    conn.execute(update(site).where(site.c.id == site_id).values(articles_version=new_id()))


def _address(email: str) -> str:
    """The spelling under which it is kept. Refused("invalid") for what is no address."""
    email = plain_email(email)
    if "@" not in email[1:-1] or " " in email or not email.isprintable():
        raise Refused("invalid", "email")
    return email


def plain_origins(origins: Iterable[str]) -> list[str]:
    """Each in the spelling a browser sends, once. Refused("invalid") for one that is no origin."""
    plain = [origin(each) for each in origins]
    if None in plain:
        raise Refused("invalid", "origins")
    return sorted({each for each in plain if each is not None})


def plain_ladder(ladder: Ladder) -> dict[str, Any]:
    """As it is stored. Refused("invalid") if a rung stands in it twice."""
    if len(set(ladder.order)) < len(ladder.order):
        raise Refused("invalid", "ladder")
    stored: dict[str, Any] = to_builtins(ladder)
    return stored


def _changed_ladder(conn: Connection, site_id: str, ladder: Ladder | None, seconds: int | None) -> dict[str, Any]:
    """`ladder`, or the one there is, with every rung ringing for `seconds` if they are given."""
    if ladder is None:
        stored = conn.execute(locked(conn, select(site.c.ladder).where(site.c.id == site_id))).scalar_one_or_none()
        ladder = USUAL if stored is None else convert(stored, Ladder)
    return plain_ladder(ladder if seconds is None else ladder.all_for(seconds))


def known_zone(zone: str) -> str:
    """`zone` if it is one. Refused("invalid") otherwise."""
    if not is_zone(zone):
        raise Refused("invalid", "zone")
    return zone
