"""Agreement with the score that raters would give on average, and the ceiling that their noise sets.

Classical test theory: a rating is a true score plus an error, errors are independent and equally large.
Essays may have any number of ratings, so that a double-marked sample is enough.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradewise.errors import InputError
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.results import USUAL, Interval, Resampling
from gradewise.evaluation.weights import Floats, Weights, ratio, unit_weights


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The kappa that can be had against noisy labels, by what the predictor is."""

    theoretical: float
    """Predicting the true score itself: the best that a regression can do."""
    variance_matched: float
    """Predicting the true score, stretched to the spread of the labels: the best that can be done."""
    human_like: float
    """One more rater: what agreement with the labels a human has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueScoreEvaluation:
    """Machine scores beside the ratings of several humans."""

    n: int
    """Essays with at least one rating."""
    n_multiple: int
    """Essays with two ratings or more: what the rater error is estimated from."""
    prmse: Interval
    """Share of true-score variance that the machine explains."""
    reliability: Interval
    """Share of a single rating's variance that is true."""
    theoretical: Interval
    """Ceiling of a predictor that knows the true score."""
    variance_matched: Interval
    """Ceiling of one that also has the spread of the labels."""
    human_like: Interval
    """Agreement of one more human with the labels."""
    resampling: Resampling
    """How intervals were made."""


@dataclass(frozen=True, slots=True)
class _Ratings:
    """What the formulas need of each essay's ratings: three arrays of shape ``(n,)``."""

    number: Floats
    mean: Floats
    squares: Floats


def rater_error_variance(ratings: Floats) -> float:
    """Variance of one rating around its essay's true score, pooled over essays.

    Args:
        ratings: Shape ``(n, n_raters)``; ``nan`` where a rater did not see the essay.

    Returns:
        The variance, in squared score units; ``nan`` when no essay has two ratings.

    >>> rater_error_variance(np.array([[2.0, 3.0], [4.0, 4.0]]))
    0.25
    """
    return _one(_error_variance(_parts(ratings), unit_weights(len(ratings)), None))


def true_score_variance(ratings: Floats, *, error_variance: float | None = None) -> float:
    """Variance of true scores between essays, in squared score units; below 0 when ratings are all noise.

    Args:
        ratings: Shape ``(n, n_raters)``; ``nan`` where a rater did not see the essay.
        error_variance: Of one rating, when known; estimated from essays with several ratings otherwise.

    Source: as `prmse`.
    """
    parts, ones = _parts(ratings), unit_weights(len(ratings))
    return _one(_true_variance(parts, ones, _error_variance(parts, ones, error_variance)))


def mean_squared_true_error(scores: Floats, ratings: Floats, *, error_variance: float | None = None) -> float:
    """Mean squared distance of machine scores to true scores, in squared score units; may fall below 0.

    Args:
        scores: The machine's: shape ``(n,)``.
        ratings: The humans': shape ``(n, n_raters)``; ``nan`` where a rater did not see the essay.
        error_variance: Of one rating, when known; estimated from essays with several ratings otherwise.

    Source: as `prmse`.
    """
    parts, ones = _parts(ratings), unit_weights(len(ratings))
    return _one(_true_error(scores, parts, ones, _error_variance(parts, ones, error_variance)))


def prmse(scores: Floats, ratings: Floats, *, error_variance: float | None = None) -> float:
    """Proportional reduction of mean squared error when true scores are predicted by machine scores.

    ``1 - MSE(true | machine) / variance(true)``, each essay weighted by its number of ratings.

    Args:
        scores: The machine's: shape ``(n,)``.
        ratings: The humans': shape ``(n, n_raters)``; ``nan`` where a rater did not see the essay.
        error_variance: Of one rating, when known; estimated from essays with several ratings otherwise.

    Returns:
        At most about 1, and 0 for a machine no better than the mean; ``nan`` when the error variance
        cannot be estimated or the ratings show no true variance.

    Raises:
        InputError: scores and ratings are of different essays, or an essay has a score that is not finite.

    Source: Loukina et al. (2020), "Using PRMSE to evaluate automated scoring systems in the presence of
    label noise", doi:10.18653/v1/2020.bea-1.2, after Haberman (2008), doi:10.3102/1076998607302636.

    >>> prmse(np.array([1.0, 2, 5]), np.array([[2.0], [3], [5]]), error_variance=0.5)
    0.90909...
    """
    _check_scores(scores, ratings)
    parts, ones = _parts(ratings), unit_weights(len(ratings))
    return _one(_prmse(scores, parts, ones, _error_variance(parts, ones, error_variance)))


def single_rating_reliability(ratings: Floats) -> float:
    """Share of one rating's variance that is true: about the correlation of two raters, order-free.

    In ``[0, 1]``: an estimate below 0 is taken as 0; ``nan`` when no essay has two ratings.
    """
    return _one(_reliability(_parts(ratings), unit_weights(len(ratings))))


