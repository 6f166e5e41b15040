"""A site as far as some rules speak of it: what `routing.sense` needs to say whether they make sense."""

from collections.abc import Iterable

from sqlalchemy import Connection, select

import routing.firings
import sales.queries
from access.tables import account, account_site
from contract.ids import node_id
from contract.names import Action
from contract.triggers import InBranch, InTier, Rule, When
from crm.tables import customer
from routing.sense import Around, Path
from routing.tables import expert
from tracker.tables import node

#: Names that a missing one is compared with.
_CHILDREN = 2_000
_SELLING: frozenset[Action] = frozenset({"offer", "order_form"})


def around(conn: Connection, site_id: str, rules: Iterable[Rule]) -> Around:
    """In a few statements, however many rules."""
    rules = list(rules)
    segments = routing.firings.segments(conn, site_id)
    whens = [rule.conditions for rule in rules]
    every = [one for when in whens for one in (*when.all, *when.any, *when.none)]
    paths = {one.below for one in every if isinstance(one, InBranch) and one.below}
    nodes = _seen(conn, site_id, paths)
    products = {id_ for rule in rules if rule.action in _SELLING for id_ in rule.content.products}
    return Around(
        nodes=nodes,
        children=_children(conn, site_id, {_known(path, nodes) for path in paths - nodes}),
        products={
            id_: bool(row["active"])
            for id_, row in sales.queries.product_rows(conn, products).items()
            if row["site_id"] == site_id
        },
        segments=segments,
        tiers=_tiers(conn, site_id) if any(isinstance(one, InTier) for one in every) else frozenset(),
        experts=_somebody(conn, site_id),
    )


def around_segments(conn: Connection, site_id: str, whens: Iterable[When]) -> Around:
    """The same for segments."""
    return around(conn, site_id, [Rule(conditions=when, action="nothing") for when in whens])


def _seen(conn: Connection, site_id: str, paths: Iterable[Path]) -> frozenset[Path]:
    ids = {node_id(site_id, path[:level]): path[:level] for path in paths for level in range(len(path) + 1)}
    if not ids:
        return frozenset()
    found = conn.execute(select(node.c.id).where(node.c.id.in_(list(ids)))).scalars()
    return frozenset(ids[id_] for id_ in found)


def _known(path: Path, nodes: frozenset[Path]) -> Path:
    return next((path[:level] for level in range(len(path) - 1, -1, -1) if path[:level] in nodes), ())


def _children(conn: Connection, site_id: str, parents: Iterable[Path]) -> dict[Path, tuple[str, ...]]:
    found: dict[Path, tuple[str, ...]] = {}
    for parent in parents:
        names = conn.execute(
            select(node.c.name)
            .where(node.c.site_id == site_id, node.c.parent_id == node_id(site_id, parent))
            .limit(_CHILDREN)
        ).scalars()
        found[parent] = tuple(names)
    return found


def _tiers(conn: Connection, site_id: str) -> frozenset[str]:
    statement = select(customer.c.tier).where(customer.c.site_id == site_id).group_by(customer.c.tier)
    return frozenset(conn.execute(statement).scalars())


def _somebody(conn: Connection, site_id: str) -> bool:
    """Whether the site has a desk at all, whoever sits there now."""
    found = conn.execute(
        select(expert.c.id)
        .join(account, account.c.id == expert.c.id)
        .join(account_site, account_site.c.account_id == expert.c.id)
        .where(account_site.c.site_id == site_id, account.c.active)
        .limit(1)
    )
    return found.first() is not None
