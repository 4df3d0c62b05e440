"""Grade sets: the few neighbouring grades among which the teacher's is promised to be.

A grade belongs to the set of an essay when it lies no farther from the score than the teacher's grade does
for most essays that have that grade. Every grade has a quantile of its own, so that the promise holds for
weak and strong essays alike; one quantile for all keeps it on average, and covers two in three of the weak.

How it compares with other ways, and what rare grades cost: ``docs/decisions/0006-grade-sets.md``.

Source: Vovk, Gammerman & Shafer (2005), Algorithmic Learning in a Random World, section 4.5 (conformal
prediction by label), doi:10.1007/b106715; Sadinle, Lei & Wasserman (2019),
doi:10.1080/01621459.2017.1395341.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, isnan

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import TrainingError
from gradewise.essays.codes import Codes
from gradewise.models.piecewise import Floats
from gradewise.models.predictions import Scores

_FEWEST = 30
_FEWEST_OUTSIDE = 3
_SLACK = 1e-9  # (n + 1) * coverage may be a whole number and come out a little above it


@dataclass(frozen=True, slots=True)
class GradeSets:
    """How far from the score each grade may lie and still be in the set.

    Raises:
        TrainingError: the coverage is no share, or the quantiles are not distances of a scale.
    """

    coverage: float
    """Share of the essays of each grade whose set is promised to hold it, such as 0.9."""
    quantiles: tuple[float, ...]
    """For each grade the largest distance to the score, in grades; ``inf`` is always in the set."""

    def __post_init__(self) -> None:
        _check_coverage(self.coverage)
        if len(self.quantiles) <= 1 or any(isnan(each) or each < 0 for each in self.quantiles):
            raise TrainingError(
                f"grade sets need a distance of 0 or more for each grade, two at least, got {self.quantiles}"
            )

    def bounds(self, scores: Scores, given: Codes) -> tuple[Codes, Codes]:
        """The lowest and the highest grade of each essay's set: no grade between them is missing.

        The grade that is given always belongs to the set, so that none is empty.

        Args:
            scores: shape ``(n,)``, finite.
            given: the grades that are given, shape ``(n,)``.

        Returns:
            Two arrays of codes, each of shape ``(n,)``.

        >>> low, high = GradeSets(0.9, (1.5, 1.0, 1.0, 1.5)).bounds(np.float32([1.2, 2.9]), np.array([1, 3]))
        >>> low.tolist(), high.tolist()
        ([0, 2], [2, 3])
        """
        (first, last), exact = _ends(self.quantiles), scores.astype(np.float64)
        low = last.searchsorted(exact, side="left")
        high = first.searchsorted(exact, side="right") - 1
        return np.minimum(low, given), np.maximum(high, given)


@lru_cache(maxsize=64)
def _ends(quantiles: tuple[float, ...]) -> tuple[Floats, Floats]:
    """Where the stretch of each grade begins and ends on the score, each of shape ``(n_grades,)``."""
    grades, reach = np.arange(len(quantiles)), np.array(quantiles)
    # A run has no gap where the ends of neighbouring grades' stretches never fall.
    first: Floats = np.minimum.accumulate((grades - reach)[::-1])[::-1]
    last: Floats = np.maximum.accumulate(grades + reach)
    return first, last


def fewest_essays(coverage: float) -> int:
    """Essays below which a grade borrows from its neighbours: 30, or what leaves three outside its sets.

    With fewer a quantile is the largest or the second largest of a handful, and one odd essay widens the
    sets of everybody.

    >>> fewest_essays(0.8), fewest_essays(0.9), fewest_essays(0.95)
    (30, 30, 60)
    """
    _check_coverage(coverage)
    return max(_FEWEST, ceil(_FEWEST_OUTSIDE / (1 - coverage) - _SLACK))


def fit_grade_sets(scores: Scores, codes: Codes, *, n_grades: int, coverage: float = 0.9) -> GradeSets:
    """Learn grade sets from essays that the model has not seen.

    A grade with `fewest_essays` or more has the conformal quantile of its own essays: the
    ``ceil((n + 1) * coverage)``-th smallest distance. A grade with fewer, even none, fills up with essays of
    the nearest grades, which together count for what is lacking and lend their distances.

    Args:
        scores: of held-out essays, shape ``(n,)``, finite.
        codes: the teacher's grades, shape ``(n,)``.
        n_grades: grades on the scale.
        coverage: share of the essays of each grade whose set is to hold it, in ``(0, 1)``.

    Raises:
        TrainingError: there is no score, one is not finite, or the coverage is no share.
    """
    if scores.size == 0 or not np.isfinite(scores).all():
        raise TrainingError(f"cannot learn grade sets from {scores.size} scores; all must be finite")
    known = _Known(scores.astype(np.float64), codes, min(fewest_essays(coverage), len(codes)))
    return GradeSets(coverage, tuple(known.reach(grade, coverage) for grade in range(n_grades)))


def held_out_bounds(
    scores: Scores,
    codes: Codes,
    given: Codes,
    parts: Sequence[NDArray[np.int64]],
    *,
    n_grades: int,
    coverage: float = 0.9,
) -> tuple[Codes, Codes]:
    """Bounds of the set of each essay, learnt from the essays of the other parts.

    Args:
        scores: out-of-fold scores, shape ``(n,)``.
        codes: the teacher's grades, shape ``(n,)``.
        given: the grades that are given, shape ``(n,)``.
        parts: positions of essays that are held out together; every essay is in one part.
        n_grades: grades on the scale.
        coverage: as for `fit_grade_sets`.

    Returns:
        Lowest and highest codes, each of shape ``(n,)``.
    """
    low, high = given.copy(), given.copy()
    for part in parts:
        others = np.setdiff1d(np.arange(len(scores)), part)
        sets = fit_grade_sets(scores[others], codes[others], n_grades=n_grades, coverage=coverage)
        low[part], high[part] = sets.bounds(scores[part], given[part])
    return low, high


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """Essays whose scores and grades are known."""

    scores: Floats
    """Shape ``(n,)``."""
    codes: Codes
    """Shape ``(n,)``."""
    fewest: int
    """Essays that a quantile is taken of at least, 1 to n."""

    def reach(self, grade: int, coverage: float) -> float:
        """How far from the score this grade may lie."""
        away = np.abs(self.codes - grade)
        near = away <= np.sort(away)[self.fewest - 1]
        own, lent = near & (away == 0), near & (away > 0)
        weight = min(1.0, max(self.fewest - int(own.sum()), 0) / max(int(lent.sum()), 1))
        distances = np.abs(self.codes - self.scores)
        return _conformal_quantile(distances[near], np.where(own, 1.0, weight)[near], coverage)


def _conformal_quantile(distances: Floats, weights: Floats, coverage: float) -> float:
    """The smallest distance that ``(total weight + 1) * coverage`` do not exceed; ``inf`` when none is."""
    order = np.argsort(distances, kind="stable")
    counted = np.cumsum(weights[order])
    place = int(np.searchsorted(counted, (counted[-1] + 1) * coverage - _SLACK))
    return float(distances[order[place]]) if place < len(order) else float("inf")


def _check_coverage(coverage: float) -> None:
    if not 0 < coverage < 1:
        raise TrainingError(f"coverage {coverage} is not a share between 0 and 1; ask for 0.9, say")
