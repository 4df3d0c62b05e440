"""What the scores are made of, side of writing by side of writing."""

from typing import Any

from gradewise.evaluation.construct_audit import ConstructAudit, ConstructRow
from gradewise.evaluation.interval_json import interval_to_json
from gradewise.reporting.charts.intervals import IntervalRow
from gradewise.reporting.charts.rows import comparison_chart
from gradewise.reporting.parts import Figure, Section, Table, table
from gradewise.reporting.wording import counted, enumerated, percentage, with_bounds

NAMED = 3
"""So many constructs are named in the sentence; the table has all."""


def constructs_section(audit: ConstructAudit) -> Section:
    """What moves scores apart, and how much of it is length."""
    return Section(
        name="constructs",
        heading="What the scores are made of",
        intro=(
            f"{_sentence(audit)} A score is an average plus a part for each side of writing; here the "
            f"differences between the scores of {counted(audit.n, 'essay')} are divided among these parts, "
            "exactly. It says what the model goes by, not what makes an essay good."
        ),
        figures=(_shares_figure(audit), _length_figure(audit)),
        record=_record(audit),
    )


def _sentence(audit: ConstructAudit) -> str:
    shares = [f"{row.construct} ({percentage(row.variance_share.estimate)})" for row in audit.rows[:NAMED]]
    return (
        f"Scores differ most through {enumerated(shares)}; an essay’s length alone would account for "
        f"{percentage(audit.score_length_r2.estimate)} of the differences, where "
        f"{percentage(audit.expected_length_r2.estimate)} are to be expected."
    )


def _shares_figure(audit: ConstructAudit) -> Figure:
    return Figure(
        "What moves scores apart",
        comparison_chart(
            "Share of the differences between scores, by side of writing",
            [IntervalRow(row.construct, row.variance_share, "model") for row in audit.rows],
            percent=True,
        ),
        "The shares sum to 100 %. One below zero works against the others: it raises essays that the rest "
        "lowers. The line is the interval in which the share plausibly lies with other essays.",
        _table(audit),
    )


def _table(audit: ConstructAudit) -> Table:
    def cells(row: ConstructRow) -> tuple[str, ...]:
        shares = (with_bounds(share, percent=True) for share in (row.variance_share, row.weight))
        correlations = (row.grade_correlation, row.length_correlation)
        return (row.construct, *shares, *(with_bounds(each, percent=False) for each in correlations))

    return table(
        ("Side of writing", "Of differences", "Of mean size", "Goes with grade (r)", "Goes with length (r)"),
        map(cells, audit.rows),
    )


def _length_figure(audit: ConstructAudit) -> Figure:
    contenders = [
        IntervalRow("the model’s scores", audit.score_length_r2, "model"),
        IntervalRow("to be expected of such a model", audit.expected_length_r2, "baseline"),
        IntervalRow("the teacher’s grades", audit.grade_length_r2, "human"),
    ]
    return Figure(
        "How much of this is length?",
        comparison_chart("Share of differences that length alone explains", contenders, percent=True),
        "What a curve that knows only the number of words explains of the differences between essays (R²). "
        "Grades also hold what no model sees, so length explains less of them. In the middle: what it would "
        "explain of the scores of a model as accurate as this one that pays for length as the teacher does. "
        "Clearly more than that, in the last line of the table, means that length is overpaid.",
        table(
            ("Whose", "Explained by length"),
            [
                *((row.name, with_bounds(row.interval, percent=True)) for row in contenders),
                ("the model, more than expected", with_bounds(audit.length_excess, percent=True)),
            ],
        ),
    )


def _record(audit: ConstructAudit) -> dict[str, Any]:
    return {
        "n": audit.n,
        "constructs": [
            {
                "construct": row.construct,
                "weight": interval_to_json(row.weight),
                "variance_share": interval_to_json(row.variance_share),
                "grade_correlation": interval_to_json(row.grade_correlation),
                "length_correlation": interval_to_json(row.length_correlation),
            }
            for row in audit.rows
        ],
        "score_length_r2": interval_to_json(audit.score_length_r2),
        "grade_length_r2": interval_to_json(audit.grade_length_r2),
        "expected_length_r2": interval_to_json(audit.expected_length_r2),
        "length_excess": interval_to_json(audit.length_excess),
    }
