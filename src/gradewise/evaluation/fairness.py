"""Whether grades err differently for different groups of writers.

Three questions by group: does the size of errors differ (overall score accuracy, OSA), does their
direction (overall score difference, OSD), and does it among writers to whom the human gave the same score
(conditional score difference, CSD)? One figure for each group: the difference of standardized means (DSM).

Source: Loukina, Madnani & Zechner (2019), "The many dimensions of algorithmic fairness in educational
applications", doi:10.18653/v1/W19-4401.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.evaluation.bootstrap import (
    bootstrap_intervals,
    percentile_interval,
    replicate,
)
from gradewise.evaluation.continuous import Moments, moments
from gradewise.evaluation.figures import Figures, Measure
from gradewise.evaluation.group_effects import EFFECTS, group_fits
from gradewise.evaluation.results import USUAL, Interval, Resampling
from gradewise.evaluation.weights import Floats, Weights, group_sums, ratio, unit_weights

MIN_GROUP_SIZE = 30
"""Fewest essays for which a group is judged. With machine and human correlated at .75, the standard error
of a group's DSM is about ``.71 / sqrt(n)``: .13 at 30 essays, already more than the accepted .10, and below
that the bootstrap itself is unreliable. To find a DSM of .10 four times in five takes about 400 essays."""


@dataclass(frozen=True, slots=True)
class GroupRow:
    """How one group of writers fares."""

    group: str
    """The group."""
    n: int
    """Its essays."""
    dsm: Interval
    """Difference of standardized means: above 0, the machine favours the group; ``nan`` when it is small."""
    p_value: float
    """Of no difference, two-sided, by the bootstrap standard error; ``nan`` when the group is small."""
    adjusted_p_value: float
    """Holm-adjusted over all groups that are judged."""


@dataclass(frozen=True, slots=True)
class GroupEffect:
    """How much of the errors the groups explain."""

    name: str
    """One of `EFFECTS`."""
    adjusted_r2: Interval
    """Gain in adjusted R²: shares of error variance; may fall below 0."""
    p_value: float
    """Of no effect: F test."""
    adjusted_p_value: float
    """Holm-adjusted over the three effects."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FairnessEvaluation:
    """What is said about groups of writers under one attribute."""

    groups: tuple[GroupRow, ...]
    """One row a group, largest first, small ones included."""
    effects: tuple[GroupEffect, ...]
    """In the order of `EFFECTS`, over the groups that are large enough."""
    min_n: int
    """Fewest essays for which a group is judged."""
    resampling: Resampling
    """How intervals were made."""


def difference_of_standardized_means(
    human: Codes | Floats, scores: Codes | Floats, *, population: Moments
) -> float:
    """How much more the machine favours a group than humans do, in SDs of the population.

    ``mean(z_machine) - mean(z_human)`` over the group, each rater standardized by the mean and sample SD
    of the whole population. Accepted in practice: at most .10 either way.

    Args:
        human: Of the group: shape ``(n,)``.
        scores: The machine's, of the group.
        population: Moments of everybody's scores, the group's included.

    Returns:
        The difference; ``nan`` when a rater does not vary in the population.
    """
    of_group = moments(human, scores, unit_weights(human.size))
    return float(_standardized_difference(of_group.human_mean, of_group.machine_mean, population)[0])


