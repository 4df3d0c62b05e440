"""Where a model errs: along the scale, by prompt, by length, with what was measured, and on which essays."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from gradewise.essays.scales import Scale
from gradewise.evaluation.prompts import drawn_to_mean
from gradewise.evaluation.residual_diagnostics import (
    Covariate,
    Miss,
    ResidualDiagnostics,
    diagnostics_to_json,
)
from gradewise.evaluation.results import SliceRow
from gradewise.evaluation.summary import slice_to_json
from gradewise.reporting.charts.forest import difference_row, forest_chart
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.rows import comparison_chart, lean_chart
from gradewise.reporting.figures import lean_figures
from gradewise.reporting.parts import Figure, Section, Statement, Table, table
from gradewise.reporting.report import UNDEFINED, NamedEvaluation
from gradewise.reporting.tables import slices_table
from gradewise.reporting.wording import (
    counted,
    decimal,
    difference_words,
    enumerated,
    metric_words,
    signed,
    with_bounds,
)

MOST_ROWS_DRAWN = 15
NOTEWORTHY = 0.1
"""A rank correlation of residuals that is surely farther from 0 than this is worth a word."""


def residuals_section(named: NamedEvaluation, found: ResidualDiagnostics, scale: Scale) -> Section:
    """What scores miss the teacher's grades by."""
    return Section(
        name="residuals",
        heading="Where it errs",
        intro="A residual is the score less the teacher’s grade, in grade steps: above zero is too kind. "
        "Every essay was scored by a model that had not seen it.",
        figures=(
            _grades_figure(found.grades),
            *lean_figures(named),
            *([_covariates_figure(found.covariates, named.evaluation.n)] if found.covariates else []),
            _worst_figure(found.worst, scale),
        ),
        statements=tuple(_statements(found.covariates)),
        record=diagnostics_to_json(found, scale, tails=named.evaluation.tails),
    )


def _grades_figure(rows: Sequence[SliceRow]) -> Figure:
    drawn = sorted(sorted(range(len(rows)), key=lambda at: -rows[at].n)[:MOST_ROWS_DRAWN])
    return Figure(
        "By the teacher’s grade",
        lean_chart(
            "Too kind or too strict, by the teacher’s grade",
            [
                IntervalRow(
                    f"{rows[at].name}, n {rows[at].n:,}",
                    rows[at].metrics.get("mean_residual", UNDEFINED),
                    "model",
                )
                for at in drawn
            ],
        ),
        "How many grades the model is above the teacher on average, grade by grade. A slope from right to "
        "left is the pull towards the middle.",
        _grades_table(rows),
    )


def _grades_table(rows: Sequence[SliceRow]) -> Table:
    # Agreement beyond chance is 0 by construction where all true grades are one.
    names = ("accuracy", "adjacent_accuracy", "mae", "mean_residual")
    return table(
        ("Grade", "Essays", *(metric_words(name).label for name in names)),
        (
            (
                row.name,
                f"{row.n:,}",
                *(with_bounds(row.metrics[name], percent=metric_words(name).percent) for name in names),
            )
            for row in rows
        ),
    )


def _covariates_figure(rows: Sequence[Covariate], n: int) -> Figure:
    return Figure(
        "With what was measured",
        forest_chart(
            "Rank correlation of residuals with what was measured",
            [difference_row(_spoken(row.name), n, row.residual) for row in rows],
            left="more of it: too strict",
            right="more of it: too kind",
        ),
        "Spearman’s correlation of the residual with a property of the essay. Far from zero, the model pays "
        "for it otherwise than the teacher does.",
        table(
            ("Property", "With the residual", "With its size"),
            ((_spoken(row.name), difference_words(row.residual), difference_words(row.size)) for row in rows),
        ),
    )


def _spoken(name: str) -> str:
    return name.replace("_", " ")


def _worst_figure(rows: Sequence[Miss], scale: Scale) -> Figure:
    return Figure.in_numbers(
        "The essays that it misjudges most",
        "Read these first: a wrong grade in the data, an odd text, or something that the model does not see. "
        "Residuals of every essay are in the residual files.",
        _worst_table(rows, scale),
    )


def _worst_table(rows: Sequence[Miss], scale: Scale) -> Table:
    return table(
        ("Essay", "Teacher", "Model", "Residual", "Words", "Prompt"),
        (
            (
                row.essay_id,
                scale.grades[row.true_code],
                scale.grades[row.predicted_code],
                signed(row.residual),
                "" if row.word_count is None else f"{row.word_count:,}",
                row.prompt,
            )
            for row in rows
        ),
    )


def _statements(rows: Sequence[Covariate]) -> Iterator[Statement]:
    for row in rows:
        far = max(row.residual.low, -row.residual.high)
        if math.isfinite(far) and far > NOTEWORTHY:
            lean = "kindly" if row.residual.estimate > 0 else "strictly"
            yield Statement(
                "warn",
                f"The more {_spoken(row.name)}, the more {lean} it grades: the residual’s rank correlation "
                f"is {difference_words(row.residual)}.",
            )


def prompts_section(rows: Sequence[SliceRow], *, min_prompt: int) -> Section:
    """Agreement on each prompt, where it has essays enough; at least one prompt is known.

    Args:
        rows: every prompt, largest first.
        min_prompt: fewest essays of a prompt that is drawn and named.
    """
    judged = [row for row in rows if row.name and row.n >= min_prompt]
    ranked = sorted(judged, key=lambda row: _last_if_undefined(row.metrics["qwk"].estimate))
    return Section(
        name="prompts",
        heading="Prompt by prompt",
        intro=f"{len(judged)} of {counted(len(rows), 'prompt')} have {min_prompt} essays or more."
        f"{_weakest(judged)}",
        figures=(
            Figure(
                "Agreement on each prompt",
                comparison_chart(
                    "Agreement beyond chance, by prompt",
                    [
                        IntervalRow(f"{row.name}, n {row.n:,}", row.metrics["qwk"], "model")
                        for row in ranked[:MOST_ROWS_DRAWN]
                    ],
                )
                if judged
                else "",
                f"Agreement beyond chance (QWK) with its interval, lowest first{_cut(len(ranked))}. "
                "Intervals that overlap do not tell prompts apart.",
                slices_table("Prompt", rows),
            ),
        ),
        record={"min_prompt": min_prompt, "prompts": [slice_to_json(row) for row in rows]},
    )


def _weakest(rows: Sequence[SliceRow]) -> str:
    """The prompts with the lowest agreement, drawn to the mean: of many, one is low by chance too."""
    kappas = np.array([row.metrics["qwk"].estimate for row in rows])
    drawn = drawn_to_mean(kappas, np.array([row.n for row in rows]))
    ranked = [place for place in np.argsort(drawn, kind="stable").tolist() if np.isfinite(drawn[place])]
    if not ranked:
        return ""
    named = enumerated([f"{rows[place].name} ({decimal(drawn[place])})" for place in ranked[:3]])
    return f" Drawn towards the mean as far as size leaves them to chance, the lowest are {named}."


def _cut(n: int) -> str:
    return f"; {MOST_ROWS_DRAWN} of {n} are drawn" if n > MOST_ROWS_DRAWN else ""


def _last_if_undefined(figure: float) -> float:
    return figure if math.isfinite(figure) else math.inf
