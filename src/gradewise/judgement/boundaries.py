"""Where one grade ends and the next begins, on the scale of the scores, and how well that is known.

An anchor's grade is where its score lies among the boundaries ``c``, give or take its standard error ``e``
and the graders' own noise ``t``: ``P(grade <= k) = N((c_k - score) / sqrt(t**2 + e**2))``, the ordered probit
with known measurement error. The parameters are the mean of the boundaries and the widths of the grades
between them, as logarithms, so that no width can be 0 and no grade beyond reach, however anchors lie.

Before any anchor is looked at, boundaries are expected where a prior puts them: with the population's shares
of grades, at the normal quantiles of those shares over the scores; without, all grades as wide as each other.
The prior is weak on where the middle lies and how wide grades are, and firmer on how widths compare: so a
grade without an anchor borrows its width from the others, and remains less sure.

The most likely values are found by Fisher's scoring; around them beliefs are normal (Laplace), with the
expected information as their precision.

Source: McCullagh (1980), doi:10.1111/j.2517-6161.1980.tb01109.x; Carroll et al. (2006), Measurement Error in
Nonlinear Models, 2nd ed., section 8.4, on probits with error; Tierney & Kadane (1986),
doi:10.1080/01621459.1986.10478240.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular
from scipy.special import log_ndtr, ndtri

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.judgement.anchors import Anchors
from gradewise.judgement.comparisons import Floats

_MIDDLE, _MIDDLE_KNOWN = 1.0, 0.5  # standard deviations of the mean boundary, in those of the scores
_WIDTH, _WIDTH_KNOWN = 0.7, 0.35  # of the logarithm of all widths together
_UNEVEN = 0.5  # of the logarithm of each width beside the others
_NOISE, _NOISE_DEVIATION = 0.5, 0.7  # of the graders: median, in mean widths, and deviation of its logarithm
_REACH = 4.0  # standard deviations of the scores that all grades of equal width cover
_LEAST_SHARE = 0.005  # of the population, so that a grade that nobody got has a width
_HALF_OF_DRAWS = 500
_MOST_STEPS, _SMALLEST_GAIN = 200, 1e-10
_FINEST = 1e-300


@dataclass(frozen=True, slots=True)
class Spread:
    """Where the scores of a batch lie, which the prior of boundaries is stated in."""

    middle: float
    """Mean score, in logits."""
    deviation: float
    """Standard deviation of what the scores measure, in logits, above 0."""

    def __post_init__(self) -> None:
        if not (np.isfinite(self.middle) and 0 < self.deviation < np.inf):
            raise InputError(
                f"scores have mean {self.middle} and deviation {self.deviation}; they must differ"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Boundaries:
    """Upper ends of all grades but the highest, and how well they are known."""

    scale: Scale
    """Of the grades."""
    positions: Floats
    """Medians: shape ``(n_grades - 1,)``, strictly increasing, in logits."""
    draws: Floats
    """Where else they may lie, each as likely: shape ``(n_draws, n_grades - 1)``, strictly increasing in each
    row."""
    noise: float
    """Standard deviation of the grades' own noise, in logits: what anchors' scores do not explain."""

    @property
    def errors(self) -> Floats:
        """Standard deviation of each boundary: shape ``(n_grades - 1,)``, in logits."""
        return np.asarray(self.draws.std(axis=0))


@dataclass(frozen=True, slots=True, eq=False)
class _Expectation:
    """The normal prior of the parameters: middle, logarithms of widths, logarithm of the noise."""

    means: Floats
    """Shape ``(n_grades,)``."""
    precision: Floats
    """Shape ``(n_grades, n_grades)``."""


def population_spread(values: Floats, errors: Floats) -> Spread:
    """The spread of what scores measure, their errors taken out; at least half of the scores' own.

    Args:
        values: Scores: shape ``(n,)``, in logits.
        errors: Their standard errors: shape ``(n,)``.

    Raises:
        InputError: all scores are the same.
    """
    seen = float(np.var(values))
    return Spread(float(values.mean()), float(np.sqrt(max(seen - float(np.mean(errors**2)), seen / 4))))


def fit_boundaries(
    anchors: Anchors, spread: Spread, *, population: Mapping[str, float] | None = None
) -> Boundaries:
    """Boundaries that explain the grades of anchors best.

    Args:
        anchors: Scored, with their grades; two distinct grades at the least.
        spread: Of the scores of the whole batch.
        population: The share of each grade among those whose essays these are; grades left out have none.
            Left out altogether, nothing is assumed of shares.

    Raises:
        InputError: shares are below 0, sum to 0, or name a grade that is not on the scale.
    """
    expected = _expectation(anchors.scale, spread, population)
    parameters = expected.means
    loss, slope, information = _bends(anchors, expected, parameters)
    for _ in range(_MOST_STEPS):  # pragma: no branch - far more than any fit takes
        step = cho_solve(cho_factor(information), slope)
        step = step / max(1.0, float(np.abs(step).max()) / spread.deviation)
        while (tried := _bends(anchors, expected, parameters + step))[0] > loss:
            step = step / 2  # ends at the latest where rounding makes it nothing
        gained, parameters = loss - tried[0], parameters + step
        loss, slope, information = tried
        if gained < _SMALLEST_GAIN:
            break
    draws = _placed(_drawn(parameters, information))
    return Boundaries(
        scale=anchors.scale,
        positions=np.median(draws, axis=0),
        draws=draws,
        noise=float(np.exp(parameters[-1])),
    )


def _expectation(scale: Scale, spread: Spread, population: Mapping[str, float] | None) -> _Expectation:
    n_widths = scale.n_grades - 2
    if population is None:
        expected = (np.arange(1, scale.n_grades) / scale.n_grades - 0.5) * _REACH
        middle, width = _MIDDLE, _WIDTH
    else:
        expected = ndtri(np.cumsum(_shares(scale, population))[:-1])
        middle, width = _MIDDLE_KNOWN, _WIDTH_KNOWN
    expected = spread.middle + spread.deviation * expected
    typical = float(np.ptp(expected)) / n_widths if n_widths else spread.deviation
    means = np.concatenate([[expected.mean()], np.log(np.diff(expected)), [np.log(_NOISE * typical)]])
    precision = np.zeros((scale.n_grades, scale.n_grades))
    precision[0, 0] = (middle * spread.deviation) ** -2
    precision[-1, -1] = _NOISE_DEVIATION**-2
    widths = np.eye(n_widths) * _UNEVEN**2 + width**2
    precision[1:-1, 1:-1] = np.linalg.inv(widths)
    return _Expectation(means, precision)


def _shares(scale: Scale, population: Mapping[str, float]) -> Floats:
    """Shares that sum to 1, none quite 0: shape ``(n_grades,)``."""
    shares = np.zeros(scale.n_grades)
    for grade, share in population.items():
        shares[scale.code(grade)] = share
    if not (np.isfinite(shares).all() and (shares >= 0).all() and shares.sum() > 0):
        raise InputError(f"population shares {dict(population)} are no shares; give numbers of 0 or more")
    shares = np.maximum(shares / shares.sum(), _LEAST_SHARE)
    return np.asarray(shares / shares.sum())


def _placed(parameters: Floats) -> Floats:
    """Boundaries from parameters: from shape ``(…, n_grades)`` to ``(…, n_grades - 1)``."""
    widths = np.exp(parameters[..., 1:-1])
    steps = np.concatenate([np.zeros((*widths.shape[:-1], 1)), np.cumsum(widths, axis=-1)], axis=-1)
    return np.asarray(parameters[..., :1] + steps - steps.mean(axis=-1, keepdims=True))


def _bends(anchors: Anchors, expected: _Expectation, parameters: Floats) -> tuple[float, Floats, Floats]:
    """Loss in nats, and of its negative the slope, shape ``(p,)``, and expected curvature, ``(p, p)``."""
    reach = np.exp(parameters[-1]) ** 2 + anchors.errors**2
    standing = (_placed(parameters)[None, :] - anchors.values[:, None]) / np.sqrt(reach)[:, None]
    chances, density = _grade_chances(standing), np.exp(-(standing**2) / 2) / np.sqrt(2 * np.pi)
    # How each cumulative probability moves with each parameter: shape (n_anchors, n_grades - 1, p).
    moves = (density / np.sqrt(reach)[:, None])[:, :, None] * _moves(parameters)[None, :, :]
    moves[:, :, -1] = -density * standing * (np.exp(2 * parameters[-1]) / reach)[:, None]
    edge = np.zeros((len(moves), 1, parameters.size))
    moves = np.diff(np.concatenate([edge, moves, edge], axis=1), axis=1)
    own = np.arange(len(moves))
    off = parameters - expected.means
    loss = float(off @ expected.precision @ off / 2 - np.log(chances[own, anchors.codes]).sum())
    slope = (moves[own, anchors.codes] / chances[own, anchors.codes][:, None]).sum(axis=0)
    scaled = (moves / np.sqrt(chances)[:, :, None]).reshape(-1, parameters.size)
    return loss, slope - expected.precision @ off, scaled.T @ scaled + expected.precision


def _grade_chances(standing: Floats) -> Floats:
    """P(grade) from where boundaries stand: from shape ``(n, n_grades - 1)`` to ``(n, n_grades)``, above 0.

    Both tails are worked out from their own end, so that neither loses its precision.
    """
    edge = np.full((len(standing), 1), np.inf)
    padded = np.concatenate([-edge, standing, edge], axis=1)
    low, high = padded[:, :-1], padded[:, 1:]
    flip = low > 0
    lower, upper = np.where(flip, -high, low), np.where(flip, -low, high)
    return np.asarray(np.maximum(np.exp(log_ndtr(upper)) - np.exp(log_ndtr(lower)), _FINEST))


def _moves(parameters: Floats) -> Floats:
    """How boundaries move with parameters: shape ``(n_grades - 1, n_grades)``."""
    n_boundaries = parameters.size - 1
    moves = np.zeros((n_boundaries, parameters.size))
    moves[:, 0] = 1
    below = np.tril(np.ones((n_boundaries, n_boundaries - 1)), k=-1)
    moves[:, 1:-1] = (below - below.mean(axis=0)) * np.exp(parameters[1:-1])
    return moves


def _drawn(parameters: Floats, information: Floats) -> Floats:
    """Parameters that are as likely as each other: shape ``(n_draws, p)``, the same every time."""
    rng = np.random.default_rng(0)
    half = rng.standard_normal((parameters.size, _HALF_OF_DRAWS))
    root = np.linalg.cholesky(information)
    away = solve_triangular(root.T, np.concatenate([half, -half], axis=1), lower=False)
    return np.asarray(parameters + away.T)
