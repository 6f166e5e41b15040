"""The information tree of a site: its nodes, what an administrator gives of it, and where a page would stand."""

from typing import Annotated

from msgspec import Meta

from contract.names import PathSource, TreeKind, TreeReason, TreeRule
from contract.shapes import In, Out, Person, Problem
from contract.tree import TreeRules


class Topic(Out):
    """A node of the information tree that somebody visited, knows, or gave phrases for. `phrases`: what people write
    who mean it; those of the home page (`path` is empty) are what people write who mean nothing that we know.
    """

    id: str
    path: list[str]
    depth: int
    experts: list[Person]
    phrases: list[str]


class TopicPatch(In):
    """`phrases`: all that are to be kept; an empty list forgets them."""

    phrases: Annotated[list[Annotated[str, Meta(min_length=1, max_length=300)]], Meta(max_length=200)]


class TreeEntry(Out):
    """A page, or a pattern of pages (`*` for one part, `**` at the end for all below), and where it stands.

    `path` is null for a page of a sitemap: the rules read it out of the address.
    """

    id: str
    kind: TreeKind
    address: str
    path: list[str] | None


class TreeImported(Out):
    """What an import did. `read`: entries in the body; `kept`: entries of this kind that now hold; `repeated`: those
    that came again (the last counts); `left_out`: entries of a sitemap that are no address of a page; `by_depth`:
    kept entries by the length of their path ("0" is home). `sitemaps`: a sitemap index was sent, nothing was changed;
    these are the sitemaps it names: send the first, then the others with `?add=true`.
    """

    kind: TreeKind
    read: int
    kept: int
    repeated: int
    left_out: int
    by_depth: dict[str, int]
    sitemaps: list[str]


class TreeFault(Out):
    """What is wrong with a line of an imported file; lines count from 1."""

    line: int
    says: str


class TreeProblem(Problem):
    """An import that was refused as a whole: the first faults, and how many there are."""

    faults: list[TreeFault]
    faulty: int


class TreePreviewAsk(In):
    """A page as a browser would report it. `canonical`: its canonical address; `rules`: a draft instead of the saved
    ones; `path` and `source` as in a beacon.
    """

    url: Annotated[str, Meta(max_length=65536)]
    path: Annotated[list[Annotated[str, Meta(max_length=1000)]], Meta(max_length=100)] | None = None
    source: PathSource | None = None
    canonical: Annotated[str, Meta(max_length=65536)] | None = None
    rules: TreeRules | None = None


class TreeStep(Out):
    """One rule that changed something, or decided: the path before and after it, and a sentence for a person."""

    rule: TreeRule
    before: list[str]
    after: list[str]
    says: str


class TreePreview(Out):
    """Where the page would stand. `reason`: for programs; `says`: the same for a person."""

    path: list[str]
    depth: int
    source: PathSource
    reason: TreeReason
    says: str
    steps: list[TreeStep]
