"""The work of an import, in a process of its own: seconds of reading that nobody's page view waits behind.

`python -m service.flows.tree_job` reads one `Job` from its input, writes one `Outcome` to its output, and knows no
database. Threads would not do: they take turns with the loop, and each beacon waits for many turns.
"""

import os
import sys

import msgspec

import access.tree
from contract.names import TreeKind
from contract.tree import MOST_ENTRIES
from tracker.tree_entry import Fault, Refusals
from tracker.tree_import import Format, read_tree, together

#: Behind those who wait for an answer.
_NICE = 10


class Job(msgspec.Struct, kw_only=True):
    """A body, and what is kept of the site's tree so far, packed, by kind."""

    body: bytes
    format: Format | None
    add: bool
    there: dict[TreeKind, bytes]


class Outcome(msgspec.Struct, kw_only=True):
    """What is to be kept of this kind from now on, packed, and counts as in `TreeImported`.

    Nothing is to be kept where there are `sitemaps` (it was an index), `faults` (nothing was taken), or `too_large`
    (the bound that was passed).
    """

    kind: TreeKind = "tree"
    packed: bytes = b""
    kept: int = 0
    read: int = 0
    repeated: int = 0
    left_out: int = 0
    by_depth: dict[str, int] = {}
    sitemaps: list[str] = []
    faults: list[tuple[int, Fault]] = []
    faulty: int = 0
    too_large: int = 0


def do(job: Job) -> Outcome:
    """Read, put together, pack."""
    try:
        found = read_tree(job.body, MOST_ENTRIES, job.format)
        if found.sitemaps:
            return Outcome(kind=found.kind, read=found.read, left_out=found.left_out, sitemaps=found.sitemaps)
        entries = found.entries
        if job.add and found.kind in job.there:
            entries = together(access.tree.unpack(job.there[found.kind]), entries)
        others = sum(len(access.tree.unpack(packed)) for kind, packed in job.there.items() if kind != found.kind)
        if len(entries) + others > MOST_ENTRIES:
            return Outcome(too_large=MOST_ENTRIES)
    except Refusals as refused:
        return Outcome(faults=refused.faults, faulty=refused.faulty)
    except OverflowError as error:
        return Outcome(too_large=int(error.args[0]))
    return Outcome(
        kind=found.kind,
        packed=access.tree.pack(entries.items()),
        kept=len(entries),
        read=found.read,
        repeated=found.repeated,
        left_out=found.left_out,
        by_depth=found.by_depth(entries),
    )


def main() -> None:
    os.nice(_NICE)
    job = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Job)
    sys.stdout.buffer.write(msgspec.msgpack.encode(do(job)))


if __name__ == "__main__":
    main()
