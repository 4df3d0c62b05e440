"""What is believed of each item's score so far: comparisons, and what a model expected before them.

As in `bradley_terry`, but with a prior of its own for each item. A belief is a normal distribution: the most
likely scores, and the inverse of the curvature there as their covariance.

Source: MacKay (2003), Information Theory, Inference, and Learning Algorithms, chapter 27 (Laplace's method).
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit

from gradewise.errors import InputError
from gradewise.judgement.bradley_terry import Prior
from gradewise.judgement.comparisons import Comparisons, Floats, Ints
from gradewise.judgement.posterior import Posterior

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
    """Beliefs after some comparisons; how their top is found, see `Posterior.climb`.

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
    posterior = Posterior(
        winners=comparisons.winners,
        losers=comparisons.losers,
        weights=np.ones(comparisons.n),
        expected=expected.means,
        precisions=expected.deviations**-2,
        holds_mean=False,
    )
    means = posterior.climb(expected.means if start is None else start).values
    return Beliefs(items=comparisons.items, means=means, covariance=posterior.covariance(means))


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
