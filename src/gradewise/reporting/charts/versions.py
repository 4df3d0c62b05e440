"""Versions of a model in the order of their making, with intervals, and which was in production when."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from gradewise.evaluation.results import Interval
from gradewise.reporting.svg import (
    WIDTH,
    Axis,
    dot,
    drawing,
    hint,
    label,
    left_axis,
    line,
    nice_ticks,
)
from gradewise.reporting.wording import counted, decimal, with_bounds

LEFT, RIGHT, TOP, BOTTOM = 46.0, WIDTH - 14, 34.0, 214.0
"""Where the drawing of figures stands."""
_RAIL, _HEIGHT = 268.0, 284.0  # where the rail of what was in production lies, and the height of it all
_DATE = 58.0  # width of a date under the axis
_KINDS = {"production": "model", "staging": "human", "dev": "baseline", "archived": "baseline"}


@dataclass(frozen=True, slots=True)
class VersionMark:
    """One version."""

    at: float
    """When it was registered, in acts: the order of things, whatever clocks say."""
    date: str
    """The same for readers, short."""
    name: str
    """What it is called."""
    figure: Interval
    """How good it was found to be."""
    stage: str
    """Where it stands now."""


@dataclass(frozen=True, slots=True)
class UseMark:
    """A stretch in which one version was in production."""

    start: float
    """From which act on."""
    end: float | None
    """Up to which act; ``None`` up to now."""
    name: str
    """Which version."""
    figure: float | None
    """Its figure; ``None`` where it has none."""
    said: str
    """What happened, for a pointer that rests on it."""


def versions_chart(title: str, versions: Sequence[VersionMark], uses: Sequence[UseMark]) -> str:
    """Dots with intervals from the oldest version to the newest, and a line for what was in production.

    Args:
        title: what is shown.
        versions: one at least, in order.
        uses: stretches in production, in order.
    """
    ticks = nice_ticks(*_range([mark.figure for mark in versions]), about=4)
    up = Axis(ticks[0], ticks[-1], BOTTOM, TOP)
    across = _across(versions, uses)
    return drawing(
        title,
        _described(versions, uses),
        _HEIGHT,
        _legend(),
        left_axis(up, ticks, LEFT, RIGHT),
        *(_use(use, across, up) for use in uses),
        *(_version(mark, across, up) for mark in versions),
        _dates(versions, across),
        label("which version was in production", LEFT, _RAIL - 11, class_="tick"),
        line(LEFT, _RAIL, RIGHT, _RAIL, "track"),
        *(_stretch(use, across) for use in uses),
    )


def _range(figures: Sequence[Interval]) -> tuple[float, float]:
    known = [
        bound
        for each in figures
        for bound in (each.low, each.estimate, each.high)
        if isfinite(bound)
    ]  # fmt: skip
    return min(known), max(known)


def _across(versions: Sequence[VersionMark], uses: Sequence[UseMark]) -> Axis:
    acts = [mark.at for mark in versions] + [
        at for use in uses for at in (use.start, use.end) if at is not None
    ]
    first, last = min(acts), max(acts)
    return Axis(first - 0.5, last + 1.0, LEFT + 10, RIGHT)


def _legend() -> str:
    marks = (("model", "in production", 0.0), ("human", "in staging", 122.0), ("baseline", "other", 222.0))
    return "".join(
        dot(LEFT + x + 6, 12, 5.5, kind) + label(said, LEFT + x + 17, 16) for kind, said, x in marks
    ) + (line(LEFT + 284, 12, LEFT + 304, 12, "curve") + label("over time", LEFT + 310, 16))


def _version(mark: VersionMark, across: Axis, up: Axis) -> str:
    x, kind = across.at(mark.at), _KINDS[mark.stage]
    whisker = ""
    if isfinite(mark.figure.low) and isfinite(mark.figure.high):
        whisker = line(x, up.at(mark.figure.low), x, up.at(mark.figure.high), f"span {kind}-line")
    said = f"{mark.name}, {mark.stage}: {with_bounds(mark.figure, percent=False)}"
    return whisker + dot(x, up.at(mark.figure.estimate), 6, kind, hint(said))


def _use(use: UseMark, across: Axis, up: Axis) -> str:
    """Where it came into production, and how good what was there was found to be."""
    start, end = _ends(use, across)
    came = line(start, TOP, start, _RAIL, "grid pointer")
    if use.figure is None or not isfinite(use.figure):
        return came
    return came + line(start, up.at(use.figure), end, up.at(use.figure), "curve")


def _stretch(use: UseMark, across: Axis) -> str:
    start, end = _ends(use, across)
    return line(start, _RAIL, end, _RAIL, "span model-line") + dot(start, _RAIL, 4.5, "model", hint(use.said))


def _ends(use: UseMark, across: Axis) -> tuple[float, float]:
    return across.at(use.start), across.end if use.end is None else across.at(use.end)


def _dates(versions: Sequence[VersionMark], across: Axis) -> str:
    """When versions were registered, the newest first, as many as find room."""
    shown: list[VersionMark] = []
    for mark in reversed(versions):
        if not shown or across.at(shown[-1].at) - across.at(mark.at) >= _DATE:
            shown.append(mark)
    return "".join(
        label(
            mark.date,
            min(across.at(mark.at), WIDTH - _DATE / 2),
            BOTTOM + 18,
            class_="tick",
            anchor="middle",
        )
        for mark in shown
    )


def _described(versions: Sequence[VersionMark], uses: Sequence[UseMark]) -> str:
    figures = ", ".join(decimal(mark.figure.estimate) for mark in versions)
    now = next((use.name for use in reversed(uses) if use.end is None), "none")
    return f"{counted(len(versions), 'version')}: {figures}; in production: {now}."
