"""The record of a cross-validation: what was asked, and what came out; equal for equal plans, byte by byte.

It holds no time, no place and no duration: those are in ``timings.json`` and in the records of the run.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gradewise.errors import InputError, RunError
from gradewise.essays.scales import Scale
from gradewise.evaluation.fold_figures import FoldFigures, fold_to_json, over_folds, spreads_to_json
from gradewise.evaluation.interval_json import interval_to_json, intervals_to_json
from gradewise.evaluation.summary import evaluation_to_json
from gradewise.features.given import given_columns
from gradewise.features.schema import FeatureSchema
from gradewise.models.band_weights import CAP
from gradewise.models.decisions import DecisionKind
from gradewise.reporting.report import LOCKED_TEST, OUT_OF_FOLD, BaselineRow, NamedEvaluation
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.plans.features import FeaturesPlan
from gradewise.workflows.plans.model import ModelPlan
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.reading import read_plan
from gradewise.workflows.research.residuals import (
    OUT_OF_FOLD_FILE,
    ResidualTable,
    read_residuals,
)
from gradewise.workflows.runs.lock import in_use
from gradewise.workflows.runs.state import read_run_state
from gradewise.workflows.training.experiment import Experiment

SCHEMA_VERSION = 1
"""Of ``cv_metrics.json``."""
METRICS_FILE = "cv_metrics.json"
"""Its name, among a run's artifacts."""
WITHHELD = "the terms of the data allow no figures: this run is a smoke test"
"""Why a record holds none."""


def settings_record(experiment: Experiment, decision: DecisionKind) -> dict[str, Any]:
    """What was asked of a cross-validation, and on what."""
    dataset = experiment.dataset
    plan, split, schema = dataset.plan, dataset.split, experiment.train_matrix.schema
    return {
        "schema_version": SCHEMA_VERSION,
        "metrics_allowed": dataset.metrics_allowed,
        **_model_record(plan.model, decision),
        "predictor_feature_selection": {"keep": list(plan.features.keep), "drop": list(plan.features.drop)},
        "features": {
            **columns_record(plan.features, schema),
            "text_learners": list(plan.features.text_learners),
        },
        **data_record(dataset, dataset.scale),
        "dataset_excluded_prompts": list(plan.data.filters.exclude_prompts or ()),
        "word_count_window": {"min": plan.data.filters.min_words, "max": plan.data.filters.max_words},
        "record_counts": {
            "train": len(split.train_ids),
            "test": len(split.test_ids),
            "left_out": len(split.left_out_ids),
        },
    }


def columns_record(plan: FeaturesPlan, schema: FeatureSchema) -> dict[str, Any]:
    """Which columns a model reads, of grades and of classes alike."""
    return {
        "set": plan.set,
        "n": len(schema),
        "fingerprint": schema.fingerprint,
        "given": list(given_columns(schema)),
    }


def data_record(dataset: Dataset, scale: Scale) -> dict[str, Any]:
    """What was learnt from, on which scale or in which classes, and how it was divided."""
    return {
        "scale": {"name": scale.name, "grades": list(scale.grades)},
        "dataset_kind": dataset.plan.data.kind,
        "dataset_sha256": dataset.data_sha256,
        "scheme": dataset.split.scheme,
        "n_splits": dataset.split.n_folds,
        "splits_id": dataset.split.id,
    }


def _model_record(plan: ModelPlan, decision: DecisionKind) -> dict[str, Any]:
    return {
        "model_family": plan.engine,
        "training_mode": plan.probabilities,
        "linear_share": plan.blend,
        "grade_band_weighting": {
            "mode": "sqrt_inv_freq" if plan.band_weights else "none",
            "cap": CAP if plan.band_weights else None,
        },
        "prediction_mapping": decision,
        "calibration": plan.calibration,
        "ensemble": {"size": plan.seeds, "seeds": [plan.seed + step for step in range(plan.seeds)]},
        "booster": plan.booster.model_dump(),
    }


def figures_record(
    folds: Sequence[FoldFigures],
    evaluations: Sequence[NamedEvaluation],
    baselines: Sequence[BaselineRow],
    *,
    metric: str,
) -> dict[str, Any]:
    """What came out of a cross-validation whose data allow figures; `metric` is what baselines are led by."""
    by_name = {named.name: evaluation_to_json(named.evaluation) for named in evaluations}
    return {
        "folds": [fold_to_json(fold) for fold in folds],
        "summary": spreads_to_json(over_folds(folds)),
        "out_of_fold": by_name[OUT_OF_FOLD],
        "locked_test": by_name.get(LOCKED_TEST),
        "baselines": {
            row.name: {
                "metrics": intervals_to_json(row.metrics),
                f"lead_{metric}": None if row.difference is None else interval_to_json(row.difference),
            }
            for row in baselines
        },
    }


def traits_record(traits: Mapping[str, Sequence[NamedEvaluation]]) -> dict[str, Any]:
    """The same of each trait: its evaluations by name."""
    return {
        trait: {named.name: evaluation_to_json(named.evaluation) for named in every}
        for trait, every in traits.items()
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedCv:
    """A cross-validation that has ended well, as it is found on disk."""

    directory: Path
    """Its run directory."""
    plan: Plan
    """What was asked."""
    record: Mapping[str, Any]
    """What came out: ``cv_metrics.json``."""
    scale: Scale
    """The grades."""
    out_of_fold: ResidualTable
    """Every held-out essay."""


def read_finished_cv(directory: Path) -> FinishedCv:
    """Read a cross-validation.

    Raises:
        InputError: the directory is no run of `gradewise cv`, the run has not ended well, its data allow no
            figures, or a file is damaged.
        PlanError: its plan cannot be read.
    """
    record = _read_record(directory)
    if not record["metrics_allowed"]:
        raise InputError(f"run {directory} holds no figures to compare: {WITHHELD}")
    artifacts = directory / "artifacts"
    known = record["scale"]
    scale = Scale(known["name"], tuple(known["grades"]), ordered=record.get("task") != "nominal")
    return FinishedCv(
        directory=directory,
        plan=read_plan(directory / "plan.yaml"),
        record=record,
        scale=scale,
        out_of_fold=read_residuals(artifacts / f"{OUT_OF_FOLD_FILE}.jsonl", scale),
    )


def _read_record(directory: Path) -> dict[str, Any]:
    _require_completed(directory)
    path = directory / "artifacts" / METRICS_FILE
    record = _read_json(path)
    if record.get("schema_version") != SCHEMA_VERSION:
        raise InputError(
            f"{path} has schema_version {record.get('schema_version')!r}; this gradewise reads "
            f"{SCHEMA_VERSION}; run `gradewise cv` again"
        )
    return record


def _require_completed(directory: Path) -> None:
    try:
        state = read_run_state(directory)
    except RunError as error:
        raise InputError(f"{error}, one of `gradewise cv`") from error
    if state.state == "running":
        raise InputError(in_use(directory))
    if state.state != "completed":
        raise InputError(
            f"run {directory} is {state.state} ({state.failure_reason}); resume it: "
            f"gradewise runs resume {directory}"
        )


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}; name the directory of a run of `gradewise cv`"
        ) from error
    except ValueError as error:
        raise InputError(f"{path} is damaged: {error}; run `gradewise cv` again") from error
    if not isinstance(content, dict):
        raise InputError(f"{path} is damaged; run `gradewise cv` again")
    return content
