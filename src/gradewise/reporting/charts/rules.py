"""Rules, each with its own unit: how far a figure lies on the good or the bad side of what is asked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gradewise.evaluation.results import Interval
from gradewise.reporting.charts.intervals import HEAD, IntervalRow, RowStyle, ends_said, interval_row
from gradewise.reporting.svg import Axis, bar, drawing, label, line

ENDS = ("misses the rule", "meets it")
"""What it means to lie far to the left and far to the right."""
_STYLE = RowStyle(height=62.0, mark=50.0, most=54, figures=False)
_SAID = 35.0  # from the top of a row to what was found: under the name, which may be long
_BAND = 14.0  # height of the stretch in which a rule is met
_ROOM = 1.25  # of a row, beyond the farthest that is shown
_MOST = 3.0  # times the nearer bound: a bound farther away is cut off at the edge


@dataclass(frozen=True, slots=True)
class RuleRow:
    """One rule."""

    name: str
    """What is asked about."""
    margin: Interval
    """How much better than asked, in the figure's unit: below 0 the rule is missed."""
    said: str
    """What was found, what was asked, and the verdict, in words."""
    kind: str = "model"
    """Which colour: ``model``, ``baseline`` or ``broken``."""


def rules_chart(title: str, rows: Sequence[RuleRow]) -> str:
    """A dot with its interval for each rule, beside an upright line that is what the rule asks.

    Units differ from rule to rule, so that each row has a scale of its own: only the sides can be compared.
    """
    bottom = HEAD + _STYLE.height * len(rows)
    axis = Axis(-1.0, 1.0, _STYLE.left, _STYLE.right)
    return drawing(
        title,
        "; ".join(f"{row.name}: {row.said}" for row in rows),
        bottom + 6,
        ends_said(ENDS, axis),
        *(_row(row, axis, HEAD + _STYLE.height * place) for place, row in enumerate(rows)),
    )


def margin_reach(margin: Interval) -> float:
    """How far the scale of a row goes either way; a bound far beyond everything else does not set it.

    >>> margin_reach(Interval(0.04, -0.04, 0.08))
    0.1
    >>> margin_reach(Interval(40.0, -1100.0, 60.0))
    225.0
    """
    known = [abs(value) for value in (margin.low, margin.high) if math.isfinite(value)]
    near = max([abs(margin.estimate), *([min(known)] if known else [])])
    far = max([near, *known])
    return _ROOM * (min(far, _MOST * near) if near else far) or 1.0


def _row(row: RuleRow, axis: Axis, top: float) -> str:
    y, middle = top + _STYLE.mark, axis.at(0.0)
    ground = bar(middle, y - _BAND / 2, axis.end - middle, _BAND, "allowed")
    edge = line(middle, y - _BAND / 2 - 2, middle, y + _BAND / 2 + 2, "limit")
    found, reach = row.margin, margin_reach(row.margin)
    placed = Interval(*(each / reach for each in (found.estimate, found.low, found.high)))
    said = label(row.said, axis.end, top + _SAID, class_="value halo", anchor="end")
    marks = interval_row(IntervalRow(row.name, placed, row.kind, row.said), axis, top, style=_STYLE)
    return ground + edge + marks + said
