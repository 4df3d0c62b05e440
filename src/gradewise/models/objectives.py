"""What trees may be grown to minimise besides squared error: log losses of ordered and unordered grades.

Both engines ask an objective for gradients and Hessians round by round. These are scaled so that no essay's
Hessian exceeds about 1, what it is for squared error: `BoosterParams.l2` and `min_child` keep their unit.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.codes import Codes
from gradewise.models.links import BinaryLink, Link, OrderedLogitLink, SoftmaxLink, logistic
from gradewise.models.ordered_logit import fit_thresholds, interval_losses, start_thresholds
from gradewise.models.piecewise import Floats
from gradewise.models.samples import Sample

FEWEST_ESSAYS = 5
"""A threshold with fewer essays on a side, or a grade with fewer, stays as frequent as in training."""

_PRIOR_ESSAYS = 0.5  # how many essays of every grade are taken for seen: none is impossible
_LEAST_HESSIAN = 1e-6
_LEAST_PROBABILITY = 1e-15

ProbabilityKind = Literal["residuals", "cumulative_link", "frank_hall", "multiclass"]
"""Where probabilities come from, as a plan spells it."""


class Descent(ABC):
    """One training on one sample: asked round after round, and then what margins mean."""

    @abstractmethod
    def gradients(self, margins: Floats) -> tuple[Floats, Floats]:
        """First and second derivatives of each essay's loss by each margin of the training sample.

        Args:
            margins: what the trees sum up to so far, shape ``(n, n_outputs)``.

        Returns:
            Two arrays of shape ``(n, n_outputs)``, weights included; the second is above 0.
        """

    @abstractmethod
    def loss(self, margins: Floats, sample: Sample) -> float:
        """The mean log loss of any sample, in nats an essay: what early stopping watches."""

    @abstractmethod
    def link(self, margins: Floats) -> Link:
        """What margins of the training sample, all trees grown, say of grades."""


@dataclass(frozen=True, slots=True)
class Objective(ABC):
    """A loss over the grades of one scale; targets of samples are codes."""

    n_grades: int
    """How many grades the scale has."""

    @property
    @abstractmethod
    def n_outputs(self) -> int:
        """How many forests are grown."""

    @property
    @abstractmethod
    def ordered(self) -> bool:
        """Whether a larger margin always means a better grade, so that monotone constraints make sense."""

    @abstractmethod
    def begin(self, train: Sample) -> Descent:
        """Set out to minimise the loss on a sample."""


class CumulativeLinkObjective(Objective):
    """Proportional odds: one forest, and thresholds that are fitted to it anew in every round.

    Source: McCullagh (1980), doi:10.1111/j.2517-6161.1980.tb01109.x.
    """

    @property
    def n_outputs(self) -> int:
        """One."""
        return 1

    @property
    def ordered(self) -> bool:
        """A larger margin means a better grade."""
        return True

    def begin(self, train: Sample) -> Descent:
        """Thresholds start where the training grades put them."""
        return _CumulativeLinkDescent(train, n_grades=self.n_grades)


class _CumulativeLinkDescent(Descent):
    def __init__(self, train: Sample, *, n_grades: int) -> None:
        self._codes, self._weights = _codes(train), _weights(train)
        self._thresholds = start_thresholds(_counts(train, n_grades=n_grades))

    def gradients(self, margins: Floats) -> tuple[Floats, Floats]:
        self._thresholds = self._refitted(margins, steps=1)
        padded = np.concatenate([[-np.inf], self._thresholds, [np.inf]])
        under_upper = logistic(padded[self._codes + 1] - margins[:, 0])
        under_lower = logistic(padded[self._codes] - margins[:, 0])
        slopes = 1 - under_upper - under_lower
        bends = under_upper * (1 - under_upper) + under_lower * (1 - under_lower)
        return _scaled(slopes[:, None], bends[:, None], self._weights, most_bend=0.5)

    def loss(self, margins: Floats, sample: Sample) -> float:
        losses = interval_losses(margins[:, 0], _codes(sample), self._thresholds)
        return float(np.average(losses, weights=sample.relative_weights))

    def link(self, margins: Floats) -> Link:
        return OrderedLogitLink(self._refitted(margins, steps=100))

    def _refitted(self, margins: Floats, *, steps: int) -> Floats:
        return fit_thresholds(
            margins[:, 0],
            self._codes,
            self._weights,
            start=self._thresholds,
            prior=_PRIOR_ESSAYS,
            most_steps=steps,
        )


class FrankHallObjective(Objective):
    """A logistic loss for each threshold: does the essay deserve more than grade k?

    Source: Frank & Hall (2001), doi:10.1007/3-540-44795-4_13.
    """

    @property
    def n_outputs(self) -> int:
        """One for each threshold."""
        return self.n_grades - 1

    @property
    def ordered(self) -> bool:
        """A larger margin means a better grade."""
        return True

    def begin(self, train: Sample) -> Descent:
        """Margins are added to the log odds of the training grades."""
        return _FrankHallDescent(train, n_grades=self.n_grades)


class _FrankHallDescent(Descent):
    def __init__(self, train: Sample, *, n_grades: int) -> None:
        self._weights, self._thresholds = _weights(train), np.arange(n_grades - 1)
        self._link = BinaryLink(-start_thresholds(_counts(train, n_grades=n_grades)))
        self._above = self._answers(train)
        n_above = self._above.sum(axis=0)
        self._learnt = np.minimum(n_above, len(self._above) - n_above) >= FEWEST_ESSAYS

    def gradients(self, margins: Floats) -> tuple[Floats, Floats]:
        p = logistic(margins + self._link.intercepts)
        slopes = np.where(self._learnt, p - self._above, 0.0)
        return _scaled(slopes, p * (1 - p), self._weights, most_bend=0.25)

    def loss(self, margins: Floats, sample: Sample) -> float:
        log_odds = margins + self._link.intercepts
        losses = np.logaddexp(0, log_odds) - self._answers(sample) * log_odds
        return float(np.average(losses.sum(axis=1), weights=sample.relative_weights))

    def link(self, margins: Floats) -> Link:  # noqa: ARG002 (known from the start)
        return self._link

    def _answers(self, sample: Sample) -> NDArray[np.bool_]:
        return sample.targets[:, None] > self._thresholds


class MulticlassObjective(Objective):
    """A forest for each grade and a softmax over them: knows nothing of the grades' order."""

    @property
    def n_outputs(self) -> int:
        """One for each grade."""
        return self.n_grades

    @property
    def ordered(self) -> bool:
        """A larger margin favours one grade over those above and below it."""
        return False

    def begin(self, train: Sample) -> Descent:
        """Margins are added to the logarithms of the training grades' shares."""
        return _MulticlassDescent(train, n_grades=self.n_grades)


