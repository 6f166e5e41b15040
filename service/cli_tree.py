"""`shopbell site tree`: the tree of a site from the command line: import, rules, and where an address would stand."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

import msgspec
from sqlalchemy import Connection

import access.queries
import access.tree
from contract.clock import now_ms
from contract.errors import Refused
from contract.facts import SiteFacts
from contract.rest_tree import TreeImported
from contract.tree import TreeRules
from service.flows.tree import import_tree
from service.present.tree import tree_preview, tree_problem
from store.base import Store
from tracker.address import cleaned
from tracker.tree import Placed, explain
from tracker.tree_entry import Refusals

#: Sitemaps that one index may name; each lies beside it as a file.
_SITEMAPS = 1_000


class BadTree(Exception):
    """A sentence that says what is wrong with what was given."""


async def run(
    store: Store, key: str, *, files: list[Path], add: bool, clear: bool, rules: Path | None, previews: list[str]
) -> list[str]:
    """Do what is asked, in this order: clear, rules, import, preview. Returns the lines to print."""
    site = await store.read(lambda conn: access.queries.site_by_key(conn, key))
    if site is None:
        raise BadTree(f"There is no site {key}. `shopbell site add` makes one.")
    said: list[str] = []
    if clear:
        await store.write(lambda conn: access.tree.clear(conn, site.id))
        said.append("What had been imported is gone.")
    if rules is not None:
        wanted = _rules(rules)
        await store.write(lambda conn: access.tree.set_rules(conn, site.id, wanted))
        said.append("The rules hold for page views from now on.")
    for file in files:
        said += await _import(store, site, file, add=add or file != files[0])
    for url in previews:
        said += await _preview(store, key, url)
    return said or await _summary(store, key)


def _rules(file: Path) -> TreeRules:
    try:
        return msgspec.json.decode(_bytes(file), type=TreeRules)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise BadTree(f"{file}: {error}") from error


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise BadTree(f"{file} cannot be read: {error.strerror}.") from error


async def _import(store: Store, site: SiteFacts, file: Path, *, add: bool) -> list[str]:
    """One file; of a sitemap index all the sitemaps it names, which lie beside it."""
    told = await _told(store, site, file, add=add)
    if not told.sitemaps:
        return [_counts(file, told)]
    if len(told.sitemaps) > _SITEMAPS:
        raise BadTree(f"{file} names more than {_SITEMAPS} sitemaps.")
    beside = [file.parent / (unquote(urlsplit(url).path).rpartition("/")[2] or "sitemap.xml") for url in told.sitemaps]
    if missing := [each for each in beside if not each.is_file()]:
        raise BadTree(f"{file} is an index. Put {missing[0].name} beside it, and the other sitemaps that it names.")
    said = []
    for number, each in enumerate(beside):
        said.append(_counts(each, await _told(store, site, each, add=add or number > 0)))
    return said


async def _told(store: Store, site: SiteFacts, file: Path, *, add: bool) -> TreeImported:
    try:
        return await import_tree(store, site.id, _bytes(file), now_ms(), add=add)
    except Refusals as refused:
        problem = tree_problem(refused.faults, refused.faulty, "en")
        lines = [f"line {fault.line}: {fault.says}" for fault in problem.faults]
        more = [f"and {problem.faulty - len(lines)} more"] if problem.faulty > len(lines) else []
        raise BadTree("\n".join([f"{file} was not taken.", *lines, *more])) from refused
    except Refused as refused:
        if refused.code == "too_large":
            raise BadTree(f"{file} is larger than we take ({refused.hint}).") from refused
        raise


def _counts(file: Path, told: TreeImported) -> str:
    depths = ", ".join(f"{number} of depth {depth}" for depth, number in told.by_depth.items())
    left = f" {told.left_out} left out: no address of a page." if told.left_out else ""
    return f"{file}: {told.read} read, {told.kept} kept in the {told.kind} ({depths}).{left}"


async def _site(store: Store, key: str) -> SiteFacts:
    """With its tree, as the server sees it."""

    def read(conn: Connection) -> SiteFacts:
        site = access.queries.site_by_key(conn, key)
        assert site is not None
        packed = access.tree.packed_of(conn, [site.id]).get(site.id, {})
        return msgspec.structs.replace(site, tree=access.tree.tree_of(packed))

    return await store.read(read)


async def _preview(store: Store, key: str, raw: str) -> list[str]:
    site, url = await _site(store, key), cleaned(raw)
    placed = explain(site.rules, site.tree, url) if url else Placed((), "url", "unreadable", ())
    said = tree_preview(placed, "en")
    lines = [f"{' > '.join(said.path) or '(home)'}   depth {said.depth}, source {said.source}: {said.says}"]
    for step in said.steps:
        lines.append(f"  {step.says} {' / '.join(step.before) or '-'} -> {' / '.join(step.after) or '-'}")
    return lines


async def _summary(store: Store, key: str) -> list[str]:
    """What holds now."""
    site = await _site(store, key)
    paths = list(site.tree.pages.values())
    own = sum(path is not None for path in paths) + len(site.tree.patterns)
    return [
        f"Imported: {own} entries of a tree, {len(paths) - sum(path is not None for path in paths)} of a sitemap.",
        "Rules:",
        msgspec.json.format(msgspec.json.encode(site.rules), indent=2).decode(),
    ]
