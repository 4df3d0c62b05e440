"""Charts made of rows, each with its label above its mark: comparisons and shares."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gradewise.evaluation.results import Interval
from gradewise.reporting.report import ConstructShare
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
from gradewise.reporting.wording import percentage, with_bounds

MARGIN = 12.0


@dataclass(frozen=True, slots=True)
class Contender:
    """One row of a comparison."""

    name: str
    """What is compared."""
    interval: Interval
    """Its figure."""
    kind: str
    """``model``, ``human`` or ``baseline``: which colour it gets."""


def comparison_chart(title: str, contenders: Sequence[Contender], *, percent: bool = False) -> str:
    """A dot with its interval for each contender, on one axis; what is not defined has no dot."""
    values = [
        value
        for contender in contenders
        for value in (contender.interval.low, contender.interval.estimate, contender.interval.high)
        if math.isfinite(value)
    ]
    ticks = nice_ticks(min([0.0, *values]), max([1.0, *values]))
    axis = Axis(ticks[0], ticks[-1], MARGIN, WIDTH - MARGIN)
    bottom = ROW * len(contenders) + 6
    return drawing(
        title,
        "; ".join(f"{row.name}: {with_bounds(row.interval, percent=percent)}" for row in contenders),
        bottom + 24,
        bottom_axis(axis, ticks, 4, bottom, percent=percent),
        *(
            contender_row(contender, axis, ROW * place, percent=percent)
            for place, contender in enumerate(contenders)
        ),
    )


def contender_row(contender: Contender, axis: Axis, top: float, *, percent: bool = False) -> str:
    """A name and its figure, and under them the dot with its interval; 44 units high."""
    interval, y = contender.interval, top + 33
    said = with_bounds(interval, percent=percent)
    marks = ""
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        marks += line(axis.at(interval.low), y, axis.at(interval.high), y, f"span {contender.kind}-line")
    if math.isfinite(interval.estimate):
        marks += dot(axis.at(interval.estimate), y, 6.5, contender.kind, hint(f"{contender.name}: {said}"))
    room = room_beside(said, room=WIDTH - 2 * MARGIN)
    return (
        marks
        + label(contender.name, MARGIN, top + 18, most=room, class_="label halo")
        + label(said, WIDTH - MARGIN, top + 18, class_="value halo", anchor="end")
    )


def lean_chart(title: str, rows: Sequence[Contender]) -> str:
    """How much each part of the essays is graded too kindly or too strictly, with intervals, around zero."""
    bounds = [
        abs(edge) for row in rows for edge in (row.interval.low, row.interval.high) if math.isfinite(edge)
    ]
    ticks = nice_ticks(-max([1.0, *bounds]), max([1.0, *bounds]), about=4)
    axis = Axis(ticks[0], ticks[-1], MARGIN, WIDTH - MARGIN)
    bottom = 24 + ROW * len(rows)
    return drawing(
        title,
        "; ".join(f"{row.name}: {with_bounds(row.interval, percent=False)}" for row in rows),
        bottom + 26,
        label("← too strict", MARGIN, 14, class_="axis"),
        label("too kind →", WIDTH - MARGIN, 14, class_="axis", anchor="end"),
        bottom_axis(axis, ticks, 22, bottom),
        line(axis.at(0), 22, axis.at(0), bottom, "zero"),
        *(contender_row(row, axis, 24 + ROW * place, percent=False) for place, row in enumerate(rows)),
    )


def importance_chart(constructs: Sequence[ConstructShare]) -> str:
    """A bar for each side of writing, as long as its share."""
    longest = max([share for share in (row.share for row in constructs) if math.isfinite(share)] or [1.0])
    axis = Axis(0, longest or 1.0, 0, WIDTH)
    return drawing(
        "What moves the grade",
        "; ".join(f"{row.construct}: {percentage(row.share)}" for row in constructs),
        max(ROW * len(constructs), ROW),
        *(_share(row, axis, ROW * place) for place, row in enumerate(constructs)),
    )


def _share(row: ConstructShare, axis: Axis, top: float) -> str:
    said = percentage(row.share)
    long = axis.at(row.share) if math.isfinite(row.share) else 0.0
    return (
        label(row.construct, 0, top + 16, most=48)
        + label(said, WIDTH, top + 16, class_="value", anchor="end")
        + bar(0, top + 23, WIDTH, 13, "rail")
        + bar(0, top + 23, long, 13, "model", hint(f"{row.construct}: {said}"))
    )
