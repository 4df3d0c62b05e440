"""From `config.yaml` to the plan that it means; what is done otherwise is said in the plan's notes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

from pydantic import ValidationError

from gradewise.errors import PlanError
from gradewise.workflows.plans.pipeline import (
    Pipeline,
    PipelineModel,
    PipelineOutput,
    PipelinePreprocessing,
)
from gradewise.workflows.plans.pipeline_data import PipelineData
from gradewise.workflows.plans.pipeline_spellings import SETTINGS
from gradewise.workflows.plans.plan import Plan
from gradewise.workflows.plans.refusals import explained

_OF_PIPELINES = ("preprocessing", "logging")
"""Sections that a plan has not."""
_OF_PLANS = tuple(
    key for key in Plan.model_fields if key not in {"name", "language", "data", "model", "output"}
)
"""Sections that a `config.yaml` has not."""
_MODEL_KEYS = ("type", "hyperparameters", "search_method", "n_iter", "cross_val", "cv_folds", "scoring")
"""Keys of `model` that a plan has not."""
_LINEAR = frozenset({"penalty", "C", "l1_ratio", "max_iter"})
_TREES = frozenset({"n_estimators", "learning_rate", "max_leaf_nodes", "min_samples_leaf"})
_METRICS = {"f1": "macro_f1", "roc_auc": "log_loss"}
_SOLVERS = {
    "liblinear": "fits each class against the rest; here one model of all classes is fitted",
    "lbfgs": "knows no l1",
    "newton-cg": "knows no l1",
    "newton-cholesky": "knows no l1",
    "sag": "knows no l1",
    "saga": "knows every penalty",
}


def is_pipeline(raw: Mapping[Any, Any], *, location: str) -> bool:
    """Whether what was read has the sections of a `config.yaml` rather than those of a plan.

    Raises:
        PlanError: it has some of both, or says too little to tell; the message names a key of each.
    """
    data = _section(raw, "data")
    theirs = list(_marks_of_pipeline(raw))
    ours = [key for key in _OF_PLANS if key in raw] + (["data.train"] if "train" in data else [])
    if theirs and ours:
        raise PlanError(
            f"{location}: `{theirs[0]}` stands in a config.yaml, `{ours[0]}` in a plan; write one kind: "
            "`gradewise init --template text-classification` shows the one, `gradewise init` the other"
        )
    if "path" in data and not theirs and not ours:
        raise PlanError(
            f"{location}: `data.path` stands in a config.yaml, which also has a section `preprocessing:` or "
            "`model:` with a `type:`; in a plan the file is `data.train`"
        )
    return bool(theirs)


def _marks_of_pipeline(raw: Mapping[Any, Any]) -> Iterator[str]:
    yield from (key for key in _OF_PIPELINES if key in raw)
    if isinstance(raw.get("output"), dict):
        yield "output"
    yield from (f"model.{key}" for key in _MODEL_KEYS if key in _section(raw, "model"))


def _section(raw: Mapping[Any, Any], name: str) -> Mapping[Any, Any]:
    held = raw.get(name)
    return held if isinstance(held, dict) else {}


def make_pipeline(raw: Mapping[Any, Any], *, location: str) -> Pipeline:
    """Check a configuration given as plain values.

    Raises:
        PlanError: it says something that it cannot mean; the message names key, value and the nearest key.
    """
    try:
        return Pipeline.model_validate(dict(raw))
    except ValidationError as error:
        raise PlanError(f"{location}: {explained(error, Pipeline)}") from error


def pipeline_plan(pipeline: Pipeline) -> Plan:
    """The plan that a configuration means: every valid one has a valid plan."""
    model, prepared, written = pipeline.model, pipeline.preprocessing, pipeline.output
    return Plan.model_validate(
        {
            "name": pipeline.name,
            "task": "nominal",
            "language": pipeline.language,
            "data": _data(pipeline.data),
            "split": {
                "scheme": "temporal" if pipeline.data.split == "temporal" else "stratified_text",
                "folds": model.cv_folds,
                "test_share": pipeline.data.test_size,
                "seed": pipeline.data.random_state,
            },
            "features": _features(prepared),
            "classifier": _classifier(pipeline),
            "tracking": {"register_model": written.register_model},
            "files": {
                "predictions": PurePosixPath(written.predictions).name,
                "metrics": PurePosixPath(written.metrics).name,
                "monitoring_log": written.monitoring_log,
            },
            "push": None if written.push is None else written.push.model_dump(),
            "output": written.directory,
            "notes": tuple(_notes(pipeline)),
        }
    )


def _data(data: PipelineData) -> dict[str, Any]:
    return {
        "train": data.path,
        "test": data.test_path,
        "columns": {
            "text": data.text_column,
            "label": data.label_column,
            "id": data.id_column,
            "written_at": data.time_column,
        },
        "on_bad_rows": data.on_bad_rows,
        "expected": {name: column.model_dump() for name, column in data.expected.items()},
        "allow_pickle": data.allow_pickle,
    }


def _features(prepared: PipelinePreprocessing) -> dict[str, Any]:
    model, components = prepared.embedding_model, prepared.embedding_components
    named = (
        {} if model is None else {"set": "combined", "embedder": {"model": model, "components": components}}
    )
    return {"tfidf": prepared.tfidf.model_dump(), "given": prepared.given, **named}


def _classifier(pipeline: Pipeline) -> dict[str, Any]:
    model, data, settings = pipeline.model, pipeline.data, pipeline.model.hyperparameters
    return {
        "learner": model.type,
        "members": model.members,
        **{
            SETTINGS[key]: value
            for key, value in settings.model_dump(by_alias=True).items()
            if key in SETTINGS
        },
        "balancing": _balancing(pipeline),
        "neighbours": pipeline.preprocessing.neighbours,
        "calibration": model.calibration,
        "out_of_scope": data.out_of_scope,
        "least_per_class": data.min_per_class,
        "search": {
            "method": model.search_method,
            "trials": model.n_iter,
            "space": {SETTINGS[key]: v for key, v in model.search_space.items() if key in SETTINGS},
            "metric": _METRICS.get(model.scoring, model.scoring),
            "folds": min(model.search_folds, model.cv_folds),
            "seed": model.search_seed,
        },
        "seed": settings.random_state,
    }


def _balancing(pipeline: Pipeline) -> str:
    asked = pipeline.preprocessing.balancing
    weighted = pipeline.model.hyperparameters.class_weight == "balanced"
    return "class_weights" if weighted and asked == "none" else asked


def _notes(pipeline: Pipeline) -> Iterator[str]:
    """What is done otherwise than the configuration says, a line each."""
    yield from _notes_on_data(pipeline.data)
    prepared = pipeline.preprocessing
    if prepared.embedding_components and prepared.embedding_model is None:
        yield "preprocessing.embedding_components is not used: no embedding_model is named"
    if _balancing(pipeline) == "smote" and pipeline.model.hyperparameters.class_weight == "balanced":
        yield "model.hyperparameters.class_weight is not used: preprocessing.balancing is smote"
    yield from _notes_on_model(pipeline.model)
    yield from _notes_on_files(pipeline.output)
    if pipeline.logging.level != "info":
        yield (
            f"logging.level is {pipeline.logging.level}: the structured log is turned on by the environment, "
            f"GRADEWISE_LOG_LEVEL={pipeline.logging.level}"
        )


def _notes_on_data(data: PipelineData) -> Iterator[str]:
    if not data.stratify:
        yield "data.stratify is false: classes are spread evenly over test set and folds all the same"


def _notes_on_model(model: PipelineModel) -> Iterator[str]:
    settings = model.hyperparameters
    if settings.solver != "auto" and model.type in ("linear_svm", "gradient_boosting"):
        yield f"model.hyperparameters.solver is not used: {model.type} has no such setting"
    elif settings.solver != "auto":
        yield (
            f"model.hyperparameters.solver is {settings.solver}, which {_SOLVERS[settings.solver]}; the "
            f"optimiser is chosen by the penalty, {settings.penalty}"
        )
    if "solver" in model.search_space:
        yield "model.search_space.solver is not searched: the optimiser is chosen by the penalty"
    unused = {"gradient_boosting": _LINEAR, "linear_svm": _TREES, "logistic_regression": _TREES}
    written = {type(settings).model_fields[name].alias or name for name in settings.model_fields_set}
    for key in sorted(written & unused.get(model.type, frozenset())):
        yield f"model.hyperparameters.{key} is not used: {model.type} has no such setting"
    if not model.cross_val:
        yield (
            f"model.cross_val is false: {model.cv_folds} folds are fitted all the same, since probabilities "
            "are calibrated by what each fold says of texts that it has not seen"
        )
    if model.scoring in _METRICS:
        yield f"model.scoring is {model.scoring}, which is for two classes; {_METRICS[model.scoring]} is used"


def _notes_on_files(written: PipelineOutput) -> Iterator[str]:
    for key in ("predictions", "metrics"):
        named = getattr(written, key)
        if "/" in named:
            yield (
                f"output.{key} is {named}: every run keeps its own, artifacts/{PurePosixPath(named).name} in "
                "its directory"
            )
