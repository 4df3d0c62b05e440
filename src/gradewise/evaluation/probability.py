"""How good probabilities over grades are: sharp, honest, and near when they miss."""

from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes
from gradewise.evaluation.results import Interval, ReliabilityBin
from gradewise.evaluation.weights import Floats, Weights, group_sums, ratio, unit_weights

N_BINS = 10
"""Equal-width confidence bins. Their edges depend on no data, so that two models, and every resample of
one, are held against the same bins; with equal-mass bins the edges themselves would be random."""


def brier_scores(probabilities: Floats, codes: Codes) -> Floats:
    """Squared distance to the certain right answer, summed over grades: shape ``(n,)``, in ``[0, 2]``.

    Source: Brier (1950), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2.
    """
    right: Floats = np.eye(probabilities.shape[1])[codes]
    scores: Floats = ((probabilities - right) ** 2).sum(axis=1)
    return scores


def ranked_probability_scores(probabilities: Floats, codes: Codes) -> Floats:
    """Squared distance between cumulative probabilities and truth: shape ``(n,)``, in ``[0, 1]``.

    ``sum over k of (P(grade ≤ k) - [truth ≤ k])² / (n_grades - 1)``: proper, and a far miss costs more
    than a near one. The division makes scales of different lengths comparable. With it a calibrated
    forecast whose error has an SD of 0.78 steps on nine grades scores .0545; without it, .44.

    Source: Epstein (1969), doi:10.1175/1520-0450(1969)008<0985:ASSFPF>2.0.CO;2.
    """
    n_grades = probabilities.shape[1]
    below = np.cumsum(probabilities, axis=1)[:, :-1]
    truth = codes[:, np.newaxis] <= np.arange(n_grades - 1)
    distances = ((below - truth) ** 2).sum(axis=1) / max(n_grades - 1, 1)
    scores: Floats = np.clip(distances, 0, 1)
    return scores


def log_losses(probabilities: Floats, codes: Codes) -> Floats:
    """``-log P(right grade)`` in nats: shape ``(n,)``, ≥ 0, at most about 36.

    Probabilities are held above 2.2e-16, so that one impossible grade does not make the mean infinite.
    """
    losses: Floats = -np.log(np.clip(confidences(probabilities, codes), np.finfo(np.float64).eps, 1))
    return losses


def brier(probabilities: Floats, codes: Codes) -> float:
    """Mean Brier score over grades, in ``[0, 2]``: 0 is certain and right.

    Args:
        probabilities: P(grade): shape ``(n, n_grades)``, rows sum to 1.
        codes: The right grades: shape ``(n,)``.
    """
    return float(brier_scores(probabilities, codes).mean())


def ranked_probability_score(probabilities: Floats, codes: Codes) -> float:
    """Mean ranked probability score, in ``[0, 1]``: 0 is certain and right.

    Args:
        probabilities: P(grade), lowest first: shape ``(n, n_grades)``, rows sum to 1.
        codes: The right grades: shape ``(n,)``.
    """
    return float(ranked_probability_scores(probabilities, codes).mean())


def log_loss(probabilities: Floats, codes: Codes) -> float:
    """Mean log loss in nats, ≥ 0, held to about 36 for what was called impossible.

    Args:
        probabilities: P(grade): shape ``(n, n_grades)``, rows sum to 1.
        codes: The right grades: shape ``(n,)``.
    """
    return float(log_losses(probabilities, codes).mean())


def confidences(probabilities: Floats, codes: Codes) -> Floats:
    """The probability of the grade that was given: shape ``(n,)``, in ``[0, 1]``.

    That is the claim a reader sees. It is the largest probability (top label) wherever the grade given
    is the most probable one; a decoding that aims at agreement may give a neighbour instead.
    """
    chosen: Floats = probabilities[np.arange(codes.size), codes]
    return chosen


def expected_calibration_error(confidence: Floats, hits: NDArray[np.bool_]) -> float:
    """Mean gap between claimed confidence and accuracy over the bins, weighted by their size: ``[0, 1]``.

    Biased upwards in small samples: an honest model on 200 essays still shows about .03, and a bootstrap
    interval lies around that figure, not around 0. Compare models on the same essays, or read RPS.

    Args:
        confidence: What was claimed of each grade given: shape ``(n,)``, in ``[0, 1]``.
        hits: Whether it was right: shape ``(n,)``.

    Source: Naeini, Cooper & Hauskrecht (2015), doi:10.1609/aaai.v29i1.9602.
    """
    return float(weighted_calibration_error(confidence, hits, unit_weights(hits.size))[0])


def weighted_calibration_error(confidence: Floats, hits: NDArray[np.bool_], weights: Weights) -> Floats:
    """Expected calibration error on every resample: shape ``(n_resamples,)``."""
    gaps = group_sums(weights, confidence_bins(confidence), N_BINS, values=confidence - hits)
    return ratio(np.abs(gaps).sum(axis=1), weights.sum(axis=1))


def confidence_bins(confidence: Floats) -> NDArray[np.int64]:
    """The bin of each confidence: shape ``(n,)``, values ``0 … 9``; the last bin holds 1 too."""
    return np.searchsorted(_edges()[1:-1], confidence, side="right").astype(np.int64)


def _edges() -> Floats:
    return np.arange(N_BINS + 1) / N_BINS


def reliability_bins(
    confidence: Floats, hits: NDArray[np.bool_], *, level: float = 0.95
) -> tuple[ReliabilityBin, ...]:
    """Predictions by confidence, lowest first; every prediction is in exactly one bin, empty ones stay.

    Args:
        confidence: Shape ``(n,)``, in ``[0, 1]``.
        hits: Whether the grade was right: shape ``(n,)``.
        level: Confidence level of the Wilson intervals.
    """
    bins, edges, ones = confidence_bins(confidence), _edges(), unit_weights(hits.size)
    sizes = group_sums(ones, bins, N_BINS)[0]
    claimed = ratio(group_sums(ones, bins, N_BINS, values=confidence)[0], sizes)
    right = group_sums(ones, bins, N_BINS, values=hits.astype(np.float64))[0]
    return tuple(
        ReliabilityBin(
            low=float(edges[k]),
            high=float(edges[k + 1]),
            n=int(sizes[k]),
            mean_confidence=float(claimed[k]),
            accuracy=wilson_interval(int(right[k]), int(sizes[k]), level=level),
        )
        for k in range(N_BINS)
    )


def wilson_interval(successes: int, n: int, *, level: float = 0.95) -> Interval:
    """A share with its score interval, which is honest near 0 and 1 and for few trials.

    Source: Wilson (1927), doi:10.1080/01621459.1927.10502953.

    >>> wilson_interval(0, 10)
    Interval(estimate=0.0, low=0.0, high=0.27753...)
    """
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = successes / n
    centre = share + z**2 / (2 * n)
    reach = z * np.sqrt(share * (1 - share) / n + z**2 / (4 * n**2))
    low, high = np.array([centre - reach, centre + reach]) / (1 + z**2 / n)
    return Interval(share, float(min(max(low, 0.0), share)), float(max(min(high, 1.0), share)))
