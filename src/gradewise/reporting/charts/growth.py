"""What more comparisons would bring: reliability as their number grows."""

import math
from collections.abc import Sequence

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
    polyline,
    tick_text,
)
from gradewise.reporting.wording import decimal, with_bounds

_LEFT, _MARGIN, _TOP, _BOTTOM = 46.0, 14.0, 20.0, 240.0


def growth_chart(
    points: Sequence[tuple[float, float]], *, n: int, now: Interval, target: float | None
) -> str:
    """Reliability over the number of comparisons, with where a batch is and what it is to reach.

    Args:
        points: Number and reliability expected, rising, two at least.
        n: Comparisons there are.
        now: Reliability of the batch, with its bounds.
        target: What it is to reach; no line where left out.
    """
    ticks = nice_ticks(0, points[-1][0], about=4)
    across = Axis(0, ticks[-1], _LEFT, WIDTH - _MARGIN)
    upright = tuple(step / 5 for step in range(6))
    up = Axis(0, 1, _BOTTOM, _TOP)
    here = across.at(n)
    known = [(across.at(n), up.at(value)) for n, value in points if math.isfinite(value)]
    wanted = "" if target is None else f", {decimal(target)} is wanted"
    return drawing(
        "Reliability as comparisons grow",
        f"{with_bounds(now, percent=False)} now, with {n:,} comparisons{wanted}; "
        f"{decimal(points[-1][1])} expected with {points[-1][0]:,.0f}.",
        _BOTTOM + 40,
        left_axis(up, upright, _LEFT, WIDTH - _MARGIN),
        *(
            label(tick_text(tick, ticks), across.at(tick), _BOTTOM + 17, class_="tick", anchor="middle")
            for tick in ticks[:-1]
        ),
        label("comparisons →", WIDTH - _MARGIN, _BOTTOM + 34, class_="axis", anchor="end"),
        "" if target is None else line(_LEFT, up.at(target), WIDTH - _MARGIN, up.at(target), "limit"),
        polyline(known, "curve"),
        line(here, up.at(now.low), here, up.at(now.high), "span human-line"),
        dot(here, up.at(now.estimate), 6.5, "human", hint(f"now: {with_bounds(now, percent=False)}")),
    )
