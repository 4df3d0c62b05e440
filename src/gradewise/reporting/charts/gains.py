"""Many gains at one look: a thin row each, with a band in which luck alone would put them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gradewise.evaluation.results import Interval
from gradewise.reporting.svg import WIDTH, Axis, bar, bottom_axis, dot, drawing, hint, label, line, nice_ticks

MARGIN = 12.0
NAMES = 190.0
"""Width of the column of names."""
TOP = 22.0
THIN_ROW = 22.0

GainKind = Literal["model", "baseline", "broken"]
"""Which colour a row gets: one that stands out, one that does not, one that stands out for the worse."""


@dataclass(frozen=True, slots=True)
class GainRow:
    """One row."""

    name: str
    """What gains."""
    interval: Interval
    """How much; what is not defined has no mark."""
    said: str
    """The same in words, for those who point at the mark or hear the picture."""
    kind: GainKind
    """How it is marked."""


def gains_chart(title: str, rows: Sequence[GainRow], *, band: float, ends: tuple[str, str]) -> str:
    """A dot with its interval for each gain, beside its name.

    Args:
        title: What the gains are.
        rows: Top to bottom.
        band: Gains up to this size, either way, are shaded as luck; 0 or ``nan`` shades nothing.
        ends: What it means to lie left of 0, and right of it.
    """
    shaded = band if math.isfinite(band) else 0.0
    values = [value for row in rows for value in _values(row.interval)]
    ticks = nice_ticks(min([-shaded, *values], default=0.0), max([shaded, *values], default=0.0), about=4)
    axis = Axis(ticks[0], ticks[-1], NAMES + MARGIN, WIDTH - MARGIN)
    bottom = TOP + 4 + THIN_ROW * len(rows)
    luck = bar(axis.at(-shaded), TOP, axis.at(shaded) - axis.at(-shaded), bottom - TOP, "quiet")
    return drawing(
        title,
        "; ".join(f"{row.name}: {row.said}" for row in rows),
        bottom + 26,
        luck if shaded else "",
        bottom_axis(axis, ticks, TOP, bottom),
        label(f"← {ends[0]}", axis.start, 14, class_="axis"),
        label(f"{ends[1]} →", axis.end, 14, class_="axis", anchor="end"),
        line(axis.at(0), TOP, axis.at(0), bottom, "zero"),
        *(_row(row, axis, TOP + 2 + THIN_ROW * place) for place, row in enumerate(rows)),
    )


def _values(interval: Interval) -> list[float]:
    every = (interval.low, interval.estimate, interval.high)
    return [value for value in every if math.isfinite(value)]


def _row(row: GainRow, axis: Axis, top: float) -> str:
    interval, y = row.interval, top + THIN_ROW / 2
    marks = label(row.name, 0, y + 4, most=27)
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        marks += line(axis.at(interval.low), y, axis.at(interval.high), y, f"span {row.kind}-line")
    if math.isfinite(interval.estimate):
        marks += dot(axis.at(interval.estimate), y, 5, row.kind, hint(f"{row.name}: {row.said}"))
    return marks
