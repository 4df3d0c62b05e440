"""The machine beside a second human: what is lost when it replaces one of two raters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.evaluation.agreement import accuracy_of_counts, kappa_of_counts, weighted_joint_counts
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.continuous import (
    correlation_of_moments,
    kappa_of_moments,
    mean_difference_of_moments,
    moments,
    root_mean_squared_error_of_moments,
    sd_ratio_of_moments,
)
from gradewise.evaluation.figures import Figures
from gradewise.evaluation.results import USUAL, Interval, Resampling
from gradewise.evaluation.weights import Floats, Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondRaterComparison:
    """Two humans and a machine on the same essays, by metric: ``qwk``, ``exact_agreement``, ``pearson``."""

    n: int
    """Essays with two human ratings."""
    human_human: Mapping[str, Interval]
    """First human with second human."""
    human_machine: Mapping[str, Interval]
    """First human with the machine."""
    degradation: Mapping[str, Interval]
    """Human–machine minus human–human, paired: below 0, the machine agrees less than a human does."""
    resampling: Resampling
    """How intervals were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreAgreement:
    """Continuous machine scores beside one human's."""

    n: int
    """Essays."""
    metrics: Mapping[str, Interval]
    """``qwk_continuous``, ``pearson``, ``smd`` (unpooled), ``sd_ratio``, ``rmse`` (in grade steps)."""
    resampling: Resampling
    """How intervals were made."""


def evaluate_scores(
    human: Codes | Floats,
    scores: Floats,
    *,
    resampling: Resampling = USUAL,
    clusters: Sequence[str] | None = None,
) -> ScoreAgreement:
    """Agreement of continuous scores with a human's, before any decoding to grades.

    Args:
        human: Shape ``(n,)``.
        scores: The machine's, on the same axis: shape ``(n,)``.
        resampling: How intervals are made.
        clusters: Each essay's prompt, to draw whole prompts.

    Raises:
        InputError: there is no essay, or the two are of different essays.
    """
    resampling = resampling.over(clusters)
    if human.shape != scores.shape or human.size == 0:
        raise InputError(f"human scores have shape {human.shape}, machine scores {scores.shape}; give pairs")
    found = bootstrap_intervals(
        partial(_score_figures, human, scores), human.size, resampling=resampling, clusters=clusters
    )
    return ScoreAgreement(n=human.size, metrics=_firsts(found), resampling=resampling)


def _score_figures(human: Codes | Floats, scores: Floats, weights: Weights) -> Figures:
    of = moments(human, scores, weights)
    return {
        "qwk_continuous": kappa_of_moments(of),
        "pearson": correlation_of_moments(of),
        "smd": mean_difference_of_moments(of),
        "sd_ratio": sd_ratio_of_moments(of),
        "rmse": root_mean_squared_error_of_moments(of),
    }


def compare_with_second_rater(
    first: Codes,
    second: Codes,
    machine: Codes,
    scores: Floats,
    *,
    n_grades: int,
    resampling: Resampling = USUAL,
    clusters: Sequence[str] | None = None,
) -> SecondRaterComparison:
    """Hold the machine's agreement with a human against another human's.

    Kappa and exact agreement are about grades, Pearson about the machine's continuous scores. Accepted in
    practice: a degradation of kappa and of Pearson above -0.10, of exact agreement above -0.05125.

    Args:
        first: The human with whom both are compared: shape ``(n,)``.
        second: Another human.
        machine: The machine's grades.
        scores: The machine's continuous scores.
        n_grades: Grades on the scale.
        resampling: How intervals are made.
        clusters: Each essay's prompt, to draw whole prompts.

    Raises:
        InputError: there is no essay, raters differ in number of essays, or a code is not on the scale.

    Source: Williamson, Xi & Breyer (2012), doi:10.1111/j.1745-3992.2011.00223.x.
    """
    resampling = resampling.over(clusters)
    if first.size == 0:
        raise InputError("no essay has two human ratings; a comparison needs at least one")
    found = _firsts(
        bootstrap_intervals(
            partial(_rater_figures, first, second, machine, scores=scores, n_grades=n_grades),
            first.size,
            resampling=resampling,
            clusters=clusters,
        )
    )
    kinds = {
        kind: {name.partition(":")[2]: figure for name, figure in found.items() if name.startswith(kind)}
        for kind in ("human_human", "human_machine", "degradation")
    }
    return SecondRaterComparison(n=first.size, resampling=resampling, **kinds)


def _rater_figures(
    first: Codes, second: Codes, machine: Codes, weights: Weights, *, scores: Floats, n_grades: int
) -> Figures:
    human = _pair_figures(first, second, second, n_grades, weights)
    automatic = _pair_figures(first, machine, scores, n_grades, weights)
    return {
        **{f"human_human:{name}": figure for name, figure in human.items()},
        **{f"human_machine:{name}": figure for name, figure in automatic.items()},
        **{f"degradation:{name}": automatic[name] - figure for name, figure in human.items()},
    }


def _pair_figures(
    first: Codes, grades: Codes, scores: Codes | Floats, n_grades: int, weights: Weights
) -> Figures:
    counts = weighted_joint_counts(first, grades, weights, n_grades=n_grades)
    return {
        "qwk": kappa_of_counts(counts),
        "exact_agreement": accuracy_of_counts(counts),
        "pearson": correlation_of_moments(moments(first, scores, weights)),
    }


def _firsts(found: Mapping[str, tuple[Interval, ...]]) -> dict[str, Interval]:
    return {name: intervals[0] for name, intervals in found.items()}
