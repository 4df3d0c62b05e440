"""Scores from comparisons: the model of Bradley and Terry with a stated prior, and exact standard errors.

The chance that `i` is found better than `j` is ``s(v_i - v_j)``, ``s`` being the logistic function and ``v``
the scores in logits. Each score has a normal prior around zero, so that an item that won (or lost) every time
gets a finite score, and what no comparison connects still has a distance, which rests on the prior alone.

Source: Bradley & Terry (1952), doi:10.1093/biomet/39.3-4.324; Ford (1957), doi:10.2307/2308513, on when
scores exist without a prior.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradewise.errors import InputError
from gradewise.judgement.comparisons import Comparisons, Flags, Floats, Ints
from gradewise.judgement.connections import connected_groups
from gradewise.judgement.posterior import MOST_STEPS, NEARLY, Posterior

# Beyond these no comparison changes a score, or rounding drowns what the prior holds.
_NARROWEST, _WIDEST = 1e-3, 1e4
_DIGITS = 9  # beyond which scores differ by rounding alone


@dataclass(frozen=True, slots=True)
class Prior:
    """What is believed of a score before any comparison: normal around the mean of the batch."""

    standard_deviation: float = 6.0
    """In logits, from .001 to 10,000. The usual one is weak: published sessions spread by 1.2 to 4.4."""

    def __post_init__(self) -> None:
        """Refuse a spread that is none."""
        if not _NARROWEST <= self.standard_deviation <= _WIDEST:
            raise InputError(
                f"the prior's standard deviation is {self.standard_deviation} logits; give one from"
                f" {_NARROWEST:g} to {_WIDEST:g}, such as 6"
            )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Scores:
    """How good each item is found, in logits around the mean of all items."""

    items: tuple[str, ...]
    """What was scored, in the order of the comparisons' items."""
    values: Floats
    """Scores, which sum to 0: shape ``(n,)``, in logits."""
    errors: Floats
    """Standard error of each score's distance from the mean of all: shape ``(n,)``, in logits, none exactly 0
    unless there is one item."""
    covariance: Floats
    """Of the scores under the constraint that they sum to 0: shape ``(n, n)``, rows sum to 0."""
    prior: Prior
    """What was believed before."""
    groups: Ints
    """Which items comparisons connect, by whatever way round: shape ``(n,)``, codes from 0. The distance
    between items of different groups rests on the prior alone."""
    converged: bool
    """Whether the fit came to rest."""

    @property
    def n_groups(self) -> int:
        """Groups that no comparison connects; 1 is as it should be."""
        return int(self.groups.max()) + 1

    @property
    def told_apart(self) -> Floats:
        """Scores to be ranked: shape ``(n,)``, in logits, without what rounding adds.

        Items with the very same record have the same; their `values` may differ in the last bit.
        """
        told: Floats = np.round(self.values, _DIGITS)
        return told

    def difference_errors(self, first: Ints, second: Ints) -> Floats:
        """Standard errors of differences between scores: shape ``(n_pairs,)``, in logits."""
        spread = np.diag(self.covariance)
        variance = spread[first] + spread[second] - 2 * self.covariance[first, second]
        errors: Floats = np.sqrt(np.maximum(variance, 0))
        return errors