class _MulticlassDescent(Descent):
    def __init__(self, train: Sample, *, n_grades: int) -> None:
        self._codes, self._weights = _codes(train), _weights(train)
        self._grades = np.arange(n_grades)
        counts = _counts(train, n_grades=n_grades)
        self._link = SoftmaxLink(np.log(counts / counts.sum()))
        self._learnt = np.bincount(self._codes, minlength=n_grades) >= FEWEST_ESSAYS

    def gradients(self, margins: Floats) -> tuple[Floats, Floats]:
        p = self._link.shares(margins)
        slopes = np.where(self._learnt, p - (self._codes[:, None] == self._grades), 0.0)
        return _scaled(slopes, p * (1 - p), self._weights, most_bend=0.25)

    def loss(self, margins: Floats, sample: Sample) -> float:
        shares = self._link.shares(margins)[np.arange(len(margins)), _codes(sample)]
        losses = -np.log(np.maximum(shares, _LEAST_PROBABILITY))
        return float(np.average(losses, weights=sample.relative_weights))

    def link(self, margins: Floats) -> Link:  # noqa: ARG002 (known from the start)
        return self._link


OBJECTIVES: Mapping[str, type[Objective]] = {
    "cumulative_link": CumulativeLinkObjective,
    "frank_hall": FrankHallObjective,
    "multiclass": MulticlassObjective,
}
"""Every objective but squared error, by the name that plans give to the probabilities it leads to."""


def find_objective(kind: ProbabilityKind, *, n_grades: int) -> Objective | None:
    """What to minimise for such probabilities; ``None`` is squared error, as residuals want it.

    >>> find_objective("frank_hall", n_grades=5).n_outputs
    4
    """
    return None if kind == "residuals" else OBJECTIVES[kind](n_grades)


def _scaled(slopes: Floats, bends: Floats, weights: Floats, *, most_bend: float) -> tuple[Floats, Floats]:
    scale = weights[:, None] / most_bend
    return scale * slopes, scale * np.maximum(bends, _LEAST_HESSIAN)


def _counts(train: Sample, *, n_grades: int) -> Floats:
    """Weight of each grade, and a little for those that no essay has: shape ``(n_grades,)``."""
    seen = np.bincount(_codes(train), _weights(train), minlength=n_grades)
    return seen.astype(np.float64) + _PRIOR_ESSAYS


def _codes(sample: Sample) -> Codes:
    return sample.targets.astype(np.int64)


def _weights(sample: Sample) -> Floats:
    weights = sample.relative_weights
    return np.ones(len(sample.targets)) if weights is None else weights
