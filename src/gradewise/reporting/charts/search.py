"""Pictures of a search: what was tried, what each setting does, what was gained."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gradewise.evaluation.gains import Gain
from gradewise.reporting.charts.intervals import (
    HEAD,
    MARGIN,
    IntervalRow,
    ends_said,
    figure_said,
    interval_mark,
    known,
)
from gradewise.reporting.svg import (
    ROW,
    WIDTH,
    Axis,
    dot,
    drawing,
    hint,
    label,
    left_axis,
    line,
    nice_ticks,
    polyline,
    text_width,
)
from gradewise.reporting.wording import MetricWords, decimal, difference_words, metric_words, shortened

LEFT, TOP, TALL = 64.0, 26.0, 200.0
CELL, ROOM = 210.0, 124.0
"""Width and height of one of many small pictures."""
_DIGITS = 4
_LINE = 18.0
"""From one line of text to the next."""
_ZERO = 11.0
"""How far the line at nothing reaches above and below a mark."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One configuration of a search."""

    number: int
    """From 0, in the order of proposal."""
    figure: float
    """What was made best; ``nan`` where it was given up early."""
    best: float
    """The best figure up to it."""


@dataclass(frozen=True, slots=True)
class Placed:
    """One value of a setting with what came of it."""

    at: float
    """Place on the axis of the setting, 0 to 1."""
    said: str
    """The value, as text."""
    figure: float
    """What was made best."""


@dataclass(frozen=True, slots=True)
class Setting:
    """What came of the values of one setting."""

    name: str
    """Of the setting."""
    low: str
    """What stands at the left end."""
    high: str
    """What stands at the right end."""
    points: tuple[Placed, ...]
    """Every configuration that was judged."""


def search_chart(
    metric: str, tried: Sequence[Tried], own: float | None, *, words: MetricWords | None = None
) -> str:
    """A dot for each configuration, the best so far as a line, the plan's own settings as a dashed one.

    Args:
        metric: what was made best.
        tried: in order, one at least with a figure.
        own: what the plan's own settings reach; ``None`` where they are not known.
        words: how the metric is spoken of, where not as of grades.
    """
    shown = [each for each in tried if math.isfinite(each.figure)]
    ticks = _ticks([*([] if own is None else [own]), *(each.figure for each in shown)])
    across = Axis(0, max(1, len(tried) - 1), LEFT, WIDTH - MARGIN)
    upwards = Axis(ticks[0], ticks[-1], TOP + TALL, TOP)
    steps = [(across.at(each.number), upwards.at(each.best)) for each in tried if math.isfinite(each.best)]
    given_up = [each for each in tried if not math.isfinite(each.figure)]
    words = words or metric_words(metric)
    beside = "" if own is None else f", the plan’s own {decimal(own, digits=_DIGITS)}"
    return drawing(
        f"{words.label} of each configuration",
        f"best {decimal(tried[-1].best, digits=_DIGITS)}{beside}",
        TOP + TALL + 40,
        label(f"{words.label}: {words.better} is better", 0, 14, class_="axis"),
        left_axis(upwards, ticks, LEFT, WIDTH - MARGIN),
        "" if own is None else line(LEFT, upwards.at(own), WIDTH - MARGIN, upwards.at(own), "ideal"),
        polyline(steps, "curve-same"),
        *(_mark(each, across, upwards) for each in (*shown, *given_up)),
        label("configurations, in order →", WIDTH - MARGIN, TOP + TALL + 30, class_="axis", anchor="end"),
    )


def _ticks(figures: Sequence[float], *, about: int = 5) -> tuple[float, ...]:
    """Ticks around figures; a lone one gets a hundredth of itself on either side."""
    low, high = min(figures), max(figures)
    aside = 0.01 * abs(low) if low == high else 0.0
    return nice_ticks(low - aside, high + aside, about=about)


def _mark(tried: Tried, across: Axis, upwards: Axis) -> str:
    """A dot where its figure is, or below the picture where it was given up."""
    if math.isfinite(tried.figure):
        return dot(across.at(tried.number), upwards.at(tried.figure), 4, "model", hint(_tried(tried)))
    return dot(across.at(tried.number), TOP + TALL + 8, 2.5, "baseline", hint(f"{tried.number}: given up"))


