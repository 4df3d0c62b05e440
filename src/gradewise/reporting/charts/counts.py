"""How often something was seen: a bar for each stretch of numbers."""

from collections.abc import Sequence

import numpy as np

from gradewise.reporting.svg import WIDTH, Axis, bar, drawing, hint, label, left_axis, nice_ticks
from gradewise.reporting.wording import counted

_LEFT, _MARGIN, _TOP, _BOTTOM = 46.0, 6.0, 14.0, 220.0
_MOST_BARS = 20


def _names(names: Sequence[str], slot: float) -> list[str]:
    """What stands under the bars, as many of them as there is room for."""
    every = max(1, -(-len(names) * max(len(name) for name in names) * 9 // int(WIDTH - _LEFT)))
    return [
        label(names[at], _LEFT + slot * (at + 0.5), _BOTTOM + 17, class_="tick", anchor="middle")
        for at in range(0, len(names), every)
    ]


def counts_chart(title: str, counts: Sequence[int], *, noun: str, axis: str) -> str:
    """A bar for each stretch of numbers, as high as the essays that have one of them.

    Args:
        title: What is shown.
        counts: One for each essay, one at least.
        noun: What is counted, for the words of a bar.
        axis: What stands under the axis.
    """
    values = np.asarray(counts)
    low, high = int(values.min()), int(values.max())
    step = max(1, -(-(high - low + 1) // _MOST_BARS))
    edges = np.arange(low, high + step + 1, step)
    heights = np.histogram(values, edges)[0].tolist()
    ticks = nice_ticks(0, max(heights), about=4)
    up = Axis(0, ticks[-1], _BOTTOM, _TOP)
    slot = (WIDTH - _LEFT - _MARGIN) / len(heights)
    names = [_stretch(int(edge), step) for edge in edges[:-1]]
    return drawing(
        title,
        f"{counted(values.size, 'essay')}: {low:,} to {high:,} {noun} each.",
        _BOTTOM + 40,
        left_axis(up, ticks, _LEFT, WIDTH - _MARGIN),
        *(
            bar(
                _LEFT + slot * at + slot * 0.12, up.at(height), slot * 0.76, _BOTTOM - up.at(height), "model",
                hint(f"{name} {noun}: {counted(height, 'essay')}"),
            )
            for at, (name, height) in enumerate(zip(names, heights, strict=True))
            if height
        ),
        *_names(names, slot),
        label(axis, WIDTH - _MARGIN, _BOTTOM + 34, class_="axis", anchor="end"),
    )  # fmt: skip


def _stretch(start: int, step: int) -> str:
    return str(start) if step == 1 else f"{start}–{start + step - 1}"
