"""What a finished training leaves behind."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from gradewise.essays.records import Essay
from gradewise.evaluation.gates import GateReport
from gradewise.reporting.report import NamedEvaluation, Report


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedRun:
    """What a finished training leaves behind."""

    directory: Path
    """The run directory."""
    bundle: Path
    """The model."""
    html: Path
    """The report to open in a browser."""
    report: Report
    """The same as a value."""
    example: Essay
    """An essay of the locked test set."""
    gates: tuple[GateReport, ...] = ()
    """What gates say of the locked test; none where no figures may be shown."""
    traits: Mapping[str, tuple[NamedEvaluation, ...]] = field(default_factory=dict)
    """Evaluations of each trait, out of fold and on the locked test."""
