"""A candidate beside the model in production: no worse, on the same essays, which neither has learnt from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gradewise.errors import BundleError
from gradewise.essays.records import Essay
from gradewise.essays.scales import Scale
from gradewise.evaluation.results import Graded, Interval, leading_metric
from gradewise.evaluation.side_by_side import paired_difference
from gradewise.evaluation.slices import select
from gradewise.models.bundles.verified import Bundle
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.registry.opened import OpenedModel
from gradewise.workflows.research.asked import resampling_of
from gradewise.workflows.training.learnt_texts import knows

FEWEST_PAIRED = 30
"""Essays that neither model has learnt from, below which the two are not compared."""

GradeEssays = Callable[[Bundle, Sequence[Essay]], Graded]
"""Grades essays with a bundle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Two models on the same essays."""

    n: int
    """Essays that both graded."""
    left_out: int
    """Essays that the model in production has learnt from."""
    difference: Interval
    """Agreement (QWK), or macro F1 of classes, of the candidate less that of production, paired."""
    metric: str = "qwk"
    """Which of the two."""
    notice: str | None
    """What a reader must know of the comparison; ``None`` where there is nothing."""


@dataclass(frozen=True, slots=True)
class NotCompared:
    """Two models of which nothing can be said side by side."""

    notice: str
    """Why."""


def beside_production(
    production: OpenedModel,
    model: OpenedModel,
    graded: Graded,
    *,
    essays: Sequence[Essay],
    grade: GradeEssays,
    plan: EvaluationPlan,
) -> Beside | NotCompared:
    """Compare a candidate with what is in production.

    Models of other classes, or of grades and of classes, are not: the notice says so.

    Args:
        production: what is in use.
        model: the candidate.
        graded: what it says of the essays.
        essays: the same essays in the same order; the candidate has not learnt from them.
        grade: grades essays with a bundle.
        plan: how intervals are made.
    """
    if (apart := _scales_apart(production, model)) is not None:
        return NotCompared(f"{apart}: the two are not compared")
    learnt = production.learnt_from or frozenset()
    new = [row for row, essay in enumerate(essays) if not knows(learnt, essay.text)]
    if len(new) < FEWEST_PAIRED:
        return NotCompared(
            f"{len(new)} of {len(essays)} essays are new to {production.label}, which is in production; "
            f"below {FEWEST_PAIRED} the two are not compared"
        )
    try:
        other = grade(production.bundle, [essays[row] for row in new])
    except BundleError as error:
        return NotCompared(
            f"what is in production cannot grade here, so that the two are not compared: {error}"
        )
    metric = leading_metric(model.bundle.scale)
    own = select(graded, np.array(new, dtype=np.int64))
    return Beside(
        metric=metric,
        n=len(new),
        left_out=len(essays) - len(new),
        difference=paired_difference(metric, own, other, resampling=resampling_of(plan)),
        notice=None if production.learnt_from is not None else _unknown(production),
    )


def _scales_apart(production: OpenedModel, model: OpenedModel) -> str | None:
    """How what two models give differs, in words; ``None`` where it does not."""
    ours, theirs = model.bundle.scale, production.bundle.scale
    in_use = f"{production.label}, which is in production"
    if ours.ordered != theirs.ordered:
        return f"{in_use}, gives {_kind(theirs)} and {model.label} gives {_kind(ours)}"
    if ours.grades == theirs.grades:
        return None
    if not ours.ordered:
        return f"{model.label} knows other classes than {in_use} ({other_classes(theirs, ours)})"
    return f"{in_use}, grades on scale {theirs.name} and {model.label} on {ours.name}"


def other_classes(before: Scale, after: Scale, *, most: int = 3) -> str:
    """Which classes came and which went, in words.

    >>> other_classes(Scale("a", ("x", "y"), ordered=False), Scale("b", ("y", "z"), ordered=False))
    'new: z; gone: x'
    """
    kinds = {"new": set(after.grades) - set(before.grades), "gone": set(before.grades) - set(after.grades)}
    told = []
    for kind, names in kinds.items():
        more = f" and {len(names) - most} more" if len(names) > most else ""
        told += [f"{kind}: {', '.join(sorted(names)[:most])}{more}"] if names else []
    return "; ".join(told)


def _kind(scale: Scale) -> str:
    return "grades" if scale.ordered else "classes"


def _unknown(production: OpenedModel) -> str:
    return (
        f"which texts {production.label}, which is in production, has learnt from is not known; essays among "
        "these that it has seen flatter it"
    )
