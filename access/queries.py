"""Who is there: sites and accounts as facts."""

from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import convert
from sqlalchemy import Connection, bindparam, select

from access.tables import account, account_site, site
from access.tree import rules_of
from contract.clock import now_ms
from contract.facts import AccountFacts, SiteFacts
from contract.ladder import Ladder
from contract.look import Look
from contract.talk import Talk
from store.prepared import Prepared, among

_SITE = Prepared(select(site).where(site.c.id == bindparam("id")))
_NAMES = Prepared(select(account.c.id, account.c.name).where(among(account.c.id, "ids")))


def site_of(row: Mapping[Any, Any]) -> SiteFacts:
    """From a row of `site`."""
    return SiteFacts(
        id=row["id"],
        key=row["key"],
        name=row["name"],
        origins=frozenset(row["origins"]),
        language=row["language"],
        zone=row["zone"],
        currency=row["currency"],
        ladder=convert(row["ladder"], Ladder),
        look=convert(row["look"], Look),
        talk=convert(row["talk"], Talk),
        test_mode=(row["test_until"] or 0) > now_ms(),
        test_until=row["test_until"],
        rules=rules_of(row["tree_rules"]),
        tree_version=row["tree_version"],
        articles_version=row["articles_version"],
    )


def all_sites(conn: Connection) -> list[SiteFacts]:
    """Every site, oldest first."""
    rows = conn.execute(select(site).order_by(site.c.created_at, site.c.id)).mappings()
    return [site_of(row) for row in rows]


def site_by_key(conn: Connection, key: str) -> SiteFacts | None:
    row = conn.execute(select(site).where(site.c.key == key)).mappings().one_or_none()
    return None if row is None else site_of(row)


def site_facts(conn: Connection, site_id: str) -> SiteFacts | None:
    row = _SITE.first(conn, id=site_id)
    return None if row is None else site_of(row)


def account_facts(conn: Connection, rows: Iterable[Mapping[Any, Any]]) -> list[AccountFacts]:
    """From rows of `account`, each with the sites it may see; two statements however many rows."""
    found = list(rows)
    sites: dict[str, set[str]] = {row["id"]: set() for row in found}
    seen = select(account_site).where(account_site.c.account_id.in_(list(sites)))
    for link in conn.execute(seen).mappings():
        sites[link["account_id"]].add(link["site_id"])
    return [
        AccountFacts(
            id=row["id"],
            email=row["email"],
            name=row["name"],
            role=row["role"],
            languages=tuple(row["languages"]),
            sites=frozenset(sites[row["id"]]),
            active=row["active"],
        )
        for row in found
    ]


def accounts(conn: Connection, ids: Iterable[str] | None = None) -> list[AccountFacts]:
    """Active accounts, oldest first: those of `ids`, or all."""
    statement = select(account).where(account.c.active).order_by(account.c.created_at, account.c.id)
    if ids is not None:
        statement = statement.where(account.c.id.in_(list(ids)))
    return account_facts(conn, conn.execute(statement).mappings())


def account_by_id(conn: Connection, account_id: str) -> AccountFacts | None:
    """An active account."""
    return next(iter(accounts(conn, [account_id])), None)


def has_account(conn: Connection) -> bool:
    """Whether anybody was ever given an account here; one that was ended counts, too."""
    return conn.execute(select(account.c.id).limit(1)).first() is not None


def names(conn: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The names of accounts, those that are no longer active too: history keeps its people."""
    return dict(_NAMES.rows(conn, ids=set(ids)))


def credentials(conn: Connection, email: str) -> tuple[str, str] | None:
    """(account id, password hash) of an active account, or None."""
    row = conn.execute(
        select(account.c.id, account.c.password_hash).where(account.c.email == plain_email(email), account.c.active)
    ).one_or_none()
    return None if row is None else (row.id, row.password_hash)


def plain_email(email: str) -> str:
    """The spelling under which an account is kept."""
    return email.strip().lower()
