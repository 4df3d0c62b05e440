"""What every fitted classifier is: numbers that can be applied, drawn as a graph, and written down."""

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from gradewise.models.onnx.nodes import Graph
from gradewise.models.piecewise import Floats


class FittedClassifier(ABC):
    """From rows of numbers to probabilities of classes, with NumPy alone; safe for use by several threads."""

    @property
    @abstractmethod
    def n_features(self) -> int:
        """How many numbers a row has."""

    @property
    @abstractmethod
    def n_classes(self) -> int:
        """How many classes there are, two or more."""

    @property
    def converged(self) -> bool:
        """Whether its learning came to an end; if not, more steps may make it better."""
        return True

    @abstractmethod
    def probabilities(self, values: NDArray[np.float32]) -> Floats:
        """P(class) of rows of shape ``(n, n_features)``: shape ``(n, n_classes)``, rows sum to 1."""

    @abstractmethod
    def add_to(self, graph: Graph, features: str, *, prefix: str) -> str:
        """Add what `probabilities` does to an ONNX graph.

        Args:
            graph: in the making.
            features: name of the rows as doubles, ``[n, n_features]``.
            prefix: begins the name of every node and constant, so that members of an ensemble do not clash.

        Returns:
            The name of the probabilities, double ``[n, n_classes]``.
        """