def attainable_ceilings(reliability: float, *, n_ratings: int = 1) -> Ceilings:
    """The kappa that can be had when the label is the mean of some ratings.

    With ``r`` the reliability of one rating and ``L = m r / (1 + (m - 1) r)`` that of a label of ``m``:
    true score ``2 L / (1 + L)``; variance-matched ``sqrt(L)``; one more human
    ``2 r / (1 + r + (1 - r) / m)``. They follow from kappa as ``2 cov / (var + var)`` between predictors
    of equal mean.

    Args:
        reliability: Of a single rating, in ``[0, 1]``.
        n_ratings: Ratings behind one label.

    Raises:
        InputError: the reliability is not between 0 and 1, or there is no rating.

    Source: classical test theory; Spearman (1910) and Brown (1910) for the reliability of a mean.

    >>> round(attainable_ceilings(0.6, n_ratings=2).human_like, 3)
    0.667
    """
    if not 0 <= reliability <= 1 or n_ratings < 1:
        raise InputError(
            f"no ceiling for reliability {reliability} and {n_ratings} ratings a label; give a reliability "
            "between 0 and 1 and at least one rating"
        )
    found = _ceilings(np.array([reliability]), n_ratings=n_ratings)
    return Ceilings(**{name: _one(figure) for name, figure in found.items()})


def evaluate_true_scores(
    scores: Floats,
    ratings: Floats,
    *,
    n_ratings: int = 1,
    resampling: Resampling = USUAL,
    clusters: Sequence[str] | None = None,
) -> TrueScoreEvaluation:
    """PRMSE, reliability and ceilings with their intervals.

    Args:
        scores: The machine's: shape ``(n,)``.
        ratings: The humans': shape ``(n, n_raters)``; ``nan`` where a rater did not see the essay.
        n_ratings: Ratings behind one label that the machine is held against.
        resampling: How intervals are made.
        clusters: Each essay's prompt, to draw whole prompts.

    Raises:
        InputError: as in `prmse`, or no essay has a rating.
    """
    _check_scores(scores, ratings)
    parts = _parts(ratings)
    resampling = resampling.over(clusters)
    measure = partial(_figures, scores, parts, n_ratings)
    found = bootstrap_intervals(measure, len(scores), resampling=resampling, clusters=clusters)
    return TrueScoreEvaluation(
        n=int((parts.number > 0).sum()),
        n_multiple=int((parts.number > 1).sum()),
        resampling=resampling,
        **{name: intervals[0] for name, intervals in found.items()},
    )


def _figures(scores: Floats, parts: _Ratings, n_ratings: int, weights: Weights) -> Figures:
    error = _error_variance(parts, weights, None)
    reliability = _reliability(parts, weights)
    return {
        "prmse": _prmse(scores, parts, weights, error),
        "reliability": reliability,
        **_ceilings(reliability, n_ratings=n_ratings),
    }


def _check_scores(scores: Floats, ratings: Floats) -> None:
    if ratings.shape != (*scores.shape, ratings.shape[-1]):
        raise InputError(
            f"scores have shape {scores.shape} and ratings {ratings.shape}; expected (n,) and (n, n_raters)"
        )
    if not np.isfinite(scores).all():
        row = int(np.argmin(np.isfinite(scores)))
        raise InputError(f"machine score in row {row} is {scores[row]}; it must be a finite number")
    if np.isnan(ratings).all():
        raise InputError(f"none of {len(scores)} essays has a rating; give at least one rated essay")


def _parts(ratings: Floats) -> _Ratings:
    rated = ~np.isnan(ratings)
    number = rated.sum(axis=1).astype(np.float64)
    totals = np.where(rated, ratings, 0).sum(axis=1)
    mean = np.where(number > 0, totals / np.maximum(number, 1), 0)
    squares = np.where(rated, (ratings - mean[:, np.newaxis]) ** 2, 0).sum(axis=1)
    return _Ratings(number, mean, squares)


def _error_variance(parts: _Ratings, weights: Weights, known: float | None) -> Floats:
    if known is not None:
        return np.full(len(weights), known)
    return ratio(weights @ parts.squares, weights @ np.maximum(parts.number - 1, 0))


def _true_variance(parts: _Ratings, weights: Weights, error: Floats) -> Floats:
    number = parts.number
    centred = parts.mean - number @ parts.mean / max(number.sum(), 1)
    total, rated = weights @ number, weights @ (number > 0)
    spread = weights @ (number * centred**2) - ratio((weights @ (number * centred)) ** 2, total)
    return ratio(spread - (rated - 1) * error, total - ratio(weights @ number**2, total))


def _true_error(scores: Floats, parts: _Ratings, weights: Weights, error: Floats) -> Floats:
    squares = weights @ (parts.number * (parts.mean - scores) ** 2)
    return ratio(squares - (weights @ (parts.number > 0)) * error, weights @ parts.number)


def _prmse(scores: Floats, parts: _Ratings, weights: Weights, error: Floats) -> Floats:
    variance = _true_variance(parts, weights, error)
    unexplained = ratio(_true_error(scores, parts, weights, error), variance)
    return np.where(variance > 0, 1 - unexplained, np.nan)


def _reliability(parts: _Ratings, weights: Weights) -> Floats:
    error = _error_variance(parts, weights, None)
    true = np.maximum(_true_variance(parts, weights, error), 0)
    return ratio(true, true + error)


def _ceilings(reliability: Floats, *, n_ratings: int) -> dict[str, Floats]:
    of_label = n_ratings * reliability / (1 + (n_ratings - 1) * reliability)
    return {
        "theoretical": 2 * of_label / (1 + of_label),
        "variance_matched": np.sqrt(of_label),
        "human_like": 2 * reliability / (1 + reliability + (1 - reliability) / n_ratings),
    }


def _one(figure: Floats) -> float:
    return float(figure[0])
