"""Every figure of an evaluation as a function of weights over essays."""

from collections.abc import Callable, Mapping

from gradewise.evaluation.agreement import (
    Counts,
    accuracy_of_counts,
    f1_of_counts,
    kappa_of_counts,
    macro_f1_of_counts,
    mean_absolute_error_of_counts,
    mean_residual_of_counts,
    precision_of_counts,
    recall_of_counts,
    root_mean_squared_error_of_counts,
    weighted_joint_counts,
    weighted_spearman,
)
from gradewise.evaluation.class_figures import class_compared, class_headline, class_rows, class_slice
from gradewise.evaluation.probability import (
    brier_scores,
    confidences,
    ranked_probability_scores,
    weighted_calibration_error,
)
from gradewise.evaluation.results import Graded
from gradewise.evaluation.weights import Floats, Weights, ratio, unit_weights

Figures = Mapping[str, Floats]
"""Figures by name: each of shape ``(n_resamples,)``, or ``(n_resamples, m)`` for a family of ``m``."""
Measure = Callable[[Weights], Figures]
"""From weights to figures; unit weights give the estimates."""
MeasureOf = Callable[[Graded, Weights], Figures]
"""The same of whatever essays are graded."""


def headline_figures(graded: Graded, weights: Weights) -> Figures:
    """The headline metrics, in the order of `METRICS`.

    Agreement (``qwk`` to ``macro_f1``) is about the grades that were given. ``spearman`` ranks by the
    continuous score, which is finer than the grade. The rest is about the probabilities. Of classes they are
    those of `CLASS_METRICS`.
    """
    if not graded.ordered:
        return class_headline(graded, weights)
    codes, given = graded.true_codes, graded.predicted_codes
    per_essay = (
        brier_scores(graded.probabilities, codes),
        ranked_probability_scores(graded.probabilities, codes),
    )
    brier, rps = (ratio(weights @ scores, weights.sum(axis=1)) for scores in per_essay)
    confidence = confidences(graded.probabilities, given)
    return {
        **agreement_figures(_counts(graded, weights)),
        "spearman": weighted_spearman(codes, graded.scores, weights),
        "brier": brier,
        "ece": weighted_calibration_error(confidence, codes == given, weights),
        "rps": rps,
    }


def agreement_figures(counts: Counts) -> Figures:
    """How far two raters agree, by headline metric, from joint counts ``(…, n_grades, n_grades)``."""
    return {
        "qwk": kappa_of_counts(counts),
        "accuracy": accuracy_of_counts(counts),
        "adjacent_accuracy": accuracy_of_counts(counts, tolerance=1),
        "mae": mean_absolute_error_of_counts(counts),
        "rmse": root_mean_squared_error_of_counts(counts),
        "macro_f1": macro_f1_of_counts(counts),
    }


def compared_figures(graded: Graded, weights: Weights) -> Figures:
    """What graders of the same essays are compared by: see `compared_metrics`."""
    if not graded.ordered:
        return class_compared(graded, weights)
    counts = _counts(graded, weights)
    missed = ranked_probability_scores(graded.probabilities, graded.true_codes)
    return {
        "qwk": kappa_of_counts(counts),
        "adjacent_accuracy": accuracy_of_counts(counts, tolerance=1),
        "accuracy": accuracy_of_counts(counts),
        "mae": mean_absolute_error_of_counts(counts),
        "rmse": root_mean_squared_error_of_counts(counts),
        "rps": ratio(weights @ missed, weights.sum(axis=1)),
    }


def figures_of(graded: Graded, measure: MeasureOf = compared_figures) -> dict[str, float]:
    """What a measure says of the essays themselves; ``nan`` where a figure is not defined."""
    found = measure(graded, unit_weights(len(graded.essay_ids)))
    return {name: float(values[0]) for name, values in found.items()}


def grade_figures(graded: Graded, weights: Weights) -> Figures:
    """Precision, recall and F1: a family of one figure a grade each."""
    if not graded.ordered:
        return class_rows(graded, weights)
    counts = _counts(graded, weights)
    return {
        "precision": precision_of_counts(counts),
        "recall": recall_of_counts(counts),
        "f1": f1_of_counts(counts),
    }


def slice_figures(graded: Graded, weights: Weights) -> Figures:
    """What is said of a part of the essays.

    Kappa in a tail is low by construction, since the truth hardly varies there: compare it between
    models, never with the whole. ``mean_residual`` is prediction minus truth in grade steps. Of classes there
    are macro F1, weighted F1 and accuracy.
    """
    if not graded.ordered:
        return class_slice(graded, weights)
    counts = _counts(graded, weights)
    return {
        "qwk": kappa_of_counts(counts),
        "mae": mean_absolute_error_of_counts(counts),
        "adjacent_accuracy": accuracy_of_counts(counts, tolerance=1),
        "accuracy": accuracy_of_counts(counts),
        "mean_residual": mean_residual_of_counts(counts),
    }


def _counts(graded: Graded, weights: Weights) -> Floats:
    n_grades = graded.probabilities.shape[1]
    return weighted_joint_counts(graded.true_codes, graded.predicted_codes, weights, n_grades=n_grades)
