"""Where configurations are tried: essays, folds, and what is made best on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gradewise.essays.codes import Codes
from gradewise.evaluation.figures import MeasureOf
from gradewise.evaluation.results import Graded
from gradewise.models.cross_fit import FoldReading
from gradewise.models.search import Settings
from gradewise.workflows.plans.model import ModelPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.research.objectives import Objective, fold_loss
from gradewise.workflows.research.search_space import settings_key, settings_plan
from gradewise.workflows.research.variants import Variant, decode_variant, read_variant_fold
from gradewise.workflows.runs.checkpoints import Checkpoints
from gradewise.workflows.runs.readings import keep_reading, recall_reading
from gradewise.workflows.training.experiment import Experiment


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Arena:
    """Essays and folds on which configurations compete."""

    name: str
    """Tells arenas of one run apart."""
    plan: Plan
    """On which settings are put."""
    experiment: Experiment
    """Essays, folds, and the columns that each fold may see."""
    objective: Objective
    """What is made best."""
    measure: MeasureOf
    """Figures of graded essays."""
    checkpoints: Checkpoints
    """Keeps what folds have read, whoever learnt them."""

    @property
    def n_folds(self) -> int:
        """How many folds."""
        return len(self.experiment.folds)

    def identify(self, settings: Settings) -> str:
        """What tells a configuration from another."""
        return settings_key(self.model(settings))

    def model(self, settings: Settings) -> ModelPlan:
        """How to learn with settings."""
        return settings_plan(self.plan, settings).model


def read_configuration(arena: Arena, model: ModelPlan, fold: int) -> FoldReading:
    """Learn a fold of an arena in some way and keep what it reads; one that is kept is not learnt again.

    Raises:
        TrainingError: as `read_fold`.
    """
    key = (arena.name, settings_key(model), fold)
    kept = recall_reading(arena.checkpoints, key)
    if kept is not None:
        return kept
    reading = read_variant_fold(arena.experiment, _variant(model), fold)
    keep_reading(arena.checkpoints, key, reading)
    return reading


def read_every_fold(arena: Arena, model: ModelPlan) -> tuple[FoldReading, ...]:
    """What all folds of an arena read; see `read_configuration`."""
    return tuple(read_configuration(arena, model, fold) for fold in range(arena.n_folds))


def loss_on_fold(arena: Arena, reading: FoldReading, fold: int) -> float:
    """How far the scores of a fold are from its grades; see `fold_loss`."""
    return fold_loss(arena.objective, reading.held_out.scores, codes_of_fold(arena, fold))


def codes_of_fold(arena: Arena, fold: int) -> Codes:
    """The teacher's grades of what a fold holds out: shape ``(n_validate,)``."""
    return np.asarray(arena.experiment.train_codes[arena.experiment.folds[fold].validate_rows])


def grade_out_of_fold(arena: Arena, model: ModelPlan, readings: Sequence[FoldReading]) -> Graded:
    """Every held-out essay of an arena with the grade that a way to learn gives it."""
    return decode_variant(arena.experiment, _variant(model), readings)[1]


def _variant(model: ModelPlan) -> Variant:
    return Variant(name=settings_key(model), model=model)
