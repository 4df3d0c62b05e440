"""How sure the model is of texts of the known classes, and of texts of none."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from gradewise.evaluation.out_of_scope import OutOfScope
from gradewise.reporting.svg import (
    WIDTH,
    Axis,
    bar,
    bottom_axis,
    drawing,
    hint,
    label,
    left_axis,
    line,
    nice_ticks,
)
from gradewise.reporting.wording import counted, percentage

_LEFT, _RIGHT, _TOP, _MIDDLE, _BOTTOM = 58.0, WIDTH - 18, 40.0, 170.0, 300.0


def confidence_chart(found: OutOfScope, threshold: float) -> str:
    """Shares of texts by confidence: in scope upwards, out of scope downwards, the threshold between them.

    Args:
        found: The texts.
        threshold: What is drawn as a line; ``nan`` for none.
    """
    inside, outside = _shares(found.in_counts), _shares(found.out_counts)
    ticks = nice_ticks(0, float(max(inside.max(), outside.max())), about=3)
    x = Axis(0, 1, _LEFT, _RIGHT)
    up, down = Axis(0, ticks[-1], _MIDDLE, _TOP), Axis(0, ticks[-1], _MIDDLE, _BOTTOM)
    return drawing(
        "Confidence of texts in scope and out of scope",
        f"{counted(found.n_in, 'text')} in scope above the line, {counted(found.n_out, 'text')} out of scope "
        "beneath it, by how sure the model was.",
        _BOTTOM + 44,
        label(f"↑ in scope, n {found.n_in:,}", _LEFT, 16, class_="axis"),
        label(f"↓ out of scope, n {found.n_out:,}", _RIGHT, 16, class_="axis", anchor="end"),
        left_axis(up, ticks, _LEFT, _RIGHT, percent=True),
        left_axis(down, ticks[1:], _LEFT, _RIGHT, percent=True),
        bottom_axis(x, nice_ticks(0, 1), _TOP, _BOTTOM, percent=True),
        *_bars(inside, found.in_counts, x, up, "model"),
        *_bars(outside, found.out_counts, x, down, "human"),
        line(_LEFT, _MIDDLE, _RIGHT, _MIDDLE, "zero"),
        _threshold(threshold, x),
        label("How sure it was", _RIGHT, _BOTTOM + 37, class_="axis", anchor="end"),
    )


def _shares(counts: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.asarray(counts / max(1, int(counts.sum())), dtype=np.float64)


def _bars(
    shares: NDArray[np.float64], counts: NDArray[np.int64], x: Axis, y: Axis, kind: str
) -> Sequence[str]:
    wide = (x.end - x.start) / len(shares)
    return [
        bar(
            x.start + wide * place + 1,
            min(y.start, y.at(share)),
            wide - 2,
            abs(y.at(share) - y.start),
            kind,
            hint(f"{counted(int(n), 'text')}, {percentage(float(share))}"),
        )
        for place, (share, n) in enumerate(zip(shares, counts, strict=True))
        if n
    ]


def _threshold(threshold: float, x: Axis) -> str:
    if not math.isfinite(threshold):
        return ""
    at = x.at(threshold)
    left = at > (x.start + x.end) / 2
    return line(at, _TOP - 6, at, _BOTTOM, "ideal") + label(
        f"threshold {percentage(threshold)}",
        at - 6 if left else at + 6,
        _TOP + 8,
        class_="label halo",
        anchor="end" if left else "start",
    )
