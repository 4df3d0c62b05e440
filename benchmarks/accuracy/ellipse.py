"""ELLIPSE Overall: recipes side by side on the same folds, decodings, confidence, and the locked test once."""

from pathlib import Path

from benchmarks.corpora import (
    ELLIPSE_CARD,
    ELLIPSE_COLUMNS,
    EXCLUDED_PROMPTS,
    TRAITS,
    ellipse,
    ellipse_traits,
)
from gradewise.evaluation.results import Graded
from gradewise.telemetry import silent
from gradewise.workflows.experiment import Experiment, gather
from gradewise.workflows.judging import graded_essays
from gradewise.workflows.learning import Learned
from gradewise.workflows.plan import ModelPlan, Plan, make_plan
from gradewise.workflows.prepare import prepare_dataset
from gradewise.workflows.recipes import find_recipe, with_options
from gradewise.workflows.services import Services

SCHEMES = ("stratified_text", "prompt_holdout")
RECIPES = ("measured", "measured-tuned", "default", "accurate")
SHOWN = ("qwk", "rmse", "mae", "accuracy", "adjacent_accuracy", "rps", "ece")
RESAMPLES = 1000


def ellipse_plan(
    recipe: str, directory: Path, *, scheme: str = "stratified_text", auxiliary: bool = False
) -> Plan:
    """ELLIPSE Overall with the default filters: 200–1000 words, letters left out."""
    train_file, test_file = ellipse("train"), ellipse("test")
    marks = {
        "name": "ellipse-traits",
        "file": ellipse_traits(),
        "targets": [trait.lower() for trait in TRAITS],
        "card": ELLIPSE_CARD,
    }
    raw = {
        "name": "ellipse",
        "scale": "ellipse",
        "data": {
            "train": train_file,
            "test": test_file,
            "columns": ELLIPSE_COLUMNS,
            "card": ELLIPSE_CARD,
            "filters": {"min_words": 200, "max_words": 1000, "exclude_prompts": EXCLUDED_PROMPTS},
            "auxiliary": [marks] if auxiliary else [],
        },
        "split": {"scheme": scheme},
        "output": directory,
    }
    return make_plan(with_options(raw, find_recipe(recipe)), location="benchmark")


def gathered(plan: Plan, services: Services) -> Experiment:
    """Essays, features and columns of text learners, ready for models."""
    return gather(prepare_dataset(plan, services, silent), services, silent)


def changed(experiment: Experiment, **model: object) -> Experiment:
    """The same essays and columns for another model."""
    from dataclasses import replace

    plan = experiment.dataset.plan
    section = ModelPlan.model_validate(plan.model.model_dump() | model)
    dataset = replace(experiment.dataset, plan=plan.model_copy(update={"model": section}))
    return replace(experiment, dataset=dataset)


def honest(experiment: Experiment, learned: Learned) -> Graded:
    """Essays beside what models that had not seen them said."""
    found = learned.fitted.out_of_fold
    return graded_essays(
        [experiment.train[row] for row in found.rows], experiment.train_codes[found.rows], found.predictions
    )
