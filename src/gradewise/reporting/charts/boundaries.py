"""Where grades end on the axis of scores, and where the essays with known grades lie."""

from collections.abc import Sequence
from dataclasses import dataclass

from gradewise.reporting.svg import (
    WIDTH,
    Axis,
    bar,
    bottom_axis,
    dot,
    drawing,
    hint,
    label,
    line,
    nice_ticks,
)
from gradewise.reporting.wording import decimal

_LEFT, _MARGIN, _TOP, _ROW = 46.0, 14.0, 14.0, 28.0
_BAND = 1.96


@dataclass(frozen=True, slots=True)
class AnchorMark:
    """An essay with a known grade."""

    name: str
    """Which."""
    code: int
    """Its known grade, as its place on the scale."""
    value: float
    """Its score in logits."""
    astray: bool
    """Whether the other anchors give it another grade."""


def boundaries_chart(
    title: str,
    grades: Sequence[str],
    positions: Sequence[float],
    errors: Sequence[float],
    marks: Sequence[AnchorMark],
) -> str:
    """A row for each grade, highest at the top: its stretch of the axis, and its anchors as dots.

    Args:
        title: What is shown.
        grades: Lowest first.
        positions: Upper ends of all grades but the highest, in logits, rising.
        errors: Their standard errors.
        marks: Anchors, whatever their order.
    """
    reach = [*positions, *(mark.value for mark in marks)]
    ticks = nice_ticks(min(reach) - 0.5, max(reach) + 0.5)
    axis = Axis(ticks[0], ticks[-1], _LEFT, WIDTH - _MARGIN)
    bottom = _TOP + _ROW * len(grades)
    ends = ", ".join(f"{low} ends at {decimal(end)}" for low, end in zip(grades[:-1], positions, strict=True))
    return drawing(
        title,
        f"{ends}; {len(marks)} essays with known grades.",
        bottom + 24,
        bottom_axis(axis, ticks, _TOP, bottom),
        *(_stretch(axis, code, grades, positions) for code in range(len(grades))),
        *(
            _end(axis, end, errors[code], bottom, _row(code, len(grades)) - _ROW / 2)
            for code, end in enumerate(positions)
        ),
        *(_anchor(axis, mark, grades) for mark in marks),
    )


def _row(code: int, n_grades: int) -> float:
    """The middle of a grade's row."""
    return _TOP + _ROW * (n_grades - 1 - code + 0.5)


def _stretch(axis: Axis, code: int, grades: Sequence[str], positions: Sequence[float]) -> str:
    low = axis.low if code == 0 else positions[code - 1]
    high = axis.high if code == len(grades) - 1 else positions[code]
    y = _row(code, len(grades))
    return bar(axis.at(low), y - _ROW * 0.36, axis.at(high) - axis.at(low), _ROW * 0.72, "accepted") + label(
        grades[code], _LEFT - 10, y + 4, most=6, class_="tick", anchor="end"
    )


def _end(axis: Axis, end: float, error: float, bottom: float, between: float) -> str:
    """A boundary, and across it how sure it is, between the rows of its two grades."""
    left, right = axis.at(end - _BAND * error), axis.at(end + _BAND * error)
    said = hint(f"{decimal(end)} give or take {decimal(_BAND * error)}")
    return line(axis.at(end), _TOP, axis.at(end), bottom, "ideal") + bar(
        left, between - 1.5, right - left, 3, "model", said
    )


def _anchor(axis: Axis, mark: AnchorMark, grades: Sequence[str]) -> str:
    said = f"{mark.name}, known {grades[mark.code]}, at {decimal(mark.value)}"
    kind = "human" if mark.astray else "model"
    return dot(axis.at(mark.value), _row(mark.code, len(grades)), 5.5, kind, hint(said))
