"""The report as a record: plain values, ready for JSON."""

from dataclasses import asdict
from typing import Any

from gradewise.evaluation.interval_json import interval_to_json, intervals_to_json, number_to_json
from gradewise.evaluation.summary import evaluation_to_json
from gradewise.reporting.report import BaselineRow, ConstructShare, Report, publishable
from gradewise.reporting.verdict import verdict

FORMAT = 1
"""Raised whenever a field changes its meaning or goes away."""


def report_record(report: Report) -> dict[str, Any]:
    """Everything in the report but the single essays, as JSON values; what is not defined is ``None``.

    Format 1. Where the terms of the data allow no figures, the fields that would hold them are empty and
    ``metrics_allowed`` is false.
    """
    shown = publishable(report)
    return {
        "format": FORMAT,
        "title": shown.title,
        "model": {"name": shown.model_name, "version": shown.model_version},
        "created_at": shown.created_at.isoformat(),
        "scale": {
            "name": shown.scale.name,
            "grades": list(shown.scale.grades),
            **({} if shown.scale.ordered else {"ordered": False}),
        },
        "metrics_allowed": shown.metrics_allowed,
        "verdict": [{"kind": row.kind, "text": row.text} for row in verdict(report)],
        "data": _data(shown),
        "evaluations": [
            {"name": named.name, "evaluation": evaluation_to_json(named.evaluation)}
            for named in shown.evaluations
        ],
        "baselines": [_baseline(row) for row in shown.baselines],
        "human": None if shown.human is None else intervals_to_json(shown.human),
        "importance": [_construct(row) for row in shown.importance],
        "sections": {section.name: dict(section.record) for section in shown.sections},
        "decision": shown.decision,
        "calibration": shown.calibration,
        "notices": list(shown.notices),
        "environment": dict(shown.environment),
        "timings": {stage: number_to_json(seconds) for stage, seconds in shown.timings.items()},
        "plan_yaml": shown.plan_yaml,
    }


def _data(report: Report) -> dict[str, Any]:
    data = asdict(report.data)
    return {name: list(value) if isinstance(value, tuple) else value for name, value in data.items()}


def _baseline(row: BaselineRow) -> dict[str, Any]:
    return {
        "name": row.name,
        "description": row.description,
        "metrics": intervals_to_json(row.metrics),
        "difference": None if row.difference is None else interval_to_json(row.difference),
    }


def _construct(row: ConstructShare) -> dict[str, Any]:
    return {
        "construct": row.construct,
        "share": number_to_json(row.share),
        "features": [
            {"name": feature.name, "definition": feature.definition, "share": number_to_json(feature.share)}
            for feature in row.features
        ],
    }
