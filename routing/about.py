"""Pure: what a text is about, as a place in the information tree; and what follows for whom to ring.

A text is compared with every topic that was learned. Each has a share, the probability that it is the one; the shares
add up the tree, so that a text which may be about either of two kinds of boots is surely about boots.
"""

from collections.abc import Iterable

import msgspec

Path = tuple[str, ...]

#: A place is the topic only if the text is rather about it than about all others together.
SURE = 0.5
#: How much surer the written words have to be where the whole visit was spent on another branch.
AGAINST_READING = 0.25


class Guess(msgspec.Struct, frozen=True):
    """`share`: the probability, from 0 to 1, that the text is about `path` or something below it."""

    path: Path
    share: float


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What one text is about.

    `paths`: the topics that were learned, the most probable first. `fits`: False says that nobody fits, whatever the
    shares are: they only compare the topics with one another. `because`: up to three words of the text, as they were
    read, that speak most for the first topic.
    """

    paths: tuple[Guess, ...]
    fits: bool
    because: tuple[str, ...] = ()

    def at(self, depth: int) -> tuple[Guess, ...]:
        """The same, rolled up: places at most `depth` levels deep, the most probable first."""
        shares: dict[Path, float] = {}
        for guess in self.paths:
            shares[guess.path[:depth]] = shares.get(guess.path[:depth], 0.0) + guess.share
        return ranked(Guess(path, share) for path, share in shares.items())

    def sure(self) -> Guess | None:
        """The deepest place of which the text is sure (`SURE`); None if it fits nowhere or might be about anything."""
        if not self.fits:
            return None
        found = None
        for depth in range(1, max((len(guess.path) for guess in self.paths), default=0) + 1):
            under = [guess for guess in self.at(depth) if len(guess.path) == depth]
            if not under or under[0].share < SURE:
                break
            found = under[0]
        return found


class Topic(msgspec.Struct, frozen=True):
    """What to look for an expert of. `written`: the visitor's words decided, or made it more exact."""

    path: Path
    share: float
    written: bool


def ranked(guesses: Iterable[Guess]) -> tuple[Guess, ...]:
    """The most probable first; equals in the order of their paths, so that the same text gives the same answer."""
    return tuple(sorted(guesses, key=lambda guess: (-guess.share, guess.path)))


def blend(read_topic: Path, read_share: float, about: About | None) -> Topic:
    """The topic of the match, out of what was read and what was written.

    `read_topic` is the branch that holds most of the visit's interest, () if nothing was read, and `read_share` its
    part of it, from 0 to 1. The rule, in this order:

    1. No opinion, nobody fits, or not sure of any place: what was read counts.
    2. Nothing was read: what was written counts.
    3. One place lies below the other: they agree, and the deeper one counts, with the greater of the two shares.
    4. They contradict each other: words are meant for us and count, if they are sure enough. The more of the visit went
       elsewhere, the surer they must be: `SURE` + `AGAINST_READING` x `read_share`. If they are not, what was read
       counts.
    """
    read, written = Topic(read_topic, read_share, False), about.sure() if about is not None else None
    if written is None:
        return read
    if not read_topic:
        return Topic(written.path, written.share, True)
    shared = min(len(read_topic), len(written.path))
    if read_topic[:shared] == written.path[:shared]:
        deeper = len(written.path) > len(read_topic)
        return Topic(written.path if deeper else read_topic, max(read_share, written.share), deeper)
    if written.share >= SURE + AGAINST_READING * read_share:
        return Topic(written.path, written.share, True)
    return read
