"""Everything that is said about a set of graded essays, and its form as a record."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.scales import Scale
from gradewise.evaluation.agreement import joint_counts
from gradewise.evaluation.bootstrap import bootstrap_intervals, prompt_clusters
from gradewise.evaluation.figures import Figures, grade_figures, headline_figures
from gradewise.evaluation.interval_json import (
    interval_to_json,
    intervals_to_json,
    number_to_json,
)
from gradewise.evaluation.probability import confidences, reliability_bins
from gradewise.evaluation.results import (
    USUAL,
    Evaluation,
    Graded,
    GradeRow,
    Interval,
    ReliabilityBin,
    Resampling,
    SliceRow,
    headline_metrics,
)
from gradewise.evaluation.slices import prompt_rows, tail_rows
from gradewise.evaluation.weights import Weights

FORMAT = 1
"""Version of the record that `evaluation_to_json` writes."""

# What rows of probabilities may miss 1 by: they have been through 32-bit arithmetic.
_SUM_TOLERANCE = 1e-4


def evaluate(
    graded: Graded,
    scale: Scale,
    *,
    resampling: Resampling = USUAL,
) -> Evaluation:
    """Say how good grades are, or classes, every figure with its interval.

    Grades of an ordered scale have the figures of `METRICS` and the tails of the scale; classes those of
    `CLASS_METRICS`, and no tails.

    Args:
        graded: Essays with the teacher's grade and the model's.
        scale: The grades; rare ones count even when no essay has them.
        resampling: How intervals are made.

    Returns:
        The evaluation. A figure that is not defined (a kappa between constants, the precision of a grade
        never given) is ``nan``; with one essay every estimate stands without bounds.

    Raises:
        InputError: there is no essay, shapes differ, a code is not on the scale, a score is not finite, or
            probabilities are not probabilities.
    """
    check_graded(graded, scale)
    graded = replace(graded, ordered=scale.ordered)
    found = bootstrap_intervals(
        partial(_whole_figures, graded),
        len(graded.essay_ids),
        resampling=resampling,
        clusters=prompt_clusters(graded, resampling),
    )
    counts = joint_counts(graded.true_codes, graded.predicted_codes, n_grades=scale.n_grades)
    return Evaluation(
        scale=scale,
        n=len(graded.essay_ids),
        metrics={name: found[name][0] for name in headline_metrics(scale)},
        confusion=counts,
        grades=_grade_rows(scale, counts, found),
        tails=tail_rows(graded, resampling),
        prompts=prompt_rows(graded, resampling),
        reliability=reliability_bins(
            confidences(graded.probabilities, graded.predicted_codes),
            graded.true_codes == graded.predicted_codes,
            level=resampling.confidence,
        ),
        resampling=resampling,
    )


def _grade_rows(
    scale: Scale, counts: NDArray[np.int64], found: Mapping[str, tuple[Interval, ...]]
) -> tuple[GradeRow, ...]:
    return tuple(
        GradeRow(
            grade=grade,
            n_true=int(counts[code].sum()),
            n_predicted=int(counts[:, code].sum()),
            precision=found["precision"][code],
            recall=found["recall"][code],
            f1=found["f1"][code],
        )
        for code, grade in enumerate(scale.grades)
    )


def _whole_figures(graded: Graded, weights: Weights) -> Figures:
    return {**headline_figures(graded, weights), **grade_figures(graded, weights)}


def check_graded(graded: Graded, scale: Scale) -> None:
    """Refuse graded essays that cannot be evaluated.

    Raises:
        InputError: as said in `evaluate`.
    """
    n = len(graded.essay_ids)
    if n == 0:
        raise InputError("there is no graded essay to evaluate; give at least one")
    shapes: dict[str, tuple[int, ...]] = {
        "true_codes": graded.true_codes.shape,
        "predicted_codes": graded.predicted_codes.shape,
        "scores": graded.scores.shape,
        "prompts": (n,) if graded.prompts is None else (len(graded.prompts),),
    }
    for name, shape in shapes.items():
        if shape != (n,):
            raise InputError(f"{name} has shape {shape} for {n} essays; give one value for each essay")
    if graded.probabilities.shape != (n, scale.n_grades):
        raise InputError(
            f"probabilities have shape {graded.probabilities.shape}; expected {(n, scale.n_grades)} for "
            f"{n} essays on scale {scale.name}"
        )
    joint_counts(graded.true_codes, graded.predicted_codes, n_grades=scale.n_grades)
    _check_numbers(graded)


def _check_numbers(graded: Graded) -> None:
    if not np.isfinite(graded.scores).all():
        row = int(np.argmin(np.isfinite(graded.scores)))
        raise InputError(
            f"score of essay {graded.essay_ids[row]!r} is {graded.scores[row]}; it must be a finite number"
        )
    sums = graded.probabilities.sum(axis=1)
    sound = (graded.probabilities >= 0).all(axis=1) & (np.abs(sums - 1) <= _SUM_TOLERANCE)
    if not sound.all():
        row = int(np.argmin(sound))
        raise InputError(
            f"probabilities of essay {graded.essay_ids[row]!r} sum to {sums[row]:.6g} with least "
            f"{graded.probabilities[row].min():.6g}; they must be at least 0 and sum to 1"
        )


def evaluation_to_json(evaluation: Evaluation) -> dict[str, Any]:
    """The evaluation as plain values for JSON; what is not defined is ``null``."""
    resampling = evaluation.resampling
    return {
        "format": FORMAT,
        "scale": {
            "name": evaluation.scale.name,
            "grades": list(evaluation.scale.grades),
            **({} if evaluation.scale.ordered else {"ordered": False}),
        },
        "n": evaluation.n,
        "metrics": intervals_to_json(evaluation.metrics),
        "confusion": evaluation.confusion.tolist(),
        "grades": [_grade_to_json(row) for row in evaluation.grades],
        "tails": [slice_to_json(row) for row in evaluation.tails],
        "prompts": [slice_to_json(row) for row in evaluation.prompts],
        "reliability": [_reliability_to_json(row) for row in evaluation.reliability],
        "resampling": {
            "n_resamples": resampling.n_resamples,
            "confidence": resampling.confidence,
            "seed": resampling.seed,
            "clustered_by": resampling.clustered_by,
        },
    }


def _grade_to_json(row: GradeRow) -> dict[str, Any]:
    return {
        "grade": row.grade,
        "n_true": row.n_true,
        "n_predicted": row.n_predicted,
        **intervals_to_json({"precision": row.precision, "recall": row.recall, "f1": row.f1}),
    }


def _reliability_to_json(row: ReliabilityBin) -> dict[str, Any]:
    return {
        "low": row.low,
        "high": row.high,
        "n": row.n,
        "mean_confidence": number_to_json(row.mean_confidence),
        "accuracy": interval_to_json(row.accuracy),
    }


def slice_to_json(row: SliceRow) -> dict[str, Any]:
    """A part of the essays with its figures, as plain values for JSON."""
    return {"name": row.name, "n": row.n, "metrics": intervals_to_json(row.metrics)}
