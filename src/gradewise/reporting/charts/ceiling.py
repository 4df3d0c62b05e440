"""How near a model is to what is possible: its agreement between guessing and what teachers' noise allows."""

import math
from collections.abc import Sequence

from gradewise.evaluation.results import Interval
from gradewise.reporting.charts.intervals import MARGIN, IntervalRow, interval_row
from gradewise.reporting.svg import (
    ROW,
    WIDTH,
    Axis,
    bar,
    bottom_axis,
    drawing,
    hint,
    label,
    line,
)
from gradewise.reporting.wording import decimal, with_bounds

TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
TOP, TALL = 26.0, 20.0


def ceiling_chart(model: Interval, marks: Sequence[IntervalRow], *, ceiling: Interval) -> str:
    """The model's agreement as a filled track, what teachers reach as marks on it, the rest out of reach.

    Args:
        model: Agreement of the model with the teacher.
        marks: What it is compared with, each a row under the track.
        ceiling: The most that anybody can reach; from there on the track is out of reach.
    """
    axis = Axis(0, 1, MARGIN, WIDTH - MARGIN)
    rows = [IntervalRow("the model", model, "model"), *marks]
    bottom = TOP + TALL + 4 + ROW * len(rows)
    return drawing(
        "The model’s agreement with the teacher, between guessing and what is possible",
        "; ".join(f"{row.name}: {with_bounds(row.interval, percent=False)}" for row in rows),
        bottom + 24,
        bottom_axis(axis, TICKS, TOP + TALL, bottom),
        label("guessing", MARGIN, TOP - 9, class_="axis"),
        _out_of_reach(axis, ceiling),
        bar(axis.at(0), TOP, axis.at(1) - axis.at(0), TALL, "frame"),
        _reached(axis, model),
        *(_pointer(axis, row, place) for place, row in enumerate(rows)),
        *(interval_row(row, axis, TOP + TALL + 4 + ROW * place) for place, row in enumerate(rows)),
    )


def _reached(axis: Axis, model: Interval) -> str:
    if not math.isfinite(model.estimate):
        return ""
    long = axis.at(model.estimate) - axis.at(0)
    return bar(axis.at(0), TOP, long, TALL, "model", hint(f"the model: {decimal(model.estimate)}"))


def _out_of_reach(axis: Axis, ceiling: Interval) -> str:
    if not math.isfinite(ceiling.estimate):
        return ""
    start = axis.at(ceiling.estimate)
    name = label("out of reach", WIDTH - MARGIN, TOP - 9, class_="axis", anchor="end")
    return bar(start, TOP, axis.at(1) - start, TALL, "beyond") + name


def _pointer(axis: Axis, row: IntervalRow, place: int) -> str:
    """A line from the track down to the row that names the mark."""
    if not math.isfinite(row.interval.estimate):
        return ""
    x = axis.at(row.interval.estimate)
    return line(x, TOP - 3, x, TOP + TALL + 4 + ROW * place + 33, f"pointer {row.kind}-line")
