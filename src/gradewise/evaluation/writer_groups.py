"""Writer groups under several attributes at once: how each group fares, many comparisons allowed for.

All of it is about the grades that were given, which is what a writer gets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from gradewise.evaluation.agreement import kappa_of_counts, weighted_joint_counts
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.continuous import moments
from gradewise.evaluation.fairness import (
    MIN_GROUP_SIZE,
    FairnessEvaluation,
    GroupEffect,
    GroupRow,
    evaluate_fairness,
    holm,
)
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.results import USUAL, Graded, Interval, Resampling
from gradewise.evaluation.slices import select
from gradewise.evaluation.weights import Weights, ratio, unit_weights

UNDEFINED = Interval(float("nan"), float("nan"), float("nan"))
"""What a group that is too small to be judged has in place of figures."""


@dataclass(frozen=True, slots=True)
class WriterGroup:
    """How one group of writers fares."""

    row: GroupRow
    """Its name, size, DSM and p-values; Holm-adjusted over all groups of all attributes."""
    qwk: Interval
    """Agreement with the teacher within the group; ``nan`` when the group is small."""
    smd: Interval
    """Model's mean less teacher's, in SDs of the teacher's grades of everybody (``johnson``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributeFairness:
    """Groups of writers under one attribute."""

    attribute: str
    """Such as ``gender``."""
    groups: tuple[WriterGroup, ...]
    """Largest first, small ones included."""
    effects: tuple[GroupEffect, ...]
    """OSA, OSD and CSD; Holm-adjusted over all effects of all attributes."""
    min_n: int
    """Fewest essays for which a group is judged."""
    resampling: Resampling
    """How intervals were made."""


def evaluate_writer_groups(
    graded: Graded,
    attributes: Mapping[str, Sequence[str]],
    *,
    min_n: int = MIN_GROUP_SIZE,
    resampling: Resampling = USUAL,
) -> tuple[AttributeFairness, ...]:
    """Say how groups of writers fare under every attribute.

    Args:
        graded: Essays with the teacher's grade and the model's.
        attributes: By name, each essay's group: ``{"gender": ("Female", …)}``.
        min_n: Fewest essays for which a group is judged.
        resampling: How intervals are made.

    Raises:
        InputError: there is no essay, or an attribute is not about these essays.
    """
    found = {
        name: evaluate_fairness(
            graded.true_codes,
            graded.predicted_codes.astype(np.float64),
            groups,
            min_n=min_n,
            resampling=resampling,
        )
        for name, groups in attributes.items()
    }
    return tuple(
        AttributeFairness(
            attribute=name,
            groups=tuple(
                _writer_group(row, graded, attributes[name], min_n, resampling) for row in one.groups
            ),
            effects=one.effects,
            min_n=min_n,
            resampling=resampling,
        )
        for name, one in _adjusted(found).items()
    )


def _adjusted(found: Mapping[str, FairnessEvaluation]) -> dict[str, FairnessEvaluation]:
    """The same with p-values that allow for every group, and for every effect, of all attributes (Holm)."""
    rows = iter(holm([row.p_value for one in found.values() for row in one.groups]))
    effects = iter(holm([effect.p_value for one in found.values() for effect in one.effects]))
    return {
        name: replace(
            one,
            groups=tuple(replace(row, adjusted_p_value=next(rows)) for row in one.groups),
            effects=tuple(replace(effect, adjusted_p_value=next(effects)) for effect in one.effects),
        )
        for name, one in found.items()
    }


def _writer_group(
    row: GroupRow, graded: Graded, groups: Sequence[str], min_n: int, resampling: Resampling
) -> WriterGroup:
    if row.n < min_n:
        return WriterGroup(row, UNDEFINED, UNDEFINED)
    everybody = moments(graded.true_codes, graded.predicted_codes, unit_weights(len(graded.essay_ids)))
    own = select(graded, np.flatnonzero(np.array(groups) == row.group))
    measure = partial(_group_figures, own, float(everybody.human_sd[0]))
    found = bootstrap_intervals(measure, row.n, resampling=resampling)
    return WriterGroup(row, found["qwk"][0], found["smd"][0])


def _group_figures(own: Graded, human_sd: float, weights: Weights) -> Figures:
    counts = weighted_joint_counts(
        own.true_codes, own.predicted_codes, weights, n_grades=own.probabilities.shape[1]
    )
    of = moments(own.true_codes, own.predicted_codes, weights)
    return {
        "qwk": kappa_of_counts(counts),
        "smd": ratio(of.machine_mean - of.human_mean, np.array([human_sd])),
    }


def is_shown(row: GroupRow, *, confidence: float) -> bool:
    """Whether a group is treated otherwise than the rest beyond doubt, all groups looked at allowed for."""
    return row.adjusted_p_value < 1 - confidence


def largest_difference(fairness: Sequence[AttributeFairness]) -> Interval | None:
    """How far the group that is treated most otherwise is from the rest: largest ``|DSM|``, with its bounds.

    The upper bound is the farthest that the interval of any group reaches: below it, all are. The lower one
    is the largest distance that some group has beyond doubt, where groups whose difference could be one
    chance among many (Holm) count as 0: looking at many groups must not make one fail.

    Returns:
        The interval, of values ≥ 0; ``None`` when no group was large enough to be judged.
    """
    judged = [
        (group.row, one.resampling.confidence)
        for one in fairness
        for group in one.groups
        if not np.isnan(group.row.dsm.low)
    ]
    if not judged:
        return None
    return Interval(
        max(abs(row.dsm.estimate) for row, _ in judged),
        max(_nearest(row) if is_shown(row, confidence=confidence) else 0.0 for row, confidence in judged),
        max(abs(bound) for row, _ in judged for bound in (row.dsm.low, row.dsm.high)),
    )


def _nearest(row: GroupRow) -> float:
    return 0.0 if row.dsm.low <= 0 <= row.dsm.high else min(abs(row.dsm.low), abs(row.dsm.high))
