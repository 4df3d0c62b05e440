"""Many gains at one look: a thin row each, with a band in which luck alone would put them."""

import math
from collections.abc import Sequence

from gradewise.reporting.charts.intervals import Frame, IntervalRow, RowStyle, interval_chart, known
from gradewise.reporting.svg import WIDTH, nice_ticks

_MARGIN, _NAMES = 18.0, 214.0
SHORT = 29
"""Characters of a short name."""
THIN = RowStyle(
    height=22.0,
    mark=11.0,
    radius=5.0,
    left=_NAMES + _MARGIN,
    right=WIDTH - _MARGIN,
    name_at=(0.0, 15.0),
    halo=False,
    most=SHORT,
    figures=False,
)
"""Names beside their marks, which leaves room for short ones."""
TALL = RowStyle(
    height=40.0,
    mark=29.0,
    radius=5.0,
    left=_MARGIN,
    right=WIDTH - _MARGIN,
    name_at=(0.0, 16.0),
    most=60,
    figures=False,
)
"""Names above their marks."""


def gains_chart(
    title: str, rows: Sequence[IntervalRow], *, ends: tuple[str, str], band: float = 0.0, beside: bool = True
) -> str:
    """A dot with its interval for each gain.

    Args:
        title: What the gains are.
        rows: Top to bottom.
        ends: What it means to lie left of 0, and right of it.
        band: Gains up to this size, either way, are shaded as luck; 0 or ``nan`` shades nothing.
        beside: Whether names stand beside their marks, which leaves room for short ones; else above.
    """
    shaded = band if math.isfinite(band) else 0.0
    values = known(rows)
    ticks = nice_ticks(min([-shaded, *values]), max([shaded, *values]), about=3 if beside else 4)
    frame = Frame(ticks=ticks, ends=ends, zero=True, zone=shaded, zone_kind="quiet")
    return interval_chart(title, rows, frame, style=THIN if beside else TALL)
