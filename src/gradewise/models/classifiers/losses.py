"""What linear classifiers make small: losses of the sums of all classes at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Singles = NDArray[np.float32]
"""Numbers in single precision, of any shape."""
LossName = Literal["log_loss", "squared_hinge"]
"""Losses, by name."""


class Loss(Protocol):
    """A loss of one row's sums, added up over rows."""

    def __call__(self, sums: Singles, own: NDArray[np.int64], weights: Singles) -> float:
        """The loss; `sums` becomes its derivative by every sum.

        Args:
            sums: shape ``(n, n_classes)``; overwritten.
            own: where, in the flat array, each row's own class stands: shape ``(n,)``.
            weights: how much each row counts: shape ``(n, 1)``.
        """
        ...


def log_loss(sums: Singles, own: NDArray[np.int64], weights: Singles) -> float:
    """Multinomial logistic regression: minus the logarithm of the own class's softmax."""
    sums -= sums.max(axis=1, keepdims=True)
    told = sums.ravel()[own].astype(np.float64)
    np.exp(sums, out=sums)
    totals = sums.sum(axis=1, keepdims=True)
    losses = np.log(totals[:, 0].astype(np.float64)) - told
    sums *= weights / totals
    sums.ravel()[own] -= weights[:, 0]
    return float(losses @ weights[:, 0])


def squared_hinge(sums: Singles, own: NDArray[np.int64], weights: Singles) -> float:
    """Each class against all others: what a sum lacks from 1, or exceeds -1 by, squared.

    Source: Fan, Chang, Hsieh, Wang & Lin (2008), LIBLINEAR, JMLR 9.
    """
    told = sums.ravel()[own]
    sums += 1
    np.maximum(sums, 0, out=sums)
    sums.ravel()[own] = np.minimum(told - 1, 0)
    loss = float(np.einsum("ij,ij->i", sums, sums).astype(np.float64) @ weights[:, 0])
    sums *= 2 * weights
    return loss


@dataclass(frozen=True, slots=True)
class LossTraits:
    """A loss, and how sharply it bends."""

    loss: Loss
    """The loss."""
    bend: float
    """Its second derivative by a sum, where descent begins; of the log loss it is divided by the classes."""
    shared: bool
    """Whether classes share one loss, so that each bends by its share alone."""


LOSSES: Mapping[LossName, LossTraits] = {
    "log_loss": LossTraits(log_loss, 1.0, shared=True),
    "squared_hinge": LossTraits(squared_hinge, 2.0, shared=False),
}
"""Every loss by its name."""
