"""What every use case tells the experiment log of its essays and its figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from gradewise.features.schema import FeatureSchema
from gradewise.reporting.report import NamedEvaluation
from gradewise.workflows.prepare import Dataset

TOLD_METRICS = ("qwk", "mae", "adjacent_accuracy", "rps")
"""Figures of an evaluation that the experiment log holds; all others are in the run's report."""


def dataset_facts(dataset: Dataset, schema: FeatureSchema) -> Mapping[str, Any]:
    """Which essays, how divided, how measured: for `Run.tell`."""
    checker = schema.versions.get("checker")
    return {
        "data": dataset.data_sha256,
        "split": dataset.split.id,
        "features": schema.fingerprint,
        **({} if checker is None else {"checker": checker}),
        **({} if dataset.metrics_allowed else {"notes": "the terms of the data allow no figures"}),
    }


def told_metrics(evaluations: Sequence[NamedEvaluation]) -> Mapping[str, float | None]:
    """Figures for `Run.tell`: those of the last evaluation by their names, of others with theirs in front."""
    *others, headline = evaluations
    own = {name: headline.evaluation.metrics[name].estimate for name in TOLD_METRICS}
    return own | {
        f"{named.name.replace(' ', '_')}_{name}": named.evaluation.metrics[name].estimate
        for named in others
        for name in TOLD_METRICS
    }
