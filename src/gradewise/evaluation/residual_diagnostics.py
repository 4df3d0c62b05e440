"""Where a model errs: by grade, along what was measured of the essays, and on which essays most."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from gradewise.essays.scales import Scale
from gradewise.evaluation.agreement import weighted_spearman
from gradewise.evaluation.bootstrap import bootstrap_intervals
from gradewise.evaluation.figures import Figures, slice_figures
from gradewise.evaluation.interval_json import interval_to_json
from gradewise.evaluation.results import Graded, Interval, Resampling, SliceRow
from gradewise.evaluation.slices import select
from gradewise.evaluation.summary import slice_to_json
from gradewise.evaluation.weights import Floats, Weights

WORST_SHOWN = 20
"""Essays that are named."""


@dataclass(frozen=True, slots=True)
class Covariate:
    """How residuals go along with something that was measured."""

    name: str
    """The feature."""
    residual: Interval
    """Spearman's correlation with score less grade: above 0, more of it is graded too kindly."""
    size: Interval
    """Spearman's correlation with the size of that difference: above 0, more of it is graded less surely."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Miss:
    """An essay that the model misjudged."""

    essay_id: str
    """Which."""
    prompt: str
    """Of the essay; empty when not known."""
    true_code: int
    """The teacher's grade."""
    predicted_code: int
    """The model's."""
    residual: float
    """Score less grade, in steps."""
    word_count: int | None
    """Its length in words, when known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResidualDiagnostics:
    """Where a model errs."""

    grades: tuple[SliceRow, ...]
    """Essays by the teacher's grade, lowest first; grades that no essay has are left out."""
    covariates: tuple[Covariate, ...]
    """In the order given."""
    worst: tuple[Miss, ...]
    """The largest residuals, largest first."""


def diagnose_residuals(
    graded: Graded, scale: Scale, covariates: Mapping[str, Floats], resampling: Resampling
) -> ResidualDiagnostics:
    """Look at what scores miss grades by.

    Args:
        graded: the essays.
        scale: the grades.
        covariates: what was measured, by name: each of shape ``(n,)``.
        resampling: how intervals are made.
    """
    return ResidualDiagnostics(
        grades=_by_grade(graded, scale, resampling),
        covariates=tuple(_covariate(graded, name, values, resampling) for name, values in covariates.items()),
        worst=worst_misses(graded, most=WORST_SHOWN),
    )


def residuals_of(graded: Graded) -> Floats:
    """Score less the teacher's grade, in steps: shape ``(n,)``; above 0 is too kind."""
    return graded.scores - graded.true_codes


def worst_misses(graded: Graded, *, most: int) -> tuple[Miss, ...]:
    """The essays with the largest residuals; ties by id."""
    residuals = residuals_of(graded)
    order = sorted(range(len(residuals)), key=lambda row: (-abs(residuals[row]), graded.essay_ids[row]))
    return tuple(
        Miss(
            essay_id=graded.essay_ids[row],
            prompt=graded.prompts[row] if graded.prompts else "",
            true_code=int(graded.true_codes[row]),
            predicted_code=int(graded.predicted_codes[row]),
            residual=float(residuals[row]),
            word_count=None if graded.word_counts is None else int(graded.word_counts[row]),
        )
        for row in order[:most]
    )


def _by_grade(graded: Graded, scale: Scale, resampling: Resampling) -> tuple[SliceRow, ...]:
    rows = []
    for code, grade in enumerate(scale.grades):
        part = select(graded, np.flatnonzero(graded.true_codes == code))
        if part.essay_ids:
            found = bootstrap_intervals(
                partial(slice_figures, part), len(part.essay_ids), resampling=resampling
            )
            rows.append(SliceRow(grade, len(part.essay_ids), {name: of[0] for name, of in found.items()}))
    return tuple(rows)


def _covariate(graded: Graded, name: str, values: Floats, resampling: Resampling) -> Covariate:
    residuals = residuals_of(graded)

    def measure(weights: Weights) -> Figures:
        return {
            "residual": weighted_spearman(values, residuals, weights),
            "size": weighted_spearman(values, np.abs(residuals), weights),
        }

    found = bootstrap_intervals(measure, len(graded.essay_ids), resampling=resampling)
    return Covariate(name, found["residual"][0], found["size"][0])


def diagnostics_to_json(
    found: ResidualDiagnostics, scale: Scale, *, tails: Sequence[SliceRow] = ()
) -> dict[str, Any]:
    """The diagnostics as plain values for JSON, with the tails of the same essays."""
    return {
        "grades": [slice_to_json(row) for row in found.grades],
        "tails": [slice_to_json(row) for row in tails],
        "covariates": [
            {
                "name": row.name,
                "spearman_residual": interval_to_json(row.residual),
                "spearman_abs_residual": interval_to_json(row.size),
            }
            for row in found.covariates
        ],
        "worst": [
            {
                "record_id": miss.essay_id,
                "prompt": miss.prompt,
                "y_true": scale.grades[miss.true_code],
                "y_pred": scale.grades[miss.predicted_code],
                "residual": miss.residual,
                "word_count": miss.word_count,
            }
            for miss in found.worst
        ],
    }
