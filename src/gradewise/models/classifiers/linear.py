"""Linear classifiers: one weighted sum of the features for each class."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError, TrainingError
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.onnx.nodes import Graph
from gradewise.models.piecewise import Floats

LinearLink = Literal["softmax", "sigmoids"]
"""How sums become probabilities: together, or each by itself and then brought to the sum 1."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearClassifier(FittedClassifier):
    """Weighted sums of the features as they are, and what makes probabilities of them.

    Raises:
        TrainingError: arrays disagree, or hold a number that is not finite.
    """

    weights: Floats
    """What one unit of a feature adds to the sum of a class: shape ``(n_features, n_classes)``."""
    intercepts: Floats
    """Each class's sum where all features are 0: shape ``(n_classes,)``."""
    link: LinearLink = "softmax"
    """From sums to probabilities."""
    settled: bool = True
    """Whether the optimiser came to an end within its steps."""

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or self.weights.shape[1:] != self.intercepts.shape:  # noqa: PLR2004 (two axes)
            raise TrainingError(
                f"weights of shape {self.weights.shape} for {self.intercepts.shape} intercepts; report a bug"
            )
        if not (np.isfinite(self.weights).all() and np.isfinite(self.intercepts).all()):
            raise TrainingError("a linear classifier grew beyond all bounds; lower `c`, or choose a penalty")

    @property
    def n_features(self) -> int:
        """How many numbers a row has."""
        return len(self.weights)

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.intercepts)

    @property
    def converged(self) -> bool:
        """Whether the optimiser came to an end within its steps."""
        return self.settled

    def sums(self, values: NDArray[np.float32] | Floats) -> Floats:
        """The weighted sums: shape ``(n, n_classes)``.

        Raises:
            InputError: the rows have another width.
        """
        if values.ndim != 2 or values.shape[1] != self.n_features:  # noqa: PLR2004 (two axes)
            raise InputError(f"features have shape {values.shape}, the model expects (n, {self.n_features})")
        return np.asarray(values.astype(np.float64) @ self.weights + self.intercepts)

    def probabilities(self, values: NDArray[np.float32] | Floats) -> Floats:
        """P(class): shape ``(n, n_classes)``, rows sum to 1."""
        sums = self.sums(values)
        return softmax(sums if self.link == "softmax" else log_sigmoid(sums))

    def add_to(self, graph: Graph, features: str, *, prefix: str) -> str:
        """See `FittedClassifier.add_to`."""
        weights = graph.constant(f"{prefix}weights", self.weights)
        products = graph.apply("MatMul", [features, weights], f"{prefix}products")
        intercepts = graph.constant(f"{prefix}intercepts", self.intercepts)
        sums = graph.apply("Add", [products, intercepts], f"{prefix}sums")
        if self.link == "sigmoids":
            sums = _add_log_sigmoid(graph, sums, prefix=prefix)
        return graph.apply("Softmax", [sums], f"{prefix}shares", axis=1)


def softmax(sums: Floats) -> Floats:
    """``exp(s_k) / sum_j exp(s_j)`` along each row: the shape of `sums`."""
    odds = np.exp(sums - sums.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def log_sigmoid(sums: Floats) -> Floats:
    """The logarithm of ``1 / (1 + exp(-s))``, precise in both tails: the shape of `sums`.

    The softmax of it is the sigmoids brought to the sum 1, also where all of them are next to 0.
    """
    return np.asarray(np.minimum(sums, 0) - np.log(1 + np.exp(-np.abs(sums))))


def _add_log_sigmoid(graph: Graph, sums: str, *, prefix: str) -> str:
    zero, one = graph.constant(f"{prefix}zero", np.zeros(1)), graph.constant(f"{prefix}one", np.ones(1))
    size = graph.apply("Abs", [sums], f"{prefix}size")
    away = graph.apply("Exp", [graph.apply("Neg", [size], f"{prefix}minus")], f"{prefix}away")
    bend = graph.apply("Log", [graph.apply("Add", [away, one], f"{prefix}above_one")], f"{prefix}bend")
    low = graph.apply("Min", [sums, zero], f"{prefix}low")
    return graph.apply("Sub", [low, bend], f"{prefix}log_sigmoid")
