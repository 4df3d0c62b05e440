"""Agreement between human scores and continuous machine scores, as psychometricians state it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.evaluation.weights import Floats, Weights, ratio, unit_weights

SmdMethod = Literal["unpooled", "pooled", "williamson", "johnson"]
"""By which SD a mean difference is divided; see `standardized_mean_difference`."""

# Relative size under which a variance, computed from sums, is rounding noise and not variance.
_NOISE = 1e-12


@dataclass(frozen=True, slots=True)
class Moments:
    """Means, variances and covariance of human and machine scores, one value a resample."""

    n: Floats
    """Essays drawn: shape ``(n_resamples,)``."""
    human_mean: Floats
    """Mean of the human's scores."""
    machine_mean: Floats
    """Mean of the machine's."""
    human_variance: Floats
    """Variance of the human's, divided by ``n``."""
    machine_variance: Floats
    """Variance of the machine's, divided by ``n``."""
    covariance: Floats
    """Covariance, divided by ``n``."""

    @property
    def human_sd(self) -> Floats:
        """Sample SD of the human's scores, divided by ``n - 1``."""
        return _sample_sd(self.human_variance, self.n)

    @property
    def machine_sd(self) -> Floats:
        """Sample SD of the machine's scores, divided by ``n - 1``."""
        return _sample_sd(self.machine_variance, self.n)


def moments(human: Codes | Floats, machine: Codes | Floats, weights: Weights) -> Moments:
    """Moments on every resample.

    Scores are measured from the first essay's, so that a constant rater has variance 0 exactly.

    Args:
        human: Shape ``(n,)``.
        machine: On the same axis: shape ``(n,)``.
        weights: Shape ``(n_resamples, n)``.

    Raises:
        InputError: the raters scored different numbers of essays, or none.
    """
    if human.shape != machine.shape or human.size == 0:
        raise InputError(f"raters scored {human.shape} and {machine.shape} essays; give one score each")
    x, y = (np.asarray(scores - scores[0], dtype=np.float64) for scores in (human, machine))
    columns = np.column_stack([np.ones(x.size), x, y, x * x, y * y, x * y])
    n, *sums = (weights @ columns).T
    x_mean, y_mean, xx, yy, xy = (ratio(total, n) for total in sums)
    return Moments(
        n=n,
        human_mean=x_mean + human[0],
        machine_mean=y_mean + machine[0],
        human_variance=_variance(xx, x_mean),
        machine_variance=_variance(yy, y_mean),
        covariance=xy - x_mean * y_mean,
    )


def _variance(mean_square: Floats, mean: Floats) -> Floats:
    variance = mean_square - mean**2
    return np.where(variance > _NOISE * mean_square, variance, 0)


def _sample_sd(variance: Floats, n: Floats) -> Floats:
    sd: Floats = np.sqrt(ratio(variance * n, n - 1))
    return sd


def kappa_of_moments(of: Moments) -> Floats:
    """Quadratic weighted kappa without grades: ``2 cov / (var + var + (difference of means)²)``."""
    spread = of.human_variance + of.machine_variance + (of.machine_mean - of.human_mean) ** 2
    return ratio(2 * of.covariance, spread)


def correlation_of_moments(of: Moments) -> Floats:
    """Pearson's correlation, in ``[-1, 1]``."""
    spread = np.sqrt(of.human_variance * of.machine_variance)
    return np.clip(ratio(of.covariance, spread), -1, 1)


def mean_difference_of_moments(of: Moments) -> Floats:
    """Machine mean minus human mean in human SDs: the unpooled SMD."""
    return ratio(of.machine_mean - of.human_mean, of.human_sd)


def sd_ratio_of_moments(of: Moments) -> Floats:
    """Machine SD over human SD."""
    return ratio(of.machine_sd, of.human_sd)


def root_mean_squared_error_of_moments(of: Moments) -> Floats:
    """Root of the mean squared difference, in the scores' unit."""
    squares = of.human_variance + of.machine_variance - 2 * of.covariance
    root: Floats = np.sqrt(np.maximum(squares + (of.machine_mean - of.human_mean) ** 2, 0))
    return root


def continuous_kappa(human: Codes | Floats, machine: Codes | Floats) -> float:
    """Quadratic weighted kappa of scores that need not be grades, in ``[-1, 1]``.

    ``2 Cov / (Var + Var + (difference of means)²)`` with variances divided by ``n``. Equal to
    `quadratic_weighted_kappa` on codes; also known as Lin's concordance correlation.

    Args:
        human: Shape ``(n,)``.
        machine: On the same axis: shape ``(n,)``.

    Returns:
        Kappa; ``nan`` when both raters give one and the same score throughout.

    Raises:
        InputError: the raters scored different numbers of essays, or none.

    Source: Haberman (2019), doi:10.1002/ets2.12258; Lin (1989), doi:10.2307/2532051.
    """
    return float(kappa_of_moments(_moments(human, machine))[0])


def pearson(human: Codes | Floats, machine: Codes | Floats) -> float:
    """Linear correlation, in ``[-1, 1]``; ``nan`` when either rater gives one score throughout.

    Both are of shape ``(n,)``.

    Raises:
        InputError: the raters scored different numbers of essays, or none.
    """
    return float(correlation_of_moments(_moments(human, machine))[0])


def sd_ratio(human: Codes | Floats, machine: Codes | Floats) -> float:
    """Machine SD over human SD, both of shape ``(n,)``: below 1, the machine shrinks towards the middle.

    The accepted range, 2/3 to 3/2, is the same whichever SD comes first.

    Source: Wang & von Davier (2014), ETS RR-14-04.
    """
    return float(sd_ratio_of_moments(_moments(human, machine))[0])


def standardized_mean_difference(
    human: Codes | Floats,
    machine: Codes | Floats,
    *,
    method: SmdMethod = "unpooled",
    population_sds: tuple[float, float] | None = None,
) -> float:
    """Machine mean minus human mean, in SDs: above 0, the machine is generous.

    Args:
        human: Shape ``(n,)``.
        machine: Shape ``(n,)``.
        method: ``unpooled`` divides by the human's SD, ``pooled`` by the root mean square of both SDs;
            ``johnson`` and ``williamson`` are the same two with the SDs of a whole population, so that
            groups in it are measured by one stick.
        population_sds: SDs of human and machine scores in the population, for the last two.

    Returns:
        The difference; ``nan`` when the SD is 0 or there is one essay.

    Raises:
        InputError: the method needs population SDs and there are none.

    Source: Williamson, Xi & Breyer (2012), doi:10.1111/j.1745-3992.2011.00223.x.
    """
    of = _moments(human, machine)
    sds = (float(of.human_sd[0]), float(of.machine_sd[0]))
    if method in {"williamson", "johnson"}:
        if population_sds is None:
            raise InputError(f"SMD by {method!r} needs population_sds, the SDs of human and machine scores")
        sds = population_sds
    pooled = np.sqrt((sds[0] ** 2 + sds[1] ** 2) / 2)
    sd = np.array([sds[0] if method in {"unpooled", "johnson"} else pooled])
    return float(ratio(of.machine_mean - of.human_mean, sd)[0])


def _moments(human: Codes | Floats, machine: Codes | Floats) -> Moments:
    return moments(human, machine, unit_weights(human.size))
