"""Pure: a site's rules, applied to an address: step by step, so that an administrator can see what each one does."""

from collections.abc import Callable, Iterable
from typing import Literal

import msgspec

from contract.beacons import DEPTH_LIMIT, NAME_LIMIT
from contract.names import PathSource, TreeReason, TreeRule
from contract.text import clean
from contract.tree import USUAL, Path, TreeRules
from tracker.tree_address import Parameters, said
from tracker.tree_glob import fits, globs
from tracker.tree_ids import is_id, without_id
from tracker.tree_locale import leading

#: One place for all ids of one folder.
GROUP = "*"


class Step(msgspec.Struct, frozen=True):
    """One rule that changed something: the parts before and after it, and of what it speaks."""

    rule: TreeRule
    before: Path
    after: Path
    of: str = ""


Steps = list[Step]


class Reading(msgspec.Struct, frozen=True):
    """An address, read by the rules. `keys`: under which addresses the site's tree may know it, the closest first.

    `parameters` go with the keys. `own`: the address says more than its folders: no canonical address does better.
    """

    path: Path
    source: PathSource
    reason: TreeReason
    keys: tuple[str, ...] = ()
    parameters: Parameters = ()
    own: bool = False


UNREADABLE = Reading((), "url", "unreadable")


class _Walk:
    """The parts of an address on their way through the rules."""

    def __init__(self, parts: Iterable[str], steps: Steps | None) -> None:
        self.parts = tuple(parts)
        self._steps = steps

    def to(self, rule: TreeRule, parts: Iterable[str], of: str = "") -> None:
        """What `rule` makes of them; it is a step only if it changes something."""
        after = tuple(parts)
        if after != self.parts and self._steps is not None:
            self._steps.append(Step(rule, self.parts, after, of))
        self.parts = after

    def drop(self, rule: TreeRule, which: Callable[[str], bool]) -> None:
        dropped = [part for part in self.parts if which(part)]
        if dropped:
            self.to(rule, (part for part in self.parts if not which(part)), " / ".join(dropped))


def read_url(rules: TreeRules, url: str, steps: Steps | None = None) -> Reading:
    """What an address says by itself: `https://x.example/en/a%20b/index.html?q=1` -> ("a b",).

    Each step taken is added to `steps`.
    """
    found = said(url)
    if found is None:
        return UNREADABLE
    walk = _Walk((), steps)
    walk.to("folders", found.folders)
    if rules.home and not found.route and is_home(rules, found.folders):
        walk.to("home", (), key_of(found.folders))
        return Reading((), "url", "home", (key_of(found.folders), "/"), found.parameters)
    reason: TreeReason = "url"
    if rules.hash_routes and found.route is not None:
        _index(rules, walk)
        walk.to("hash", (*walk.parts, *found.route))
        reason = "route" if found.route else "url"
    return _by_rules(rules, walk, "url", reason, found.parameters)


def read_names(
    rules: TreeRules, names: Path, source: Literal["canonical", "url"], steps: Steps | None = None
) -> Reading:
    """The same for the decoded parts of an address, as a browser sends them."""
    walk = _Walk((), steps)
    walk.to("canonical" if source == "canonical" else "folders", names)
    if rules.home and is_home(rules, names):
        walk.to("home", (), key_of(names))
        return Reading((), source, "home", (key_of(names), "/"))
    return _by_rules(rules, walk, source, source, ())


