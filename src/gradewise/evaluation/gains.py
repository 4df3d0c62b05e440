"""What one way of grading gains over another on the same essays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from gradewise.evaluation.figures import MeasureOf
from gradewise.evaluation.results import ERRORS, Graded, Interval, Resampling
from gradewise.evaluation.side_by_side import compare_graders


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
    """Gains by name of figure.

    Args:
        measure: what is measured.
        before: the first way's grades.
        after: the second's, of the same essays in the same order.
        names: which figures of the measure.
        resampling: how intervals are made; over essays.

    Raises:
        InputError: the two did not grade the same essays by the same truth.
    """
    side = compare_graders([(before,), (after,)], resampling=resampling, measure=measure)
    return {
        name: Gain(
            metric=name,
            before=side.figure(name, 0),
            after=side.figure(name, 1),
            gain=side.gain(name, 1, over=0),
            n=len(before.essay_ids),
        )
        for name in names
    }


def turned(metric: str, difference: Interval) -> Interval:
    """A difference of figures as a gain: above 0 is better, whatever the figure.

    >>> turned("mae", Interval(0.25, -0.5, 1.0))
    Interval(estimate=-0.25, low=-1.0, high=0.5)
    """
    if metric not in ERRORS:
        return difference
    return Interval(0.0 - difference.estimate, 0.0 - difference.high, 0.0 - difference.low)


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
