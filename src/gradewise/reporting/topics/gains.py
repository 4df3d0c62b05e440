"""Gains in words: figures so small that two decimals would hide them."""

import math
from collections.abc import Mapping
from types import MappingProxyType

from gradewise.evaluation.fold_figures import Spread
from gradewise.evaluation.results import Interval
from gradewise.reporting.wording import decimal, difference_words

DIGITS: Mapping[str, int] = MappingProxyType({"qwk": 3, "adjacent_accuracy": 3, "mae": 3, "rps": 4})
"""Decimals of a figure."""
GAIN_DIGITS: Mapping[str, int] = MappingProxyType({**DIGITS, "rps": 5})
"""Decimals of a gain: those in probabilities are a hundredth of the figure or less."""
GAINED: Mapping[str, str] = MappingProxyType(
    {
        "qwk": "agreement (QWK)",
        "adjacent_accuracy": "essays within one grade",
        "mae": "closeness (MAE)",
        "rps": "probabilities (RPS)",
        "rmse": "closeness (RMSE)",
    }
)
"""What gets better when a figure does."""


def learnt_times(n_seeds: int) -> str:
    """How often one configuration was learnt.

    >>> learnt_times(1), learnt_times(3)
    ('once', '3 times by different seeds')
    """
    return "once" if n_seeds == 1 else f"{n_seeds:,} times by different seeds"


def gain_words(name: str, interval: Interval) -> str:
    """The gain in a figure with its bounds.

    >>> gain_words("qwk", Interval(0.0123, -0.001, 0.03))
    '+0.012 (−0.001 to +0.030)'
    """
    return difference_words(interval, digits=GAIN_DIGITS[name])


def spread_words(spread: Spread) -> str:
    """A figure over folds: its mean beside its standard deviation.

    >>> spread_words(Spread(0.6543, 0.021))
    '0.654 ± 0.021'
    """
    return f"{decimal(spread.mean, digits=3)} ± {decimal(spread.sd, digits=3)}"


def figure_words(name: str, interval: Interval) -> str:
    """A figure with its bounds, finer than reports of single models have it.

    >>> figure_words("qwk", Interval(0.6543, 0.62, 0.69))
    '0.654 (0.620–0.690)'
    >>> figure_words("rps", Interval(0.05, float("nan"), float("nan")))
    '0.0500'
    """
    estimate = decimal(interval.estimate, digits=DIGITS[name])
    if not (math.isfinite(interval.low) and math.isfinite(interval.high)):
        return estimate
    low, high = (decimal(bound, digits=DIGITS[name]) for bound in (interval.low, interval.high))
    return f"{estimate} ({low}–{high})"
