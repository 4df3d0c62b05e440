"""A panel of a dashboard, and what it asks Prometheus.

In an expression ``{I}`` stands for the instances that a reader chose, ``[W]`` for the time between points.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Query:
    """A question to Prometheus."""

    expression: str
    """In PromQL, with ``{I}`` and ``[W]``."""
    legend: str = ""
    """Of each series: ``{{label}}`` is the value of a label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Panel:
    """One picture."""

    title: str
    """Above it."""
    says: str
    """How to read it."""
    queries: tuple[Query, ...]
    """What it shows."""
    unit: Literal["short", "s", "percentunit", "reqps", "bytes", "dateTimeFromNow"] = "short"
    """Of its numbers."""
    kind: Literal["timeseries", "stat"] = "timeseries"
    """Curves, or numbers."""
    name_only: bool = False
    """Of numbers: show the legend and not the number."""
    limit: float | None = None
    """Above which it turns red."""


@dataclass(frozen=True, slots=True)
class Section:
    """Panels that belong together."""

    title: str
    """Above them."""
    panels: tuple[Panel, ...]
    """From left to right, then down."""


def quantiles(metric: str) -> tuple[Query, ...]:
    """Queries for the median, the 95th and the 99th percentile of a histogram."""
    return tuple(
        Query(f"histogram_quantile({q}, sum by (le) (rate({metric}_bucket{{I}}[W])))", f"p{q * 100:.0f}")
        for q in (0.5, 0.95, 0.99)
    )


def share(part: str, whole: str) -> str:
    """An expression for a share from 0 to 1."""
    return f"sum(rate({part}[W])) / sum(rate({whole}[W]))"
