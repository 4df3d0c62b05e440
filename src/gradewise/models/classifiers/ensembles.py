"""Classifiers of classifiers: the mean of several, or one that has learnt when to believe whom."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import TrainingError
from gradewise.models.classifiers.fitted import FittedClassifier
from gradewise.models.classifiers.linear import LinearClassifier
from gradewise.models.onnx.nodes import Graph
from gradewise.models.piecewise import Floats


@dataclass(frozen=True, slots=True, eq=False)
class EnsembleClassifier(FittedClassifier):
    """Members that read the same rows and know the same classes.

    Raises:
        TrainingError: there is none, or they differ in what they read or know.
    """

    members: tuple[FittedClassifier, ...]
    """One at least."""

    def __post_init__(self) -> None:
        shapes = sorted({(member.n_features, member.n_classes) for member in self.members})
        if len(shapes) != 1:
            raise TrainingError(f"members read and tell apart {shapes or 'nothing'}; they must be alike")

    @property
    def n_features(self) -> int:
        """How many numbers a row has."""
        return self.members[0].n_features

    @property
    def n_classes(self) -> int:
        """How many classes there are."""
        return self.members[0].n_classes

    @property
    def converged(self) -> bool:
        """Whether the learning of every member came to an end."""
        return all(member.converged for member in self.members)

    def _add_members(self, graph: Graph, features: str, *, prefix: str) -> list[str]:
        """What the members say: names of nodes."""
        return [
            member.add_to(graph, features, prefix=f"{prefix}{place}_")
            for place, member in enumerate(self.members)
        ]


class VotingClassifier(EnsembleClassifier):
    """The mean of the members' probabilities."""

    __slots__ = ()

    def probabilities(self, values: NDArray[np.float32]) -> Floats:
        """P(class): shape ``(n, n_classes)``, rows sum to 1."""
        total = np.zeros((len(values), self.n_classes))
        for member in self.members:
            total += member.probabilities(values)
        return total / len(self.members)

    def add_to(self, graph: Graph, features: str, *, prefix: str) -> str:
        """See `FittedClassifier.add_to`."""
        said = self._add_members(graph, features, prefix=prefix)
        total = graph.apply("Sum", said, f"{prefix}total")
        n = graph.constant(f"{prefix}n", np.array(float(len(self.members))))
        return graph.apply("Div", [total, n], f"{prefix}mean")


@dataclass(frozen=True, slots=True, eq=False)
class StackedClassifier(EnsembleClassifier):
    """A linear classifier that reads the members' probabilities, one member after another.

    Raises:
        TrainingError: members differ in what they read or know, or `last` reads or knows something else.
    """

    last: LinearClassifier
    """From ``n_members * n_classes`` probabilities to probabilities."""

    def __post_init__(self) -> None:
        EnsembleClassifier.__post_init__(self)
        n_read = len(self.members) * self.n_classes
        if (self.last.n_features, self.last.n_classes) != (n_read, self.n_classes):
            raise TrainingError(f"what stacks reads {self.last.n_features} of {n_read} probabilities")

    @property
    def converged(self) -> bool:
        """Whether the learning of every member, and of what stacks them, came to an end."""
        return self.last.converged and all(member.converged for member in self.members)

    def probabilities(self, values: NDArray[np.float32]) -> Floats:
        """P(class): shape ``(n, n_classes)``, rows sum to 1."""
        return self.last.probabilities(np.hstack([one.probabilities(values) for one in self.members]))

    def add_to(self, graph: Graph, features: str, *, prefix: str) -> str:
        """See `FittedClassifier.add_to`."""
        said = self._add_members(graph, features, prefix=prefix)
        beside = graph.apply("Concat", said, f"{prefix}beside", axis=1)
        return self.last.add_to(graph, beside, prefix=f"{prefix}last_")
