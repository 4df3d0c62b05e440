"""The record of a cross-validation of classes: what was asked, and what came out.

It holds no time, no place and no duration, as that of grades.
"""

from typing import Any

from gradewise.workflows.classification.experiment import TextExperiment
from gradewise.workflows.classification.publishing import classifier_settings
from gradewise.workflows.classification.searching import Found
from gradewise.workflows.classification.views import TextViews
from gradewise.workflows.research.cv_record import SCHEMA_VERSION, columns_record, data_record


def class_settings_record(experiment: TextExperiment, found: Found, views: TextViews) -> dict[str, Any]:
    """What was asked of a cross-validation, and on what."""
    dataset = experiment.dataset
    plan, schema = dataset.plan, views.whole.schema(experiment.train)
    return {
        "schema_version": SCHEMA_VERSION,
        "metrics_allowed": dataset.metrics_allowed,
        "task": plan.task,
        "settings": classifier_settings(found.params),
        "chosen": dict(found.settings),
        "search": plan.classifier.search.method,
        "features": {**columns_record(plan.features, schema), "tfidf": plan.features.tfidf.kind},
        **data_record(dataset, experiment.scale),
        "record_counts": {
            "train": len(experiment.train),
            "test": len(experiment.test),
            "out_of_scope": len(experiment.outside),
        },
    }
