"""Pure: who is offered first to somebody who comes free, and stands first on the desk.

Whoever waits grows older, and age counts like importance. Everybody ages alike, so the order of two never changes while
they wait: it is the order of the moments at which their turns stand, the raising moved forward by a head start. The
database sorts by the same sum (`routing.queries.TURN`), the desk by the value it is sent.
"""

from contract.clock import SECOND
from contract.names import Ms
from routing.importance import KNOWN

#: One point of importance is as good as having come a second earlier.
POINT: Ms = SECOND
#: A customer with history goes before strangers who have waited up to this much longer, whatever their points.
HISTORY: Ms = 120 * SECOND
#: The bound: whoever comes later than this after a waiting visitor is not offered before them, whoever it is. So a
#: stranger before whom n wait, while others come at no more than r per second, is offered after at most
#: n + r * HEAD_START (in s) + 1 places have come free, however long the stream goes on.
HEAD_START: Ms = HISTORY + 100 * POINT


def turn(importance: int, raised_at: Ms) -> Ms:
    """Smaller goes first; of equals the smaller id, which is the older one."""
    return raised_at - importance * POINT - (HISTORY if importance >= KNOWN else 0)
