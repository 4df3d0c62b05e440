"""What a finished cross-validation leaves behind."""

from dataclasses import dataclass
from pathlib import Path

from gradewise.evaluation.fold_figures import FoldFigures
from gradewise.reporting.report import NamedEvaluation


@dataclass(frozen=True, slots=True, kw_only=True)
class CvRun:
    """What a finished cross-validation leaves behind."""

    directory: Path
    """The run directory."""
    html: Path
    """The report to open in a browser."""
    folds: tuple[FoldFigures, ...] = ()
    """Fold by fold; empty where no figures may be shown."""
    evaluations: tuple[NamedEvaluation, ...] = ()
    """Out of fold, then on the locked test unless it stays locked; empty where no figures may be shown."""
