"""Figures beside the largest value that each may have."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gradewise.evaluation.results import Interval
from gradewise.reporting.svg import (
    ROW,
    WIDTH,
    Axis,
    bar,
    bottom_axis,
    dot,
    drawing,
    hint,
    label,
    line,
    nice_ticks,
    room_beside,
)
from gradewise.reporting.wording import with_bounds

MARGIN = 12.0
_BAND = 14.0


@dataclass(frozen=True, slots=True)
class Limited:
    """One row: a figure that must not pass a limit."""

    name: str
    """What is measured."""
    interval: Interval
    """Its figure."""
    limit: float
    """Largest value allowed; finite."""
    mark: str
    """How the row is marked for those who see no colours: ``✓``, ``✗``, ``?``."""
    broken: bool
    """Whether the limit is surely passed."""


def limits_chart(title: str, rows: Sequence[Limited], *, percent: bool = False) -> str:
    """A dot with its interval for each row, on a shaded stretch that ends at the limit."""
    values = [
        value
        for row in rows
        for value in (0.0, row.limit, row.interval.low, row.interval.estimate, row.interval.high)
        if math.isfinite(value)
    ]
    ticks = nice_ticks(min(values, default=0.0), max(values, default=1.0), about=4)
    axis = Axis(ticks[0], ticks[-1], MARGIN, WIDTH - MARGIN)
    bottom = ROW * len(rows) + 6
    return drawing(
        title,
        "; ".join(f"{row.name}: {_said(row, percent=percent)}" for row in rows),
        bottom + 24,
        bottom_axis(axis, ticks, 4, bottom, percent=percent),
        line(axis.at(0), 4, axis.at(0), bottom, "zero"),
        *(_row(row, axis, ROW * place, percent=percent) for place, row in enumerate(rows)),
    )


def _said(row: Limited, *, percent: bool) -> str:
    return f"{with_bounds(row.interval, percent=percent)} {row.mark}"


def _row(row: Limited, axis: Axis, top: float, *, percent: bool) -> str:
    interval, y = row.interval, top + 33
    said, colour = _said(row, percent=percent), "broken" if row.broken else "model"
    edge = axis.at(row.limit)
    marks = bar(axis.start, y - _BAND / 2, edge - axis.start, _BAND, "allowed")
    marks += line(edge, y - _BAND / 2, edge, y + _BAND / 2, "limit")
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        marks += line(axis.at(interval.low), y, axis.at(interval.high), y, f"span {colour}-line")
    if math.isfinite(interval.estimate):
        marks += dot(axis.at(interval.estimate), y, 6.5, colour, hint(f"{row.name}: {said}"))
    room = room_beside(said, room=WIDTH - 2 * MARGIN)
    return (
        marks
        + label(row.name, MARGIN, top + 18, most=room, class_="label halo")
        + label(said, WIDTH - MARGIN, top + 18, class_="value halo", anchor="end")
    )
