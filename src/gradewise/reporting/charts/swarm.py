"""What moves single scores: an essay is a dot in every row, where the feature puts its score."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.reporting.svg import (
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
    room_beside,
)
from gradewise.reporting.wording import decimal

MARGIN, TOP, PITCH = 14.0, 44.0, 52.0
MOST_DOTS = 250
"""Dots of a row; of more essays, evenly spaced ones by contribution are drawn."""
CELL = 3.0
"""Dots that lie within so much of each other are stacked."""
REACH = 13.0
"""Half the height of the tallest stack."""
KINDS = ("swarm-low", "swarm-middle", "swarm-high")
"""Classes of dots: the feature's lowest third of essays, the middle, the highest."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SwarmRow:
    """What one feature adds to the score of each essay."""

    name: str
    """The feature, in words."""
    contributions: NDArray[np.float64]
    """In grade steps: shape ``(n,)``."""
    values: NDArray[np.float64] | None
    """Of the feature, shape ``(n,)``; ``None`` where there is no single value to show."""

    @property
    def size(self) -> float:
        """Mean distance that it moves a score."""
        return float(np.abs(self.contributions).mean())


def swarm_chart(rows: Sequence[SwarmRow]) -> str:
    """A row a feature, weightiest first; one at least."""
    reach = max(0.05, *(float(np.abs(row.contributions).max(initial=0.0)) for row in rows))
    ticks = nice_ticks(-reach, reach, about=6)
    axis = Axis(ticks[0], ticks[-1], MARGIN, WIDTH - MARGIN)
    bottom = TOP + PITCH * len(rows)
    return drawing(
        "What moves the score of each essay",
        "; ".join(f"{row.name}: {decimal(row.size)} grade steps on average" for row in rows),
        bottom + 26,
        _legend(),
        label("← lowers the score", MARGIN, 36, class_="axis"),
        label("raises it →", WIDTH - MARGIN, 36, class_="axis", anchor="end"),
        bottom_axis(axis, ticks, TOP, bottom),
        line(axis.at(0), TOP, axis.at(0), bottom, "zero"),
        *(_row(row, axis, TOP + PITCH * place) for place, row in enumerate(rows)),
    )


def _legend() -> str:
    words = ("little of it", "some", "much of it")
    places = (MARGIN, MARGIN + 110, MARGIN + 176)
    return "".join(
        dot(place + 5, 10, 5, f"{kind}-dot") + label(text, place + 15, 14)
        for place, text, kind in zip(places, words, KINDS, strict=True)
    )


def _row(row: SwarmRow, axis: Axis, top: float) -> str:
    chosen = _spread_evenly(row.contributions)
    across = np.array([axis.at(float(value)) for value in row.contributions[chosen]])
    up = top + 35 + stacked(across)
    thirds = np.ones(len(chosen), dtype=np.int64) if row.values is None else thirds_of(row.values)[chosen]
    marks = "".join(
        element("path", d="".join(_place(across[at], up[at]) for at in of), class_=f"swarm {kind}")
        for third, kind in enumerate(KINDS)
        if (of := np.flatnonzero(thirds == third)).size
    )
    said = f"{decimal(row.size)} on average"
    room = room_beside(row.name, said, room=WIDTH - 2 * MARGIN)
    return (
        marks
        + label(row.name, MARGIN, top + 15, most=room, class_="label halo")
        + element("g", label(said, WIDTH - MARGIN, top + 15, class_="value halo", anchor="end"), hint(said))
    )


def _place(x: float, y: float) -> str:
    return f"M{length(float(x))} {length(float(y))}h0"


def _spread_evenly(contributions: NDArray[np.float64]) -> NDArray[np.int64]:
    """Rows to draw: all, or so many that lie evenly along the sorted contributions, both ends among them."""
    order = np.argsort(contributions, kind="stable")
    places = np.linspace(0, len(order) - 1, min(MOST_DOTS, len(order))).round().astype(np.int64)
    return order[places].astype(np.int64)


def stacked(across: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far above or below its line each dot lies, so that few cover each other: shape ``(n,)``.

    Args:
        across: where the dots lie along the line.
    """
    cells = np.floor(across / CELL).astype(np.int64)
    turn = np.zeros(len(cells), dtype=np.int64)
    for cell in np.unique(cells):
        of = np.flatnonzero(cells == cell)
        turn[of] = np.arange(len(of))
    step = min(CELL, REACH / max(1.0, math.ceil(turn.max(initial=0) / 2)))
    side = np.where(turn % 2 == 0, 1, -1)
    return np.asarray(side * np.ceil(turn / 2) * step, dtype=np.float64)


def thirds_of(values: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whether a value is among the lowest third (0), the middle (1) or the highest (2): shape ``(n,)``.

    >>> thirds_of(np.array([1.0, 5.0, 9.0])).tolist()
    [0, 1, 2]
    """
    low, high = np.quantile(values, (1 / 3, 2 / 3))
    return np.asarray(1 - (values < low) + (values > high), dtype=np.int64)
