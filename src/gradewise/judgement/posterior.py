"""What comparisons and expectations together say of scores: their posterior density, and its top.

The chance that `i` is found better than `j` is ``s(v_i - v_j)``, ``s`` being the logistic function and ``v``
the scores in logits. Before any comparison each score is normal around what is expected of it.

Source: Bradley & Terry (1952), doi:10.1093/biomet/39.3-4.324; MacKay (2003), Information Theory, Inference,
and Learning Algorithms, chapter 27, on the curvature at the top as the inverse of a covariance.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import expit, log_expit

from gradewise.judgement.comparisons import Floats, Ints

_SMALLEST_STEP = 1e-7  # logits; Newton's next one would be about its square
MOST_STEPS = 200
"""Of a climb; far more than any takes."""


@dataclass(frozen=True, slots=True, eq=False)
class Top:
    """The most likely scores."""

    values: Floats
    """Scores: shape ``(n,)``, in logits."""
    converged: bool
    """Whether the climb came to rest."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Posterior:
    """What the scores have to explain; its loss is minus the log of the density, in nats."""

    winners: Ints
    """Position of the better item: shape ``(n_comparisons,)``."""
    losers: Ints
    """Position of the other: shape ``(n_comparisons,)``."""
    weights: Floats
    """How much each comparison counts: shape ``(n_comparisons,)``."""
    expected: Floats
    """Scores before any comparison: shape ``(n,)``, in logits."""
    precisions: Floats
    """How surely so, one by the variance: shape ``(n,)``."""
    holds_mean: bool
    """Whether the mean of all, which comparisons leave free, is held where it is; not where what is expected
    of some items is surer than of others."""

    def climb(self, start: Floats, *, most_steps: int = MOST_STEPS) -> Top:
        """Find the top by Newton's method.

        A step that would lose is shortened to ``log(1 + u) / u`` of itself, ``u`` being its largest change of
        a compared difference; that always gains, since a logistic loss bends at most so fast.

        Source: Sun & Tran-Dinh (2018), doi:10.1007/s10107-018-1282-4, on the length of steps.
        """
        values = start
        for _ in range(most_steps):
            fall, curvature = self._bends(values)
            factor = cho_factor(curvature, overwrite_a=True, check_finite=False)
            step = cho_solve(factor, fall, check_finite=False)
            values = values + step * self._share(values, step)
            if np.abs(step).max() < _SMALLEST_STEP:
                return Top(values, converged=True)
        return Top(values, converged=False)

    def covariance(self, values: Floats) -> Floats:
        """The inverse of the curvature at these scores: shape ``(n, n)``.

        Where the mean is held, every cell is off by one and the same number.
        """
        n = values.size
        _, curvature = self._bends(values)
        factor = cho_factor(curvature, overwrite_a=True, check_finite=False)
        inverse = cho_solve(factor, np.eye(n, order="F"), overwrite_b=True, check_finite=False)
        both: Floats = (inverse + inverse.T) / 2
        return both

    def _loss(self, values: Floats) -> float:
        margins, off = values[self.winners] - values[self.losers], values - self.expected
        return float(-self.weights @ log_expit(margins) + self.precisions @ off**2 / 2)

    def _bends(self, values: Floats) -> tuple[Floats, Floats]:
        """How the loss falls, shape ``(n,)``, and how it curves, shape ``(n, n)``.

        The mean is held as if the prior for it alone were narrow: scores that sum to 0 are not touched by
        that, and the arithmetic stays exact under the flattest prior.
        """
        n = values.size
        surprise = expit(values[self.losers] - values[self.winners])
        push = self.weights * surprise
        gained = np.bincount(self.winners, push, n) - np.bincount(self.losers, push, n)
        fall = gained - self.precisions * (values - self.expected)
        information = push * (1 - surprise)
        sums = np.bincount(self.winners, information, n) + np.bincount(self.losers, information, n)
        firmness = float(sums.mean()) / n if self.holds_mean else 0.0
        curvature = np.full((n, n), firmness, order="F")  # the order that spares LAPACK a copy
        np.subtract.at(curvature, (self.winners, self.losers), information)
        np.subtract.at(curvature, (self.losers, self.winners), information)
        curvature[np.diag_indices(n)] += sums + self.precisions
        return fall, curvature

    def _share(self, values: Floats, step: Floats) -> float:
        """How much of a step is taken: above 0, at most 1."""
        if self._loss(values + step) <= self._loss(values):
            return 1.0
        changes = np.abs(step[self.winners] - step[self.losers])
        largest = changes.max(initial=_SMALLEST_STEP)
        return float(np.log1p(largest) / largest)
