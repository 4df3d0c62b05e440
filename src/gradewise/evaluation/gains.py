"""What one way of grading gains over another on the same essays."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradewise.evaluation.bootstrap import percentile_interval, replicate
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.results import Graded, Interval, Resampling
from gradewise.evaluation.weights import Weights, unit_weights

ERRORS = frozenset({"mae", "rmse", "brier", "ece", "rps"})
"""Figures of which less is better."""

MeasureOf = Callable[[Graded, Weights], Figures]
"""Figures of graded essays under weights."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Gain:
    """One figure before and after, and how much better it became."""

    metric: str
    """Its name."""
    before: float
    """Of the first way."""
    after: float
    """Of the second, on the same essays."""
    gain: Interval
    """How much better the second is, whichever direction is better for the figure; below 0 it is worse."""
    n: int
    """Essays."""

    @property
    def shown(self) -> bool:
        """Whether the gain is above 0 beyond chance."""
        return self.gain.low > 0

    @property
    def lost(self) -> bool:
        """Whether the second way is worse beyond chance."""
        return self.gain.high < 0


def gains(
    measure: MeasureOf, before: Graded, after: Graded, names: Sequence[str], *, resampling: Resampling
) -> Mapping[str, Gain]:
    """Gains by name of figure; both ways are resampled together, so that an essay's difficulty cancels.

    Args:
        measure: what is measured.
        before: the first way's grades.
        after: the second's, of the same essays in the same order.
        names: which figures of the measure.
        resampling: how intervals are made; over essays.
    """
    n, ones = len(before.essay_ids), unit_weights(len(before.essay_ids))
    first, second = measure(before, ones), measure(after, ones)
    drawn = [replicate(partial(measure, graded), n, resampling=resampling) for graded in (before, after)]
    found = {}
    for name in names:
        sign = -1.0 if name in ERRORS else 1.0
        was, became = float(first[name][0]), float(second[name][0])
        apart = sign * (drawn[1][name] - drawn[0][name])
        interval = percentile_interval(sign * (became - was), apart, confidence=resampling.confidence)
        found[name] = Gain(metric=name, before=was, after=became, gain=interval, n=n)
    return found


def loss_of(metric: str, figure: float) -> float:
    """A figure as something to make small; agreement that is not defined counts as none.

    >>> loss_of("qwk", 0.7), loss_of("rps", 0.05), loss_of("qwk", float("nan"))
    (-0.7, 0.05, 0.0)
    """
    known = 0.0 if np.isnan(figure) else figure
    return known if metric in ERRORS else 0.0 - known


def figure_of(metric: str, loss: float) -> float:
    """Undoes `loss_of`.

    >>> figure_of("qwk", -0.7), figure_of("rps", 0.05)
    (0.7, 0.05)
    """
    return loss if metric in ERRORS else 0.0 - loss
