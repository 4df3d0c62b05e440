"""Which grades are taken for which: teacher's against model's."""

import numpy as np
from numpy.typing import NDArray

from gradewise.evaluation.results import Evaluation
from gradewise.reporting.svg import WIDTH, bar, drawing, element, every, hint, label, length
from gradewise.reporting.wording import counted, percentage

LEFT, TOP = 58.0, 46.0
ROOM = WIDTH - LEFT - 4.0
TWO_LINES = 40.0
ONE_LINE = 17.0
DARKEST = 0.75
"""Opacity of a full row share: darker, and the count on it could not be read."""
LEVELS = 8


def confusion_chart(evaluation: Evaluation) -> str:
    """A heat map: rows are the teacher's grades, columns the model's, colour the share of the row."""
    n = evaluation.scale.n_grades
    cell = min(ROOM / n, 56.0)
    shares = row_shares(evaluation.confusion)
    body = _cells(evaluation, shares, cell) if cell >= ONE_LINE else _levels(shares, cell)
    side = cell * n
    diagonal = "".join(
        bar(LEFT + cell * code, TOP + cell * code, cell, cell, "same", hint(f"both {grade}"))
        for code, grade in enumerate(evaluation.scale.grades)
    )
    frame = element("rect", x=LEFT, y=TOP, width=side, height=side, class_="frame")
    return drawing(
        "Teacher's grade against model's grade",
        f"{counted(evaluation.n, 'essay')} on {n} grades; the diagonal holds those with the same grade.",
        TOP + side + 4,
        label("model’s grade →", LEFT + side, 14, class_="axis", anchor="end"),
        label("teacher’s grade ↓", 0, 14, class_="axis"),
        _grade_names(evaluation.scale.grades, cell),
        frame,
        diagonal if cell >= ONE_LINE else "",
        body,
    )


def row_shares(confusion: NDArray[np.int64]) -> NDArray[np.float64]:
    """Each count as a share of its row, 0 in empty rows: shape ``(n_grades, n_grades)``."""
    totals = confusion.sum(axis=1, keepdims=True)
    return np.asarray(confusion / np.maximum(totals, 1), dtype=np.float64)


def _grade_names(grades: tuple[str, ...], cell: float) -> str:
    down, across = every(len(grades), cell * len(grades), least=16), every(len(grades), ROOM, least=34)
    rows = "".join(
        label(grade, LEFT - 8, TOP + cell * (code + 0.5) + 4, most=7, class_="tick", anchor="end")
        for code, grade in enumerate(grades)
        if code % down == 0
    )
    columns = "".join(
        label(grade, LEFT + cell * (code + 0.5), TOP - 9, most=6, class_="tick", anchor="middle")
        for code, grade in enumerate(grades)
        if code % across == 0
    )
    return rows + columns


def _cells(evaluation: Evaluation, shares: NDArray[np.float64], side: float) -> str:
    return "".join(
        _cell(evaluation, int(row), int(column), float(shares[row, column]), side)
        for row, column in np.argwhere(evaluation.confusion)
    )


def _cell(evaluation: Evaluation, row: int, column: int, share: float, side: float) -> str:
    x, y, grades = LEFT + side * column, TOP + side * row, evaluation.scale.grades
    count, middle = int(evaluation.confusion[row, column]), x + side / 2
    who = f"teacher {grades[row]}, model {grades[column]}"
    heat = heat_square(x, y, side, share, f"{who}: {counted(count, 'essay')}, {percentage(share)} of the row")
    if side < TWO_LINES:
        return heat + label(f"{count:,}", middle, y + side / 2 + 4, class_="cell", anchor="middle")
    return (
        heat
        + label(f"{count:,}", middle, y + side / 2, class_="cell", anchor="middle")
        + label(percentage(share), middle, y + side / 2 + 14, class_="share", anchor="middle")
    )


def heat_square(x: float, y: float, side: float, share: float, said: str) -> str:
    """A square that is the darker the larger a share of its row it stands for, 0 to 1; `said` is its hint."""
    return element(
        "rect",
        hint(said),
        x=x,
        y=y,
        width=side,
        height=side,
        class_="heat",
        fill_opacity=f"{DARKEST * share:.2f}",
    )


def _levels(shares: NDArray[np.float64], cell: float) -> str:
    """Many grades: cells of like share are one path, for thousands of elements would weigh too much."""
    level = np.ceil(shares * LEVELS).astype(np.int64)
    side = length(cell)
    return "".join(
        element(
            "path",
            d="".join(
                f"M{length(LEFT + cell * column)} {length(TOP + cell * row)}h{side}v{side}h-{side}z"
                for row, column in np.argwhere(level == step)
            ),
            class_="heat",
            fill_opacity=f"{0.15 + (DARKEST - 0.15) * step / LEVELS:.2f}",
        )
        for step in range(1, LEVELS + 1)
        if (level == step).any()
    )
