"""Graders of the same essays, side by side: resampled together, so that luck with essays cancels.

Whatever is said of two or more graders of the same essays is said here: each is drawn the same essays as the
others, so that what is hard or lucky for all of them is no difference between them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist

import numpy as np

from gradewise.errors import InputError
from gradewise.evaluation.bootstrap import percentile_interval, replicate
from gradewise.evaluation.figures import Figures, MeasureOf, compared_figures, headline_figures
from gradewise.evaluation.results import (
    ERRORS,
    HEADLINE,
    USUAL,
    Graded,
    Interval,
    Resampling,
    headline_metrics,
)
from gradewise.evaluation.weights import Floats, Weights, unit_weights

Grader = Sequence[Graded]
"""What models that differ by their seed alone said of the same essays; a figure is its mean over them."""

_FEWEST_DEFINED = 2  # a spread needs two resamples


@dataclass(frozen=True, slots=True, eq=False)
class SideBySide:
    """Figures of graders on the same essays, and on resamples that all of them share."""

    estimates: Mapping[str, Floats]
    """By name: shape ``(n_graders,)``."""
    replicates: Mapping[str, Floats]
    """The same on every resample: shape ``(n_resamples, n_graders)``."""
    resampling: Resampling
    """How the resamples were drawn."""

    def figure(self, name: str, grader: int) -> float:
        """A grader's figure on the essays themselves."""
        return float(self.estimates[name][grader])

    def interval(self, name: str, grader: int) -> Interval:
        """A grader's figure."""
        return self._interval(self.figure(name, grader), self.replicates[name][:, grader])

    def figures(self, grader: int, names: Sequence[str] = HEADLINE) -> dict[str, Interval]:
        """Some figures of a grader."""
        return {name: self.interval(name, grader) for name in names}

    def difference(self, name: str, grader: int, *, less: int) -> Interval:
        """A grader's figure less that of another."""
        estimate = self.figure(name, grader) - self.figure(name, less)
        values = self.replicates[name]
        return self._interval(estimate, values[:, grader] - values[:, less])

    def gain(self, name: str, grader: int, over: int) -> Interval:
        """How much better a grader is than another; above 0 it is better, whatever the figure."""
        better, worse = (over, grader) if name in ERRORS else (grader, over)
        return self.difference(name, better, less=worse)

    def gains(self, grader: int, over: int, names: Sequence[str] = HEADLINE) -> dict[str, Interval]:
        """Some gains of a grader over another."""
        return {name: self.gain(name, grader, over) for name in names}

    def luck(self, name: str, grader: int, over: int) -> float:
        """How probable so large a gain is where there is none, by the luck of which essays were graded.

        One-sided, by the normal distribution with the spread of the resamples: unlike a share of resamples
        it does not end at one in their number, which a test of many columns would run into. A gain that
        never varies is no luck, and none at all is certain.
        """
        sign, values = -1.0 if name in ERRORS else 1.0, self.replicates[name]
        gain = sign * (self.figure(name, grader) - self.figure(name, over))
        apart = values[:, grader] - values[:, over]
        defined = apart[np.isfinite(apart)]
        if not np.isfinite(gain) or defined.size < _FEWEST_DEFINED:
            return 1.0
        spread = float(defined.std(ddof=1))
        return float(gain <= 0) if spread == 0 else NormalDist().cdf(-gain / spread)

    def _interval(self, estimate: float, replicates: Floats) -> Interval:
        return percentile_interval(estimate, replicates, confidence=self.resampling.confidence)


def compare_graders(
    graders: Sequence[Grader],
    *,
    resampling: Resampling,
    measure: MeasureOf = compared_figures,
    clusters: Sequence[str] | None = None,
) -> SideBySide:
    """Take the figures of graders on the essays and on resamples of them.

    Args:
        graders: each graded the same essays in the same order.
        resampling: how many resamples, of which confidence and seed.
        measure: what is taken of each.
        clusters: each essay's cluster, when whole clusters are drawn; fewer than two give no intervals.

    Raises:
        InputError: there is no grader, or two did not grade the same essays by the same truth.
    """
    if not graders or not all(graders):
        raise InputError("there is no grader, or one without grades; give at least one with its grades")
    first = graders[0][0]
    for graded in (each for grader in graders for each in grader):
        require_same_essays(first, graded)
    n, of_all = len(first.essay_ids), partial(_figures, graders, measure)
    estimates = {name: values[0] for name, values in of_all(unit_weights(n)).items()}
    return SideBySide(estimates, replicate(of_all, n, resampling=resampling, clusters=clusters), resampling)


def paired_difference(metric: str, a: Graded, b: Graded, *, resampling: Resampling = USUAL) -> Interval:
    """One headline metric of a model less that of another, on the same essays.

    Args:
        metric: One of `headline_metrics`; of an error such as ``mae``, less is better.
        a: The first model's grades.
        b: The second's, of the same essays in the same order.
        resampling: How intervals are made.

    Raises:
        InputError: the metric is unknown, or the two did not grade the same essays by the same truth.
    """
    if metric not in (known := headline_metrics(a)):
        raise InputError(f"unknown metric {metric!r}; use one of {' '.join(known)}")
    side = compare_graders([(a,), (b,)], resampling=resampling, measure=headline_figures)
    return side.difference(metric, 0, less=1)


def require_same_essays(reference: Graded, candidate: Graded) -> None:
    """Pass when two models graded the same essays, in the same order, by the same truth.

    Raises:
        InputError: they did not; the message names an essay.
    """
    if reference.essay_ids != candidate.essay_ids:
        odd = sorted(set(reference.essay_ids) ^ set(candidate.essay_ids))
        named = f", such as {odd[0]!r}" if odd else " in another order"
        raise InputError(
            f"the two graded different essays ({len(reference.essay_ids)} and {len(candidate.essay_ids)}"
            f"{named}); compare graders of the same essays in the same order"
        )
    if not np.array_equal(reference.true_codes, candidate.true_codes):
        row = int(np.argmax(reference.true_codes != candidate.true_codes))
        raise InputError(
            f"essay {reference.essay_ids[row]!r} has two true grades; compare graders by the same truth"
        )


def _figures(graders: Sequence[Grader], measure: MeasureOf, weights: Weights) -> Figures:
    """Each figure of shape ``(n_resamples, n_graders)``."""
    columns = [[measure(graded, weights) for graded in grader] for grader in graders]
    return {
        name: np.stack([np.mean([seed[name] for seed in column], axis=0) for column in columns], axis=1)
        for name in columns[0][0]
    }
