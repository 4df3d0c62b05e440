"""A classifier of the classes that had rows to learn from, among others that had none."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.onnx.nodes import Graph
from gradewise.models.piecewise import Floats


@dataclass(frozen=True, slots=True, eq=False)
class PlacedClassifier(FittedClassifier):
    """What `inner` says, at the places of its classes; all others have probability 0."""

    inner: FittedClassifier
    """Knows the classes that had rows."""
    places: NDArray[np.int64]
    """The code of each of its classes, rising: shape ``(inner.n_classes,)``."""
    n_all: int
    """How many classes there are in all."""

    @property
    def n_features(self) -> int:
        """How many numbers a row has."""
        return self.inner.n_features

    @property
    def n_classes(self) -> int:
        """How many classes there are in all."""
        return self.n_all

    @property
    def converged(self) -> bool:
        """Whether learning came to an end."""
        return self.inner.converged

    def probabilities(self, values: NDArray[np.float32]) -> Floats:
        """P(class): shape ``(n, n_classes)``, rows sum to 1."""
        found = np.zeros((len(values), self.n_all))
        found[:, self.places] = self.inner.probabilities(values)
        return found

    def add_to(self, graph: Graph, features: str, *, prefix: str) -> str:
        """See `FittedClassifier.add_to`."""
        known = self.inner.add_to(graph, features, prefix=f"{prefix}known_")
        places = graph.constant(f"{prefix}places", np.eye(self.n_all)[self.places])
        return graph.apply("MatMul", [known, places], f"{prefix}placed")
