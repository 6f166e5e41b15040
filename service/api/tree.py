"""The information tree of a site: its rules, what was imported, and where a page would stand.

Marketers may look and try out; administrators change. What is changed holds for page views from then on.
"""

from heapq import merge
from itertools import islice

import msgspec
from starlette.responses import Response

import access.tree
from access.tree import set_rules
from contract.errors import Refused
from contract.ids import node_id
from contract.names import PathSource, TreeKind
from contract.rest_tree import TreeEntry, TreeImported, TreePreview, TreePreviewAsk
from contract.tree import SiteTree, TreeRules
from service.api.lists import Ask, Listed, asked, cursor
from service.api.operation import ADMINS, MARKETERS, Call, operation
from service.flows.tree import import_tree
from service.present.tree import tree_preview, tree_problem
from service.web import check_content_type, read_body
from tracker.address import cleaned
from tracker.tree import Placed, explain
from tracker.tree_address import said
from tracker.tree_entry import Refusals
from tracker.tree_import import Format

#: What may be sent as a tree, as it is or packed by gzip; the protocol of sitemaps allows 50 MB unpacked.
MAX_BYTES = 32 * 1024 * 1024
_SECONDS = 120.0
_FORMATS: dict[str, Format | None] = {
    "text/csv": "csv", "application/xml": "xml", "text/xml": "xml", "application/gzip": None,
    "application/x-gzip": None, "application/octet-stream": None,
}  # fmt: skip
_KINDS: dict[str | None, TreeKind | None] = {None: None, "tree": "tree", "sitemap": "sitemap"}


@operation("GET", "/api/sites/{id}/tree/rules", roles=MARKETERS, gives=TreeRules)
async def rules(call: Call) -> TreeRules:
    """How the addresses of a site are read."""
    return (await call.site(call.path_id())).rules


@operation("PUT", "/api/sites/{id}/tree/rules", roles=ADMINS, takes=TreeRules, gives=TreeRules)
async def change_rules(call: Call) -> TreeRules:
    """All rules at once; what is left out is as usual. They hold for page views from now on."""
    site_id, wanted = (await call.site(call.path_id())).id, call.body
    kept = await call.bell.store.write(lambda conn: set_rules(conn, site_id, wanted))
    call.bell.sites.forget()
    return kept


@operation("POST", "/api/sites/{id}/tree/preview", roles=MARKETERS, takes=TreePreviewAsk, gives=TreePreview)
async def preview(call: Call) -> TreePreview:
    """Where a page would stand, and why: URL in, path and every step out. `rules`: a draft, nothing is saved."""
    ask: TreePreviewAsk = call.body
    site = await call.site(call.path_id())
    return tree_preview(placed(ask, ask.rules or site.rules, site.tree), call.tongue)


def placed(ask: TreePreviewAsk, rules: TreeRules, tree: SiteTree) -> Placed:
    """As the way of a page view places it, the browser's part included."""
    url = cleaned(ask.url)
    if url is None:
        return Placed((), "url", "unreadable", ())
    path, source = ask.path, ask.source
    if path is None and ask.canonical is not None:
        path, source = _of_canonical(ask.canonical)
    return explain(rules, tree, url, path, source)


def _of_canonical(canonical: str) -> tuple[list[str] | None, PathSource | None]:
    """What a browser reads off the canonical address."""
    url = cleaned(canonical)
    found = said(url) if url else None
    return (None, None) if found is None else (list(found.folders), "canonical")


@operation("GET", "/api/sites/{id}/tree", roles=MARKETERS, gives=Listed[TreeEntry], query=("kind", "limit", "cursor"))
async def tree(call: Call) -> Listed[TreeEntry]:
    """What was imported, in the order of the addresses."""
    ask, kind, site = asked(call, (int,)), _kind(call), await call.site(call.path_id())
    addresses, more = _page(site.tree, kind, ask)
    return Listed(items=[_entry(site.id, site.tree, address) for address in addresses], next=more)


def _page(tree: SiteTree, kind: TreeKind | None, ask: Ask) -> tuple[list[str], str | None]:
    """The whole tree is in memory, so a cursor is a place in it; an import in between starts a new list."""
    wanted = (
        address
        for address in merge(tree.pages, sorted(tree.patterns))
        if kind is None or (kind == "sitemap") == (_path(tree, address) is None)
    )
    start = max(0, int(ask.after[0])) if ask.after else 0
    end = start + ask.limit
    found = list(islice(wanted, start, end + 1))
    return found[: ask.limit], cursor([end]) if len(found) > ask.limit else None


def _path(tree: SiteTree, address: str) -> tuple[str, ...] | None:
    return tree.patterns[address] if address in tree.patterns else tree.pages[address]


def _entry(site_id: str, tree: SiteTree, address: str) -> TreeEntry:
    path = _path(tree, address)
    return TreeEntry(
        id=node_id(f"{site_id}/tree", [address]),
        kind="sitemap" if path is None else "tree",
        address=address,
        path=None if path is None else list(path),
    )


@operation("POST", "/api/sites/{id}/tree/import", roles=ADMINS, gives=TreeImported, query=("add",))
async def add_tree(call: Call) -> TreeImported | Response:
    """A sitemap or a table (`text/csv`) in the body replaces what was imported of its kind, or nothing changes.

    With `add=true` it is added. Either may be packed by gzip. A sitemap index changes nothing and is answered with the
    sitemaps it names.
    """
    site_id = (await call.site(call.path_id())).id
    add, request = call.flag("add"), call.request
    body = await read_body(request, MAX_BYTES, _SECONDS)
    check_content_type(request.headers, tuple(_FORMATS))
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    try:
        told = await import_tree(call.bell.store, site_id, body, call.now, format=_FORMATS[kind], add=add)
    except Refusals as refused:
        problem = tree_problem(refused.faults, refused.faulty, call.tongue)
        return Response(msgspec.json.encode(problem), problem.status, media_type="application/problem+json")
    await call.bell.sites.settle()
    return told


@operation("DELETE", "/api/sites/{id}/tree", roles=ADMINS, query=("kind",))
async def clear_tree(call: Call) -> None:
    """Forget what was imported: all of it, or one kind."""
    site_id, kind = (await call.site(call.path_id())).id, _kind(call)
    await call.bell.store.write(lambda conn: access.tree.clear(conn, site_id, kind))
    await call.bell.sites.settle()


def _kind(call: Call) -> TreeKind | None:
    said = call.text("kind")
    if said not in _KINDS:
        raise Refused("invalid", "kind")
    return _KINDS[said]


OPERATIONS = [rules, change_rules, preview, tree, add_tree, clear_tree]
