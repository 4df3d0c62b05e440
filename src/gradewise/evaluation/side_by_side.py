"""Graders of the same essays, side by side: resampled together, so that luck with essays cancels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.evaluation.agreement import (
    accuracy_of_counts,
    kappa_of_counts,
    mean_absolute_error_of_counts,
    weighted_joint_counts,
)
from gradewise.evaluation.bootstrap import percentile_interval, replicate
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.probability import ranked_probability_scores
from gradewise.evaluation.results import Graded, Interval, Resampling
from gradewise.evaluation.slices import select
from gradewise.evaluation.weights import Floats, Weights, ratio, unit_weights

Grader = Sequence[Graded]
"""What models that differ by their seed alone said of the same essays; a figure is its mean over them."""
Rows = NDArray[np.int64]
"""Positions of essays."""

BETTER: Mapping[str, int] = MappingProxyType({"qwk": 1, "adjacent_accuracy": 1, "mae": -1, "rps": -1})
"""The figures that are compared: 1 where more is better, -1 where less is."""

_FEWEST_UNITS = 2  # a spread needs two things that could have been drawn


@dataclass(frozen=True, slots=True, eq=False)
class SideBySide:
    """Figures of graders on the same essays, and on resamples that all of them share."""

    estimates: Mapping[str, Floats]
    """By name in `BETTER`: shape ``(n_graders,)``."""
    replicates: Mapping[str, Floats]
    """The same on every resample: shape ``(n_resamples, n_graders)``."""
    resampling: Resampling
    """How the resamples were drawn."""

    def interval(self, name: str, grader: int) -> Interval:
        """A grader's figure."""
        found = self.estimates[name][grader], self.replicates[name][:, grader]
        return percentile_interval(*found, confidence=self.resampling.confidence)

    def figures(self, grader: int) -> Mapping[str, Interval]:
        """Every figure of a grader."""
        return {name: self.interval(name, grader) for name in BETTER}

    def gain(self, name: str, grader: int, over: int) -> Interval:
        """How much better a grader is than another; above 0 it is better, whatever the figure."""
        apart = BETTER[name] * (self.estimates[name][grader] - self.estimates[name][over])
        return percentile_interval(
            float(apart), self._apart(name, grader, over), confidence=self.resampling.confidence
        )

    def gains(self, grader: int, over: int) -> Mapping[str, Interval]:
        """Every gain of a grader over another."""
        return {name: self.gain(name, grader, over) for name in BETTER}

    def luck(self, name: str, grader: int, over: int) -> float:
        """How probable so large a gain is where there is none, by the luck of which essays were graded.

        One-sided, by the normal distribution with the spread of the resamples: unlike a share of resamples
        it does not end at one in their number, which a test of many columns would run into. A gain that
        never varies is no luck, and none at all is certain.
        """
        apart = self._apart(name, grader, over)
        gain = float(BETTER[name] * (self.estimates[name][grader] - self.estimates[name][over]))
        defined = apart[np.isfinite(apart)]
        if not np.isfinite(gain) or defined.size < _FEWEST_UNITS:
            return 1.0
        spread = float(defined.std(ddof=1))
        return float(gain <= 0) if spread == 0 else NormalDist().cdf(-gain / spread)

    def _apart(self, name: str, grader: int, over: int) -> Floats:
        apart: Floats = BETTER[name] * (self.replicates[name][:, grader] - self.replicates[name][:, over])
        return apart


def compare_graders(
    graders: Sequence[Grader], *, resampling: Resampling, clusters: Sequence[str] | None = None
) -> SideBySide:
    """Take the figures of graders on the essays and on resamples of them.

    Args:
        graders: each graded the same essays in the same order.
        resampling: how many resamples, of which confidence and seed.
        clusters: each essay's cluster, when whole clusters are drawn; fewer than two give no intervals.

    Raises:
        InputError: there is no grader, or two did not grade the same essays by the same truth.
    """
    first = _first(graders)
    n = len(first.essay_ids)
    measure = partial(_figures, graders)
    replicates = replicate(measure, n, resampling=resampling, clusters=clusters)
    if len(set(range(n) if clusters is None else clusters)) < _FEWEST_UNITS:
        replicates = {name: np.full_like(values, np.nan) for name, values in replicates.items()}
    estimates = {name: values[0] for name, values in measure(unit_weights(n)).items()}
    return SideBySide(estimates, replicates, resampling)


def fold_figures(grader: Grader, folds: Sequence[Rows]) -> dict[str, Floats]:
    """Figures of a grader's seeds, fold by fold, each of shape ``(n_seeds, n_folds)``.

    Args:
        grader: the grades.
        folds: positions of each fold's essays.
    """
    table = [[figures_of(select(graded, rows)) for rows in folds] for graded in grader]
    return {name: np.array([[cell[name] for cell in row] for row in table]) for name in BETTER}


def figures_of(graded: Graded) -> dict[str, float]:
    """The figures of one model's grades, by name in `BETTER`; ``nan`` where one is not defined."""
    found = _of_one(graded, unit_weights(len(graded.essay_ids)))
    return {name: float(values[0]) for name, values in found.items()}


def fold_gains(grader: Mapping[str, Floats], over: Mapping[str, Floats]) -> dict[str, Floats]:
    """From `fold_figures` of two graders how much better the first is: above 0 it is better."""
    return {name: sign * (grader[name] - over[name]) for name, sign in BETTER.items()}


def _first(graders: Sequence[Grader]) -> Graded:
    if not graders or not all(graders):
        raise InputError("there is no grader, or one without grades; give at least one with its grades")
    first = graders[0][0]
    for graded in (each for grader in graders for each in grader):
        same = graded.essay_ids == first.essay_ids and np.array_equal(graded.true_codes, first.true_codes)
        if not same:
            raise InputError(
                f"graders of {len(first.essay_ids)} and {len(graded.essay_ids)} essays did not grade the "
                "same essays in the same order by the same truth; compare them on one set of essays"
            )
    return first


def _figures(graders: Sequence[Grader], weights: Weights) -> Figures:
    """Each figure of shape ``(n_resamples, n_graders)``."""
    columns = [_mean([_of_one(graded, weights) for graded in grader]) for grader in graders]
    return {name: np.stack([column[name] for column in columns], axis=1) for name in BETTER}


def _mean(of_seeds: Sequence[Figures]) -> Figures:
    return {name: np.mean([figures[name] for figures in of_seeds], axis=0) for name in BETTER}


def _of_one(graded: Graded, weights: Weights) -> Figures:
    n_grades = graded.probabilities.shape[1]
    counts = weighted_joint_counts(graded.true_codes, graded.predicted_codes, weights, n_grades=n_grades)
    missed = ranked_probability_scores(graded.probabilities, graded.true_codes)
    return {
        "qwk": kappa_of_counts(counts),
        "adjacent_accuracy": accuracy_of_counts(counts, tolerance=1),
        "mae": mean_absolute_error_of_counts(counts),
        "rps": ratio(weights @ missed, weights.sum(axis=1)),
    }
