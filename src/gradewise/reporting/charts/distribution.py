"""How many essays get each grade: from the teacher and from the model."""

from gradewise.evaluation.results import Evaluation
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
    counts = [(row.n_true, row.n_predicted) for row in rows]
    ticks = nice_ticks(0, max([1, *(max(pair) for pair in counts)]))
    y = Axis(0, ticks[-1], BOTTOM, TOP)
    slot = (WIDTH - LEFT) / max(len(rows), 1)
    thick = min(slot * 0.4, 26.0)
    bars = "".join(
        bar(
            middle + shift * thick,
            y.at(count),
            thick,
            BOTTOM - y.at(count),
            class_,
            hint(f"{who} {row.grade}: {count}"),
        )
        for place, row in enumerate(rows)
        for middle in (LEFT + slot * (place + 0.5),)
        for shift, count, class_, who in (
            (-1, row.n_true, "teacher", "teacher"),
            (0, row.n_predicted, "model", "model"),
        )
        if count
    )
    step = every(len(rows), WIDTH - LEFT, least=34)
    names = "".join(
        label(row.grade, LEFT + slot * (place + 0.5), BOTTOM + 18, most=6, class_="tick", anchor="middle")
        for place, row in enumerate(rows)
        if place % step == 0
    )
    return drawing(
        "Essays by grade",
        f"{counted(evaluation.n, 'essay')}; grades given by the teacher beside those given by the model.",
        BOTTOM + 26,
        _legend(),
        left_axis(y, ticks, LEFT, WIDTH),
        bars,
        names,
    )


def _legend() -> str:
    return (
        bar(LEFT, 4, 14, 14, "teacher")
        + label("teacher", LEFT + 21, 16)
        + bar(LEFT + 100, 4, 14, 14, "model")
        + label("model", LEFT + 121, 16)
    )