def _tried(each: Tried) -> str:
    return f"{each.number}: {decimal(each.figure, digits=_DIGITS)}"


def settings_chart(metric: str, settings: Sequence[Setting], *, words: MetricWords | None = None) -> str:
    """A small picture for each setting: its values across, what came of them upwards, on one scale."""
    figures = [point.figure for setting in settings for point in setting.points]
    ticks = _ticks(figures, about=2)
    rows = math.ceil(len(settings) / 2)
    return drawing(
        f"{(words or metric_words(metric)).label} by setting",
        ", ".join(setting.name for setting in settings),
        rows * ROOM + 8,
        *(
            _small(setting, ticks, (place % 2) * (WIDTH - CELL), (place // 2) * ROOM)
            for place, setting in enumerate(settings)
        ),
    )


def _small(setting: Setting, ticks: tuple[float, ...], left: float, top: float) -> str:
    across = Axis(0, 1, left + 56, left + CELL - 8)
    upwards = Axis(ticks[0], ticks[-1], top + ROOM - 26, top + 32)
    bottom = top + ROOM - 10
    return (
        label(shortened(setting.name, most=26), left, top + 14)
        + left_axis(upwards, ticks, across.start - 6, across.end + 6)
        + "".join(
            dot(across.at(each.at), upwards.at(each.figure), 3, "model",
                hint(f"{each.said}: {decimal(each.figure, digits=_DIGITS)}"))
            for each in setting.points
        )
        + label(setting.low, across.start - 6, bottom, most=12, class_="tick")
        + label(setting.high, across.end + 6, bottom, most=12, class_="tick", anchor="end")
    )  # fmt: skip


def gains_chart(title: str, rows: Sequence[IntervalRow]) -> str:
    """How much better each figure became, with its interval, around nothing; each row has its own scale."""
    beside = all(_fits_beside(row) for row in rows)
    height = ROW if beside else ROW + _LINE
    return drawing(
        title,
        "; ".join(f"{row.name}: {figure_said(row)}" for row in rows),
        HEAD + height * len(rows) + 6,
        ends_said(("worse", "better"), Axis(-1, 1, MARGIN, WIDTH - MARGIN)),
        *(_gain(row, HEAD + height * place, beside=beside) for place, row in enumerate(rows)),
    )


def _fits_beside(row: IntervalRow) -> bool:
    """Whether a whole name and its figure find room on one line."""
    return text_width(f"{row.name} {figure_said(row)}") <= WIDTH - 2 * MARGIN


def _gain(row: IntervalRow, top: float, *, beside: bool) -> str:
    """Name, figure and mark of a gain; the figure stands under the name where it finds no room beside it."""
    axis, said = _own_scale(row), figure_said(row)
    last = top + _LINE if beside else top + 2 * _LINE
    mark = last + 15.0
    figure = (
        label(said, axis.end, last, class_="value", anchor="end")
        if beside
        else label(said, axis.start, last, class_="value")
    )
    return (
        label(row.name, axis.start, top + _LINE)
        + figure
        # No longer than the mark needs: text stands between the rows.
        + line(axis.at(0), mark - _ZERO, axis.at(0), mark + _ZERO, "zero")
        + interval_mark(row.interval, axis, mark, row.kind, f"{row.name}: {said}")
    )


def gain_row(name: str, gain: Gain) -> IntervalRow:
    """One gain."""
    return IntervalRow(name, gain.gain, "broken" if gain.lost else "model", said_gain(gain))


def said_gain(gain: Gain) -> str:
    """A gain with its bounds, such as ``+0.0021 (−0.0004 to +0.0046)``."""
    # Gains in probabilities are a hundredth of the figure or less.
    return difference_words(gain.gain, digits=_DIGITS + (gain.metric == "rps"))


def _own_scale(row: IntervalRow) -> Axis:
    reach = max([*map(abs, known([row])), 1e-12]) * 1.15
    return Axis(-reach, reach, MARGIN, WIDTH - MARGIN)
