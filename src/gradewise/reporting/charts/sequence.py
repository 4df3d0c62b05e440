"""A mean as it becomes known: the band that holds at every look, closing as grades come in."""

from gradewise.evaluation.sequential import ConfidenceSequence
from gradewise.reporting.charts.intervals import MARGIN
from gradewise.reporting.svg import (
    WIDTH,
    Axis,
    drawing,
    element,
    label,
    left_axis,
    length,
    line,
    nice_ticks,
    polyline,
)
from gradewise.reporting.wording import counted, signed

LEFT, TOP, TALL = 64.0, 30.0, 200.0
MOST_POINTS = 160
"""Of a line; more are not told apart."""
_WIDE = 6.0  # times the last half-width that is shown: bounds begin at the ends of the scale


def sequence_chart(title: str, sequence: ConfidenceSequence, *, unit: float, ends: tuple[str, str]) -> str:
    """The mean so far as a line within its band, from the first grade to the last.

    Args:
        title: what is shown.
        sequence: one entry at least.
        unit: what a difference of 1 is called in figures.
        ends: what it means to lie below 0, and above.
    """
    n = len(sequence)
    rows = sorted({place * (n - 1) // (MOST_POINTS - 1) for place in range(MOST_POINTS)})
    mean, low, high = (
        [float(values[row]) * unit for row in rows]
        for values in (sequence.means, sequence.low, sequence.high)
    )
    reach = _WIDE * (high[-1] - low[-1]) / 2
    ticks = nice_ticks(max(low[0], min(0.0, mean[-1]) - reach), min(high[0], max(0.0, mean[-1]) + reach))
    upwards, across = Axis(ticks[0], ticks[-1], TOP + TALL, TOP), Axis(1, max(2, n), LEFT, WIDTH - MARGIN)

    def at(values: list[float]) -> list[tuple[float, float]]:
        return [(across.at(row + 1), upwards.at(value)) for row, value in zip(rows, values, strict=True)]

    return drawing(
        title,
        f"after {counted(n, 'grade')}: {signed(mean[-1], digits=3)}, between {signed(low[-1], digits=3)} and "
        f"{signed(high[-1], digits=3)}",
        TOP + TALL + 40,
        label(f"above 0: {ends[1]}; below: {ends[0]}", 0, 14, class_="axis"),
        left_axis(upwards, ticks, LEFT, WIDTH - MARGIN),
        _band(at(low), at(high)),
        line(LEFT, upwards.at(0), WIDTH - MARGIN, upwards.at(0), "zero"),
        polyline(at(mean), "curve"),
        label("1", LEFT, TOP + TALL + 16, class_="tick"),
        label(f"{n:,}", WIDTH - MARGIN, TOP + TALL + 16, class_="tick", anchor="end"),
        label("grades of teachers, in order →", WIDTH - MARGIN, TOP + TALL + 34, class_="axis", anchor="end"),
    )


def _band(low: list[tuple[float, float]], high: list[tuple[float, float]]) -> str:
    points = " ".join(f"{length(x)},{length(y)}" for x, y in [*high, *reversed(low)])
    return element("polygon", points=points, class_="band")
