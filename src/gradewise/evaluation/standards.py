"""What testing organisations report of a scoring engine, measured at once on one set of graded essays."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.agreement import Counts, weighted_joint_counts, weighted_spearman
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.fairness import MIN_GROUP_SIZE
from gradewise.evaluation.figures import Figures, agreement_figures
from gradewise.evaluation.results import USUAL, Graded, Interval, Resampling
from gradewise.evaluation.second_rater import (
    ScoreAgreement,
    SecondRaterComparison,
    compare_with_second_rater,
    evaluate_scores,
)
from gradewise.evaluation.slices import select
from gradewise.evaluation.summary import check_graded
from gradewise.evaluation.true_scores import TrueScoreEvaluation, evaluate_true_scores
from gradewise.evaluation.weights import Floats, Weights, ratio
from gradewise.evaluation.writer_groups import AttributeFairness, evaluate_writer_groups, largest_difference

FEWEST_SECOND_GRADES = 30
"""Essays with two grades from which on two teachers are compared: below, rater noise is a guess."""

_AS_HEADLINE = {"exact_agreement": "accuracy"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondTeacher:
    """What the grades of a second teacher tell."""

    agreement: Mapping[str, Interval]
    """The two teachers with each other, by the metrics of `Standards.agreement`."""
    comparison: SecondRaterComparison
    """The model beside the second teacher, on the essays that both teachers graded."""
    true_scores: TrueScoreEvaluation
    """What teachers would say on average: how much of it the model knows, and what can be known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standards:
    """Figures as testing organisations report them."""

    n: int
    """Essays."""
    agreement: Mapping[str, Interval]
    """The grades given with the teacher's: ``qwk`` to ``macro_f1``, ``spearman``, and
    ``grade_share_difference``, which is about how often either gives a grade."""
    grades: ScoreAgreement
    """Level, spread and correlation of the grades given, as numbers on the axis of codes."""
    scores: ScoreAgreement
    """The same of the scores that grades are decided from."""
    n_second: int
    """Essays that a second teacher graded too."""
    second: SecondTeacher | None
    """What those tell; ``None`` below `FEWEST_SECOND_GRADES`."""
    groups: tuple[AttributeFairness, ...]
    """Writer groups, attribute by attribute."""
    resampling: Resampling
    """How intervals were made."""


def measure_standards(
    graded: Graded,
    scale: Scale,
    *,
    second: Floats | None = None,
    groups: Mapping[str, Sequence[str]] | None = None,
    min_group: int = MIN_GROUP_SIZE,
    resampling: Resampling = USUAL,
) -> Standards:
    """Measure everything that these essays, their second grades and their writers' groups allow.

    Args:
        graded: Essays with the teacher's grade and the model's.
        scale: The grades.
        second: A second teacher's codes: shape ``(n,)``, ``nan`` where there is none.
        groups: Each writer's group by attribute: ``{"gender": ("Female", …)}``.
        min_group: Fewest essays for which a group is judged.
        resampling: How intervals are made.

    Raises:
        InputError: as `evaluate`; or second grades or groups are not about these essays.
    """
    check_graded(graded, scale)
    given = graded.predicted_codes.astype(np.float64)
    n_second = 0 if second is None else int((~np.isnan(second)).sum())
    enough = second is not None and n_second >= FEWEST_SECOND_GRADES
    return Standards(
        n=len(graded.essay_ids),
        agreement=_agreement(graded.true_codes, graded.predicted_codes, scale, resampling),
        grades=evaluate_scores(graded.true_codes, given, resampling=resampling),
        scores=evaluate_scores(graded.true_codes, graded.scores, resampling=resampling),
        n_second=n_second,
        second=_second_teacher(graded, second, scale, resampling) if second is not None and enough else None,
        groups=evaluate_writer_groups(graded, groups or {}, min_n=min_group, resampling=resampling),
        resampling=resampling,
    )


def _agreement(first: Codes, other: Codes, scale: Scale, resampling: Resampling) -> dict[str, Interval]:
    found = bootstrap_intervals(
        partial(_agreement_figures, first, other, scale.n_grades),
        first.size,
        resampling=resampling,
    )
    return {name: intervals[0] for name, intervals in found.items()}


def _agreement_figures(first: Codes, other: Codes, n_grades: int, weights: Weights) -> Figures:
    counts = weighted_joint_counts(first, other, weights, n_grades=n_grades)
    return {
        **agreement_figures(counts),
        "spearman": weighted_spearman(first, other, weights),
        "grade_share_difference": share_difference_of_counts(counts),
    }


def share_difference_of_counts(counts: Counts) -> Floats:
    """The largest difference, over grades, between the shares of essays to which two raters give it.

    Chance alone makes some grade differ, so that the figure and its upper bound err to the large side.

    >>> float(share_difference_of_counts(np.array([[2, 1], [0, 1]])))
    0.25
    """
    apart = np.abs(counts.sum(axis=-1) - counts.sum(axis=-2)).max(axis=-1)
    return ratio(apart.astype(np.float64), counts.sum(axis=(-2, -1)).astype(np.float64))


def _second_teacher(graded: Graded, second: Floats, scale: Scale, resampling: Resampling) -> SecondTeacher:
    rows = np.flatnonzero(~np.isnan(second))
    both, codes = select(graded, rows), second[rows].astype(np.int64)
    return SecondTeacher(
        agreement=_agreement(both.true_codes, codes, scale, resampling),
        comparison=compare_with_second_rater(
            both.true_codes,
            codes,
            both.predicted_codes,
            both.scores,
            n_grades=scale.n_grades,
            resampling=resampling,
        ),
        true_scores=evaluate_true_scores(
            graded.scores, np.column_stack([graded.true_codes, second]), n_ratings=1, resampling=resampling
        ),
    )


def gate_figures(standards: Standards) -> dict[str, Interval]:
    """Every figure that a gate may ask about, by metric; what could not be measured is left out.

    Agreement, level and spread are those of the grades given; ``pearson`` and ``qwk_continuous`` are about
    scores. What ends in ``_degradation`` is the model's less that of two teachers, on the same essays.
    """
    second, group = standards.second, largest_difference(standards.groups)
    lost = second.comparison.degradation if second else {}
    return {
        **standards.agreement,
        "smd": standards.grades.metrics["smd"],
        "sd_ratio": standards.grades.metrics["sd_ratio"],
        "pearson": standards.scores.metrics["pearson"],
        "qwk_continuous": standards.scores.metrics["qwk_continuous"],
        **{f"{_AS_HEADLINE.get(name, name)}_degradation": interval for name, interval in lost.items()},
        **({"prmse": second.true_scores.prmse} if second else {}),
        **({"group_dsm": group} if group else {}),
    }
