"""Where searches look unless a plan says otherwise."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import numpy as np

from gradewise.models.classifiers.params import LearnerName
from gradewise.models.search import Choices, Dimension, SearchSpace, Settings, Span

GRID_POINTS = 5
"""Values that a grid takes from a span that has no steps of its own."""

C_SPAN = Span("c", 0.01, 1000.0, log=True)
"""How little linear learners are held back."""

MACHINE_C_SPAN = Span("c", 0.1, 10.0, log=True)
"""The same of linear SVMs, which take ever longer above."""
JOINED_C_SPAN = Span("c", 0.3, 30.0, log=True)
"""The same of ensembles, whose members all get it."""

_TREES: tuple[Dimension, ...] = (
    Span("rounds", 25, 100, log=True, whole=True),
    Span("learning_rate", 0.03, 0.3, log=True),
    Choices("max_leaves", (7, 15, 31)),
    Span("min_child", 3, 30, log=True, whole=True),
)

SPACES: Mapping[LearnerName, SearchSpace] = {
    "logistic_regression": SearchSpace((C_SPAN,)),
    "linear_svm": SearchSpace((MACHINE_C_SPAN,)),
    "gradient_boosting": SearchSpace(_TREES),
    "voting": SearchSpace((JOINED_C_SPAN,)),
    "stacking": SearchSpace((JOINED_C_SPAN,)),
}
"""The usual space of each learner; keys are settings of `ClassifierParams`."""


def default_space(learner: LearnerName) -> SearchSpace:
    """Where to look for settings of a learner; of an ensemble, for those of its linear members.

    >>> [dimension.key for dimension in default_space("logistic_regression").dimensions]
    ['c']
    """
    return SPACES[learner]


def grid(space: SearchSpace, *, points: int = GRID_POINTS) -> list[Settings]:
    """Every combination, the last dimension turning fastest.

    Args:
        space: where to look.
        points: values that a span gives which has no steps, or more of them; evenly, ends included.

    >>> [settings["c"] for settings in grid(SearchSpace((Span("c", 0.1, 10.0, log=True),)), points=3)]
    [0.1, 1.0, 10.0]
    """
    keys = [dimension.key for dimension in space.dimensions]
    axes = [_points(dimension, points) for dimension in space.dimensions]
    return [dict(zip(keys, values, strict=True)) for values in product(*axes)]


def _points(dimension: Dimension, points: int) -> list[Any]:
    if isinstance(dimension, Choices) or (dimension.size or points + 1) <= points:
        return [dimension.at(place) for place in range(dimension.size or 0)]
    spaced = np.geomspace if dimension.log else np.linspace
    drawn = [dimension.settled(float(value)) for value in spaced(dimension.low, dimension.high, points)]
    return list(dict.fromkeys(drawn))
