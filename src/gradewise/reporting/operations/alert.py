"""An alert: when somebody is to be told, what it means, what to do; and a trial of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True)
class Told:
    """A series that a trial tells Prometheus, minute by minute."""

    name: str
    """Of the metric, as it is shown."""
    values: str
    """In the notation of promtool: ``0+3x60`` begins at 0 and rises by 3, 60 times."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Of the series, beside job and instance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One alert."""

    name: str
    """Which."""
    expression: str
    """In PromQL: it goes off for each series that comes of it."""
    lasts: str
    """For how long it must be so."""
    severity: Literal["critical", "warning", "info"]
    """``critical``: essays are not graded, or somebody meddles; ``warning``: today; ``info``: this week."""
    summary: str
    """In a line."""
    means: str
    """What has happened."""
    do: str
    """What to do, in this order."""
    trial: tuple[Told, ...]
    """What makes it go off within `goes_off`."""
    goes_off: str = "2h"
    """After which time of the trial."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Of the alert that the trial sets off, beside job, instance and severity."""


BY = "sum by (job, instance)"
"""Of each service by itself."""
GRADED_WELL = Told("cj_ml_prediction_total", "0+60x120", {"grade": "C", "confidence_bucket": "0.5-0.7"})
"""Essays that are graded as they come, in trials."""
