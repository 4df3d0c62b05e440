"""What is known of how good a model is: figures with intervals, and the one that speaks for it."""

from collections.abc import Iterable, Mapping, Sequence
from math import nan
from typing import Any

from gradewise.evaluation.interval_json import interval_from_json
from gradewise.evaluation.intervals import Interval
from gradewise.evaluation.metric_names import CLASS_METRICS

FIRST = ("qwk", "accuracy", "adjacent_accuracy", "macro_f1", "mae", "rmse", "rps")
"""Figures that speak for a model, the first that there is: databases keep no order of keys."""
OF_CLASSES = frozenset({"weighted_f1", "log_loss", "roc_auc"})
"""Figures that models of classes alone have; they are spoken for as `CLASS_METRICS` says."""
_BOUNDS = frozenset({"estimate", "low", "high"})


def figures_of(metrics: Mapping[str, Any]) -> dict[str, Interval]:
    """Figures by metric, those that speak for a model first, the others by the alphabet.

    A bare number, as rows hold that were there before gradewise, has no bounds; what is no figure is left
    out.

    >>> figures_of({"mae": 0.4, "qwk": {"estimate": 0.7, "low": 0.6, "high": 0.8}})["qwk"]
    Interval(estimate=0.7, low=0.6, high=0.8)
    """
    found = {name: figure for name in metrics if (figure := _figure(metrics[name])) is not None}
    order = FIRST if OF_CLASSES.isdisjoint(found) else CLASS_METRICS
    return {name: found[name] for name in sorted(found, key=lambda name: _place(name, order))}


def headline_of(metrics: Mapping[str, Any]) -> tuple[str, Interval] | None:
    """The figure that speaks for a model, with its name; ``None`` where nothing may be shown."""
    known = (
        (name, figure) for name, figure in figures_of(metrics).items() if figure.estimate == figure.estimate
    )
    return next(known, None)


def shared_headline(every: Iterable[Mapping[str, Any]]) -> str | None:
    """The metric by which several models are shown beside each other: that which speaks for most of them."""
    names = [headline[0] for metrics in every if (headline := headline_of(metrics)) is not None]
    return max(sorted(set(names), key=lambda name: _place(name, FIRST)), key=names.count, default=None)


def _place(name: str, order: Sequence[str]) -> tuple[int, str]:
    return order.index(name) if name in order else len(order), name


def _figure(value: Any) -> Interval | None:
    if isinstance(value, Mapping):
        return interval_from_json(value) if set(value) >= _BOUNDS else None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Interval(float(value), nan, nan)
    return None
