"""How a score came about: from the average essay, side by side of writing, to this one."""

from collections.abc import Sequence
from itertools import accumulate, pairwise

from gradewise.reporting.explanation import Explanation
from gradewise.reporting.svg import (
    ROW,
    WIDTH,
    Axis,
    bottom_axis,
    dot,
    drawing,
    element,
    hint,
    label,
    length,
    line,
    nice_ticks,
)
from gradewise.reporting.wording import decimal, signed

MARGIN, TOP = 12.0, 26.0
THICK, TIP = 14.0, 7.0
AVERAGE, THIS = "average essay", "this essay"


def waterfall_chart(explanation: Explanation) -> str:
    """An arrow for each side of writing, each beginning where the one above it ended.

    Where the arrows stand is exact; the numbers beside them are rounded so that they add up.
    """
    stations = list(accumulate([part.effect for part in explanation.parts], initial=explanation.start))
    ticks = nice_ticks(min(stations), max(stations))
    axis = Axis(ticks[0], ticks[-1], MARGIN, WIDTH - MARGIN)
    bottom = TOP + ROW * (len(explanation.parts) + 2)
    rows = [
        (part.construct, shown, before, after)
        for part, shown, (before, after) in zip(
            explanation.parts, explanation.shown_effects, pairwise(stations), strict=True
        )
    ]
    return drawing(
        "How the score came about",
        _said(explanation, rows),
        bottom + 26,
        label("← towards weaker grades", MARGIN, 14, class_="axis"),
        label("towards better grades →", WIDTH - MARGIN, 14, class_="axis", anchor="end"),
        bottom_axis(axis, ticks, TOP - 4, bottom),
        line(axis.at(explanation.start), TOP + 30, axis.at(explanation.start), bottom, "ideal"),
        _station(AVERAGE, explanation.start, axis, TOP, "baseline"),
        *(_step(*row, axis=axis, top=TOP + ROW * place) for place, row in enumerate(rows, start=1)),
        _station(THIS, explanation.score, axis, bottom - ROW, "model"),
    )


def _said(explanation: Explanation, rows: Sequence[tuple[str, float, float, float]]) -> str:
    steps = "; ".join(f"{construct} {signed(shown)}" for construct, shown, _, _ in rows)
    return f"{AVERAGE} {decimal(explanation.start)}; {steps}; {THIS} {decimal(explanation.score)}"


def _station(name: str, value: float, axis: Axis, top: float, class_: str) -> str:
    return (
        dot(axis.at(value), top + 32, 7, class_, hint(f"{name}: {decimal(value)}"))
        + label(name, MARGIN, top + 18, class_="label strong halo")
        + label(decimal(value), WIDTH - MARGIN, top + 18, class_="label strong halo", anchor="end")
    )


def _step(construct: str, shown: float, before: float, after: float, *, axis: Axis, top: float) -> str:
    said = signed(shown)
    left, right, y = axis.at(before), axis.at(after), top + 25
    return (
        line(left, top - 5, left, y + THICK, "link")
        + _arrow(left, right, y, hint(f"{construct}: {said}"))
        + label(construct, MARGIN, top + 18, most=40, class_="label halo")
        + label(said, WIDTH - MARGIN, top + 18, class_="value halo", anchor="end")
    )


def _arrow(start: float, end: float, top: float, said: str) -> str:
    """A bar with a point at its end: its direction shows without colour."""
    forward = 1.0 if end >= start else -1.0
    neck = end - forward * min(TIP, abs(end - start))
    bottom = top + THICK
    corners = [(start, top), (neck, top), (end, top + THICK / 2), (neck, bottom), (start, bottom)]
    points = " ".join(f"{length(x)},{length(y)}" for x, y in corners)
    return element("polygon", said, points=points, class_="raise" if forward > 0 else "lower")
