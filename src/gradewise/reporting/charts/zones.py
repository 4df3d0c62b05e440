"""Differences around zero, with the zone in which they are accepted."""

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
)

MARGIN = 12.0
TOP = 22.0


@dataclass(frozen=True, slots=True)
class Difference:
    """One row: a difference with its interval."""

    name: str
    """What differs."""
    interval: Interval
    """By how much; ``nan`` has no mark."""
    said: str
    """What stands at the right, such as the figure."""
    stands_out: bool = False
    """Whether it is marked as one to look at."""


def zone_chart(title: str, rows: Sequence[Difference], *, zone: float, ends: tuple[str, str]) -> str:
    """A dot with its interval for each difference, the accepted zone shaded behind them.

    Args:
        title: What the differences are.
        rows: Top to bottom.
        zone: Differences up to this size, either way, are accepted.
        ends: What it means to lie far to the left, and far to the right.
    """
    bounds = [
        abs(value)
        for row in rows
        for value in (row.interval.low, row.interval.estimate, row.interval.high)
        if math.isfinite(value)
    ]
    reach = max([2 * zone, *bounds])
    ticks = nice_ticks(-reach, reach, about=6)
    axis = Axis(ticks[0], ticks[-1], MARGIN, WIDTH - MARGIN)
    bottom = TOP + 2 + ROW * len(rows)
    return drawing(
        title,
        "; ".join(f"{row.name}: {row.said}" for row in rows),
        bottom + 26,
        label(f"← {ends[0]}", MARGIN, 14, class_="axis"),
        label(f"{ends[1]} →", WIDTH - MARGIN, 14, class_="axis", anchor="end"),
        bar(axis.at(-zone), TOP, axis.at(zone) - axis.at(-zone), bottom - TOP, "accepted"),
        bottom_axis(axis, ticks, TOP, bottom),
        line(axis.at(0), TOP, axis.at(0), bottom, "zero"),
        *(_row(row, axis, TOP + 2 + ROW * place) for place, row in enumerate(rows)),
    )


def _row(row: Difference, axis: Axis, top: float) -> str:
    interval, y, kind = row.interval, top + 33, "human" if row.stands_out else "model"
    marks = ""
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        marks += line(axis.at(interval.low), y, axis.at(interval.high), y, f"span {kind}-line")
    if math.isfinite(interval.estimate):
        marks += dot(axis.at(interval.estimate), y, 6.5, kind, hint(f"{row.name}: {row.said}"))
    return (
        marks
        + label(row.name, MARGIN, top + 18, most=36, class_="label halo")
        + label(row.said, WIDTH - MARGIN, top + 18, class_="value halo", anchor="end")
    )
