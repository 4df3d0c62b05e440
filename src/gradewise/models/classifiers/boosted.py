"""Boosted classifiers: a forest for each class, and a softmax over their sums."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from onnx import TensorProto

from gradewise.errors import TrainingError
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.classifiers.linear import softmax
from gradewise.models.onnx.nodes import Graph
from gradewise.models.onnx.scores import tree_attributes
from gradewise.models.piecewise import Floats
from gradewise.models.trees import TreeEnsemble


@dataclass(frozen=True, slots=True, eq=False)
class BoostedClassifier(FittedClassifier):
    """Sums of trees for each class, added to how frequent it is.

    Raises:
        TrainingError: there are more forests than classes, or fewer.
    """

    forests: tuple[TreeEnsemble, ...]
    """One for each class."""
    starts: Floats
    """Log of P(class) before any tree has spoken: shape ``(n_classes,)``."""

    def __post_init__(self) -> None:
        if len(self.forests) != len(self.starts):
            raise TrainingError(f"{len(self.forests)} forests for {len(self.starts)} classes; report a bug")

    @property
    def n_features(self) -> int:
        """How many numbers a row has."""
        return self.forests[0].n_features

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return len(self.starts)

    def probabilities(self, values: NDArray[np.float32]) -> Floats:
        """P(class): shape ``(n, n_classes)``, rows sum to 1; sums of trees are rounded as the graph does."""
        sums = np.stack([forest.predict(values) for forest in self.forests], axis=1)
        return softmax(sums.astype(np.float32).astype(np.float64) + self.starts)

    def add_to(self, graph: Graph, features: str, *, prefix: str) -> str:
        """See `FittedClassifier.add_to`."""
        trees = graph.apply(
            "TreeEnsembleRegressor",
            [features],
            f"{prefix}trees",
            domain="ai.onnx.ml",
            **tree_attributes(self.forests),
        )
        margins = graph.apply("Cast", [trees], f"{prefix}margins", to=TensorProto.DOUBLE)
        starts = graph.constant(f"{prefix}starts", self.starts)
        sums = graph.apply("Add", [margins, starts], f"{prefix}sums")
        return graph.apply("Softmax", [sums], f"{prefix}shares", axis=1)
