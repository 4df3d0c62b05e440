"""Gains in words: figures so small that two decimals would hide them."""

import math

from gradewise.evaluation.results import Interval
from gradewise.reporting.wording import ABSENT, decimal, signed

DIGITS = 3


def gain_words(interval: Interval) -> str:
    """A gain with its bounds.

    >>> gain_words(Interval(0.0123, -0.001, 0.03))
    '+0.012 (−0.001 to +0.030)'
    """
    estimate = signed(interval.estimate, digits=DIGITS)
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return estimate
    return f"{estimate} ({signed(interval.low, digits=DIGITS)} to {signed(interval.high, digits=DIGITS)})"


def fine(interval: Interval) -> str:
    """A figure with its bounds, to three decimals.

    >>> fine(Interval(0.6543, 0.62, 0.69))
    '0.654 (0.620–0.690)'
    """
    estimate = decimal(interval.estimate, digits=DIGITS)
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return estimate
    low, high = (decimal(bound, digits=DIGITS) for bound in (interval.low, interval.high))
    return f"{estimate} ({low}–{high})" if estimate != ABSENT else ABSENT
