"""What a training of classes leaves for programs: predictions, figures, the search."""

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from gradewise.errors import MissingDependencyError
from gradewise.evaluation.interval_json import intervals_to_json, number_to_json
from gradewise.json_lines import json_lines
from gradewise.protocols.tables import TableColumn
from gradewise.reporting.report import TRAINED_ON
from gradewise.telemetry import Listener, Notice
from gradewise.workflows.classification.experiment import TextExperiment
from gradewise.workflows.classification.judging import Judged
from gradewise.workflows.classification.learning import LearnedClasses
from gradewise.workflows.classification.searching import FAILED
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.services import Services
from gradewise.workflows.training.experiment_files import (
    METRICS_NAMES,
    SCHEMA_VERSION,
    feature_schema_record,
    origin_record,
)
from gradewise.workflows.training.learnt_texts import LEARNT_FROM, text_digests

VALIDATION, TEST, OUTSIDE = "validation", "test", "out_of_scope"
"""Of which part a text is: held out by a fold, of the locked test, or of no class."""
PREDICTION_COLUMNS = (
    TableColumn("id", "text"),
    TableColumn("label", "text"),
    TableColumn("predicted", "text"),
    TableColumn("confidence", "number"),
    TableColumn("in_scope", "boolean"),
    TableColumn("part", "text"),
)
"""Of the table of predictions."""

Row = tuple[str, str, str, float, bool, str]


def write_class_files(
    experiment: TextExperiment,
    learned: LearnedClasses,
    judged: Judged,
    *,
    services: Services,
    run: RunDirectory,
    listener: Listener,
) -> None:
    """Write records of features and origin, and what the data's terms allow of figures and predictions."""
    plan = experiment.dataset.plan
    run.write_json("artifacts/feature_schema.json", feature_schema_record(learned.train_matrix.schema))
    run.write_json("artifacts/metadata.json", _metadata(experiment, learned, services.versions))
    run.write_json(f"artifacts/{LEARNT_FROM}", text_digests(experiment.train.essays))
    if experiment.dataset.metrics_allowed:
        run.write_json(f"artifacts/{plan.files.metrics}", metrics_record(experiment, learned, judged))
        run.write_json("artifacts/search.json", search_record(experiment, learned))
        _write_predictions(
            _rows(experiment, learned, judged), plan.files.predictions, services, run, listener
        )


def metrics_record(experiment: TextExperiment, learned: LearnedClasses, judged: Judged) -> dict[str, Any]:
    """Every headline figure with its bounds, of training texts, held-out ones and the locked test."""
    names = {TRAINED_ON: "train", **METRICS_NAMES}
    return {
        "schema_version": SCHEMA_VERSION,
        "task": "nominal",
        "n_classes": experiment.scale.n_grades,
        **{
            names[named.name]: {
                "n": named.evaluation.n,
                "metrics": intervals_to_json(named.evaluation.metrics),
            }
            for named in judged.evaluations
        },
        "baseline": {row.name: intervals_to_json(row.metrics) for row in judged.baselines},
        "validation_chosen_on": bool(learned.found.trials),
        "temperature": learned.temperature,
        "threshold": number_to_json(learned.confidence.threshold),
        "out_of_scope_n": len(experiment.outside),
    }


def search_record(experiment: TextExperiment, learned: LearnedClasses) -> dict[str, Any]:
    """Every setting that was tried, and what came of it."""
    search, found = experiment.plan.search, learned.found
    return {
        "schema_version": SCHEMA_VERSION,
        "method": search.method,
        "metric": search.metric,
        "folds": min(search.folds, len(experiment.folds)),
        "chosen": dict(found.settings),
        "trials": [
            {
                "number": trial.number,
                "params": dict(trial.settings),
                "state": shown.state,
                "score": number_to_json(shown.score),
                "losses_by_fold": list(trial.steps),
                "seconds": shown.seconds if isfinite(shown.seconds) else None,
                "failure": trial.facts.get(FAILED),
            }
            for trial, shown in zip(found.trials, found.shown, strict=True)
        ],
    }


def _metadata(
    experiment: TextExperiment, learned: LearnedClasses, versions: Mapping[str, str]
) -> dict[str, Any]:
    return {
        **origin_record(experiment.dataset, learned.train_matrix.schema, versions),
        "record_counts": {
            "train": len(experiment.train),
            "test": len(experiment.test),
            "out_of_scope": len(experiment.outside),
            "left_out": dict(experiment.dataset.dropped),
        },
        "classes": list(experiment.scale.grades),
        "settings": dict(learned.found.settings),
    }


def _rows(experiment: TextExperiment, learned: LearnedClasses, judged: Judged) -> Iterator[Row]:
    """A row a text: training texts as models that had not seen them say, all others as the one that ships."""
    train = experiment.train
    held_out = [train.essays[row] for row in learned.held_out.rows.tolist()]
    parts = (
        (held_out, learned.held_out.predictions, VALIDATION),
        (experiment.test.essays, judged.test, TEST),
        (experiment.outside.essays, judged.outside, OUTSIDE),
    )
    for essays, said, part in parts:
        sure = said.probabilities.max(axis=1)
        for essay, code, confidence in zip(essays, said.codes.tolist(), sure.tolist(), strict=True):
            in_scope = confidence >= learned.confidence.threshold
            yield essay.id, essay.label or "", experiment.scale.grades[code], confidence, in_scope, part


def _write_predictions(
    rows: Iterator[Row], name: str, services: Services, run: RunDirectory, listener: Listener
) -> None:
    """As Parquet; as JSON Lines where nothing here writes that, or the name says so."""
    path = run.artifacts / name
    every = list(rows)
    try:
        if path.suffix == ".parquet":
            with services.open_table(path, PREDICTION_COLUMNS) as table:
                for row in every:
                    table.add(row)
            return
    except MissingDependencyError as error:
        listener(Notice(f"{error}; predictions are written as JSON Lines"))
    names = [column.name for column in PREDICTION_COLUMNS]
    lines = json_lines(dict(zip(names, row, strict=True)) for row in every)
    run.write_text(f"artifacts/{path.with_suffix('.jsonl').name}", lines)