def fit_scores(
    comparisons: Comparisons,
    *,
    prior: Prior | None = None,
    weights: Floats | None = None,
    start: Floats | None = None,
    most_steps: int = MOST_STEPS,
) -> Scores:
    """Score items: the most likely scores given comparisons and prior, and how sure they are.

    Errors come from the inverse of the whole curvature at the top, less what it holds for the mean of all:
    what is left is the covariance of scores that sum to 0. No item is the reference, and none has an error
    of 0. How the top is found, see `Posterior.climb`.

    Args:
        comparisons: Decisions; there may be none.
        prior: `Prior()` when left out.
        weights: How much each comparison counts, 0 or more: shape ``(n,)``; 1 when left out.
        start: Scores to set out from, such as those before a few more comparisons: shape ``(n_items,)``. They
            change how long the fit takes, and nothing else.
        most_steps: After which the fit ends and has not converged.

    Raises:
        InputError: weights are not one each, or below 0, or no number.

    >>> from gradewise.judgement.comparisons import Comparison, compare
    >>> scores = fit_scores(compare([Comparison("b", "a", first_won=True)]), prior=Prior(1))
    >>> scores.values.round(2).tolist(), scores.errors.round(2).tolist()
    ([-0.34, 0.34], [0.59, 0.59])
    """
    prior, n_items = prior or Prior(), len(comparisons.items)
    posterior = Posterior(
        winners=comparisons.winners,
        losers=comparisons.losers,
        weights=_checked_weights(weights, comparisons),
        expected=np.zeros(n_items),
        precisions=np.full(n_items, prior.standard_deviation**-2),
        holds_mean=True,
    )
    top = posterior.climb(np.zeros(n_items) if start is None else start - start.mean(), most_steps=most_steps)
    covariance = _without_mean(posterior.covariance(top.values))
    return Scores(
        items=comparisons.items,
        values=top.values - top.values.mean(),
        errors=np.sqrt(np.maximum(np.diag(covariance), 0)),
        covariance=covariance,
        prior=prior,
        groups=connected_groups(comparisons),
        converged=top.converged,
    )


def scores_of_parts(
    comparisons: Comparisons, parts: Sequence[Flags], *, prior: Prior | None = None
) -> Floats:
    """The most likely scores by each of some parts of the comparisons, without how sure they are.

    The same as `fit_scores` finds but for .0001 logits, and far faster: all parts are fitted side by side, as
    if each were of essays of its own. Of priors wider than 100 logits it is slower.

    Args:
        comparisons: Decisions.
        parts: Which of them are in each part: flags of shape ``(n,)``.
        prior: `Prior()` when left out.

    Returns:
        Scores that sum to 0 in each row: shape ``(n_parts, n_items)``, in logits.
    """
    n, spread = len(comparisons.items), (prior or Prior()).standard_deviation
    offsets = np.repeat(n * np.arange(len(parts)), [part.sum() for part in parts])
    winners, losers = comparisons.winners, comparisons.losers
    posterior = Posterior(
        winners=np.concatenate([winners[part] for part in parts]) + offsets,
        losers=np.concatenate([losers[part] for part in parts]) + offsets,
        weights=np.ones(offsets.size),
        expected=np.zeros(n * len(parts)),
        precisions=np.full(n * len(parts), spread**-2),
        holds_mean=False,
    )
    values = posterior.climb(np.zeros(n * len(parts)), smallest_step=NEARLY, sparsely=True).values
    rows = values.reshape(len(parts), n)
    centred: Floats = rows - rows.mean(axis=1, keepdims=True)
    return centred


def _without_mean(covariance: Floats) -> Floats:
    """Of each score's distance from the mean of all: rows and columns that sum to 0."""
    rows = covariance.mean(axis=0)
    centred: Floats = covariance - rows - rows[:, np.newaxis] + rows.mean()
    return centred


def check_same_items(comparisons: Comparisons, scores: Scores) -> None:
    """Refuse scores of other items than those compared.

    Raises:
        InputError: they are.
    """
    if scores.items != comparisons.items:
        raise InputError(
            f"scores are of {len(scores.items)} items, comparisons of {len(comparisons.items)}, not the same:"
            " fit scores to these comparisons"
        )


def _checked_weights(weights: Floats | None, comparisons: Comparisons) -> Floats:
    if weights is None:
        return np.ones(comparisons.n)
    if weights.shape != (comparisons.n,):
        raise InputError(
            f"weights have shape {weights.shape}; give one for each of {comparisons.n} comparisons"
        )
    if not (np.isfinite(weights) & (weights >= 0)).all():
        raise InputError(f"a weight is {weights.min()}; give finite numbers of 0 or more")
    return weights
