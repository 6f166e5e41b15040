"""Pure: how many experts at once, if each firing takes one for so long."""

from collections.abc import Sequence

from contract.names import Ms

_USUALLY = 95


def busy(times: Sequence[Ms], each: Ms) -> tuple[int, int]:
    """(the most at once, how many are enough in 95 % of the time in which anybody is). `times`: in any order."""
    if not times or each <= 0:
        return 0, 0
    steps = sorted([(at, 1) for at in times] + [(at + each, -1) for at in times])  # who ends makes room for who begins
    lasted: dict[int, Ms] = {}
    now, before = 0, steps[0][0]
    for at, step in steps:
        lasted[now] = lasted.get(now, 0) + at - before
        now, before = now + step, at
    lasted.pop(0, None)
    most = max(number for number, time in lasted.items() if time)
    whole, so_far = sum(lasted.values()), 0
    for number in sorted(lasted):
        so_far += lasted[number]
        if so_far * 100 >= whole * _USUALLY:
            return most, number
    return most, most
