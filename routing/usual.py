"""The two triggers that most sites begin with."""

from contract.triggers import Caps, InBranch, Known, Returning, Rule, When


def back() -> Rule:
    """A known customer returns: at each arrival."""
    return Rule(conditions=When(all=(Known(), Returning())), caps=Caps(visit=None))


def deep(depth: int, seconds: int) -> Rule:
    """Somebody goes deep into one branch and stays there: once per visit."""
    return Rule(conditions=When(all=(InBranch(depth=depth, dwell=seconds),)))
