"""What every use case tells the experiment log of its essays and its figures."""

from collections.abc import Mapping, Sequence
from typing import Any

from gradewise.evaluation.results import HEADLINE, Interval, few_metrics
from gradewise.features.schema import FeatureSchema
from gradewise.reporting.report import NamedEvaluation
from gradewise.workflows.datasets.prepare import Dataset


def dataset_facts(dataset: Dataset, schema: FeatureSchema) -> Mapping[str, Any]:
    """Which essays, how divided, how measured: for `Run.tell`."""
    checker = schema.versions.get("checker")
    return {
        "data": dataset.data_sha256,
        "split": dataset.split.id,
        "features": schema.fingerprint,
        **({} if checker is None else {"checker": checker}),
        **({} if dataset.corrections is None else {"corrections": dataset.corrections.sha256}),
        **({} if dataset.metrics_allowed else {"notes": "the terms of the data allow no figures"}),
    }


def told(
    figures: Mapping[str, Interval], names: Sequence[str] = HEADLINE, *, as_: str = "{}"
) -> dict[str, float]:
    """Figures for `Run.tell`; all others are in the run's report.

    Args:
        figures: by metric.
        names: which of them.
        as_: what they are called, ``{}`` being the metric.
    """
    return {as_.format(name): figures[name].estimate for name in names}


def told_evaluations(evaluations: Sequence[NamedEvaluation]) -> dict[str, float]:
    """Figures of evaluations for `Run.tell`, each with the name of its evaluation in front."""
    return {
        name: figure
        for named in evaluations
        for name, figure in _told(named, as_=f"{named.name.replace(' ', '_')}_{{}}").items()
    }


def told_headline(evaluations: Sequence[NamedEvaluation]) -> dict[str, float]:
    """The same of a model: those of the last evaluation, which counts most, come first and by their names."""
    *others, headline = evaluations
    return _told(headline) | told_evaluations(others)


def _told(named: NamedEvaluation, *, as_: str = "{}") -> dict[str, float]:
    return told(named.evaluation.metrics, few_metrics(named.evaluation.scale), as_=as_)
