"""What an evaluation holds: figures with intervals, tables, bins."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from gradewise.errors import InputError
from gradewise.essays.codes import Codes
from gradewise.essays.scales import Scale
from gradewise.evaluation.intervals import Interval
from gradewise.evaluation.metric_names import (
    CLASS_COMPARED,
    CLASS_HEADLINE,
    CLASS_METRICS,
    COMPARED,
    ERRORS,
    HEADLINE,
    METRICS,
)

__all__ = [
    "CLASS_COMPARED",
    "CLASS_HEADLINE",
    "CLASS_METRICS",
    "COMPARED",
    "ERRORS",
    "HEADLINE",
    "METRICS",
    "USUAL",
    "Evaluation",
    "GradeRow",
    "Graded",
    "Interval",
    "ReliabilityBin",
    "Resampling",
    "SliceRow",
    "compared_metrics",
    "few_metrics",
    "headline_metrics",
    "leading_metric",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """Essays with the teacher's grade and the model's, row by row: what is evaluated."""

    essay_ids: tuple[str, ...]
    """Which essay each row is."""
    true_codes: Codes
    """The teacher's grades: shape ``(n,)``."""
    predicted_codes: Codes
    """The model's grades: shape ``(n,)``."""
    scores: NDArray[np.float64]
    """The model's continuous scores on the axis of codes: shape ``(n,)``."""
    probabilities: NDArray[np.float64]
    """P(grade): shape ``(n, n_grades)``, rows sum to 1."""
    prompts: tuple[str, ...] | None = None
    """Each essay's prompt, when prompts are known."""
    word_counts: NDArray[np.int64] | None = None
    """Each essay's length in words: shape ``(n,)``."""
    ordered: bool = True
    """Whether a larger code is a better grade; of classes, which have no order, it is not."""


@dataclass(frozen=True, slots=True)
class GradeRow:
    """How one grade fares."""

    grade: str
    """The grade."""
    n_true: int
    """Essays to which the teacher gave it."""
    n_predicted: int
    """Essays to which the model gave it."""
    precision: Interval
    """Share of the model's that were the teacher's too."""
    recall: Interval
    """Share of the teacher's that the model found."""
    f1: Interval
    """Harmonic mean of the two."""


@dataclass(frozen=True, slots=True)
class SliceRow:
    """How a part of the essays fares."""

    name: str
    """The prompt, or the tail: ``low``, ``middle``, ``high``."""
    n: int
    """Essays in it."""
    metrics: Mapping[str, Interval]
    """By metric name: ``qwk``, ``mae``, ``adjacent_accuracy``, ``accuracy``, ``mean_residual``; of classes
    ``macro_f1``, ``weighted_f1`` and ``accuracy``."""


@dataclass(frozen=True, slots=True)
class ReliabilityBin:
    """Predictions of similar confidence: does confidence mean what it says?"""

    low: float
    """Lower edge of confidence."""
    high: float
    """Upper edge."""
    n: int
    """Predictions in it."""
    mean_confidence: float
    """What the model claimed; ``nan`` when empty."""
    accuracy: Interval
    """How often the grade was right, with a Wilson interval."""


@dataclass(frozen=True, slots=True)
class Resampling:
    """How intervals are made; one that cannot work is refused with an `InputError`."""

    n_resamples: int = 1000
    """Bootstrap resamples over essays, 1 or more."""
    confidence: float = 0.95
    """How often an interval is to hold the truth, above 0 and below 1."""
    seed: int = 0
    """Of the draws; the same seed gives the same bounds."""
    clustered_by: Literal["prompt"] | None = None
    """``prompt`` where whole prompts are drawn, so that bounds speak about other prompts too."""

    def __post_init__(self) -> None:
        if self.n_resamples < 1:
            raise InputError(f"n_resamples is {self.n_resamples}; an interval needs at least 1, better 1000")
        if not 0 < self.confidence < 1:
            raise InputError(f"confidence is {self.confidence}; give a share between 0 and 1, such as 0.95")

    def over(self, clusters: Sequence[str] | None) -> "Resampling":
        """The same, by prompt where each essay's prompt is given."""
        return replace(self, clustered_by=None if clusters is None else "prompt")


USUAL = Resampling()
"""How intervals are made where nobody says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Everything that is said about a set of graded essays."""

    scale: Scale
    """The grades."""
    n: int
    """Essays."""
    metrics: Mapping[str, Interval]
    """By name, in the order of `METRICS`, or of classes in that of `CLASS_METRICS`."""
    confusion: NDArray[np.int64]
    """Counts by (true, predicted): shape ``(n_grades, n_grades)``."""
    grades: tuple[GradeRow, ...]
    """One row a grade, lowest first, rare ones included."""
    tails: tuple[SliceRow, ...]
    """Low, middle and high thirds of the scale by true grade; none of classes."""
    prompts: tuple[SliceRow, ...]
    """One row a prompt, largest first; empty when prompts are not known."""
    reliability: tuple[ReliabilityBin, ...]
    """Confidence bins; they partition the essays."""
    resampling: Resampling
    """How intervals were made."""


def leading_metric(of: Scale | Graded) -> str:
    """The metric that models of a scale are chosen and compared by: ``qwk``, or ``macro_f1`` of classes."""
    return "qwk" if of.ordered else "macro_f1"


def headline_metrics(of: Scale | Graded) -> tuple[str, ...]:
    """Every metric of an evaluation, in the order in which they are shown."""
    return METRICS if of.ordered else CLASS_METRICS


def compared_metrics(of: Scale | Graded) -> tuple[str, ...]:
    """What graders of the same essays are compared by."""
    return COMPARED if of.ordered else CLASS_COMPARED


def few_metrics(of: Scale | Graded) -> tuple[str, ...]:
    """Those of them that stand for all where there is room for few."""
    return HEADLINE if of.ordered else CLASS_HEADLINE
