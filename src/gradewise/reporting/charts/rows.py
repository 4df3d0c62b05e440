"""Charts made of rows, each with its label above its mark: comparisons and shares."""

import math
from collections.abc import Sequence

from gradewise.reporting.charts.intervals import Frame, IntervalRow, even_ticks, interval_chart, known
from gradewise.reporting.report import ConstructShare
from gradewise.reporting.svg import ROW, WIDTH, Axis, bar, drawing, hint, label, nice_ticks
from gradewise.reporting.wording import percentage


def comparison_chart(title: str, rows: Sequence[IntervalRow], *, percent: bool = False) -> str:
    """A dot with its interval for each row, on one axis; what is not defined has no dot."""
    values = known(rows)
    ticks = nice_ticks(min([0.0, *values]), max([1.0, *values]))
    return interval_chart(title, rows, Frame(ticks=ticks, percent=percent))


def lean_chart(title: str, rows: Sequence[IntervalRow]) -> str:
    """How much each part of the essays is graded too kindly or too strictly, with intervals, around zero."""
    frame = Frame(ticks=even_ticks(rows, least=1.0), ends=("too strict", "too kind"), zero=True)
    return interval_chart(title, rows, frame)


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
