"""The record of a cross-validation of classes: what was asked, and what came out.

It holds no time, no place and no duration, as that of grades.
"""

from typing import Any

from gradewise.features.given import given_columns
from gradewise.workflows.classification.experiment import TextExperiment
from gradewise.workflows.classification.publishing import classifier_settings
from gradewise.workflows.classification.searching import Found
from gradewise.workflows.classification.views import TextViews
from gradewise.workflows.research.cv_record import SCHEMA_VERSION


def class_settings_record(experiment: TextExperiment, found: Found, views: TextViews) -> dict[str, Any]:
    """What was asked of a cross-validation, and on what."""
    dataset = experiment.dataset
    plan, split, schema = dataset.plan, dataset.split, views.whole.schema(experiment.train)
    return {
        "schema_version": SCHEMA_VERSION,
        "metrics_allowed": dataset.metrics_allowed,
        "task": plan.task,
        "settings": classifier_settings(found.params),
        "chosen": dict(found.settings),
        "search": plan.classifier.search.method,
        "features": {
            "set": plan.features.set,
            "n": len(schema),
            "fingerprint": schema.fingerprint,
            "given": list(given_columns(schema)),
            "tfidf": plan.features.tfidf.kind,
        },
        "scale": {"name": experiment.scale.name, "grades": list(experiment.scale.grades)},
        "dataset_kind": plan.data.kind,
        "dataset_sha256": dataset.data_sha256,
        "record_counts": {
            "train": len(experiment.train),
            "test": len(experiment.test),
            "out_of_scope": len(experiment.outside),
        },
        "scheme": split.scheme,
        "n_splits": split.n_folds,
        "splits_id": split.id,
    }
