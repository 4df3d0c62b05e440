"""What comparisons and expectations together say of scores: their posterior density, and its top.

The chance that `i` is found better than `j` is ``s(v_i - v_j)``, ``s`` being the logistic function and ``v``
the scores in logits. Before any comparison each score is normal around what is expected of it.

Source: Bradley & Terry (1952), doi:10.1093/biomet/39.3-4.324; MacKay (2003), Information Theory, Inference,
and Learning Algorithms, chapter 27, on the curvature at the top as the inverse of a covariance.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.linalg.lapack import dpotri
from scipy.special import expit, log_expit

from gradewise.judgement.comparisons import Floats, Ints

SMALLEST_STEP = 1e-7
"""Of a climb to the last digit, in logits; the next one would be about its square."""
NEARLY = 1e-2
"""The same of a climb whose scores are wanted to a few digits."""
_DIGITS = 1e-3  # of a step by conjugate gradients, relative to the slope
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

    def climb(
        self,
        start: Floats,
        *,
        most_steps: int = MOST_STEPS,
        smallest_step: float = SMALLEST_STEP,
        sparsely: bool = False,
    ) -> Top:
        """Find the top by Newton's method.

        A step that would lose is shortened to ``log(1 + u) / u`` of itself, ``u`` being its largest change of
        a compared difference; that always gains, since a logistic loss bends at most so fast.

        Args:
            start: Scores to set out from: shape ``(n,)``.
            most_steps: After which the climb ends wherever it is.
            smallest_step: In logits; the climb rests after one that is smaller, and is then off by about its
                square.
            sparsely: Whether each step is found by conjugate gradients, to a few digits: of many items far
                faster than by a matrix of all with all, of few slower. The mean is then not held, and need
                not be where every precision is the same and `start` sums to 0.

        Source: Sun & Tran-Dinh (2018), doi:10.1007/s10107-018-1282-4, on the length of steps; Hestenes &
        Stiefel (1952), doi:10.6028/jres.049.044, on conjugate gradients.
        """
        values = start
        for _ in range(most_steps):
            step = self._sparse_step(values) if sparsely else self._step(values)
            values = values + step * self._share(values, step)
            if np.abs(step).max() < smallest_step:
                return Top(values, converged=True)
        return Top(values, converged=False)

    def covariance(self, values: Floats) -> Floats:
        """The inverse of the curvature at these scores: shape ``(n, n)``.

        Where the mean is held, every cell is off by one and the same number.
        """
        _, information = self._pulls(values)
        factor, _ = cho_factor(self._curvature(information), lower=True, overwrite_a=True, check_finite=False)
        half, _ = dpotri(factor, lower=True, overwrite_c=True)
        below: Floats = np.tril(half)
        whole: Floats = below + np.tril(half, -1).T
        return whole

    def _loss(self, values: Floats) -> float:
        margins, off = values[self.winners] - values[self.losers], values - self.expected
        return float(-self.weights @ log_expit(margins) + self.precisions @ off**2 / 2)

    def _step(self, values: Floats) -> Floats:
        fall, information = self._pulls(values)
        factor = cho_factor(self._curvature(information), overwrite_a=True, check_finite=False)
        step: Floats = cho_solve(factor, fall, check_finite=False)
        return step

    def _sparse_step(self, values: Floats) -> Floats:
        """The same by conjugate gradients, of items that are scaled to the same curvature each."""
        from scipy.sparse import csr_array  # noqa: PLC0415 - slow to import, and few batches need it
        from scipy.sparse.linalg import cg  # noqa: PLC0415

        n, (fall, information) = values.size, self._pulls(values)
        scale = (self._sums(information) + self.precisions) ** -0.5
        pulled = -information * scale[self.winners] * scale[self.losers]
        places = np.arange(n)
        rows = np.concatenate([self.winners, self.losers, places])
        columns = np.concatenate([self.losers, self.winners, places])
        scaled = csr_array((np.concatenate([pulled, pulled, np.ones(n)]), (rows, columns)), shape=(n, n))
        step: Floats = scale * cg(scaled, scale * fall, rtol=_DIGITS)[0]
        return step

    def _pulls(self, values: Floats) -> tuple[Floats, Floats]:
        """How the loss falls, shape ``(n,)``, and what each comparison tells: shape ``(n_comparisons,)``."""
        n = values.size
        surprise = expit(values[self.losers] - values[self.winners])
        push = self.weights * surprise
        gained = np.bincount(self.winners, push, n) - np.bincount(self.losers, push, n)
        return gained - self.precisions * (values - self.expected), push * (1 - surprise)

    def _sums(self, information: Floats) -> Floats:
        """What comparisons tell of each item: shape ``(n,)``."""
        n = self.expected.size
        sums = np.bincount(self.winners, information, n) + np.bincount(self.losers, information, n)
        return np.asarray(sums, dtype=np.float64)

    def _curvature(self, information: Floats) -> Floats:
        """How the loss curves: shape ``(n, n)``.

        The mean is held as if the prior for it alone were narrow: scores that sum to 0 are not touched by
        that, and the arithmetic stays exact under the flattest prior.
        """
        n, sums = self.expected.size, self._sums(information)
        firmness = float(sums.mean()) / n if self.holds_mean else 0.0
        curvature = np.full((n, n), firmness, order="F")  # the order that spares LAPACK a copy
        np.subtract.at(curvature, (self.winners, self.losers), information)
        np.subtract.at(curvature, (self.losers, self.winners), information)
        curvature[np.diag_indices(n)] += sums + self.precisions
        return curvature

    def _share(self, values: Floats, step: Floats) -> float:
        """How much of a step is taken: above 0, at most 1."""
        if self._loss(values + step) <= self._loss(values):
            return 1.0
        changes = np.abs(step[self.winners] - step[self.losers])
        largest = changes.max(initial=SMALLEST_STEP)
        return float(np.log1p(largest) / largest)
