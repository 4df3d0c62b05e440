"""Which classes are taken for which: a heat map of few, bars of the most frequent confusions of many."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.evaluation.results import Evaluation
from gradewise.reporting.charts.confusion import heat_square, row_shares
from gradewise.reporting.svg import (
    ROW,
    WIDTH,
    Axis,
    bar,
    drawing,
    element,
    escaped,
    hint,
    label,
    length,
    text_width,
)
from gradewise.reporting.wording import abridged, counted, percentage

MOST_DRAWN = 20
"""Classes of which every cell is drawn."""
PAIRS_DRAWN = 12
"""Confusions that are drawn where there are more classes."""
_LEFT, _TOP = 128.0, 116.0
_RIGHT = 46.0  # for the end of the last slanted name
_NAME = 17  # characters of a class beside a row
_SLANTED = 15  # and over a column
_SHORTEST = 5
_SAID = 22.0  # height of the line above the columns
_SLANT = math.radians(50)
_COUNT_ROOM = 15.0  # of a cell that holds its count


@dataclass(frozen=True, slots=True)
class Confusion:
    """One class taken for another."""

    right: str
    """The right class."""
    given: str
    """What the model gave."""
    n: int
    """Texts."""
    share: float
    """Of all texts of the right class: 0 to 1."""


def confusions(evaluation: Evaluation) -> tuple[Confusion, ...]:
    """Every class that was taken for another, the most texts first; then the largest share of the class."""
    counts, shares, classes = evaluation.confusion, row_shares(evaluation.confusion), evaluation.scale.grades
    wrong = np.argwhere(counts * (1 - np.eye(len(classes), dtype=np.int64)))
    found = [
        Confusion(classes[row], classes[column], int(counts[row, column]), float(shares[row, column]))
        for row, column in wrong
    ]
    return tuple(sorted(found, key=lambda each: (-each.n, -each.share, each.right, each.given)))


def class_confusion_chart(evaluation: Evaluation) -> str:
    """The heat map of few classes, or the most frequent confusions of many."""
    if evaluation.scale.n_grades <= MOST_DRAWN:
        return _heat_map(evaluation)
    return _pairs(confusions(evaluation)[:PAIRS_DRAWN])


def _heat_map(evaluation: Evaluation) -> str:
    classes, shares = evaluation.scale.grades, row_shares(evaluation.confusion)
    cell = min((WIDTH - _LEFT - _RIGHT) / len(classes), 56.0)
    side = cell * len(classes)
    return drawing(
        "Right class against class given",
        f"{counted(evaluation.n, 'text')} of {len(classes)} classes; the diagonal holds those that are "
        "right.",
        _TOP + side + 6,
        label("class given →", _LEFT + side, 14, class_="axis", anchor="end"),
        label("right class ↓", 0, _TOP - 8, class_="axis"),
        *(_names(name, code, cell) for code, name in enumerate(classes)),
        element("rect", x=_LEFT, y=_TOP, width=side, height=side, class_="frame"),
        *(bar(_LEFT + cell * code, _TOP + cell * code, cell, cell, "same") for code in range(len(classes))),
        *(
            _cell(evaluation, int(row), int(column), shares, cell)
            for row, column in np.argwhere(evaluation.confusion)
        ),
    )


def _names(name: str, code: int, cell: float) -> str:
    middle = cell * (code + 0.5)
    row = element(
        "text",
        escaped(_within(name, _LEFT - 8, most=_NAME)),
        hint(name),
        x=_LEFT - 6,
        y=_TOP + middle + 4,
        class_="tick",
        text_anchor="end",
    )
    x, y = _LEFT + middle + 3, _TOP - 6
    # It must end below the line that says what columns are, and left of the picture's edge.
    room = min((y - _SAID) / math.sin(_SLANT), (WIDTH - x) / math.cos(_SLANT))
    column = element(
        "text",
        escaped(_within(name, room, most=_SLANTED)),
        hint(name),
        x=x,
        y=y,
        class_="tick",
        transform=f"rotate(-50 {length(x)} {length(y)})",
    )
    return row + column


def _within(name: str, room: float, *, most: int) -> str:
    """A name cut in its middle so that it is no wider than this."""
    cuts = (abridged(name, most=letters) for letters in range(most, _SHORTEST, -1))
    return next((cut for cut in cuts if text_width(cut) <= room), abridged(name, most=_SHORTEST))


def _cell(evaluation: Evaluation, row: int, column: int, shares: NDArray[np.float64], side: float) -> str:
    classes, n, share = evaluation.scale.grades, int(evaluation.confusion[row, column]), shares[row, column]
    x, y = _LEFT + side * column, _TOP + side * row
    said = f"{classes[row]}, given {classes[column]}: {counted(n, 'text')}, {percentage(share)} of the class"
    heat = heat_square(x, y, side, share, said)
    if side < _COUNT_ROOM:
        return heat
    kind = "cell" if side > 2 * _COUNT_ROOM else "share"
    return heat + label(f"{n:,}", x + side / 2, y + side / 2 + 4, class_=kind, anchor="middle")


def _pairs(pairs: Sequence[Confusion]) -> str:
    axis = Axis(0, max([each.n for each in pairs], default=1), 0, WIDTH)
    return drawing(
        "The most frequent confusions",
        "; ".join(f"{each.right} taken for {each.given}: {counted(each.n, 'text')}" for each in pairs),
        max(ROW * len(pairs), ROW),
        *(_pair(each, axis, ROW * place) for place, each in enumerate(pairs)),
    )


def _pair(pair: Confusion, axis: Axis, top: float) -> str:
    said = f"{pair.n:,}, {percentage(pair.share)}"
    room = (56 - len(said)) // 2
    names = f"{abridged(pair.right, most=room)} → {abridged(pair.given, most=room)}"
    whole = f"{pair.right} taken for {pair.given}: {counted(pair.n, 'text')}, {percentage(pair.share)} of it"
    return (
        element("g", label(names, 0, top + 16), hint(whole))
        + label(said, WIDTH, top + 16, class_="value", anchor="end")
        + bar(0, top + 23, WIDTH, 10, "rail")
        + bar(0, top + 23, axis.at(pair.n), 10, "human", hint(whole))
    )
