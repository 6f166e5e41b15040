"""Pure: the home page as a page's breadcrumb names it: `Home > Women > Boots` is two levels deep, not three."""

from functools import lru_cache

from contract.names import PathSource
from contract.tree import Path, TreeRules
from tracker.tree_address import plain

#: Who writes the home page down as a level: breadcrumbs are made for readers and search engines.
_CRUMBS: frozenset[PathSource | None] = frozenset({"breadcrumb", "microdata"})


def without_home(rules: TreeRules, source: PathSource | None, path: Path) -> Path:
    """A breadcrumb's path without the home page in front; a path of any other source as it is."""
    if path and source in _CRUMBS and plain(path[0]).casefold() in _names(rules):
        return path[1:]
    return path


@lru_cache(maxsize=512)
def _names(rules: TreeRules) -> frozenset[str]:
    """Ready for one look-up; rules are told apart by identity, so nothing is compared."""
    return frozenset(plain(name).casefold() for name in rules.home_names)
