"""Figures beside the largest value that each may have."""

from collections.abc import Sequence

from gradewise.reporting.charts.intervals import Frame, IntervalRow, interval_chart, known
from gradewise.reporting.svg import nice_ticks


def limits_chart(title: str, rows: Sequence[IntervalRow], *, percent: bool = False) -> str:
    """A dot with its interval for each row, on a shaded stretch that ends at the limit.

    Args:
        title: What the figures are.
        rows: Top to bottom, each with its limit, the largest value allowed.
        percent: Whether figures are shares.
    """
    values = known(rows)
    ticks = nice_ticks(min([0.0, *values]), max([0.0, *values] if values else [1.0]), about=4)
    frame = Frame(ticks=ticks, percent=percent, zero=True, up_to_limit=True)
    return interval_chart(title, rows, frame)
