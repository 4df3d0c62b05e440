"""Do two samples come from one population? Tests on counts and on means, with the size of what they find."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import fdtrc, gammaincc, kolmogorov

from gradewise.evaluation.profile_parts import Floats

PSI_PARTS = 10
"""Parts of a distribution that the population stability index looks at."""
SHUFFLES = 2000
"""Ways to deal the texts of both samples out again that a test of shares looks at."""
_ENOUGH = 40  # shuffles beyond the found one, below which their curve is used instead of their number


@dataclass(frozen=True, slots=True)
class Moved:
    """What a test says."""

    effect: float
    """How far apart the samples are, in the unit of the test; what chance alone makes is taken off where the
    measure would otherwise rise with it."""
    p_value: float
    """How often samples of one population are as far apart."""


def effective_size(n: int, m: int) -> float:
    """The size of two samples together, as the precision of their difference has it: ``n m / (n + m)``."""
    return n * m / (n + m) if n and m else 0.0


def curves_apart(then: Sequence[int], now: Sequence[int]) -> Moved:
    """Kolmogorov–Smirnov on the same stretches of a column of numbers, counted in both samples.

    The effect is the largest difference between the shares up to a value, 0 to 1, without what chance alone
    makes of it on average (its square is ``pi**2 / 12`` over the effective size). Between the places where
    stretches end, curves may lie farther apart: the p-value is, if anything, too high, as with ties.

    Source: Smirnov (1948), doi:10.1214/aoms/1177730256; Stephens (1970),
    doi:10.1111/j.2517-6161.1970.tb00821.x.

    >>> curves_apart([50, 50], [50, 50]).effect
    0.0
    """
    shares = [np.cumsum(counts) / max(sum(counts), 1) for counts in (then, now)]
    distance = float(np.abs(shares[0] - shares[1]).max(initial=0.0))
    size = effective_size(sum(then), sum(now))
    if not size:
        return Moved(0.0, 1.0)
    root = math.sqrt(size)
    p_value = float(kolmogorov((root + 0.12 + 0.11 / root) * distance))
    return Moved(math.sqrt(max(0.0, distance**2 - math.pi**2 / 12 / size)), p_value)


def shares_apart(then: Sequence[int], now: Sequence[int], *, generator: np.random.Generator) -> Moved:
    """Pearson's chi-square of two samples by label, against texts dealt out again at random.

    So small counts do no harm. Where fewer than 40 of 2,000 deals are farther apart than what was found, the
    gamma curve with their mean and variance says how rare it is. The effect is Cohen's w without what chance
    makes of it: 0.1 is small, 0.3 medium, 0.5 large.

    Source: Pearson (1900), doi:10.1080/14786440009463897; Cohen (1988), Statistical Power Analysis for the
    Behavioral Sciences, ch. 7; without chance: Bergsma (2013), doi:10.1016/j.jkss.2012.10.002.
    """
    both = np.array([then, now], dtype=np.int64)
    both = both[:, both.sum(axis=0) > 0]
    size = effective_size(*both.sum(axis=1).tolist())
    if both.shape[1] < 2 or not size:  # noqa: PLR2004 - one label: nothing to be told apart
        return Moved(0.0, 1.0)
    pooled, n_now = both.sum(axis=0), int(both[1].sum())
    found = float(_chi_square(both[1][None, :], pooled, n_now)[0])
    dealt = _chi_square(generator.multivariate_hypergeometric(pooled, n_now, size=SHUFFLES), pooled, n_now)
    excess = found - (both.shape[1] - 1)
    return Moved(math.sqrt(max(0.0, excess) / size), _rarity(found, dealt))


def means_apart(then_mean: Floats, then_spread: Floats, n_then: int, now: NDArray[np.float64]) -> Moved:
    """Hotelling's T² of two samples of vectors.

    The effect is the distance of the means in standard deviations (Mahalanobis) without what chance makes of
    it: in one direction 0.2 is small, 0.5 medium, 0.8 large.

    Args:
        then_mean: of the first sample, shape ``(d,)``.
        then_spread: its covariance, shape ``(d, d)``.
        n_then: its size.
        now: the second sample, shape ``(n, d)``.

    Source: Hotelling (1931), doi:10.1214/aoms/1177732979.
    """
    n_now, d = now.shape
    left = n_then + n_now - 2
    if n_now < 2 or left < d + 1:  # noqa: PLR2004 - no spread of one
        return Moved(0.0, 1.0)
    spread = np.cov(now, rowvar=False).reshape(d, d)
    pooled = ((n_then - 1) * then_spread + (n_now - 1) * spread) / left
    gap = now.mean(axis=0) - then_mean
    squared = float(gap @ np.linalg.pinv(pooled, hermitian=True) @ gap)
    size = effective_size(n_then, n_now)
    f = size * squared * (left - d + 1) / (left * d)
    return Moved(math.sqrt(max(0.0, squared - d / size)), float(fdtrc(d, left - d + 1, f)))


def population_stability(then: Sequence[int], now: Sequence[int]) -> float:
    """The population stability index of counts, without what chance alone makes of it on average.

    ``sum((q - p) * ln(q / p))`` over the parts; a part that a sample lacks counts half a text. As a rule of
    thumb, below 0.1 nothing has changed to speak of, above 0.25 much has.

    Source: Yurdakul & Naranjo (2020), doi:10.21314/JRMV.2020.227.
    """
    parts = [np.maximum(np.array(counts, dtype=np.float64), 0.5) for counts in (then, now)]
    p, q = (each / each.sum() for each in parts)
    by_chance = (len(p) - 1) / max(effective_size(sum(then), sum(now)), 1.0)
    return max(0.0, float(((q - p) * np.log(q / p)).sum()) - by_chance)


def in_parts(
    then: Sequence[int], now: Sequence[int], *, n_parts: int = PSI_PARTS
) -> tuple[list[int], list[int]]:
    """Neighbouring stretches joined until at most so many are left, each with about as many of the first.

    >>> in_parts([5, 5, 5, 5], [1, 2, 3, 4], n_parts=2)
    ([10, 10], [3, 7])
    """
    before = np.cumsum(then) - np.array(then)
    part = np.minimum((before * n_parts) // max(sum(then), 1), n_parts - 1)
    _, part = np.unique(part, return_inverse=True)
    joined = [np.bincount(part, weights=counts).astype(int).tolist() for counts in (then, now)]
    return joined[0], joined[1]


def corrected(p_values: Sequence[float]) -> list[float]:
    """P-values as they stand when all these questions are asked at once: any of them errs as seldom.

    Source: Holm (1979), doi:10.2307/4615733.

    >>> corrected([0.01, 0.04, 0.5])
    [0.03, 0.08, 0.5]
    """
    order = np.argsort(p_values, kind="stable")
    n = len(p_values)
    stepped = [min(1.0, p_values[row] * (n - rank)) for rank, row in enumerate(order.tolist())]
    running = np.maximum.accumulate(stepped) if n else np.zeros(0)
    found = np.empty(n)
    found[order] = running
    return [float(each) for each in found]


def _chi_square(now: NDArray[np.int64], pooled: NDArray[np.int64], n_now: int) -> Floats:
    """Pearson's statistic of each row of counts, the other sample being the rest of the pool."""
    total = int(pooled.sum())
    gaps = now - pooled * (n_now / total)
    found: Floats = (gaps**2 / pooled).sum(axis=1) * (total**2 / (n_now * (total - n_now)))
    return found


def _rarity(found: float, dealt: Floats) -> float:
    beyond = int((dealt >= found * (1 - 1e-12)).sum())
    if beyond >= _ENOUGH or not dealt.var():
        return (beyond + 1) / (len(dealt) + 1)
    mean, variance = float(dealt.mean()), float(dealt.var(ddof=1))
    return float(gammaincc(mean**2 / variance, found * mean / variance))
