"""Settings of a learner: those of the plan, those that a search looks through, and how good one is."""

from collections.abc import Mapping
from math import isfinite, nan
from typing import Any

import numpy as np

from gradewise.errors import PlanError
from gradewise.essays.scales import Codes
from gradewise.evaluation.agreement import accuracy_of_counts, f1_of_counts, joint_counts, macro_f1_of_counts
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.piecewise import Floats
from gradewise.models.search import Choices, Dimension, SearchSpace, Settings, Span
from gradewise.workflows.plan_classifier import ClassifierPlan, ClassifierSearchPlan, Learner, Range

LEAST_PROBABILITY = 1e-15
"""What a probability of 0 counts for in a logarithm."""

_C = Range(low=0.1, high=100.0, log=True)
_WEIGHTS = ("none", "class_weights")
_TREES: Mapping[str, Any] = {
    "learning_rate": Range(low=0.03, high=0.3, log=True),
    "max_leaves": (7, 15, 31),
    "min_child": (2, 5, 20),
}
USUAL_SPACES: Mapping[Learner, Mapping[str, Any]] = {
    "logistic_regression": {"c": _C, "balancing": _WEIGHTS},
    "linear_svm": {"c": Range(low=0.01, high=10.0, log=True), "balancing": _WEIGHTS},
    "gradient_boosting": _TREES,
    "voting": {"c": _C, "balancing": _WEIGHTS},
    "stacking": {"c": _C, "balancing": _WEIGHTS},
}
"""Where a search looks when the plan names no space."""
USUAL_GRIDS: Mapping[Learner, Mapping[str, Any]] = {
    "logistic_regression": {"c": (0.1, 1.0, 10.0, 100.0), "balancing": _WEIGHTS},
    "linear_svm": {"c": (0.01, 0.1, 1.0, 10.0), "balancing": _WEIGHTS},
    "gradient_boosting": {"learning_rate": (0.05, 0.1, 0.2), "max_leaves": (7, 15)},
    "voting": {"c": (1.0, 10.0)},
    "stacking": {"c": (1.0, 10.0)},
}
"""The same of ``grid``, which goes through all of it."""


def params_of(plan: ClassifierPlan, settings: Settings | None = None) -> ClassifierParams:
    """The learner of a plan, with other settings where some are given.

    Raises:
        PlanError: a setting is out of its range.
    """
    chosen = {**_settings_of(plan), **(settings or {})}
    names = [name for name in ClassifierParams.__dataclass_fields__ if name not in ("learner", "members")]
    learner = chosen["learner"]
    values = {name: chosen[name] for name in names}
    members = chosen["members"] if learner in ("voting", "stacking") else ()
    try:
        return ClassifierParams(
            learner=learner,
            members=tuple(ClassifierParams(learner=member, **values) for member in members),
            **values,
        )
    except TypeError as error:
        raise PlanError(f"classifier settings {dict(settings or {})} are no numbers: {error}") from error


def _settings_of(plan: ClassifierPlan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in ClassifierPlan.model_fields}


def space_of(plan: ClassifierPlan) -> SearchSpace:
    """Where the plan's search looks.

    Raises:
        PlanError: a grid has a range, which has no end; or a range is none.
    """
    search = plan.search
    usual = USUAL_GRIDS if search.method == "grid" else USUAL_SPACES
    named = search.space or usual[plan.learner]
    return SearchSpace(tuple(_dimension(key, values, search) for key, values in named.items()))


def _dimension(key: str, values: Any, search: ClassifierSearchPlan) -> Dimension:
    if not isinstance(values, Range):
        return Choices(key, tuple(dict.fromkeys(values)))
    if search.method == "grid":
        raise PlanError(
            f"classifier.search.space.{key} is a range, and a grid goes through values; list them, or search "
            "by random"
        )
    if not (isfinite(values.low) and isfinite(values.high) and values.low <= values.high):
        raise PlanError(f"classifier.search.space.{key} goes from {values.low} to {values.high}; low first")
    if values.log and values.low <= 0:
        raise PlanError(f"classifier.search.space.{key} is logarithmic from {values.low}; begin above 0")
    whole = ClassifierPlan.model_fields[key].annotation is int
    return Span(key, values.low, values.high, log=values.log, whole=whole)


def own_settings(plan: ClassifierPlan, space: SearchSpace) -> Settings:
    """The plan's own settings of what a search varies: they are tried first."""
    every = _settings_of(plan)
    return {dimension.key: every[dimension.key] for dimension in space.dimensions}


def figure_of(metric: str, probabilities: Floats, codes: Codes) -> float:
    """What a search makes best, of some held-out texts.

    Args:
        metric: ``macro_f1``, ``weighted_f1``, ``accuracy`` or ``log_loss``.
        probabilities: shape ``(n, n_classes)``.
        codes: the right classes, shape ``(n,)``.
    """
    if metric == "log_loss":
        right = probabilities[np.arange(len(codes)), codes]
        return float(-np.log(np.maximum(right, LEAST_PROBABILITY)).mean())
    counts = joint_counts(codes, probabilities.argmax(axis=1), n_grades=probabilities.shape[1])
    if metric == "macro_f1":
        return float(macro_f1_of_counts(counts))
    if metric == "accuracy":
        return float(accuracy_of_counts(counts))
    shares = counts.sum(axis=1) / len(codes)
    return float(np.nansum(shares * f1_of_counts(counts)))


def loss_of_figure(metric: str, figure: float) -> float:
    """What a search makes small: the figure itself of ``log_loss``, else what it lacks of 1."""
    return figure if metric == "log_loss" else 1 - figure


def figure_of_loss(metric: str, loss: float | None) -> float:
    """The figure that a loss stands for; ``nan`` where there is none."""
    if loss is None:
        return nan
    return loss if metric == "log_loss" else 1 - loss
