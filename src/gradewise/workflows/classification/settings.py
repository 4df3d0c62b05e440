"""Settings of a learner: those of the plan, those that a search looks through, and how good one is."""

from math import nan

import numpy as np

from gradewise.errors import PlanError
from gradewise.essays.codes import Codes
from gradewise.evaluation.agreement import accuracy_of_counts, f1_of_counts, joint_counts, macro_f1_of_counts
from gradewise.models.classifiers.params import ClassifierParams
from gradewise.models.classifiers.spaces import default_space
from gradewise.models.classifiers.temperature import LEAST_PROBABILITY
from gradewise.models.piecewise import Floats
from gradewise.models.search import Choices, Dimension, SearchSpace, Settings, Span
from gradewise.workflows.plans.classifier import Choice, ClassifierPlan, Range

ENSEMBLES = frozenset({"voting", "stacking"})
"""Learners that join others."""


def params_of(plan: ClassifierPlan, settings: Settings | None = None) -> ClassifierParams:
    """The learner of a plan, with other settings where some are given.

    Raises:
        PlanError: a setting is out of its range, or no number.
    """
    chosen = plan.model_copy(update=dict(settings or {}))
    names = [name for name in ClassifierParams.__dataclass_fields__ if name not in ("learner", "members")]
    values = {name: getattr(chosen, name) for name in names}
    members = chosen.members if chosen.learner in ENSEMBLES else ()
    try:
        return ClassifierParams(
            learner=chosen.learner,
            members=tuple(ClassifierParams(learner=member, **values) for member in members),
            **values,
        )
    except TypeError as error:
        raise PlanError(f"classifier settings {dict(settings or {})} are no numbers: {error}") from error


def space_of(plan: ClassifierPlan) -> SearchSpace:
    """Where the plan's search looks: the learner's usual space where the plan names none."""
    if not plan.search.space:
        return default_space(plan.learner)
    return SearchSpace(tuple(_dimension(key, values) for key, values in plan.search.space.items()))


def _dimension(key: str, values: tuple[Choice, ...] | Range) -> Dimension:
    if not isinstance(values, Range):
        return Choices(key, tuple(dict.fromkeys(values)))
    whole = ClassifierPlan.model_fields[key].annotation is int
    return Span(key, values.low, values.high, log=values.log, whole=whole)


def own_settings(plan: ClassifierPlan, space: SearchSpace) -> Settings:
    """The plan's own settings of what a search varies: they are tried first.

    Where the plan leaves ``c`` open it is what is usual for the learner; members of ensembles keep their own.
    """
    own = {dimension.key: getattr(plan, dimension.key) for dimension in space.dimensions}
    if "c" in own and plan.learner not in ENSEMBLES:
        own["c"] = params_of(plan).c_used
    return own


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
