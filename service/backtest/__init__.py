"""What a trigger would have done: the evaluator that judges live, on stored visits as they were known at the time."""

from service.backtest.look import Fired, firings, sample
from service.backtest.run import backtest

__all__ = ["Fired", "backtest", "firings", "sample"]