def _by_rules(rules: TreeRules, walk: _Walk, source: PathSource, reason: TreeReason, parameters: Parameters) -> Reading:
    keys = [key_of(walk.parts)]
    _index(rules, walk)
    if spoken := leading(walk.parts, rules.locales):
        walk.to("locale", walk.parts[spoken:], " / ".join(walk.parts[:spoken]))
    keys.append(key_of(walk.parts))
    if rules.ignored:
        walk.drop("ignored", globs(rules.ignored).fits)
    if rules.facets:
        walk.drop("facet", globs(rules.facets).fits)
    keys.append(key_of(walk.parts))
    calls: dict[int, str] = {}
    if rules.query and (levels := list(_levels(rules.query, parameters))):
        calls = {len(walk.parts) + number: level for number, level in enumerate(levels)}
        walk.to("query", (*walk.parts, *(value.partition("=")[2] for value in levels)), " & ".join(levels))
        reason = "query"
    own = reason in ("route", "query")
    for ending in rules.endings:
        walk.to("ending", (_without_ending(part, ending) for part in walk.parts), ending)
    names = [_called(rules, part, calls.get(at)) for at, part in enumerate(walk.parts)]
    if rules.ids != "keep":
        _ids(rules, walk, names)
    if rules.lower_case:
        walk.to("lower_case", (part.lower() for part in walk.parts))
    if any(names):
        walk.to("name", (name or part for name, part in zip(names, walk.parts, strict=True)))
    walk.to("limit", named_path(walk.parts))
    if rules.lower_case:
        keys += [key.lower() for key in keys]
    if not walk.parts and reason == "url":
        reason = "home"
    return Reading(walk.parts, source, reason, tuple(dict.fromkeys(keys)), parameters, own)


def _index(rules: TreeRules, walk: _Walk) -> None:
    after = without_index(rules.index, walk.parts)
    if after != walk.parts:
        walk.to("index", after, walk.parts[-1] if after == walk.parts[:-1] else walk.parts[0])


def _called(rules: TreeRules, part: str, parameter: str | None) -> str | None:
    """What the site calls this part: by itself, or as `cat=3` where it came from a parameter."""
    if not rules.names:
        return None
    return (rules.names.get(parameter) if parameter else None) or rules.names.get(part)


def _without_ending(part: str, ending: str) -> str:
    return part[: -len(ending)] or part if part.lower().endswith(ending.lower()) else part


def _ids(rules: TreeRules, walk: _Walk, names: list[str | None]) -> None:
    """Ids left out, or made one; an id at the edge of a name cut off. `names` loses what is left out, too."""
    kept: list[tuple[str, str | None]] = []
    touched: list[str] = []
    for at, part in enumerate(walk.parts):
        if names[at] is None and is_id(walk.parts, at):
            touched.append(part)
            if rules.ids == "group":
                kept.append((GROUP, None))
        elif names[at] is None and (without := without_id(part)) != part:
            touched.append(part)
            kept.append((without, None))
        else:
            kept.append((part, names[at]))
    walk.to("id", (part for part, _ in kept), " / ".join(touched))
    names[:] = [name for _, name in kept]


def _levels(wanted: tuple[str, ...], parameters: Parameters) -> Iterable[str]:
    """`("cat", "product")` and `?product=7&cat=a/b` -> `cat=a`, `cat=b`, `product=7`."""
    given = dict(parameters)
    for name in wanted:
        for value in given.get(name, "").split("/"):
            if value.strip():
                yield f"{name}={value.strip()}"


def without_index(patterns: tuple[str, ...], parts: Path) -> Path:
    """Without a file that stands for its folder: at the end, or in front of everything (`/index.php/women`)."""
    known = globs(patterns)
    if parts and known.fits(parts[-1]):
        return parts[:-1]
    return parts[1:] if parts and known.fits(parts[0]) else parts


def is_home(rules: TreeRules, folders: Path) -> bool:
    address = "/" + "/".join(folders)
    return any(fits(pattern if pattern == "/" else pattern.rstrip("/"), address) for pattern in rules.home)


def key_of(folders: Path) -> str:
    """How the site's tree spells an address: decoded, without the slash at the end and the usual index file."""
    return "/" + "/".join(without_index(USUAL.index, folders))


def named_path(names: Iterable[str]) -> Path:
    """Names trimmed, without the empty ones, at most 20 of at most 200 characters."""
    kept = (clean(name, NAME_LIMIT + 100).strip()[:NAME_LIMIT].strip() for name in names)
    return tuple(name for name in kept if name)[:DEPTH_LIMIT]
