"""Agreement at a glance: a hundred essays as squares, and a figure on its track."""

import math

import numpy as np

from gradewise.evaluation.results import Evaluation, Interval
from gradewise.reporting.svg import WIDTH, bar, dot, drawing, element, label, line
from gradewise.reporting.wording import counted

SQUARES = 100
COLUMNS = 20
KINDS = (("exact", "same grade"), ("near", "one step apart"), ("far", "two steps or more apart"))
"""Class and words of each kind of agreement, best first."""


def hundred(evaluation: Evaluation) -> tuple[int, int, int]:
    """How a hundred typical essays fare: same grade, one step apart, further; they sum to 100.

    Shares are rounded by the largest remainder, so that the squares always add up. All three are 0
    when there are no essays.
    """
    grid = np.arange(evaluation.scale.n_grades)
    distance = np.abs(grid[:, None] - grid[None, :])
    counts = [int(evaluation.confusion[distance == step].sum()) for step in (0, 1)]
    total = int(evaluation.confusion.sum())
    if total == 0:
        return 0, 0, 0
    shares = [SQUARES * count / total for count in (*counts, total - sum(counts))]
    squares = [math.floor(share) for share in shares]
    by_remainder = sorted(range(3), key=lambda kind: squares[kind] - shares[kind])
    for kind in by_remainder[: SQUARES - sum(squares)]:
        squares[kind] += 1
    return squares[0], squares[1], squares[2]


def hundred_chart(evaluation: Evaluation) -> str:
    """A hundred squares, coloured by how far model and teacher are apart."""
    split = hundred(evaluation)
    kinds = [kind for (kind, _), n in zip(KINDS, split, strict=True) for _ in range(n)]
    pitch = WIDTH / COLUMNS
    squares = "".join(
        element(
            "rect",
            x=(place % COLUMNS) * pitch + 1.5,
            y=(place // COLUMNS) * pitch + 1.5,
            width=pitch - 3,
            height=pitch - 3,
            rx=3.0,
            class_=kind,
        )
        for place, kind in enumerate(kinds)
    )
    top = pitch * SQUARES / COLUMNS
    legend = "".join(
        bar(1.5, top + 12 + 23 * row, 14, 14, kind) + label(f"{n} {words}", 24, top + 24 + 23 * row)
        for row, ((kind, words), n) in enumerate(zip(KINDS, split, strict=True))
    )
    said = ", ".join(f"{n} {words}" for (_, words), n in zip(KINDS, split, strict=True))
    return drawing(
        "Out of 100 essays",
        f"{said}; from {counted(evaluation.n, 'essay')}.",
        top + 82,
        squares + legend,
    )


def track_chart(name: str, interval: Interval, *, low: float, high: float) -> str:
    """A figure as a dot on its track, its interval as a band."""
    left, right, y = 6.0, WIDTH - 6.0, 12.0

    def at(value: float) -> float:
        return left + (right - left) * min(max((value - low) / (high - low), 0.0), 1.0)

    marks = ""
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        marks += bar(at(interval.low), y - 7, at(interval.high) - at(interval.low), 14, "band")
    if math.isfinite(interval.estimate):
        marks += dot(at(interval.estimate), y, 7, "model")
    return drawing(name, f"On a track from {low:g} to {high:g}.", 24, line(left, y, right, y, "track"), marks)
