"""Many gains at one look: a thin row each, with a band in which luck alone would put them."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from gradewise.evaluation.results import Interval
from gradewise.reporting.svg import WIDTH, Axis, bar, bottom_axis, dot, drawing, hint, label, line, nice_ticks

MARGIN = 18.0
NAMES = 214.0
"""Width of the column of names, where all of them are short."""
SHORT = 29
"""Characters of a short name."""
TOP = 22.0
THIN, TALL = 22.0, 40.0
"""Height of a row with its name beside its mark, and above it."""

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


def gains_chart(
    title: str, rows: Sequence[GainRow], *, ends: tuple[str, str], band: float = 0.0, beside: bool = True
) -> str:
    """A dot with its interval for each gain.

    Args:
        title: What the gains are.
        rows: Top to bottom.
        ends: What it means to lie left of 0, and right of it.
        band: Gains up to this size, either way, are shaded as luck; 0 or ``nan`` shades nothing.
        beside: Whether names stand beside their marks, which leaves room for short ones; else above.
    """
    shaded, height = band if math.isfinite(band) else 0.0, THIN if beside else TALL
    values = [value for row in rows for value in _values(row.interval)]
    ticks = nice_ticks(
        min([-shaded, *values], default=0.0), max([shaded, *values], default=0.0), about=3 if beside else 4
    )
    axis = Axis(ticks[0], ticks[-1], NAMES + MARGIN if beside else MARGIN, WIDTH - MARGIN)
    bottom = TOP + 4 + height * len(rows)
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
        *(_row(row, axis, TOP + 2 + height * place, beside=beside) for place, row in enumerate(rows)),
    )


def _values(interval: Interval) -> list[float]:
    every = (interval.low, interval.estimate, interval.high)
    return [value for value in every if math.isfinite(value)]


def _row(row: GainRow, axis: Axis, top: float, *, beside: bool) -> str:
    interval, y = row.interval, top + (THIN / 2 if beside else 29)
    marks = ""
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        marks += line(axis.at(interval.low), y, axis.at(interval.high), y, f"span {row.kind}-line")
    if math.isfinite(interval.estimate):
        marks += dot(axis.at(interval.estimate), y, 5, row.kind, hint(f"{row.name}: {row.said}"))
    if beside:
        return marks + label(row.name, 0, y + 4, most=SHORT)
    return marks + label(row.name, 0, top + 16, class_="label halo")
