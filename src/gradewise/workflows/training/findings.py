"""What is found out about a model of grades: its report, its bundle and its files are made of it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gradewise.evaluation.data_profile import DataProfile
from gradewise.models.essay_reference import EssayReference
from gradewise.reporting.report import NamedEvaluation
from gradewise.workflows.training.experiment import Experiment
from gradewise.workflows.training.learning import Learned

TraitResults = Sequence[tuple[Learned, tuple[NamedEvaluation, ...]]]
"""The model of each trait with its evaluations, the one that counts most last."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """A model of grades that has learnt and been judged, and what it learnt from."""

    experiment: Experiment
    """What was learnt from, and the locked test."""
    learned: Learned
    """The model of the overall grade."""
    evaluations: tuple[NamedEvaluation, ...]
    """Its figures, those on the locked test last."""
    traits: TraitResults
    """The models of traits, and theirs."""
    contributions: NDArray[np.float64] | None
    """What moves each score of the locked test, shape ``(n_test, n_features)``, or ``None`` where scores are
    not taken apart."""
    reference: EssayReference
    """What the training essays are like as texts."""
    data: DataProfile
    """What they and their columns look like."""

    @property
    def headline(self) -> NamedEvaluation:
        """The figures on the locked test."""
        return self.evaluations[-1]
