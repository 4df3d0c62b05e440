"""Differences with their intervals around zero, one under the other: a forest plot."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gradewise.evaluation.results import Interval
from gradewise.reporting.svg import (
    ROW,
    WIDTH,
    Axis,
    bottom_axis,
    dot,
    drawing,
    hint,
    label,
    line,
    nice_ticks,
    room_beside,
)
from gradewise.reporting.wording import ABSENT, counted, shortened, signed

MARGIN = 14.0
TOP = 24.0
DIGITS = 3
"""Decimals: differences are small."""


@dataclass(frozen=True, slots=True)
class ForestRow:
    """One difference."""

    name: str
    """On which essays."""
    n: int
    """How many."""
    interval: Interval
    """The difference."""
    bound: float | None = None
    """What a rule asks of it at least; drawn as a short upright line."""


def forest_chart(title: str, rows: Sequence[ForestRow], *, left: str, right: str) -> str:
    """A dot with its interval for each difference; what is not defined has none.

    Args:
        title: what is shown.
        rows: from top to bottom.
        left: what lies below zero, such as ``candidate worse``.
        right: what lies above it.
    """
    edges = [
        abs(value)
        for row in rows
        for value in (row.interval.low, row.interval.estimate, row.interval.high, row.bound or 0.0)
        if math.isfinite(value)
    ]
    reach = max(edges, default=0.0) or 0.01
    ticks = nice_ticks(-reach, reach, about=4)
    axis = Axis(ticks[0], ticks[-1], MARGIN, WIDTH - MARGIN)
    bottom, alike = TOP + ROW * len(rows), len({row.n for row in rows}) == 1
    return drawing(
        title,
        "; ".join(f"{row.name}, {counted(row.n, 'essay')}: {said(row.interval)}" for row in rows),
        bottom + 26,
        label(f"← {left}", MARGIN, 14, class_="axis"),
        label(f"{right} →", WIDTH - MARGIN, 14, class_="axis", anchor="end"),
        bottom_axis(axis, ticks, TOP - 2, bottom),
        line(axis.at(0), TOP - 2, axis.at(0), bottom, "zero"),
        *(
            _row(row, axis, TOP + ROW * place, n="" if alike else f", n {row.n:,}")
            for place, row in enumerate(rows)
        ),
    )


def said(interval: Interval) -> str:
    """A difference with its bounds, to three decimals.

    >>> said(Interval(0.0123, -0.004, 0.03))
    '+0.012 (−0.004 to +0.030)'
    """
    if not math.isfinite(interval.estimate):
        return ABSENT
    estimate, low, high = (
        signed(value, digits=DIGITS) for value in (interval.estimate, interval.low, interval.high)
    )
    return f"{estimate} ({low} to {high})" if math.isfinite(interval.low) else estimate


def kind_of(interval: Interval) -> str:
    """Which colour: ``model`` where the whole interval is above zero, ``human`` below, else ``baseline``."""
    if interval.low > 0:
        return "model"
    return "human" if interval.high < 0 else "baseline"


def _row(row: ForestRow, axis: Axis, top: float, *, n: str) -> str:
    interval, y, kind = row.interval, top + 33, kind_of(row.interval)
    room = room_beside(said(interval) + n, room=WIDTH - 2 * MARGIN)
    marks = ""
    if row.bound is not None:
        marks += line(axis.at(row.bound), y - 9, axis.at(row.bound), y + 9, "limit")
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        marks += line(axis.at(interval.low), y, axis.at(interval.high), y, f"span {kind}-line")
    if math.isfinite(interval.estimate):
        marks += dot(axis.at(interval.estimate), y, 6, kind, hint(f"{row.name}: {said(interval)}"))
    return (
        marks
        + label(f"{shortened(row.name, most=room)}{n}", MARGIN, top + 18, class_="label halo")
        + label(said(interval), WIDTH - MARGIN, top + 18, class_="value halo", anchor="end")
    )
