"""What a training leaves for programs: figures, columns, origin, and what moves each score."""

import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradewise.essays.scales import Scale
from gradewise.evaluation.agreement import joint_counts
from gradewise.evaluation.fold_figures import agreement_of_codes
from gradewise.evaluation.interval_json import number_to_json
from gradewise.evaluation.results import Graded
from gradewise.features.embeddings import EMBEDDING
from gradewise.features.schema import FeatureSchema
from gradewise.reporting.report import LOCKED_TEST, OUT_OF_FOLD, NamedEvaluation
from gradewise.whole_files import write_whole
from gradewise.workflows.datasets.prepare import Dataset
from gradewise.workflows.plans.reading import plan_yaml
from gradewise.workflows.runs.directory import RunDirectory
from gradewise.workflows.training.experiment import Experiment
from gradewise.workflows.training.findings import Findings
from gradewise.workflows.training.judging import graded_essays
from gradewise.workflows.training.learning import Learned

SCHEMA_VERSION = 1
"""Of each record."""
METRICS_NAMES = {OUT_OF_FOLD: "validation", LOCKED_TEST: "test"}
"""What `metrics.json` calls an evaluation."""


def write_experiment_files(found: Findings, *, versions: Mapping[str, str], run: RunDirectory) -> None:
    """Write ``feature_schema.json`` and ``metadata.json``, and what the data's terms allow of the rest.

    Args:
        found: what was found out about the model.
        versions: of what was used.
        run: where to.
    """
    experiment, learned = found.experiment, found.learned
    schema = experiment.train_matrix.schema
    run.write_json("artifacts/feature_schema.json", feature_schema_record(schema))
    run.write_json("artifacts/metadata.json", metadata_record(experiment, learned, versions))
    if experiment.dataset.metrics_allowed:
        run.write_json("artifacts/metrics.json", metrics_record(experiment, learned, found.evaluations))
        if found.contributions is not None:
            _write_contributions(found.contributions, learned, experiment, run)


def metrics_record(
    experiment: Experiment, learned: Learned, evaluations: Sequence[NamedEvaluation]
) -> dict[str, Any]:
    """Figures without intervals of three sets of essays; those with are in the report's record.

    ``train`` is the model that ships on what it learnt from: how much it knows by heart. ``validation`` is
    out of fold, ``test`` the locked test.
    """
    scale = experiment.dataset.scale
    by_heart = learned.shipped.predict(experiment.train_matrix.values)
    sets = {
        "train": graded_essays(experiment.train, experiment.train_codes, by_heart),
        **{METRICS_NAMES[named.name]: named.graded for named in evaluations},
    }
    return {
        "schema_version": SCHEMA_VERSION,
        **{name: _figures(graded, scale) for name, graded in sets.items()},
    }


def _figures(graded: Graded, scale: Scale) -> dict[str, Any]:
    true, given = graded.true_codes, graded.predicted_codes
    found = agreement_of_codes(true, given, n_grades=scale.n_grades)
    distances = np.abs(true - given)
    return {
        "n": len(graded.essay_ids),
        "qwk": number_to_json(found["qwk"]),
        "accuracy": number_to_json(found["accuracy"]),
        "adjacent_accuracy": number_to_json(found["adjacent_accuracy"]),
        "mean_absolute_error": number_to_json(found["mae"]),
        "per_band_mae": {
            grade: float(distances[true == code].mean()) if (true == code).any() else None
            for code, grade in enumerate(scale.grades)
        },
        "confusion_matrix": joint_counts(true, given, n_grades=scale.n_grades).tolist(),
        "band_labels": list(scale.grades),
    }


def feature_schema_record(schema: FeatureSchema) -> dict[str, Any]:
    """Every column that the model reads, in order, and by group."""
    groups: dict[str, list[str]] = {}
    for spec in schema.specs:
        groups.setdefault(spec.group, []).append(spec.name)
    return {
        "schema_version": SCHEMA_VERSION,
        "fingerprint": schema.fingerprint,
        "language": schema.language,
        "versions": dict(schema.versions),
        "absent": dict(schema.absent),
        "embedding_dim": len(groups.get(EMBEDDING, [])),
        "groups": groups,
        "combined": list(schema.names),
        "definitions": {
            spec.name: {"unit": spec.unit, "definition": spec.definition, "source": spec.source}
            for spec in schema.specs
        },
    }


def metadata_record(experiment: Experiment, learned: Learned, versions: Mapping[str, str]) -> dict[str, Any]:
    """Where a model of grades comes from."""
    dataset, fitted = experiment.dataset, learned.fitted
    return {
        **origin_record(dataset, experiment.train_matrix.schema, versions),
        "record_counts": {
            "train": len(experiment.train),
            "test": len(experiment.test),
            "left_out": dict(dataset.dropped),
        },
        "feature_set": dataset.plan.features.set,
        "rounds": [booster.rounds for booster in fitted.boosters],
        "rounds_by_fold": list(fitted.out_of_fold.rounds),
        "decision": learned.decision,
    }


def origin_record(dataset: Dataset, schema: FeatureSchema, versions: Mapping[str, str]) -> dict[str, Any]:
    """Where any model comes from: plan, data, split, columns, and what was used."""
    return {
        "schema_version": SCHEMA_VERSION,
        "plan": plan_yaml(dataset.plan),
        "dataset": {
            "kind": dataset.plan.data.kind,
            "sha256": dataset.data_sha256,
            "licence": dataset.card.licence if dataset.card else None,
            "metrics_allowed": dataset.metrics_allowed,
        },
        "splits_id": dataset.split.id,
        "feature_fingerprint": schema.fingerprint,
        "versions": dict(versions),
    }


def _write_contributions(
    contributions: NDArray[np.float64], learned: Learned, experiment: Experiment, run: RunDirectory
) -> None:
    """``shap/``: values and base values as arrays; which row and column is what, as JSON."""
    matrix, directory = experiment.test_matrix, run.path / "shap"
    base = np.full(len(contributions), learned.explainer.expected_value)
    write_whole(directory / "shap_values.npy", _array_file(contributions))
    write_whole(directory / "shap_base_values.npy", _array_file(base))
    names = {"record_ids": list(matrix.essay_ids), "features": list(matrix.schema.names)}
    write_whole(directory / "shap_names.json", json.dumps(names, ensure_ascii=False, indent=2) + "\n")


def _array_file(array: NDArray[np.float64]) -> bytes:
    written = io.BytesIO()
    np.save(written, array, allow_pickle=False)
    return written.getvalue()