def _standardized_difference(human_mean: Floats, machine_mean: Floats, population: Moments) -> Floats:
    machine = ratio(machine_mean - population.machine_mean, population.machine_sd)
    return machine - ratio(human_mean - population.human_mean, population.human_sd)


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Adjust p-values for being many: the chance of any false alarm stays below the level.

    Holm's step-down holds whatever the dependence, and groups are dependent: their DSMs balance out. ``nan``
    is no test: it stays, and is not counted.

    Source: Holm (1979), Scandinavian Journal of Statistics 6, 65–70.

    >>> holm([0.01, 0.04, 0.03])
    (0.03, 0.06, 0.06)
    """
    p = np.asarray(p_values, dtype=np.float64)
    order = np.argsort(p)[: int((~np.isnan(p)).sum())]
    factors = np.arange(order.size, 0, -1)
    adjusted = np.full(p.size, np.nan)
    adjusted[order] = np.minimum(np.maximum.accumulate(p[order] * factors), 1)
    return tuple(adjusted.tolist())


def evaluate_fairness(
    human: Codes | Floats,
    scores: Floats,
    groups: Sequence[str],
    *,
    min_n: int = MIN_GROUP_SIZE,
    resampling: Resampling = USUAL,
    clusters: Sequence[str] | None = None,
) -> FairnessEvaluation:
    """Say how groups of writers fare, with intervals and p-values adjusted for being many.

    Groups are judged against everybody, small groups included; a small group itself is counted and not
    judged, and takes no part in the effects.

    Args:
        human: Shape ``(n,)``.
        scores: The machine's, on the same axis: shape ``(n,)``.
        groups: Each writer's group.
        min_n: Fewest essays for which a group is judged.
        resampling: How intervals are made.
        clusters: Each essay's prompt, to draw whole prompts.

    Raises:
        InputError: there is no essay, or the arrays are of different essays.
    """
    if human.size == 0 or not human.shape == scores.shape == (len(groups),):
        raise InputError(
            f"{human.shape} human scores, {scores.shape} machine scores, {len(groups)} groups; "
            "give one of each per essay"
        )
    resampling = resampling.over(clusters)
    names, codes, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    judged = sizes >= min_n
    kept = np.flatnonzero(judged[codes])
    measure = partial(_dsm_figures, human, scores, codes)
    return FairnessEvaluation(
        groups=_group_rows(
            measure, names.tolist(), sizes, judged=judged, resampling=resampling, clusters=clusters
        ),
        effects=_effect_rows(
            human[kept],
            scores[kept],
            np.unique(codes[kept], return_inverse=True)[1],
            resampling=resampling,
            clusters=None if clusters is None else [clusters[row] for row in kept.tolist()],
        ),
        min_n=min_n,
        resampling=resampling,
    )


def _dsm_figures(
    human: Codes | Floats, scores: Floats, groups: NDArray[np.int64], weights: Weights
) -> Figures:
    n_groups = int(groups.max()) + 1
    sizes = group_sums(weights, groups, n_groups)
    human_mean, machine_mean = (
        ratio(group_sums(weights, groups, n_groups, values=values.astype(np.float64)), sizes)
        for values in (human, scores)
    )
    population = moments(human, scores, weights)
    apart = [
        _standardized_difference(human_mean[:, group], machine_mean[:, group], population)
        for group in range(n_groups)
    ]
    return {"dsm": np.column_stack(apart)}


def _group_rows(
    measure: Measure,
    names: Sequence[str],
    sizes: NDArray[np.int64],
    *,
    judged: NDArray[np.bool_],
    resampling: Resampling,
    clusters: Sequence[str] | None,
) -> tuple[GroupRow, ...]:
    n = int(sizes.sum())
    estimates = measure(unit_weights(n))["dsm"][0]
    replicates = replicate(measure, n, resampling=resampling, clusters=clusters)["dsm"]
    intervals = [
        percentile_interval(estimate if large else np.nan, column, confidence=resampling.confidence)
        for estimate, column, large in zip(estimates, replicates.T, judged, strict=True)
    ]
    p_values = [
        _two_sided_p_value(interval.estimate, column)
        for interval, column in zip(intervals, replicates.T, strict=True)
    ]
    rows = zip(names, sizes.tolist(), intervals, p_values, holm(p_values), strict=True)
    return tuple(sorted((GroupRow(*row) for row in rows), key=lambda row: (-row.n, row.group)))


def _two_sided_p_value(estimate: float, replicates: Floats) -> float:
    spread = float(np.std(replicates[~np.isnan(replicates)])) if not np.isnan(estimate) else 0.0
    if spread == 0:
        return np.nan
    return 2 * NormalDist().cdf(-abs(estimate) / spread)


def _effect_rows(
    human: Codes | Floats,
    scores: Floats,
    groups: NDArray[np.int64],
    *,
    resampling: Resampling,
    clusters: Sequence[str] | None,
) -> tuple[GroupEffect, ...]:
    if groups.size == 0 or groups.max() == 0:
        unknown = Interval(np.nan, np.nan, np.nan)
        return tuple(GroupEffect(name, unknown, np.nan, np.nan) for name in EFFECTS)
    p_values = [fit.p_value for fit in group_fits(human, scores, groups, unit_weights(human.size)).values()]
    found = bootstrap_intervals(
        lambda weights: {name: fit.gain for name, fit in group_fits(human, scores, groups, weights).items()},
        human.size,
        resampling=resampling,
        clusters=clusters,
    )
    return tuple(
        GroupEffect(name, found[name][0], p_value, adjusted)
        for name, p_value, adjusted in zip(EFFECTS, p_values, holm(p_values), strict=True)
    )
