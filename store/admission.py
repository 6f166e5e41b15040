"""Pure: may one more come in, when so many wait already? Whoever could not be served soon is told at once.

A queue that may grow until a fixed length hides an overload: everybody is served, and everybody late. Here the wait of
the next one is foretold from what the last commits took, and nobody is let in to wait longer than a moment: whoever is
in is served as quickly as ever, and the rest hears 503 while that is still of use.
"""

#: Seconds that somebody may be made to wait.
PATIENCE = 0.05
#: So many may always be ahead: a crowd that comes into an empty house makes one group, and small groups, which cost
#: more for each, foretell nothing of large ones.
ALWAYS = 128
#: What a commit still counts for after one more of the same size; so the last twenty or so decide.
FADING = 0.95


class Admission:
    """Tell it what each commit took; ask it before somebody joins the queue. One per queue."""

    def __init__(self, *, patience: float = PATIENCE, always: int = ALWAYS, room: int = 4096) -> None:
        self._patience, self._always, self._room = patience, min(always, room), room
        self._seconds = self._items = 0.0

    def took(self, items: int, seconds: float) -> None:
        """A commit of so many has just ended, well or badly."""
        self._seconds = self._seconds * FADING + seconds
        self._items = self._items * FADING + items

    def wait(self, ahead: int) -> float:
        """Seconds until so many are done; 0 while nothing is known."""
        return ahead * self._seconds / self._items if self._items else 0.0

    def admits(self, ahead: int) -> bool:
        """`ahead`: all who wait, and those whose commit is under way."""
        return ahead < self._always or (ahead < self._room and self.wait(ahead) <= self._patience)
