"""Agreement at a glance: a hundred essays as squares, and a figure on its track."""

import math

import numpy as np

from gradewise.evaluation.results import Evaluation, Interval
from gradewise.reporting.class_wording import terms_of
from gradewise.reporting.svg import bar, dot, drawing, element, label, line
from gradewise.reporting.wording import counted

SQUARES = 100
COLUMNS = 10
PITCH, GAP = 25.0, 3.0
TRACK = 220.0
KINDS = (("exact", "same grade"), ("near", "one step apart"), ("far", "two or more steps apart"))
"""Class and words of each kind of agreement, best first."""
CLASS_KINDS = (("exact", "right class"), ("far", "another class"))
"""The same where there are no steps."""


def hundred(evaluation: Evaluation) -> tuple[int, ...]:
    """How a hundred typical essays fare: same grade, one step apart, further; they sum to 100.

    Of classes, which have no steps: right, wrong. Shares are rounded by the largest remainder, so that the
    squares always add up. All are 0 when there are no essays.
    """
    grid = np.arange(evaluation.scale.n_grades)
    distance = np.abs(grid[:, None] - grid[None, :])
    steps = range(len(_kinds(evaluation)) - 1)
    counts = [int(evaluation.confusion[distance == step].sum()) for step in steps]
    total = int(evaluation.confusion.sum())
    if total == 0:
        return (0,) * (len(counts) + 1)
    shares = [SQUARES * count / total for count in (*counts, total - sum(counts))]
    squares = [math.floor(share) for share in shares]
    by_remainder = sorted(range(len(shares)), key=lambda kind: squares[kind] - shares[kind])
    for kind in by_remainder[: SQUARES - sum(squares)]:
        squares[kind] += 1
    return tuple(squares)


def _square(place: int, kind: str) -> str:
    size = PITCH - GAP
    x, y = (place % COLUMNS) * PITCH, (place // COLUMNS) * PITCH
    return element("rect", x=x, y=y, width=size, height=size, rx=4.0, class_=kind)


def _kinds(evaluation: Evaluation) -> tuple[tuple[str, str], ...]:
    return KINDS if evaluation.scale.ordered else CLASS_KINDS


def hundred_chart(evaluation: Evaluation) -> str:
    """A hundred squares, coloured by how far model and teacher are apart."""
    split, words_by_kind = hundred(evaluation), _kinds(evaluation)
    item = terms_of(evaluation.scale).item
    kinds = [kind for (kind, _), n in zip(words_by_kind, split, strict=True) for _ in range(n)]
    squares = "".join(_square(place, kind) for place, kind in enumerate(kinds))
    left = COLUMNS * PITCH + 16
    legend = "".join(
        bar(left, 30 + 78 * row, 14, 14, kind)
        + label(str(n), left + 22, 46 + 78 * row, class_="count")
        + label(words, left, 68 + 78 * row)
        for row, ((kind, words), n) in enumerate(zip(words_by_kind, split, strict=True))
    )
    said = ", ".join(f"{n} {words}" for (_, words), n in zip(words_by_kind, split, strict=True))
    return drawing(
        f"Out of 100 {item}s",
        f"{said}; from {counted(evaluation.n, item)}.",
        COLUMNS * PITCH,
        squares + legend,
    )


def track_chart(name: str, interval: Interval, *, low: float, high: float) -> str:
    """A figure as a dot on its track, its interval as a band."""
    left, right, y = 6.0, TRACK - 6.0, 10.0

    def at(value: float) -> float:
        return left + (right - left) * min(max((value - low) / (high - low), 0.0), 1.0)

    marks = ""
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        marks += bar(at(interval.low), y - 5, at(interval.high) - at(interval.low), 10, "band")
    if math.isfinite(interval.estimate):
        marks += dot(at(interval.estimate), y, 5, "model")
    rail = line(left, y, right, y, "track")
    return drawing(name, f"On a track from {low:g} to {high:g}.", 20, rail, marks, width=TRACK)
