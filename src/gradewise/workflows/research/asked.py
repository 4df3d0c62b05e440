"""What a plan asks of the bench, as the values that evaluation takes: intervals, prompts, seeds, folds."""

import numpy as np

from gradewise.evaluation.fold_figures import Rows
from gradewise.evaluation.prompts import PromptLimits
from gradewise.evaluation.results import Resampling
from gradewise.workflows.plans.evaluation import EvaluationPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.training.experiment import Experiment


def resampling_of(plan: EvaluationPlan, *, by_prompt: bool = False) -> Resampling:
    """How intervals are made; `by_prompt` draws whole prompts."""
    return Resampling(plan.resamples, plan.confidence, plan.seed, "prompt" if by_prompt else None)


def prompt_limits_of(plan: Plan) -> PromptLimits:
    """Which prompts are looked at."""
    return PromptLimits(plan.compare.min_prompt, plan.compare.bottom_k)


def seeds_of(plan: Plan, n: int) -> tuple[int, ...]:
    """Seeds of models that are learnt alike, so far apart that no two share a member."""
    return tuple(plan.model.seed + step * plan.model.seeds for step in range(n))


def held_out_positions(experiment: Experiment) -> tuple[Rows, ...]:
    """Where each fold's essays stand among all essays that some fold holds out, which ascend by row."""
    rows = np.unique(np.concatenate([fold.validate_rows for fold in experiment.folds]))
    return tuple(np.searchsorted(rows, fold.validate_rows) for fold in experiment.folds)
