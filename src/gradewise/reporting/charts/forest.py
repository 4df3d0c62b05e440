"""Differences with their intervals around zero, one under the other: a forest plot."""

from collections.abc import Sequence

from gradewise.evaluation.results import Interval
from gradewise.reporting.charts.intervals import Frame, IntervalRow, even_ticks, interval_chart
from gradewise.reporting.wording import difference_words

WORSE, BETTER = "candidate worse", "candidate better"
"""What stands to the left and to the right of zero where two models are compared."""


def difference_row(name: str, n: int, interval: Interval, bound: float | None = None) -> IntervalRow:
    """A difference on some essays; `bound` is what a rule asks of it at least."""
    return IntervalRow(name, interval, kind_of(interval), difference_words(interval), n, bound)


def forest_chart(title: str, rows: Sequence[IntervalRow], *, left: str, right: str) -> str:
    """A dot with its interval for each difference; what is not defined has none.

    Args:
        title: what is shown.
        rows: from top to bottom.
        left: what lies below zero, such as ``candidate worse``.
        right: what lies above it.
    """
    frame = Frame(ticks=even_ticks(rows), ends=(left, right), zero=True)
    return interval_chart(title, rows, frame)


def kind_of(interval: Interval) -> str:
    """Which colour: ``model`` where the whole interval is above zero, ``human`` below, else ``baseline``."""
    if interval.low > 0:
        return "model"
    return "human" if interval.high < 0 else "baseline"
