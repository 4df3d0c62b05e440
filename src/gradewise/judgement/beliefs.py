"""What is believed of each item's score so far: comparisons, and what a model expected before them.

The same likelihood as in `bradley_terry`, with a normal prior of its own for each item. A belief is a normal
distribution: the most likely scores, and the inverse of the curvature there as their covariance.

Source: MacKay (2003), Information Theory, Inference, and Learning Algorithms, chapter 27 (Laplace's method).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from gradewise.errors import InputError
from gradewise.judgement.bradley_terry import Floats, Prior
from gradewise.judgement.comparisons import Comparisons, Ints

_SMALLEST_STEP = 1e-6  # logits; far below any standard error
_MOST_STEPS = 200
_USUAL_DEVIATION = 3.0  # logits


@dataclass(frozen=True, slots=True, eq=False)
class Expected:
    """What is expected of each item before any comparison, such as by a model that grades essays."""

    means: Floats
    """Expected scores: shape ``(n,)``, in logits."""
    deviations: Floats
    """How far off they may be, as standard deviations above 0: shape ``(n,)``, in logits."""

    def __post_init__(self) -> None:
        if self.means.ndim != 1 or self.means.shape != self.deviations.shape:
            raise InputError(
                f"{self.means.shape} expected scores and {self.deviations.shape} deviations; give one of "
                "each for every item"
            )
        if not np.isfinite(self.means).all():
            raise InputError("an expected score is no number; give a finite score in logits for every item")
        if not (np.isfinite(self.deviations) & (self.deviations > 0)).all():
            raise InputError(
                f"an expected score has a deviation of {self.deviations.min()}; give logits above 0"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Beliefs:
    """A normal distribution over the scores of all items."""

    items: tuple[str, ...]
    """What is scored, in the order of the comparisons' items."""
    means: Floats
    """Most likely scores: shape ``(n,)``, in logits."""
    covariance: Floats
    """Of the scores: shape ``(n, n)``. Only differences count, so a constant in every cell means nothing."""

    @property
    def errors(self) -> Floats:
        """Standard error of each score's distance from the mean of all: shape ``(n,)``, in logits."""
        rows = self.covariance.mean(axis=0)
        centred = np.diag(self.covariance) - 2 * rows + rows.mean()
        errors: Floats = np.sqrt(np.maximum(centred, 0))
        return errors


def expect_nothing(n_items: int, prior: Prior | None = None) -> Expected:
    """Every item expected at the mean, as far off as a prior says.

    Left out, three logits, narrower than the prior of a plain fit: where items lie close, a prior that is too
    wide takes chance for distance and chooses pairs worse than random ones; one too narrow loses little.
    """
    deviation = _USUAL_DEVIATION if prior is None else prior.standard_deviation
    return Expected(np.zeros(n_items), np.full(n_items, deviation))


def believe(
    comparisons: Comparisons, *, expected: Expected | None = None, start: Floats | None = None
) -> Beliefs:
    """Beliefs after some comparisons.

    Newton's method. A step whose largest change of a compared difference is ``u`` is shortened to
    ``log(1 + u) / u`` of itself, which always gains (Sun & Tran-Dinh 2018, doi:10.1007/s10107-018-1282-4).

    Args:
        comparisons: Decisions; there may be none.
        expected: What was expected before; `expect_nothing` when left out.
        start: Scores to begin from, such as those of the last batch: shape ``(n,)``; saves steps, and
            changes nothing else.

    Raises:
        InputError: `expected` is not about as many items as there are.
    """
    n_items = len(comparisons.items)
    expected = expected or expect_nothing(n_items)
    if expected.means.size != n_items:
        raise InputError(
            f"{expected.means.size} expected scores for {n_items} items; give one for each, sorted by item"
        )
    means = expected.means if start is None else start
    for _ in range(_MOST_STEPS):  # pragma: no branch - far more than any fit takes
        slope, curvature = _bends(comparisons, means, expected)
        step = cho_solve(cho_factor(curvature, check_finite=False), slope, check_finite=False)
        largest = np.abs(step[comparisons.first] - step[comparisons.second]).max(initial=0)
        means = means + (step * (np.log1p(largest) / largest) if largest > 0 else step)
        if np.abs(step).max() < _SMALLEST_STEP:
            break
    _, curvature = _bends(comparisons, means, expected)
    inverse = cho_solve(cho_factor(curvature, check_finite=False), np.eye(n_items), check_finite=False)
    return Beliefs(items=comparisons.items, means=means, covariance=(inverse + inverse.T) / 2)


def _bends(comparisons: Comparisons, means: Floats, expected: Expected) -> tuple[Floats, Floats]:
    """Upward slope, shape ``(n,)``, and curvature, shape ``(n, n)``, of the logarithm of the posterior."""
    n = means.size
    winners, losers = comparisons.winners, comparisons.losers
    surprise = expit(means[losers] - means[winners])
    precision = expected.deviations**-2
    slope = np.bincount(winners, surprise, n) - np.bincount(losers, surprise, n)
    information = surprise * (1 - surprise)
    pairs = sparse.coo_array((information, (winners, losers)), shape=(n, n)).tocsr()
    curvature: Floats = -(pairs + pairs.T).toarray()
    np.fill_diagonal(curvature, precision - curvature.sum(axis=1))
    return slope - precision * (means - expected.means), curvature


def after_asking(beliefs: Beliefs, first: Ints, second: Ints) -> Beliefs:
    """Beliefs as sure as they will be when more pairs are judged; where the means go, nobody knows yet.

    Args:
        beliefs: What is believed now.
        first: One item of each pair, as positions: shape ``(n_pairs,)``.
        second: The other, in the same order.

    Source: the identity of Woodbury (1950), with the information a comparison is expected to bring.
    """
    if first.size == 0:
        return beliefs
    covariance = beliefs.covariance
    spread = np.diag(covariance)
    variance = spread[first] + spread[second] - 2 * covariance[first, second]
    chance = chances(beliefs.means[first] - beliefs.means[second], variance)
    towards = covariance[:, first] - covariance[:, second]
    inner = towards[first] - towards[second]
    inner[np.diag_indices(first.size)] += 1 / (chance * (1 - chance))
    gone = towards @ cho_solve(cho_factor(inner, check_finite=False), towards.T, check_finite=False)
    return Beliefs(items=beliefs.items, means=beliefs.means, covariance=covariance - (gone + gone.T) / 2)


def chances(differences: Floats, variances: Floats) -> Floats:
    """How probable it is that the first is found better, given what is not known: same shape, in (0, 1).

    Kept away from 0 and 1 by as much as a slip of the judge may well happen.

    Args:
        differences: Most likely score of the first less that of the second, in logits.
        variances: Of the differences.

    Source: MacKay (1992), doi:10.1162/neco.1992.4.5.720, on the mean of a logistic under a normal.
    """
    plain = expit(differences / np.sqrt(1 + np.pi * np.maximum(variances, 0) / 8))
    return np.asarray(np.clip(plain, _SLIP, 1 - _SLIP))


_SLIP = 1e-6
