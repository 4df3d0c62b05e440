"""Figures with their intervals as plain values for JSON; what is not defined is ``null``."""

from collections.abc import Mapping
from math import isfinite, nan
from typing import Any

from gradewise.evaluation.intervals import Interval


def intervals_to_json(intervals: Mapping[str, Interval]) -> dict[str, Any]:
    """Figures by name, each with its bounds."""
    return {name: interval_to_json(interval) for name, interval in intervals.items()}


def interval_to_json(interval: Interval) -> dict[str, float | None]:
    """A figure with its bounds.

    >>> interval_to_json(Interval(0.5, 0.4, float("nan")))
    {'estimate': 0.5, 'low': 0.4, 'high': None}
    """
    return {
        "estimate": number_to_json(interval.estimate),
        "low": number_to_json(interval.low),
        "high": number_to_json(interval.high),
    }


def number_to_json(number: float) -> float | None:
    """A number; ``None`` when it is not finite, which JSON cannot say."""
    return float(number) if isfinite(number) else None


def interval_from_json(interval: Mapping[str, Any]) -> Interval:
    """Read what `interval_to_json` wrote; ``None`` becomes ``nan``."""
    return Interval(*(number_from_json(interval[bound]) for bound in ("estimate", "low", "high")))


def number_from_json(number: float | None) -> float:
    """Read what `number_to_json` wrote; ``None`` becomes ``nan``."""
    return nan if number is None else float(number)
