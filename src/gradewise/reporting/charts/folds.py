"""The folds of a cross-validation, each a dot, beside what all essays together say."""

import math
from collections.abc import Sequence

from gradewise.evaluation.fold_figures import FoldFigures
from gradewise.evaluation.results import Interval
from gradewise.reporting.svg import WIDTH, Axis, bar, bottom_axis, dot, drawing, hint, label, line, nice_ticks
from gradewise.reporting.wording import counted, decimal

LEFT, MARGIN, TOP, PITCH = 58.0, 14.0, 46.0, 26.0


def folds_chart(
    folds: Sequence[FoldFigures], pooled: Interval, *, metric: str, words: str, item: str = "essay"
) -> str:
    """A row a fold: what it reaches on essays that it had not seen, and on its own where that is known.

    Args:
        folds: one at least.
        pooled: the figure over the essays of all folds, drawn as a band.
        metric: which figure.
        words: what it is called.
        item: what is judged.
    """
    learnt = [fold.train[metric] for fold in folds if metric in fold.train]
    values = [*(fold.validate[metric] for fold in folds), *learnt, pooled.low, pooled.high]
    known = [value for value in values if math.isfinite(value)]
    ticks = nice_ticks(min(known, default=0.0), max(known, default=1.0))
    axis = Axis(ticks[0], ticks[-1], LEFT, WIDTH - MARGIN)
    bottom = TOP + PITCH * len(folds)
    said = ", ".join(decimal(fold.validate[metric]) for fold in folds)
    return drawing(
        f"{words} in each fold",
        f"{counted(len(folds), 'fold')}: {said}; all together {decimal(pooled.estimate)}.",
        bottom + 26,
        _legend(item, learnt=bool(learnt)),
        bottom_axis(axis, ticks, TOP, bottom),
        _band(pooled, axis, bottom),
        *(_row(fold, metric, axis, TOP + PITCH * (place + 0.5)) for place, fold in enumerate(folds)),
    )


def _legend(item: str, *, learnt: bool) -> str:
    by_heart = dot(LEFT + 146, 12, 5, "baseline") + label(f"{item}s learnt from", LEFT + 158, 16)
    return (
        dot(LEFT + 6, 12, 6, "model")
        + label(f"{item}s not seen", LEFT + 18, 16)
        + (by_heart if learnt else "")
        + bar(LEFT, 24, 14, 9, "band")
        + label("all folds together, with interval", LEFT + 18, 33)
    )


def _band(pooled: Interval, axis: Axis, bottom: float) -> str:
    marks = ""
    if math.isfinite(pooled.low) and math.isfinite(pooled.high):
        left, right = axis.at(pooled.low), axis.at(pooled.high)
        marks += bar(left, TOP, right - left, bottom - TOP, "band")
    if math.isfinite(pooled.estimate):
        marks += line(axis.at(pooled.estimate), TOP, axis.at(pooled.estimate), bottom, "zero")
    return marks


def _row(fold: FoldFigures, metric: str, axis: Axis, y: float) -> str:
    marks = label(f"fold {fold.fold}", 0, y + 4, class_="tick")
    learnt = fold.train.get(metric, math.nan)
    for kind, size, value in (("baseline", 5, learnt), ("model", 6, fold.validate[metric])):
        if math.isfinite(value):
            marks += dot(axis.at(value), y, size, kind, hint(f"fold {fold.fold}: {decimal(value, digits=3)}"))
    return marks
