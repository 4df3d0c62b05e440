"""Differences around zero, with the zone in which they are accepted."""

from collections.abc import Sequence

from gradewise.reporting.charts.intervals import Frame, IntervalRow, even_ticks, interval_chart


def zone_chart(title: str, rows: Sequence[IntervalRow], *, zone: float, ends: tuple[str, str]) -> str:
    """A dot with its interval for each difference, the accepted zone shaded behind them.

    Args:
        title: What the differences are.
        rows: Top to bottom.
        zone: Differences up to this size, either way, are accepted.
        ends: What it means to lie far to the left, and far to the right.
    """
    ticks = even_ticks(rows, least=2 * zone, about=6)
    return interval_chart(title, rows, Frame(ticks=ticks, ends=ends, zero=True, zone=zone))
