"""Rows with a dot and its interval, on one axis: the frame of every chart of intervals."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from gradewise.evaluation.results import Interval
from gradewise.reporting.svg import (
    ROW,
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
    room_beside,
)
from gradewise.reporting.wording import counted, shortened, with_bounds

MARGIN = 12.0
HEAD = 24.0
"""Room above the rows for what it means to lie at either end."""
_LEAST_REACH = 0.01  # of an axis on which nothing differs from 0
_BAND, _LIMIT = 14.0, 18.0  # height of the stretch up to a limit, and of a limit that stands alone


@dataclass(frozen=True, slots=True)
class IntervalRow:
    """One row."""

    name: str
    """What is compared."""
    interval: Interval
    """Its figure; what is not defined has no mark."""
    kind: str = "model"
    """Which colour: ``model``, ``human``, ``baseline`` or ``broken``."""
    said: str | None = None
    """The figure in words; with its bounds where left out."""
    n: int | None = None
    """Essays, where they are told behind the name."""
    limit: float | None = None
    """What a rule asks of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RowStyle:
    """How rows look; lengths are in units of the drawing."""

    height: float = ROW
    """Of a row."""
    mark: float = 33.0
    """From the top of a row to its mark."""
    radius: float = 6.5
    """Of the dot."""
    left: float = MARGIN
    """Where the axis begins."""
    right: float = WIDTH - MARGIN
    """Where it ends."""
    name_at: tuple[float, float] = (MARGIN, 18.0)
    """Where the name begins: from the left, and from the top of the row."""
    halo: bool = True
    """Whether text is set off from what lies under it."""
    most: int = 36
    """Characters of a name, where no figure stands beside it."""
    figures: bool = True
    """Whether figures stand at the right."""


ABOVE = RowStyle()
"""Name and figure stand above the mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What stands around the rows."""

    ticks: tuple[float, ...]
    """Of the axis."""
    percent: bool = False
    """Whether figures are shares."""
    ends: tuple[str, str] | None = None
    """What it means to lie far to the left, and far to the right."""
    zero: bool = False
    """Whether there is a line at 0."""
    zone: float = 0.0
    """Up to this size, either way, the ground is shaded."""
    zone_kind: str = "accepted"
    """``accepted``, or ``quiet`` where the zone is what luck does."""
    up_to_limit: bool = False
    """Whether the ground of a row is shaded up to its limit."""


def interval_chart(title: str, rows: Sequence[IntervalRow], frame: Frame, *, style: RowStyle = ABOVE) -> str:
    """A dot with its interval for each row, top to bottom; essays are counted on it where rows differ."""
    axis = Axis(frame.ticks[0], frame.ticks[-1], style.left, style.right)
    first, top = (HEAD, HEAD - 2) if frame.ends else (0.0, 4.0)
    bottom = first + style.height * len(rows) + (0 if frame.ends else 6)
    return drawing(
        title,
        "; ".join(f"{_counted(row)}: {figure_said(row, percent=frame.percent)}" for row in rows),
        bottom + (26 if frame.ends else 24),
        ends_said(frame.ends, axis) if frame.ends else "",
        _zone(frame, axis, top, bottom),
        bottom_axis(axis, frame.ticks, top, bottom, percent=frame.percent),
        line(axis.at(0), top, axis.at(0), bottom, "zero") if frame.zero else "",
        *(
            _ground(row, frame, axis, first + style.height * place + style.mark)
            + interval_row(row, axis, first + style.height * place, percent=frame.percent, style=style)
            for place, row in enumerate(_shown(rows))
        ),
    )


def _shown(rows: Sequence[IntervalRow]) -> Sequence[IntervalRow]:
    """The rows with a number of essays only where they are not the same."""
    return [replace(row, n=None) for row in rows] if len({row.n for row in rows}) == 1 else rows


def _counted(row: IntervalRow) -> str:
    return row.name if row.n is None else f"{row.name}, {counted(row.n, 'essay')}"


def figure_said(row: IntervalRow, *, percent: bool = False) -> str:
    """A row's figure in words."""
    return with_bounds(row.interval, percent=percent) if row.said is None else row.said


def ends_said(ends: tuple[str, str], axis: Axis) -> str:
    """What it means to lie far to the left and far to the right, over an axis."""
    return label(f"← {ends[0]}", axis.start, 14, class_="axis") + label(
        f"{ends[1]} →", axis.end, 14, class_="axis", anchor="end"
    )


def interval_row(
    row: IntervalRow, axis: Axis, top: float, *, percent: bool = False, style: RowStyle = ABOVE
) -> str:
    """A dot with its interval, and its name and figure in words."""
    said, halo = figure_said(row, percent=percent), " halo" if style.halo else ""
    x, y = style.name_at
    behind = "" if row.n is None else f", n {row.n:,}"
    most = room_beside(row.name, said + behind, room=axis.end - x) if style.figures else style.most
    shown = interval_mark(
        row.interval, axis, top + style.mark, row.kind, f"{row.name}: {said}", radius=style.radius
    ) + label(f"{shortened(row.name, most=most)}{behind}", x, top + y, class_=f"label{halo}")
    if not style.figures:
        return shown
    return shown + label(said, axis.end, top + y, class_=f"value{halo}", anchor="end")


def interval_mark(
    interval: Interval, axis: Axis, y: float, kind: str, said: str, *, radius: float = ABOVE.radius
) -> str:
    """A dot with a line for its interval, as far as they are defined."""
    marks = ""
    if math.isfinite(interval.low) and math.isfinite(interval.high):
        marks += line(axis.at(interval.low), y, axis.at(interval.high), y, f"span {kind}-line")
    if math.isfinite(interval.estimate):
        marks += dot(axis.at(interval.estimate), y, radius, kind, hint(said))
    return marks


def known(rows: Iterable[IntervalRow]) -> list[float]:
    """Every figure, bound and limit that is defined."""
    values = (
        value
        for row in rows
        for value in (row.interval.low, row.interval.estimate, row.interval.high, row.limit)
    )
    return [value for value in values if value is not None and math.isfinite(value)]


def even_ticks(rows: Iterable[IntervalRow], *, least: float = 0.0, about: int = 4) -> tuple[float, ...]:
    """Ticks that reach as far to the left of 0 as to the right, `least` or farther."""
    reach = max([least, *(abs(value) for value in known(rows))]) or _LEAST_REACH
    return nice_ticks(-reach, reach, about=about)


def _zone(frame: Frame, axis: Axis, top: float, bottom: float) -> str:
    if not frame.zone:
        return ""
    left, right = axis.at(-frame.zone), axis.at(frame.zone)
    return bar(left, top, right - left, bottom - top, frame.zone_kind)


def _ground(row: IntervalRow, frame: Frame, axis: Axis, y: float) -> str:
    """What a rule asks of a row."""
    if row.limit is None:
        return ""
    edge, half = axis.at(row.limit), (_BAND if frame.up_to_limit else _LIMIT) / 2
    allowed = bar(axis.start, y - half, edge - axis.start, _BAND, "allowed") if frame.up_to_limit else ""
    return allowed + line(edge, y - half, edge, y + half, "limit")
