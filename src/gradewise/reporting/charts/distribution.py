"""How many essays get each grade: from the teacher and from the model."""

from gradewise.evaluation.results import Evaluation, GradeRow
from gradewise.reporting.svg import (
    WIDTH,
    Axis,
    bar,
    drawing,
    every,
    hint,
    label,
    left_axis,
    nice_ticks,
)
from gradewise.reporting.wording import counted

LEFT, TOP, BOTTOM = 46.0, 34.0, 330.0


def distribution_chart(evaluation: Evaluation) -> str:
    """Two bars a grade, lowest grade first."""
    rows = evaluation.grades
    ticks = nice_ticks(0, max([1, *(max(row.n_true, row.n_predicted) for row in rows)]))
    y = Axis(0, ticks[-1], BOTTOM, TOP)
    slot = (WIDTH - LEFT) / max(len(rows), 1)
    labelled = every(len(rows), WIDTH - LEFT, least=34)
    return drawing(
        "Essays by grade",
        f"{counted(evaluation.n, 'essay')}; grades given by the teacher beside those given by the model.",
        BOTTOM + 26,
        _legend(),
        left_axis(y, ticks, LEFT, WIDTH),
        *(_pair(row, LEFT + slot * (place + 0.5), slot, y) for place, row in enumerate(rows)),
        *(
            label(
                rows[place].grade,
                LEFT + slot * (place + 0.5),
                BOTTOM + 18,
                most=6,
                class_="tick",
                anchor="middle",
            )
            for place in range(0, len(rows), labelled)
        ),
    )


def _pair(row: GradeRow, middle: float, slot: float, y: Axis) -> str:
    thick = min(slot * 0.4, 26.0)
    return "".join(
        bar(left, y.at(count), thick, BOTTOM - y.at(count), who, hint(f"{who} {row.grade}: {count:,}"))
        for left, count, who in ((middle - thick, row.n_true, "teacher"), (middle, row.n_predicted, "model"))
        if count
    )


def _legend() -> str:
    return (
        bar(LEFT, 4, 14, 14, "teacher")
        + label("teacher", LEFT + 21, 16)
        + bar(LEFT + 100, 4, 14, 14, "model")
        + label("model", LEFT + 121, 16)
    )
